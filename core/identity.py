"""Names, ID numbers and phone numbers of people in China: how each is written, and when it is wrong."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from core.errors import InvalidValue

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
MIDDLE_DOT = "\u00b7"
# What people type for the separator in names of minority nationalities (民委发〔2016〕33号: U+00B7).
OTHER_DOTS = re.compile("[\u2022\u2027\u30fb\uff65\uff0e\u2219\u22c5]|(?<=[^\x00-\x7f])\\.(?=[^\x00-\x7f])")
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
MOBILE = re.compile(r"1[3-9][0-9]{9}")
WITHOUT_ZERO = re.compile(r"[2-9][0-9]{9}")
LANDLINE = re.compile(r"(0[0-9]{2,3})-?([0-9]{7,8})(?:-?([0-9]{1,6}))?")


@dataclass(frozen=True)
class IdNumber:
    """A valid 公民身份号码 and what its digits say."""

    number: str
    legacy: bool = False

    @property
    def born_on(self) -> date:
        return date(int(self.number[6:10]), int(self.number[10:12]), int(self.number[12:14]))

    @property
    def sex(self) -> str:
        return "M" if int(self.number[16]) % 2 else "F"


def check_character(seventeen: str) -> str:
    """The last character of an ID number by GB 11643-1999."""
    return CHECKS[sum(int(digit) * weight for digit, weight in zip(seventeen, WEIGHTS, strict=True)) % 11]


def parse_id_number(text: str, *, today: date, field: str = "id_number") -> IdNumber:
    """Read an ID number of 18 or (legacy) 15 places (GB 11643); raise InvalidValue saying what is wrong.

    The region digits are not compared with today's divisions: they are those of the first registration.
    """
    plain = unicodedata.normalize("NFKC", str(text)).upper().replace("×", "X")
    plain = re.sub(r"[\s\-']", "", INVISIBLE.sub("", plain))
    if re.fullmatch(r"[0-9.]+E\+?[0-9]+", plain):
        raise InvalidValue(
            f"身份证号“{text}”被表格软件改成了科学计数法，末几位已丢失，请按证件重新输入", field=field
        )
    if re.fullmatch(r"[0-9]{15}", plain):
        seventeen = f"{plain[:6]}19{plain[6:]}"
        return _with_real_birthday(
            IdNumber(seventeen + check_character(seventeen), legacy=True), text, today, field
        )
    if not re.fullmatch(r"[0-9]{17}[0-9X]", plain):
        raise InvalidValue(
            f"身份证号“{text}”应为18位（17位数字加1位数字或X），现为{len(plain)}位", field=field
        )
    if check_character(plain[:17]) != plain[17]:
        raise InvalidValue(f"身份证号“{text}”的校验位不对（GB 11643），请核对是否输错", field=field)
    return _with_real_birthday(IdNumber(plain), text, today, field)


def _with_real_birthday(parsed: IdNumber, text: str, today: date, field: str) -> IdNumber:
    try:
        born_on = parsed.born_on
    except ValueError:
        raise InvalidValue(
            f"身份证号“{text}”中的出生日期 {parsed.number[6:14]} 不存在", field=field
        ) from None
    if born_on > today:
        raise InvalidValue(f"身份证号“{text}”中的出生日期 {born_on} 在今天之后", field=field)
    return parsed


def dotted(text: str) -> str:
    """A name, or a part of one, with U+00B7 for whatever was typed between its parts."""
    return OTHER_DOTS.sub(MIDDLE_DOT, INVISIBLE.sub("", text))


def normalise_name(text: str, *, field: str = "name") -> str:
    """A person's name as it is kept: no padding, U+00B7 between parts, every other character as typed.

    Raise InvalidValue for digits and for names without any letter. (民委发〔2016〕33号)
    """
    plain = dotted("".join(str(text).split()))
    if not plain:
        raise InvalidValue("姓名不能为空", field=field)
    if any(character.isdigit() or unicodedata.category(character) in {"Cc", "So"} for character in plain):
        raise InvalidValue(f"姓名“{text}”中不能有数字或符号", field=field)
    if not all(map(_belongs_in_a_name, plain)):
        raise InvalidValue(f"姓名“{text}”中不能有标点符号（姓名间隔号请用“·”）", field=field)
    return plain


def _belongs_in_a_name(character: str) -> bool:
    # A font vendor's places in the private-use area: rare names were long written so. Kept, not judged.
    category = unicodedata.category(character)
    return category[0] in "LM" or category == "Co" or character in f"{MIDDLE_DOT}()（）"


def normalise_phone(text: str, *, field: str = "phone") -> str:
    """A mobile number as 11 digits or a landline as 0874-3123456; raise InvalidValue for anything else."""
    plain = re.sub(r"[\s()]", "", unicodedata.normalize("NFKC", str(text)))
    plain = re.sub(r"^(\+?86|0086)-?(?=1|0)", "", re.sub(r"\.0$", "", plain))
    if MOBILE.fullmatch(plain.replace("-", "")):
        return plain.replace("-", "")
    if re.fullmatch(r"[0-9.]+E\+?[0-9]+", plain.upper()):
        raise InvalidValue(f"电话“{text}”被表格软件改成了科学计数法，末几位已丢失，请重新输入", field=field)
    match = LANDLINE.fullmatch(plain)
    if WITHOUT_ZERO.fullmatch(plain):
        raise InvalidValue(
            f"电话“{text}”像是区号前的 0 被表格去掉了，请写成 0874-3123456 的样子", field=field
        )
    if match is None:
        raise InvalidValue(
            f"电话“{text}”不是11位手机号，也不是“区号-号码”的固定电话（如 0874-3123456）", field=field
        )
    return "-".join(part for part in match.groups() if part)
