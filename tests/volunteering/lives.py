"""An order brought to any of its states through the operations."""

from datetime import time

from tests.factories import TODAY
from volunteering.models import ServiceOrder
from volunteering.operations import (
    Said,
    Worked,
    accept_order,
    cancel_order,
    complete_order,
    confirm_order,
    decline_order,
    dispatch_order,
    reject_order,
    release_order,
    start_order,
)
from volunteering.states import OrderMove, OrderStatus

WORKED = Worked(TODAY, time(9), time(10, 30), "买菜")


def fresh(order):
    return ServiceOrder.objects.get(pk=order.pk)


def move(order, name, helper, by=None, today=TODAY, **values):
    """Do one move of the table as it is done; those of the clock are tested with the clock."""
    told = {"by": by, "today": today, **values}
    deeds = {
        OrderMove.DISPATCH: lambda: dispatch_order(order=order, to=helper, **told),
        OrderMove.ACCEPT: lambda: accept_order(order=order, member=helper, **told),
        OrderMove.DECLINE: lambda: decline_order(order=order, **told),
        OrderMove.RELEASE: lambda: release_order(order=order, **told),
        OrderMove.START: lambda: start_order(order=order, **told),
        OrderMove.COMPLETE: lambda: complete_order(order=order, worked=WORKED, **told),
        OrderMove.CONFIRM: lambda: confirm_order(order=order, said=Said(), **told),
        OrderMove.REJECT: lambda: reject_order(order=order, reason="不在服务范围", **told),
        OrderMove.CANCEL: lambda: cancel_order(order=order, reason="不需要了", **told),
    }
    return deeds[name]()


WAYS = {
    OrderStatus.WAITING: [],
    OrderStatus.DISPATCHED: [OrderMove.DISPATCH],
    OrderStatus.ACCEPTED: [OrderMove.DISPATCH, OrderMove.ACCEPT],
    OrderStatus.STARTED: [OrderMove.DISPATCH, OrderMove.ACCEPT, OrderMove.START],
    OrderStatus.REPORTED: [OrderMove.DISPATCH, OrderMove.ACCEPT, OrderMove.START, OrderMove.COMPLETE],
    OrderStatus.CLOSED: [
        OrderMove.DISPATCH, OrderMove.ACCEPT, OrderMove.START, OrderMove.COMPLETE, OrderMove.CONFIRM,
    ],
    OrderStatus.REJECTED: [OrderMove.REJECT],
    OrderStatus.CANCELLED: [OrderMove.CANCEL],
}  # fmt: skip


def brought_to(status, order, helper, by=None):
    """The order in that state."""
    if status == OrderStatus.ESCALATED:
        ServiceOrder.objects.filter(pk=order.pk).update(status=status)
        return fresh(order)
    for name in WAYS[status]:
        move(fresh(order), name, helper, by)
    return fresh(order)
