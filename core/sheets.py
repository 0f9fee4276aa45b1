"""Writing sheets: xlsx and csv in which text is always text, never a formula."""

import csv
import io
import re
from datetime import date

from xlsxwriter import Workbook

# What a spreadsheet may take for the beginning of a formula, also behind apostrophes of the person's own.
FORMULA = re.compile("^'*\\s*[=+\\-@＝＋－＠\t\r]")
# Before it the usual programs count days differently, or not at all.
FIRST_DAY = date(1900, 3, 1)
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"
CONTENT_TYPES = {"xlsx": XLSX_TYPE, "csv": CSV_TYPE}
AS_WRITTEN = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def written(kind: str, header, rows, *, widths=None) -> bytes:
    """The sheet as a file of the kind "csv" or "xlsx"."""
    return xlsx(header, rows, widths=widths) if kind == "xlsx" else csv_file(header, rows)


def xlsx(header, rows, *, widths=None) -> bytes:
    """A workbook of one sheet: numbers as numbers, days as days, everything else as text.

    `widths` are those of columns, by their title, in characters; the others are 18 wide.
    """
    file = io.BytesIO()
    with Workbook(file, AS_WRITTEN) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for column, title in enumerate(header):
            sheet.set_column(column, column, (widths or {}).get(title, 18))
            sheet.write_string(0, column, title, bold)
        write_rows(book, sheet, rows, first=1)
    return file.getvalue()


def write_rows(book, sheet, rows, *, first, day_format="yyyy-mm-dd") -> int:
    """Write rows from the row `first` on; return the number of the row behind them."""
    day = book.add_format({"num_format": day_format})
    number = first
    for number, row in enumerate(rows, start=first):
        for column, value in enumerate(row):
            _write(sheet, number, column, value, day)
    return number + 1


def csv_lines(header, rows):
    """The lines of a csv, one after the other, for a file too large to be held."""
    line = _OneLine()
    writer = csv.writer(line)
    writer.writerow([_guarded(title) for title in header])
    yield b"\xef\xbb\xbf" + line.taken()
    for row in rows:
        writer.writerow([_guarded(value) for value in row])
        yield line.taken()


class _OneLine(io.StringIO):
    """What the writer wrote last."""

    def taken(self) -> bytes:
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        return text.encode()


def csv_file(header, rows) -> bytes:
    """A csv that the usual spreadsheet programs open as UTF-8, for the sake of its first three bytes."""
    return b"".join(csv_lines(header, rows))


def _write(sheet, row, column, value, day):
    if isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(row, column, value)
    elif isinstance(value, date) and value >= FIRST_DAY:
        sheet.write_datetime(row, column, value, day)
    elif value not in (None, ""):
        sheet.write_string(row, column, str(value))


def _guarded(value):
    """Text that a spreadsheet would take for a formula, behind an apostrophe; reading takes it away again."""
    if isinstance(value, str) and FORMULA.match(value):
        return f"'{value}"
    return value
