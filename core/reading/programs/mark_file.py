"""Gives a workbook back with comments in its cells and a column of reasons. Runs alone in a confined process.

Standard input: the length of the marks in eight bytes, the marks as JSON, the file. The marks are
{"author", "heading", "keep", "sheets": [{"name", "row", "cells": [[row, column, words]], "rows"}]}, rows as
[row, words], from 1, columns from 0. Standard output: an .xlsx; of an .xlsx the same workbook if it is to
be kept, of anything else its sheets, rows and columns in their places.
"""

import io
import json
import runpy
import sys
import tempfile
from pathlib import Path

LIGHT_RED = "FFF4C7C3"
WIDTH, HEIGHT = 260, 90
# Columns behind this one are no table.
WIDEST = 100


def main():
    """Read the marks and the file, write the workbook."""
    # What a library must put on a disk is put into memory.
    if Path("/dev/shm").is_dir():  # noqa: S108 - private files, gone with the process
        tempfile.tempdir = "/dev/shm"  # noqa: S108
    length = int.from_bytes(sys.stdin.buffer.read(8), "big")
    marks = json.loads(sys.stdin.buffer.read(length))
    content = sys.stdin.buffer.read()
    sys.stdout.buffer.write(marked(content, marks))
    sys.stdout.flush()


def marked(content, marks):
    """The same workbook where that can be; a sheet too wide to be held is written anew like the others."""
    if marks["keep"] and is_workbook(content):
        try:
            return kept(content, marks)
        except MemoryError:
            pass
    return written_anew(content, marks)


def is_workbook(content):
    """Whether the file is an .xlsx, which alone can be changed in place."""
    return content.startswith(b"PK") and b"xl/workbook.xml" in content


def kept(content, marks):
    """The person's own workbook: widths, colours, merged cells and other sheets as they were."""
    from openpyxl import load_workbook  # noqa: PLC0415

    book = load_workbook(io.BytesIO(content))
    for marked in marks["sheets"]:
        sheet = book[marked["name"]]
        forget_marks(sheet, marked, marks["author"])
        mark_cells(sheet, marked, marks["author"])
        tell_reasons(sheet, marked, marks["heading"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def forget_marks(sheet, marked, author):
    """Take out the comments and colours of an earlier check: people mend the workbook they were given.

    Within the table alone: looking at a cell makes it, and a sheet may be very wide.
    """
    from openpyxl.styles import PatternFill  # noqa: PLC0415

    for row, _ in marked["rows"]:
        for column in range(1, min(marked["last"], WIDEST) + 1):
            cell = sheet.cell(row, column)
            if cell.comment and cell.comment.author == author:
                cell.comment, cell.fill = None, PatternFill()


def mark_cells(sheet, marked, author):
    """A comment in each wrong cell, above what its own said."""
    from openpyxl.comments import Comment  # noqa: PLC0415
    from openpyxl.styles import PatternFill  # noqa: PLC0415

    fill = PatternFill("solid", start_color=LIGHT_RED)
    for row, column, words in marked["cells"]:
        cell = sheet.cell(row, column + 1)
        if type(cell).__name__ != "MergedCell":
            own = f"\n\n原批注：{cell.comment.text}" if cell.comment else ""
            cell.comment = Comment(words + own, author, height=HEIGHT, width=WIDTH)
            cell.fill = fill


def tell_reasons(sheet, marked, heading):
    """The column of reasons: the one of an earlier check, or behind the last."""
    from openpyxl.styles import Font  # noqa: PLC0415

    there = [cell.column for cell in sheet[marked["row"]] if cell.value == heading]
    column = there[0] if there else free_column(sheet, marked)
    sheet.cell(marked["row"], column, heading).font = Font(bold=True)
    for row, words in marked["rows"]:
        sheet.cell(row, column, words).data_type = "s"
    sheet.column_dimensions[sheet.cell(1, column).column_letter].width = 60


def free_column(sheet, marked):
    """The first column behind the table in which none of its rows says anything: colours may reach far."""
    rows = [marked["row"], *(row for row, _ in marked["rows"])]
    for column in range(marked["last"] + 1, WIDEST + 1):
        if all(is_free(sheet.cell(row, column)) for row in rows):
            return column
    return WIDEST + 1


def is_free(cell):
    """Whether something may be written there; a part of a merged cell bears no value and takes none."""
    return cell.value is None and type(cell).__name__ != "MergedCell"


def written_anew(content, marks):
    """The sheets with every cell as text in its place."""
    from xlsxwriter import Workbook  # noqa: PLC0415

    reader = runpy.run_path(str(Path(__file__).with_name("read_file.py")))
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    by_name = {marked["name"]: marked for marked in marks["sheets"]}
    file = io.BytesIO()
    with Workbook(file, options) as book:
        colour, bold = book.add_format({"bg_color": f"#{LIGHT_RED[2:]}"}), book.add_format({"bold": True})
        sheet = marked = None
        for line in reader["lines_of"](content):
            if isinstance(line, dict):
                sheet = book.add_worksheet(line["sheet"] or None)
                marked = by_name.get(line["sheet"])
                mark_sheet(sheet, marked, marks, bold)
            else:
                write_line(sheet, line, marked, colour)
    return file.getvalue()


def mark_sheet(sheet, marked, marks, bold):
    """The comments and reasons of a sheet, whose cells come after."""
    if marked is None:
        return
    sheet.set_column(0, marked["last"] - 1, 18)
    sheet.set_column(marked["last"], marked["last"], 60)
    sheet.write_string(marked["row"] - 1, marked["last"], marks["heading"], bold)
    for row, words in marked["rows"]:
        sheet.write_string(row - 1, marked["last"], words)
    for row, column, words in marked["cells"]:
        place = {"author": marks["author"], "x_scale": 2, "y_scale": 1.5}
        sheet.write_comment(row - 1, column, words, place)
    marked["wrong"] = {(row, column) for row, column, _ in marked["cells"]}


def write_line(sheet, line, marked, colour):
    """One row; its wrong cells coloured."""
    number, cells, *_ = line
    wrong = marked["wrong"] if marked else ()
    for place, text in enumerate(cells):
        if text or (number, place) in wrong:
            sheet.write_string(number - 1, place, text, colour if (number, place) in wrong else None)


if __name__ == "__main__":
    main()
