"""Every move of an order from every state: the table's are made, all others refused and leave nothing."""

from itertools import product

import pytest

from core.models import AuditEntry
from tests.ledger import fingerprint, refused_by_database
from tests.volunteering.lives import brought_to, fresh, move
from volunteering.models import Answer, HourEntry, ServiceOrder
from volunteering.operations.orders import OrderRule
from volunteering.states import HELD, MOVE_NAMES, MOVES, OrderMove, OrderStatus, after

BY_PEOPLE = [each for each in OrderMove if each not in (OrderMove.HAND_ON, OrderMove.ESCALATE)]


def test_every_state_and_move_has_a_name_and_the_ends_have_no_way_out():
    ends = {status for status in OrderStatus if not any(after(status, each) for each in OrderMove)}

    assert ends == {OrderStatus.CLOSED, OrderStatus.REJECTED, OrderStatus.CANCELLED}
    assert set(MOVE_NAMES) == set(OrderMove)


@pytest.mark.parametrize(("status", "name"), list(product(OrderStatus, BY_PEOPLE)))
def test_each_move_is_made_or_refused_as_the_table_says(status, name, order, helper, writer):
    before = brought_to(status, order, helper)
    print_before = fingerprint()
    if (status, name) in MOVES:
        move(before, name, helper, writer)
        assert fresh(order).status == MOVES[status, name]
        assert fresh(order).version == before.version + 1
        assert AuditEntry.objects.about(before).filter(by=writer).count() == 1
    else:
        with pytest.raises(OrderRule) as refusal:
            move(before, name, helper, writer)
        word = f"该单现为“{before.get_status_display()}”，不能{MOVE_NAMES[name]}"
        assert refusal.value.detail in (word, f"该单已由 {helper} 接单")
        assert fingerprint() == print_before


@pytest.mark.parametrize("status", OrderStatus)
def test_an_order_says_who_holds_it_and_what_came_of_each_dispatch(status, order, helper):
    order = brought_to(status, order, helper)
    answers = list(order.dispatches.values_list("answer", flat=True))

    if status in (*HELD, OrderStatus.REPORTED, OrderStatus.CLOSED):
        assert (order.member, answers) == (helper, [Answer.ACCEPTED])
    elif status == OrderStatus.DISPATCHED:
        assert (order.member, answers) == (helper, [Answer.PENDING])
    else:
        assert (order.member, answers) == (None, [])
    assert HourEntry.objects.count() == (status in (OrderStatus.REPORTED, OrderStatus.CLOSED))


@pytest.mark.parametrize(
    ("status", "constraint"),
    [
        (OrderStatus.ACCEPTED, "order_held_by_somebody"),
        (OrderStatus.DISPATCHED, "order_dispatched_to_somebody"),
    ],
)
def test_the_database_refuses_a_state_without_somebody(status, constraint, order):
    with refused_by_database(constraint):
        ServiceOrder.objects.filter(pk=order.pk).update(status=status)
