"""A dispatcher takes a phone order and brings it to completion."""

from django.urls import reverse
from playwright.sync_api import expect

from tests import factories
from tests.journeys.conftest import PHONE
from tests.journeys.test_first_jobs import choose
from volunteering.models import HourEntry, ServiceOrder


def press(page, name):
    """Open a move of the order from its page; on a phone the moves are behind a menu."""
    with page.expect_navigation():
        page.locator(f"a[href*='/{name}/']").first.click()


def send(page):
    with page.expect_navigation():
        page.click("#act_form button[type=submit]")


def volunteer(stage):
    """王秀英 serves in the team of her branch."""
    team = factories.team(branch=stage["here"], name="文笔银发先锋志愿服务队")
    factories.team_membership(team=team, member=stage["people"][0])
    return stage["people"][0]


def take_order(page):
    """From the desk: write down what was said on the phone."""
    page.get_by_role("link", name="登记电话点单").click()
    choose(page, "item", "物品代购")
    choose(page, "unit", "文笔社区")
    page.fill("input[name=requester]", "赵大娘")
    page.fill("input[name=requester_phone]", "137 0000 1234")
    with page.expect_navigation():
        page.click("button[name=_save]")


def pick(page, value):
    page.check(f"input[name=to][value='{value}']")
    send(page)


def test_a_dispatcher_takes_a_phone_order_to_completion(page, live_server, log_in, stage):
    helper, desk = volunteer(stage), live_server.url + reverse("admin:volunteering_serviceorder_desk")
    factories.service_item(unit=stage["district"], name="物品代购")
    log_in("community")
    page.goto(desk)
    take_order(page)

    page.goto(desk)
    page.locator(".desk-part", has_text="待派").get_by_role("link", name="物品代购").first.click()
    press(page, "dispatch")
    expect(page.locator("#act_form")).to_contain_text("王秀英")
    pick(page, f"m{helper.pk}")
    press(page, "accept")
    pick(page, helper.pk)
    press(page, "start")
    send(page)
    press(page, "complete")
    # Over at any hour at which this runs.
    page.fill("input[name=began]", "00:00")
    page.fill("input[name=ended]", "00:01")
    send(page)
    press(page, "confirm")
    page.select_option("select[name=rating]", "5")
    send(page)

    order = ServiceOrder.objects.get()
    assert (order.status, order.member, order.rating) == ("closed", helper, 5)
    assert HourEntry.objects.get().minutes == 1
    expect(page.locator("body")).to_contain_text("服务完成")


def test_a_secretary_answers_for_her_helper_on_a_phone(page, live_server, log_in, stage):
    helper = volunteer(stage)
    item = factories.service_item(unit=stage["district"])
    order = factories.service_order(item=item, unit=stage["community"])
    page.set_viewport_size(PHONE)
    log_in("secretary")
    page.goto(live_server.url + reverse("admin:volunteering_serviceorder_dispatch", args=[order.pk]))
    pick(page, f"m{helper.pk}")
    page.goto(live_server.url + reverse("admin:volunteering_serviceorder_decline", args=[order.pk]))
    send(page)

    order.refresh_from_db()
    assert (order.status, order.member) == ("waiting", None)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
