"""Orders by REST: the verbs, who sees whom, and every refusal in Chinese."""

from core.models import AuditEntry
from tests import factories
from tests.callers import refusals, words
from tests.factories import TODAY
from tests.ledger import fingerprint
from tests.worlds import told_once
from volunteering.models import HourEntry, ServiceItem, ServiceOrder


@told_once
def streets(streets):
    streets.people()
    streets.team = factories.team(branch=streets.here, name="鼓楼服务队")
    factories.team_membership(team=streets.team, member=streets.wang)
    streets.item = factories.service_item(unit=streets.district)
    streets.order = factories.service_order(item=streets.item, unit=streets.gulou, detail="买米")
    streets.foreign = factories.service_order(item=streets.item, unit=streets.wenchang)
    return streets


def act(caller, order, verb, body=None, **headers):
    return caller.post(f"service-orders/{order.pk}/{verb}/", body, **headers)


def test_an_order_is_taken_and_brought_to_completion(streets):
    clerk, officer = streets.clerk, streets.officer
    body = {
        "item": streets.item.pk, "unit": streets.gulou.pk, "requester": "赵大娘",
        "requester_phone": "13700001234", "wanted_on": TODAY.isoformat(),
    }  # fmt: skip
    made = clerk.post("service-orders/", body)
    assert (made.status_code, made.json()["status"], made.json()["branch"]) == (
        201,
        "waiting",
        streets.here.pk,
    )
    [candidate] = made.json()["candidates"]
    assert (candidate["name"], candidate["lines"], candidate["fits"]) == ("王秀英", ["不住在附近"], True)
    order = ServiceOrder.objects.get(pk=made.json()["id"])
    wang = {"member": streets.wang.pk}

    assert act(clerk, order, "dispatch", wang, If_Match='"v1"').json()["status"] == "dispatched"
    assert act(clerk, order, "accept", wang).json()["member_name"] == "王秀英"
    assert act(clerk, order, "start", If_Match='"v3"').json()["status"] == "started"
    hours = {"on": TODAY.isoformat(), "began": "09:00", "ended": "10:30"}
    assert act(clerk, order, "complete", hours, If_Match='"v4"').json()["status"] == "reported"
    done = act(officer, order, "confirm", {"rating": 5}, If_Match='"v5"')

    assert (done.json()["status"], done.json()["rating"], done.json()["candidates"]) == ("closed", 5, [])
    [entry] = clerk.get("hour-entries/").json()["results"]
    assert (entry["member_name"], entry["minutes"], entry["verified"]) == ("王秀英", 90, True)
    assert AuditEntry.objects.about(order).count() == 6


def test_the_losers_get_409_with_who_won(streets):
    li = factories.member(branch=streets.here, name="李玉兰")
    factories.team_membership(team=streets.team, member=li)
    clerk = streets.clerk
    act(clerk, streets.order, "dispatch", {"team": streets.team.pk}, If_Match='"v1"')
    assert act(clerk, streets.order, "accept", {"member": li.pk}).status_code == 200

    lost = act(clerk, streets.order, "accept", {"member": streets.wang.pk})
    assert refusals(lost) == (409, [("already_taken", "member")])
    assert words(lost) == (409, ["该单已由 李玉兰 接单"])


def test_declining_releasing_rejecting_and_calling_off(streets):
    clerk, order, wang = streets.clerk, streets.order, {"member": streets.wang.pk}
    act(clerk, order, "dispatch", wang, If_Match='"v1"')
    assert act(clerk, order, "decline").json()["status"] == "waiting"
    other = factories.service_order(item=streets.item, unit=streets.gulou)
    act(clerk, other, "dispatch", wang, If_Match='"v1"')
    act(clerk, other, "accept", wang)
    assert act(clerk, other, "release", If_Match='"v3"').json()["member"] is None
    assert act(clerk, other, "cancel", {"reason": "不要了"}, If_Match='"v4"').json()["reason"] == "不要了"
    assert act(clerk, order, "reject", {"reason": "超出范围"}, If_Match='"v3"').json()["status"] == "rejected"
    assert words(act(clerk, order, "start", If_Match='"v4"')) == (409, ["该单现为“拒绝”，不能开始服务"])


def test_who_asked_is_told_in_full_only_to_who_works_on_it(streets):
    def shown(caller):
        found = caller.get(f"service-orders/{streets.order.pk}/").json()
        return [found[name] for name in ("requester", "requester_phone", "detail", "confirmer", "feedback")]

    streets.order.confirmer, streets.order.feedback = "赵小妹", "很好"
    streets.order.save()
    auditor = streets.caller("auditor", unit=streets.district)
    masked = ["赵**", "****1234"]
    assert shown(streets.clerk) == shown(streets.secretary) == [*masked, "买米", "赵小妹", "很好"]
    assert shown(auditor) == [*masked, "", "赵**", ""]
    assert act(streets.secretary, streets.order, "reveal", {"reason": "上门前联系"}).json() == {
        "requester": "赵大娘", "requester_phone": "13700001234", "requester_address": "",
    }  # fmt: skip
    entry = AuditEntry.objects.get(verb="service_order.revealed")
    assert (entry.reason, entry.fields) == (
        "上门前联系",
        ["requester", "requester_address", "requester_phone"],
    )
    assert refusals(act(streets.secretary, streets.order, "reveal", {"reason": "看"})) == (
        400,
        [("invalid", "reason")],
    )
    assert act(auditor, streets.order, "reveal", {"reason": "上门前联系"}).status_code == 403
    line = streets.clerk.get("service-orders/").json()["results"][0]
    assert "requester" not in line
    assert act(auditor, streets.order, "cancel", {"reason": "x"}, If_Match='"v1"').status_code == 403


def test_lists_are_scoped_and_filtered(streets):
    def numbers(**query):
        return [row["id"] for row in streets.clerk.get("service-orders/", **query).json()["results"]]

    assert (
        numbers() == numbers(status="waiting") == numbers(status__in="waiting,closed") == [streets.order.pk]
    )
    assert numbers(status="closed") == numbers(answer_by__lt=TODAY.isoformat()) == []
    assert streets.clerk.get(f"service-orders/{streets.foreign.pk}/").status_code == 404
    assert streets.clerk.get("service-items/").json()["count"] == 1


def test_bad_requests_are_refused_in_words_and_nothing_is_written(streets):
    clerk, before = streets.clerk, fingerprint()
    body = {
        "item": streets.item.pk, "unit": streets.gulou.pk, "requester": "赵大娘", "requester_phone": "12",
        "wanted_on": "2026-11-01",
    }  # fmt: skip
    assert words(clerk.post("service-orders/", body)) == (
        400,
        [
            "希望日期 2026-11-01 已过（今天 2026-11-23）",
            "电话“12”不是11位手机号，也不是“区号-号码”的固定电话（如 0874-3123456）",
        ],
    )
    answer = act(clerk, streets.order, "dispatch", {}, If_Match='"v1"')
    assert words(answer) == (400, ["派给党员（member）或服务队（team），须且只能写一个"])
    assert refusals(act(clerk, streets.order, "dispatch", {"member": streets.wang.pk})) == (
        428, [("if_match_required", None)],
    )  # fmt: skip
    answer = act(clerk, streets.order, "dispatch", {"member": streets.li.pk}, If_Match='"v1"')
    assert words(answer) == (400, [f"没有“{streets.li.pk}”这条记录，或不在您的管辖范围内"])
    assert fingerprint() == before


def test_an_order_is_taken_only_where_one_takes_orders_not_where_one_only_looks(streets):
    caller = streets.clerk
    caller.user.appointments.create(role="auditor", unit=streets.jianning, since=TODAY)
    body = {"item": streets.item.pk, "requester": "赵大娘", "requester_phone": "13700001234",
            "wanted_on": "2026-11-30"}  # fmt: skip
    caller.forget()
    before = fingerprint()

    assert caller.get(f"service-orders/{streets.foreign.pk}/").status_code == 200
    answer = caller.post("service-orders/", {**body, "unit": streets.wenchang.pk})
    assert refusals(answer) == (400, [("does_not_exist", "unit")])
    assert fingerprint() == before
    assert caller.post("service-orders/", {**body, "unit": streets.gulou.pk}).status_code == 201


def test_the_catalogue_is_kept_where_it_is_offered(streets):
    officer, clerk = streets.officer, streets.clerk
    made = clerk.post("service-items/", {"name": "家政服务", "unit": streets.nanning.pk})
    assert made.status_code == 201
    path = f"service-items/{made.json()['id']}/"
    assert clerk.patch(path, {"limits": "不登高"}, If_Match='"v1"').json()["limits"] == "不登高"
    everywhere = f"service-items/{streets.item.pk}/"
    assert clerk.patch(everywhere, {"is_open": False}, If_Match='"v1"').status_code == 403
    assert officer.patch(everywhere, {"is_open": False}, If_Match='"v1"').json()["is_open"] is False
    assert ServiceItem.objects.open().count() == 1
    assert streets.secretary.post("service-items/", {"name": "搬家"}).status_code == 403


def test_hours_are_told_and_verified_by_somebody_else(streets):
    clerk, officer = streets.clerk, streets.officer
    body = {"member": streets.wang.pk, "on": TODAY.isoformat(), "began": "09:00", "ended": "10:00"}
    made = clerk.post("hour-entries/", body)
    path = f"hour-entries/{made.json()['id']}/verify/"

    assert refusals(clerk.post(path)) == (409, [("hours_rule", None)])
    assert officer.post(path).json()["verified"] is True
    assert refusals(clerk.post("hour-entries/", {**body, "began": "09:30"})) == (
        409,
        [("hours_rule", "began")],
    )
    assert clerk.get("hour-entries/", unverified="true").json()["count"] == 0
    assert HourEntry.objects.count() == 1
