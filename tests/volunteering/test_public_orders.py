"""Ordering by the code of a place, without an account: what is taken, what is refused, who may confirm."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from core import clock
from tests import factories
from tests.factories import TODAY
from tests.ledger import fingerprint
from tests.volunteering.lives import brought_to, fresh
from tests.worlds import told_once
from volunteering.models import Knock, ServiceOrder
from volunteering.operations import request_by_scan
from volunteering.operations.knocking import origin_of
from volunteering.public import orders
from volunteering.states import OrderStatus


def form(item, **values):
    return {
        "item": item.pk, "requester": "赵大娘", "requester_phone": "137 0000 1234", "wanted_on": "2026-11-24",
        "slot": "morning", "requester_address": "3栋", "detail": "买米", "website": "", **values,
    }  # fmt: skip


def place(unit):
    return reverse("public:order", args=[unit.code])


def scanned(item, unit, **values):
    told = {
        "item": item,
        "unit": unit,
        "requester": "赵大娘",
        "requester_phone": "13700001234",
        "wanted_on": TODAY,
    }
    return request_by_scan(values={**told, **values}, today=TODAY)


def test_an_order_is_taken_at_the_place_and_waits_on_its_desk(client, item, community, branch):
    assert "物品代购" in client.get(place(community)).content.decode()
    answer = client.post(place(community), form(item))
    order = ServiceOrder.objects.get()

    assert (order.status, order.channel, order.unit, order.desk) == ("waiting", "scan", community, community)
    assert order.get_sealed("sealed_phone") == "13700001234"
    assert answer.context["code"] in answer.content.decode()
    assert "赵大娘" not in answer.content.decode()


def test_a_form_sent_twice_is_one_order(client, item, community, branch):
    sent = form(item, uid=str(client.get(place(community)).context["form"]["uid"].value()))
    first, second = client.post(place(community), sent), client.post(place(community), sent)

    order = ServiceOrder.objects.get()
    assert (first.context["order"], second.context["order"]) == (order, order)
    assert "没有重复点单" in second.content.decode()
    # The answer to the first may never have come.
    assert second.context["code"] == first.context["code"]
    assert not client.get(place(community)).context.get("order")
    # Who went back in her browser mends it, or asks for another one.
    for change in ({"wanted_on": "2026-11-25"}, {"requester_phone": "13700001235"}):
        assert client.post(place(community), {**sent, **change}).context["order"] != order
    assert ServiceOrder.objects.count() == 3


def test_two_sendings_in_one_moment_are_one_order(client, item, community, branch, monkeypatch):
    sent = form(item, uid=str(uuid4()))
    client.post(place(community), sent)
    looks = iter([None, orders._ordered_before])
    monkeypatch.setattr(orders, "_ordered_before", lambda *about: (look := next(looks)) and look(*about))

    answer = client.post(place(community), sent)

    assert (list(looks), ServiceOrder.objects.count()) == ([], 1)
    assert "没有重复点单" in answer.content.decode()


def test_nobody_orders_for_years_ahead(client, item, community, branch):
    answer = client.post(place(community), form(item, wanted_on="2027-11-24"))

    assert answer.context["form"].errors == {"wanted_on": ["希望日期 2027-11-24 太远，请选一年以内的日子"]}
    assert client.post(place(community), form(item, wanted_on="2027-11-23")).context["code"]


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_written(client, item, community, branch):
    before = fingerprint(without=["volunteering_knock"])
    answer = client.post(place(community), form(item, requester_phone="12", wanted_on="2026-11-01"))

    assert answer.context["form"].errors == {
        "wanted_on": ["希望日期 2026-11-01 已过（今天 2026-11-23）"],
        "requester_phone": ["电话“12”不是11位手机号，也不是“区号-号码”的固定电话（如 0874-3123456）"],
    }
    assert fingerprint(without=["volunteering_knock"]) == before


@pytest.mark.parametrize("code", ["530302", "nothing", "x" * 300])
def test_only_a_community_or_below_has_a_form(client, item, community, code):
    answer = client.get(reverse("public:order", args=[code]))
    assert (answer.status_code, "没有这个点单码" in answer.content.decode()) == (404, True)


def test_what_fills_in_everything_is_thanked_and_writes_nothing(client, item, community, branch):
    answer = client.post(place(community), form(item, website="http://spam"))
    assert (answer.status_code, ServiceOrder.objects.count()) == (200, 0)


def test_one_address_and_one_phone_order_only_so_often(client, item, community, branch, monkeypatch):
    for _ in range(3):
        client.post(place(community), form(item))
    answer = client.post(place(community), form(item))
    assert answer.context["form"].errors == {"requester_phone": ["这个电话已有 3 单没有办完，请拨打社区电话"]}
    assert ServiceOrder.objects.count() == 3
    monkeypatch.setattr("volunteering.public.orders.MOST_ORDERS", 4)
    answer = client.post(place(community), form(item, requester_phone="13700009999"))
    assert answer.context["form"].non_field_errors() == ["您今天用得太频繁了，请明天再试，或拨打社区电话"]
    tomorrow = TODAY + timedelta(days=8)
    monkeypatch.setattr(clock, "today", lambda: tomorrow)
    later = form(item, requester_phone="13700009999", wanted_on=tomorrow.isoformat())
    assert "code" in client.post(place(community), later).context
    assert Knock.objects.count() == 1


# Confirming.


@told_once
def reported(item, community, helper):
    """An order by scanning that the helper has done, and its code."""
    order, code = scanned(item, community)
    return brought_to(OrderStatus.REPORTED, order, helper), code


def confirm(client, number, code, **values):
    return client.post(reverse("public:confirm"), {"number": number, "code": code, "website": "", **values})


def test_who_ordered_confirms_by_her_code(client, reported):
    order, code = reported
    confirm(client, order.pk, code, rating="5", feedback="很好")

    order = fresh(order)
    assert (order.status, order.confirmed_as, order.rating, order.feedback) == (
        "closed",
        "requester",
        5,
        "很好",
    )


def test_a_wrong_code_and_an_unknown_number_are_told_the_same(client, reported, item, community):
    order, code = reported
    wrong = "000000" if code != "000000" else "111111"
    by_phone = factories.service_order(item=item, unit=community)
    for number, tried in ((order.pk, wrong), (order.pk + 99, code), (by_phone.pk, code)):
        assert confirm(client, number, tried).context["form"].non_field_errors() == [
            "单号或确认码不对；输错几次后请拨打社区电话确认"
        ]
    assert fresh(order).status == OrderStatus.REPORTED


def test_after_five_wrong_codes_the_right_one_helps_no_more(client, reported):
    order, code = reported
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        confirm(client, order.pk, wrong)
    confirm(client, order.pk, code)

    assert (fresh(order).status, fresh(order).wrong_codes) == (OrderStatus.REPORTED, 5)


def test_what_is_not_done_yet_cannot_be_confirmed(client, item, community, helper):
    order, code = scanned(item, community)
    answer = confirm(client, order.pk, code)
    assert answer.context["form"].non_field_errors() == ["该单现为“待审”，不能确认"]
    assert "value" in client.get(reverse("public:confirm"), {"n": order.pk}).content.decode()


def test_the_code_of_a_place_is_printed_by_who_takes_orders_there(clerk, town, enter):
    factories.service_item(unit=town.district)
    poster = reverse("admin:volunteering_serviceorder_poster")
    listed = clerk.get(poster)
    assert list(listed.context["places"]) == [town.our_community]
    assert "data:image/svg+xml" in clerk.get(poster, {"unit": town.our_community.code}).content.decode()
    assert "places" in clerk.get(poster, {"unit": town.their_community.code}).context
    auditor = enter(factories.account(role="auditor", unit=town.district))
    assert auditor.get(poster).status_code == 403


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("", "unknown", False),
    ],
)
def test_who_has_a_whole_line_of_addresses_is_counted_once(one, other, same):
    assert (origin_of(one) == origin_of(other)) == same
