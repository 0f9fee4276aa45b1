"""A community goes to another street by the wizard, and the figures of last year have not moved."""

import json
import re

from django.urls import reverse
from playwright.sync_api import expect

from branches.models import Unit
from reorganisations.models import Plan
from tests.journeys.conftest import PHONE
from tests.journeys.test_first_jobs import choose

LAST_YEAR = "2025-12-31"


def figures(page, live_server, unit, on):
    """What the API gives as the unit's figures on a day, byte for byte."""
    answer = page.request.get(
        f"{live_server.url}/api/v1/statistics/rollup/?unit={unit.code}&on={on}&depth=4&tree=then"
    )
    assert answer.status == 200
    return answer.text()


def total(text):
    return json.loads(text)["indicators"]["members.roster"]["total"]


def move_by_the_wizard(page, live_server, community, street):
    """From the community's own page to the confirmed act."""
    page.goto(live_server.url + reverse("admin:branches_unit_change", args=[community.pk]))
    page.get_by_role("link", name="组织变动").last.click()
    page.get_by_role("link", name="迁移").click()
    choose(page, "to_unit", street.name)
    page.fill("input[name=document]", "麒政复〔2026〕18号")
    page.get_by_role("button", name="试算").click()
    page.wait_for_selector("text=数字，办理前 → 办理后")


def test_a_community_moves_to_another_street_and_last_year_stays(page, live_server, log_in, stage):
    log_in("district")
    community, goal = stage["community"], stage["other_street"]
    places = (stage["district"], stage["street"], goal, community)
    before = [figures(page, live_server, place, LAST_YEAR) for place in places]

    move_by_the_wizard(page, live_server, community, goal)
    compared = page.locator(".figures-compared")
    expect(compared).to_contain_text("4 → 0")
    expect(compared).to_contain_text("1 → 5")
    page.get_by_role("button", name="确认办理").click()
    page.wait_for_url(re.compile(r"/reorganisations/plan/\d+/change/$"))

    assert Unit.objects.get(pk=community.pk).parent == goal
    assert [figures(page, live_server, place, LAST_YEAR) for place in places] == before
    today = str(Plan.objects.get().effective_on)
    assert [total(figures(page, live_server, place, today)) for place in places] == [5, 0, 5, 4]

    page.get_by_role("link", name="撤回").first.click()
    page.get_by_role("button", name="撤回").click()
    page.wait_for_selector("text=一切恢复到办理之前")
    assert Unit.objects.get(pk=community.pk).parent == stage["street"]


def test_a_clerk_on_her_phone_is_told_what_is_in_the_way(page, live_server, log_in, stage):
    page.set_viewport_size(PHONE)
    log_in("street")
    page.goto(
        f"{live_server.url}{reverse('admin:reorganisations_plan_add')}"
        f"?what=branch-close&branches={stage['here'].pk}"
    )
    page.get_by_role("button", name="试算").click()
    page.wait_for_selector("text=不能办理，原因如下")

    expect(page.locator(".refusals")).to_contain_text("还有 4 名党员")
    expect(page.get_by_role("button", name="确认办理")).to_have_count(0)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]
