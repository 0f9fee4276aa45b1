"""What is kept of an import only for a while, and the workbook that is given back."""

import io
from datetime import date, timedelta

import pytest
from django.utils.timezone import localtime
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from xlsxwriter import Workbook

from core import clock
from core.errors import InvalidValue
from members.models import HeaderMapping, ImportFile, Member
from members.operations import (
    StandingChange,
    change_standing,
    expire_imports,
    explain_headers,
)
from members.sheets.workbook import returned_workbook
from tests.factories import TODAY
from tests.ledger import refused
from tests.members.sheets import rosters
from tests.members.sheets.conftest import counts

# What is kept only for a while.


@pytest.mark.parametrize(
    ("state", "then"),
    [
        ("checked", "cancelled"),
        ("applied", "settled"),
        ("undone", "undone"),
        ("cancelled", "cancelled"),
        ("refused", "refused"),
        ("applying", "applying"),
    ],
)
def test_a_file_and_what_its_rows_said_are_kept_for_thirty_days(desk, state, then):
    old, young = (desk.send_rows(*rosters.people(2, desk.branch)) for _ in "12")
    sent = clock.now()
    ImportFile.objects.filter(pk=old.pk).update(state=state, sent_at=sent - timedelta(days=31))
    ImportFile.objects.filter(pk=young.pk).update(sent_at=sent - timedelta(days=29))

    expire_imports(today=localtime(sent).date())

    old, young = desk.again(old), desk.again(young)
    gone = state != "applying"
    assert (old.state, old.open_content() is None, old.rows.exists()) == (then, gone, not gone)
    assert (young.state, young.rows.count()) == ("checked", 2)
    assert expire_imports(today=localtime(sent).date()) == 0


def test_who_is_dead_here_and_in_the_file_is_nothing_to_decide_about(desk):
    row = rosters.person(1, desk.branch)
    desk.apply(desk.send_rows(row, since=date(2020, 1, 1)))
    died = StandingChange("decease", TODAY)
    change_standing(member=Member.objects.get(), change=died, by=None, today=TODAY)

    told = [
        counts(
            desk.send_rows(row | {"人员类别": "", "党籍状态": state}, header=[*rosters.HEADER, "党籍状态"])
        )
        for state in ("去世", "正常")
    ]

    assert told == [{"unchanged": 1}, {"conflicting": 1}]


# The way back.


def test_a_second_column_of_one_meaning_is_named(desk):
    row = rosters.person(1, desk.branch) | {"手机号码": "", "联系电话": "13887654322"}

    file = desk.send_rows(row, header=[*rosters.HEADER, "联系电话"])

    assert file.found["sheets"][0]["doubled"] == ["联系电话"]


def test_where_every_header_is_known_none_is_explained(desk):
    file = desk.send_rows(rosters.person(1, desk.branch))

    with refused(InvalidValue, "“姓名”不是这个文件里不认识的列", field="mapping"):
        explain_headers(file=file, mapping={"姓名": ""}, by=desk.clerk)


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"姓名": ""}, "“姓名”不是这个文件里不认识的列"),
        ({"没有的表头": "note"}, "“没有的表头”不是这个文件里不认识的列"),
        ({"座机或手机": "phone"}, "“座机或手机”所选的项，表中另有一列已经是它；请先在表中并为一列"),
    ],
)
def test_only_a_header_that_nobody_knows_is_explained_and_as_what_is_missing(desk, mapping, words):
    file = desk.send_rows(rosters.person(1, desk.branch), header=[*rosters.HEADER, "座机或手机"])

    with refused(InvalidValue, words, field="mapping"):
        explain_headers(file=file, mapping=mapping, by=desk.clerk)

    assert not HeaderMapping.objects.exists()


def test_reasons_stand_beside_the_table_however_far_its_colours_reach(desk):
    book = load_workbook(io.BytesIO(rosters.book([rosters.person(1, desk.branch) | {"性别": "不明白"}])))
    book.active["CV3"].font = Font(bold=True)
    book.active.cell(2, len(rosters.HEADER) + 1).value = "另记"
    told = io.BytesIO()
    book.save(told)

    sheet = load_workbook(io.BytesIO(returned(desk, desk.send(told.getvalue())))).active

    assert [cell.column for cell in sheet[1] if cell.value == "检查结果"] == [len(rosters.HEADER) + 2]
    assert "无法识别" in sheet.cell(2, len(rosters.HEADER) + 2).value


def test_reasons_stand_behind_a_merged_header(desk):
    book = load_workbook(io.BytesIO(rosters.book([rosters.person(1, desk.branch) | {"性别": "不明白"}])))
    last = len(rosters.HEADER)
    book.active.merge_cells(start_row=1, end_row=1, start_column=last, end_column=last + 1)
    told = io.BytesIO()
    book.save(told)

    sheet = load_workbook(io.BytesIO(returned(desk, desk.send(told.getvalue())))).active

    assert [cell.column for cell in sheet[1] if cell.value == "检查结果"] == [last + 2]


def test_a_mended_workbook_comes_back_with_its_latest_marks_alone(desk):
    people = rosters.people(2, desk.branch)
    wrong = [people[0] | {"手机号码": "123"}, people[1] | {"性别": "不明白"}]
    book = load_workbook(io.BytesIO(returned(desk, desk.send_rows(*wrong))))
    sheet = book.active
    places = {cell.value: cell.column for cell in sheet[1]}
    assert sheet.cell(2, places["手机号码"]).comment
    sheet.cell(2, places["手机号码"]).value = people[0]["手机号码"]
    sheet.cell(3, places["姓名"]).comment = Comment("请再问一下", "王某")
    sheet.cell(3, places["姓名"]).value = "12"
    mended = io.BytesIO()
    book.save(mended)

    file = desk.send(mended.getvalue())
    again = load_workbook(io.BytesIO(returned(desk, file))).active

    assert file.found["sheets"][0]["unknown"] == []
    assert [cell.value for cell in again[1]].count("检查结果") == 1
    assert again.cell(2, places["手机号码"]).comment is None
    assert again.cell(2, places["手机号码"]).fill.fill_type is None
    assert "原批注：请再问一下" in again.cell(3, places["姓名"]).comment.text
    assert again.cell(2, places["检查结果"]).value == "新增"


def test_a_cell_far_away_keeps_the_marks_at_the_table(desk):
    book = load_workbook(io.BytesIO(rosters.book([rosters.person(1, desk.branch) | {"手机号码": "123"}] * 2)))
    book.active.cell(4, 16_000).fill = PatternFill("solid", start_color="FFFFFF00")
    far = io.BytesIO()
    book.save(far)

    content = returned(desk, desk.send(far.getvalue()))

    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet.cell(2, rosters.HEADER.index("手机号码") + 1).comment
    assert len(sheet._cells) < 200, "looking at a cell makes it"


def returned(desk, file):
    return returned_workbook(file, by=desk.clerk)[0]


@pytest.mark.long
def test_a_sheet_that_is_dressed_far_below_its_rows_comes_back_in_a_new_one(desk):
    told = io.BytesIO()
    with Workbook(told, {"constant_memory": True}) as book:
        sheet, dressed = book.add_worksheet("名册"), book.add_format({"border": 1})
        row = rosters.person(1, desk.branch) | {"姓名": ""}
        sheet.write_row(0, 0, rosters.HEADER)
        sheet.write_row(1, 0, [row[title] for title in rosters.HEADER])
        for number in range(2, 200_000):
            for place in range(6):
                sheet.write_blank(number, place, None, dressed)

    sheet = load_workbook(io.BytesIO(returned(desk, desk.send(told.getvalue())))).active

    assert sheet.max_row == 2
    assert "不能为空" in sheet.cell(2, len(rosters.HEADER) + 1).value
