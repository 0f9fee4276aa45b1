"""The workbook that goes back to its sender: a comment in each wrong cell, and a reason beside each row."""

import json
from pathlib import PurePath

from core.audit import record
from core.errors import InvalidValue
from core.reading import Fate
from core.reading.marking import Marks, marked_workbook
from members.models import ImportFile
from members.sheets.kinds import KINDS
from members.states import ImportState

AUTHOR = "麒麟区离退休党员管理"


def returned_workbook(file: ImportFile, *, by) -> tuple[bytes, str]:
    """The sender's workbook with what the check found, and its name. Raise InvalidValue once it is gone.

    It bears whole ID numbers, so giving it out is put on record.
    """
    content = file.open_content()
    if content is None or file.state == ImportState.CHECKING:
        raise InvalidValue("文件正在检查，或已不再保存，不能下载")
    record("importfile.downloaded", file, by=by, fields=["content"], place=file.unit.path)
    marks = {sheet["name"]: _marks(sheet) for sheet in file.found["sheets"]}
    headers = KINDS[file.kind].headers
    for row in file.rows.all().iterator(chunk_size=2000):
        _mark(marks[row.sheet], row, json.loads(row.text(file.uid)), headers)
    count = sum(file.found["counts"].values())
    name = f"{PurePath(file.name).stem}_检查结果.xlsx"
    return marked_workbook(content, [mark for mark, _ in marks.values()], author=AUTHOR, count=count), name


def _marks(sheet) -> tuple[Marks, dict]:
    """The sheet's marks to be filled, and the place of each column in it."""
    places = {key: int(place) for place, key in sheet["keys"].items() if key}
    return Marks(sheet["name"], sheet["last_row"], sheet["width"]), places


def _mark(marks_and_places, row, said, headers):
    marks, places = marks_and_places
    words_at: dict[int, list[str]] = {}
    for key, words in said["faults"]:
        # What is wrong with a column that the sheet has not got stands at the name.
        place = places.get(key, places.get("name", min(places.values(), default=0)))
        words_at.setdefault(place, []).append(words)
    marks.cells += [(row.number, place, "\n".join(words)) for place, words in words_at.items()]
    marks.rows.append((row.number, reason(row, said, headers)))


def located(key, words, headers) -> str:
    """What is wrong, with the name of the column where the words themselves do not say it."""
    header = headers.get(key, "")
    return words if header in words else f"{header}：{words}"


def reason(row, said, headers) -> str:
    """What became of the row, in one line."""
    parts = [Fate(row.fate).label, *(located(key, words, headers) for key, words in said["faults"])]
    if row.fate == Fate.CHANGED:
        parts += [f"{label}：{before or '空'} → {after or '空'}" for label, before, after in said["changes"]]
    parts += [f"提示：{words}" for words in said["warnings"]]
    parts += said.get("left_out", [])
    return "；".join(parts)
