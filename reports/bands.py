"""The bands of a dimension as a person writes them: read line by line, and refused in words.

A line is a band: its code, its name, and where it begins - or, for education, which codes it holds -
separated by bars. The first band begins with nothing.
"""

import re
from datetime import date
from itertools import pairwise

from core.errors import DomainError, InvalidValue, refuse_all
from members.models import Education
from reports.models import Banded

BAR = re.compile(r"\s*[|｜]\s*")
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z+-]{0,19}")
RESERVED = "unknown"
LONGEST_NAME = 40
OLDEST = 150
HOW = {
    Banded.AGE: "代码 | 名称 | 起始年龄",
    Banded.JOINED: "代码 | 名称 | 起始日期（如 1949-10-01）",
    Banded.EDUCATION: "代码 | 名称 | 学历代码（以空格分隔）",
}


def written_bands(code: str, bands) -> str:
    """The bands as lines to be changed."""
    return "\n".join(
        " | ".join([band["code"], band["name"], _end_of_line(code, band)]).rstrip() for band in bands
    )


def _end_of_line(code, band) -> str:
    if code == Banded.EDUCATION:
        return " ".join(band["holds"])
    return "" if band["begins"] is None else str(band["begins"])


def said_of(code: str, bands) -> list[tuple[str, str]]:
    """Each band's name, and what falls into it in words."""
    names = dict(Education.choices)
    if code == Banded.EDUCATION:
        return [(band["name"], "、".join(names[held] for held in band["holds"]) or "无") for band in bands]
    measure = "岁" if code == Banded.AGE else ""
    return [
        (band["name"], "其下全部" if band["begins"] is None else f"自 {band['begins']}{measure} 起")
        for band in bands
    ]


def read_bands(code: str, text: str) -> list[dict]:
    """The bands that the lines say. Raise InvalidValue on `bands`, with everything wrong at once."""
    lines = [line for line in text.splitlines() if line.strip()]
    bands, wrong = [], []
    for place, line in enumerate(lines, start=1):
        try:
            bands.append(_read(code, line.strip(), is_first=place == 1))
        except ValueError as error:
            wrong.append(_wrong(f"第{place}行：{error}"))
    refuse_all(wrong or band_complaints(code, bands))
    return bands


def _read(code, line, *, is_first) -> dict:
    parts = [*BAR.split(line), "", ""]
    if len(parts) > 5 or not all(parts[:2]):
        raise ValueError(f"应写成“{HOW[Banded(code)]}”")
    band = {"code": parts[0], "name": parts[1]}
    if code == Banded.EDUCATION:
        return {**band, "holds": parts[2].split()}
    if is_first and not parts[2]:
        return {**band, "begins": None}
    return {**band, "begins": READ[code](parts[2])}


def _age(text) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= OLDEST):
        raise ValueError(f"起始年龄“{text}”应为0到{OLDEST}的整数")
    return int(text)


def _day(text) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"起始日期“{text}”不是有效的日期，请写成 1949-10-01") from None


READ = {Banded.AGE: _age, Banded.JOINED: _day}


def band_complaints(code, bands) -> list[DomainError]:
    """Everything that keeps the bands from dividing everybody, each into one."""
    wrong = [*_naming_complaints(bands)]
    wrong += _education_complaints(bands) if code == Banded.EDUCATION else _order_complaints(bands)
    return [_wrong(words) for words in wrong]


def _naming_complaints(bands):
    if len(bands) < 2:
        yield "至少要有两档"
    for what, label in (("code", "代码"), ("name", "名称")):
        for twice in _said_twice([band[what] for band in bands]):
            yield f"{label}“{twice}”写了两次"
    yield from filter(None, map(_badly_named, bands))


def _badly_named(band) -> str:
    if not CODE.fullmatch(band["code"]) or band["code"] == RESERVED:
        return f"代码“{band['code']}”应为1到20个字母、数字、加号或短横，不能是 {RESERVED}"
    return f"名称“{band['name']}”超过{LONGEST_NAME}个字" if len(band["name"]) > LONGEST_NAME else ""


def _said_twice(words) -> list:
    return list(dict.fromkeys(word for word in words if words.count(word) > 1))


def _order_complaints(bands):
    begins = [band["begins"] for band in bands]
    if begins and begins[0] is not None:
        yield "第1行不写起始：第一档包括其下的全部"
    for before, after in pairwise(bands[1:]):
        if after["begins"] <= before["begins"]:
            yield f"“{after['name']}”的起始须在“{before['name']}”之后"


def _education_complaints(bands):
    names = dict(Education.choices)
    held = [code for band in bands for code in band["holds"]]
    known = [code for code in held if code in names]
    yield from (f"没有学历代码“{code}”" for code in held if code not in names)
    yield from (f"学历代码“{code}”（{names[code]}）写了两次" for code in _said_twice(known))
    yield from _left_out(names, known)


def _left_out(names, known):
    missing = sorted(names.keys() - set(known))
    if missing:
        yield f"还有学历没有归档：{'、'.join(f'{code} {names[code]}' for code in missing)}"


def _wrong(words) -> InvalidValue:
    return InvalidValue(words, field="bands")
