"""What an enterprise promised: never more comes than was promised, and the state follows from the day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from branches.models import Delivery, Pledge, PledgeState
from branches.operations import amend_pledge, deliver
from branches.operations.pledges import PledgeRule
from branches.scope import Scope
from core.errors import InvalidValue, StaleVersion
from tests import factories
from tests.factories import TODAY
from tests.factories.handovers import promised
from tests.ledger import refused, refused_by_database
from tests.worlds import told_once

DUE = date(2027, 6, 30)


@told_once
def community(db):
    return factories.lineage("麒麟区", "南宁街道", "鼓楼社区")[-1]


@told_once
def made(community):
    return promised(community, employer=factories.employer(name="滇东第一机械厂"))


def bring(made, amount, on=TODAY, **values):
    return deliver(pledge=made, values={"on": on, "amount": Decimal(amount)}, by=None, today=TODAY, **values)


def test_what_came_adds_up_by_the_day(made):
    bring(made, "400.50")
    done = bring(made, "99.50")

    assert (str(done), done.delivered, done.measure) == (
        "滇东第一机械厂：党建活动经费",
        Decimal("500.00"),
        "元",
    )
    assert [each.amount for each in done.deliveries.all()] == [Decimal("400.50"), Decimal("99.50")]


def test_no_more_comes_than_was_promised(made):
    bring(made, "999.99")

    with refused(
        PledgeRule,
        "本次 0.02 元超过尚未兑现的 0.01 元（承诺 1000.00，已兑现 999.99）",
        field="amount",
    ):
        bring(made, "0.02")
    with refused_by_database("pledge_delivered_within_promised"):
        Delivery(pledge=made, on=TODAY, amount=Decimal("0.02")).save()


@pytest.mark.parametrize(
    ("amount", "detail"),
    [
        ("0", "数量 0 必须大于0"),
        ("-5", "数量 -5 必须大于0"),
        ("1.005", "数量 1.005 最多两位小数"),
    ],
)
def test_an_amount_is_positive_with_two_decimals(community, made, amount, detail):
    with refused(InvalidValue, detail, field="amount"):
        bring(made, amount)
    with refused(InvalidValue, detail, field="amount"):
        promised(community, amount=Decimal(amount), employer=made.employer)


def test_people_are_whole(community, made):
    with refused(InvalidValue, "人员按人数计，1.5 不是整数", field="amount"):
        promised(community, kind="staff", amount=Decimal("1.5"), employer=made.employer)


def test_nothing_comes_ahead_of_today(made):
    tomorrow = TODAY + timedelta(days=1)
    with refused(InvalidValue, f"兑现日期 {tomorrow} 在今天（{TODAY}）之后", field="on"):
        bring(made, "1", on=tomorrow)


def test_the_promise_is_to_a_live_community_or_above(community, made):
    group = factories.unit(parent=community, name="第一小组")
    with refused(InvalidValue, "承诺的受益单位须是区、街道或社区，“第一小组”是小组", field="unit"):
        promised(group, employer=made.employer)
    type(community).objects.filter(pk=community.pk).update(closed_on=date(2026, 1, 1))
    with refused(InvalidValue, "“鼓楼社区”已于 2026-01-01 撤销", field="unit"):
        promised(community, employer=made.employer)


@pytest.mark.parametrize(
    ("delivered", "on", "state"),
    [
        ("0", DUE, PledgeState.PROMISED),
        ("0", DUE + timedelta(days=1), PledgeState.OVERDUE),
        ("1", DUE, PledgeState.PARTLY),
        ("1", DUE + timedelta(days=1), PledgeState.OVERDUE),
        ("1000", DUE + timedelta(days=1), PledgeState.KEPT),
    ],
)
def test_the_state_follows_from_the_day_and_from_what_came(made, delivered, on, state):
    if delivered != "0":
        made = bring(made, delivered)

    assert made.state(on) == state
    for each in PledgeState:
        assert Pledge.objects.in_state(each, on).exists() is (each == state)


def test_a_promise_is_corrected_as_it_was_read_but_not_below_what_came(made):
    made = bring(made, "300")
    with refused(PledgeRule, "已兑现 300.00，承诺的数量不能改为 200", field="amount"):
        amend_pledge(pledge=made, values={"amount": Decimal("200")}, by=None)
    with refused(StaleVersion, f"“{made}”已被他人修改（您看到的是第1版，现为第2版），请重新打开此页再改"):
        amend_pledge(pledge=made, values={"note": "甲"}, by=None, version=1)

    done = amend_pledge(pledge=made, values={"amount": Decimal("300")}, by=None, version=2)

    assert done.state(TODAY) == PledgeState.KEPT
    assert amend_pledge(pledge=done, values={"amount": Decimal("300")}, by=None).version == 3


def test_a_secretary_sees_what_was_promised_to_her_community_and_nobody_else_s(community, made):
    branch = factories.branch(unit=community)
    other = factories.unit(parent=community.parent, name="麒麟社区")
    promised(other, employer=made.employer)
    bring(made, "1")
    scope = Scope(branch_ids=(branch.pk,))

    assert list(Pledge.objects.visible_in(scope)) == [made]
    assert [each.pledge for each in Delivery.objects.visible_in(scope)] == [made]
    assert str(Delivery.objects.get()) == f"党建活动经费 {TODAY}"
