"""A workbook with thirty kinds of errors comes back with thirty located comments, and nothing is written."""

import io

import pytest
from openpyxl import load_workbook

from core.reading import place_name
from core.reading.table import read_table
from members.models import Member
from members.sheets.workbook import returned_workbook
from tests.core.reading import files
from tests.ledger import fingerprint
from tests.members.sheets import rosters
from tests.members.sheets.conftest import counts, faults
from tests.members.sheets.errors import HEADER, WRONG, rows_with_errors
from tests.worlds import told_once


def said(words, text) -> bool:
    return any(part in text for part in words.split("|"))


@told_once
def faulty(desk):
    return rows_with_errors(desk.branch, desk.foreign)


def test_every_error_of_every_row_is_found_in_one_pass_and_nothing_is_written(desk, faulty):
    before = fingerprint()
    file = desk.send_rows(*faulty, header=HEADER)

    assert len(WRONG) >= 30
    assert counts(file) == {"new": 2, "faulty": len(WRONG)}
    told = {
        row: " ".join(words for number, _, words in faults(file) if number == row) for row in range(4, 99)
    }
    missed = [words for row, (_, _, words) in enumerate(WRONG, start=4) if not said(words, told[row])]
    assert missed == []
    after = fingerprint()
    assert {table for table in after if after[table] != before.get(table)} <= {
        "members_importfile",
        "members_importrow",
        "core_auditentry",
        "procrastinate_jobs",
        "procrastinate_events",
    }


def test_the_same_workbook_comes_back_with_a_comment_in_each_wrong_cell(desk, faulty):
    content = rosters.book(faulty, HEADER)
    file = desk.send(content)

    returned, name = returned_workbook(file, by=desk.clerk)

    sheet = load_workbook(io.BytesIO(returned))["党员"]
    comments = {
        cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment
    }
    wanted = {
        place_name(HEADER.index(column), row): words for row, (_, column, words) in enumerate(WRONG, start=4)
    }
    assert name == "名册_检查结果.xlsx"
    assert [words for place, words in wanted.items() if not said(words, comments.get(place, ""))] == []
    # Who joined in the future became a full member before.
    assert set(comments) - set(wanted) == {"I23"}
    reasons = [cell.value for cell in sheet[place_name(len(HEADER), 1)[:-1]]]
    assert reasons[:2] == ["检查结果", "新增"]
    assert all(reason.startswith("有错误；") for reason in reasons[3:])


def test_the_good_rows_go_in_alone_when_asked(desk, faulty):
    file = desk.apply(desk.send_rows(*faulty, header=HEADER), only_good=True)

    assert file.state == "applied"
    assert Member.objects.filter(branch=desk.branch).count() == 2


@pytest.mark.parametrize("kind", ["xls", "ods", "csv"])
def test_other_kinds_come_back_as_xlsx_in_their_own_layout(desk, kind):
    rows = [["名册"], [], rosters.HEADER]
    rows += [[person[title] for title in rosters.HEADER] for person in rosters.people(3, desk.branch)]
    rows[4][2] = "未定"
    make = {"xls": files.xls, "ods": files.ods, "csv": files.text_table}[kind]
    file = desk.send(make(rows), name=f"名册.{kind}")
    assert counts(file) == {"new": 2, "faulty": 1}

    returned, name = returned_workbook(file, by=desk.clerk)

    (sheet,) = read_table(returned, name)
    assert [line.cells[: len(rosters.HEADER)] for line in sheet][1:] == [tuple(row) for row in rows[2:]]
    marked = load_workbook(io.BytesIO(returned)).worksheets[0]
    assert {cell.coordinate for row in marked.iter_rows() for cell in row if cell.comment} == {"C5"}
