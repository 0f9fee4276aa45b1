"""Tasks about service orders and grid matters: those on a desk, and those left too long."""

from datetime import timedelta

from django.db.models import Q
from django.urls import reverse

from reports.tasks.sources import Task, TaskSource
from volunteering.models import GridMatter, ServiceOrder
from volunteering.states import ON_DESK, OrderStatus
from volunteering.states.matters import NEW, OPEN_MATTERS, MatterStatus


def _orders(asking, scope):
    waiting = Q(status__in=ON_DESK) | Q(answer_by__lte=asking.on)
    open_orders = ServiceOrder.objects.open().visible_in(scope).filter(waiting, answer_by__isnull=False)
    for order in open_orders.select_related("item", "unit"):
        move = "dispatch" if order.status in ON_DESK else "change"
        left = asking.counted_days(order.answer_by)
        yield Task(
            kind="order",
            about=str(order),
            words=f"{order.get_status_display()}，{order.answer_by} 前须办，{left}",
            url=reverse(f"admin:volunteering_serviceorder_{move}", args=[order.pk]),
            due_on=order.answer_by,
            place=order.unit.name,
            level=asking.level("order", order.answer_by),
        )


def _offered(asking, scope):
    """Orders in sight, given to members of one's own branch or to its team, and not yet answered."""
    given = ServiceOrder.objects.visible_in(scope).filter(status=OrderStatus.DISPATCHED)
    hers = Q(member__branch__in=scope.branch_ids) | Q(team__branch__in=scope.branch_ids)
    given = given.filter(hers, answer_by__isnull=False)
    for order in given.select_related("item", "unit", "member", "team"):
        left = asking.counted_days(order.answer_by)
        yield Task(
            kind="offered",
            about=str(order),
            words=f"派给{order.member or order.team}，{order.answer_by} 前答复，{left}",
            url=reverse("admin:volunteering_serviceorder_accept", args=[order.pk]),
            due_on=order.answer_by,
            place=order.unit.name,
            level=asking.level("order", order.answer_by),
        )


OFFERED = TaskSource("offered", "服务单待接单", "volunteering.answer_serviceorder", _offered)
ORDER = TaskSource("order", "服务单", "volunteering.dispatch_serviceorder", _orders)


# The page on which a matter in that state goes on.
NEXT_PAGE = {
    **dict.fromkeys(NEW, "take"),
    MatterStatus.TAKEN: "assign",
    MatterStatus.SETTLED: "follow-up",
}
# So long before its day whoever runs the desk is reminded; so long after it was settled somebody asks.
MATTER_DAYS, FOLLOW_UP_DAYS = 2, 7


def _matters(asking, scope):
    """What lies on a desk, is due soon or late, or was settled and not asked about; told to the desk.

    What lies with somebody on its way is not told before its day comes near.
    """
    on_desk = Q(status__in=[*NEW, MatterStatus.TAKEN, MatterStatus.SETTLED])
    near = Q(status__in=OPEN_MATTERS, due_on__lte=asking.on + timedelta(days=MATTER_DAYS))
    matters = GridMatter.objects.visible_in(scope).filter(on_desk | near)
    for matter in matters.select_related("unit"):
        due_on, wanted = matter.due_on, "须办结"
        if matter.status == MatterStatus.SETTLED:
            due_on, wanted = matter.settled_on + timedelta(days=FOLLOW_UP_DAYS), "须回访"
        left = f"{due_on} 前{wanted}，{asking.counted_days(due_on)}"
        page = NEXT_PAGE.get(matter.status, "change")
        yield Task(
            kind="matter",
            about=f"第{matter.pk}件 {matter.subject}",
            words=f"{matter.get_kind_display()}，{matter.get_status_display()}，{left}",
            url=reverse(f"admin:volunteering_gridmatter_{page}", args=[matter.pk]),
            due_on=due_on,
            place=matter.unit.name,
            level=asking.level("matter", due_on),
        )


MATTER = TaskSource("matter", "网格事项", "volunteering.dispatch_gridmatter", _matters)
