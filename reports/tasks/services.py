"""Tasks about service orders: those on a desk, and those that somebody has left too long."""

from django.db.models import Q
from django.urls import reverse

from reports.tasks.sources import Task, TaskSource
from volunteering.models import ServiceOrder
from volunteering.states import ON_DESK


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
