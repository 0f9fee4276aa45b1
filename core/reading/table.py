"""Opening a file: bytes and a name in, sheets of text cells with their places out."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.reading.confined import Unreadable, run_confined

LARGEST_FILE = 20 * 1024 * 1024
NAMES = re.compile(r"\.(xlsx|xls|ods|csv|txt|et)$", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """A row that is not blank: its number in the sheet from 1, and its cells as text.

    `fractions` are the places of numbers that are not whole: "1958.1" may have been 1958.10. `merged` are
    those of cells that reach down to here from a row above, which says the same; `repeated` those of cells
    that say so themselves, as 同上.
    """

    number: int
    cells: tuple[str, ...]
    fractions: tuple[int, ...] = ()
    merged: tuple[int, ...] = ()
    repeated: tuple[int, ...] = ()

    def cell(self, place: int) -> str:
        """The text of a cell without the space around it; nothing where the row has ended."""
        return self.cells[place].strip() if place < len(self.cells) else ""


@dataclass(frozen=True)
class Sheet:
    """A visible sheet; iterating gives its lines."""

    name: str
    written: tuple[bytes, ...]

    def __iter__(self) -> Iterator[Line]:
        for each in self.written:
            number, *places = json.loads(each)
            yield Line(number, *map(tuple, places))

    def __len__(self):
        return len(self.written)

    def first(self, count: int) -> list[Line]:
        """The first lines."""
        return list(Sheet(self.name, self.written[:count]))


def read_table(content: bytes, name: str) -> list[Sheet]:
    """The sheets of an .xlsx, .xls, .ods or .csv file (UTF-8, UTF-16, GB 18030); raise Unreadable in words.

    A stranger's file is opened in a process of its own, never in this one.
    """
    if not NAMES.search(name):
        raise Unreadable(f"“{name[-80:]}”不是表格文件，请上传 .xlsx、.xls、.ods 或 .csv", field="file")
    if not content:
        raise Unreadable("文件是空的", field="file")
    if len(content) > LARGEST_FILE:
        raise Unreadable(f"文件超过 {LARGEST_FILE // 1024 // 1024} MB，请分成几个文件上传", field="file")
    written = run_confined("read_file.py", content).splitlines()
    if written and written[-1].startswith(b'{"refused"'):
        raise Unreadable(json.loads(written[-1])["refused"], field="file")
    return _sheets(written)


def _sheets(written) -> list[Sheet]:
    begins = [place for place, line in enumerate(written) if line.startswith(b"{")]
    ends = [*begins[1:], len(written)]
    return [
        Sheet(json.loads(written[begin])["sheet"], tuple(written[begin + 1 : end]))
        for begin, end in zip(begins, ends, strict=True)
    ]


def place_name(column: int, row: int) -> str:
    """A place as spreadsheets write it: (2, 5) is C5."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"
