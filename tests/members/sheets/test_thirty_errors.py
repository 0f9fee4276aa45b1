"""A workbook with thirty kinds of errors comes back with thirty located comments, and nothing is written."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from core.reading import place_name
from core.reading.table import read_table
from members.models import Member
from members.sheets.workbook import returned_workbook
from tests import factories
from tests.core.reading import files
from tests.ledger import fingerprint
from tests.members.sheets import rosters
from tests.members.sheets.conftest import counts, faults

HEADER = [*rosters.HEADER, "学历", "参加工作时间", "离退休时间", "是否失联党员", "失去联系日期", "党籍状态",
          "党龄校正值", "居住社区", "党小组", "固定电话", "是否流动党员", "组织关系转入日期"]  # fmt: skip
RIGHT = factories.id_number(1)
MISTYPED = RIGHT[:17] + ("1" if RIGHT[17] == "0" else "0")
# What is put into a good row, in which column the complaint must stand, and some of its words.
WRONG = [
    ({"公民身份号码": "53220119491231"}, "公民身份号码", "应为18位"),
    ({"公民身份号码": MISTYPED}, "公民身份号码", "校验位不对"),
    ({"公民身份号码": 532201194912310000}, "公民身份号码", "科学计数法"),
    ({"公民身份号码": "532201194913310013"}, "公民身份号码", "不存在|校验位"),
    ({"性别": "男"}, "性别", "性别与身份证号不一致"),
    ({"性别": "未定"}, "性别", "无法识别"),
    ({"姓名": "王3"}, "姓名", "不能有数字"),
    ({"姓名": "王，英"}, "姓名", "标点"),
    ({"民族": "火星族"}, "民族", "无法识别"),
    ({"出生日期": "58.7.12"}, "出生日期", "只有两位"),
    ({"出生日期": "农历正月"}, "出生日期", "农历"),
    ({"出生日期": "1899-01-01"}, "出生日期", "早于1900年"),
    ({"出生日期": 1958.1}, "出生日期", "可能是1月"),
    ({"人员类别": "积极分子"}, "人员类别", "无法识别"),
    ({"人员类别": "预备党员"}, "转为正式党员日期", "预备党员不能有转正日期"),
    ({"所在党支部": "中共文昌社区离退休党支部"}, "所在党支部", "不在您的管辖范围内"),
    ({"所在党支部": "没有的支部"}, "所在党支部", "没有党支部"),
    ({"所在党支部": ""}, "所在党支部", "不能为空"),
    ({"加入党组织日期": ""}, "加入党组织日期", "不能为空"),
    ({"加入党组织日期": "2030-01-01"}, "加入党组织日期", "在今天"),
    ({"加入党组织日期": "1930-01-01"}, "加入党组织日期", "晚于出生日期"),
    ({"转为正式党员日期": "1970-01-01"}, "转为正式党员日期", "不能早于入党日期"),
    ({"转为正式党员日期": ""}, "转为正式党员日期", "须填写转正日期"),
    ({"离退休类别": "离休"}, "参加工作时间", "离休须在1949年9月30日以前"),
    ({"参加工作时间": "1990-01", "离退休时间": "1980-01"}, "离退休时间", "不能早于参加工作"),
    ({"手机号码": "12345"}, "手机号码", "不是11位手机号"),
    ({"固定电话": "3123456"}, "固定电话", "区号"),
    ({"学历": "幼儿园"}, "学历", "无法识别"),
    ({"是否失联党员": "也许"}, "是否失联党员", "应为“是”或“否”"),
    ({"是否失联党员": "是"}, "失去联系日期", "须填写失去联系日期"),
    ({"党籍状态": "停止党籍"}, "党籍状态", "不能直接导入"),
    ({"党龄校正值": "三年"}, "党龄校正值", "应为月数"),
    ({"居住社区": "文昌社区"}, "居住社区", "不在您的管辖范围内"),
    ({"党小组": "第九党小组"}, "党小组", "没有党小组"),
    ({"组织关系转入日期": "1999-01-01"}, "组织关系转入日期", "早于"),
    ({"公民身份号码": "REPEATED"}, "公民身份号码", "重复"),
    ({"公民身份号码": "FOREIGN"}, "公民身份号码", "已登记，不能重复登记"),
]


def said(words, text) -> bool:
    return any(part in text for part in words.split("|"))


@pytest.fixture
def faulty(desk):
    """The workbook's rows: two good ones, then one for each kind of error."""
    foreign = factories.member(branch=desk.foreign, name="李国强", sex="M", birth_on=date(1950, 1, 1),
                               id_number=factories.id_number(9, born=date(1950, 1, 1), sex="M"))  # fmt: skip
    rows = rosters.people(2, desk.branch)
    numbers = {"REPEATED": rows[0]["公民身份号码"], "FOREIGN": foreign.get_sealed("id_number")}
    for place, (wrong, _, _) in enumerate(WRONG):
        row = rosters.person(2 * place + 11, desk.branch) | wrong
        row["公民身份号码"] = numbers.get(row["公民身份号码"], row["公民身份号码"])
        if numbers.get("FOREIGN") == row["公民身份号码"]:
            row |= {"性别": "男", "出生日期": "1950-01-01"}
        rows.append(row)
    return rows


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
