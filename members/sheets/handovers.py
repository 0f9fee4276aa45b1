"""An enterprise's list as a table, pasted or uploaded, its headers understood by what people call them."""

import csv
import io
import re
from dataclasses import dataclass

from core.errors import InvalidValue
from core.reading import Column, Dittos, Line, find_header, read_table
from core.reading.headers import known_headers
from members.operations.handovers.cells import LABELS
from members.operations.handovers.lists import LINE_LABEL, LINE_NUMBER, REASONS_LABEL
from members.sheets.columns import COLUMNS as COLUMNS_OF_ROSTER

LONGEST_PASTE = 600_000
LEAST_HEADERS = 2
# What the columns that only such a list has are called besides.
ALIASES = {
    "wanted_unit": "拟转入社区 转入社区 接收社区(村) 居住社区 所在社区 社区 村(社区) 接收单位",
    "wanted_branch": "拟转入党支部 转入党支部 接收党组织 拟转入党组织 所在党支部 所属党支部 党支部名称 支部",
    "home": "居住小组 居民小组 所属网格 网格",
    "archives_at": "档案存放地 档案存放单位 人事档案存放单位 人事档案所在地 档案所在地",
}
ROSTER = {column.key: column.aliases for column in COLUMNS_OF_ROSTER}
COLUMNS = [
    Column(LINE_NUMBER, LINE_LABEL),
    *(
        Column(key, label, tuple(ALIASES[key].split()) if key in ALIASES else ROSTER[key])
        for key, label in LABELS.items()
    ),
]
KNOWN = known_headers(COLUMNS)
# Numbers of rows and the reasons given back are no data.
WITHOUT_MEANING = re.compile(f"序号|编号|No|{re.escape(REASONS_LABEL)}")
# A number cell cannot say whether it was the first or the tenth month.
LONE_QUOTE = re.compile(r'(?:(?<=\t)|(?<=\n)|^)"(?=\t|\r?\n|$)')
LOST_ZERO = re.compile(r"\d{4}\.1")


@dataclass(frozen=True)
class ListRead:
    """The rows of a list, {column: text} each, and the headers that nobody understood."""

    rows: list[dict]
    unknown: list[str]


def pasted(text: str) -> ListRead:
    """The list in what was copied from a spreadsheet; raise InvalidValue when there is none."""
    if len(text) > LONGEST_PASTE:
        raise InvalidValue("粘贴的内容太长，请分几次添加，或上传文件", field="text")
    # A cell of one quotation mark alone is a ditto, and would swallow the cells behind it.
    text = LONE_QUOTE.sub("〃", text.replace("\x00", ""))
    delimiter = "\t" if "\t" in text else ","
    try:
        rows = [tuple(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except csv.Error:
        raise InvalidValue("粘贴的内容不能按表格读取（引号不成对，或一格太长）", field="text") from None
    lines = [Line(number, row) for number, row in enumerate(rows, start=1) if any(map(str.strip, row))]
    return _read(lines, field="text")


def uploaded(content: bytes, name: str) -> ListRead:
    """The list in the first sheet of a file that has one; raise Unreadable or InvalidValue."""
    refusal = None
    for sheet in read_table(content, name):
        try:
            return _read(list(sheet), field="file")
        except InvalidValue as error:
            refusal = refusal or error
    raise refusal or InvalidValue("文件里没有名单", field="file")


def _read(lines, *, field) -> ListRead:
    header = _header(lines, field)
    unknown = {place: title for place, title in header.unknown.items() if not WITHOUT_MEANING.match(title)}
    data = map(Dittos().filled, filter(header.has_below, lines))
    rows = filter(None, (_row(line, header.keys, unknown) for line in data))
    return ListRead(list(rows), list(unknown.values()))


def _header(lines, field):
    """The header with at least the columns that a list cannot do without."""
    header = find_header(lines, KNOWN, least=LEAST_HEADERS)
    found = header.keys.values() if header else ()
    missing = [LABELS[key] for key in ("name", "id_number") if key not in found]
    if missing:
        raise InvalidValue(
            f"没有找到表头“{'”“'.join(missing)}”：请连同表头一行一起提供，第一行写各列的名称", field=field
        )
    return header


def _row(line, keys, unknown) -> dict[str, str]:
    """What the line says, under the key of its column or, where nobody knows it, under its header."""
    titles = keys | unknown
    row = {titles[place]: _text(line, place) for place in titles if line.cell(place)}
    return row if set(row) - {LINE_NUMBER} else {}


def _text(line, place) -> str:
    text = line.cell(place)
    if place in line.fractions and LOST_ZERO.fullmatch(text):
        return f"{text}（1月还是10月？）"
    return text
