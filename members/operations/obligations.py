"""What hangs on a person who leaves: listed, and settled in the same step."""

from datetime import date

from django.db.models import Value

from core.audit import record
from core.errors import DomainError, InvalidValue, SeveralRefusals, refuse_all
from members.obligations import Leaving, Obligation, Settlement, sources
from members.operations.locks import locked_members

LONGEST_REASON = 200


class ObligationOpen(DomainError):
    """Something still hangs on the person."""

    code = "obligation_open"


class ObligationsOpen(SeveralRefusals):
    """Not everything that hangs on the person has been settled; one error for each thing."""

    code = "obligations_open"
    status = 409


def open_obligations(member, *, on: date, leaving: Leaving) -> list[Obligation]:
    """What is open for the member on the day or later, in the order of the table of sources."""
    return open_obligations_of([member], on=on, leaving=leaving)[member.pk]


def open_obligations_of(members, *, on: date, leaving: Leaving) -> dict[int, list[Obligation]]:
    """The same for many members, by their number: one query, and another for each source that has any."""
    found = {member.pk: [] for member in members}
    held = {kind: source.held(found, on=on, leaving=leaving) for kind, source in sources().items()}
    somewhere = _with_rows(held)
    for kind, source in sources().items():
        for row in held[kind] if kind in somewhere else ():
            obligation = source.obligation(row, leaving=leaving)
            found[obligation.member_id].append(obligation)
    return found


def _with_rows(held) -> set[str]:
    """Of which kinds there are rows: nearly everybody leaves with nothing open, or with one kind."""
    first, *others = [rows.order_by().values_list(Value(kind), flat=True)[:1] for kind, rows in held.items()]
    return set(first.union(*others, all=True))


def all_settled(member, *, on: date, leaving: Leaving, reason: str) -> tuple[Settlement, ...]:
    """The settlements that close everything that may not be kept, for one reason."""
    opened = open_obligations(member, on=on, leaving=leaving)
    return tuple(Settlement(each.key, reason) for each in opened if not each.keepable)


def locked_people(member, settlements=()) -> None:
    """Lock the member and who takes something over."""
    locked_members([member, *(each.successor for each in settlements if each.successor)])


def settle_obligations(*, member, settlements, on: date, leaving: Leaving, by, today: date) -> list[dict]:
    """Settle what hangs on the member, in the caller's transaction, before she leaves on the day.

    Give what was settled, as the step that did it keeps it: {"key", "words"} each. What may be kept stays
    unless it is named. Raise ObligationsOpen with one error for each thing that is
    not named, and InvalidValue for what is named wrongly. In whatever order they are given, they are settled
    in the order of the table of sources: what hangs on another thing before that thing. The caller holds the
    locks of the member and of the successors.
    """
    opened = {each.key: each for each in open_obligations(member, on=on, leaving=leaving)}
    refuse_all(_complaints(settlements, opened))
    _refuse_what_is_left(settlements, opened)
    order = {key: number for number, key in enumerate(opened)}
    for settlement in sorted(settlements, key=lambda each: order[each.key]):
        obligation = opened[settlement.key]
        source = sources()[obligation.kind]
        source.settle(obligation.number, settlement, on=on, by=by, today=today)
        deed = "handed_on" if settlement.successor else "settled"
        record(f"obligation.{deed}", member, by=by, reason=f"{obligation.words}：{settlement.reason}")
    return [{"key": each.key, "words": opened[each.key].words} for each in settlements]


def _refuse_what_is_left(settlements, opened):
    named = {each.key for each in settlements}
    left = [each for each in opened.values() if each.key not in named and not each.keepable]
    if left:
        raise ObligationsOpen([_still_open(each) for each in left])


def _still_open(obligation) -> ObligationOpen:
    ways = "请写明原因予以了结，或交给他人" if obligation.transferable else "请写明原因予以了结"
    return ObligationOpen(f"{obligation.words}，尚未了结：{ways}", field=_place(obligation.key))


def _place(key) -> str:
    return f"settle.{key}"


def _complaints(settlements, opened) -> list[DomainError]:
    wrong, seen = [], set()
    for each in settlements:
        words = _complaint(each, opened.get(each.key))
        if each.key in seen:
            words = f"“{each.key}”写了两次"
        seen.add(each.key)
        if words:
            wrong.append(InvalidValue(words, field=_place(each.key)))
    return wrong


def _complaint(settlement, obligation) -> str:
    if obligation is None:
        return f"“{settlement.key}”在这一天不是此人名下的未了事项，请重新查看清单"
    if not settlement.reason.strip():
        return "须写明了结的原因"
    if len(settlement.reason) > LONGEST_REASON:
        return f"原因不能超过{LONGEST_REASON}个字"
    if settlement.successor and not obligation.transferable:
        return f"{obligation.words}，不能交给他人"
    if settlement.successor and settlement.successor.pk == obligation.member_id:
        return "不能交给本人"
    return ""
