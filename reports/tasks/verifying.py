"""Tasks about what counts only once somebody else has verified it: hours served and visits made."""

from datetime import timedelta

from django.urls import reverse

from reports.tasks.sources import Task, TaskSource
from volunteering.models import HourEntry, Visit
from volunteering.states import OrderStatus

# While it is remembered, and before the quarter is told.
VERIFY_DAYS = 7


def _task(asking, kind, row, place):
    due_on = row.on + timedelta(days=VERIFY_DAYS)
    return Task(
        kind=kind,
        about=str(row),
        words=f"待登记人以外的人核实，{asking.counted_days(due_on)}",
        url=reverse(f"admin:volunteering_{row._meta.model_name}_verify", args=[row.pk]),
        due_on=due_on,
        place=place.name,
        level=asking.level(kind, due_on),
    )


def _hours(asking, scope):
    # The requester's word about an order verifies its hours.
    waiting = HourEntry.objects.visible_in(scope).exclude(order__status=OrderStatus.REPORTED)
    for entry in waiting.filter(verified_by=None, member__branch__isnull=False).select_related(
        "member__branch"
    ):
        yield _task(asking, "hours", entry, entry.member.branch)


def _visits(asking, scope):
    waiting = Visit.objects.visible_in(scope).filter(verified_by=None)
    for visit in waiting.select_related("pairing__member", "pairing__household__building__unit"):
        yield _task(asking, "visit_made", visit, visit.pairing.household.building.unit)


HOURS = TaskSource("hours", "服务时间待核实", "volunteering.verify_hourentry", _hours)
VISIT_MADE = TaskSource("visit_made", "走访待核实", "volunteering.verify_visit", _visits)
