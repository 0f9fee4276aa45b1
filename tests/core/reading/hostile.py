"""Files that were made to do harm, or that only happen: each with what the person must be told."""

import struct
import zlib

from tests.core.reading import files

SHEET = "xl/worksheets/sheet1.xml"
ROWS = [["姓名", "性别", "出生日期"], ["王秀英", "女", "1949-12-31"]]
PLAIN = files.xlsx(("名册", ROWS))
DOCTYPE = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">'
    + b"".join(
        b'<!ENTITY %c "%s">' % (ord("b") + step, b"&%c;" % (ord("a") + step) * 10) for step in range(12)
    )
    + b"]>"
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sheet_of(body) -> bytes:
    """A workbook whose one sheet has this XML between its rows' tags."""
    start = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    )
    return files.changed(
        PLAIN, {SHEET: lambda old: start + b"<sheetData>" + body + b"</sheetData></worksheet>"}
    )


def cell(place, text="x") -> bytes:
    return b'<c r="%s" t="inlineStr"><is><t>%s</t></is></c>' % (place.encode(), text.encode())


def row(number, *cells) -> bytes:
    return b'<row r="%d">%s</row>' % (number, b"".join(cells))


def lying_bomb() -> bytes:
    """An archive whose directory says that little comes out of it."""
    real = b"0" * (300 * 1024 * 1024)
    packed = files.changed(PLAIN, {"xl/theme/theme9.xml": lambda old: real})
    size = struct.pack("<I", len(real))
    return packed.replace(size, struct.pack("<I", 1000))


def half(content) -> bytes:
    return content[: len(content) // 2]


def laughing(old) -> bytes:
    return DOCTYPE + old.split(b"?>", 1)[1].replace(
        b"<sheetData>", b"<sheetData>" + row(9, cell("A9", "&m;"))
    )


def laughing_strings(old) -> bytes:
    return DOCTYPE + old.split(b"?>", 1)[1].replace("姓名".encode(), b"&m;")


def outside(old) -> bytes:
    head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    return head + old.split(b"?>", 1)[1].replace(b"<sheetData>", b"<sheetData>" + row(9, cell("A9", "&e;")))


def encrypted_flag(content) -> bytes:
    """The archive with the sign of encryption on each entry of its directory."""
    return content.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")


# What each is called, its file name, how it is made, and what the refusal says: "" is read in peace, None may
# be either.
HOSTILE = [
    (
        "corner cell",
        "x.xlsx",
        lambda: sheet_of(row(1, cell("A1")) + row(1048576, cell("XFD1048576"))),
        "展开后太大",
    ),
    (
        "tall corner",
        "x.xlsx",
        lambda: sheet_of(row(1, cell("A1")) + row(1048576, cell("CV1048576"))),
        "展开后太大",
    ),
    (
        "a million blank rows",
        "x.xlsx",
        lambda: sheet_of(
            row(1, cell("A1", "姓名"))
            + (b"".join(b'<row r="%d" spans="1:20" ht="15"/>' % number for number in range(3, 1_000_001)))
        ),
        "",
    ),
    (
        "a million styled rows",
        "x.xlsx",
        lambda: sheet_of(
            row(1, cell("A1", "姓名"))
            + (
                b"".join(
                    b'<row r="%d"><c r="A%d" s="1"/></row>' % (each, each) for each in range(3, 1_000_001)
                )
            )
        ),
        "",
    ),
    (
        "too many rows",
        "x.xlsx",
        lambda: sheet_of(b"".join(b"<row><c><v>1</v></c></row>" for _ in range(100_101))),
        "最多 100000 行",
    ),
    ("wide row", "x.csv", lambda: ",".join("x" * 5000).encode(), "以后还有内容"),
    (
        "ten megabytes in a cell",
        "x.xlsx",
        lambda: sheet_of(row(1, cell("A1", "王" * 3_000_000))),
        "超过 2000 字",
    ),
    (
        "one merge over millions",
        "x.xlsx",
        lambda: sheet_of(
            row(1, cell("A1"))
            + (b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD2000"/></mergeCells><sheetData>')
        ),
        "",
    ),
    (
        "zip bomb",
        "x.xlsx",
        lambda: files.changed(PLAIN, {"xl/a.xml": lambda old: b"0" * 400_000_000}),
        "展开后太大",
    ),
    (
        "bomb by ratio",
        "x.xlsx",
        lambda: files.changed(PLAIN, {"xl/a.xml": lambda old: b"0" * 30_000_000}),
        "展开后太大",
    ),
    ("bomb with a lying directory", "x.xlsx", lying_bomb, ""),
    (
        "a thousand entries",
        "x.xlsx",
        lambda: files.archive({f"{n}.xml": "" for n in range(1000)}),
        "内部结构不正常",
    ),
    (
        "names that climb",
        "x.xlsx",
        lambda: files.changed(PLAIN, {"../../etc/x": lambda old: b""}),
        "内部结构不正常",
    ),
    (
        "nested archive",
        "x.xlsx",
        lambda: files.changed(PLAIN, {"xl/embeddings/a.zip": lambda old: b""}),
        "嵌有别的文件",
    ),
    ("macros", "x.xlsx", lambda: files.changed(PLAIN, {"xl/vbaProject.bin": lambda old: OLE}), "含有宏"),
    ("old macros", "x.xls", lambda: OLE + bytes(600) + "_VBA_PROJECT".encode("utf-16-le"), "含有宏"),
    ("encrypted", "x.xlsx", lambda: OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "文件有密码"),
    ("encrypted zip", "x.xlsx", lambda: encrypted_flag(PLAIN), "文件有密码"),
    ("billion laughs", "x.xlsx", lambda: files.changed(PLAIN, {SHEET: laughing}), None),
    (
        "laughing strings",
        "x.xlsx",
        lambda: files.changed(PLAIN, {"xl/sharedStrings.xml": laughing_strings}),
        None,
    ),
    ("outside entity", "x.xlsx", lambda: files.changed(PLAIN, {SHEET: outside}), None),
    (
        "shared string that is not there",
        "x.xlsx",
        lambda: sheet_of(b'<row r="1"><c r="A1" t="s"><v>99999</v></c></row>'),
        None,
    ),
    ("truncated xls", "x.xls", lambda: half(files.xls(ROWS)), None),
    ("xls of zeros", "x.xls", lambda: OLE + bytes(5000), "不完整或已损坏"),
    ("web page named xls", "x.xls", lambda: b"<html><table><tr><td>x</td></tr></table></html>", "网页或 XML"),
    ("web page after a mark", "x.xls", lambda: b"\xef\xbb\xbf\r\n<!DOCTYPE html><table>", "网页或 XML"),
    ("xml of 2003", "x.xls", lambda: b'<?xml version="1.0"?><Workbook/>', "网页或 XML"),
    ("pdf", "x.xlsx", lambda: b"%PDF-1.7", "不是表格文件"),
    ("program", "x.xlsx", lambda: b"MZ\x90\x00\x03", "不是表格文件"),
    ("picture", "x.xlsx", lambda: b"\x89PNG\r\n", "不是表格文件"),
    ("gzip", "x.csv", lambda: b"\x1f\x8b" + zlib.compress(b"x"), "不是表格文件"),
    ("word document", "x.xlsx", lambda: files.archive({"word/document.xml": "<x/>"}), "不是 .xlsx 或 .ods"),
    ("empty zip", "x.xlsx", lambda: files.archive({}), None),
    ("zip of nothing", "x.xlsx", lambda: b"PK\x03\x04", "不完整或已损坏"),
    (
        "mixed encodings",
        "x.csv",
        lambda: "姓名\n".encode() + "王\n".encode("gb18030") + b"\xff",
        "不是 UTF-8 或 GB18030",
    ),
    ("zeros", "x.csv", lambda: bytes(5000), "空字符"),
    ("quotes without end", "x.csv", lambda: b'a,b\n"' + b"x\n" * 200_000, "不能按表格读取"),
    ("commas only", "x.csv", lambda: b"," * 1_000_000, ""),
    ("lines only", "x.csv", lambda: b"\n" * 2_000_000, ""),
    ("control characters", "x.csv", "姓名\x01\x02\x1b[31m\n".encode, ""),
    *(
        (
            f"truncated at {share} %",
            "x.xlsx",
            lambda share=share: PLAIN[: len(PLAIN) * share // 100],
            "不完整或已损坏",
        )
        for share in (10, 50, 90, 99)
    ),
]
