"""Tasks about what counts only once somebody else has verified it: sign-ins, hours served and visits made."""

from dataclasses import replace
from datetime import timedelta

from django.db.models import Count
from django.urls import reverse

from branches.models import Branch
from members.models import SignIn
from reports.tasks.sources import OVER, Task, TaskSource
from volunteering.models import Found, HourEntry, Visit
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
        task = _task(asking, "visit_made", visit, visit.pairing.household.building.unit)
        yield _at_once(task, visit) if visit.found == Found.URGENT else task


def _at_once(task, visit):
    """Something is the matter there: whoever verifies should know today, and not within a week."""
    return replace(task, words="情况紧急，待登记人以外的人核实", due_on=visit.on, level=OVER)


def _sign_ins(asking, scope):
    """One for each day of a temporary organisation: they were there together."""
    ours = Branch.objects.visible_in(scope)
    waiting = SignIn.objects.filter(verified_by=None, affiliation__branch__in=ours).order_by()
    days = waiting.values("on", "affiliation__branch", "affiliation__branch__name").annotate(
        number=Count("pk")
    )
    for day in days:
        on, branch = day["on"], day["affiliation__branch"]
        due_on = on + timedelta(days=VERIFY_DAYS)
        asked = {"verified": "no", "branch": branch, "on_from": on, "on_to": on}
        yield Task(
            kind="sign_in",
            about=day["affiliation__branch__name"],
            words=f"{on} 参加活动 {day['number']} 人，待登记人以外的人核实，{asking.counted_days(due_on)}",
            url=reverse("admin:members_signin_changelist", query=asked),
            due_on=due_on,
            place=str(on),
            level=asking.level("sign_in", due_on),
        )


SIGN_IN = TaskSource("sign_in", "参加活动待核实", "members.verify_signin", _sign_ins)
HOURS = TaskSource("hours", "服务时间待核实", "volunteering.verify_hourentry", _hours)
VISIT_MADE = TaskSource("visit_made", "走访待核实", "volunteering.verify_visit", _visits)
