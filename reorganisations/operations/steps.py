"""What each kind of reorganisation does, step by step, with everything that refuses collected."""

from copy import copy
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import F

from branches.models import Branch, Category, ReorganisationKind
from branches.models.branch import HOLDING_CATEGORIES
from branches.operations.acts import Act
from branches.operations.branches import (
    check_branch_is_live,
    found_branch,
    reopen_branch,
    reseat,
    wind_up_branch,
)
from branches.operations.presence import beginning
from branches.operations.units import found_unit, rehang, reopen_unit, retitle, wind_up_unit
from core.audit import record
from core.changes import locked
from core.errors import DomainError, InvalidValue, refusal_of
from members.operations import (
    Passage,
    arrive_together,
    end_affiliation,
    end_leadership,
    leave_together,
)
from reorganisations.operations.orders import Order, PlanRule
from reorganisations.states import About


@dataclass
class Work:
    """An order being carried out. A step that is refused is undone and the next ones are tried all the same,
    so that everything in the way is known at once; the caller then undoes the whole.
    """

    order: Order
    act: Act
    refusals: list[DomainError] = field(default_factory=list)

    def attempt(self, step, **values):
        """Do one step and return what it gives; None when it was refused."""
        try:
            with transaction.atomic():
                return step(**values)
        except DomainError as refusal:
            self.refusals += [_naming(self._subject(values), error) for error in refusal.errors]
        except IntegrityError as error:
            self.refusals.append(_naming(self._subject(values), refusal_of(error)))
        return None

    def _subject(self, values) -> str:
        rows = (values.get(name) for name in ("branch", "source", "unit"))
        return next((str(row) for row in rows if row), self.order.name)

    def carry_out(self) -> None:
        """Do everything that the order says."""
        STEPS[About(self.order.about), self.order.kind](self)


OF_THE_ROW = {"name", "code"}


def _naming(subject, error) -> DomainError:
    """The refusal, saying of what it speaks: several things are tried at once."""
    told = copy(error)
    if f"“{subject}”" not in error.detail:
        told.detail = f"“{subject}”：{error.detail}"
        # Its name or code, not what the form calls so.
        told.field = None if error.field in OF_THE_ROW else error.field
    return told


# Units.


def establish_unit(work):
    """A new unit below `to_unit`."""
    work.attempt(found_unit, parent=work.order.to_unit, values=_new_unit(work.order), act=work.act)


def _new_unit(order) -> dict:
    return {"name": order.name, **({"code": order.code} if order.code else {})}


def rename_unit(work):
    """Another name."""
    work.attempt(retitle, unit=work.order.units[0], name=work.order.name, act=work.act)


def move_unit(work):
    """Another unit above it; everything below goes along."""
    work.attempt(rehang, unit=work.order.units[0], to=work.order.to_unit, act=work.act)


def merge_units(work):
    """What is below the units goes to one that is there or a new one, and they are closed."""
    order = work.order
    goal = order.to_unit
    if order.name and goal:
        work.refusals.append(PlanRule("合并到现有单位时不填写新名称；新设单位时不选现有单位", field="name"))
        return
    if goal is None:
        goal = work.attempt(found_unit, parent=order.units[0].parent, values=_new_unit(order), act=work.act)
    if goal is not None:
        for unit in order.units:
            _absorb(work, unit, goal)


def split_unit(work):
    """A new unit beside the old one, with a part of what was below it."""
    order = work.order
    [unit] = order.units
    new = work.attempt(found_unit, parent=unit.parent, values=_new_unit(order), act=work.act)
    strange = [str(part) for part in order.part_units if part.parent_id != unit.pk]
    strange += [str(part) for part in order.part_branches if part.unit_id != unit.pk]
    if strange:
        work.refusals.append(PlanRule(f"{'、'.join(strange)} 不直接在“{unit}”之下", field="part_units"))
    if new is not None and not strange:
        _hand_down(work, order.part_units, order.part_branches, new)


def close_unit(work):
    """An end to the unit; what it still has goes to `to_unit`, or else there may be nothing."""
    order = work.order
    [unit] = order.units
    if order.to_unit is not None:
        _absorb(work, unit, order.to_unit)
        return
    residents = unit.residents.on_roster().count()
    if residents:
        work.refusals.append(
            PlanRule(
                f"有 {residents} 名党员的居住地登记在“{unit}”，请选择居住人员等转到哪里", field="to_unit"
            )
        )
    work.attempt(wind_up_unit, unit=unit, act=work.act)


def again_unit(work):
    """A closed unit is there again."""
    work.attempt(reopen_unit, unit=work.order.units[0], parent=work.order.to_unit, act=work.act)


def _absorb(work, unit, goal):
    """Everything below `unit` and who lives there goes to `goal`; then the unit is closed."""
    if goal.pk == unit.pk:
        work.refusals.append(PlanRule(f"“{unit}”不能并入它自己", field="to_unit"))
        return
    if goal.level != unit.level:
        levels = f"“{unit}”是{unit.get_level_display()}，“{goal}”是{goal.get_level_display()}"
        work.refusals.append(PlanRule(f"只能并入同一层级的单位：{levels}", field="to_unit"))
        return
    before = len(work.refusals)
    _hand_down(work, unit.children.live(), unit.branches.live().exclude(category=Category.GROUP), goal)
    _hand_down(work, (), unit.branches.live(), goal)
    # Who has left the roster keeps where she lived last.
    unit.residents.on_roster().update(residence=goal, version=F("version") + 1)
    # Otherwise it would only be said again that these are still there.
    if len(work.refusals) == before:
        work.attempt(wind_up_unit, unit=unit, act=work.act)


def _hand_down(work, units, branches, goal):
    for unit in units:
        work.attempt(rehang, unit=unit, to=goal, act=work.act)
    for branch in branches:
        work.attempt(reseat, branch=branch, to=goal, act=work.act)


# Branches.


def move_branch(work):
    """Another unit to sit on."""
    work.attempt(reseat, branch=work.order.branches[0], to=work.order.to_unit, act=work.act)


def merge_branches(work):
    """The members and groups of the branches go to one that is there or a new one, and they are dissolved."""
    order, goal = work.order, work.order.to_branch
    if order.name and goal:
        work.refusals.append(PlanRule("合并到现有党支部时不填写新名称；新设时不选现有党支部", field="name"))
        return
    if goal is None:
        goal = work.attempt(_found_beside, work=work)
    if goal is not None:
        for branch in order.branches:
            _take_over(work, branch, goal, dissolve=True)


def split_branch(work):
    """A new branch, with some members and groups of the old one."""
    order = work.order
    [branch] = order.branches
    strange = [str(group) for group in order.part_branches if group.parent_id != branch.pk]
    if strange:
        work.refusals.append(PlanRule(f"{'、'.join(strange)} 不是“{branch}”的党小组", field="part_branches"))
        return
    new = work.attempt(_found_beside, work=work)
    if new is not None:
        chosen = frozenset(member.pk for member in order.part_members)
        work.attempt(
            _pass_over,
            source=branch,
            goal=new,
            act=work.act,
            groups=list(order.part_branches),
            members=chosen,
        )


def hand_over_branch(work):
    """All members and groups go to another branch; the old one stays, empty."""
    _take_over(work, work.order.branches[0], work.order.to_branch, dissolve=False)


def dissolve_branch(work):
    """An end to the branch; its members go to `to_branch`, and who takes part in a temporary one stops."""
    [branch], goal = work.order.branches, work.order.to_branch
    if goal is not None:
        _take_over(work, branch, goal, dissolve=True)
        return
    if branch.is_temporary:
        for affiliation in branch.affiliations.exclude(until__lte=work.act.on).order_by("pk"):
            work.attempt(
                end_affiliation,
                affiliation=affiliation,
                on=work.act.on,
                by=work.act.by,
                today=work.act.today,
            )
    work.attempt(_wind_up, branch=branch, act=work.act)


def again_branch(work):
    """A dissolved branch is there again."""
    work.attempt(reopen_branch, branch=work.order.branches[0], unit=work.order.to_unit, act=work.act)


def _found_beside(work) -> Branch:
    """The new branch: of the kind of the old one, on the unit chosen or else that of the old one."""
    first = work.order.branches[0]
    return found_branch(
        unit=work.order.to_unit or first.unit,
        values={"name": work.order.name, "category": first.category, "kind": first.kind},
        act=work.act,
    )


def _take_over(work, source, goal, *, dissolve):
    refusal = _cannot_take_over(source, goal)
    if refusal:
        work.refusals.append(refusal)
        return
    groups = list(source.children.live().filter(category=Category.GROUP))
    done = work.attempt(_pass_over, source=source, goal=goal, act=work.act, groups=groups, members=None)
    if done is not None and dissolve:
        work.attempt(_wind_up, branch=source, act=work.act)


def _wind_up(*, branch, act):
    """The branch ends, and with it its term and its posts."""
    end_leadership(branch=branch, on=act.on, reason=act.reason, by=act.by)
    wind_up_branch(branch=branch, act=act)


def _cannot_take_over(source, goal) -> PlanRule | None:
    wrong = [each for each in (source, goal) if each.is_temporary or each.category not in HOLDING_CATEGORIES]
    if wrong:
        words = "、".join(f"“{each}”是{each.get_category_display()}" for each in wrong)
        return PlanRule(f"只有党支部和联合党支部有组织关系可转：{words}", field="branches")
    if source.pk == goal.pk:
        return PlanRule(f"“{source}”不能并入它自己", field="to_branch")
    return None


def _pass_over(*, source, goal, act, groups, members) -> int:
    """Members leave `source` and arrive in `goal` on the same day, with the groups as new groups there.

    A group belongs to one branch for all its days; so the old one ends and one of the same name begins.
    """
    check_branch_is_live(source)
    passage = Passage(source, {group.pk: group for group in groups}, members)
    left = leave_together(passage=passage, act=act)
    goal = locked(goal)
    check_branch_is_live(goal)
    if goal.stands_since > act.on:
        raise InvalidValue(f"“{goal}”的{beginning(goal)}，{act.on} 时还没有它", field="on")
    new = {group.pk: _same_group(group, source, goal, act) for group in groups}
    arrive_together(left=left, passage=Passage(source, new, members), to=goal, act=act)
    record("branch.handed_over", source, by=act.by, fields=["members"], reason=act.document)
    return len(left)


def _same_group(group, source, goal, act) -> Branch:
    _wind_up(branch=group, act=act)
    kept = ("name", "short_name", "category", "contact", "contact_phone", "address")
    values = {name: getattr(group, name) for name in kept}
    stays = group.unit_id != source.unit_id and group.path.startswith(goal.path)
    unit = group.unit if stays else goal.unit
    return found_branch(unit=unit, values={**values, "kind": goal.kind, "parent": goal}, act=act)


STEPS = {
    (About.UNIT, ReorganisationKind.ESTABLISH): establish_unit,
    (About.UNIT, ReorganisationKind.RENAME): rename_unit,
    (About.UNIT, ReorganisationKind.MOVE): move_unit,
    (About.UNIT, ReorganisationKind.MERGE): merge_units,
    (About.UNIT, ReorganisationKind.SPLIT): split_unit,
    (About.UNIT, ReorganisationKind.CLOSE): close_unit,
    (About.UNIT, ReorganisationKind.REOPEN): again_unit,
    (About.BRANCH, ReorganisationKind.MOVE): move_branch,
    (About.BRANCH, ReorganisationKind.MERGE): merge_branches,
    (About.BRANCH, ReorganisationKind.SPLIT): split_branch,
    (About.BRANCH, ReorganisationKind.WHOLE): hand_over_branch,
    (About.BRANCH, ReorganisationKind.CLOSE): dissolve_branch,
    (About.BRANCH, ReorganisationKind.REOPEN): again_branch,
}
