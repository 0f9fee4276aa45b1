"""Verbs by which a transfer begins: draft it for a member, agree to it, write in a letter from outside."""

from dataclasses import dataclass

from django.db import transaction

from branches.models import Branch, Level, Unit
from core.changes import check, locked, not_after
from core.errors import DomainError, InvalidValue, refuse_all
from members.models import (
    Letter,
    Member,
    Transfer,
    TransferChannel,
    TransferReason,
)
from members.operations.arrivals import fill_arrival
from members.operations.memberships import holding_complaints
from members.operations.people import TAKEN, IdNumberTaken
from members.operations.rules import RosterRule
from members.operations.transfers.letters import LetterFacts, copy_person, letter_complaints
from members.operations.transfers.steps import Doing, begun, not_before, opened, taken
from members.states import FIRST_STATES, Route, TransferMove


@dataclass(frozen=True)
class Destination:
    """Where a 组织关系 is to go: a committee of the district and perhaps its branch, or a place outside.

    `text` is what the letter says after 去 while the branch is not known.
    """

    unit: Unit | None = None
    branch: Branch | None = None
    group: Branch | None = None
    outside: str = ""
    text: str = ""


@dataclass(frozen=True)
class Draft:
    """A transfer to be: where to, why, and by which channel (the usual one of its route if not said)."""

    to: Destination
    reason: str = TransferReason.MOVED_HOME
    channel: str = ""
    note: str = ""


@dataclass(frozen=True)
class Arriving:
    """What stands in a letter from outside the district: the person, where from, where to, and the paper.

    `person` as in `fill_arrival`, the ID number in clear.
    """

    person: dict
    from_outside: str
    to: Destination
    letter: LetterFacts
    reason: str = TransferReason.MOVED_HOME
    channel: str = TransferChannel.PAPER
    note: str = ""


@transaction.atomic
def draft_transfer(*, member, draft, by, today):
    """Draft the transfer of a member's 组织关系 and return it; the route follows from where it goes.

    Raise RosterRule if she has no relation or is being transferred already, InvalidValue for a bad end.
    """
    member = locked(member)
    relation = member.memberships.in_force().select_related("branch").first()
    if relation is None:
        raise RosterRule(f"{member} 现在没有组织关系，不能转接", field="member")
    other = member.transfers.open().first()
    if other:
        raise RosterRule(f"{member} 已有一项未办结的转接（{other.get_state_display()}）", field="member")
    route, to_unit = _route(relation.branch, draft.to)
    refuse_all(_destination_complaints(relation.branch, draft.to, route))
    transfer = Transfer(
        member=member,
        route=route,
        state=FIRST_STATES[route],
        from_branch=relation.branch,
        channel=draft.channel or _usual_channel(route),
        reason=draft.reason,
        note=draft.note,
        **_ends(draft.to, to_unit),
    )
    copy_person(transfer, member)
    return begun(transfer, Doing(TransferMove.DRAFT, today, by))


@transaction.atomic
def agree_transfer(*, transfer, on, by, today, to=None, version=None):
    """The branch agrees. One that came back may be sent to another place: `to`."""
    transfer = opened(transfer, TransferMove.AGREE, version)
    not_after(on, today, field="on", label="日期")
    held = transfer.member.memberships.in_force().first()
    not_before(on, held and held.since, field="on", label="同意日期", after="组织关系起始日期")
    returned = transfer.steps.standing().filter(move=TransferMove.RETURN).last()
    not_before(on, returned and returned.on, field="on", label="同意日期", after="退回日期")
    values = {}
    if to is not None:
        route, to_unit = _route(transfer.from_branch, to)
        wrong = _destination_complaints(transfer.from_branch, to, route)
        if route != transfer.route:
            words = f"“{transfer.get_route_display()}”的转接不能改为其他方式，请撤销后重新起草"
            wrong = [InvalidValue(words, field="to_unit")]
        refuse_all(wrong)
        values = _ends(to, to_unit)
    # What sent it back has been dealt with; the step that returned it keeps the reason.
    values |= {"return_reason": "", "return_note": "", "received_on": None}
    return taken(transfer, Doing(TransferMove.AGREE, on, by), values)


@transaction.atomic
def record_incoming(*, arriving, by, today):
    """Write in the letter that somebody from outside the district brought, and return the transfer.

    Raise IdNumberTaken if she is on a roster here, and every other refusal at once.
    """
    facts = arriving.letter
    transfer = Transfer(
        route=Route.IN,
        state=FIRST_STATES[Route.IN],
        from_outside=arriving.from_outside.strip(),
        channel=arriving.channel,
        reason=arriving.reason,
        note=arriving.note,
        **_ends(arriving.to, arriving.to.unit),
    )
    wrong = fill_arrival(transfer, arriving.person, today)
    wrong += letter_complaints(facts, today) + _arriving_complaints(transfer, arriving)
    refuse_all(wrong)
    letter = Letter(issued_by=transfer.from_outside, year=facts.issued_on.year, **facts.columns())
    check(letter)
    letter.save()
    transfer.letter = letter
    return begun(transfer, Doing(TransferMove.RECORD, today, by))


def _arriving_complaints(transfer, arriving) -> list[DomainError]:
    wrong = []
    if not transfer.from_outside:
        wrong.append(InvalidValue("须写明从哪里转来", field="from_outside"))
    if not arriving.letter.number:
        wrong.append(InvalidValue("须填写来信的编号", field="number"))
    if transfer.to_unit is None:
        wrong.append(InvalidValue("须写明由哪个党（工）委接收", field="to_unit"))
    else:
        wrong += _end_complaints(transfer.to_unit, transfer.to_branch)
    if transfer.id_index is None:
        wrong.append(InvalidValue("须填写身份证号", field="id_number"))
    else:
        wrong += _known_complaints(transfer.id_index)
    return wrong


def _known_complaints(id_index) -> list[DomainError]:
    if Member.objects.on_roster().filter(id_index=id_index).exists():
        return [IdNumberTaken(TAKEN, field="id_number")]
    if Transfer.objects.open().filter(member=None, id_index=id_index).exists():
        return [RosterRule("该身份证号已有一封未办结的来信", field="id_number")]
    return []


def _route(from_branch, to) -> tuple[Route, Unit | None]:
    """Which way it goes, and to which committee."""
    if to.outside:
        return Route.OUT, None
    to_unit = Unit.objects.committee_over(to.branch.path) if to.branch else to.unit
    home = Unit.objects.committee_over(from_branch.path)
    return (Route.WITHIN if to_unit == home else Route.BETWEEN), to_unit


def _usual_channel(route) -> TransferChannel:
    return TransferChannel.INTERNAL if route == Route.WITHIN else TransferChannel.PAPER


def _ends(to, to_unit) -> dict:
    return {
        "to_unit": to_unit,
        "to_branch": to.branch,
        "to_group": to.group,
        "to_outside": to.outside.strip(),
        "destination": to.text.strip(),
    }


def _destination_complaints(from_branch, to, route) -> list[DomainError]:
    named = [bool(to.outside.strip()), bool(to.unit or to.branch)]
    rules = (
        (all(named), "to_outside", "区内和区外的去向只能填写一处"),
        (not any(named), "to_unit", "须写明转到哪里"),
        (
            route == Route.WITHIN and not (to.branch or to.text.strip()),
            "to_branch",
            "在本党（工）委内转接，须写明转入哪个党支部",
        ),
        (to.branch == from_branch, "to_branch", f"已在“{from_branch}”，不需要转接"),
    )
    for broken, field, words in rules:
        if broken:
            return [InvalidValue(words, field=field)]
    return _end_complaints(to.unit, to.branch)


def _end_complaints(unit, branch) -> list[DomainError]:
    """Refuse an end in the district that cannot receive anybody."""
    gone = _gone(unit, "closed_on", "to_unit") + _gone(branch, "dissolved_on", "to_branch")
    if gone:
        return gone
    if unit and unit.level > Level.STREET:
        level = unit.get_level_display()
        return [InvalidValue(f"组织关系只能转到区或街道党（工）委，“{unit}”是{level}", field="to_unit")]
    if branch is None:
        return []
    named = committee_complaints(branch, unit, field="to_branch") if unit else []
    return named or holding_complaints(branch, field="to_branch")


def _gone(place, last_day, field) -> list[DomainError]:
    day = place and getattr(place, last_day)
    return [InvalidValue(f"“{place}”已于 {day} 撤销，不能接收", field=field)] if day else []


def committee_complaints(branch, unit, *, field="branch") -> list[DomainError]:
    """Refuse a branch that belongs to another committee than the one addressed."""
    own = Unit.objects.committee_over(branch.path)
    if own == unit:
        return []
    return [InvalidValue(f"“{branch}”属于{own}，不属于{unit}", field=field)]
