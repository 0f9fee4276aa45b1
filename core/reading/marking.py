"""Giving a person's workbook back with what is wrong written into its cells."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field

from core.reading.confined import Unreadable, run_confined

SECONDS, LARGEST = 60, 200 * 1024 * 1024
HEADING = "检查结果"
# Changing a workbook in place takes a millisecond and some kilobytes a row; beyond this it is written anew.
MOST_KEPT = 15_000


@dataclass
class Marks:
    """The marks of one sheet: `row` is that of its header and `last` the first column behind the table.

    `cells` are (row, column, words) and `rows` (row, words); rows from 1, columns from 0.
    """

    name: str
    row: int
    last: int
    cells: list[tuple[int, int, str]] = field(default_factory=list)
    rows: list[tuple[int, str]] = field(default_factory=list)


def marked_workbook(content: bytes, marks: list[Marks], *, author: str, count: int) -> bytes:
    """The workbook as .xlsx with a comment in each marked cell and a column of reasons.

    An .xlsx comes back as it was otherwise; any other kind, or one of very many rows (`count`) or of very
    many dressed cells without content, with its sheets, rows and columns in their places. Raise Unreadable
    when it is too much.
    """
    told = {"author": author, "heading": HEADING, "sheets": [asdict(each) for each in marks]}
    if count <= MOST_KEPT:
        with suppress(Unreadable):
            return _marked(content, told | {"keep": True})
    return _marked(content, told | {"keep": False})


def _marked(content, told) -> bytes:
    written = json.dumps(told).encode()
    given = len(written).to_bytes(8, "big") + written + content
    return run_confined("mark_file.py", given, seconds=SECONDS, file_bytes=LARGEST)
