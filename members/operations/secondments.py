"""Verbs of sending people to help: second, amend, end early."""

from django.db import transaction

from branches.models import Level
from branches.operations.presence import closed_complaints
from core.audit import record
from core.changes import check, locked, save_change, set_values
from core.errors import DomainError, InvalidValue, refuse_all
from core.identity import normalise_name
from core.voiding import void
from members.models import Secondment
from members.models.secondment import TWICE
from members.obligations import KeptByAMove
from members.operations.rules import RosterRule


@transaction.atomic
def second(*, values, by):
    """Send somebody to a unit: member or person_name, role, host, sent_by or employer, since and until."""
    secondment = Secondment(**_named(values))
    _lock(secondment)
    refuse_all([*_roster_complaints(secondment), *_complaints(secondment)])
    check(secondment)
    secondment.save()
    record("secondment.made", secondment, by=by, fields=values, place=secondment.host.path)
    return secondment


@transaction.atomic
def amend_secondment(*, secondment, values, by, version=None):
    """Correct a secondment: duty, since, until, document. Who, where and in which role stay.

    It is not made longer for a member who has left.
    """
    _lock(secondment)
    secondment = locked(secondment, version=version)
    before = secondment.until
    changed = set_values(secondment, values)
    if not changed:
        return secondment
    longer = "until" in changed and secondment.until and secondment.until > before
    refuse_all([*(_roster_complaints(secondment) if longer else ()), *_complaints(secondment)])
    save_change(secondment)
    record("secondment.amended", secondment, by=by, fields=changed, place=secondment.host.path)
    return secondment


@transaction.atomic
def end_secondment(*, secondment, on, by, version=None):
    """End a secondment before its time, on the day `on`."""
    secondment = locked(secondment, version=version)
    if not secondment.since < on < secondment.until:
        raise InvalidValue(
            f"结束日期 {on} 须晚于起始日期 {secondment.since}、早于原定的终止日期 {secondment.until}",
            field="on",
        )
    secondment.until = on
    save_change(secondment)
    record("secondment.ended", secondment, by=by, fields=["until"], place=secondment.host.path)
    return secondment


def _lock(secondment):
    """Lock the member, if it is one, and then the unit; both are as they are now."""
    if secondment.member:
        secondment.member = locked(secondment.member)
    secondment.host = locked(secondment.host)


def _roster_complaints(secondment) -> list[DomainError]:
    member = secondment.member
    if member and not member.on_roster:
        return [RosterRule(f"{member} 已不在册，不能选派或交叉任职", field="member")]
    return []


def _named(values) -> dict:
    name = values.get("person_name")
    return {**values, "person_name": normalise_name(name, field="person_name")} if name else values


def _complaints(secondment) -> list[DomainError]:
    wrong = _who_and_whence(secondment)
    if secondment.until is None:
        wrong.append(InvalidValue("选派和交叉任职须写明终止日期", field="until"))
    elif secondment.until <= secondment.since:
        wrong.append(
            InvalidValue(f"终止日期 {secondment.until} 必须晚于起始日期 {secondment.since}", field="until")
        )
    elif not wrong and same_as(secondment).exists():
        wrong.append(RosterRule(f"“{secondment.who}”：{TWICE}", field="since"))
    return wrong


def _who_and_whence(secondment) -> list[DomainError]:
    wrong = []
    if (secondment.member is None) == (not secondment.person_name):
        wrong.append(InvalidValue("党员和工作人员姓名须且只能填一个", field="member"))
    if (secondment.sent_by is None) == (secondment.employer is None):
        wrong.append(InvalidValue("派出单位和派出企业须且只能填一个", field="sent_by"))
    wrong += closed_complaints(secondment.host, field="host")
    if secondment.host.level > Level.COMMUNITY:
        wrong.append(InvalidValue("任职单位须是区、街道或社区", field="host"))
    if secondment.sent_by_id == secondment.host_id:
        wrong.append(InvalidValue("派出单位和任职单位不能是同一个", field="sent_by"))
    return wrong


def same_as(secondment):
    """Others by which the same person is sent to the same unit for the same on some of these days."""
    return Secondment.objects.filter(
        host=secondment.host,
        role=secondment.role,
        member=secondment.member,
        person_name=secondment.person_name,
        since__lt=secondment.until,
        until__gt=secondment.since,
    ).exclude(pk=secondment.pk)


class Secondments(KeptByAMove):
    """Being sent hangs on a member: it ends when she leaves, and may go on when she moves in the district."""

    kind = "secondment"
    transferable = False

    def held(self, members, *, on, leaving):
        """Also what is to begin later than the day."""
        rows = Secondment.objects.filter(member__in=members, until__gt=on)
        return rows.select_related("host").order_by("since", "pk")

    def words(self, row):
        """Where, as what, and for how long."""
        return f"在“{row.host}”任{row.get_role_display()}（{row.since} 至 {row.until}）"

    def settle(self, number, settlement, *, on, by, today):
        """End it on the day; what would have begun then or later never does, and is taken out."""
        secondment = locked(Secondment(pk=number))
        if secondment.since < on:
            secondment.until = on
            save_change(secondment)
            return
        place, reason = secondment.host.path, settlement.reason
        void(secondment, verb="secondment.undone", by=by, reason=reason, about=secondment.member, place=place)
