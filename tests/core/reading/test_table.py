"""Workbooks and text tables of every kind become sheets of text cells with their places."""

from datetime import date, datetime

import pytest

from core.reading import Unreadable, place_name, read_table
from tests.core.reading import files

ROWS = [["姓名", "手机号"], ["王秀英", 13800001234], [None, None], ["李国强", "0874-3123456"]]
AS_TEXT = [(1, ("姓名", "手机号")), (2, ("王秀英", "13800001234")), (4, ("李国强", "0874-3123456"))]


def lines(content, name="名册.xlsx", sheet=0):
    return [(line.number, line.cells) for line in read_table(content, name)[sheet]]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (files.xlsx(("名册", ROWS)), "名册.xlsx"),
        (files.xls(ROWS), "名册.xls"),
        (files.xls(ROWS), "其实是旧格式.xlsx"),
        (files.ods(ROWS), "名册.ods"),
        (files.text_table(ROWS), "名册.csv"),
        (files.text_table(ROWS, encoding="utf-8-sig"), "名册.csv"),
        (files.text_table(ROWS, encoding="gb18030"), "名册.csv"),
        (files.text_table(ROWS, encoding="utf-16", delimiter="\t"), "名册.TXT"),
        (files.text_table(ROWS, delimiter=";"), "名册.csv"),
    ],
    ids=["xlsx", "xls", "xls named xlsx", "ods", "utf-8", "bom", "gb18030", "utf-16", "semicolons"],
)
def test_every_kind_of_file_gives_the_same_text_in_the_same_places(content, name):
    assert lines(content, name) == AS_TEXT


def test_cells_keep_their_places_when_the_first_rows_and_columns_are_blank():
    content = files.xlsx(("表", [[], [], [None, None, "姓名"], [None, None, "王秀英"]]))

    assert lines(content) == [(3, ("", "", "姓名")), (4, ("", "", "王秀英"))]


def test_days_truths_formulas_and_numbers_become_text():
    moment = datetime.fromisoformat("1958-07-12 08:30")
    row = [date(1958, 7, 12), moment, True, ("=1+1", 2), 12.5, ("=1/0", "#DIV/0!"), "x"]

    assert lines(files.xlsx(("表", [row]))) == [
        (1, ("1958-07-12", "1958-07-12 08:30:00", "是", "2", "12.5", "", "x"))
    ]


def test_a_number_that_has_lost_its_last_digits_shows_it():
    assert lines(files.xlsx(("表", [[532201194912310000]]))) == [(1, ("5.32201194912310E+17",))]


def test_numbers_that_are_not_whole_are_said_to_be_numbers():
    (sheet,) = read_table(files.xlsx(("表", [["1958.1", 1958.1]])), "x.xlsx")

    assert [line.fractions for line in sheet] == [(1,)]


def test_a_cell_merged_over_several_rows_says_the_same_in_each_that_says_anything():
    content = files.xlsx(
        ("名册", [["表"], [], ["王", "女"], [], ["李"], ["赵"]]), merged={"A1:B1": "表", "C3:C5": "鼓楼"}
    )

    (sheet,) = read_table(content, "名册.xlsx")

    assert [(line.number, line.cells, line.merged) for line in sheet] == [
        (1, ("表",), ()),
        (3, ("王", "女", "鼓楼"), ()),
        (5, ("李", "", "鼓楼"), (2,)),
        (6, ("赵",), ()),
    ]


def test_hidden_sheets_are_not_read():
    content = files.xlsx(("说明", [["填表说明"]]), ("旧", [["姓名"]]), ("名册", ROWS), hidden=["旧"])

    assert [sheet.name for sheet in read_table(content, "x.xlsx")] == ["说明", "名册"]


def test_an_excel_date_means_the_same_in_the_system_that_counts_from_1904():
    content = files.changed(
        files.xlsx(("表", [[date(1958, 7, 12)]])),
        {"xl/workbook.xml": lambda old: old.replace(b"<workbookPr ", b'<workbookPr date1904="1" ')},
    )

    assert lines(content) == [(1, ("1962-07-13",))]


def test_rare_characters_of_gb18030_are_those_of_the_standard_of_2022():
    assert lines("姓名\n".encode("gb18030") + b"\xfe\x59\xfe\x52", "x.csv")[1] == (2, ("\u9fb4\U00020089",))


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-5", "@x", " =1", "＝1", "＋1", "－1", "＠x", "'=1", "\t=1"]
)
def test_what_an_export_guarded_is_restored(text):
    assert lines(f'姓名\n"\'{text}"\n'.encode(), "x.csv")[1][1] == (text,)


def test_a_text_formula_of_a_csv_is_its_text():
    assert lines('号码\n"=""532201"""\n'.encode(), "x.csv")[1] == (2, ("532201",))


def test_an_apostrophe_that_guards_nothing_stays():
    assert lines(b"a\n'abc\n", "x.csv")[1] == (2, ("'abc",))


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"x", "名册.docx", "不是表格文件"),
        (b"", "名册.csv", "文件是空的"),
        (b"x" * (20 * 1024 * 1024 + 1), "名册.csv", "超过 20 MB"),
        ("姓名\n陈\ue863\n".encode("gb18030"), "x.csv", "第 2 行有无法识别的字“\ue863”（U\\+E863）"),
        ("姓名\n陈\ufffd\n".encode(), "x.csv", "第 2 行有无法识别的字"),
        (b"\xff\xff\xff\x81", "x.csv", "不是 UTF-8 或 GB18030"),
        (b"a\0b", "x.csv", "含有空字符"),
        (b'a\n"' + b"x" * 30_000, "x.csv", "不能按表格读取"),
        (files.xlsx(("表", [["x"] * 101])), "x.xlsx", "第 1 行在第 100 列以后"),
        (files.xlsx(("表", [["x" * 2001]])), "x.xlsx", "超过 2000 字"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(content, name, words):
    with pytest.raises(Unreadable, match=words):
        read_table(content, name)


def test_places_are_named_as_spreadsheets_name_them():
    assert [place_name(column, 5) for column in (0, 2, 25, 26, 701, 702)] == [
        "A5", "C5", "Z5", "AA5", "ZZ5", "AAA5",
    ]  # fmt: skip
