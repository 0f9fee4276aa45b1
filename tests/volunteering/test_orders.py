"""Orders as they are taken, given and ended: who may be asked, what is refused, what is written down."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from branches.operations import close_unit, dissolve_branch
from core.errors import InvalidValue, StaleVersion
from members.models import Member
from members.obligations import Leaving, Settlement
from members.operations import StandingChange, change_standing, open_obligations
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused, refused_by_database
from tests.volunteering.lives import WORKED, brought_to, fresh, move
from volunteering.models import Answer, HourEntry, ServiceItem
from volunteering.operations import (
    Said,
    Worked,
    accept_order,
    amend_item,
    candidates,
    complete_order,
    confirm_order,
    decline_order,
    dispatch_order,
    offer_item,
    record_hours,
    reject_order,
    request_order,
    verify_hours,
)
from volunteering.operations.dispatching import AlreadyTaken
from volunteering.operations.hours import HoursRule
from volunteering.operations.orders import IllegalMove, NotOfferedHere, OrderRule
from volunteering.states import OrderMove, OrderStatus

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def ask(item, unit, **values):
    values = {
        "item": item, "unit": unit, "requester": "赵大娘", "requester_phone": "137 0000 1234",
        "wanted_on": TODAY, **values,
    }  # fmt: skip
    return request_order(values=values, by=None, today=TODAY)


def give(order, to, **values):
    return dispatch_order(order=order, to=to, by=None, today=TODAY, **values)


# Taking an order.


def test_an_order_goes_to_the_branch_of_the_place(item, community, branch):
    grid = factories.lineage("第一小组", "第一网格", below=community)[-1]
    factories.branch(unit=community, name="移交支部", kind="handover")
    order = ask(item, grid)

    assert (order.branch, order.desk, order.path) == (branch, community, grid.path)
    assert (order.status, order.answer_by, order.get_sealed("sealed_phone")) == (
        "waiting",
        TOMORROW,
        "13700001234",
    )
    assert str(order) == f"物品代购（第一网格）第{order.pk}单"


def test_a_place_without_a_branch_is_its_own_desk(item, db):
    lonely = factories.unit(parent=item.unit.children.get(), name="古城社区")
    order = ask(item, lonely)

    assert (order.branch, order.desk) == (None, lonely)


def test_what_is_not_offered_here_is_refused_with_what_is(item, community, branch):
    street = factories.unit(parent=item.unit, name="建宁街道")
    elsewhere = factories.service_item(unit=street, name="健康理疗")
    with refused(NotOfferedHere, "“健康理疗”在“鼓楼社区”没有开设；这里可点：物品代购", field="item"):
        ask(elsewhere, community)
    amend_item(item=item, values={"is_open": False}, by=None)
    with refused(NotOfferedHere, "“物品代购”在“鼓楼社区”没有开设；这里可点：暂无", field="item"):
        ask(item, community)


def test_bad_orders_are_refused_all_at_once(item, community, branch):
    with refused(
        errors=[
            ("wanted_on", f"希望日期 {YESTERDAY} 已过（今天 {TODAY}）"),
            ("requester", "请填写点单人姓名"),
            ("requester_phone", "电话“12”不是11位手机号，也不是“区号-号码”的固定电话（如 0874-3123456）"),
            ("cash", "“物品代购”不代办钱款"),
        ]
    ):
        ask(item, community, wanted_on=YESTERDAY, requester=" ", requester_phone="12", cash=5)


def test_cash_is_limited_by_the_catalogue(item, community, branch):
    amend_item(item=item, values={"most_cash": 200}, by=None)
    item = ServiceItem.objects.get()
    with refused(InvalidValue, "“物品代购”代办金额不超过 200 元", field="cash"):
        ask(item, community, cash=201)

    assert ask(item, community, cash=200).cash == 200


def test_the_place_is_a_living_community_group_or_grid(item, community, branch):
    with refused(InvalidValue, "服务地点须是社区、小组或网格，“南宁街道”范围太大", field="unit"):
        ask(item, community.parent)
    group = factories.unit(parent=community, name="第一小组")
    close_unit(unit=group, on=YESTERDAY, document="", by=None, today=TODAY)
    with refused(InvalidValue, f"“第一小组”已于 {YESTERDAY} 撤销", field="unit"):
        ask(item, group)


def test_only_a_branch_of_the_place_dispatches(item, community, branch):
    other = factories.branch(unit=factories.unit(parent=community.parent, name="古城社区"), name="古城支部")
    with refused(InvalidValue, "只有服务地点的党支部可以派单，“古城支部”不在“鼓楼社区”", field="branch"):
        ask(item, community, branch=other)
    dissolve_branch(branch=branch, on=TODAY, document="", by=None, today=TODAY)

    assert ask(item, community).branch is None


# The catalogue.


def test_heavy_work_needs_an_age_limit_and_a_line_keeps_its_place(item, community):
    with refused(InvalidValue, "重活须填写年龄上限"):
        offer_item(values={"name": "搬家", "unit": community, "is_heavy": True}, by=None)
    with refused(InvalidValue, "该单位已有同名的服务项目", field="name"):
        offer_item(values={"name": "物品代购", "unit": item.unit}, by=None)
    with refused(InvalidValue, "开设范围不能修改，请在新的范围另设一项", field="unit"):
        amend_item(item=item, values={"unit": community}, by=None)
    closed = factories.unit(parent=community, name="第一小组")
    close_unit(unit=closed, on=YESTERDAY, document="", by=None, today=TODAY)
    closed.refresh_from_db()
    with refused(InvalidValue, f"“第一小组”已于 {YESTERDAY} 撤销", field="unit"):
        offer_item(values={"name": "搬家", "unit": closed}, by=None)
    assert amend_item(item=item, values={"name": "物品代购"}, by=None).version == 1
    assert str(item) == "物品代购"


# Dispatching.


def test_an_order_is_given_to_a_helper_or_a_team_near(order, helper, team, branch):
    given = give(order, helper, version=1)
    assert (given.member, given.team, given.answer_by) == (helper, None, TODAY + timedelta(days=2))
    assert str(given.dispatches.get()) == f"{order} → 王秀英"
    move(given, OrderMove.DECLINE, helper)
    factories.team_membership(team=team, member=factories.member(branch=branch, name="李玉兰"))

    assert give(order, team).team == team
    assert fresh(order).member is None


def test_nobody_is_asked_who_does_not_fit(order, helper, branch, team):
    stranger = factories.member(branch=branch, name="李玉兰")
    with refused(OrderRule, "李玉兰 不在服务地点附近的志愿服务队", field="member"):
        give(order, stranger)
    empty = factories.team(branch=branch, name="空队")
    with refused(OrderRule, "“空队”不在服务地点附近，或现在没有队员", field="to"):
        give(order, empty)
    Member.objects.filter(pk=helper.pk).update(floating_since=date(2026, 1, 1))
    with refused(OrderRule, "王秀英：外出流动", field="member"):
        give(order, helper)
    with refused(OrderRule, f"“{team}”现在没有合适的队员可以接这一单", field="to"):
        give(order, team)


def test_a_stale_dispatch_is_refused(order, helper):
    with pytest.raises(StaleVersion):
        give(order, helper, version=9)


# Answering.


def test_the_losers_are_told_who_won(order, helper, team, branch):
    li = factories.member(branch=branch, name="李玉兰")
    factories.team_membership(team=team, member=li)
    give(order, team)
    accept_order(order=order, member=li, by=None, today=TODAY)

    with refused(AlreadyTaken, "该单已由 李玉兰 接单", field="member"):
        accept_order(order=order, member=helper, by=None, today=TODAY)
    with refused(IllegalMove, "该单现为“已接”，不能接单"):
        accept_order(order=order, member=li, by=None, today=TODAY)


def test_an_order_given_to_one_is_not_taken_by_another(order, helper, team, branch):
    li = factories.member(branch=branch, name="李玉兰")
    factories.team_membership(team=team, member=li)
    give(order, helper)
    with refused(InvalidValue, "该单派给“王秀英”，李玉兰 不能接", field="member"):
        accept_order(order=order, member=li, by=None, today=TODAY)


def test_declining_asks_no_reason_and_costs_nothing_elsewhere(order, helper, item, community):
    give(order, helper)
    move(order, OrderMove.DECLINE, helper)

    assert order.dispatches.get().answer == Answer.DECLINED
    with refused(OrderRule, "王秀英：本单已谢绝", field="member"):
        give(fresh(order), helper)
    assert give(ask(item, community), helper).member == helper


def test_nobody_takes_more_than_three_at_a_time(order, item, community, helper):
    for _ in range(3):
        brought_to(OrderStatus.ACCEPTED, ask(item, community), helper)
    with refused(OrderRule, "王秀英：手上已有3单", field="member"):
        give(order, helper)


# Serving and confirming.


def test_the_hours_are_verified_by_whoever_confirms_unless_she_wrote_them(order, helper, writer, second):
    brought_to(OrderStatus.STARTED, order, helper, writer)
    complete_order(order=order, worked=WORKED, by=writer, today=TODAY)
    said = Said("proxy", "女儿赵芳", 5, "很好")
    done = confirm_order(order=order, said=said, by=second, today=TODAY)

    entry = HourEntry.objects.get()
    assert (done.status, done.confirmer, done.rating, done.feedback) == ("closed", "女儿赵芳", 5, "很好")
    assert (entry.member, entry.minutes, entry.recorded_by, entry.verified_by) == (helper, 90, writer, second)
    assert str(entry) == f"王秀英 {TODAY} 09:00—10:30"


def test_who_wrote_the_hours_may_confirm_the_order_but_not_the_hours(order, helper, writer, second):
    brought_to(OrderStatus.STARTED, order, helper, writer)
    complete_order(order=order, worked=WORKED, by=writer, today=TODAY)
    confirm_order(order=order, said=Said(), by=writer, today=TODAY)

    entry = HourEntry.objects.get()
    assert (fresh(order).status, entry.verified_by) == ("closed", None)
    with refused(HoursRule, "登记人不能核实自己登记的服务时间"):
        verify_hours(entry=entry, by=writer)
    assert verify_hours(entry=entry, by=second).verified_by == second
    with refused(HoursRule, "该记录已核实"):
        verify_hours(entry=entry, by=second)


def test_a_proxy_is_named_and_a_requester_is_not(order, helper):
    brought_to(OrderStatus.REPORTED, order, helper)
    said = "代确认须写明代确认人，点单人自己确认不填"
    for wrong in (Said("proxy"), Said("requester", "女儿")):
        with refused(InvalidValue, said, field="confirmer"):
            confirm_order(order=order, said=wrong, by=None, today=TODAY)


def test_refusing_and_calling_off_need_a_reason(order, helper):
    with refused(InvalidValue, "拒绝须写明原因", field="reason"):
        reject_order(order=order, reason=" ", by=None, today=TODAY)
    brought_to(OrderStatus.DISPATCHED, order, helper)
    move(order, OrderMove.CANCEL, helper)

    assert (fresh(order).reason, order.dispatches.get().answer) == ("不需要了", Answer.WITHDRAWN)


# Hours.


def worked(member, began, ended, on=TODAY, by=None, now=None):
    return record_hours(member=member, worked=Worked(on, began, ended), by=by, today=TODAY, now=now)


def test_hours_do_not_overlap_and_touch_freely(wang):
    worked(wang, time(9), time(11))
    for began, ended in ((time(10), time(12)), (time(8), time(9, 1)), (time(9, 30), time(10))):
        with refused(HoursRule, "与已登记的 09:00—11:00 重叠", field="began"):
            worked(wang, began, ended)

    assert worked(wang, time(11), time(12)).minutes == 60


def test_hours_are_written_down_once_they_are_over(wang):
    now = timezone.make_aware(datetime.combine(TODAY, time(10, 30)))

    with refused(InvalidValue, f"{TODAY} 10:31 还没有到，服务结束后再登记", field="ended"):
        worked(wang, time(9), time(10, 31), now=now)
    assert worked(wang, time(9), time(10, 30), now=now).minutes == 90


def test_a_day_has_no_25_hours_nor_more_than_eight_of_service(wang):
    worked(wang, time(8), time(15))
    with refused(HoursRule, f"{TODAY} 合计 8.5 小时，一天最多 8 小时", field="ended"):
        worked(wang, time(16), time(17, 30))
    with refused(InvalidValue, "结束时间 09:00 必须晚于开始时间 10:00", field="ended"):
        worked(wang, time(10), time(9))


def test_hours_are_served_while_on_the_roster_and_not_tomorrow(wang, order, helper):
    with refused(HoursRule, "王秀英 在 2009-12-31 没有组织关系，不能登记服务时间", field="on"):
        worked(wang, time(9), time(10), on=date(2009, 12, 31))
    with refused(InvalidValue, f"服务日期 {TOMORROW} 在今天（{TODAY}）之后", field="on"):
        worked(wang, time(9), time(10), on=TOMORROW)
    brought_to(OrderStatus.STARTED, order, helper)
    with refused(InvalidValue, f"服务日期 {YESTERDAY} 早于点单日期 {TODAY}", field="on"):
        early = Worked(YESTERDAY, time(9), time(10))
        complete_order(order=order, worked=early, by=None, today=TODAY)


def test_the_database_refuses_overlaps_and_own_verification(wang, writer):
    entry = worked(wang, time(9), time(11), by=writer)
    with refused_by_database("hours_of_a_member_do_not_overlap"):
        HourEntry.objects.create(member=wang, on=TODAY, began=time(10), ended=time(12))
    with refused_by_database("hours_verified_by_somebody_else"):
        HourEntry.objects.filter(pk=entry.pk).update(verified_by=writer)


# What an order leaves open.


def die(member, *settle):
    change = StandingChange("decease", TODAY, settle=settle)
    return change_standing(member=member, change=change, by=None, today=TODAY)


def test_an_open_order_is_handed_on_or_goes_back_to_the_desk(order, helper, team, branch, item, community):
    li = factories.member(branch=branch, name="李玉兰")
    factories.team_membership(team=team, member=li)
    asked = brought_to(OrderStatus.DISPATCHED, ask(item, community), helper)
    another = brought_to(OrderStatus.ACCEPTED, ask(item, community), helper)
    brought_to(OrderStatus.ACCEPTED, order, helper)
    opened = open_obligations(helper, on=TODAY, leaving=Leaving.DEATH)
    assert [each.key for each in opened] == [f"order-{each.pk}" for each in (order, asked, another)]

    die(
        helper,
        Settlement(f"order-{order.pk}", "去世", li),
        Settlement(f"order-{asked.pk}", "去世"),
        Settlement(f"order-{another.pk}", "去世"),
    )

    assert (fresh(order).member, fresh(order).status) == (li, "accepted")
    assert [(fresh(each).member, fresh(each).status) for each in (asked, another)] == [(None, "waiting")] * 2


def test_who_declines_hands_the_order_to_the_next_and_it_costs_her_nothing(order, helper, team, branch, item):
    li = factories.member(branch=branch, name="李玉兰")
    factories.team_membership(team=team, member=li)
    given = dispatch_order(order=order, to=helper, by=None, today=TODAY)
    after = decline_order(order=given, by=None, today=TODAY)

    assert (after.status, after.member, after.rounds) == (OrderStatus.DISPATCHED, li, 0)
    assert list(after.dispatches.values_list("answer", flat=True)) == [Answer.DECLINED, Answer.PENDING]
    other = factories.service_order(item=item, unit=order.unit)
    assert {each.member: each.points for each in candidates(other, on=TODAY)}[helper] == 30
    back = decline_order(order=after, by=None, today=TODAY)
    assert (back.status, back.member) == (OrderStatus.WAITING, None)


def test_a_team_that_declines_has_answered_for_its_people(order, helper, team):
    given = dispatch_order(order=order, to=team, by=None, today=TODAY)
    back = decline_order(order=given, by=None, today=TODAY)

    assert back.status == OrderStatus.WAITING
    [candidate] = candidates(back, on=TODAY)
    assert candidate.reasons == ["所在服务队本单未接"]


def test_who_asked_lies_sealed_in_the_database(order):
    with connection.cursor() as cursor:
        cursor.execute("SELECT o::text FROM volunteering_serviceorder o UNION SELECT e::text"
                       " FROM volunteering_serviceorderevent e")  # fmt: skip
        kept = "".join(row[0] for row in cursor.fetchall())
    assert [text in kept for text in ("赵大娘", "13700001234")] == [False, False]
