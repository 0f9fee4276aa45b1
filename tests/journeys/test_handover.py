"""A community clerk receives a list of 500 in under ten clicks; the faulty ones stay in her hand."""

import re

from django.urls import reverse
from playwright.sync_api import expect

from members.models import HandoverPerson, Member
from tests.factories.handovers import bad_rows, cells, handover
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.test_pages import serious


class Hand:
    """Counts the clicks."""

    def __init__(self, page):
        self.page, self.clicks = page, 0

    def click(self, what):
        self.clicks += 1
        what.click()


def listed(stage):
    """480 people for the clerk's community and 20 rows with something wrong."""
    name = stage["community"].name
    rows = [cells(serial, wanted_unit=name) for serial in range(480)]
    rows += [row if not row.get("wanted_unit") else row | {"wanted_unit": name} for row in bad_rows()[:15]]
    rows += [row | {"wanted_unit": name, "wanted_branch": "没有的支部"} for row in bad_rows()[15:]]
    return handover(stage["district"], *rows)


def test_a_clerk_receives_480_people_in_under_ten_clicks_and_20_stay_in_hand(page, log_in, stage):
    listed(stage)
    log_in("community")
    hand = Hand(page)

    hand.click(page.get_by_role("link", name="移交批次").first)
    hand.click(page.locator("#result_list tbody a").first)
    hand.click(page.get_by_role("link", name="办理接收"))
    expect(page.locator(".tabs")).to_contain_text("待接收 480")
    hand.click(page.get_by_label(re.compile("全选本页")))
    expect(page.locator("#ticked")).to_have_text("已勾选 480 人")
    hand.click(page.locator("#id_branch + .select2 .select2-selection"))
    hand.click(page.locator(".select2-results__option", has_text="文笔社区离退休第一支部"))
    page.set_default_timeout(60_000)
    hand.click(page.get_by_role("button", name="接收勾选的人"))
    page.get_by_text("已接收 480 人").wait_for()

    assert hand.clicks < 10
    assert Member.objects.filter(branch=stage["here"], memberships__began_by="handover").count() == 480
    expect(page.locator(".tabs")).to_contain_text("待更正 20")
    hand.click(page.get_by_role("link", name="待更正 20"))
    expect(page.locator(".people tbody tr")).to_have_count(20)
    expect(page.locator("ul.faults")).to_have_count(20)
    assert HandoverPerson.objects.filter(outcome="faulty").count() == 20
    assert hand.clicks < 10


def test_the_pages_of_a_hand_over_fit_a_phone_and_are_accessible(page, live_server, log_in, stage):
    batch = handover(
        stage["district"],
        *(cells(serial, wanted_unit=stage["community"].name) for serial in range(3)),
        cells(9, wanted_unit=stage["community"].name, phone="1", id_number="110105194912310021"),
    )
    faulty = batch.people.get(outcome="faulty")
    addresses = [
        reverse("admin:members_handover_changelist"),
        reverse("admin:members_handover_change", args=[batch.pk]),
        reverse("admin:members_handover_receive", args=[batch.pk]),
        reverse("admin:members_handover_receive", args=[batch.pk]) + "?outcome=faulty",
        reverse("admin:members_handoverperson_change", args=[faulty.pk]),
        reverse("admin:members_handoverperson_correct", args=[faulty.pk]),
        reverse("admin:members_handoverperson_changelist"),
        reverse("admin:branches_pledge_changelist"),
        reverse("admin:members_secondment_changelist"),
    ]
    wrong = {}
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        page.context.clear_cookies()
        log_in("community")
        for address in addresses:
            response = page.goto(live_server.url + address)
            width, problems = page.evaluate("document.documentElement.scrollWidth"), serious(page)
            if response.status != 200 or width > size["width"] or problems:
                wrong[size["width"], address] = (response.status, width, problems)

    assert wrong == {}, wrong
