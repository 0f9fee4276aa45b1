"""What goes out comes in again without a difference, opens right, and tells no more than it may."""

import io
from datetime import date

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from core.models import AuditEntry
from core.reading import read_table
from core.sheets import csv_file, xlsx
from members.models import Member
from members.operations import MemberChanges, amend_member, save_phones
from tests import factories
from tests.factories import TODAY
from tests.members.sheets import rosters
from tests.members.sheets.conftest import counts, faults
from tests.worlds import told_once

URL = reverse("admin:members_member_export")
CANARIES = ["=1+1", "+86", "-5", "@x", "＝1", "＋1", "'=1", "a,=1", 'say "=1"', " =1", "普通"]


@told_once
def filled(desk):
    """A branch's people with everything that a sheet tells, and one person elsewhere."""
    desk.apply(desk.send_rows(*rosters.people(6, desk.branch), since=date(2019, 1, 1)))
    members = list(Member.objects.order_by("pk"))
    of_branch = {"unit": desk.community, "category": "641", "parent": desk.branch}
    group = factories.branch(name="中共鼓楼第一党小组", founded_on=date(2001, 1, 1), **of_branch)
    members[0].memberships.update(group=group)
    values = {
        "former_name": "王某", "education": "22", "former_title": "科长", "party_age_correction": -6,
        "worked_on": date(1960, 3, 1), "worked_precision": "M", "retired_on": date(1995, 1, 1),
        "retired_precision": "Y", "lost_since": date(2024, 5, 1), "floating_since": date(2023, 2, 3),
        "floating_to": "昆明", "residence": desk.community, "skills": "书法", "note": "备注里有，逗号",
    }  # fmt: skip
    amend_member(member=members[0], changes=MemberChanges(values), by=None, today=TODAY)
    amend_member(
        member=members[1], changes=MemberChanges({"residence": desk.other_community}), by=None, today=TODAY
    )
    phones = [("13800000001", "self", ""), ("0874-3123456", "self", ""), ("13900000009", "child", "王小明")]
    save_phones(member=members[0], phones=phones, by=None)
    for member, text in zip(members[2:], CANARIES, strict=False):
        amend_member(member=member, changes=MemberChanges({"address": text}), by=None, today=TODAY)
    factories.member(branch=desk.foreign, name="李国强")
    return members


@pytest.fixture
def clerk(desk, client):
    client.force_login(desk.clerk, backend="branches.gates.AppointmentBackend")
    return client


def export(browser, query="", **form):
    response = browser.post(URL + query, {"layout": "roster", "kind": "xlsx", **form})
    return response.content


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("whole", [False, True])
def test_an_export_is_imported_without_a_difference(desk, clerk, filled, kind, whole):
    form = {"whole": "on", "reason": "核对名册"} if whole else {}
    file = desk.send(export(clerk, kind=kind, **form), name=f"名册.{kind}")

    assert faults(file) == []
    assert counts(file) == {"unchanged": 6}
    assert file.found["sheets"][0]["unknown"] == []


@pytest.mark.parametrize("layout", ["roster", "rollup"])
def test_who_has_moved_away_is_said_to_have_and_is_no_difference(desk, clerk, filled, layout):
    filled[5].memberships.update(until=TODAY, ended_by="transfer_out")

    content = export(clerk, "?state=all", layout=layout)
    file = desk.send(content)

    assert (faults(file), counts(file)) == ([], {"unchanged": 6})


def test_who_is_said_to_have_moved_away_and_has_not_is_for_a_person_to_decide(desk, clerk, filled):
    content = export(clerk, "?state=all")
    [number] = [filled[5].pk]
    filled[5].memberships.update(until=TODAY, ended_by="transfer_out")
    gone = export(clerk, "?state=all")
    Member.objects.get(pk=number).memberships.update(until=None, ended_by="")

    assert counts(desk.send(content)) == {"unchanged": 6}
    file = desk.send(gone)

    words = f"组织关系现在“{desk.branch}”，与表中不同；转出请办理组织关系转出"
    assert [fault[1:] for fault in faults(file)] == [("condition", words)]


def test_the_national_roll_up_is_imported_without_a_difference(desk, clerk, filled):
    content = export(clerk, layout="rollup", whole="on", reason="上报区委")
    file = desk.send(content)
    assert (faults(file), counts(file)) == ([], {"unchanged": 6})

    sheet = load_workbook(io.BytesIO(content)).active
    assert (sheet["A1"].value, sheet.freeze_panes, sheet.max_column) == ("党员基本信息汇总表", "C5", 20)
    assert sheet["G5"].is_date
    assert sheet["D5"].data_type == "s"
    assert "共 6 人" in sheet[f"A{sheet.max_row}"].value
    merged = {str(cells) for cells in sheet.merged_cells.ranges}
    assert merged == {"A1:T1", "Q3:R3", "S3:T3", *(f"{column}3:{column}4" for column in "ABCDEFGHIJKLMNOP")}
    assert (sheet["D3"].value, sheet["Q3"].value, sheet["R4"].value) == (
        "公民身份证号",
        "失联情况",
        "失去联系日期",
    )


def test_numbers_are_masked_unless_a_reason_is_given_and_both_are_on_record(desk, clerk, filled):
    number = filled[0].get_sealed("id_number")
    masked, whole = export(clerk, kind="csv"), export(clerk, kind="csv", whole="on", reason="医保核对")

    assert (number in masked.decode(), number in whole.decode()) == (False, True)
    assert (b"13800000001" in masked, b"13800000001" in whole) == (False, True)
    assert list(
        AuditEntry.objects.filter(verb="member.exported").order_by("pk").values_list("fields", "reason")
    ) == [
        (["隐去号码"], "本系统名册（可再导入） CSV 6人 隐去号码"),
        (["完整号码"], "本系统名册（可再导入） CSV 6人 完整号码 医保核对"),
    ]
    refused = clerk.post(URL, {"layout": "roster", "kind": "csv", "whole": "on"})
    assert "请写明导出完整号码的事由" in refused.context["form"].errors["reason"][0]


def test_it_is_what_the_screen_shows(desk, clerk, filled):
    assert clerk.get(URL).context["count"] == 6
    assert clerk.get(f"{URL}?flag=lost").context["count"] == 1
    assert "李国强" not in export(clerk, kind="csv").decode()
    (sheet,) = read_table(export(clerk, "?flag=lost"), "x.xlsx")
    assert [line.cells[0] for line in sheet] == ["姓名", filled[0].name]


def test_who_may_not_see_whole_numbers_is_not_asked_and_does_not_get_them(desk, client, filled):
    client.force_login(
        factories.account(role="branch_secretary", branch=desk.branch),
        backend="branches.gates.AppointmentBackend",
    )
    assert set(client.get(URL).context["form"].fields) == {"layout", "kind"}

    content = export(client, kind="csv", whole="on", reason="核对名册").decode()

    assert filled[0].get_sealed("id_number") not in content
    client.force_login(
        factories.account(role="statistics_consumer", unit=desk.street),
        backend="branches.gates.AppointmentBackend",
    )
    assert client.get(URL).status_code == 403


@pytest.mark.parametrize("layout", ["roster", "rollup"])
def test_who_may_reveal_no_number_gets_no_digit_of_it_beside_the_birth_date(desk, client, filled, layout):
    client.force_login(
        factories.account(role="branch_secretary", branch=desk.branch),
        backend="branches.gates.AppointmentBackend",
    )

    content = export(client, layout=layout)

    (sheet,) = read_table(content, "x.xlsx")
    rows = [line.cells for line in sheet]
    titles = {"公民身份号码", "公民身份证号"}
    column = next(place for cells in rows for place, cell in enumerate(cells) if cell in titles)
    told = [cells[column] for cells in rows if filled[0].name in cells or filled[1].name in cells]
    assert told == ["已登记", "已登记"]
    assert not {f"****{member.id_last4}" for member in filled} & {
        cells[column] for cells in rows if len(cells) > column
    }
    file = desk.send(content)
    assert (faults(file), counts(file)) == ([], {"unchanged": 6})


def test_what_cannot_be_given_is_refused(desk, clerk, filled, monkeypatch):
    response = clerk.post(URL, {"layout": "rollup", "kind": "csv"})
    assert "只能导出为 Excel" in response.context["form"].errors["kind"][0]
    monkeypatch.setattr("members.operations.exports.MOST_IN_A_SHEET", 5)
    response = clerk.post(URL, {"layout": "roster", "kind": "xlsx"})
    assert "请选 CSV" in response.context["form"].errors["kind"][0]
    monkeypatch.setattr("members.operations.exports.MOST_IN_A_ROLLUP", 5)
    response = clerk.post(URL, {"layout": "rollup", "kind": "xlsx"})
    assert response.context["form"].errors == {"layout": ["全国汇总表一次最多 5 人，请先筛选出一部分"]}


@pytest.mark.parametrize("make", [csv_file, xlsx])
def test_text_that_looks_like_a_formula_is_inert_and_comes_back_as_it_was(make):
    content = make(["甲", "乙"], [[text, "x"] for text in CANARIES])

    (sheet,) = read_table(content, "x.csv" if make is csv_file else "x.xlsx")
    assert [line.cells[0] for line in sheet][1:] == CANARIES
    if make is xlsx:
        assert {cell.data_type for cell in load_workbook(io.BytesIO(content)).active["A"]} == {"s"}
    else:
        assert not any(
            cell.startswith(("=", "+", "-", "@", "＝")) for cell in content.decode("utf-8-sig").split("\r\n")
        )


@pytest.mark.parametrize("kind", ["members", "branches"])
def test_a_template_offers_what_may_be_picked_and_is_read_back(desk, clerk, kind):
    response = clerk.get(reverse("admin:members_importfile_template", args=[kind]))

    book = load_workbook(io.BytesIO(response.content))
    sheet = book["名册"]
    assert len(sheet.data_validations.dataValidation) >= 4
    assert book["选项"].sheet_state == "hidden"
    listed = {cell.value for row in book["选项"].iter_rows() for cell in row}
    assert (desk.foreign.name in listed) is False
    assert (desk.branch.name in listed) is (kind == "members")
    assert desk.send(response.content, kind=kind).found["counts"] == dict.fromkeys(
        ["new", "changed", "unchanged", "conflicting", "faulty"], 0
    )


def test_a_template_of_nothing_known_is_not_there(clerk):
    assert clerk.get("/admin/members/importfile/template/cats/").status_code == 404
