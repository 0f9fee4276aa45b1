"""Volunteer teams: founded at or below a branch's seat, joined by who is on the roster, dissolved."""

from datetime import date

import pytest

from branches.operations import close_unit, dissolve_branch, move_unit
from core.errors import InvalidValue, StaleVersion
from core.models import AuditEntry
from members.obligations import Leaving, Settlement
from members.operations import StandingChange, change_standing, open_obligations
from members.operations.obligations import ObligationsOpen
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused, refused_by_database
from volunteering.models import Team, TeamMembership
from volunteering.operations import (
    TeamChanges,
    amend_team,
    appoint_leader,
    dissolve_team,
    found_team,
    join_team,
    leave_team,
)
from volunteering.operations.teams import TeamRule

FOUNDED, SINCE, END = date(2015, 1, 1), date(2020, 1, 1), date(2025, 1, 1)
TOMORROW = date(2026, 11, 24)


def found(branch, **values):
    values = {"name": "义诊服务队", "founded_on": FOUNDED, **values}
    return found_team(branch=branch, values=values, by=None, today=TODAY)


def join(team, member, since=SINCE, **values):
    values = {"since": since, **values}
    return join_team(team=team, member=member, values=values, by=None, today=TODAY)


def leave(membership, on=END, version=None):
    return leave_team(membership=membership, on=on, by=None, today=TODAY, version=version)


def dissolve(team, on=END):
    return dissolve_team(team=team, on=on, document="社发1号", by=None, today=TODAY)


def lead(team, membership, version=None):
    return appoint_leader(team=team, membership=membership, by=None, today=TODAY, version=version)


# Founding and amending.


def test_a_team_is_founded_where_its_branch_sits_or_below(branch, community):
    grid = factories.lineage("第一小组", "第一网格", below=community)[-1]

    at_seat, below = found(branch), found(branch, name="网格服务队", unit=grid)

    assert (at_seat.unit, at_seat.path) == (community, community.path)
    assert (below.unit, below.path) == (grid, grid.path)
    entry = AuditEntry.objects.about(below).get(verb="team.founded")
    assert (entry.fields, entry.place) == (["founded_on", "name", "unit"], grid.path)


def test_a_team_is_based_nowhere_else(branch, community):
    elsewhere = factories.unit(parent=community.parent, name="古城社区")
    said = "驻地须是“鼓楼支部”所在的“鼓楼社区”或它的下级，“古城社区”不是"
    with refused(InvalidValue, said, field="unit"):
        found(branch, unit=elsewhere)


def test_a_team_is_founded_by_a_living_branch_on_a_living_unit(branch, community):
    group = factories.unit(parent=community, name="第一小组")
    close_unit(unit=group, on=END, document="", by=None, today=TODAY)
    with refused(InvalidValue, "“第一小组”已于 2025-01-01 撤销", field="unit"):
        found(branch, unit=group)
    dissolve_branch(branch=branch, on=END, document="", by=None, today=TODAY)
    with refused(InvalidValue, "“鼓楼支部”已于 2025-01-01 撤销", field="branch"):
        found(branch)


def test_a_team_is_founded_after_its_branch_and_not_tomorrow(branch):
    with refused(InvalidValue, "成立日期 1999-12-31 早于“鼓楼支部”的成立日期 2000-01-01", field="founded_on"):
        found(branch, founded_on=date(1999, 12, 31))
    with refused(InvalidValue, f"成立日期 2026-11-24 在今天（{TODAY}）之后", field="founded_on"):
        found(branch, founded_on=TOMORROW)


def test_a_team_is_founded_where_there_is_something_already_and_may_move_to_a_newer_place(
    branch, community, team
):
    young = factories.unit(parent=community, name="新网格", opened_on=date(2020, 5, 1))

    said = "成立日期 2020-04-30 时还没有“新网格”"
    with refused(InvalidValue, said, field="founded_on"):
        found(branch, name="早了", unit=young, founded_on=date(2020, 4, 30))
    found(branch, name="正好", unit=young, founded_on=date(2020, 5, 1))
    assert amend_team(team=team, changes=TeamChanges({"unit": young}), by=None).unit == young


def test_two_living_teams_do_not_bear_one_name(branch, team):
    with refused(InvalidValue, "已有同名的志愿服务队", field="name"):
        found(branch, name=team.name)
    dissolve(team)

    assert found(branch, name=team.name).name == team.name


def test_amending_changes_what_is_said_and_leaves_a_trace(team, community):
    group = factories.unit(parent=community, name="第一小组")
    done = amend_team(team=team, changes=TeamChanges({"skills": "书法", "unit": group}, 1), by=None)

    fresh = Team.objects.get(pk=team.pk)
    assert (fresh.skills, fresh.unit, fresh.path, fresh.version) == ("书法", group, group.path, 2)
    assert AuditEntry.objects.about(done).get(verb="team.amended").fields == ["skills", "unit"]


def test_amending_by_nothing_writes_nothing(team):
    before = AuditEntry.objects.count()
    amend_team(team=team, changes=TeamChanges({"name": team.name}), by=None)

    assert (Team.objects.get(pk=team.pk).version, AuditEntry.objects.count()) == (1, before)


def test_a_stale_or_forbidden_amendment_is_refused(team, branch):
    other = factories.branch(unit=branch.unit, name="另一支部")
    with refused(InvalidValue, "“牵头党组织”在成立后不能修改", field="branch"):
        amend_team(team=team, changes=TeamChanges({"branch": other}), by=None)
    with refused(InvalidValue, "“成立日期”在成立后不能修改", field="founded_on"):
        amend_team(team=team, changes=TeamChanges({"founded_on": SINCE}), by=None)
    with refused(StaleVersion, "“鼓楼服务队”已被他人修改（您看到的是第7版，现为第1版），请重新打开此页再改"):
        amend_team(team=team, changes=TeamChanges({"skills": "书法"}, 7), by=None)


def test_the_database_keeps_the_path_of_the_base(team, community):
    street = factories.unit(parent=community.parent.parent, name="建宁街道")
    move_unit(unit=community, to=street, on=TODAY, document="", by=None, today=TODAY)

    fresh = Team.objects.get(pk=team.pk)
    assert fresh.path == fresh.unit.path
    assert fresh.path.startswith(street.path)
    with refused_by_database("team_path_is_its_bases"):
        Team.objects.filter(pk=team.pk).update(path=street.path)


# Dissolving.


def test_a_dissolved_team_counts_until_the_day_before(team, wang):
    membership = join(team, wang)
    dissolve(team)

    def counted(day):
        return list(Team.objects.on(day))

    assert counted(date(2014, 12, 31)) == counted(END) == counted(TODAY) == []
    assert counted(FOUNDED) == counted(date(2024, 12, 31)) == [team]
    assert TeamMembership.objects.get(pk=membership.pk).until == END
    assert Team.objects.get(pk=team.pk).dissolving_document == "社发1号"


def test_a_team_is_dissolved_once_and_on_a_day_that_makes_sense(team, wang):
    with refused(InvalidValue, f"解散日期 2026-11-24 在今天（{TODAY}）之后", field="on"):
        dissolve(team, TOMORROW)
    with refused(InvalidValue, "解散日期 2015-01-01 必须晚于成立日期 2015-01-01", field="on"):
        dissolve(team, FOUNDED)
    membership = join(team, wang, since=END)
    with refused(TeamRule, "王秀英 自 2025-01-01 起在队，解散日期须晚于那一天", field="on"):
        dissolve(team, END)
    dissolve(team, TODAY)
    for again in (
        lambda: dissolve(team, TODAY),
        lambda: join(team, wang, since=TODAY),
        lambda: lead(team, membership),
        lambda: amend_team(team=team, changes=TeamChanges({"skills": "书法"}), by=None),
    ):
        with refused(TeamRule, f"“鼓楼服务队”已于 {TODAY} 解散"):
            again()


# Joining and leaving.


def test_joining_says_as_what_and_since_when(team, wang):
    membership = join(team, wang, serves_as="property_steward")

    assert membership.get_serves_as_display() == "红色物业老管家"
    assert str(membership) == "王秀英 @ 鼓楼服务队（2020-01-01—）"
    entry = AuditEntry.objects.about(wang).get(verb="team.joined")
    assert (entry.fields, entry.place) == (["team_memberships"], team.path)


def test_one_joins_a_team_once_and_several_teams(team, wang, branch):
    membership = join(team, wang)
    second = join(factories.team(branch=branch), wang)
    with refused(TeamRule, "王秀英 已在“鼓楼服务队”，不能重复登记", field="member"):
        join(team, wang, since=TODAY)
    leave(membership)
    again = join(team, wang, since=END)

    assert list(TeamMembership.objects.serving(TODAY).order_by("pk")) == [second, again]


def test_one_joins_after_the_founding_while_on_the_roster(team, branch):
    member = factories.member(branch=branch, since=date(2018, 1, 1))
    with refused(InvalidValue, "入队日期 2014-12-31 早于“鼓楼服务队”的成立日期 2015-01-01", field="since"):
        join(team, member, since=date(2014, 12, 31))
    with refused(InvalidValue, f"入队日期 2026-11-24 在今天（{TODAY}）之后", field="since"):
        join(team, member, since=TOMORROW)
    with refused(TeamRule, "王秀英 在 2017-12-31 没有组织关系，不能加入志愿服务队", field="member"):
        join(team, member, since=date(2017, 12, 31))


def test_one_leaves_once_and_after_joining(team, wang):
    membership = join(team, wang)
    with refused(InvalidValue, "离队日期 2020-01-01 必须晚于入队日期 2020-01-01", field="on"):
        leave(membership, SINCE)
    with refused(InvalidValue, f"离队日期 2026-11-24 在今天（{TODAY}）之后", field="on"):
        leave(membership, TOMORROW)
    left = leave(membership, version=1)

    assert (left.until, left.version) == (END, 2)
    with refused(TeamRule, "已于 2025-01-01 离队", field="on"):
        leave(membership, TODAY)


@pytest.mark.parametrize(("day", "serves"), [
    (date(2019, 12, 31), False), (SINCE, True), (date(2024, 12, 31), True), (END, False),
])  # fmt: skip
def test_who_died_serves_until_the_day_before_without_anyone_taking_her_out(team, wang, day, serves):
    membership = join(team, wang)
    change_standing(member=wang, change=StandingChange("decease", END), by=None, today=TODAY)

    assert TeamMembership.objects.get(pk=membership.pk).until is None
    assert TeamMembership.objects.serving(day).exists() is serves


def test_the_database_refuses_two_rows_of_one_member_at_a_time(team, wang):
    join(team, wang)
    with refused_by_database("once_in_a_team"):
        TeamMembership.objects.create(team=team, member=wang, since=END)


# Leading.


def test_a_team_is_led_by_one_who_serves_in_it(team, wang, branch):
    membership = join(team, wang)
    led = lead(team, membership, version=1)

    assert (led.leader, led.version) == (wang, 2)
    assert lead(team, membership).version == 2
    assert AuditEntry.objects.about(team).filter(verb="team.led").count() == 1


def test_who_has_left_or_died_cannot_lead(team, wang, branch):
    membership, li = join(team, wang), factories.member(branch=branch, name="李玉兰")
    dead = join(team, li)
    leave(membership)
    change_standing(member=li, change=StandingChange("decease", END), by=None, today=TODAY)

    for name, row in (("王秀英", membership), ("李玉兰", dead)):
        with refused(TeamRule, f"{name} 现在不在“鼓楼服务队”，不能任队长", field="membership"):
            lead(team, row)


def test_a_leader_who_leaves_leads_no_longer(team, wang):
    membership = join(team, wang)
    lead(team, membership)
    leave(membership)

    assert Team.objects.get(pk=team.pk).leader is None


# What leading leaves open.


def die(member, *settle):
    change = StandingChange("decease", END, settle=settle)
    return change_standing(member=member, change=change, by=None, today=TODAY)


def test_who_leads_a_team_is_asked_who_takes_over(team, wang, branch):
    li = factories.member(branch=branch, name="李玉兰")
    lead(team, join(team, wang))
    join(team, li)
    with refused(
        ObligationsOpen,
        errors=[
            (
                f"settle.team-{team.pk}",
                "任“鼓楼服务队”队长，尚未了结：请写明原因予以了结，或交给他人",
            )
        ],
    ):
        die(wang)
    die(wang, Settlement(f"team-{team.pk}", "去世", li))

    assert Team.objects.get(pk=team.pk).leader == li


def test_a_team_is_left_without_a_leader_or_handed_to_who_serves_in_it(team, wang, branch):
    li = factories.member(branch=branch, name="李玉兰")
    lead(team, join(team, wang))
    with refused(TeamRule, "李玉兰 现在不在“鼓楼服务队”，不能接任队长", field=f"settle.team-{team.pk}"):
        die(wang, Settlement(f"team-{team.pk}", "去世", li))
    die(wang, Settlement(f"team-{team.pk}", "去世"))

    assert Team.objects.get(pk=team.pk).leader is None


def test_a_move_within_the_district_leaves_the_team_as_it_is(team, wang):
    lead(team, join(team, wang))
    opened = {leaving: open_obligations(wang, on=TODAY, leaving=leaving) for leaving in Leaving}

    assert {leaving for leaving, [each] in opened.items() if each.keepable} == {Leaving.TRANSFER}
    dissolve(team)
    assert open_obligations(wang, on=TODAY, leaving=Leaving.DEATH) == []
