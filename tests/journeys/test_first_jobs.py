"""Each role logs in and does its first job."""

from datetime import date

from django.urls import reverse
from playwright.sync_api import expect

from members.models import Member
from tests import factories
from tests.journeys.conftest import PHONE


def open_list(page, live_server, name, query=""):
    page.goto(f"{live_server.url}{reverse(name)}{query}")
    return page.locator("#result_list")


def choose(page, field, text):
    """Pick the first hit of an autocomplete field."""
    page.click(f"#id_{field} + .select2 .select2-selection")
    page.fill(".select2-container--open .select2-search__field", text)
    page.click(f".select2-results__option:has-text('{text}')")


def test_staff_register_a_member_and_find_her_by_pinyin_initials(page, live_server, log_in, stage):
    log_in("community")
    page.goto(live_server.url + reverse("admin:members_member_add"))
    page.fill("input[name=name]", "查良芬")
    page.fill("input[name=id_number]", factories.id_number(7, born=date(1951, 3, 8), sex="F"))
    page.select_option("select[name=sex]", "F")
    page.fill("input[name=birth_on]", "1951-03")
    page.fill("input[name=joined_on]", "1972年5月")
    choose(page, "branch", "文笔社区离退休第一支部")
    page.fill("input[name=since]", "2024-06-01")
    page.click("button[name=_save]")
    page.wait_for_url(f"**{reverse('admin:members_member_changelist')}**")

    rows = open_list(page, live_server, "admin:members_member_changelist", "?q=zlf")

    expect(rows).to_contain_text("查良芬")
    expect(rows).not_to_contain_text("王秀英")
    assert Member.objects.get(name="查良芬").branch == stage["here"]


def test_a_box_that_finds_nothing_says_so_in_chinese(page, live_server, log_in, stage):
    log_in("community")
    page.goto(live_server.url + reverse("admin:members_member_add"))
    page.click("#id_branch + .select2 .select2-selection")
    page.fill(".select2-container--open .select2-search__field", "没有这样的支部")

    expect(page.locator(".select2-results")).to_contain_text("未找到结果")


def test_a_wrong_check_digit_is_refused_in_its_field_and_nothing_is_written(page, live_server, log_in, stage):
    log_in("community")
    page.goto(live_server.url + reverse("admin:members_member_add"))
    page.fill("input[name=name]", "查良芬")
    page.fill("input[name=id_number]", "110105194912310021")
    page.select_option("select[name=sex]", "F")
    choose(page, "branch", "文笔社区离退休第一支部")
    page.fill("input[name=since]", "2024-06-01")
    page.click("button[name=_save]")

    expect(page.locator("body")).to_contain_text("校验位")
    expect(page.locator("input[name=name]")).to_have_value("查良芬")
    assert not Member.objects.filter(name="查良芬").exists()


def test_a_secretary_sees_only_her_branch_on_her_phone(page, live_server, log_in, stage):
    page.set_viewport_size(PHONE)
    log_in("secretary")
    rows = open_list(page, live_server, "admin:members_member_changelist")

    expect(rows).to_contain_text("王秀英")
    expect(rows).not_to_contain_text(stage["stranger"].name)

    page.goto(live_server.url + reverse("admin:members_member_change", args=[stage["stranger"].pk]))
    expect(page.locator("body")).to_contain_text("没有")
    expect(page.locator("body")).not_to_contain_text(stage["stranger"].name)


def test_a_wrong_phone_number_is_named_above_and_led_to(page, live_server, log_in, stage):
    page.set_viewport_size(PHONE)
    log_in("secretary")
    page.goto(live_server.url + reverse("admin:members_member_change", args=[stage["people"][0].pk]))
    number = page.locator("input[name=phones-0-number]")
    number.fill("138 0874")
    page.click("button[name=_save]")

    link = page.locator("p.errornote a")
    expect(link).to_have_text("号码")
    link.click()
    expect(number).to_be_in_viewport()
    expect(number).to_be_focused()


def test_the_dashboard_opens_to_the_rows_behind_its_figure(page, live_server, log_in, stage):
    log_in("district")
    figure = page.locator(".figure", has_text="在册离退休党员").locator("a.figure-count")
    count = int(figure.inner_text())
    figure.click()
    page.wait_for_url("**/admin/figures/members.roster/**")

    assert count == 5
    expect(page.locator(".rows tbody tr")).to_have_count(count)


def test_an_auditor_reads_and_is_offered_nothing_to_change(page, live_server, log_in, stage):
    log_in("auditor")
    page.goto(live_server.url + reverse("admin:members_member_change", args=[stage["people"][0].pk]))

    expect(page.locator("body")).to_contain_text("王秀英")
    expect(page.locator("button[name=_save]")).to_have_count(0)


def test_the_system_administrator_appoints_and_sees_no_roster(page, live_server, log_in, stage):
    log_in("system")
    page.goto(live_server.url + reverse("admin:core_user_changelist"))
    expect(page.locator("#result_list")).to_contain_text("secretary")

    response = page.goto(live_server.url + reverse("admin:members_member_changelist"))
    assert response.status == 403


def test_staff_find_a_unit_in_the_tree_and_open_it(page, live_server, log_in, stage):
    log_in("district")
    page.goto(live_server.url + reverse("admin:branches_unit_changelist"))
    page.fill("input[name=q]", "文笔")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="文笔社区").first.click()

    expect(page).to_have_url(
        live_server.url + reverse("admin:branches_unit_change", args=[stage["community"].pk])
    )
