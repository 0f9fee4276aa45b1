"""The dispatcher's pages: the desk, the phone order, each move, and what is hidden from whom."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core import clock
from core.models import AuditEntry
from members.models import Member
from tests import factories
from tests.factories import TODAY
from tests.ledger import fingerprint
from tests.office import errors_of, rows_of, told
from tests.volunteering.lives import brought_to, fresh
from tests.worlds import told_once
from volunteering.gates import soonest
from volunteering.models import HourEntry, ServiceItem, ServiceOrder
from volunteering.states import OrderStatus

DESK, ORDERS = "admin:volunteering_serviceorder_desk", "admin:volunteering_serviceorder_changelist"


def page(row, name="change"):
    return reverse(f"admin:volunteering_{row._meta.model_name}_{name}", args=[row.pk])


@told_once
def item(town):
    return factories.service_item(unit=town.district, limits="先垫付后结清")


@told_once
def helper(town):
    member = factories.member(branch=town.our_branch, residence=town.our_community)
    factories.team_membership(team=factories.team(branch=town.our_branch, name="鼓楼服务队"), member=member)
    return member


@told_once
def ours(town, item, helper):
    return factories.service_order(item=item, unit=town.our_community, requester_address="3栋2单元")


@told_once
def theirs(town, item):
    return factories.service_order(item=item, unit=town.their_community)


def parts(response):
    return {each["title"]: [order.pk for order in each["orders"]] for each in response.context["sections"]}


def test_the_desk_shows_what_waits_where_and_what_is_late(clerk, ours, theirs, helper, monkeypatch):
    nothing = {"逾期": [], "待派": [], "已派": [], "服务中": [], "待确认": []}
    assert parts(clerk.get(reverse(DESK))) == {**nothing, "待派": [ours.pk]}
    brought_to(OrderStatus.DISPATCHED, ours, helper)
    assert parts(clerk.get(reverse(DESK))) == {**nothing, "已派": [ours.pk]}
    monkeypatch.setattr(clock, "today", lambda: TODAY + timedelta(days=3))
    answer = clerk.get(reverse(DESK))
    assert parts(answer) == {**nothing, "逾期": [ours.pk]}
    assert "赵大娘" not in answer.content.decode()


def test_the_desk_asks_as_often_for_many_orders_as_for_one(clerk, town, ours, item):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            assert clerk.get(reverse(DESK)).status_code == 200
        return len(caught)

    before = queries()
    for _ in range(3):
        factories.service_order(item=item, unit=factories.unit(parent=town.our_community))
    assert queries() == before


def test_a_phone_order_is_taken_with_what_is_wrong_said_in_its_field(clerk, town, item):
    form = {
        "item": item.pk, "unit": town.our_community.pk, "wanted_on": "2026-11-01", "slot": "morning",
        "channel": "hotline", "requester": "赵大娘", "requester_phone": "12", "cash": "", "branch": "",
    }  # fmt: skip
    before = fingerprint()
    answer = clerk.post(reverse("admin:volunteering_serviceorder_add"), form)
    assert set(errors_of(answer)) == {"wanted_on", "requester_phone"}
    assert fingerprint() == before

    right = {**form, "wanted_on": "2026-11-25", "requester_phone": "0874-3123456"}
    add = reverse("admin:volunteering_serviceorder_add")
    right["uid"] = clerk.get(add).context["adminform"].form["uid"].value()
    clerk.post(add, right)
    order = ServiceOrder.objects.get()
    assert order.get_sealed("sealed_phone") == "0874-3123456"
    assert "uid" not in AuditEntry.objects.about(order).get().fields
    assert told(clerk.post(add, right, follow=True))[-1] == f"“{order}”已登记，没有重复登记"
    assert ServiceOrder.objects.get() == order


def test_an_order_is_brought_to_completion_page_by_page(clerk, officer, town, ours, helper, enter):
    clerk = enter(factories.account(role="street_clerk", unit=town.ours))
    shown = clerk.get(page(ours, "dispatch")).content.decode()
    assert "住在同一社区 +30" in shown
    answer = clerk.post(page(ours, "dispatch"), {"to": f"m{helper.pk}", "version": 1}, follow=True)
    assert told(answer) == ["已派给“王秀英”，请在 2026-11-25 前答复"]
    clerk.post(page(ours, "accept"), {"to": str(helper.pk), "version": 2})
    clerk.post(page(ours, "start"), {"version": 3})
    hours = {"on": "2026-11-23", "began": "09:00", "ended": "10:30", "version": 4}
    assert errors_of(clerk.post(page(ours, "complete"), {**hours, "ended": "08:00"})) == {
        "ended": ["结束时间 08:00 必须晚于开始时间 09:00"]
    }
    clerk.post(page(ours, "complete"), hours)
    confirmed = {"confirmed_as": "proxy", "confirmer": "女儿", "rating": "5", "feedback": "", "version": 5}
    answer = clerk.post(page(ours, "confirm"), confirmed, follow=True)
    assert told(answer)[-1] == "已确认，服务完成；服务时间待他人核实"

    entry = HourEntry.objects.get()
    assert errors_of(clerk.post(page(entry, "verify"), {})) == {
        "__all__": ["登记人不能核实自己登记的服务时间"]
    }
    officer = enter(factories.account(role="district_officer", unit=town.district))
    officer.post(page(entry, "verify"), {})
    assert HourEntry.objects.get().verified_by is not None
    assert "派单记录" in officer.get(page(ours)).content.decode()
    assert "服务单：确认" in officer.get(page(ours, "history")).content.decode()
    assert "3栋2单元" not in officer.get(page(ours, "history")).content.decode()


def test_a_whole_team_is_asked_and_one_of_it_takes_the_order(clerk, ours, helper):
    team = helper.team_memberships.get().team
    clerk.post(page(ours, "dispatch"), {"to": f"t{team.pk}", "version": 1})
    assert fresh(ours).team == team
    assert errors_of(clerk.post(page(ours, "accept"), {"version": 2})) == {"to": ["请选择一人"]}
    clerk.post(page(ours, "accept"), {"to": str(helper.pk), "version": 2})
    assert fresh(ours).member == helper


def test_a_team_is_offered_only_with_somebody_in_it_who_can(clerk, ours, helper):
    def offered():
        choices = clerk.get(page(ours, "dispatch")).context["form"].fields["to"].choices
        return [value[0] for value, _ in choices]

    assert offered() == ["m", "t"]
    Member.objects.update(floating_since=TODAY)
    assert offered() == []


def test_who_declines_is_told_whether_the_order_went_on(clerk, ours, helper, town):
    li = factories.member(branch=town.our_branch, name="李玉兰")
    factories.team_membership(team=helper.team_memberships.get().team, member=li)
    brought_to(OrderStatus.DISPATCHED, ours, helper)

    for words in ("已谢绝，已改派给下一位合适的人", "已谢绝，退回待派"):
        answer = clerk.post(page(ours, "decline"), {"version": fresh(ours).version}, follow=True)
        assert told(answer) == [words]


@pytest.mark.parametrize(
    ("act", "status", "after"),
    [
        ("decline", OrderStatus.DISPATCHED, "waiting"),
        ("release", OrderStatus.STARTED, "waiting"),
        ("reject", OrderStatus.WAITING, "rejected"),
        ("cancel", OrderStatus.ACCEPTED, "cancelled"),
    ],
)
def test_each_other_move_has_its_page(clerk, ours, helper, act, status, after):
    order = brought_to(status, ours, helper)
    clerk.post(page(ours, act), {"reason": "不要了", "version": order.version})

    assert fresh(ours).status == after


def test_nobody_out_of_sight_is_offered_and_an_empty_place_says_so(clerk, theirs, ours, helper, town, item):
    empty = factories.service_order(item=item, unit=factories.unit(parent=town.ours, name="古城社区"))
    assert "没有合适的队员" in clerk.get(page(empty, "dispatch")).content.decode()
    assert rows_of(clerk.get(reverse(ORDERS))) == [empty, ours]
    assert clerk.get(page(theirs), follow=True).redirect_chain


def test_an_auditor_sees_the_order_but_not_who_asked(enter, town, ours):
    auditor = enter(factories.account(role="auditor", unit=town.district))
    shown = auditor.get(page(ours)).content.decode()

    assert "赵**" in shown
    assert "赵大娘" not in shown
    assert "3栋2单元" not in shown
    assert auditor.get(page(ours)).context["acts"] == []
    assert "登记电话点单" not in auditor.get(reverse(DESK)).content.decode()


def test_lists_are_filtered_by_state(clerk, ours, helper, monkeypatch):
    assert rows_of(clerk.get(reverse(ORDERS), {"state": "closed"})) == []
    brought_to(OrderStatus.CANCELLED, ours, helper)
    assert rows_of(clerk.get(reverse(ORDERS))) == []
    assert rows_of(clerk.get(reverse(ORDERS), {"state": "all"})) == [ours]
    assert rows_of(clerk.get(reverse(ORDERS), {"state": "late"})) == []


def test_the_catalogue_is_kept_by_who_answers_for_its_place(clerk, town, item):
    add = reverse("admin:volunteering_serviceitem_add")
    wrong = {"name": "搬家", "unit": town.ours.pk, "is_heavy": "on", "is_open": "on"}
    assert errors_of(clerk.post(add, wrong)) == {"__all__": ["重活须填写年龄上限"]}
    clerk.post(add, {**wrong, "oldest": 70})
    made = ServiceItem.objects.get(name="搬家")
    clerk.post(page(made), {"name": "搬家", "is_heavy": "on", "oldest": 68, "version": 1})
    made.refresh_from_db()
    assert (made.oldest, made.is_open) == (68, False)
    assert clerk.post(page(item), {"name": "改", "version": 1}).status_code == 403
    assert clerk.get(page(item)).status_code == 200


def test_hours_are_written_down_by_hand(clerk, helper):
    form = {"member": helper.pk, "on": "2026-11-20", "began": "09:00", "ended": "11:00", "occasion": "巡查"}
    add = reverse("admin:volunteering_hourentry_add")
    clerk.post(add, form)
    assert HourEntry.objects.get().minutes == 120
    assert errors_of(clerk.post(add, form)) == {"began": ["与已登记的 09:00—11:00 重叠"]}
    shown = clerk.get(reverse("admin:volunteering_hourentry_changelist"), {"verified": "no"})
    assert [entry.occasion for entry in rows_of(shown)] == ["巡查"]
    assert "09:00—11:00" in shown.content.decode()
    assert clerk.get(page(HourEntry.objects.get())).status_code == 200


def test_who_asked_is_revealed_with_a_reason_that_is_written_down(clerk, enter, town, ours):
    shown = clerk.get(page(ours)).content.decode()
    assert "赵** ****1234" in shown
    assert "13700001234" not in shown
    reveal = page(ours, "requester")
    assert "上门前联系点单人" in clerk.get(reveal).content.decode()
    assert "请写明查看事由（至少4个字）" in clerk.post(reveal, {"reason": "看"}).content.decode()
    answer = clerk.post(reveal, {"reason": "上门前联系"}).content.decode()
    assert [text in answer for text in ("赵大娘", "13700001234", "3栋2单元")] == [True] * 3
    auditor = enter(factories.account(role="auditor", unit=town.district))
    assert auditor.get(reveal).status_code == 403
    assert clerk.get(page(factories.service_order(item=ours.item, unit=town.their_community), "requester"))


def test_of_who_belongs_elsewhere_no_reasons_are_told(enter, town, ours, helper):
    """She serves in our team, so she is named; that she cannot be reached is her own branch's to know."""
    stranger = factories.member(branch=town.their_branch, name="李国强", lost_since=TODAY)
    factories.team_membership(team=helper.team_memberships.get().team, member=stranger)
    secretary = enter(factories.account(role="branch_secretary", branch=town.our_branch))

    shown = secretary.get(page(ours)).content.decode()
    assert "住在同一社区 +30" in shown
    assert "李国强" in shown
    assert "现在不便派单" in shown
    assert "失联" not in shown
    stranger.lost_since = None
    stranger.save()
    assert "理由不在您的管辖范围" in secretary.get(page(ours, "dispatch")).content.decode()


def test_who_confirmed_and_what_was_said_is_for_who_works_on_it(clerk, enter, town, ours, helper):
    order = brought_to(OrderStatus.REPORTED, ours, helper)
    said = {"confirmed_as": "proxy", "confirmer": "赵小妹", "rating": "5", "feedback": "她胃不好"}
    clerk.post(page(order, "confirm"), {**said, "version": order.version})
    assert "她胃不好" in clerk.get(page(order)).content.decode()
    auditor = enter(factories.account(role="auditor", unit=town.district))
    for shown in (auditor.get(page(order)), auditor.get(page(order, "history"))):
        text = shown.content.decode()
        assert [word in text for word in ("赵小妹", "她胃不好")] == [False, False]


@pytest.mark.parametrize(
    ("hour", "day", "slot"),
    [(7, 23, "afternoon"), (11, 23, "afternoon"), (12, 24, "morning"), (20, 24, "morning")],
)  # fmt: skip
def test_a_form_proposes_the_next_half_day(hour, day, slot):
    here = timezone.get_current_timezone()

    found = soonest(datetime(2026, 11, 23, hour, 30, tzinfo=here))

    assert found == {"wanted_on": date(2026, 11, day), "slot": slot}
