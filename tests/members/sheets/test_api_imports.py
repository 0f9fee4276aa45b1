"""A program sends a roster, reads what was found row by row, applies it and undoes it."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from core.models import AuditEntry
from members.models import Member
from tests import factories
from tests.callers import Caller, refusals, unnumbered, words
from tests.members.sheets import rosters
from tests.worlds import told_once


@told_once
def program(desk):
    return Caller(desk.clerk)


def send(program, desk, rows, **other):
    body = {"file": SimpleUploadedFile("名册.xlsx", rosters.book(rows)), "unit": desk.street.pk, **other}
    return program.client.post("/api/v1/imports/", body, format="multipart")


def test_a_dry_run_then_apply_then_undo(program, desk):
    response = send(program, desk, rosters.people(2, desk.branch))
    assert response.status_code == 201, response.json()
    shown = response.json()
    assert (shown["state"], shown["counts"]["new"]) == ("checked", 2)
    path = f"imports/{shown['id']}/"
    assert program.get(path).json() == shown

    applied = program.post(f"{path}apply/", {}, If_Match=response["ETag"])
    assert (applied.status_code, applied.json()["state"], Member.objects.count()) == (200, "applied", 2)
    undone = program.post(f"{path}undo/", {}, If_Match=applied["ETag"])
    assert (undone.json()["state"], Member.objects.registered().count()) == ("undone", 0)


def test_each_row_is_told_with_its_place_and_its_faults(program, desk):
    rows = [rosters.person(1, desk.branch), rosters.person(3, desk.branch) | {"性别": "未定"}]
    path = f"imports/{send(program, desk, rows).json()['id']}/"

    page = program.get(f"{path}rows/", fate="faulty").json()

    assert page["count"] == 1
    fault = {"column": "sex", "header": "性别", "detail": "性别“未定”无法识别，可写：男、女、男性、女性"}
    assert page["results"] == [
        {
            "sheet": "党员",
            "row": 3,
            "fate": "faulty",
            "name": rows[1]["姓名"],
            "matched_by": "",
            "faults": [fault],
            "warnings": [],
            "changes": [],
            "left_out": [],
        }
    ]
    sheet = load_workbook(io.BytesIO(program.get(f"{path}workbook/").content)).worksheets[0]
    assert sheet["C3"].comment is not None


def test_a_workbook_given_out_is_on_record_and_one_refused_is_not(program, desk):
    path = f"imports/{send(program, desk, rosters.people(1, desk.branch)).json()['id']}/"
    given = AuditEntry.objects.filter(verb="importfile.downloaded")
    other = Caller(factories.account(role="street_clerk", unit=desk.other_street))
    assert other.get(f"{path}workbook/").status_code == 404
    assert not given.exists()

    assert program.get(f"{path}workbook/").status_code == 200

    entry = given.get()
    assert (entry.by, entry.fields, entry.place) == (desk.clerk, ["content"], desk.street.path)
    program.post(f"{path}cancel/", {}, If_Match=program.get(path)["ETag"])
    assert refusals(program.get(f"{path}workbook/"))[0] == 400
    assert given.count() == 1


def test_with_a_bad_row_only_the_good_ones_go_in_when_that_is_said(program, desk):
    rows = [rosters.person(1, desk.branch), rosters.person(3, desk.branch) | {"性别": "未定"}]
    sent = send(program, desk, rows)
    path = f"imports/{sent.json()['id']}/"

    assert words(program.post(f"{path}apply/", {}, If_Match=sent["ETag"]))[1] == [
        "还有 1 行有错误或冲突；请改正后重新上传，或选择“只导入正确的行”"
    ]
    assert (
        program.post(f"{path}apply/", {"only_good": True}, If_Match=sent["ETag"]).json()["state"] == "applied"
    )
    assert program.get("imports/", state="applied").json()["count"] == 1


def test_headers_are_explained_and_a_file_given_up(program, desk):
    header = [*rosters.HEADER[:-1], "门牌"]
    content = rosters.book([rosters.person(1, desk.branch) | {"门牌": "九号"}], header)
    body = {"file": SimpleUploadedFile("名册.xlsx", content), "unit": desk.street.pk}
    sent = program.client.post("/api/v1/imports/", body, format="multipart")
    path = f"imports/{sent.json()['id']}/"
    assert sent.json()["unknown"] == ["门牌"]

    wrong = program.post(f"{path}mapping/", {"mapping": {"门牌": "door"}}, If_Match=sent["ETag"])
    assert refusals(wrong) == (400, [("invalid", "mapping")])
    right = program.post(f"{path}mapping/", {"mapping": {"门牌": "address"}}, If_Match=sent["ETag"])
    assert right.json()["unknown"] == []
    assert program.post(f"{path}cancel/", {}, If_Match=right["ETag"]).json()["state"] == "cancelled"
    assert refusals(program.get(f"{path}workbook/"))[0] == 400


def test_what_is_wrong_with_the_request_is_named(program, desk):
    assert refusals(program.post("imports/", {"unit": desk.street.pk})) == (400, [("required", "file")])
    assert refusals(send(program, desk, [], unit=desk.other_street.pk))[1] == [("does_not_exist", "unit")]
    assert refusals(send(program, desk, [], kind="cats"))[1] == [("invalid_choice", "kind")]
    sent = send(program, desk, rosters.people(1, desk.branch))
    path = f"imports/{sent.json()['id']}/"
    assert program.post(f"{path}apply/", {}).status_code == 428
    assert program.post(f"{path}apply/", {}, If_Match='"v99"').status_code == 412
    assert program.delete(path).status_code == 405


def test_another_street_s_program_finds_nothing(program, desk):
    path = f"imports/{send(program, desk, rosters.people(1, desk.branch)).json()['id']}/"
    other = Caller(factories.account(role="street_clerk", unit=desk.other_street))

    assert other.get("imports/").json()["count"] == 0
    for each in ("", "rows/", "workbook/"):
        assert other.get(path + each).status_code == 404
    assert other.post(f"{path}apply/", {}, If_Match='"v2"').status_code == 404


def test_the_branch_of_rows_that_name_none_is_one_within_reach(program, desk):
    nowhere = [rosters.person(1, desk.branch) | {"所在党支部": ""}]

    sent = send(program, desk, nowhere, branch=desk.second.pk)
    assert (sent.status_code, sent.json()["counts"]["new"]) == (201, 1)
    program.post(f"imports/{sent.json()['id']}/apply/", {}, If_Match=sent["ETag"])
    assert Member.objects.get().branch == desk.second

    foreign, unknown = (
        send(program, desk, nowhere, branch=number) for number in (desk.foreign.pk, desk.foreign.pk + 999)
    )
    assert refusals(foreign) == refusals(unknown) == (400, [("does_not_exist", "branch")])
    assert unnumbered(foreign, desk.foreign.pk) == unnumbered(unknown, desk.foreign.pk + 999)
