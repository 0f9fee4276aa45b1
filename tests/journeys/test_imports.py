"""A clerk sends a roster, looks at it, lets the good rows in, and takes them back, without a manual."""

from django.urls import reverse
from playwright.sync_api import expect

from members.models import Member
from tests.members.sheets import rosters


def upload(page, live_server, path):
    page.goto(live_server.url + reverse("admin:members_importfile_add"))
    page.set_input_files("input[type=file]", path)
    page.click("button:has-text('上传并检查')")
    page.wait_for_url("**/change/")


def test_a_clerk_imports_the_good_rows_and_undoes_them(page, live_server, log_in, stage, tmp_path):
    rows = [*rosters.people(3, stage["here"]), rosters.person(9, stage["here"]) | {"性别": "未定"}]
    path = tmp_path / "名册.xlsx"
    path.write_bytes(rosters.rollup(rows))
    before = Member.objects.on_roster().count()
    log_in("street")
    page.goto(live_server.url + reverse("admin:members_importfile_changelist"))
    upload(page, live_server, path)

    expect(page.locator("body")).to_contain_text("性别“未定”无法识别")
    with page.expect_download() as workbook:
        page.click("a:has-text('下载批注过的原表')")
    assert workbook.value.suggested_filename == "名册_检查结果.xlsx"

    page.click(".import-acts a:text-is('导入')")
    expect(page.locator("body")).to_contain_text("只导入正确的 3 行")
    page.click("button:text-is('导入')")
    page.wait_for_url("**/change/")
    expect(page.locator(".import-acts")).to_contain_text("撤销这次导入")
    assert Member.objects.on_roster().count() == before + 3

    imported = page.url
    upload(page, live_server, path)
    expect(page.locator(".fate-unchanged")).to_contain_text("3")
    expect(page.locator(".fate-new .fate-count")).to_have_text("0")

    page.goto(imported)
    page.click(".import-acts a:has-text('撤销这次导入')")
    page.click("button:has-text('撤销这次导入')")
    page.wait_for_url("**/change/")
    expect(page.locator("body")).to_contain_text("名册恢复原样")
    assert Member.objects.on_roster().count() == before


def test_a_clerk_takes_the_roster_out(page, live_server, log_in, stage):
    log_in("community")
    page.goto(live_server.url + reverse("admin:members_member_changelist"))
    page.click("a:has-text('导出这份名册')")
    with page.expect_download() as roster:
        page.click("button:has-text('导出')")

    assert roster.value.suggested_filename.endswith(".xlsx")
