"""Branches merged, split, handed over, dissolved and reopened: people, groups, the past, and undoing."""

from datetime import date

import pytest

from branches.models import Branch
from core.errors import DomainError
from members.models import Member, Membership, PartyPost, Post
from members.obligations import Obligation, sources
from members.operations import (
    Election,
    Holding,
    StandingChange,
    change_standing,
    fill_post,
    hold_election,
)
from members.operations.transfers import Destination, Draft, draft_transfer
from tests import factories
from tests.factories import TODAY
from tests.reorganisations.conftest import (
    DAY,
    PAST,
    do,
    fresh,
    picture,
    present,
    refusals,
    take_back,
    the_past_stays,
)

EVERY_KIND = {
    "move": lambda town: {"branches": [town.first], "to_unit": town.kylin},
    "merge into one": lambda town: {"branches": [town.first, town.second], "to_branch": town.third},
    "merge into a new one": lambda town: {"branches": [town.first, town.second], "name": "中共鼓楼党支部"},
    "split": lambda town: {
        "branches": [town.first], "name": "中共东门党支部", "part_branches": [town.east],
        "part_members": [town.people[3]],
    },
    "whole": lambda town: {"branches": [town.first], "to_branch": town.fourth},
    "close": lambda town: {"branches": [town.first], "to_branch": town.second},
    "close a temporary one": lambda town: {"branches": [town.choir]},
}  # fmt: skip


def on_roster(branch, day):
    return set(Membership.objects.on(day).filter(branch=branch).values_list("member__name", flat=True))


@pytest.mark.long
@pytest.mark.parametrize("case", EVERY_KIND)
def test_past_days_stay_and_undoing_brings_everything_back(town, case):
    today, days = present(), picture([*PAST, DAY, TODAY])
    with the_past_stays():
        plan = do("branch", case.split()[0], **EVERY_KIND[case](town))
    assert present() != today

    take_back(plan)

    assert present() == today
    assert picture([*PAST, DAY, TODAY]) == days


@pytest.mark.parametrize("case", EVERY_KIND)
def test_nobody_is_lost_and_nobody_counted_twice(town, case):
    do("branch", case.split()[0], **EVERY_KIND[case](town))

    for day in (*PAST, DAY, TODAY):
        assert Membership.objects.on(day).count() == len(town.people)


def test_a_merger_takes_members_and_groups_over_as_a_whole(town):
    plan = do("branch", "merge", branches=[town.first], to_branch=town.third)

    moved = Membership.objects.get(member=town.people[0], until=None)
    assert (moved.branch, moved.began_by, moved.began_document) == (
        town.third, "transfer_in_whole", "麒政发〔2024〕6号",
    )  # fmt: skip
    assert (moved.group.name, moved.group.parent, moved.group.unit) == ("东门党小组", town.third, town.kylin)
    left = Membership.objects.get(member=town.people[0], branch=town.first)
    assert (left.until, left.ended_by, left.group) == (DAY, "transfer_out_whole", town.east)
    assert fresh(town.first).dissolved_on == fresh(town.east).dissolved_on == DAY
    assert plan.outcome["people"]["moved"] == 4
    assert on_roster(town.third, DAY) == {"王秀甲", "王秀乙", "王秀丙", "王秀丁", "王秀己"}


def test_a_split_takes_the_chosen_groups_and_members_alone(town):
    do("branch", "split", **EVERY_KIND["split"](town))

    new = Branch.objects.get(name="中共东门党支部")
    assert (new.founded_on, new.unit, new.kind, new.category) == (DAY, town.drum, "community", "631")
    assert on_roster(new, DAY) == {"王秀甲", "王秀乙", "王秀丁"}
    assert on_roster(town.first, DAY) == {"王秀丙"}
    assert set(Branch.objects.live().filter(parent=town.first)) == {town.west}


def test_a_whole_transfer_leaves_the_branch_in_being(town):
    do("branch", "whole", branches=[town.first], to_branch=town.fourth)

    assert fresh(town.first).dissolved_on is None
    assert on_roster(town.first, DAY) == set()
    assert len(on_roster(town.fourth, DAY)) == 5


def test_a_dissolved_branch_is_there_again_and_was_not_between(town):
    do("branch", "close", branches=[town.choir], on=date(2022, 1, 1))
    with the_past_stays():
        plan = do("branch", "reopen", branches=[town.choir], to_unit=town.kylin)

    days = (date(2021, 12, 31), date(2023, 1, 1), DAY)
    assert [Branch.objects.on(day).filter(pk=town.choir.pk).exists() for day in days] == [True, False, True]
    take_back(plan)
    assert fresh(town.choir).dissolved_on == date(2022, 1, 1)


def test_everything_that_refuses_is_said_in_words(town):
    factories.member(branch=town.second, name="王小燕", since=DAY)

    assert refusals("merge", branches=[town.second, town.choir], to_branch=town.third) == [
        "“中共鼓楼第二党支部”有 1 名党员的组织关系在 2024-06-01 当日或以后有变动",
        "只有党支部和联合党支部有组织关系可转：“中共合唱临时党支部”是临时党支部",
    ]
    assert refusals("close", branches=[town.third]) == [
        "“中共麒麟党支部”在 2024-06-01 还有 1 名党员，请先转接组织关系"
    ]
    assert refusals("split", branches=[town.third], name="新支部", part_members=[town.people[0]]) == [
        "所选党员中有 1 名在 2024-06-01 不在“中共麒麟党支部”"
    ]
    assert refusals("split", branches=[town.third], name="新支部", part_branches=[town.east]) == [
        "东门党小组 不是“中共麒麟党支部”的党小组"
    ]
    assert refusals("whole", branches=[town.third], to_branch=town.third) == [
        "“中共麒麟党支部”不能并入它自己"
    ]
    assert refusals("reopen", branches=[town.third], to_unit=town.drum) == [
        "“中共麒麟党支部”没有撤销，不需要恢复"
    ]
    assert refusals("merge", branches=[town.third], to_branch=town.fourth, name="新支部") == [
        "合并到现有党支部时不填写新名称；新设时不选现有党支部"
    ]


def test_posts_and_the_term_end_with_the_branch_and_come_back_with_it(town):
    secretary = ((town.people[3], PartyPost.SECRETARY),)
    election = Election(date(2023, 6, 1), 3, secretary, document="选举报告")
    term = hold_election(branch=town.first, election=election, by=None, today=TODAY)
    leader = Holding(town.people[0], PartyPost.GROUP_LEADER, date(2023, 6, 2))
    fill_post(branch=town.east, holding=leader, by=None, today=TODAY)
    before = list(Post.objects.order_by("pk").values_list("member", "until", "ended_reason"))

    plan = do("branch", "merge", branches=[town.first], to_branch=town.third)

    assert set(Post.objects.values_list("until", "ended_reason")) == {(DAY, "合并 麒政发〔2024〕6号")}
    assert (fresh(term).until, fresh(term).ended_reason) == (DAY, "合并 麒政发〔2024〕6号")
    assert (plan.outcome["people"]["posts"], plan.outcome["people"]["terms"]) == (2, 1)
    take_back(plan)
    assert fresh(term).until is None
    assert list(Post.objects.order_by("pk").values_list("member", "until", "ended_reason")) == before


def drafted(member, to):
    return draft_transfer(member=member, draft=Draft(Destination(branch=to)), by=None, today=TODAY)


def test_a_transfer_under_way_keeps_a_branch_from_going_over_and_from_coming_back(town):
    plan = do("branch", "whole", branches=[town.second], to_branch=town.third)
    drafted(town.people[4], town.first)
    drafted(town.people[0], town.third)

    with pytest.raises(DomainError, match="“王秀戊”有组织关系转接没有办结，不能撤回"):
        take_back(plan)
    assert refusals("whole", branches=[town.first], to_branch=town.second) == [
        "“中共鼓楼第一党支部”的党员有 1 项组织关系转接没有办结，请先办理"
    ]
    assert refusals("close", branches=[town.first], to_branch=town.second)[-1].startswith("“中共鼓楼第一")


@pytest.mark.parametrize("later", ["dies", "arrives", "reopens"])
def test_what_depends_on_a_merger_is_named_and_keeps_it(town, later):
    plan = do("branch", "merge", branches=[town.first, town.second], name="中共鼓楼党支部")
    new = Branch.objects.get(name="中共鼓楼党支部")
    if later == "dies":
        change_standing(member=town.people[1], change=StandingChange("decease", TODAY), by=None, today=TODAY)
        said = "“王秀乙的组织关系”后来又有变动，不能撤回"
    elif later == "arrives":
        factories.member(branch=new, name="王小燕", since=TODAY)
        said = "“中共鼓楼党支部”还有党员 1 条、组织关系 1 条，不能撤回"
    else:
        do("branch", "reopen", branches=[town.second], to_unit=town.drum, on=TODAY)
        said = "“中共鼓楼第二党支部”后来又有变动，不能撤回"
    before = present()

    with pytest.raises(DomainError) as caught:
        take_back(plan)

    assert said in [error.detail for error in caught.value.errors]
    assert present() == before


def test_a_branch_does_not_move_back_from_a_group_founded_since(town):
    plan = do("branch", "move", branches=[town.second], to_unit=town.kylin)
    about = {"category": "641", "parent": fresh(town.second), "founded_on": TODAY}
    factories.branch(unit=town.kylin, name="新党小组", **about)

    said = "党小组“新党小组”不在“中共鼓楼第二党支部”原来所在的“鼓楼社区”，不能撤回"
    with pytest.raises(DomainError, match=said):
        take_back(plan)


def _seat_closed(town):
    place = factories.unit(parent=town.south, name="东山社区")
    branch = factories.branch(unit=place, name="中共东山党支部")
    plan = do("branch", "move", branches=[branch], to_unit=town.kylin)
    do("unit", "close", units=[place], on=TODAY)
    return plan, "“中共东山党支部”原来所在的“东山社区”后来已撤销，不能撤回"


def _parent_dissolved(town):
    plan = do("branch", "close", branches=[town.west])
    do("branch", "close", branches=[town.first], to_branch=town.second, on=TODAY)
    return plan, "“西门党小组”所属的“中共鼓楼第一党支部”后来已撤销，不能撤回"


def _home_dissolved(town):
    plan = do("branch", "whole", branches=[town.second], to_branch=town.third)
    do("branch", "close", branches=[town.second], on=TODAY)
    return plan, "党员原来所在的“中共鼓楼第二党支部”后来已撤销，不能撤回"


@pytest.mark.parametrize("gone", [_seat_closed, _parent_dissolved, _home_dissolved])
def test_nothing_goes_back_to_what_is_no_longer_there(town, gone):
    Membership.objects.filter(group=town.west).update(group=None)
    plan, said = gone(town)
    before = present()

    with pytest.raises(DomainError) as caught:
        take_back(plan)

    assert [error.detail for error in caught.value.errors] == [said]
    assert present() == before


class Keys:
    """What a later floor might let people hold: it may not be kept on any kind of leaving."""

    kind = "key"

    def held(self, members, *, on, leaving):
        return Member.objects.filter(pk__in=members)

    def obligation(self, row, *, leaving):
        return Obligation(self.kind, row.pk, row.pk, "保管钥匙")


OBLIGATION_SOURCES = [Keys()]


def test_what_may_not_be_kept_is_settled_before_a_branch_goes_over(town, settings):
    settings.OBLIGATION_SOURCES = f"{__name__}.OBLIGATION_SOURCES"
    sources.cache_clear()
    try:
        found = refusals("whole", branches=[town.first], to_branch=town.second)
    finally:
        sources.cache_clear()

    assert found == ["“中共鼓楼第一党支部”的党员有 4 项未了事项，请先办理：保管钥匙、保管钥匙、保管钥匙 等"]


def test_what_a_branch_may_not_do_is_said_in_words(town):
    do("branch", "close", branches=[town.choir], on=date(2022, 1, 1))
    young = factories.branch(unit=town.kylin, name="中共麒麟新支部", founded_on=date(2025, 1, 1))

    assert refusals("reopen", branches=[town.choir], to_unit=town.kylin, on=date(2021, 6, 1)) == [
        "“中共合唱临时党支部”于 2022-01-01 撤销，恢复不能早于那一天"
    ]
    assert refusals("whole", branches=[town.third], to_branch=young) == [
        "“中共麒麟党支部”：“中共麒麟新支部”的成立日期 2025-01-01，2024-06-01 时还没有它"
    ]
    assert refusals("merge", branches=[town.third], name=town.fourth.name) == [
        "“中共文昌党支部”：已有同名的党组织"
    ]
    assert refusals("split", branches=[town.third], name=town.fourth.name, part_members=[town.people[5]]) == [
        "“中共文昌党支部”：已有同名的党组织"
    ]
