"""Rosters out: as our own sheet, which comes in again without a difference, and as the national roll-up."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Prefetch

from branches.models import Unit
from branches.models.unit import paths_above
from core.privacy import last_four
from members.models import Membership, PhoneOwner
from members.sheets.codes import LEFT, condition_name, words_of
from members.sheets.columns import COLUMNS, HEADERS
from members.sheets.directory import LEVELS
from members.states import GOOD_STANDING

# Not taken out: an ailment is looked up one by one, with a reason; the rest is said by other columns.
NOT_OUT = {"health_note", "position"}
KEYS = [column.key for column in COLUMNS if column.key not in NOT_OUT]
HEADER = [HEADERS[key] for key in KEYS]
WIDTHS = {
    **{
        HEADERS[key]: 10
        for key in ("name", "sex", "ethnic_group", "education", "standing", "lost", "floating")
    },
    **{HEADERS[key]: 22 for key in ("id_number", "phone", "employer")},
    **{HEADERS[key]: 34 for key in ("branch", "address", "note")},
}
AT_ONCE = 2_000


@dataclass(frozen=True)
class Telling:
    """How much is told: whole numbers or their last four; and where units hang, by path.

    `masked` gives what may be told of an ID number that is not told whole, by its last four and whose it is.
    """

    whole: bool
    masked: Callable
    names: dict[str, tuple[int, str]]

    def number(self, text: str) -> str:
        return text if self.whole else last_four(text)

    def id_number(self, member) -> str:
        if self.whole:
            return member.get_sealed("id_number")
        return self.masked(member.id_last4, member.path, member.branch_id)


def telling(*, whole: bool, masked: Callable) -> Telling:
    """For one export."""
    units = Unit.objects.filter(level__gt=1).values_list("path", "level", "name")
    return Telling(whole, masked, {path: (level, name) for path, level, name in units})


def with_all_told(members):
    """The members with all that a sheet tells."""
    held = Membership.objects.in_force().select_related("group")
    return members.select_related("branch", "employer", "residence").prefetch_related(
        Prefetch("phones", to_attr="numbers"), Prefetch("memberships", held, to_attr="held")
    )


def read_members(members):
    """The members with all that a sheet tells, in portions."""
    return with_all_told(members).iterator(chunk_size=AT_ONCE)


def lines(members, told: Telling):
    """The rows of our own sheet, in the order of `HEADER`, of members read with all that it tells."""
    for member in members:
        said = {
            **_person(member, told),
            **_relation(member),
            **phones_told(member, told),
            **_lives(member, told),
        }
        yield [said.get(key, "") for key in KEYS]


def day(member, name):
    """A day as a day, a month or year as text."""
    known = member.partial(name)
    return known.day if known and known.precision == "D" else str(known or "")


def _person(member, told) -> dict:
    plain = {key: getattr(member, key) for key in PLAIN}
    coded = {key: in_words(member, key) for key in ("sex", "ethnic_group", "education", "retire_kind")}
    days = {f"{name}_on": day(member, name) for name in ("birth", "joined", "full", "worked", "retired")}
    employer = member.employer
    return {
        **plain,
        **coded,
        **days,
        "id_number": told.id_number(member),
        "employer": str(employer or ""),
        "employer_nature": employer.get_nature_display() if employer else "",
    }


PLAIN = (
    "name",
    "former_name",
    "party_age_correction",
    "former_title",
    "address",
    "skills",
    "note",
    "floating_to",
)


def in_words(member, key) -> str:
    """The word for the code in a column."""
    code = getattr(member, key)
    return str(words_of(key).get(code, code))


def _relation(member) -> dict:
    held = next(iter(member.held), None)
    living = member.standing in GOOD_STANDING
    return {
        "branch": member.branch.name if member.branch else "",
        "branch_code": member.branch.code if member.branch else "",
        "group": str(held.group or "") if held else "",
        "since": held.since if held else "",
        "standing": in_words(member, "standing") if living else "",
        "condition": condition(member),
    }


def condition(member) -> str:
    """Her 党籍状态 in words; of who has moved away, that she has."""
    if member.standing not in GOOD_STANDING:
        return in_words(member, "standing")
    return "正常" if member.on_roster else condition_name(LEFT)


def phones_told(member, told) -> dict:
    """Her own numbers, mobile and landline, and one of somebody near to her."""
    own = [phone.number for phone in member.numbers if phone.owner == PhoneOwner.SELF]
    mobile = [told.number(number) for number in own if not number.startswith("0")]
    landline = [told.number(number) for number in own if number.startswith("0")]
    return {"phone": "、".join(mobile), "landline": "、".join(landline), **_kin(member, told)}


def _kin(member, told) -> dict:
    for phone in member.numbers:
        if phone.owner != PhoneOwner.SELF:
            relation = phone.get_owner_display()
            return {"kin": phone.note, "kin_relation": relation, "kin_phone": told.number(phone.number)}
    return {}


def yes_no(value) -> str:
    return "是" if value else "否"


def _lives(member, told) -> dict:
    path = member.residence.path if member.residence else ""
    above = dict(told.names[each] for each in paths_above(path)[1:])
    places = {key: above.get(level, "") for key, (level, _) in LEVELS.items()}
    lost, floating = member.lost_since, member.floating_since
    return {
        **places,
        "lost": yes_no(lost),
        "lost_since": lost,
        "floating": yes_no(floating),
        "floating_since": floating,
    }
