"""Verbs of appointments: who answers for what."""

from django.db import transaction

from branches.models import Appointment
from branches.operations.acts import hanging
from core.audit import record
from core.changes import check, locked
from core.errors import DomainError, InvalidValue


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
    check(appointment)
    same = Appointment.objects.filter(
        user=user, role=appointment.role, unit=appointment.unit, branch=appointment.branch
    ).on(appointment.since)
    if same.exists():
        raise AppointmentRule(f"{user} 在 {appointment.since} 已有同一授权")
    appointment.save()
    record("appointment.made", appointment, by=by, fields=values, place=place_of(appointment))
    return appointment


@transaction.atomic
def relieve(*, appointment, on, by):
    """End an appointment on the day `on`; from then on it gives nothing."""
    appointment = locked(appointment)
    if appointment.until and appointment.until <= on:
        raise AppointmentRule(f"该授权已于 {appointment.until} 结束")
    if on <= appointment.since:
        raise InvalidValue(f"结束日期 {on} 必须晚于起始日期 {appointment.since}", field="until")
    appointment.until = on
    appointment.save(update_fields=["until"])
    record("appointment.ended", appointment, by=by, fields=["until"], place=place_of(appointment))
    return appointment


def settle_appointments(row, act, *, besides=()):
    """See to it that nothing is left to hold at a unit or branch that ends with the act.

    What accounts hold there ends with it: scope does not go over by itself. Whatever else holds is refused,
    and with it what `besides` says in words, as "居住登记 2 条".
    """
    for appointment in row.appointments.exclude(until__lte=act.on).order_by("pk"):
        relieve(appointment=appointment, on=act.on, by=act.by)
    left = [*hanging(row, act.on), *besides]
    if left:
        raise AppointmentRule(f"“{row}”在 {act.on} 还有{'、'.join(left)}没有结束，请先办理")


def place_of(appointment) -> str:
    """The path of what is answered for."""
    return (appointment.unit or appointment.branch).path
