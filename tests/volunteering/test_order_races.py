"""Sixteen at once: exactly one takes an order, in each of many rounds, and all others are told who.

RACE_ROUNDS=300 runs the long form.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import time
from threading import Barrier

import pytest
from django.db import connection, connections

from core import clock
from core.errors import DomainError
from members.obligations import Settlement
from members.operations import StandingChange, change_standing
from tests import factories
from tests.callers import Caller
from tests.factories import TODAY
from tests.members.test_membership_races import at_once, refusals
from tests.race_rounds import race_rounds
from tests.volunteering.lives import brought_to, fresh
from volunteering.models import Answer, Dispatch, HourEntry, ServiceOrder
from volunteering.operations import Worked, accept_order, dispatch_order, record_hours
from volunteering.operations.dispatching import AlreadyTaken
from volunteering.states import OrderStatus

MANY, ROUNDS = 16, race_rounds(200)
pytestmark = [pytest.mark.long, pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def helpers(team, branch):
    found = [factories.member(branch=branch, name="王秀英") for _ in range(MANY)]
    for member in found:
        factories.team_membership(team=team, member=member)
    return found


def in_rounds(people, rounds, deed):
    """Each of the people, in a thread of her own, does the deed in every round; all begin each together."""
    together = Barrier(len(people), timeout=60)

    def live(member):
        outcomes = []
        try:
            for each in rounds:
                together.wait()
                try:
                    outcomes.append(deed(each, member))
                except DomainError as refusal:
                    outcomes.append(refusal)
        finally:
            connections["default"].close()
        return outcomes

    with ThreadPoolExecutor(len(people)) as threads:
        return list(zip(*threads.map(live, people), strict=True))


def test_of_sixteen_who_accept_exactly_one_wins_in_every_round(helpers, team, item, community, monkeypatch):
    # How many one may hold is another rule; here the same sixteen compete again and again.
    monkeypatch.setattr("volunteering.operations.ranking.MOST_OPEN", ROUNDS)
    orders = [factories.service_order(item=item, unit=community) for _ in range(ROUNDS)]
    for order in orders:
        dispatch_order(order=order, to=team, by=None, today=TODAY)

    def accept(order, member):
        return accept_order(order=order, member=member, by=None, today=TODAY)

    outcomes = in_rounds(helpers, orders, accept)

    for order, round_ in zip(orders, outcomes, strict=True):
        lost = refusals(round_)
        assert len(lost) == MANY - 1
        assert {type(refusal) for refusal in lost} == {AlreadyTaken}
        assert {refusal.detail for refusal in lost} == {f"该单已由 {fresh(order).member} 接单"}
    answers = Dispatch.objects.values_list("answer", flat=True)
    assert list(answers) == [Answer.ACCEPTED] * ROUNDS


def test_read_then_written_the_order_is_taken_by_several(helpers, team, order):
    """The control: without the comparing write more than one believes to have won."""
    dispatch_order(order=order, to=team, by=None, today=TODAY)
    read = Barrier(MANY, timeout=20)

    def accept(member):
        seen = ServiceOrder.objects.get(pk=order.pk)
        read.wait()
        if seen.status != OrderStatus.DISPATCHED:
            raise AlreadyTaken("")
        seen.status, seen.member = OrderStatus.ACCEPTED, member
        seen.save()
        return seen

    outcomes = at_once(*[lambda member=member: accept(member) for member in helpers])

    assert len(refusals(outcomes)) < MANY - 1


def test_one_helper_holds_three_however_many_she_accepts_at_once(helpers, team, item, community):
    orders = [factories.service_order(item=item, unit=community) for _ in range(8)]
    for order in orders:
        dispatch_order(order=order, to=team, by=None, today=TODAY)
    outcomes = at_once(
        *[
            lambda order=order: accept_order(order=order, member=helpers[0], by=None, today=TODAY)
            for order in orders
        ]
    )

    assert ServiceOrder.objects.filter(member=helpers[0]).count() == 3
    assert len(refusals(outcomes)) == 5


def test_of_sixteen_dispatches_one_is_pending(helpers, order):
    outcomes = at_once(
        *[
            lambda member=member: dispatch_order(order=order, to=member, by=None, today=TODAY)
            for member in helpers
        ]
    )

    assert len(refusals(outcomes)) == MANY - 1
    assert Dispatch.objects.get().member == fresh(order).member


def test_nobody_dies_with_an_order_in_her_hands(helpers, team, item, community):
    for member in helpers[:8]:
        order = factories.service_order(item=item, unit=community)
        dispatch_order(order=order, to=team, by=None, today=TODAY)
        settle = (Settlement(f"order-{order.pk}", "去世"),)

        def die(member=member, settle=()):
            change = StandingChange("decease", TODAY, settle=settle)
            return change_standing(member=member, change=change, by=None, today=TODAY)

        at_once(
            lambda order=order, member=member: accept_order(order=order, member=member, by=None, today=TODAY),
            die,
        )
        if fresh(order).member == member:
            die(settle=settle)
        assert fresh(order).member is None
        member.refresh_from_db()
        assert member.standing == "deceased"


def test_hours_of_one_day_do_not_overlap_however_many_are_written_at_once(wang):
    def write():
        return record_hours(member=wang, worked=Worked(TODAY, time(9), time(11)), by=None, today=TODAY)

    assert len(refusals(at_once(*[write] * MANY))) == MANY - 1
    assert HourEntry.objects.count() == 1


def test_without_lock_and_constraint_hours_overlap(wang, monkeypatch):
    """The control: it is the lock that refuses in words, and the constraint behind it that decides."""
    monkeypatch.setattr("volunteering.operations.hours.locked", lambda row, version=None: row)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE volunteering_hourentry DROP CONSTRAINT hours_of_a_member_do_not_overlap")
    try:
        rounds = 0
        while HourEntry.objects.count() < 2 and rounds < 50:
            HourEntry.objects.all().delete()
            at_once(*[lambda: record_hours(
                member=wang, worked=Worked(TODAY, time(9), time(11)), by=None, today=TODAY
            )] * 8)  # fmt: skip
            rounds += 1
        assert HourEntry.objects.count() > 1
    finally:
        HourEntry.objects.all().delete()
        constraint = next(each for each in HourEntry._meta.constraints if "overlap" in each.name)
        with connection.schema_editor() as editor:
            editor.add_constraint(HourEntry, constraint)


def test_an_accepted_order_is_not_also_handed_on_by_the_clock(order, helper):
    assert brought_to(OrderStatus.ACCEPTED, order, helper).answer_by is None


def test_of_sixteen_requests_at_once_one_gets_the_order_and_all_others_409(
    helpers, team, order, community, monkeypatch
):
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    dispatch_order(order=order, to=team, by=None, today=TODAY)
    callers = [Caller(factories.account(role="community_clerk", unit=community)) for _ in helpers]
    answers = at_once(
        *[
            lambda caller=caller, member=member: caller.post(
                f"service-orders/{order.pk}/accept/", {"member": member.pk}
            )
            for caller, member in zip(callers, helpers, strict=True)
        ]
    )

    assert sorted(answer.status_code for answer in answers) == [200, *[409] * (MANY - 1)]
    said = {error["detail"] for answer in answers for error in answer.json().get("errors", ())}
    assert said == {f"该单已由 {fresh(order).member} 接单"}
