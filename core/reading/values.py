"""What people write in cells: nothing in many words, and dates in every way there is."""

import re
import unicodedata
from datetime import date, timedelta

from core.errors import InvalidValue
from core.precision import PartialDate, Precision

# No cell of a paper form may stay blank, so "none" is written somehow.
NOTHING = frozenset({"", "无", "没有", "不详", "未知", "不明", "空", "-", "/", "\\", "0", "#N/A", "N/A"})
# What begins like this is no such word, as nearly every cell.
SAYS_SOMETHING = re.compile("[1-9\u4e00-\u9fff](?<![无没不未空])")
DASHES = re.compile("[\u2010-\u2015\u2212\u2500\u30fc\uff0d_]")
DIGITS = str.maketrans("〇零○Ｏ一二三四五六七八九", "0000123456789")
# What a Chinese keyboard gives where a point was meant.
POINTS = str.maketrans("、。，,", "....")
CHINESE_DATE = re.compile(
    "([〇零○Ｏ一二三四五六七八九\\d]{4})年(?:([〇零一二三四五六七八九十]{1,3})月(?:([初〇零一二三四五六七八九十廿卅]{1,3})[日号]?)?)?"
)
BETWEEN = re.compile(r"\s*([-/.年月])\s*")
TIME = re.compile(r"[T ]\s*\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
UNKNOWN_DAY = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(?:0|00)")
# A day as Excel counts them, in a column that was not formatted as dates. The 60th never was.
SERIAL = re.compile(r"[1-7]\d{4}(\.0)?")
SERIAL_ZERO = date(1899, 12, 30)
# Nearly a day; how nearly is for the person to say.
ABOUT = re.compile(r"约|左右|前后|年[初中底末]|月[初中底末]$|[上中下]旬|[上下]半年|[春夏秋冬]季?$")
TWO_DIGITS = re.compile(r"[〇零一二三四五六七八九]{2}年.*|\d{2}[-/.年]\d{1,2}([-/.月]\d{1,2}日?|月)?")


def is_nothing(text: str) -> bool:
    """Whether a cell says "none": blank, 无, —, 不详, 0 …"""
    if SAYS_SOMETHING.match(text):
        return False
    plain = DASHES.sub("-", unicodedata.normalize("NFKC", text)).strip()
    return re.sub("-+", "-", plain.upper()) in NOTHING


def read_date(text: str, *, fraction: bool = False, field: str | None = None) -> PartialDate:
    """A day, month or year in any usual writing; raise InvalidValue saying what is wrong.

    `fraction`: the cell was a number, so that 1958.1 may be October as well as January.
    """
    text = re.sub(r"月份$", "月", text.strip())
    said = re.sub(r"元月(?!\s*\d)", "一月", text).replace("元月", "1月")
    plain = TIME.sub("", unicodedata.normalize("NFKC", DASHES.sub("-", said))).translate(POINTS)
    plain = BETWEEN.sub(r"\1", plain).rstrip(".")
    if fraction and re.fullmatch(r"\d{4}\.1", plain):
        raise InvalidValue(
            f"“{text}”可能是1月，也可能是10月（表格软件会去掉末尾的0），"
            f"请写成 {plain[:4]}-01 或 {plain[:4]}-10",
            field=field,
        )
    if SERIAL.fullmatch(plain):
        return PartialDate(SERIAL_ZERO + timedelta(days=int(plain[:5])))
    return _spoken(said, field) or _unknown_day(plain) or _written(text, plain, field)


def _written(text, plain, field) -> PartialDate:
    if TWO_DIGITS.fullmatch(plain):
        raise InvalidValue(f"“{text}”的年份只有两位，请写成四位年份，如 1958-07-12", field=field)
    try:
        return PartialDate.parse(re.sub(r"[号]$", "日", plain), field=field)
    except InvalidValue:
        if ABOUT.search(text):
            raise InvalidValue(
                f"“{text}”不是确切的日期：只知道年份请写成 1958，只知道年月请写成 1958-07", field=field
            ) from None
        if re.search("[农阴]历|[初廿腊冬闰]|正月", text):
            raise InvalidValue(f"“{text}”是农历日期，请换算成公历填写，如 1958-07-12", field=field) from None
        raise InvalidValue(
            f"“{text}”不是有效的日期，请写成 1958-07-12、1958-07 或 1958", field=field
        ) from None


def _unknown_day(plain) -> PartialDate | None:
    """1949-05-00: the month is known and the day is not."""
    match = UNKNOWN_DAY.fullmatch(plain)
    if match and 1 <= int(match[3]) <= 12:
        return PartialDate(date(int(match[1]), int(match[3]), 1), Precision.MONTH)
    return None


def _spoken(text, field) -> PartialDate | None:
    """一九五八年七月十二日; nothing for what is not written like that."""
    match = CHINESE_DATE.fullmatch("".join(text.split()))
    if match is None:
        return None
    year, *rest = filter(None, match.groups())
    try:
        parts = [year.translate(DIGITS), *(str(_number(each)) for each in rest)]
    except ValueError:
        return None
    return PartialDate.parse("-".join(parts), field=field)


def _number(words: str) -> int:
    """十二, 二十三, 廿三, 〇七 or 七 as a number; ValueError for what is none, as 十十 and 初八."""
    words = words.replace("廿", "二十").replace("卅", "三十")
    if "十" not in words:
        return int(words.translate(DIGITS))
    tens, _, units = words.partition("十")
    return int(tens.translate(DIGITS) or 1) * 10 + int(units.translate(DIGITS) or 0)
