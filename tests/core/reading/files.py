"""Files of every kind for the tests, made when they are needed: none is kept in the repository."""

import csv
import io
import zipfile
from html import escape

import xlwt
from xlsxwriter import Workbook


def xlsx(*sheets, hidden=(), merged=None) -> bytes:
    """A workbook of (name, rows); a cell may be text, a number, a day or ("=…", value).

    `merged` are cells merged on each sheet, with what they say: {"C3:C9": "…"}.
    """
    file = io.BytesIO()
    with Workbook(file, {"default_date_format": 'yyyy"年"mm"月"dd"日"'}) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for number, row in enumerate(rows):
                for place, value in enumerate(row):
                    _put(sheet, number, place, value)
            for place, value in (merged or {}).items():
                sheet.merge_range(place, value)
    return file.getvalue()


def _put(sheet, number, place, value):
    if isinstance(value, tuple):
        sheet.write_formula(number, place, value[0], None, value[1])
    elif isinstance(value, str):
        sheet.write_string(number, place, value)
    elif value is not None:
        sheet.write(number, place, value)


def xls(rows, name="Sheet1") -> bytes:
    """An old workbook of one sheet."""
    book = xlwt.Workbook()
    sheet = book.add_sheet(name)
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            if value is not None:
                sheet.write(number, place, value, *([day] if hasattr(value, "year") else []))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def ods(rows, name="Sheet1") -> bytes:
    """An OpenDocument sheet, as small as they can be."""
    lines = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    content = (
        '<?xml version="1.0"?><office:document-content'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="{name}">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest'
        ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    return archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": manifest,
        }
    )


def _ods_cell(value):
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'


def archive(entries, *, compression=zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of {name: content}."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return file.getvalue()


def text_table(rows, *, encoding="utf-8", delimiter=",") -> bytes:
    """A csv of the rows."""
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue().encode(encoding)


def changed(content, changes) -> bytes:
    """A zip with some of its entries replaced or added: {name: what becomes of its content}."""
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    return archive({**entries, **{name: change(entries.get(name, b"")) for name, change in changes.items()}})
