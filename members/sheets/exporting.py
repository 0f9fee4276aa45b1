"""Rosters out: as our own sheet, which comes in again without a difference, and as the national roll-up."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Prefetch

from branches.models import Unit
from branches.models.unit import paths_above
from core.audit import record
from core.errors import InvalidValue
from core.privacy import last_four
from members.models import Membership, PhoneOwner
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
# A workbook is written as a whole; beyond this it takes longer than people wait.
MOST_IN_A_WORKBOOK = 20_000


@dataclass(frozen=True)
class Telling:
    """How much is told: whole numbers or their last four; and where units hang, by path.

    `masked` is what may be told of a member's ID number where it is not told whole.
    """

    whole: bool
    masked: Callable
    names: dict[str, tuple[int, str]]

    def number(self, text: str) -> str:
        return text if self.whole else last_four(text)

    def id_number(self, member) -> str:
        return member.get_sealed("id_number") if self.whole else self.masked(member)


def telling(*, whole: bool, masked: Callable) -> Telling:
    """For one export."""
    units = Unit.objects.filter(level__gt=1).values_list("path", "level", "name")
    return Telling(whole, masked, {path: (level, name) for path, level, name in units})


def read_members(members):
    """The members with all that a sheet tells, in portions."""
    held = Membership.objects.in_force().select_related("group")
    rows = members.select_related("branch", "employer", "residence").prefetch_related(
        "phones", Prefetch("memberships", held, to_attr="held")
    )
    return rows.iterator(chunk_size=AT_ONCE)


def lines(members, told: Telling):
    """The rows of our own sheet, in the order of `HEADER`."""
    for member in read_members(members):
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
    coded = {
        key: getattr(member, f"get_{key}_display")()
        for key in ("sex", "ethnic_group", "education", "retire_kind")
    }
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


def _relation(member) -> dict:
    held = next(iter(member.held), None)
    living = member.standing in GOOD_STANDING
    return {
        "branch": member.branch.name if member.branch else "",
        "branch_code": member.branch.code if member.branch else "",
        "group": str(held.group or "") if held else "",
        "since": held.since if held else "",
        "standing": member.get_standing_display() if living else "",
        "condition": "正常" if living else member.get_standing_display(),
    }


def phones_told(member, told) -> dict:
    """Her own numbers, mobile and landline, and one of somebody near to her."""
    own = [phone.number for phone in member.phones.all() if phone.owner == PhoneOwner.SELF]
    mobile = [told.number(number) for number in own if not number.startswith("0")]
    landline = [told.number(number) for number in own if number.startswith("0")]
    return {"phone": "、".join(mobile), "landline": "、".join(landline), **_kin(member, told)}


def _kin(member, told) -> dict:
    for phone in member.phones.all():
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


@dataclass(frozen=True)
class Wanted:
    """What is asked for: the layout ("roster" or "rollup"), the kind of file, whole numbers, and why."""

    layout: str = "roster"
    kind: str = "xlsx"
    whole: bool = False
    reason: str = ""


def check_wanted(wanted: Wanted, count: int) -> None:
    """Refuse what cannot be given: whole numbers without a reason, a workbook of too many."""
    if wanted.whole and not wanted.reason.strip():
        raise InvalidValue("导出完整号码须写明事由，事由连同您的账号写入审计记录", field="reason")
    if wanted.kind == "xlsx" and count > MOST_IN_A_WORKBOOK:
        raise InvalidValue(f"超过 {MOST_IN_A_WORKBOOK} 人请选 CSV，或先筛选出一部分", field="kind")
    if wanted.kind == "csv" and wanted.layout == "rollup":
        raise InvalidValue("全国汇总表有四行表头，只能导出为 Excel", field="kind")


def write_down(wanted: Wanted, count: int, places, *, by) -> None:
    """Put on record that these rows were taken out; one entry for each place of the scope."""
    shown = "完整号码" if wanted.whole else "隐去号码"
    what = f"名册 {wanted.layout} {wanted.kind} {count}人 {shown}"
    for place in places:
        record(
            "member.exported", place, by=by, fields=[shown], reason=f"{what} {wanted.reason.strip()}".strip()
        )
