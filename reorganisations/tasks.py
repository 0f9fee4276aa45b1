"""Plans whose day comes or has come without being carried out, among what is due."""

from django.urls import reverse

from reorganisations.gates import VIEW
from reorganisations.models import Plan
from reorganisations.states import PlanState
from reports.tasks import Task, TaskSource


def _plans(asking, scope):
    waiting = Plan.objects.visible_in(scope).filter(state=PlanState.PLANNED)
    for plan in waiting.filter(effective_on__lte=asking.until("plan.lead")).select_related("unit"):
        yield Task(
            kind="plan",
            about=plan.title,
            words=f"{plan.effective_on} 生效，{asking.counted_days(plan.effective_on)}，尚未办理",
            url=reverse("admin:reorganisations_plan_change", args=[plan.pk]),
            due_on=plan.effective_on,
            place=plan.unit.name,
            level=asking.level("plan", plan.effective_on),
        )


PLANS = TaskSource("plan", "组织变动", VIEW, _plans)
