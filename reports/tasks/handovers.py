"""Tasks about enterprises' lists: people who wait for an answer, one task for each batch."""

from datetime import timedelta

from django.db.models import Count, Min
from django.urls import reverse

from members.models import HandoverPerson
from members.models.handover import DAYS_TO_ANSWER
from reports.tasks.sources import Task, TaskSource


def _waiting(asking, scope):
    people = HandoverPerson.objects.visible_in(scope).open().order_by()
    batches = people.values("handover", "handover__employer__name", "handover__document").annotate(
        number=Count("pk"), first=Min("listed_on")
    )
    for batch in batches:
        due_on, number = batch["first"] + timedelta(days=DAYS_TO_ANSWER), batch["number"]
        yield Task(
            kind="handover",
            about=batch["handover__employer__name"],
            words=f"名单还有 {number} 人待接收，应于 {due_on} 前答复，{asking.counted_days(due_on)}",
            url=reverse("admin:members_handover_receive", args=[batch["handover"]]),
            due_on=due_on,
            place=batch["handover__document"],
            level=asking.level("handover", due_on),
        )


HANDOVER = TaskSource("handover", "企业移交待接收", "members.receive_handover", _waiting)
