"""Empty sheets to be filled in: our headers, drop-downs for what is coded, and how to fill them in."""

import io

from xlsxwriter import Workbook

from branches.models import Affinity, Category, EmployerNature, Kind, PlaceType
from core.reading import place_name
from core.sheets import AS_WRITTEN
from members.models import ETHNIC_GROUPS, Education, ImportKind, RetireKind, Sex
from members.sheets.kinds import KINDS

ROWS = 2_000
YES_NO = ["否", "是"]
# Whose mark in the header says that a new row cannot do without.
NEEDED = {
    ImportKind.MEMBERS: {"name", "id_number", "standing", "branch", "joined_on", "full_on"},
    ImportKind.BRANCHES: {"name", "category", "kind", "founded_on"},
}
NOT_ASKED = {"position", "branch_code", "unit_code"}
HOW_TO = (
    "带 * 的列必填；其余可以空着，空着的单元格不会覆盖名册里已有的内容。",
    "日期可写 1958-07-12、1958年7月 或 1958；身份证号和电话所在的列是文本，请不要改成数字。",
    "已在名册里的人按身份证号对应；没有身份证号的，按姓名、出生日期和党支部对应。",
    "上传后先检查、不写入，看过结果再决定是否导入；导入后还可以整批撤销。",
    "列的顺序可以调整，也可以删去不需要的列；不必改动表头的文字。",
)


def _labels(choices) -> list[str]:
    return [str(label) for _, label in choices]


CHOICES = {
    ImportKind.MEMBERS: {
        "sex": _labels(Sex.choices),
        "ethnic_group": _labels(ETHNIC_GROUPS),
        "education": _labels(Education.choices),
        "standing": ["正式党员", "预备党员"],
        "retire_kind": _labels(RetireKind.choices),
        "employer_nature": _labels(EmployerNature.choices),
        "lost": YES_NO,
        "floating": YES_NO,
        "condition": ["正常"],
    },
    ImportKind.BRANCHES: {
        "category": _labels(Category.choices),
        "kind": _labels(Kind.choices),
        "affinity": _labels(Affinity.choices),
        "place_type": _labels(PlaceType.choices),
        "state": ["正常"],
    },
}


def template_book(kind: str, branches) -> bytes:
    """The template of a kind of sheet; `branches` are the names that may be picked."""
    columns = [column for column in KINDS[kind].columns if column.key not in NOT_ASKED]
    choices = {**CHOICES[kind], **({"branch": list(branches)} if kind == ImportKind.MEMBERS else {})}
    file = io.BytesIO()
    with Workbook(file, AS_WRITTEN | {"constant_memory": False}) as book:
        sheet, how, lists = (book.add_worksheet(name) for name in ("名册", "填写说明", "选项"))
        lists.hide()
        _fill_in(book, sheet, columns, NEEDED[kind])
        _offer(sheet, lists, columns, choices)
        how.set_column(0, 0, 100)
        for row, words in enumerate(HOW_TO):
            how.write_string(row, 0, words)
    return file.getvalue()


def _fill_in(book, sheet, columns, needed):
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "bg_color": "#F1F1EF"})
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, 34 if column.key in ("branch", "name", "address") else 18, text)
        sheet.write_string(0, place, f"{column.header}*" if column.key in needed else column.header, bold)


def _offer(sheet, lists, columns, choices):
    """Drop-downs, whose values stand on a hidden sheet: typed into the cell they would be too long."""
    for place, column in enumerate(columns):
        offered = choices.get(column.key)
        if offered:
            lists.write_column(0, place, offered)
            source = f"=选项!{_absolute(place, 0)}:{_absolute(place, len(offered) - 1)}"
            told = {"validate": "list", "source": source, "error_type": "warning"}
            sheet.data_validation(1, place, ROWS, place, told)


def _absolute(column, row) -> str:
    letters = place_name(column, row + 1).rstrip("0123456789")
    return f"${letters}${row + 1}"
