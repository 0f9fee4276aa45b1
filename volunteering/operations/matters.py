"""Verbs of a grid matter: report, take, give to somebody, settle, ask, reopen; and what the clock does."""

from django.db import transaction

from branches.models import Level, Unit
from branches.models.unit import STEP_LENGTH, paths_above
from core.audit import record
from core.changes import check, locked, save_change, words_of
from core.errors import DomainError, InvalidValue, refuse_all
from core.identity import normalise_phone
from members.obligations import KeptByAMove
from members.operations import reason_to_look
from volunteering.models import GridMatter, MatterChannel, MatterKind, MatterStep
from volunteering.operations.limits import until
from volunteering.operations.orders import branch_of
from volunteering.operations.places import low_place_complaints
from volunteering.states.matters import MATTER_MOVE_NAMES, MatterMove, MatterStatus, matter_after

SEALED = ("reporter", "reporter_phone")


class MatterRule(DomainError):
    """A matter may not be reported, given or moved like that."""

    code = "matter_rule"


class IllegalMatterMove(MatterRule):
    """The matter is not in a state from which this is possible."""

    code = "illegal_move"


@transaction.atomic
def report_matter(*, values, by, today):
    """Write down what was reported: kind, urgency, subject, unit, channel, and what else is known.

    Raise every refusal at once. The day by which it has to be settled comes from its kind and urgency.
    """
    if values.get("brought_by"):
        values = {**values, "brought_by": locked(values["brought_by"])}
    unit = locked(values["unit"])
    said = {name: values.get(name, "").strip() for name in SEALED}
    told = {name: value for name, value in values.items() if name not in SEALED}
    matter = GridMatter(**{**told, "unit": unit, "path": unit.path, "desk": unit, "reported_on": today})
    refuse_all([*_complaints(matter), *_seal_reporter(matter, **said)])
    matter.branch = matter.branch or branch_of(unit)
    if matter.kind == MatterKind.DISPUTE:
        matter.desk = _community(unit)
    matter.due_on = matter.desk_until = until(f"matter.{matter.kind}.{matter.urgency}", today)
    check(matter)
    matter.save()
    record("matter.reported", matter, by=by, fields=values)
    return matter


@transaction.atomic
def reveal_reporter(*, matter, reason, by) -> dict[str, str]:
    """Name and phone of who reported it, after writing down who looked and why."""
    record("matter.revealed", matter, by=by, fields=SEALED, reason=reason_to_look(reason))
    return {name: matter.get_sealed(name) for name in SEALED}


@transaction.atomic
def take_matter(*, matter, by, today, version=None):
    """Say that it will be seen to. Of several at once exactly one takes it."""
    return _moved(locked(matter, version=version), MatterMove.TAKE, by=by, today=today)


@transaction.atomic
def return_matter(*, matter, reason, by, today, version=None):
    """Give it back: it is nothing to be seen to here; the reason is for who reported it."""
    matter = locked(matter, version=version)
    matter.outcome = words_of(reason, "退回须写明原因", field="reason")
    return _moved(matter, MatterMove.RETURN, by=by, today=today, words=matter.outcome)


@transaction.atomic
def assign_matter(*, matter, handler, by, today, version=None):
    """Give it to a member who sees to it - of a dispute the mediator; another may follow her."""
    handler = locked(handler)
    matter = locked(matter, version=version)
    _refuse_handler(handler)
    matter.handler = handler
    return _moved(matter, MatterMove.ASSIGN, by=by, today=today, words=handler.name)


@transaction.atomic
def release_matter(*, matter, by, today, version=None):
    """Who was to see to it cannot: it lies on the desk again."""
    matter = locked(matter, version=version)
    words, matter.handler = str(matter.handler or ""), None
    return _moved(matter, MatterMove.RELEASE, by=by, today=today, words=words)


@transaction.atomic
def settle_matter(*, matter, outcome, by, today, version=None):
    """It has been seen to; what came of it is told in words, also to all duplicates."""
    matter = locked(matter, version=version)
    matter.outcome = words_of(outcome, "办结须写明办理结果", field="outcome")
    matter.settled_on, matter.desk_until = today, None
    return _moved(matter, MatterMove.SETTLE, by=by, today=today, words=matter.outcome)


@transaction.atomic
def follow_up(*, matter, satisfied, words="", by, today, version=None):
    """Who reported it was asked; whether she is satisfied, and what she says."""
    matter = locked(matter, version=version)
    matter.satisfied = satisfied
    said = "满意" if satisfied else "不满意"
    words = f"{said}：{words.strip()}" if words.strip() else said
    return _moved(matter, MatterMove.FOLLOW_UP, by=by, today=today, words=words)


@transaction.atomic
def reopen_matter(*, matter, reason, by, today, version=None):
    """It was not settled after all: it begins anew on its desk, within the days there are for that."""
    matter = locked(matter, version=version)
    reason = words_of(reason, "重开须写明原因", field="reason")
    if matter.settled_on and today > until("matter.reopen", matter.settled_on):
        last = until("matter.reopen", matter.settled_on)
        raise MatterRule(f"{matter.settled_on} 办结，{last} 后不能重开，请另行上报")
    matter.handler, matter.satisfied, matter.settled_on, matter.outcome = None, None, None, ""
    matter.reopened += 1
    matter.due_on = until(f"matter.{matter.kind}.{matter.urgency}", today)
    matter.desk_until = _on_its_desk(matter, matter.due_on)
    return _moved(matter, MatterMove.REOPEN, by=by, today=today, words=reason)


@transaction.atomic
def refer_matter(*, matter, reason, by, today, version=None):
    """The desk cannot settle it by itself: the level above has to act."""
    matter = locked(matter, version=version)
    reason = words_of(reason, "上报上级须写明原因", field="reason")
    if matter.desk.parent is None:
        raise MatterRule(f"“{matter.desk}”已是最高一级，不能再上报")
    return _up(matter, MatterMove.REFER, by=by, today=today, words=reason)


@transaction.atomic
def climb(*, matter, today):
    """What the clock does with a matter that its desk left too long: one level up, at most once a call.

    At the district it stays, and nothing more is done.
    """
    matter = locked(matter)
    if not matter.is_open or matter.desk_until is None or matter.desk_until >= today:
        return matter
    return _up(matter, MatterMove.CLIMB, by=None, today=today, words=f"{matter.desk}到期未办结")


def left_matters(today):
    """The matters about which the clock has to do something, the oldest first."""
    return GridMatter.objects.left(today).order_by("desk_until", "pk")


@transaction.atomic
def link_matter(*, matter, original, by, today, version=None):
    """It is the same as another: what becomes of that one becomes of it, and of what was linked to it."""
    first, second = sorted((matter, original), key=lambda each: each.pk)
    rows = {each.pk: locked(each) for each in (first, second)}
    original, matter = rows[original.pk], locked(matter, version=version)
    refuse_all(_link_complaints(matter, original))
    matter.duplicate_of, matter.handler, matter.desk_until = original, None, None
    matter = _moved(matter, MatterMove.LINK, by=by, today=today, words=f"并入第{original.pk}件")
    for other in matter.duplicates.select_for_update(of=("self",)).order_by("pk"):
        other.duplicate_of = original
        save_change(other)
    return matter


@transaction.atomic
def separate_matter(*, matter, by, today, version=None):
    """It was linked by mistake: it is seen to by itself again."""
    matter = locked(matter, version=version)
    matter.duplicate_of = None
    matter.desk_until = _on_its_desk(matter, max(matter.due_on, until("matter.desk", today)))
    return _moved(matter, MatterMove.SEPARATE, by=by, today=today)


class HeldMatters(KeptByAMove):
    """What seeing to a matter leaves open for who is gone: another sees to it, or it lies on the desk."""

    kind = "matter"
    holder = "handler"

    def held(self, members, *, on, leaving):
        """Each matter that one of them sees to."""
        return GridMatter.objects.filter(handler__in=members, status=MatterStatus.WORKING).order_by("pk")

    def words(self, row):
        """Which matter."""
        return f"承办：{row}"

    def settle(self, number, settlement, *, on, by, today):
        """Let the successor see to it; else it lies on the desk."""
        matter = GridMatter(pk=number)
        if settlement.successor:
            assign_matter(matter=matter, handler=settlement.successor, by=by, today=today)
        else:
            release_matter(matter=matter, by=by, today=today)


def _moved(matter, move, *, by, today, words=""):
    """The locked matter after the move, with a step of its own; whatever else changes was set before."""
    status = matter_after(matter.status, move)
    if status is None:
        raise IllegalMatterMove(f"该事项现为“{matter.get_status_display()}”，不能{MATTER_MOVE_NAMES[move]}")
    matter.status = status
    save_change(matter)
    MatterStep.objects.create(matter=matter, move=move, on=today, desk=matter.desk, words=words, by=by)
    record(f"matter.{move}", matter, by=by, fields=["status"])
    return matter


def _up(matter, move, *, by, today, words):
    matter.desk = matter.desk.parent or matter.desk
    matter.desk_until = _on_its_desk(matter, max(matter.due_on, until("matter.desk", today)))
    return _moved(matter, move, by=by, today=today, words=words)


def _on_its_desk(matter, day):
    """Until when it may lie on its desk: from the district's it climbs no further."""
    return day if matter.desk.parent_id else None


def _community(unit):
    """The community at or above a unit."""
    return Unit.objects.get(path=paths_above(unit.path)[Level.COMMUNITY - 1])


def _refuse_handler(member):
    if not member.on_roster:
        raise MatterRule(f"{member} 已不在册，不能承办", field="handler")


def _complaints(matter) -> list[DomainError]:
    wrong = _place_complaints(matter)
    if not matter.subject.strip():
        wrong.append(InvalidValue("请用一句话写明事项", field="subject"))
    if matter.channel == MatterChannel.VOLUNTEER and matter.brought_by is None:
        wrong.append(InvalidValue("志愿者反映的，请选择志愿者", field="brought_by"))
    if matter.brought_by and not matter.brought_by.on_roster:
        wrong.append(MatterRule(f"{matter.brought_by} 已不在册", field="brought_by"))
    return wrong


def _seal_reporter(matter, reporter, reporter_phone) -> list[DomainError]:
    """Seal who reported it into the matter; she may stay unknown."""
    matter.set_sealed("reporter", reporter)
    try:
        phone = reporter_phone and normalise_phone(reporter_phone, field="reporter_phone")
    except InvalidValue as error:
        return [error]
    matter.set_sealed("reporter_phone", phone)
    return []


def _place_complaints(matter) -> list[DomainError]:
    unit, branch = matter.unit, matter.branch
    wrong = low_place_complaints(unit, needed="请选择")
    if not wrong and branch and (branch.dissolved_on or not unit.path.startswith(branch.path)):
        wrong.append(InvalidValue(f"“{branch}”不在“{unit}”", field="branch"))
    return wrong


def _link_complaints(matter, original) -> list[DomainError]:
    if matter.pk == original.pk:
        return [InvalidValue("不能并入自己", field="original")]
    wrong = []
    if original.status in (MatterStatus.LINKED, MatterStatus.RETURNED):
        wrong.append(MatterRule(f"{original}已{original.get_status_display()}，不能并入", field="original"))
    if matter.kind != original.kind:
        kinds = f"{matter.get_kind_display()}不能并入{original.get_kind_display()}"
        wrong.append(MatterRule(f"类别不同，{kinds}", field="original"))
    length = STEP_LENGTH * Level.COMMUNITY
    if matter.path[:length] != original.path[:length]:
        wrong.append(MatterRule(f"{original}不在同一社区，不能并入", field="original"))
    return wrong
