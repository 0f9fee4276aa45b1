"""Verbs of appointments: who answers for what."""

from django.db import transaction

from branches.models import Appointment, Level, Role
from branches.operations.acts import hanging
from branches.operations.presence import closed_complaints, dissolved_complaints
from core.audit import record
from core.changes import check, locked
from core.errors import DomainError, InvalidValue, refuse_all
from core.voiding import reason_given, void

# What is kept of a place is for who keeps that place: nowhere above.
HIGHEST = {Role.STREET_CLERK: Level.STREET, Role.COMMUNITY_CLERK: Level.COMMUNITY}


class AppointmentRule(DomainError):
    """An appointment may not be made or ended like that."""

    code = "appointment_rule"


@transaction.atomic
def appoint(*, user, values, by):
    """Appoint `user`: `values` names role, unit or branch, since, and optionally until and document.

    Nobody appoints herself: who keeps the accounts would otherwise have the roster for the asking.
    """
    if by is not None and by.pk == user.pk:
        raise AppointmentRule("不能给自己授权，请由另一名管理员办理", field="user")
    appointment = Appointment(user=locked(user), **values)
    refuse_all(_not_there(appointment) + _too_high(appointment))
    check(appointment)
    same = _same_at_a_time(appointment).order_by("since").first()
    if same:
        period = f"{same.since} 至 {same.until or '今'}"
        raise AppointmentRule(f"{user} 已有同一授权（{period}），同一授权不能重叠", field="since")
    appointment.save()
    record("appointment.made", appointment, by=by, fields=values, place=place_of(appointment))
    return appointment


def _not_there(appointment) -> list[DomainError]:
    """Refuse a place that is gone, or was not there yet; nobody closes it at the same moment."""
    wrong = []
    if appointment.unit:
        appointment.unit = unit = locked(appointment.unit)
        wrong += closed_complaints(unit) or _not_yet(appointment, unit)
    if appointment.branch:
        appointment.branch = branch = locked(appointment.branch)
        wrong += dissolved_complaints(branch) or _not_yet(appointment, branch)
    return wrong


def _not_yet(appointment, place) -> list[DomainError]:
    if place.placements.on(appointment.since).exists():
        return []
    return [InvalidValue(f"起始日期 {appointment.since} 时还没有“{place}”", field="since")]


def _too_high(appointment) -> list[DomainError]:
    highest = HIGHEST.get(appointment.role)
    if highest is None or appointment.unit is None or appointment.unit.level >= highest:
        return []
    role, level = appointment.get_role_display(), Level(highest).label
    said = f"“{role}”授权到{level}或其下级单位，“{appointment.unit}”范围太大"
    return [InvalidValue(said, field="unit")]


def _same_at_a_time(appointment):
    """The person's appointments to the same at days of this one."""
    about = {name: getattr(appointment, name) for name in ("user", "role", "unit", "branch")}
    same = Appointment.objects.filter(**about).exclude(until__lte=appointment.since)
    return same.filter(since__lt=appointment.until) if appointment.until else same


@transaction.atomic
def relieve(*, appointment, on, by):
    """End an appointment on the day `on`; from then on it gives nothing."""
    appointment = locked(appointment)
    if appointment.until and appointment.until <= on:
        raise AppointmentRule(f"该授权自 {appointment.until} 起不再有效，不能延长；需要时请重新授予")
    if on <= appointment.since:
        said = f"结束日期 {on} 必须晚于起始日期 {appointment.since}；授错了的请办理“撤回授权”"
        raise InvalidValue(said, field="until")
    appointment.until = on
    appointment.save(update_fields=["until"])
    record("appointment.ended", appointment, by=by, fields=["until"], place=place_of(appointment))
    return appointment


@transaction.atomic
def withdraw_appointment(*, appointment, reason, by):
    """Take back an appointment that should never have been made, begun or not; history and audit keep it."""
    reason = reason_given(reason)
    appointment = locked(appointment)
    void(appointment, verb="appointment.voided", by=by, reason=reason, place=place_of(appointment))


def settle_appointments(row, act, *, besides=()):
    """See to it that nothing is left to hold at a unit or branch that ends with the act.

    What accounts hold there ends with it: scope does not go over by itself. Whatever else holds is refused,
    and with it what `besides` says in words, as "居住登记 2 条"; and what an account was given only then.
    """
    held = row.appointments.exclude(until__lte=act.on).order_by("pk")
    refuse_all(
        [
            AppointmentRule(
                f"“{row}”有自 {late.since} 起的“{late.get_role_display()}”授权，不早于 {act.on}："
                "请系统管理员先撤回该授权"
            )
            for late in held.filter(since__gte=act.on)
        ]
    )
    for appointment in held:
        relieve(appointment=appointment, on=act.on, by=act.by)
    left = [*hanging(row, act.on), *besides]
    if left:
        raise AppointmentRule(f"“{row}”在 {act.on} 还有{'、'.join(left)}没有结束，请先办理")


def place_of(appointment) -> str:
    """The path of what is answered for."""
    return (appointment.unit or appointment.branch).path
