"""The national roll-up of members (党员基本信息汇总表): four header rows, columns A to T, a footer."""

import io

from xlsxwriter import Workbook

from core.sheets import AS_WRITTEN, write_rows
from members.sheets.exporting import Telling, condition, day, in_words, phones_told, yes_no
from members.states import GOOD_STANDING

TITLE = "党员基本信息汇总表"
HEADER = (
    "序号", "姓名", "所在党支部", "公民身份证号", "性别", "民族", "出生日期", "学历", "人员类别",
    "加入党组织日期", "转为正式党员日期", "工作岗位", "手机号", "固定电话", "家庭住址", "党籍状态",
    "是否为失联党员", "失去联系日期", "是否为流动党员", "外出流向",
)  # fmt: skip
WIDTHS = (6, 10, 34, 22, 6, 10, 16, 12, 10, 16, 16, 12, 14, 16, 30, 10, 10, 16, 10, 16)
# Each pair stands under one heading.
PAIRS = {16: "失联情况", 18: "流动情况"}
FIRST_ROW = 4
RETIRED = {"lixiu": "离休干部", "tuixiu": "退休人员", "tuizhi": "退职人员", "neitui": "内部退养职工"}


def rollup_book(members, told: Telling, *, unit, on, by) -> bytes:
    """The workbook; `unit`, `on` and `by` stand above and below the table."""
    file = io.BytesIO()
    with Workbook(file, AS_WRITTEN) as book:
        sheet = book.add_worksheet(TITLE)
        _head(book, sheet, unit, on)
        behind = write_rows(
            book, sheet, _rows(members, told), first=FIRST_ROW, day_format='yyyy"年"mm"月"dd"日"'
        )
        sheet.write_string(behind, 0, f"填表人：{by}　　审核人：　　　　共 {behind - FIRST_ROW} 人")
        sheet.freeze_panes(FIRST_ROW, 2)
    return file.getvalue()


def _head(book, sheet, unit, on):
    title = book.add_format({"bold": True, "align": "center", "font_size": 16})
    bold = book.add_format(
        {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1}
    )
    sheet.merge_range(0, 0, 0, len(HEADER) - 1, TITLE, title)
    sheet.write_string(1, 0, f"填报单位：{unit}　　{on:%Y年%m月%d日}")
    paired = {column for first in PAIRS for column in (first, first + 1)}
    for column, name in enumerate(HEADER):
        sheet.set_column(column, column, WIDTHS[column])
        if column in PAIRS:
            sheet.merge_range(2, column, 2, column + 1, PAIRS[column], bold)
        elif column not in paired:
            sheet.write_string(2, column, name, bold)
            # Its own way of merging two rows goes back to the first, which is out of memory by then.
            sheet.merge.append([2, column, 3, column])
    for column, name in enumerate(HEADER):
        sheet.write_string(3, column, name if column in paired else "", bold)


def _rows(members, told):
    for serial, member in enumerate(members, start=1):
        living = member.standing in GOOD_STANDING
        numbers = phones_told(member, told)
        yield [
            serial,
            member.name,
            member.branch.name if member.branch else "",
            told.id_number(member),
            in_words(member, "sex"),
            in_words(member, "ethnic_group"),
            day(member, "birth"),
            in_words(member, "education"),
            in_words(member, "standing") if living else "",
            day(member, "joined"),
            day(member, "full"),
            RETIRED[member.retire_kind],
            numbers["phone"],
            numbers["landline"],
            member.address,
            condition(member),
            yes_no(member.lost_since),
            member.lost_since,
            yes_no(member.floating_since),
            member.floating_to,
        ]
