"""What the clock does with orders, with days passed in: ask the next, climb one level a time, close."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from core import clock
from tests import factories
from tests.factories import TODAY
from tests.volunteering.lives import brought_to, fresh, move
from tests.worlds import told_once
from volunteering.models import Answer, HourEntry, ServiceOrder
from volunteering.operations import dispatch_order, move_overdue, overdue, start_order
from volunteering.operations.orders import OrderRule
from volunteering.states import OrderMove, OrderStatus

DAY = timedelta(days=1)


def tick(order, days):
    return move_overdue(order=order, today=TODAY + days * DAY)


@told_once
def li(branch, team):
    member = factories.member(branch=branch, name="李玉兰")
    factories.team_membership(team=team, member=member)
    return member


def test_an_unanswered_order_goes_to_the_next_and_then_up_one_level_at_a_time(order, helper, li):
    dispatch_order(order=order, to=helper, by=None, today=TODAY)
    assert tick(order, 2).member == helper

    handed_on = tick(order, 3)
    assert (handed_on.status, handed_on.member, handed_on.rounds) == ("dispatched", li, 1)
    assert tick(order, 5).member == li

    desks = [fresh(order).desk.name]
    day = 6
    for _ in range(4):
        climbed = tick(order, day)
        assert (climbed.status, climbed.member, climbed.team) == ("escalated", None, None)
        desks.append(climbed.desk.name)
        day += 2
    assert desks == ["鼓楼社区", "南宁街道", "麒麟区", "麒麟区", "麒麟区"]
    assert list(order.dispatches.values_list("answer", flat=True)) == [Answer.UNANSWERED] * 2


def test_a_week_without_the_clock_climbs_one_level_only(order, helper):
    dispatch_order(order=order, to=helper, by=None, today=TODAY)

    assert tick(order, 30).desk.name == "南宁街道"
    assert tick(order, 30).desk.name == "南宁街道"


def test_an_order_that_nobody_dispatches_climbs_too(order):
    assert tick(order, 1).status == "waiting"
    assert (tick(order, 2).status, fresh(order).desk.name) == ("escalated", "南宁街道")


def test_the_level_above_dispatches_and_the_round_begins_anew(order, helper, li):
    tick(order, 2)
    dispatch_order(order=order, to=helper, by=None, today=TODAY + 2 * DAY)
    assert tick(order, 5).member == li
    assert tick(order, 8).desk.name == "麒麟区"


def test_whoever_is_busy_elsewhere_at_this_moment_is_passed_over(order, helper, li):
    dispatch_order(order=order, to=helper, by=None, today=TODAY)
    li.memberships.update(until=TODAY, ended_by="death")

    assert tick(order, 3).status == "escalated"


def test_what_nobody_confirms_closes_and_its_hours_wait_for_somebody(order, helper):
    brought_to(OrderStatus.REPORTED, order, helper)
    assert tick(order, 3).status == "reported"

    closed = tick(order, 4)
    assert (closed.status, closed.confirmed_as, closed.answer_by) == ("closed", "timeout", None)
    assert HourEntry.objects.get().verified_by is None


@pytest.mark.parametrize("status", [OrderStatus.ACCEPTED, OrderStatus.CLOSED, OrderStatus.CANCELLED])
def test_the_clock_leaves_alone_what_waits_for_nobody(status, order, helper):
    brought_to(status, order, helper)

    assert tick(order, 99).status == status


def test_the_command_moves_each_overdue_order_once_a_day(order, helper, item, community, monkeypatch):
    other = factories.service_order(item=item, unit=community)
    brought_to(OrderStatus.ACCEPTED, other, helper)
    monkeypatch.setattr(clock, "today", lambda: TODAY + 2 * DAY)
    said = StringIO()
    call_command("move_overdue_orders", stdout=said)
    call_command("move_overdue_orders", stdout=said)

    assert said.getvalue() == f"{order}：超时升级\n共处理 1 单。\n共处理 0 单。\n"
    assert list(overdue(TODAY + 9 * DAY)) == [order]


def test_one_that_fails_does_not_stop_the_others(order, monkeypatch):
    def refuse(**_):
        raise OrderRule("不行")

    monkeypatch.setattr("volunteering.management.commands.move_overdue_orders.move_overdue", refuse)
    monkeypatch.setattr(clock, "today", lambda: TODAY + 2 * DAY)
    said, wrong = StringIO(), StringIO()
    call_command("move_overdue_orders", stdout=said, stderr=wrong)

    assert (said.getvalue(), wrong.getvalue()) == ("共处理 0 单。\n", f"{order}：不行\n")


def test_the_desk_lists_late_orders(order, helper):
    move(order, OrderMove.DISPATCH, helper)
    late = ServiceOrder.objects.late

    assert list(late(TODAY + 2 * DAY)) == []
    assert list(late(TODAY + 3 * DAY)) == [order]
    move(fresh(order), OrderMove.ACCEPT, helper)
    start_order(order=order, by=None, today=TODAY)
    assert list(late(TODAY + 9 * DAY)) == []
