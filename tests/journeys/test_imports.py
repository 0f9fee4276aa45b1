"""A clerk sends a roster, looks at it, lets the good rows in, and takes them back, without a manual."""

import io
import re

from django.urls import reverse
from openpyxl import load_workbook
from playwright.sync_api import expect

from members.models import Member
from tests.members.sheets import rosters
from tests.members.sheets.errors import HEADER, WRONG, rows_with_errors


def upload(page, live_server, path):
    page.goto(live_server.url + reverse("admin:members_importfile_changelist"))
    page.click("a:has-text('导入名册')")
    page.set_input_files("input[type=file]", path)
    page.click("button:has-text('上传并检查')")
    expect(page).to_have_url(re.compile("/change/$"))


def press(page, act):
    """One of the acts of the page, and its button on the page that it leads to."""
    page.click(f".import-acts a:text-is('{act}')")
    page.click(f"button:text-is('{act}')")
    expect(page).to_have_url(re.compile("/change/$"))


def count(page, fate):
    return page.locator(f".fate-{fate} .fate-count")


def test_a_clerk_sends_thirty_errors_imports_the_good_rows_and_takes_them_back(
    page, live_server, log_in, stage, tmp_path
):
    path = tmp_path / "名册.xlsx"
    path.write_bytes(rosters.book(rows_with_errors(stage["here"], stage["there"]), HEADER))
    before = Member.objects.on_roster().count()
    log_in("street")

    upload(page, live_server, path)
    expect(count(page, "faulty")).to_have_text(str(len(WRONG)))
    expect(page.locator(".rows tbody tr")).to_have_count(len(WRONG))
    with page.expect_download() as workbook:
        page.click("a:has-text('下载批注过的原表')")
    sheet = load_workbook(io.BytesIO(workbook.value.path().read_bytes())).active
    assert sum(bool(cell.comment) for row in sheet.iter_rows() for cell in row) >= 30
    assert Member.objects.on_roster().count() == before

    press(page, "导入")
    expect(page.locator("body")).to_contain_text("已导入 2 行")
    expect(page.locator("body")).to_contain_text(f"另有 {len(WRONG)} 行没有导入")
    assert Member.objects.on_roster().count() == before + 2

    imported = page.url
    upload(page, live_server, path)
    expect(count(page, "unchanged")).to_have_text("2")
    expect(count(page, "new")).to_have_text("0")

    page.goto(imported)
    press(page, "撤销这次导入")
    expect(page.locator("body")).to_contain_text("名册恢复原样")
    assert Member.objects.on_roster().count() == before


def test_a_clerk_takes_the_roster_out(page, live_server, log_in, stage):
    log_in("community")
    page.goto(live_server.url + reverse("admin:members_member_changelist"))
    page.click("a:has-text('导出这份名册')")
    with page.expect_download() as roster:
        page.click("button:has-text('导出')")

    assert roster.value.suggested_filename.endswith(".xlsx")
