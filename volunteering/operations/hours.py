"""Verbs of serving: begin, end, confirm; and hours, which somebody else has to verify."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from core.audit import record
from core.changes import check, locked, not_after
from core.errors import DomainError, InvalidValue
from core.voiding import StillNeeded, reason_given, void
from volunteering.models import Confirmation, HourEntry
from volunteering.operations.orders import moved
from volunteering.states import OrderMove

# Nobody is credited more in one day.
MOST_MINUTES_A_DAY = 8 * 60


class HoursRule(DomainError):
    """Hours may not be recorded or verified like that."""

    code = "hours_rule"


@dataclass(frozen=True)
class Worked:
    """On which day somebody served, and from when to when."""

    on: date
    began: time
    ended: time
    occasion: str = ""


@dataclass(frozen=True)
class Said:
    """What who asked for the service says about it; a proxy says her own name."""

    confirmed_as: str = Confirmation.REQUESTER
    confirmer: str = ""
    rating: int | None = None
    feedback: str = ""


@transaction.atomic
def start_order(*, order, by, today, version=None):
    """The helper begins."""
    order = moved(locked(order, version=version), OrderMove.START, today)
    record("service_order.start", order, by=by, fields=["status"])
    return order


@transaction.atomic
def complete_order(*, order, worked, by, today, now=None, version=None):
    """The helper is done: the hours are written down and wait for the confirmation."""
    if order.member_id:
        locked(order.member)
    order = moved(locked(order, version=version), OrderMove.COMPLETE, today)
    if worked.on < order.requested_on:
        raise InvalidValue(f"服务日期 {worked.on} 早于点单日期 {order.requested_on}", field="on")
    written(order.member, worked, by=by, today=today, now=now, order=order)
    record("service_order.complete", order, by=by, fields=["status"])
    return order


@transaction.atomic
def confirm_order(*, order, said, by, today, version=None):
    """Who asked, or a proxy, says that it is done. The hours are verified too, unless `by` wrote them."""
    proxy = said.confirmed_as == Confirmation.PROXY
    if proxy != bool(said.confirmer.strip()):
        raise InvalidValue("代确认须写明代确认人，点单人自己确认不填", field="confirmer")
    order = moved(
        locked(order, version=version),
        OrderMove.CONFIRM,
        today,
        confirmed_as=said.confirmed_as,
        confirmer=said.confirmer,
        rating=said.rating,
        feedback=said.feedback,
    )
    for entry in order.hour_entries.filter(verified_by=None).select_for_update(of=("self",)):
        others = by is not None and entry.recorded_by_id != by.pk
        if others and not entry.member.certificates.covering(entry.on).exists():
            _verified(entry, by)
    record("service_order.confirmed", order, by=by, fields=["status"])
    return order


@transaction.atomic
def record_hours(*, member, worked, by, today, now=None):
    """Write down that the member served without an order."""
    entry = written(locked(member), worked, by=by, today=today, now=now)
    record("hours.recorded", member, by=by, fields=["hour_entries"])
    return entry


@transaction.atomic
def verify_hours(*, entry, by):
    """Confirm hours. Whoever wrote them down cannot be the one to confirm them."""
    member, entry = locked(entry.member), locked(entry)
    if entry.verified_by_id:
        raise HoursRule("该记录已核实")
    if entry.recorded_by_id == by.pk:
        raise HoursRule("登记人不能核实自己登记的服务时间")
    refuse_certified(member, entry.on)
    _verified(entry, by)
    record("hours.verified", entry.member, by=by, fields=["hour_entries"])
    return entry


@transaction.atomic
def undo_hours(*, entry, reason, by, version=None):
    """Take back hours that were told by mistake, and return the member. Those of an order or a turn stay.

    Raise StillNeeded for these, and HoursRule while a certificate stands for the day.
    """
    reason = reason_given(reason)
    member = locked(entry.member)
    entry = locked(entry, version=version)
    if entry.order_id or entry.turn_id:
        source = f"“{entry.order or entry.turn}”"
        raise StillNeeded(f"这段时间由{source}登记，随它保留，不能单独撤回")
    refuse_certified(member, entry.on)
    void(entry, verb="hours.undone", by=by, reason=reason, about=member, place=member.path)
    return member


def refuse_certified(member, day) -> None:
    """Refuse to change the hours of a day for which a certificate stands."""
    certificate = member.certificates.covering(day).first()
    if certificate:
        raise HoursRule(
            f"{day} 已列入服务证书（{certificate.number or '公示中'}），不能再登记、核实或撤回", field="on"
        )


def _verified(entry, by):
    entry.verified_by, entry.version = by, entry.version + 1
    entry.save(update_fields=["verified_by", "version"])


def _refuse_before_its_end(worked, now):
    """Nobody has served until the time is over; the day alone does not say so of this very day."""
    if now and timezone.make_aware(datetime.combine(worked.on, worked.ended)) > now:
        raise InvalidValue(f"{worked.on} {worked.ended:%H:%M} 还没有到，服务结束后再登记", field="ended")


def written(member, worked, *, by, today, now=None, **source):
    """The entry of a locked member, once nothing speaks against it; `source` is its order or turn.

    `now`: the moment at which it is written down, where it is written down at the moment itself.
    """
    not_after(worked.on, today, field="on", label="服务日期")
    if worked.ended <= worked.began:
        raise InvalidValue(
            f"结束时间 {worked.ended:%H:%M} 必须晚于开始时间 {worked.began:%H:%M}", field="ended"
        )
    _refuse_before_its_end(worked, now)
    refuse_certified(member, worked.on)
    if not member.memberships.on(worked.on).exists():
        raise HoursRule(f"{member} 在 {worked.on} 没有组织关系，不能登记服务时间", field="on")
    entry = HourEntry(
        member=member, on=worked.on, began=worked.began, ended=worked.ended, occasion=worked.occasion,
        recorded_by=by, **source,
    )  # fmt: skip
    that_day = list(member.hour_entries.filter(on=worked.on))
    for other in that_day:
        if other.began < entry.ended and entry.began < other.ended:
            raise HoursRule(f"与已登记的 {other.began:%H:%M}—{other.ended:%H:%M} 重叠", field="began")
    minutes = sum(each.minutes for each in (*that_day, entry))
    if minutes > MOST_MINUTES_A_DAY:
        raise HoursRule(
            f"{worked.on} 合计 {minutes / 60:.1f} 小时，一天最多 {MOST_MINUTES_A_DAY // 60} 小时",
            field="ended",
        )
    check(entry, constraints=False)
    entry.save()
    return entry
