"""Reads a workbook or a text table from standard input and writes its rows as lines of JSON.

Runs alone in a confined process: standard library and calamine only. The lines are {"sheet": name} where a
sheet begins, [number, cells, fractions, merged] for each row that is not blank, and {"refused": words} at a
refusal. Cells are text; `fractions` are the places of numbers that are not whole, which may have lost a final
zero, and `merged` those of cells that reach down from a row above and are told again.
"""

import csv
import io
import json
import re
import sys
import zipfile

# Of data; a header and a footer come on top.
MOST_ROWS, BESIDES = 100_000, 100
MOST_COLUMNS = 100
LONGEST_CELL = 2_000
MOST_CHARACTERS = 60_000_000
MOST_ENTRIES = 500
LARGEST_UNPACKED = 200 * 1024 * 1024
# Beyond this, so much out of so little is no roster.
LARGEST_RATIO, RATIO_MATTERS_FROM = 200, 20 * 1024 * 1024
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PROGRAMS = (b"MZ", b"\x7fELF")
OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
SAVE_AS = "请用 Excel 或 WPS 打开，另存为 .xlsx 再上传"
# From here on a double has no more room for the last digits.
EXACT_BELOW = 10**15
FORMULA = re.compile("^'*\\s*[=+\\-@＝＋－＠\t\r]")
QUOTED = re.compile(r'^="(.*)"$')
# Python writes these by GB 18030-2000, into the private-use area; the standard of 2022 has places for them.
GB18030_2022 = dict(
    zip(
        (0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE832, 0xE843, 0xE854, 0xE864,
         0xE816, 0xE817, 0xE818, 0xE831, 0xE83B, 0xE855),
        (0x9FB4, 0x9FB5, 0x9FB6, 0x9FB7, 0x9FB8, 0x9FB9, 0x9FBA, 0x9FBB,
         0x20087, 0x20089, 0x200CC, 0x215D7, 0x2298F, 0x241FE),
        strict=True,
    )
)  # fmt: skip
PRIVATE = re.compile("[\ue000-\uf8ff\ufffd]")


class Refused(Exception):
    """The file is not read; the message is for the person who sent it."""


def main():
    """Read standard input, write the lines."""
    content = sys.stdin.buffer.read()
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", write_through=False)
    try:
        for line in lines_of(content):
            out.write(json.dumps(line, ensure_ascii=False))
            out.write("\n")
    except Refused as refusal:
        out.write("\n" + json.dumps({"refused": str(refusal)}, ensure_ascii=False) + "\n")
    out.flush()


def lines_of(content):
    """The lines of a file of any kind that can be read; the content says which, not the name."""
    if content.startswith(ZIP):
        check_archive(content)
        return book_lines(content)
    if content.startswith(OLE):
        check_compound(content)
        return book_lines(content)
    start = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<style")):
        raise Refused(f"这个文件的内容其实是网页或 XML，不是表格文件。{SAVE_AS}")
    if content.startswith(OTHERS) or (b"\0" in content[:16] and content.startswith(PROGRAMS)):
        raise Refused("这不是表格文件，请上传 .xlsx、.xls、.ods 或 .csv")
    return text_lines(content)


def check_archive(content):
    """What the archive says of itself, before anything in it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError):
        raise Refused(f"文件不完整或已损坏，打不开。{SAVE_AS}") from None
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused(f"文件有密码，请去掉密码，{SAVE_AS}")
    check_size(sum(entry.file_size for entry in entries), len(content))
    check_names([entry.filename.lower() for entry in entries])


def climbs(name):
    """Whether the name of an entry leads out of the place where it is unpacked."""
    return ".." in name or name.startswith(("/", "\\"))


def check_size(unpacked, packed):
    """Refuse what would unpack to much more than a roster ever does."""
    bomb = unpacked > RATIO_MATTERS_FROM and unpacked > LARGEST_RATIO * packed
    if bomb or unpacked > LARGEST_UNPACKED:
        raise Refused("文件展开后太大，没有读取。请把名册部分复制到一个新的工作簿再上传")


def check_names(names):
    """Neither ways out, nor macros, nor other files inside, nor another kind of archive."""
    if len(names) > MOST_ENTRIES or any(map(climbs, names)):
        raise Refused(f"文件的内部结构不正常，没有读取。{SAVE_AS}")
    if any(name.endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
        raise Refused(f"文件含有宏，为安全起见不读取。{SAVE_AS}（不含宏的工作簿）")
    if any(name.endswith((".zip", ".rar", ".7z", ".exe", ".xlsx", ".xls", ".docx")) for name in names):
        raise Refused(f"文件里还嵌有别的文件，没有读取。请删去嵌入的文件，{SAVE_AS}")
    if not {"xl/workbook.xml", "content.xml"} & set(names):
        raise Refused(f"这不是 .xlsx 或 .ods 表格文件。{SAVE_AS}")


def check_compound(content):
    """The old container of Excel holds sheets, macros, or an encrypted new workbook."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Refused(f"文件有密码，请去掉密码，{SAVE_AS}")
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise Refused(f"文件含有宏，为安全起见不读取。{SAVE_AS}（不含宏的工作簿）")


def book_lines(content):
    """The rows of every visible sheet."""
    # Only here: a text table needs no calamine.
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # noqa: PLC0415

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        budget = Budget()
        for name in visible_sheets(book):
            yield {"sheet": name}
            yield from sheet_lines(book.get_sheet_by_name(name), name, budget)
    except PasswordError:
        raise Refused(f"文件有密码，请去掉密码，{SAVE_AS}") from None
    except CalamineError:
        raise Refused(f"文件不完整或已损坏，打不开。{SAVE_AS}") from None


def visible_sheets(book):
    """The names of the sheets that a person sees."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415

    for sheet in book.sheets_metadata:
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet:
            yield sheet.name


def sheet_lines(sheet, name, budget):
    """The rows of one sheet."""
    # They begin at the first row, but at the first column in use.
    left_out = [""] * (sheet.start[1] if sheet.start else 0)
    rows = (left_out + row for row in sheet.iter_rows())
    for number, (row, merged) in enumerate(filled_down(rows, sheet.merged_cell_ranges or ()), start=1):
        yield from budget.line(name, number, row, merged)


def filled_down(rows, ranges):
    """(row, places filled in) of each row: a cell merged over several rows says the same in all of them."""
    above = Reaching(ranges)
    for number, row in enumerate(rows):
        yield row, above.fill(number, row)


class Reaching:
    """The cells that reach down from the row where they begin, by their place."""

    def __init__(self, ranges):
        self.begin, self.now = {}, {}
        for (first, place), (last, _) in ranges:
            if last > first:
                self.begin.setdefault(first, []).append((place, last))

    def fill(self, number, row):
        """Tell the row what reaches it; the places where that is. What is otherwise blank stays so."""
        self.now = {place: reach for place, reach in self.now.items() if reach[0] >= number}
        filled = list(self.now) if self.now and any(map(plain, row)) else []
        for place in filled:
            row[place] = self.now[place][1]
        self._begin(number, row)
        return filled

    def _begin(self, number, row):
        for place, last in self.begin.get(number, ()):
            if place < len(row):
                self.now[place] = (last, row[place])


def text_lines(content):
    """The rows of a table written as text."""
    text = decoded(content)
    sample = text[:4000]
    delimiter = max(",\t;", key=sample.count)
    yield {"sheet": ""}
    budget = Budget()
    csv.field_size_limit(LONGEST_CELL * 10)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in rows:
            yield from budget.line("", rows.line_num, [unguarded(cell) for cell in row])
    except csv.Error:
        raise Refused(f"第 {rows.line_num} 行不能按表格读取（引号不成对，或内容太长）") from None


def decoded(content):
    """The text of a file in UTF-8, UTF-16 or GB 18030."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "gb18030"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "gb18030":
            text = text.translate(GB18030_2022)
        check_characters(text, encoding)
        return text
    raise Refused("文件不是 UTF-8 或 GB18030 编码的文字。请用 Excel 或 WPS 另存为 .xlsx 再上传")


def check_characters(text, encoding):
    """No zero bytes, and nothing that was lost when somebody converted the file."""
    if "\0" in text:
        raise Refused("这不是文字表格（含有空字符）。请上传 .xlsx、.xls、.ods 或 .csv")
    lost = PRIVATE.search(text) if encoding == "gb18030" else re.search("\ufffd", text)
    if lost:
        number = text.count("\n", 0, lost.start()) + 1
        raise Refused(
            f"第 {number} 行有无法识别的字“{lost.group()}”（U+{ord(lost.group()):04X}），"
            "可能在转换编码时丢失了生僻字。请在 Excel 或 WPS 中核对后另存为 .xlsx 再上传"
        )


def unguarded(cell):
    """The text as it was before an export kept it from being taken for a formula."""
    quoted = QUOTED.match(cell)
    if quoted:
        return quoted.group(1)
    if cell.startswith("'") and FORMULA.match(cell.lstrip("'")):
        return cell[1:]
    return cell


class Budget:
    """How much is read at most."""

    def __init__(self):
        self.rows = self.characters = 0

    def line(self, sheet, number, row, merged=()):
        """The row as a line, or nothing when it is blank."""
        cells = [plain(value) for value in row]
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            self.spend(cells, f"{f'工作表“{sheet}”' if sheet else ''}第 {number} 行")
            yield [number, cells, [place for place, value in enumerate(row) if is_fraction(value)], merged]

    def spend(self, cells, where):
        """Count the row; refuse what is more than a roster can be."""
        self.rows += 1
        self.characters += sum(map(len, cells))
        if len(cells) > MOST_COLUMNS:
            raise Refused(f"{where}在第 {MOST_COLUMNS} 列以后还有内容，名册没有这么宽，请删去后再上传")
        if max(map(len, cells)) > LONGEST_CELL:
            column = 1 + next(place for place, cell in enumerate(cells) if len(cell) > LONGEST_CELL)
            raise Refused(f"{where}第 {column} 列有一格的内容超过 {LONGEST_CELL} 字，请缩短后再上传")
        if self.rows > MOST_ROWS + BESIDES or self.characters > MOST_CHARACTERS:
            raise Refused(f"一个文件最多 {MOST_ROWS} 行，请分成几个文件上传")


def is_fraction(value):
    """Whether the cell is a number that is not whole."""
    return isinstance(value, float) and not value.is_integer()


def plain(value):
    """A cell as text: days as 1958-07-12, whole numbers without a point, yes and no in words."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return number_text(value)
    # Days, moments and spans; a day that a spreadsheet keeps as a midnight is a day.
    return str(value).removesuffix(" 00:00:00")


def number_text(value):
    """A number as text; one too long to be exact in the way that shows it has lost its last digits."""
    if isinstance(value, float) and not value.is_integer():
        return repr(value)
    return str(int(value)) if abs(value) < EXACT_BELOW else f"{value:.14E}"


if __name__ == "__main__":
    main()
