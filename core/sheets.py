"""Writing sheets: xlsx and csv in which text is always text, never a formula."""

import csv
import io
import re

from xlsxwriter import Workbook

# What a spreadsheet may take for the beginning of a formula, also behind apostrophes of the person's own.
FORMULA = re.compile("^'*\\s*[=+\\-@＝＋－＠\t\r]")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"
CONTENT_TYPES = {"xlsx": XLSX_TYPE, "csv": CSV_TYPE}
AS_WRITTEN = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def written(kind: str, header, rows) -> bytes:
    """The sheet as a file of the kind "csv" or "xlsx"."""
    return (xlsx if kind == "xlsx" else csv_file)(header, rows)


def xlsx(header, rows) -> bytes:
    """A workbook of one sheet: numbers as numbers, everything else as text."""
    file = io.BytesIO()
    with Workbook(file, AS_WRITTEN) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        sheet.set_column(0, len(header) - 1, 18)
        for column, title in enumerate(header):
            sheet.write_string(0, column, title, bold)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                _write(sheet, number, column, value)
    return file.getvalue()


def csv_file(header, rows) -> bytes:
    """A csv that the usual spreadsheet programs open as UTF-8, for the sake of its first three bytes."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([_guarded(title) for title in header])
    writer.writerows([_guarded(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _write(sheet, row, column, value):
    if isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(row, column, value)
    elif value is not None:
        sheet.write_string(row, column, str(value))


def _guarded(value):
    """Text that a spreadsheet would take for a formula, behind an apostrophe; reading takes it away again."""
    if isinstance(value, str) and FORMULA.match(value):
        return f"'{value}"
    return value
