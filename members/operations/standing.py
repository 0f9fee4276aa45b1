"""Verbs of the standing: 转正, 延长预备期, 停止党籍, 恢复党籍, 出党, 去世."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from core.audit import record
from core.changes import locked, not_after
from core.errors import InvalidValue, refuse_all
from core.periods import months_after, years_after
from members.models import ExitType, RosterIn, RosterOut, StandingEvent, SuspendReason
from members.obligations import Leaving, Settlement
from members.operations.memberships import Entry, begin, end, entry_complaints
from members.operations.obligations import locked_people, settle_obligations
from members.operations.rules import RosterRule, complaints
from members.states import MOVE_NAMES, STANDING_NAMES, Standing, StandingMove, after

ENDED_BY = {
    StandingMove.SUSPEND: RosterOut.SUSPEND,
    StandingMove.EXIT: RosterOut.EXIT,
    StandingMove.DECEASE: RosterOut.DEATH,
}
LEAVING = {
    StandingMove.SUSPEND: Leaving.SUSPENSION,
    StandingMove.EXIT: Leaving.EXIT,
    StandingMove.DECEASE: Leaving.DEATH,
}
LEAST_PROBATION_YEARS = 1
LEAST_EXTENSION_MONTHS = 6
# 党员教育管理工作条例 article 24: who cannot be reached so long after a suspension is struck off.
YEARS_UNREACHABLE = 2


@dataclass(frozen=True)
class StandingChange:
    """A move of the standing on a day, and what it asks for: a reason, a document, a branch to return to.

    `settle` says what becomes of each thing that hangs on the member when she leaves.
    """

    move: str
    on: date
    reason: str = ""
    document: str = ""
    note: str = ""
    branch: object | None = None
    version: int | None = None
    settle: tuple[Settlement, ...] = ()


@transaction.atomic
def change_standing(*, member, change, by, today):
    """Do one legal move of `members.states.MOVES`; leaving the roster ends the 组织关系 on the same day.

    Raise RosterRule for an illegal move, InvalidValue for a bad day or reason, and ObligationsOpen while
    something that hangs on the member is not settled.
    """
    locked_people(member, change.settle)
    member = locked(member, version=change.version)
    to = after(member.standing, change.move)
    if to is None:
        standing, move = STANDING_NAMES[Standing(member.standing)], MOVE_NAMES[StandingMove(change.move)]
        raise RosterRule(f"{member} 现为“{standing}”，不能办理“{move}”")
    not_after(change.on, today, field="on", label="日期")
    _check_order(member, change)
    _check_once(member, change)
    _check_reason(member, change)
    _check_unreachable(member, change)
    before = member.standing
    _apply(member, change, to, today)
    refuse_all(complaints(member, today))
    event = StandingEvent.objects.create(
        member=member,
        before=before,
        after=to,
        by=by,
        settled=_settled(member, change, by, today),
        **_event_values(change),
    )
    member.version += 1
    member.save()
    _follow_on_roster(member, change, today)
    member.refresh_from_db(fields=["branch", "path", "on_roster"])
    record(f"standing.{change.move}", member, by=by, fields=["standing"], reason=change.document)
    return event


def _settled(member, change, by, today) -> list[dict]:
    """Settle what hangs on her, if by this move she leaves; give what was settled."""
    leaving = LEAVING.get(StandingMove(change.move))
    if leaving:
        return settle_obligations(
            member=member, settlements=change.settle, on=change.on, leaving=leaving, by=by, today=today
        )
    if change.settle:
        raise InvalidValue(f"办理“{MOVE_NAMES[StandingMove(change.move)]}”没有要了结的事项", field="settle")
    return []


def _event_values(change) -> dict:
    return {name: getattr(change, name) for name in ("move", "on", "reason", "document", "note")}


def _check_once(member, change):
    """A probation is extended once."""
    if change.move != StandingMove.EXTEND:
        return
    before = member.standing_events.filter(move=StandingMove.EXTEND).first()
    if before:
        raise RosterRule(f"{member} 已于 {before.on} 延长过预备期，只能延长一次", field="on")


def _check_order(member, change):
    latest = member.standing_events.order_by("-on").first()
    if latest and change.on < latest.on:
        raise InvalidValue(
            f"{change.on} 早于上一次党籍变动 {latest.on}（{latest.get_move_display()}）", field="on"
        )
    if change.move == StandingMove.DECEASE and member.birth_on and change.on < member.birth_on:
        raise InvalidValue(f"去世日期 {change.on} 早于出生日期 {member.partial('birth')}", field="on")
    if change.move == StandingMove.CONFIRM:
        _check_probation(member, change)


def _check_probation(member, change):
    earliest = member.joined_on and years_after(member.joined_on, LEAST_PROBATION_YEARS)
    if earliest and change.on < earliest:
        raise InvalidValue(f"预备期为一年，{earliest} 起才能转正", field="on")
    extended = member.standing_events.filter(move=StandingMove.EXTEND).first()
    if extended:
        _check_extension(extended.on, earliest, change)


def _check_unreachable(member, change):
    if member.standing != Standing.SUSPENDED or change.reason != ExitType.STRUCK_ABSENT:
        return
    suspended = member.standing_events.filter(move=StandingMove.SUSPEND).order_by("-on").first()
    earliest = suspended and years_after(suspended.on, YEARS_UNREACHABLE)
    if earliest and change.on < earliest:
        raise InvalidValue(
            f"停止党籍（{suspended.on}）满两年仍无法取得联系的，{earliest} 起才能按自行脱党除名", field="on"
        )


def _check_extension(extended_on, earliest, change):
    # What was decided before the year was over begins when it is.
    over = months_after(max(filter(None, (extended_on, earliest))), LEAST_EXTENSION_MONTHS)
    if change.on < over:
        raise InvalidValue(
            f"预备期已于 {extended_on} 延长，延长期至少 {LEAST_EXTENSION_MONTHS} 个月，{over} 起才能转正",
            field="on",
        )


def exits_of(standing) -> list[ExitType]:
    """How somebody of the standing may leave the Party: a probation is cancelled, and nothing else is."""
    cancelled = ExitType.PROBATION_CANCELLED
    return [each for each in ExitType if (each == cancelled) == (standing == Standing.PROBATIONARY)]


def _check_reason(member, change):
    choices = _reasons(member, change)
    if choices and change.reason not in choices:
        standing = STANDING_NAMES[Standing(member.standing)]
        words = "、".join(each.label for each in choices)
        raise InvalidValue(f"{standing}办理“{MOVE_NAMES[change.move]}”，情形须是：{words}", field="reason")
    if not choices and change.reason:
        raise InvalidValue("该事项不需要填写情形", field="reason")


def _reasons(member, change) -> list:
    if change.move == StandingMove.EXIT:
        return exits_of(member.standing)
    return list(SuspendReason) if change.move == StandingMove.SUSPEND else []


def _apply(member, change, to, today):
    member.standing = to
    if change.move == StandingMove.CONFIRM:
        member.full_on, member.full_precision = change.on, "D"
    if change.move == StandingMove.DECEASE:
        member.died_on = change.on
    if change.move == StandingMove.RESTORE and not change.branch:
        raise InvalidValue("恢复党籍须写明编入的党支部", field="branch")


def _follow_on_roster(member, change, today):
    """The roster follows the standing: a relation ends with it, and begins again when it is restored."""
    if change.move == StandingMove.RESTORE:
        entry = Entry(change.branch, change.on, RosterIn.RESTORED, document=change.document)
        refuse_all(entry_complaints(entry, today))
        begin(member, entry, today)
    ended_by = ENDED_BY.get(StandingMove(change.move))
    if ended_by:
        _check_nothing_lasted_longer(member, change.on)
    current = member.memberships.in_force().select_for_update(of=("self",)).first() if ended_by else None
    if current:
        end(current, on=change.on, ended_by=ended_by, document=change.document)


def _check_nothing_lasted_longer(member, on):
    later = member.memberships.filter(until__gt=on).order_by("-until").first()
    if later:
        raise InvalidValue(
            f"{on} 早于在“{later.branch}”的组织关系终止之日 {later.until}，请先核对", field="on"
        )
