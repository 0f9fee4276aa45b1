"""The life of a plan: tried, kept for its day, carried out when it comes, cancelled, taken back."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.core.management import call_command

from branches.operations import add_unit
from core import clock
from core.errors import DomainError, InvalidValue, StaleVersion
from core.models import AuditEntry
from reorganisations.models import Plan
from reorganisations.operations import cancel, carry_out, carry_out_due, make_plan, rehearse, undo
from reorganisations.operations.orders import PlanRule, read
from reorganisations.states import MOVES, PlanMove, PlanState
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused
from tests.reorganisations.conftest import DAY, do, fresh, order, present, take_back

AHEAD = TODAY + timedelta(days=38)


def planned(town, on=AHEAD, **values):
    values = values or {"units": [town.drum], "to_unit": town.north}
    return make_plan(order=order("unit", "move", on=on, **values), by=None, today=TODAY)


def test_a_plan_changes_nothing_until_its_day_and_then_by_itself(town):
    before = present()
    plan = planned(town)
    assert carry_out_due(today=AHEAD - timedelta(days=1)) == []
    assert (plan.state, present()) == ("planned", before)

    [(done, refusal)] = carry_out_due(today=AHEAD)

    assert (done.pk, done.state, refusal) == (plan.pk, "carried_out", None)
    assert fresh(town.drum).parent == town.north
    assert town.drum.placements.get(until=None).since == AHEAD
    assert carry_out_due(today=AHEAD) == []


def test_what_refuses_on_the_day_is_said_and_nothing_is_written(town):
    plan = planned(town)
    add_unit(
        parent=town.north, values={"name": "鼓楼社区", "code": "530302002099", "opened_on": TODAY}, by=None,
        today=TODAY,
    )  # fmt: skip
    before = present()

    [(_, refusal)] = carry_out_due(today=AHEAD)

    assert refusal.detail == "“鼓楼社区”：同一上级下已有同名单位"
    assert (fresh(plan).state, fresh(plan).outcome["refusals"]) == ("planned", [refusal.detail])
    assert present() == before


def test_one_that_is_refused_does_not_keep_the_others(town):
    planned(town, units=[town.drum], to_unit=town.root)
    planned(town, units=[town.kylin], to_unit=town.north)

    results = carry_out_due(today=AHEAD)

    assert [refusal is None for _, refusal in results] == [False, True]
    assert fresh(town.kylin).parent == town.north


def test_the_command_tells_what_it_did(town, monkeypatch, capsys):
    monkeypatch.setattr(clock, "today", lambda: AHEAD)
    planned(town, units=[town.drum], to_unit=town.root)
    planned(town, units=[town.kylin], to_unit=town.north)

    call_command("carry_out_reorganisations")

    assert capsys.readouterr().out.splitlines() == [
        f"没有办理：迁移：鼓楼社区 → 麒麟区（{AHEAD}）：社区的上级必须是街道，“麒麟区”是区"
        .replace("：社区的", "：“鼓楼社区”：社区的"),
        f"已办理：迁移：麒麟社区 → 建宁街道（{AHEAD}）",
    ]  # fmt: skip


def test_a_dry_run_of_a_day_ahead_shows_that_day_s_figures(town):
    found = rehearse(
        order=order("unit", "move", on=AHEAD, units=[town.drum], to_unit=town.north), by=None, today=TODAY
    )

    roster = {line["name"]: line["figures"]["members.roster"] for line in found["figures"]}
    assert roster == {"麒麟区": [7, 7], "南宁街道": [6, 1], "建宁街道": [1, 6], "鼓楼社区": [5, 5]}
    assert found["along"] == {"units": 3, "branches": 5, "members": 5}
    assert [(line["name"], line["what"], line["before"], line["after"]) for line in found["units"]] == [
        ("鼓楼社区", "迁移", "南宁街道", "建宁街道")
    ]


def test_a_plan_is_not_carried_out_before_its_day(town):
    plan = planned(town)

    with refused(DomainError, f"“{plan}”自 {AHEAD} 起生效，那一天才能办理", field="on"):
        carry_out(plan=plan, by=None, today=TODAY)


def test_a_plan_keeps_its_order_word_for_word(town):
    kept = order(
        "branch", "split", branches=[town.first], name="新支部", part_branches=[town.east],
        part_members=[town.people[3]], note="因人数较多",
    )  # fmt: skip

    assert read(make_plan(order=kept, by=None, today=TODAY)) == kept


def test_a_plan_about_what_was_taken_back_says_so(town):
    made = do("unit", "establish", to_unit=town.group1, name="第九网格")
    grid = town.group1.children.get(name="第九网格")
    plan = planned(town, units=[town.drum], to_unit=town.north)
    Plan.objects.filter(pk=plan.pk).update(order={**plan.order, "units": [grid.pk]})
    take_back(made)

    with refused(DomainError, "所涉及的单位已经不在登记中，请取消后重新登记", field="units"):
        carry_out(plan=fresh(plan), by=None, today=AHEAD)


def in_state(town, state):
    plan = planned(town, on=DAY)
    deeds = {"cancelled": [cancelled], "carried_out": [carried_out], "undone": [carried_out, undone]}
    for deed in deeds.get(state, []):
        deed(plan)
    return fresh(plan)


def carried_out(plan):
    return carry_out(plan=plan, by=None, today=TODAY)


def cancelled(plan):
    return cancel(plan=plan, by=None)


def undone(plan):
    return undo(plan=plan, by=None)


DEEDS = {PlanMove.CARRY_OUT: carried_out, PlanMove.CANCEL: cancelled, PlanMove.UNDO: undone}


@pytest.mark.parametrize(("state", "move"), list(product(PlanState, PlanMove)))
def test_a_plan_makes_the_moves_of_its_table_and_no_other(town, state, move):
    plan = in_state(town, state)
    to = MOVES.get((state, move))
    if to is None:
        with pytest.raises(DomainError, match=r"不能(办理|取消|撤回)$"):
            DEEDS[move](plan)
        assert fresh(plan).state == state
        return

    assert (DEEDS[move](plan).state, fresh(plan).state) == (to, to)
    verb = {"carried_out": "plan.carried_out", "cancelled": "plan.cancelled", "undone": "plan.undone"}[to]
    assert AuditEntry.objects.about(plan).filter(verb=verb, place=town.root.path).count() == 1


def test_a_decision_about_a_version_that_has_passed_is_refused(town):
    plan = planned(town)
    cancel(plan=plan, by=None, version=1)

    with pytest.raises(StaleVersion):
        carry_out(plan=plan, by=None, today=AHEAD, version=1)


def test_an_order_of_no_kind_and_one_with_what_it_does_not_ask_for_are_refused(town):
    with refused(InvalidValue, "没有这一类变动：unit whole", field="kind"):
        rehearse(order=order("unit", "whole"), by=None, today=TODAY)
    with refused(InvalidValue, "这类变动不填写“代码”", field="code"):
        rehearse(
            order=order("unit", "rename", units=[town.drum], name="新名", code="1"), by=None, today=TODAY
        )


# What depends on it.


@pytest.mark.parametrize(
    ("later", "said"),
    [
        ("rename", "“鼓楼新社区”后来又有变动，不能撤回"),
        ("grow", "“新小组”是后来到“鼓楼社区”之下的，不能撤回"),
        ("arrive", "“外来小组”是后来到“鼓楼社区”之下的，不能撤回"),
        ("pass through", "“外来小组”是后来到“鼓楼社区”之下的，不能撤回"),
        ("parent goes", "“鼓楼社区”原来的上级“南宁街道”后来已撤销，不能撤回"),
        ("parent moves", "“第二小组”原来的上级后来有变动，不能撤回"),
    ],
)
def test_what_depends_on_a_move_is_named_and_keeps_it(town, later, said):
    what = (town.group2, town.kylin) if later == "parent moves" else (town.drum, town.north)
    plan = do("unit", "move", units=[what[0]], to_unit=what[1])
    if later == "rename":
        do("unit", "rename", units=[town.drum], name="鼓楼新社区", on=TODAY)
    elif later == "grow":
        factories.unit(parent=town.drum, name="新小组", opened_on=TODAY)
    elif later in {"arrive", "pass through"}:
        stranger = factories.unit(parent=town.kylin, name="外来小组")
        do("unit", "move", units=[stranger], to_unit=town.drum, on=date(2025, 1, 1))
        if later == "pass through":
            do("unit", "move", units=[stranger], to_unit=town.kylin, on=TODAY)
    elif later == "parent moves":
        do("unit", "move", units=[town.drum], to_unit=town.north, on=TODAY)
    else:
        do("unit", "move", units=[town.kylin], to_unit=town.north, on=date(2025, 1, 1))
        do("unit", "close", units=[town.south], on=TODAY)
    before = present()

    with pytest.raises(DomainError) as caught:
        take_back(plan)

    assert said in [error.detail for error in caught.value.errors]
    assert present() == before
    assert fresh(plan).state == "carried_out"


# Out of the reach of who decides.


def test_a_plan_is_not_carried_out_on_what_has_come_to_lie_elsewhere(town):
    plan = make_plan(
        order=order("branch", "move", on=AHEAD, branches=[town.first], to_unit=town.kylin),
        by=None,
        today=TODAY,
    )
    assert plan.unit == town.south
    do("unit", "move", units=[town.drum], to_unit=town.north, on=TODAY)

    with refused(PlanRule, f"“{town.first}”现已不在“南宁街道”之下，请取消后重新登记"):
        carry_out(plan=plan, by=None, today=AHEAD)
    [(_, refusal)] = carry_out_due(today=AHEAD)
    assert fresh(plan).outcome["refusals"] == [refusal.detail]


@pytest.mark.parametrize("gone", ["where it is", "where it was", "who holds its members"])
def test_a_plan_is_not_undone_where_it_would_reach_into_another_street(town, gone):
    if gone == "who holds its members":
        plan = do("branch", "whole", branches=[town.second], to_branch=town.third)
        do("unit", "move", units=[town.kylin], to_unit=town.north, on=TODAY)
        said = town.third
    else:
        plan = do("branch", "move", branches=[town.first], to_unit=town.kylin)
        moved = town.kylin if gone == "where it is" else town.drum
        do("unit", "move", units=[moved], to_unit=town.north, on=TODAY)
        said = town.first
    before = present()

    with pytest.raises(DomainError) as caught:
        take_back(plan)

    assert f"“{said}”现已不在“南宁街道”之下，不能撤回" in [error.detail for error in caught.value.errors]
    assert present() == before
