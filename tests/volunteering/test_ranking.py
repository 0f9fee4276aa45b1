"""The ranking of candidates: explained line by line, and the same for the same facts."""

from datetime import date, time, timedelta

from members.models import Member
from tests import factories
from tests.factories import TODAY
from tests.volunteering.lives import brought_to
from tests.worlds import told_once
from volunteering.operations import Worked, candidates, dispatch_order, record_hours
from volunteering.states import OrderStatus


@told_once
def place(community):
    return factories.lineage("第一小组", "第一网格", below=community)


@told_once
def people(branch, place, team):
    """Five volunteers who live ever farther away."""
    homes = [
        place[1],
        place[0],
        branch.unit,
        factories.unit(parent=branch.unit.parent, name="古城社区"),
        None,
    ]
    found = []
    for number, home in enumerate(homes):
        member = factories.member(branch=branch, name=f"王秀{'甲乙丙丁戊'[number]}", residence=home)
        factories.team_membership(team=team, member=member)
        found.append(member)
    return found


def said(order, on=TODAY):
    return [(each.member.name, each.points, each.reasons) for each in candidates(order, on=on)]


def test_who_lives_nearer_comes_first_and_each_line_says_why(item, place, people):
    order = factories.service_order(item=item, unit=place[1])

    assert said(order) == [
        ("王秀甲", 50, ["住在同一网格 +50"]),
        ("王秀乙", 40, ["住在同一小组 +40"]),
        ("王秀丙", 30, ["住在同一社区 +30"]),
        ("王秀丁", 10, ["住在同一街道 +10"]),
        ("王秀戊", 0, ["不住在附近"]),
    ]
    assert said(order) == said(order)


def test_skill_load_and_rest_move_people(item, place, people, branch):
    record_hours(
        member=people[0], worked=Worked(TODAY - timedelta(days=1), time(9), time(10)), by=None, today=TODAY
    )
    brought_to(OrderStatus.ACCEPTED, factories.service_order(item=item, unit=place[1]), people[1])
    Member.objects.filter(pk=people[4].pk).update(skills="二胡、中医推拿")
    massage = factories.service_item(unit=item.unit, name="健康理疗", skill="推拿")
    order = factories.service_order(item=item, unit=place[1])

    assert said(order)[:3] == [
        ("王秀甲", 35, ["住在同一网格 +50", "昨天或今天刚服务过 -15"]),
        ("王秀丙", 30, ["住在同一社区 +30"]),
        ("王秀乙", 30, ["住在同一小组 +40", "手上1单 -10"]),
    ]
    skilled = said(factories.service_order(item=massage, unit=place[1]))
    assert skilled[0] == ("王秀戊", 30, ["不住在附近", "有“推拿”特长 +30"])
    assert skilled[1][2] == ["没有“推拿”特长"]


def test_the_old_are_spared_heavy_work_and_the_evening(item, place, people):
    Member.objects.filter(pk=people[0].pk).update(birth_on=date(1960, 1, 1))
    Member.objects.filter(pk=people[1].pk).update(birth_on=None)
    heavy = factories.service_item(unit=item.unit, name="搬家", is_heavy=True, oldest=70)
    order = factories.service_order(item=heavy, unit=place[1])
    evening = factories.service_order(item=item, unit=place[1], slot="evening")

    assert said(order)[0][0] == said(evening)[0][0] == "王秀甲"
    assert [each[2] for each in said(order)[1:]] == [
        ["年龄不详，不派重活"], *[["76岁，重活不超过70岁"]] * 3,
    ]  # fmt: skip
    assert said(evening)[1][2] == ["年龄不详，不派晚上服务"]
    assert said(evening)[2][2] == ["76岁，晚上服务不超过75岁"]


def test_the_lost_the_floating_and_who_has_answered_are_left_out(item, place, people):
    Member.objects.filter(pk=people[0].pk).update(lost_since=date(2026, 1, 1))
    Member.objects.filter(pk=people[1].pk).update(floating_since=date(2026, 1, 1))
    order = factories.service_order(item=item, unit=place[1])
    brought_to(OrderStatus.DISPATCHED, order, people[2])
    order.dispatches.update(answer="unanswered")
    reasons = {name: reasons for name, _, reasons in said(order)}

    assert (reasons["王秀甲"], reasons["王秀乙"], reasons["王秀丙"]) == (
        ["失联"], ["外出流动"], ["本单未答复"],
    )  # fmt: skip


def test_only_teams_on_the_line_of_the_place_are_asked(item, place, people, community):
    far = factories.unit(parent=community.parent, name="文昌社区")
    branch = factories.branch(unit=far, name="文昌支部")
    member = factories.member(branch=branch, name="李远")
    factories.team_membership(team=factories.team(branch=branch), member=member)
    above = factories.branch(unit=community.parent, name="街道支部", kind="street")
    street_member = factories.member(branch=above, name="李近")
    street_team = factories.team(branch=above)
    factories.team_membership(team=street_team, member=street_member)
    order = factories.service_order(item=item, unit=place[1])

    names = {each.member.name for each in candidates(order, on=TODAY)}
    assert "李近" in names
    assert "李远" not in names
    assert dispatch_order(order=order, to=street_team, by=None, today=TODAY).team == street_team
