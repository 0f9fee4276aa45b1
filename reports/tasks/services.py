"""Tasks about service orders and grid matters: those on a desk, and those left too long."""

from django.db.models import Q
from django.urls import reverse

from reports.tasks.sources import Task, TaskSource
from volunteering.models import GridMatter, ServiceOrder
from volunteering.states import ON_DESK
from volunteering.states.matters import NEW


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


ORDER = TaskSource("order", "服务单", "volunteering.dispatch_serviceorder", _orders)


def _matters(asking, scope):
    """What lies on a desk, and what is due or late; told to whoever runs the desk or one above it."""
    waiting = Q(status__in=NEW) | Q(due_on__lte=asking.on)
    matters = GridMatter.objects.open().visible_in(scope).filter(waiting)
    for matter in matters.select_related("unit"):
        move = "take" if matter.status in NEW else "change"
        left = f"{matter.due_on} 前须办结，{asking.counted_days(matter.due_on)}"
        yield Task(
            kind="matter",
            about=f"第{matter.pk}件 {matter.subject}",
            words=f"{matter.get_kind_display()}，{matter.get_status_display()}，{left}",
            url=reverse(f"admin:volunteering_gridmatter_{move}", args=[matter.pk]),
            due_on=matter.due_on,
            place=matter.unit.name,
            level=asking.level("matter", matter.due_on),
        )


MATTER = TaskSource("matter", "网格事项", "volunteering.dispatch_gridmatter", _matters)
