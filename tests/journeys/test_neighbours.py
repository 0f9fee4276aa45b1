"""A grid matter from its report to its end; a visit, and the order that it becomes."""

from datetime import timedelta

from django.urls import reverse
from playwright.sync_api import expect

from core import clock
from tests import factories
from tests.journeys.conftest import PHONE
from tests.journeys.test_dispatch import press, send
from tests.journeys.test_first_jobs import choose
from volunteering.models import GridMatter, ServiceOrder, Visit


def said(page, words):
    """What the page says after a deed; waited for."""
    expect(page.locator("body")).to_contain_text(words)


def test_a_community_takes_a_report_gives_it_to_somebody_and_settles_it(page, live_server, log_in, stage):
    log_in("community")
    page.goto(live_server.url + reverse("admin:volunteering_gridmatter_desk"))
    page.get_by_role("link", name="上报事项").click()
    page.fill("input[name=subject]", "3栋楼道灯不亮")
    page.select_option("select[name=kind]", "public")
    choose(page, "unit", "文笔社区")
    with page.expect_navigation():
        page.click("button[name=_save]")

    page.goto(live_server.url + reverse("admin:volunteering_gridmatter_desk"))
    page.locator(".desk-part", has_text="待受理").get_by_role("link", name="3栋楼道灯不亮").click()
    press(page, "take")
    send(page)
    said(page, "已受理，请分派承办人")
    press(page, "assign")
    choose(page, "handler", "王秀英")
    send(page)
    said(page, "已分派给“王秀英”")
    press(page, "settle")
    page.fill("textarea[name=outcome]", "灯已换好")
    send(page)
    said(page, "已办结，请回访反映人")

    matter = GridMatter.objects.get()
    assert (matter.status, matter.handler, matter.outcome) == ("settled", stage["people"][0], "灯已换好")
    page.goto(live_server.url + reverse("admin:volunteering_gridmatter_desk"))
    expect(page.locator(".desk-part", has_text="待回访")).to_contain_text("3栋楼道灯不亮")


def looked_after(stage):
    """赵大娘 in 3栋, on whom 王秀英 should have looked in long ago."""
    factories.service_item(unit=stage["district"], name="物品代购")
    home = factories.household(building=factories.building(unit=stage["community"], name="3栋"))
    since = clock.today() - timedelta(days=200)
    return factories.pairing(household=home, member=stage["people"][0], since=since, override="同一小区")


def test_a_visit_is_told_from_the_list_and_what_it_found_becomes_an_order(page, live_server, log_in, stage):
    pairing = looked_after(stage)
    page.set_viewport_size(PHONE)
    log_in("secretary")
    page.goto(live_server.url + reverse("admin:volunteering_household_visits"))
    expect(page.locator("body")).to_contain_text("3栋")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    with page.expect_navigation():
        page.locator(f"a[href*='/pairing/{pairing.pk}/visit/']").first.click()
    page.select_option("select[name=found]", "needs")
    page.fill("textarea[name=finding]", "没有米了")
    send(page)
    said(page, "待他人核实")

    visit = Visit.objects.get()
    page.goto(live_server.url + reverse("admin:volunteering_visit_order", args=[visit.pk]))
    page.select_option("select[name=item]", label="物品代购")
    send(page)
    said(page, "已转为物品代购")

    visit.refresh_from_db()
    assert visit.order == ServiceOrder.objects.get()
    assert visit.order.get_sealed("sealed_requester") == "赵大娘"
