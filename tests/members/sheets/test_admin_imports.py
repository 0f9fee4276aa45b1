"""A clerk does it all in the browser's pages: send, look, explain, apply, have the workbook, undo."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from core.models import AuditEntry
from members.models import ImportFile, Member
from members.operations import MemberChanges, amend_member
from tests import factories
from tests.core.reading import files
from tests.factories import TODAY
from tests.members.sheets import rosters
from tests.office import told


@pytest.fixture
def clerk(desk, client):
    client.force_login(desk.clerk, backend="branches.gates.AppointmentBackend")
    return client


def url(name, *numbers):
    return reverse(f"admin:members_importfile_{name}", args=numbers)


def send(clerk, desk, content, name="名册.xlsx", **other):
    body = {"file": SimpleUploadedFile(name, content), "kind": "members", "unit": desk.street.pk,
            "since": "2020-01-01", **other}  # fmt: skip
    return clerk.post(url("add"), body, follow=True)


def act(clerk, name, **values):
    file = ImportFile.objects.get()
    return clerk.post(url(name, file.pk), {"version": file.version, **values}, follow=True)


def test_a_file_is_sent_looked_at_applied_and_undone(clerk, desk):
    response = send(clerk, desk, rosters.book(rosters.people(3, desk.branch)))
    assert "新增" in response.text
    assert [row["title"] for row in response.context["rows"]] == [
        rosters.person(number, desk.branch)["姓名"] for number in (1, 2, 3)
    ]
    assert Member.objects.count() == 0

    assert told(act(clerk, "apply", how="all")) == ["已导入 3 行"]
    assert Member.objects.count() == 3
    assert told(act(clerk, "undo")) == ["已撤销"]
    assert Member.objects.registered().count() == 0
    assert "名册恢复原样" in clerk.get(url("change", ImportFile.objects.get().pk)).text


def test_after_an_undo_the_rows_that_stayed_are_shown_first(clerk, desk):
    bad = rosters.person(5, desk.branch) | {"性别": "未定"}
    people = rosters.people(2, desk.branch)
    send(clerk, desk, rosters.book([*people, bad]))
    act(clerk, "apply", how="good")
    first = Member.objects.get(name=people[0]["姓名"])
    amend_member(member=first, changes=MemberChanges({"address": "新巷"}), by=None, today=TODAY)

    page = act(clerk, "undo")

    assert [row["title"] for row in page.context["rows"]] == [first.name]
    assert "有 1 行此后又有变动" in page.text
    assert [(fate, count) for fate, _, _, count in page.context["tiles"]] == [
        ("stays", 1),
        ("faulty", 1),
        ("conflicting", 0),
        ("changed", 0),
        ("new", 2),
        ("unchanged", 0),
    ]
    faulty = clerk.get(url("change", ImportFile.objects.get().pk), {"fate": "faulty"})
    assert [row["title"] for row in faulty.context["rows"]] == [bad["姓名"]]


def test_a_bad_row_is_shown_and_only_the_good_ones_are_offered(clerk, desk):
    rows = [*rosters.people(2, desk.branch), rosters.person(5, desk.branch) | {"性别": "未定"}]
    response = send(clerk, desk, rosters.book(rows))

    assert [row["faults"] for row in response.context["rows"]] == [
        ["性别“未定”无法识别，可写：男、女、男性、女性"]
    ]
    form = clerk.get(url("apply", ImportFile.objects.get().pk)).context["form"]
    assert form.fields["how"].choices == [("good", "只导入正确的 2 行，跳过其余 1 行")]
    response = act(clerk, "apply", how="good")
    assert told(response) == ["已导入 2 行"]
    assert "另有 1 行没有导入" in response.text
    assert Member.objects.count() == 2


def test_with_nothing_to_import_it_is_not_offered(clerk, desk):
    response = send(clerk, desk, rosters.book([rosters.person(1, desk.branch) | {"性别": "未定"}]))

    assert [act.label for act, _ in response.context["acts"]] == ["放弃这个文件"]


def test_a_roster_without_branches_goes_where_the_form_says(clerk, desk):
    nowhere = rosters.book([rosters.person(1, desk.branch) | {"所在党支部": ""}])

    response = send(clerk, desk, nowhere, branch=desk.second.pk)

    assert f"没写党支部的登记到 {desk.second}" in response.text
    assert ImportFile.objects.get().counted("new") == 1


def test_the_workbook_is_downloaded_with_its_comments(clerk, desk):
    send(clerk, desk, rosters.book([rosters.person(1, desk.branch) | {"性别": "未定"}]))

    response = clerk.get(url("workbook", ImportFile.objects.get().pk))

    sheet = load_workbook(io.BytesIO(response.content)).worksheets[0]
    assert "无法识别" in sheet["C2"].comment.text
    assert response["Content-Disposition"].startswith("attachment")
    assert AuditEntry.objects.get(verb="importfile.downloaded").by == desk.clerk


def test_an_unknown_header_is_explained_on_a_page(clerk, desk):
    row = rosters.person(1, desk.branch) | {"门牌": "九号"}
    response = send(clerk, desk, rosters.book([row], [*rosters.HEADER[:-1], "门牌"]))
    assert response.context["unknown"] == ["门牌"]

    response = act(clerk, "mapping", header0="address")

    assert response.context["unknown"] == []
    act(clerk, "apply", how="all")
    assert Member.objects.get().address == "九号"


def test_what_cannot_be_read_is_said_on_the_page(clerk, desk):
    response = send(clerk, desk, b"<html>", "名册.xls")

    assert "其实是网页" in response.text
    assert response.context["tiles"] == []


def test_a_fault_says_its_column_and_a_row_its_sheet(clerk, desk):
    one, other = ([rosters.HEADER, list(rosters.person(number, desk.branch).values())] for number in (1, 3))
    other[1][rosters.HEADER.index("出生日期")] = "58.7.12"
    other.append(one[1])
    response = send(clerk, desk, files.xlsx(("一支部", one), ("二支部", other)))

    assert [(row["sheet"], row["faults"]) for row in response.context["rows"]] == [
        ("二支部", ["出生日期：“58.7.12”的年份只有两位，请写成四位年份，如 1958-07-12"]),
        ("二支部", ["公民身份号码：身份证号与工作表“一支部”第 2 行重复"]),
    ]
    assert "二支部 2" in response.text


def test_a_file_can_be_given_up(clerk, desk):
    send(clerk, desk, rosters.book(rosters.people(1, desk.branch)))

    assert told(act(clerk, "cancel")) == ["已取消“名册.xlsx”，没有写入任何内容"]
    response = clerk.get(url("workbook", ImportFile.objects.get().pk), follow=True)
    assert told(response) == ["文件正在检查，或已不再保存，不能下载"]


def test_evidence_is_asked_where_a_disputed_fact_would_change(clerk, desk):
    person = rosters.person(1, desk.branch)
    desk.apply(desk.send_rows(person))
    ImportFile.objects.all().delete()
    send(clerk, desk, rosters.book([person | {"加入党组织日期": "1979-06"}]))

    response = act(clerk, "apply", how="all")
    assert "须写明依据" in response.context["form"].errors["evidence"][0]
    assert act(clerk, "apply", how="all", evidence="据" * 201).context["form"].errors.keys() == {"evidence"}
    longest = "据" * 200
    assert told(act(clerk, "apply", how="all", evidence=longest)) == ["已导入 1 行"]
    assert AuditEntry.objects.filter(reason__endswith=longest).exists()


def test_a_first_day_to_come_and_a_missing_file_are_refused_in_the_form(clerk, desk):
    body = {
        "file": SimpleUploadedFile("x.csv", b"x"),
        "kind": "members",
        "unit": desk.street.pk,
        "since": "2030-01-01",
    }
    response = clerk.post(url("add"), body)
    assert "在今天" in response.context["form"].errors["since"][0]

    response = clerk.post(
        url("add"), {"kind": "members", "unit": desk.other_street.pk, "since": "2020-01-01"}
    )
    assert set(response.context["form"].errors) == {"file", "unit"}
    assert ImportFile.objects.count() == 0


def test_a_large_file_is_left_to_the_worker_and_its_progress_asked(clerk, desk, monkeypatch):
    monkeypatch.setattr("members.operations.imports.AT_ONCE_BYTES", 10)
    response = send(clerk, desk, rosters.book(rosters.people(2, desk.branch)))
    file = ImportFile.objects.get()
    assert (file.state, "hx-get" in response.text) == ("checking", True)

    ImportFile.objects.update(done=50, total=200)
    response = clerk.get(url("progress", file.pk))
    assert "已处理 50 / 200 行（25%）" in response.text
    assert "HX-Refresh" not in response
    assert told(act(clerk, "cancel")) == ["正在停止，不会留下任何内容"]
    ImportFile.objects.update(state="cancelled")
    assert clerk.get(url("progress", file.pk))["HX-Refresh"] == "true"


def test_nobody_else_sees_or_touches_the_file(clerk, desk, client):
    send(clerk, desk, rosters.book(rosters.people(1, desk.branch)))
    file = ImportFile.objects.get()
    client.force_login(
        factories.account(role="street_clerk", unit=desk.other_street),
        backend="branches.gates.AppointmentBackend",
    )

    for name in ("change", "apply", "undo", "cancel", "mapping", "workbook", "progress"):
        assert client.get(url(name, file.pk)).status_code == 302, name
    assert client.post(url("apply", file.pk), {"version": 1, "how": "all"}).status_code == 302
    client.force_login(
        factories.account(role="branch_secretary", branch=desk.branch),
        backend="branches.gates.AppointmentBackend",
    )
    assert client.get(url("add")).status_code == 403
    assert client.get(url("changelist")).status_code == 403
