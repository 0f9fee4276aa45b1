"""The header is found among titles, merged cells and several header rows."""

import pytest

from core.reading import Column, Line, find_header, is_footer
from core.reading.headers import header_key, known_headers

KNOWN = known_headers(
    [
        Column("name", "姓名", ("党员姓名",)),
        Column("sex", "性别"),
        Column("phone", "手机号码", ("联系电话(手机号)", "手机号")),
        Column("lost", "是否失联党员", ("是否为失联党员",)),
        Column("lost_since", "失去联系日期"),
        Column("condition", "党籍状态", ("党籍情况",)),
        Column("kin", "紧急联系人"),
        Column("kin_relation", "关系"),
    ]
)


def found(*rows, least=2):
    lines = [Line(number, tuple(row)) for number, row in enumerate(rows, start=1)]
    return find_header(lines, KNOWN, least=least)


def test_titles_above_the_header_are_passed_over():
    header = found(
        ["党员基本信息汇总表"],
        ["填报单位：鼓楼社区", "", "2024年6月"],
        ["序号", "姓名", "性别"],
        ["1", "王", "女"],
    )

    assert (header.last_row, header.keys, header.unknown) == (3, {1: "name", 2: "sex"}, {0: "序号"})


def test_headers_of_two_rows_are_read_together_whichever_has_more():
    first = found(
        ["姓名", "性别", "失联情况", ""], ["", "", "是否为失联党员", "失去联系日期"], ["王", "女", "否"]
    )
    second = found(["姓名", "", ""], ["", "手机号", "性别"], ["王", "13800001234", "女"])

    assert (first.last_row, first.keys) == (2, {0: "name", 1: "sex", 2: "lost", 3: "lost_since"})
    assert first.unknown == {}
    assert (second.last_row, second.keys) == (2, {0: "name", 1: "phone", 2: "sex"})


def test_what_stands_below_the_heading_of_a_group_says_what_the_column_is():
    header = found(["姓名", "手机号", "党籍情况", ""], ["", "", "失去联系日期", "性别"], ["王", "", "", "女"])

    assert (header.last_row, header.keys) == (2, {0: "name", 1: "phone", 2: "lost_since", 3: "sex"})


@pytest.mark.parametrize("upper", [["姓名", "性别", "基本情况"], ["", "", ""], ["姓名", "性别", "手机号"]])
def test_a_header_named_twice_is_told_by_the_group_it_stands_in(upper):
    header = found([*upper, "紧急联系人", ""], ["姓名", "性别", "手机号", "姓名", "关系"], ["王", "女"])

    assert header.last_row == 2
    assert header.keys == {0: "name", 1: "sex", 2: "phone", 3: "kin", 4: "kin_relation"}


def test_a_title_of_its_own_goes_before_one_of_the_same_name_in_a_group():
    header = found(
        ["姓名", "性别", "联系", "紧急联系人", ""], ["", "", "手机号", "姓名", "关系"], ["王", "女"]
    )

    assert header.keys == {0: "name", 1: "sex", 2: "phone", 3: "kin", 4: "kin_relation"}


def test_a_header_printed_again_on_the_next_page_is_known():
    header = found(["姓名", "性别", "失联情况"], ["", "", "失去联系日期"], ["王", "女", ""])

    assert header.is_repeated_in(Line(30, ("姓 名", "性别", "失联情况")))
    assert header.is_repeated_in(Line(31, ("", "", "失去联系日期")))
    assert not header.is_repeated_in(Line(32, ("王", "性别", "")))


def test_stars_spaces_line_breaks_and_brackets_do_not_matter():
    header = found(["*姓 名", "性别（男/女）", "联系电话\n（手机号）", "手机号码（11位）"])

    assert header.keys == {0: "name", 1: "sex", 2: "phone"}
    assert header.unknown == {3: "手机号码（11位）"}


def test_a_row_of_data_is_no_header_though_a_cell_reads_like_one():
    header = found(["姓名", "性别", "备注"], ["王", "女", "手机号"], ["李", "男", ""])

    assert (header.last_row, header.keys) == (1, {0: "name", 1: "sex"})


def test_too_few_known_headers_are_none():
    assert found(["姓名", "地址"], ["王", "x"]) is None
    assert found() is None


def test_footers_are_known_by_their_first_words():
    footers = ["填报单位：鼓楼社区", "填表人：王", "合计", "注：本表一式两份", "审核人："]

    footers += ["单位（盖章）", "（盖章）", "审批人：王五", "填报日期：2026年11月26日", "共2人", "本页小计",
                "党支部书记签字：", "联系电话：0874-3123456", "以上共计2名党员",
                "单位负责人：张三", "合 计", "合　计", "填 报 人：", "经办人："]  # fmt: skip
    assert [text for text in footers if not is_footer(Line(9, ("", text)))] == []
    assert not is_footer(Line(9, ("1", "合计", "女")))


def test_headers_are_compared_without_what_does_not_matter():
    assert header_key(" *姓\n名： ") == "姓名"
