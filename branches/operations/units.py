"""Verbs of the tree: add, amend, rename, move, close and reopen a unit on a day.

Each is done alone (`move_unit`) or as a part of a larger act (`rehang`).
"""

from datetime import date
from itertools import chain

from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr

from branches.models import BranchPlacement, Level, ReorganisationKind, Unit, UnitPlacement
from branches.models.unit import step
from branches.operations.acts import begin, hold_the_tree
from branches.operations.appointments import settle_appointments
from branches.scope import within_path
from core.audit import record
from core.changes import check, locked, not_after, save_change, set_values
from core.errors import DomainError, InvalidValue
from core.identity import normalise_phone
from core.titles import normalise_title

# 统计用区划代码: how many digits each level's code has.
CODE_LENGTHS = {Level.DISTRICT: 6, Level.STREET: 9, Level.COMMUNITY: 12}
# How many digits the district's own codes add below a community.
CODE_DIGITS = {Level.GROUP: 2, Level.GRID: 3}
PHONES = {"office_phone", "fax"}


class TreeRule(DomainError):
    """The tree may not look like that."""

    code = "tree_rule"


@transaction.atomic
def add_unit(*, parent, values, by, today):
    """Add a unit below `parent` (None: the district itself) and return it.

    `values`: name, opened_on, and optionally level (must be the parent's + 1), code, alias, managed_by,
    document. Raise InvalidValue or TreeRule.
    """
    values = dict(values)
    document = values.pop("document", "")
    act = begin(ReorganisationKind.ESTABLISH, on=values["opened_on"], document=document, by=by, today=today)
    return found_unit(parent=parent, values=values, act=act)


def found_unit(*, parent, values, act):
    """`add_unit` as a part of an act; `values` may leave out opened_on, which is then the act's day."""
    values = {"opened_on": act.on, **values}
    parent = parent and locked(parent)
    level = Level(parent.level + 1) if parent and parent.level < Level.GRID else Level.DISTRICT
    check_level(parent, values.pop("level", None) or level)
    not_after(values["opened_on"], act.today, field="opened_on", label="设立日期")
    check_parent_is_open(parent, values["opened_on"], field="opened_on")
    _check_hung_the_same_since(parent, values["opened_on"], field="opened_on")
    number = _next_number()
    unit = Unit(
        pk=number, level=level, parent=parent, path=(parent.path if parent else "") + step(number), **values
    )
    unit.code = unit.code or _next_code(parent, level)
    check(unit)
    check_code(unit.code, level)
    _check_name_is_free(unit, unit.opened_on)
    unit.save(force_insert=True)
    UnitPlacement.objects.create(
        unit=unit,
        parent=parent,
        name=unit.name,
        path=unit.path,
        since=unit.opened_on,
        reorganisation=act.row,
    )
    record("unit.added", unit, by=act.by, fields=values, reason=act.document)
    return unit


@transaction.atomic
def amend_unit(*, unit, values, by, version=None):
    """Correct what has no history of its own in the tree: code, alias, managed_by."""
    return _correct(locked(unit, version=version), values, {"code", "alias", "managed_by"}, by)


@transaction.atomic
def set_contact(*, unit, values, by, version=None):
    """Say how the unit's committee is reached: post_address, office_phone, fax, postcode.

    Letters show it as it is on the day they are printed. Raise InvalidValue, TreeRule of a closed unit.
    """
    unit = locked(unit, version=version)
    _check_live(unit)
    for name in PHONES & values.keys():
        values = {**values, name: values[name] and normalise_phone(values[name], field=name)}
    return _correct(unit, values, {"post_address", "postcode", *PHONES}, by)


def _correct(unit, values, known, by):
    changed = set_values(unit, {name: values[name] for name in values if name in known})
    if "code" in changed:
        check_code(unit.code, unit.level)
    if changed:
        save_change(unit)
        record("unit.amended", unit, by=by, fields=changed)
    return unit


@transaction.atomic
def rename_unit(*, unit, name, on, document, by, today):
    """Give the unit another name from the day `on`; days before keep the old one."""
    act = begin(ReorganisationKind.RENAME, on=on, document=document, by=by, today=today)
    return retitle(unit=unit, name=name, act=act)


def retitle(*, unit, name, act):
    """`rename_unit` as a part of an act."""
    unit = locked(unit)
    not_after(act.on, act.today, field="on", label="生效日期")
    _check_live(unit)
    _check_nothing_later(unit, act.on)
    if normalise_title(name) == unit.name:
        raise TreeRule(f"名称已经是“{unit.name}”", field="name")
    unit.name = name
    save_change(unit)
    _check_name_is_free(unit, act.on)
    _place_anew(unit, act)
    record("unit.renamed", unit, by=act.by, fields=["name"], reason=act.document)
    return unit


@transaction.atomic
def move_unit(*, unit, to, on, document, by, today):
    """Hang the unit, with everything below it, under `to` from the day `on`; days before keep the old tree.

    Branches and members follow through the copies of the path that the database keeps.
    """
    hold_the_tree()
    act = begin(ReorganisationKind.MOVE, on=on, document=document, by=by, today=today)
    return rehang(unit=unit, to=to, act=act)


def rehang(*, unit, to, act):
    """`move_unit` as a part of an act.

    The caller holds the tree, which is re-hung by one at a time: two crossing moves could make a ring.
    """
    on = act.on
    unit, to = locked(unit), locked(to)
    not_after(on, act.today, field="on", label="生效日期")
    _check_live(unit)
    if to.path.startswith(unit.path):
        raise TreeRule(f"不能把“{unit}”移到它自己或它的下级“{to}”之下", field="to")
    check_level(to, unit.level, field="to")
    check_parent_is_open(to, on, field="to")
    _check_hung_the_same_since(to, on, field="on")
    if unit.parent_id == to.pk:
        raise TreeRule(f"“{unit}”已经在“{to}”之下", field="to")
    # Locked before it is listed: a unit being added below waits, and hangs itself where its parent went.
    subtree = Unit.objects.filter(within_path(unit.path)).order_by("path")
    list(subtree.select_for_update(of=("self",)).values_list("pk"))
    moved = list(subtree)
    for each in moved:
        _check_nothing_later(each, on)
    _check_nobody_left_since(unit, moved, on)
    hang_subtree(unit, to)
    _check_name_is_free(unit, on)
    # What was closed before keeps the place that it had.
    for each in Unit.objects.live().filter(pk__in=[each.pk for each in moved]):
        _place_anew(each, act)
    record("unit.moved", unit, by=act.by, fields=["parent"], reason=act.document)
    return unit


def hang_subtree(unit, to):
    """Write the unit's new parent, and its new path in everything below it."""
    old, new = unit.path, to.path + step(unit.pk)
    unit.parent, unit.path = to, new
    save_change(unit)
    Unit.objects.filter(within_path(old)).update(path=Concat(Value(new), Substr(F("path"), len(old) + 1)))


@transaction.atomic
def close_unit(*, unit, on, document, by, today):
    """Close the unit from the day `on`. Refused while it has live units, branches or residents."""
    act = begin(ReorganisationKind.CLOSE, on=on, document=document, by=by, today=today)
    wind_up_unit(unit=unit, act=act)
    return act.row


def wind_up_unit(*, unit, act):
    """`close_unit` as a part of an act."""
    on = act.on
    unit = locked(unit)
    not_after(on, act.today, field="on", label="撤销日期")
    _check_live(unit)
    _check_holds_nothing(unit, on)
    _check_nothing_later(unit, on)
    if unit.placements.in_force().get().since >= on:
        raise TreeRule(f"“{unit}”在 {on} 已有变动，撤销须晚于那一天", field="on")
    settle_appointments(unit, act, besides=_residents(unit))
    unit.closed_on = on
    save_change(unit)
    unit.placements.in_force().update(until=on)
    record("unit.closed", unit, by=act.by, fields=["closed_on"], reason=act.document)
    return unit


def _check_holds_nothing(unit, on):
    children = unit.children.live().count()
    if children:
        raise TreeRule(f"“{unit}”之下还有 {children} 个未撤销的下级，请先迁移或撤销它们")
    branches = unit.branches.live().count()
    if branches:
        raise TreeRule(f"“{unit}”还有 {branches} 个未撤销的党组织，请先迁移或撤销它们")
    # What has left since would have stood on nothing in between.
    hung, seated = UnitPlacement.objects.filter(parent=unit), BranchPlacement.objects.filter(unit=unit)
    for name, places in (("unit", hung), ("branch", seated)):
        last = places.exclude(until__lte=on).order_by("until").last()
        if last:
            what = getattr(last, name)
            raise TreeRule(f"“{what}”到 {last.until} 才不在“{unit}”，撤销日期不能早于那一天", field="on")


def _residents(unit) -> list[str]:
    # The roster is a floor above. Who has left it keeps where she lived last.
    living = unit.residents.on_roster().count()
    return [f"党员居住登记 {living} 条"] if living else []


def reopen_unit(*, unit, parent, act):
    """Let a closed unit be there again from the act's day, under `parent`; the days between stay without it.

    A part of an act, whose caller holds the tree.
    """
    on = act.on
    unit, parent = locked(unit), locked(parent)
    not_after(on, act.today, field="on", label="恢复日期")
    if unit.closed_on is None:
        raise TreeRule(f"“{unit}”没有撤销，不需要恢复", field="units")
    if on < unit.closed_on:
        raise TreeRule(f"“{unit}”于 {unit.closed_on} 撤销，恢复不能早于那一天", field="on")
    check_level(parent, unit.level, field="to")
    check_parent_is_open(parent, on, field="to")
    _check_hung_the_same_since(parent, on, field="on")
    unit.closed_on = None
    hang_subtree(unit, parent)
    _check_name_is_free(unit, on)
    UnitPlacement.objects.create(
        unit=unit, parent=parent, name=unit.name, path=unit.path, since=on, reorganisation=act.row
    )
    record("unit.reopened", unit, by=act.by, fields=["closed_on"], reason=act.document)
    return unit


def check_code(code, level):
    """Refuse a code that is no division's: of 6, 9 or 12 digits on the first three levels."""
    length = CODE_LENGTHS.get(level)
    if length and not (len(code) == length and code.isascii() and code.isdigit()):
        raise InvalidValue(f"代码“{code}”应为{length}位数字（{Level(level).label}）", field="code")


def check_level(parent, level, *, field="parent"):
    """Refuse a unit of `level` under `parent` unless it is exactly one level below."""
    if parent is None:
        if level != Level.DISTRICT:
            raise TreeRule("只有区没有上级", field=field)
        if Unit.objects.filter(level=Level.DISTRICT).exists():
            raise TreeRule("区只能有一个，其他单位须有上级", field=field)
    elif parent.level + 1 != level or parent.level == Level.GRID:
        raise TreeRule(f"{_rule_of(parent, level)}，“{parent}”是{parent.get_level_display()}", field=field)


def _rule_of(parent, level) -> str:
    if parent.level == Level.GRID:
        return "网格之下不能再设单位"
    if level == Level.DISTRICT:
        return "区没有上级"
    return f"{Level(level).label}的上级必须是{Level(level - 1).label}"


def check_parent_is_open(parent, on, *, field):
    """Refuse a parent that is not in being on the day."""
    if parent is None:
        return
    if parent.closed_on:
        raise TreeRule(f"上级“{parent}”已于 {parent.closed_on} 撤销", field=field)
    if on < parent.opened_on:
        raise InvalidValue(f"{on} 早于上级“{parent}”的设立日期 {parent.opened_on}", field=field)
    there_since = _there_since(parent)
    if on < there_since:
        raise TreeRule(f"上级“{parent}”撤销后于 {there_since} 才恢复，日期不能早于那一天", field=field)


def _there_since(unit) -> date:
    """Since when the unit has been there without a break, the last time."""
    since = None
    for begun, ended in unit.placements.order_by("-since").values_list("since", "until"):
        if since and ended != since:
            break
        since = begun
    return since


def _check_hung_the_same_since(parent, on, *, field):
    # What hangs below it is given the path it has today, which must have been its path since the day.
    moved = parent and parent.placements.exclude(until__lte=on).exclude(path=parent.path)
    last = moved and moved.order_by("-since").first()
    if last:
        raise TreeRule(f"上级“{parent}”在 {last.until} 迁移过，日期不能早于那一天", field=field)


def _check_name_is_free(unit, on):
    # That no two are called alike today the database sees to.
    alike = UnitPlacement.objects.filter(parent=unit.parent, name=unit.name).exclude(unit=unit.pk)
    last = alike.exclude(until__lte=on).order_by("until").last()
    if last and last.until:
        raise TreeRule(
            f"同一上级下另有“{unit.name}”，到 {last.until} 为止，同名单位不能早于那一天", field="name"
        )


def _check_live(unit):
    if unit.closed_on:
        raise TreeRule(f"“{unit}”已于 {unit.closed_on} 撤销", field="on")


def _check_nothing_later(unit, on):
    latest = unit.placements.order_by("-since").first()
    if latest.since > on or (latest.until and latest.until >= on):
        raise TreeRule(
            f"“{unit}”在 {latest.until or latest.since} 已有变动，新的变动不能早于那一天", field="on"
        )


def _check_nobody_left_since(unit, moved, on):
    # Who hung below on the day and has left since would keep a past path that its parent did not have.
    below = UnitPlacement.objects.filter(within_path(unit.path)).exclude(until__lte=on)
    left = below.exclude(unit__in=moved).order_by("-until").first()
    if left:
        raise TreeRule(f"“{left.unit}”在 {left.until} 已有变动，新的变动不能早于那一天", field="on")


def _place_anew(unit, act):
    """End the unit's placement and begin one as the unit is now; a second change on one day amends it."""
    current = unit.placements.in_force().get()
    values = {"parent": unit.parent, "name": unit.name, "path": unit.path, "reorganisation": act.row}
    if current.since == act.on:
        set_values(current, values)
        current.save()
        return
    current.until = act.on
    current.save(update_fields=["until"])
    UnitPlacement.objects.create(unit=unit, since=act.on, **values)


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('branches_unit', 'id'))")
        return cursor.fetchone()[0]


def _next_code(parent, level) -> str:
    """The parent's code and the next number below it; streets and communities have statistical codes."""
    digits = CODE_DIGITS.get(level)
    if digits is None:
        raise InvalidValue(f"{Level(level).label}须填写统计用区划代码", field="code")
    # Those of units that have been moved elsewhere too: a unit keeps its code.
    given = Unit.objects.filter(code__regex=f"^{parent.code}[0-9]{{{digits}}}$").values_list(
        "code", flat=True
    )
    return parent.code + next_serial(
        {int(code[len(parent.code) :]) for code in given}, digits, of=f"“{parent}”之下的编号"
    )


def next_serial(given: set[int], digits: int, *, of: str) -> str:
    """The number after the highest, or the lowest that is free where the highest is the last there can be.

    Raise InvalidValue when the numbers `of` something have run out.
    """
    highest = max(given, default=0)
    free = (number for number in chain([highest + 1], range(1, highest)) if number not in given)
    number = next((number for number in free if number < 10**digits), None)
    if number is None:
        raise InvalidValue(f"{of}已用完，请自行填写代码", field="code")
    return f"{number:0{digits}}"
