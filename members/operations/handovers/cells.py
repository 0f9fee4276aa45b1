"""What an enterprise's list says of one person: cells of text, read into columns, with every complaint."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

from core.errors import DomainError, InvalidValue
from core.identity import parse_id_number
from core.privacy import last_four
from core.reading import is_nothing, read_date, refuse_ditto
from members.models import ETHNIC_GROUPS, Education, RetireKind, id_index
from members.models.spellings import EDUCATION_ALIASES, SEXES, STANDING_ALIASES

# What a line may say, and how the district calls it. The order is that of the list given back for correction.
LABELS = {
    "name": "姓名",
    "id_number": "公民身份号码",
    "sex": "性别",
    "ethnic_group": "民族",
    "birth_on": "出生日期",
    "standing": "人员类别",
    "joined_on": "加入党组织日期",
    "full_on": "转为正式党员日期",
    "phone": "手机号码",
    "address": "现居住地",
    "wanted_unit": "接收社区",
    "wanted_branch": "接收党支部",
    "home": "居住网格",
    "archives_at": "人事档案存放地",
    "education": "学历",
    "retire_kind": "离退休类别",
    "worked_on": "参加工作时间",
    "retired_on": "离退休时间",
    "former_title": "原职务职级",
    "skills": "特长",
    "note": "备注",
}
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
LONGEST_NAME = 30
TEXTS = {"address": 200, "wanted_unit": 200, "wanted_branch": 200, "archives_at": 200}
# Columns of a member for which the line has no column of its own.
MORE_TEXTS = {"former_title": 100, "skills": 200, "note": 500}
DAYS, MORE_DAYS = ("birth_on", "joined_on", "full_on"), ("worked_on", "retired_on")
ETHNIC = {name: code for code, name in ETHNIC_GROUPS} | {
    name.removesuffix("族"): code for code, name in ETHNIC_GROUPS
}
DEGREES = {label: code for code, label in Education.choices} | EDUCATION_ALIASES
RETIREMENTS = {label: code for code, label in RetireKind.choices} | {"内退": RetireKind.NEITUI}
# column -> (how it may be written, what is said when it is written otherwise)
CODED = {
    "sex": (SEXES, "应为“男”或“女”"),
    "ethnic_group": (ETHNIC, "不是56个民族之一"),
    "standing": (STANDING_ALIASES, "应为“正式党员”或“预备党员”"),
    "education": (DEGREES, "不是学历代码表中的名称"),
    "retire_kind": (RETIREMENTS, "应为离休、退休、退职或内部退养"),
}
MORE_CODED = ("education", "retire_kind")


@dataclass
class Reading:
    """What could be read of a line: the person, what else is known of her, and what could not be read."""

    person: dict = field(default_factory=dict)
    texts: dict = field(default_factory=dict)
    more: dict = field(default_factory=dict)
    wrong: list[DomainError] = field(default_factory=list)


def read_cells(cells, today) -> Reading:
    """Read the cells, {column: text}; what cannot be read is left out and complained of."""
    said = {name: _plain(cells.get(name, "")) for name in LABELS}
    read = Reading()
    _drop_dittos(read, said)
    _read_name(read, said)
    _read_coded(read, said)
    _read_days(read, said)
    read.person |= {"phone": said["phone"], "id_number": said["id_number"]}
    if "sex" not in read.person:
        _read_sex(read, said, today)
    _read_texts(read, said)
    if not said["id_number"]:
        read.wrong.append(InvalidValue("没有身份证号：移交名单须有身份证号才能接收", field="id_number"))
    return read


def number_index(cells, today) -> str | None:
    """The blind index of the row's ID number; none when that is missing or wrong."""
    try:
        return id_index(parse_id_number(cells.get("id_number", ""), today=today).number)
    except InvalidValue:
        return None


def _plain(text) -> str:
    text = CONTROLS.sub("", unicodedata.normalize("NFC", str(text))).strip()
    return "" if is_nothing(text) else text


def _drop_dittos(read, said):
    for name, text in said.items():
        try:
            refuse_ditto(text, name)
        except InvalidValue as error:
            said[name] = ""
            read.wrong.append(error)


def _read_name(read, said):
    read.person["name"] = said["name"][:LONGEST_NAME]
    if len(said["name"]) > LONGEST_NAME:
        read.wrong.append(InvalidValue(f"姓名超过 {LONGEST_NAME} 字，请核对", field="name"))


def _read_coded(read, said):
    for name, (words, rule) in CODED.items():
        text = re.sub(r"\s", "", said[name])
        if text in words:
            (read.more if name in MORE_CODED else read.person)[name] = words[text]
        elif text:
            read.wrong.append(InvalidValue(f"{LABELS[name]}“{text}”{rule}", field=name))


def _read_days(read, said):
    for name in (*DAYS, *MORE_DAYS):
        if not said[name]:
            continue
        try:
            known = read_date(said[name], field=name)
        except InvalidValue as error:
            read.wrong.append(InvalidValue(f"{LABELS[name]}{error.detail}", field=name))
            continue
        values = {name: known.day, name.replace("_on", "_precision"): str(known.precision)}
        (read.more if name in MORE_DAYS else read.person).update(values)


def _read_sex(read, said, today):
    """The ID number says it too."""
    try:
        read.person["sex"] = parse_id_number(said["id_number"], today=today).sex
    except InvalidValue:
        if not said["sex"]:
            read.wrong.append(InvalidValue("没有写明性别，身份证号也看不出", field="sex"))


def _read_texts(read, said):
    for name, longest in (TEXTS | MORE_TEXTS).items():
        text = said[name]
        if len(text) > longest:
            read.wrong.append(InvalidValue(f"{LABELS[name]}超过 {longest} 字，请缩短", field=name))
            text = ""
        if text or name in TEXTS:
            (read.more if name in MORE_TEXTS else read.texts)[name] = text


def as_kept(wrong, cells) -> list[dict]:
    """The complaints as they are kept beside the line: without the ID number, which is sealed."""
    number = _plain(cells.get("id_number", ""))
    return [
        {"field": error.field, "detail": _masked(error.detail, number, str(cells.get("id_number", "")))}
        for error in wrong
    ]


def _masked(detail, *numbers) -> str:
    for number in filter(None, numbers):
        detail = detail.replace(number, last_four(number))
    return detail


def kept_more(more) -> dict:
    """What else is known of her as JSON keeps it."""
    return {
        name: value.isoformat() if isinstance(value, date) else str(value) for name, value in more.items()
    }


def known_more(kept) -> dict:
    """What `kept_more` made, as columns of a member."""
    return {
        name: date.fromisoformat(value) if name.endswith("_on") else value for name, value in kept.items()
    }
