"""Verbs of branches and employers: open, amend, move, dissolve and reopen; register and amend.

A branch's are done alone (`move_branch`) or as a part of a larger act (`reseat`).
"""

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q

from branches.models import (
    Branch,
    BranchPlacement,
    Category,
    Kind,
    ReorganisationKind,
)
from branches.models.branch import HOLDING_CATEGORIES, TEMPORARY_CATEGORIES
from branches.operations.acts import begin, hold_the_tree
from branches.operations.appointments import settle_appointments
from branches.operations.presence import beginning
from branches.operations.units import check_parent_is_open, next_serial
from branches.scope import scope_of, within_path
from core.audit import record
from core.changes import check, locked, not_after, save_change, set_values
from core.errors import DomainError, InvalidValue, NotPermitted, refuse_all

# What is fixed when a branch is founded: changing it would make it another organisation.
FIXED = {"kind", "category", "founded_on", "unit", "parent"}
TEMPORARY_NEEDS = {
    "affinity": "三缘类型",
    "place_type": "依托场所",
    "sponsor": "依托（发起）单位",
    "approved_by": "批准单位",
    "approved_on": "批准日期",
    "expected_end_on": "预计结束日期",
}
TEMPORARY_ONLY = ("affinity", "place_type", "expected_end_on")
CODE_PREFIX = "053030"
SERIAL_DIGITS = 6


class BranchRule(DomainError):
    """A branch may not be founded, moved or dissolved like that."""

    code = "branch_rule"


@dataclass(frozen=True)
class BranchChanges:
    """What is to change in a branch, and the version it was read in."""

    values: dict = field(default_factory=dict)
    version: int | None = None


@transaction.atomic
def open_branch(*, unit, values, by, today):
    """Found a branch, a group or a temporary organisation on `unit` and return it.

    `values`: name, category, kind, founded_on, and what the kind asks for (支部工作条例 articles 4-8).
    What is of the district itself only the district founds. Raise every refusal at once.
    """
    # Numbers are given out under the root's lock, which is taken before any other.
    code = values.get("code") or _next_code()
    act = begin(
        ReorganisationKind.ESTABLISH,
        on=values["founded_on"],
        document=values.get("founding_document", ""),
        by=by,
        today=today,
    )
    return found_branch(unit=unit, values={**values, "code": code}, act=act)


def found_branch(*, unit, values, act):
    """`open_branch` as a part of an act, from whose day the branch is there."""
    unit = locked(unit)
    parent = values.get("parent") and locked(values["parent"])
    founded = {"founded_on": act.on, "founding_document": act.document, **values}
    founded |= {"code": values.get("code") or _next_code(), "parent": parent}
    branch = Branch(unit=unit, path=unit.path, **founded)
    not_after(branch.founded_on, act.today, field="founded_on", label="成立日期")
    seats = _seats_of(branch)
    check_parent_is_open(seats[0].unit, branch.founded_on, field="founded_on")
    refuse_all(
        _not_hers_to_found(branch, act.by, act.today)
        + _complaints(branch)
        + _apart_from_its_branch(branch, seats[-1].since)
        + _approved_later(branch, act.today)
        + _called_alike_then(branch)
    )
    check(branch)
    branch.save()
    for seat in seats:
        seat.reorganisation = act.row
        seat.save()
    record("branch.opened", branch, by=act.by, fields=values, reason=branch.founding_document)
    return branch


def _seats_of(branch) -> list[BranchPlacement]:
    """Where it has sat since it was founded: a group that sits with its branch wherever that did."""
    since, parent = branch.founded_on, branch.parent
    if branch.category == Category.GROUP and parent and parent.unit_id == branch.unit_id:
        places = parent.placements.exclude(until__lte=since).order_by("since").select_related("unit")
        held = [(place.unit, max(place.since, since), place.until) for place in places]
    else:
        held = []
    return [
        BranchPlacement(branch=branch, unit=unit, since=day, until=until)
        for unit, day, until in held or [(branch.unit, since, None)]
    ]


def founds_for_the_district(user, today) -> bool:
    """Whether the account may found what is of the district itself: its scope holds the whole district."""
    return scope_of(user, to="branches.add_branch", on=today).is_whole


def _not_hers_to_found(branch, by, today) -> list[DomainError]:
    # A group goes with the branch to which it belongs.
    if branch.kind != Kind.DISTRICT_DIRECT or branch.category == Category.GROUP:
        return []
    if by is None or founds_for_the_district(by, today):
        return []
    return [NotPermitted(f"“{branch.get_kind_display()}”由区一级成立，请报区里办理", field="kind")]


@transaction.atomic
def amend_branch(*, branch, changes, by, today):
    """Correct or update a branch's own data; its kind, category, place, parent and founding day stay.

    A temporary organisation lasts longer than was expected only by an approval of a later day.
    """
    branch = locked(branch, version=changes.version)
    refuse_all(_extended_unapproved(branch, changes.values))
    return _amend(branch, changes.values, by, today)


@transaction.atomic
def set_branch_back(*, branch, changes, by, today):
    """`amend_branch` to what was there before, which nobody has to approve again."""
    return _amend(locked(branch, version=changes.version), changes.values, by, today)


def _amend(branch, values, by, today):
    check_branch_is_live(branch)
    wrong = [name for name in FIXED & set(values) if getattr(branch, name) != values[name]]
    refuse_all(
        [
            InvalidValue(f"“{Branch._meta.get_field(name).verbose_name}”在成立后不能直接修改", field=name)
            for name in sorted(wrong)
        ]
    )
    changed = set_values(branch, values)
    if changed:
        refuse_all(_complaints(branch) + _approved_later(branch, today))
        save_change(branch)
        record("branch.amended", branch, by=by, fields=changed)
    return branch


@transaction.atomic
def move_branch(*, branch, to, on, document, by, today):
    """Seat the branch, with its members and groups, on the unit `to` from the day `on`; the past stays.

    A group that already sits below `to` stays where it is.
    """
    act = begin(ReorganisationKind.MOVE, on=on, document=document, by=by, today=today)
    return reseat(branch=branch, to=to, act=act)


def reseat(*, branch, to, act):
    """`move_branch` as a part of an act."""
    to, branch = locked(to), locked(branch)
    not_after(act.on, act.today, field="on", label="生效日期")
    check_parent_is_open(to, act.on, field="to")
    check_branch_is_live(branch)
    if to.pk == branch.unit_id:
        raise BranchRule(f"“{branch}”已经在“{to}”", field="to")
    if branch.category == Category.GROUP:
        refuse_all(_away_from_its_branch(branch, to, act.on, field="to"))
    beside = Q(unit=branch.unit) | ~within_path(to.path)
    groups = branch.children.live().filter(beside, category=Category.GROUP)
    for each in [branch, *groups.select_for_update(of=("self",))]:
        _seat(each, to, act)
    record("branch.moved", branch, by=act.by, fields=["unit"], reason=act.document)
    return branch


def _seat(branch, to, act):
    """Seat one branch on another unit from the day; its groups are seated by the caller."""
    current = branch.placements.in_force().get()
    if current.since >= act.on:
        raise BranchRule(f"“{branch}”在 {current.since} 已有变动，新的变动须晚于那一天", field="on")
    branch.unit, branch.path = to, to.path
    save_change(branch)
    current.until = act.on
    current.save(update_fields=["until"])
    BranchPlacement.objects.create(branch=branch, unit=to, since=act.on, reorganisation=act.row)


@transaction.atomic
def dissolve_branch(*, branch, on, document, by, today):
    """Dissolve the branch from the day `on`. Refused while it holds members, groups or people taking part."""
    act = begin(ReorganisationKind.CLOSE, on=on, document=document, by=by, today=today)
    return wind_up_branch(branch=branch, act=act)


def wind_up_branch(*, branch, act):
    """`dissolve_branch` as a part of an act."""
    on = act.on
    branch = locked(branch)
    not_after(on, act.today, field="on", label="撤销日期")
    check_branch_is_live(branch)
    if on <= branch.founded_on:
        raise InvalidValue(f"撤销日期 {on} 必须晚于成立日期 {branch.founded_on}", field="on")
    current = branch.placements.in_force().get()
    if current.since >= on:
        raise BranchRule(f"“{branch}”在 {current.since} 已有变动，撤销须晚于那一天", field="on")
    _check_nothing_belongs(branch, on)
    held = _people_held(branch, on)
    if held:
        still = f"{held} 人参加，请先结束参加" if branch.is_temporary else f"{held} 名党员，请先转接组织关系"
        raise BranchRule(f"“{branch}”在 {on} 还有 {still}")
    settle_appointments(branch, act)
    branch.dissolved_on, branch.dissolving_document = on, act.document
    save_change(branch)
    current.until = on
    current.save(update_fields=["until"])
    record("branch.dissolved", branch, by=act.by, fields=["dissolved_on"], reason=act.document)
    return branch


def _check_nothing_belongs(branch, on):
    groups = branch.children.live().count()
    if groups:
        raise BranchRule(f"“{branch}”之下还有 {groups} 个未撤销的党组织，请先撤销它们")
    seats = BranchPlacement.objects.filter(branch__parent=branch).exclude(until__lte=on)
    last = seats.order_by("until").last()
    if last:
        raise BranchRule(
            f"“{last.branch}”到 {last.until} 才撤销，所属党组织的撤销日期不能早于那一天", field="on"
        )


def reopen_branch(*, branch, unit, act):
    """Let a dissolved branch be there again from the act's day, on `unit`; the days between stay without it.

    A part of an act.
    """
    unit, branch = locked(unit), locked(branch)
    not_after(act.on, act.today, field="on", label="恢复日期")
    if branch.dissolved_on is None:
        raise BranchRule(f"“{branch}”没有撤销，不需要恢复", field="branches")
    if act.on < branch.dissolved_on:
        raise BranchRule(f"“{branch}”于 {branch.dissolved_on} 撤销，恢复不能早于那一天", field="on")
    check_parent_is_open(unit, act.on, field="to")
    branch.unit, branch.path = unit, unit.path
    if act.on > branch.dissolved_on:
        branch.resumed_on = act.on
    branch.dissolved_on, branch.dissolving_document = None, ""
    refuse_all(
        _complaints(branch) + _apart_from_its_branch(branch, act.on) + _called_alike_then(branch, field="on")
    )
    save_change(branch)
    BranchPlacement.objects.create(branch=branch, unit=unit, since=act.on, reorganisation=act.row)
    record("branch.reopened", branch, by=act.by, fields=["dissolved_on"], reason=act.document)
    return branch


def check_branch_is_live(branch):
    """Refuse a branch that has been dissolved."""
    if branch.dissolved_on:
        raise BranchRule(f"“{branch}”已于 {branch.dissolved_on} 撤销")


def _people_held(branch, on) -> int:
    """Relations and affiliations that hold on the day or later, in tables that floors above own."""
    return sum(
        relation.related_model.objects.filter(**{relation.field.name: branch}).exclude(until__lte=on).count()
        for relation in Branch._meta.related_objects
        if relation.get_accessor_name() in {"memberships", "group_memberships", "affiliations"}
    )


def _complaints(branch) -> list[DomainError]:
    temporary = branch.category in TEMPORARY_CATEGORIES
    wrong = []
    if temporary != branch.is_temporary:
        wrong.append(
            InvalidValue("临时类别只用于三缘型临时党组织，三缘型临时党组织也只用临时类别", field="category")
        )
    if branch.is_temporary:
        wrong += [
            InvalidValue(f"三缘型临时党组织必须填写“{label}”", field=name)
            for name, label in TEMPORARY_NEEDS.items()
            if not getattr(branch, name)
        ]
    else:
        wrong += [
            InvalidValue(f"“{TEMPORARY_NEEDS[name]}”只用于三缘型临时党组织", field=name)
            for name in TEMPORARY_ONLY
            if getattr(branch, name)
        ]
    return wrong + _ends_too_early(branch) + _parent_complaints(branch)


def _ends_too_early(branch) -> list[DomainError]:
    if branch.expected_end_on is None or branch.expected_end_on > branch.founded_on:
        return []
    return [InvalidValue("预计结束日期必须晚于成立日期", field="expected_end_on")]


def _approved_later(branch, today) -> list[DomainError]:
    """Nothing has been approved that will be approved one day."""
    if branch.approved_on is None or branch.approved_on <= today:
        return []
    return [InvalidValue(f"批准日期 {branch.approved_on} 在今天（{today}）之后", field="approved_on")]


def _extended_unapproved(branch, values) -> list[DomainError]:
    until, approved_on = values.get("expected_end_on"), values.get("approved_on")
    extended = branch.expected_end_on and until and until > branch.expected_end_on
    if not extended or (approved_on and approved_on > branch.approved_on):
        return []
    said = f"延长到 {until} 须经批准：请同时填写这次批准的日期（上次是 {branch.approved_on}）"
    return [InvalidValue(said, field="approved_on")]


def _called_alike_then(branch, *, field="founded_on") -> list[DomainError]:
    # That no two are called alike today the database sees to.
    alike = Branch.objects.filter(name=branch.name, dissolved_on__gt=branch.stands_since)
    last = alike.exclude(pk=branch.pk).order_by("dissolved_on").last()
    if last is None:
        return []
    said = f"另有“{branch.name}”，到 {last.dissolved_on} 撤销，同名的成立（恢复）日期不能早于那一天"
    return [InvalidValue(said, field=field)]


def _parent_complaints(branch) -> list[DomainError]:
    parent = branch.parent
    if branch.category == Category.GROUP:
        return _parent_of_group_complaints(branch, parent)
    if parent and parent.category in {Category.GROUP, *HOLDING_CATEGORIES}:
        return [InvalidValue("只有党小组可以属于党支部；党支部的上级须是党总支部或党委", field="parent")]
    return []


def _parent_of_group_complaints(group, parent) -> list[DomainError]:
    if parent is None:
        return [InvalidValue("党小组必须填写所属党支部", field="parent")]
    if parent.category not in HOLDING_CATEGORIES:
        return [
            InvalidValue(f"党小组须属于党支部，“{parent}”是{parent.get_category_display()}", field="parent")
        ]
    if parent.dissolved_on:
        return [InvalidValue(f"所属党支部“{parent}”已于 {parent.dissolved_on} 撤销", field="parent")]
    if group.stands_since < parent.stands_since:
        said = f"党小组的成立（恢复）日期不能早于所属党支部的{beginning(parent)}"
        return [InvalidValue(said, field="founded_on")]
    return []


def _apart_from_its_branch(group, since) -> list[DomainError]:
    """A group counts with its branch: it is of the same kind, and sits where the branch does or below."""
    parent = group.parent
    if group.category != Category.GROUP or parent is None:
        return []
    wrong = _away_from_its_branch(group, group.unit, since, field="unit")
    if group.kind != parent.kind:
        said = f"党小组的类型须与所属党支部一致：“{parent}”是{parent.get_kind_display()}"
        wrong.append(InvalidValue(said, field="kind"))
    return wrong


def _away_from_its_branch(group, unit, since, *, field) -> list[DomainError]:
    parent = group.parent
    if not unit.path.startswith(parent.path):
        said = f"党小组须设在所属党支部所在的“{parent.unit}”或其下级单位，“{unit}”不在其中"
        return [InvalidValue(said, field=field)]
    # Before that the branch sat elsewhere, and the group would have been away from it.
    seated = parent.placements.in_force().filter(since__gt=since).first()
    if seated and parent.stands_since <= since:
        said = f"所属党支部“{parent}”在 {seated.since} 迁移过，党小组的日期不能早于那一天"
        return [InvalidValue(said, field=field)]
    return []


def _next_code() -> str:
    """The district's prefix and the next six digits."""
    # The root's row is the lock under which numbers are given out.
    hold_the_tree()
    given = Branch.objects.filter(code__startswith=CODE_PREFIX).values_list("code", flat=True)
    serials = {int(code[len(CODE_PREFIX) :]) for code in given}
    return CODE_PREFIX + next_serial(serials, SERIAL_DIGITS, of="自动编号")
