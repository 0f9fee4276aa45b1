"""Orders in the 待办 list: what lies on a desk, and what was left too long; only for who dispatches there."""

from tests import factories
from tests.factories import TODAY
from tests.volunteering.inbox import inbox
from tests.volunteering.lives import brought_to
from volunteering.operations import accept_order, dispatch_order
from volunteering.states import OrderStatus


def told(account, days=0):
    tasks = inbox(account, "order", days=days)
    return [(task.about, task.words, task.level, task.url.split("/")[-2]) for task in tasks]


def test_an_order_is_due_on_the_desk_then_when_nobody_answers(order, helper, branch):
    secretary = factories.account(role="branch_secretary", branch=branch)
    other = factories.account(role="branch_secretary", branch=factories.branch(unit=branch.unit))

    assert told(secretary) == [(str(order), "待审，2026-11-24 前须办，还有 1 天", "ahead", "dispatch")]
    assert told(other) == []
    brought_to(OrderStatus.DISPATCHED, order, helper)
    assert told(secretary) == []
    assert told(secretary, 2) == [(str(order), "已派，2026-11-25 前须办，今天", "over", "change")]


def test_an_order_given_to_a_member_waits_for_the_answer_of_her_branch(order, helper, branch):
    secretary = factories.account(role="branch_secretary", branch=branch)
    other = factories.account(role="branch_secretary", branch=factories.branch(unit=branch.unit))
    street = factories.account(role="street_clerk", unit=branch.unit.parent)
    brought_to(OrderStatus.DISPATCHED, order, helper)

    [task] = inbox(secretary, "offered")
    assert (task.about, task.words) == (str(order), f"派给{helper}，2026-11-25 前答复，还有 2 天")
    assert task.url.split("/")[-2] == "accept"
    # Who dispatched it is told when nobody answers, and not before.
    assert inbox(other, "offered") == inbox(street, "offered") == []
    accept_order(order=order, member=helper, by=None, today=TODAY)
    assert inbox(secretary, "offered") == []


def test_a_branch_is_not_told_of_an_order_that_it_does_not_see(order, team, branch):
    elsewhere = factories.branch(unit=factories.unit(parent=branch.unit.parent), name="文昌支部")
    away = factories.member(branch=elsewhere, residence=branch.unit)
    factories.team_membership(team=team, member=away)
    dispatch_order(order=order, to=away, by=None, today=TODAY)

    assert inbox(factories.account(role="branch_secretary", branch=elsewhere), "offered") == []


def test_what_is_held_or_ended_is_nobodys_task(order, helper, branch):
    secretary = factories.account(role="branch_secretary", branch=branch)
    brought_to(OrderStatus.ACCEPTED, order, helper)

    assert told(secretary, 30) == []
