"""Units merged, split, closed, reopened, moved and renamed: the past stays, and undoing leaves no trace."""

from datetime import date, timedelta

import pytest

from branches.models import Branch, Unit
from branches.operations import add_unit
from core.errors import DomainError
from members.models import Member
from members.obligations import Leaving
from members.operations import StandingChange, all_settled, change_standing
from reorganisations.operations import rehearse
from tests import factories
from tests.factories import TODAY
from tests.reorganisations.conftest import (
    DAY,
    PAST,
    do,
    fresh,
    order,
    picture,
    present,
    take_back,
    the_past_stays,
)

WITHIN = [DAY - timedelta(days=1), DAY, TODAY]
EVERY_KIND = {
    "establish": lambda town: {"to_unit": town.group2, "name": "新网格"},
    "rename": lambda town: {"units": [town.drum], "name": "鼓楼新社区"},
    "move": lambda town: {"units": [town.drum], "to_unit": town.north},
    "merge into one": lambda town: {"units": [town.drum], "to_unit": town.kylin},
    "merge into a new one": lambda town: {
        "units": [town.drum, town.kylin], "name": "古城社区", "code": "530302001099",
    },
    "split": lambda town: {
        "units": [town.drum], "name": "东门社区", "code": "530302001098", "part_units": [town.group1],
        "part_branches": [town.first],
    },
    "close": lambda town: {"units": [town.group2]},
    "close with a place for all": lambda town: {"units": [town.drum], "to_unit": town.wen},
}  # fmt: skip


def values_of(case, town):
    return case.split()[0], EVERY_KIND[case](town)


@pytest.mark.long
@pytest.mark.parametrize("case", EVERY_KIND)
def test_past_days_stay_and_undoing_brings_everything_back(town, case):
    kind, values = values_of(case, town)
    today, days = present(), picture([*PAST, DAY, TODAY])
    with the_past_stays():
        plan = do("unit", kind, **values)
    assert present() != today

    take_back(plan)

    assert present() == today
    assert picture([*PAST, DAY, TODAY]) == days


@pytest.mark.parametrize("case", EVERY_KIND)
def test_a_dry_run_says_what_it_is_and_writes_nothing(town, case):
    kind, values = values_of(case, town)
    today = present()

    found = rehearse(order=order("unit", kind, **values), by=None, today=TODAY)

    assert found["refusals"] == []
    assert present() == today
    plan = do("unit", kind, **values)
    told = {name: found[name] for name in ("people", "along", "figures", "appointments")}
    assert {name: plan.outcome[name] for name in told} == told


def test_a_merger_takes_everything_below_along(town):
    plan = do("unit", "merge", units=[town.drum], to_unit=town.kylin)

    assert fresh(town.drum).closed_on == DAY
    assert set(fresh(town.kylin).children.live()) == {town.group1, town.group2}
    assert set(Branch.objects.live().filter(unit=town.kylin)) == {
        town.first, town.second, town.third, town.east, town.west, town.choir,
    }  # fmt: skip
    assert fresh(town.grid).path.startswith(fresh(town.kylin).path)
    assert not Member.objects.filter(residence=town.drum).exists()
    assert {each.path for each in Member.objects.filter(branch=town.first)} == {fresh(town.kylin).path}
    assert plan.outcome["people"] == {
        "moved": 0, "residences": 4, "ended": 0, "posts": 0, "terms": 0,
    }  # fmt: skip
    before, after = next(
        line["figures"]["members.roster"] for line in plan.outcome["figures"] if line["name"] == "麒麟社区"
    )
    assert (before, after) == (1, 6)


def test_who_is_no_longer_on_the_roster_keeps_where_she_lived_last(town):
    gone = town.people[0]
    settled = all_settled(gone, on=DAY, leaving=Leaving.DEATH, reason="去世")
    dead = StandingChange("decease", DAY, settle=settled)
    change_standing(member=gone, change=dead, by=None, today=TODAY)
    place = factories.unit(parent=town.group1, name="第二网格")

    assert refusals("close", units=[town.grid]) == []
    do("unit", "merge", units=[town.grid], to_unit=place)
    assert fresh(gone).residence == town.grid


def test_a_closed_unit_is_there_again_and_was_not_between(town):
    closed = do("unit", "close", units=[town.group2], on=date(2015, 1, 1))
    with the_past_stays():
        plan = do("unit", "reopen", units=[town.group2], to_unit=town.kylin)

    places = fresh(town.group2).placements.order_by("since")
    assert [(place.since, place.until, place.parent) for place in places] == [
        (factories.LONG_AGO, date(2015, 1, 1), town.drum),
        (DAY, None, town.kylin),
    ]
    with pytest.raises(DomainError, match="“第二小组”后来又有变动"):
        take_back(closed)
    take_back(plan)
    take_back(closed)
    assert fresh(town.group2).closed_on is None


def test_who_gets_her_name_back_is_found_by_its_pinyin_again(town):
    plan = do("unit", "rename", units=[town.drum], name="花园社区")
    assert Unit.objects.named_like("hysq").get() == town.drum

    take_back(plan)

    assert Unit.objects.named_like("glsq").get() == town.drum
    assert list(Unit.objects.named_like("hysq")) == []


def test_nothing_hangs_below_a_unit_while_it_was_closed(town):
    do("unit", "close", units=[town.group2], on=date(2015, 1, 1))
    do("unit", "reopen", units=[town.group2], to_unit=town.drum)
    opened = {"name": "第九网格", "opened_on": DAY - timedelta(days=1)}

    with pytest.raises(DomainError, match="上级“第二小组”撤销后于 2024-06-01 才恢复，日期不能早于那一天"):
        add_unit(parent=town.group2, values=opened, by=None, today=TODAY)
    assert add_unit(parent=town.group2, values={**opened, "opened_on": DAY}, by=None, today=TODAY).pk


def refusals(kind, **values):
    return rehearse(order=order("unit", kind, **values), by=None, today=TODAY)["refusals"]


def test_everything_that_refuses_is_said_at_once(town):
    factories.unit(parent=town.kylin, name="第一小组")
    factories.unit(parent=town.kylin, name="第二小组")
    factories.account(role="community_clerk", unit=town.group2).appointments.update(since=DAY)

    assert refusals("merge", units=[town.drum], to_unit=town.kylin) == [
        "“第一小组”：同一上级下已有同名单位",
        "“第二小组”：同一上级下已有同名单位",
    ]
    assert refusals("close", units=[town.grid]) == [
        "有 1 名党员的居住地登记在“第一网格”，请选择居住人员等转到哪里",
        f"“第一网格”在 {DAY} 还有党员居住登记 1 条没有结束，请先办理",
    ]
    assert refusals("close", units=[town.group2]) == [
        "“第二小组”有自 2024-06-01 起的“社区党务”授权，不早于 2024-06-01：请系统管理员先撤回该授权"
    ]
    assert refusals("merge", units=[town.drum], to_unit=town.south) == [
        "只能并入同一层级的单位：“鼓楼社区”是社区，“南宁街道”是街道"
    ]
    assert refusals("merge", units=[town.drum], to_unit=town.drum) == ["“鼓楼社区”不能并入它自己"]


def test_what_accounts_hold_at_a_closed_unit_ends_with_it_and_is_named(town):
    clerk = factories.account(role="community_clerk", unit=town.drum, name="鼓楼经办")
    plan = do("unit", "merge", units=[town.drum], to_unit=town.kylin)

    assert clerk.appointments.get().until == DAY
    assert plan.outcome["appointments"] == ["鼓楼经办 社区党务 鼓楼社区"]
    take_back(plan)
    assert clerk.appointments.get().until is None


def test_an_order_that_is_not_complete_is_refused_with_everything_missing(town):
    with pytest.raises(DomainError) as caught:
        do("unit", "split", units=[town.drum, town.kylin])

    assert [(error.field, error.detail) for error in caught.value.errors] == [
        ("name", "“名称”必须填写"),
        ("part_units", "须至少填写一项：下级、党支部"),
        ("units", "一次只能办理一个"),
    ]
    assert Unit.objects.filter(closed_on=None).count() == 9


def test_what_a_unit_may_not_do_is_said_in_words(town):
    do("unit", "close", units=[town.group2], on=date(2022, 1, 1))

    assert refusals("rename", units=[town.drum], name="鼓楼社区") == ["名称已经是“鼓楼社区”"]
    assert refusals("reopen", units=[town.group2], to_unit=town.drum, on=date(2021, 6, 1)) == [
        "“第二小组”于 2022-01-01 撤销，恢复不能早于那一天"
    ]
    assert refusals("reopen", units=[town.group1], to_unit=town.drum) == [
        f"“{town.group1}”没有撤销，不需要恢复"
    ]
    assert refusals("merge", units=[town.drum], to_unit=town.kylin, name="古城社区") == [
        "合并到现有单位时不填写新名称；新设单位时不选现有单位"
    ]
    assert refusals(
        "split", units=[town.drum], name="东门社区", code="530302001098", part_units=[town.wen]
    ) == ["文昌社区 不直接在“鼓楼社区”之下"]
    assert refusals("merge", units=[town.drum, town.kylin], name="文昌社区", code=town.wen.code) == [
        "“文昌社区”：该代码已被使用"
    ]
    assert refusals(
        "split", units=[town.drum], name="东门社区", code=town.wen.code, part_units=[town.group1]
    ) == ["“东门社区”：该代码已被使用"]
