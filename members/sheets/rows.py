"""What one row of a roster says, as values of our columns and as complaints about its cells."""

import re
from dataclasses import dataclass, field

from core.errors import InvalidValue
from core.identity import normalise_name, normalise_phone, parse_id_number
from core.reading import Fault, is_nothing, read_date, refuse_ditto, told_dittos
from members.models.spellings import SEXES, STANDING_ALIASES
from members.operations.rules import CONVERTED
from members.sheets import codes
from members.sheets.columns import HEADERS

PARTIAL = {"birth_on", "joined_on", "full_on", "worked_on", "retired_on"}
DAYS = {"lost_since", "floating_since", "since"}
TEXTS = {"former_name", "former_title", "address", "skills", "note", "floating_to", "health_note"}
CODED = {
    "sex": SEXES,
    "ethnic_group": codes.ETHNIC,
    "education": codes.EDUCATIONS,
    "standing": STANDING_ALIASES,
    "retire_kind": codes.POSITIONS,
    "condition": codes.CONDITIONS,
    "employer_nature": codes.NATURES,
}
# As an export shows what it does not tell.
MASKED, REGISTERED = re.compile(r"\*+([0-9Xx]{4})"), "已登记"
# Of several numbers in a cell none has fewer characters.
SHORTEST_NUMBER = 10
# Between numbers, each of which may have a word of whose it is before or behind it.
# Giving nothing back: a cell of line breaks would be tried in every way.
BETWEEN_NUMBERS = re.compile(r"[,，;；、/\n]++\s*+(?=[^\W\d_]{0,10}[:：]?\s*+[*0-9+(（])")
WORDED = re.compile(
    r"(?P<before>[^\W\d_]{0,10})[:：]?\s*(?P<number>[+(（]?\d[\d\s()（）\-－—.]*?)\s*[(（]?(?P<behind>[^\W\d_]{0,10})[)）]?"
)
# A row that says less than this of a person is no person.
NAMING = {"name", "id_number"}


@dataclass
class Said:
    """The values of a row by column, and what is wrong with its cells.

    `values` are columns of a member; `about` is what the row says besides: branch, phones, masked numbers.
    `doubts` are what was read, but may be meant otherwise.
    """

    values: dict = field(default_factory=dict)
    about: dict = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def read_row(line, header, *, today) -> Said | None:
    """What the line says, or None when there is nobody in it."""
    filled = _filled(line, header)
    if not _is_somebody(line, header, filled):
        return None
    said = Said(doubts=told_dittos(line, header, HEADERS))
    fractions = {key for place, key in header.keys.items() if place in line.fractions}
    for key, text in filled.items():
        try:
            refuse_ditto(text, key)
            _read(said, key, text, fraction=key in fractions, today=today)
        except InvalidValue as error:
            said.faults.append(Fault(key, error.detail))
    return said


def _is_somebody(line, header, filled) -> bool:
    """Whether the row itself says who she is; a name that is merged with the row above is told there."""
    places = (place for place, key in header.keys.items() if key in NAMING and key in filled)
    return any(place not in line.merged for place in places)


def _filled(line, header) -> dict[str, str]:
    """The cells of the row that say something, by column."""
    cells = ((key, line.cell(place)) for place, key in header.keys.items() if key)
    return {key: text for key, text in cells if not is_nothing(text) or _counts(key, text)}


def _counts(key, text) -> bool:
    # Zero months are a number, not a word for nothing.
    return key == "party_age_correction" and text.strip() == "0"


def _read(said, key, text, *, fraction, today):
    if key in PARTIAL:
        known = read_date(text, fraction=fraction, field=key)
        said.values[key] = known.day
        said.values[f"{key.removesuffix('_on')}_precision"] = str(known.precision)
    elif key in DAYS:
        said.about[key] = read_date(text, fraction=fraction, field=key).day
    elif key in CODED:
        said.about[key] = codes.coded(text, CODED[key], label=HEADERS[key], field=key)
        if text.strip() in codes.VAGUE:
            word = codes.words_of(key)[said.about[key]]
            said.doubts.append(f"{HEADERS[key]}“{text.strip()}”按“{word}”登记，请核对")
    elif key in TEXTS:
        said.values[key] = text
    else:
        READERS.get(key, _plain)(said, key, text, today)


def _plain(said, key, text, today):
    said.about[key] = text


def _name(said, key, text, today):
    said.values["name"] = normalise_name(text)


def _id_number(said, key, text, today):
    if text == REGISTERED:
        return
    masked = MASKED.fullmatch(text)
    if masked:
        said.about["id_last4"] = masked[1].upper()
    else:
        read = parse_id_number(text, today=today)
        said.values["id_number"] = read.number
        if read.legacy:
            said.doubts.append(CONVERTED)


def _phone(said, key, text, today):
    for part in BETWEEN_NUMBERS.split(text):
        if MASKED.fullmatch(part.strip()):
            said.about.setdefault("masked_phones", []).append(key)
        else:
            said.about.setdefault("phones", []).extend(_numbers(part.strip(), key))


def _numbers(text, key) -> list[tuple[str, str]]:
    """(number, word beside it): one number, be it written with spaces; or several with spaces between."""
    try:
        return [_worded(text, key)]
    except InvalidValue:
        parts = text.split()
        if min(map(len, parts), default=0) < SHORTEST_NUMBER:
            raise
        return [_worded(part, key) for part in parts]


def _worded(text, key) -> tuple[str, str]:
    """A number and the word beside it, as in 13800000000（儿子） and 家里：0874-3123456."""
    beside = WORDED.fullmatch(text)
    word = beside and (beside["before"] or beside["behind"])
    if not word or (beside["before"] and beside["behind"]):
        return normalise_phone(text, field=key), ""
    return normalise_phone(beside["number"], field=key), word


def _kin_phone(said, key, text, today):
    if MASKED.fullmatch(text):
        said.about.setdefault("masked_phones", []).append(key)
        return
    said.about["kin_number"] = normalise_phone(text, field=key)


def _correction(said, key, text, today):
    plain = text.strip().removesuffix("个月").removesuffix("月")
    if not re.fullmatch(r"[+-]?\d{1,4}", plain):
        raise InvalidValue(f"党龄校正值“{text}”应为月数，可为负数", field=key)
    said.values[key] = int(plain)


def _flag(said, key, text, today):
    said.about[key] = codes.yes_or_no(text, label=HEADERS[key], field=key)


READERS = {
    "name": _name,
    "id_number": _id_number,
    "phone": _phone,
    "landline": _phone,
    "kin_phone": _kin_phone,
    "party_age_correction": _correction,
    "lost": _flag,
    "floating": _flag,
}
