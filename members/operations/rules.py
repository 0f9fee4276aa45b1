"""What must be true of a member's data, and what is only unusual."""

import re
from datetime import date

from core.changes import not_after
from core.errors import DomainError, InvalidValue
from core.identity import parse_id_number
from members.models import RetireKind, without_probation
from members.models.member import whole_years
from members.states import Standing

# 离休: took part in the revolution on or before this day (国务院 1982).
LIXIU_WORKED_UNTIL = date(1949, 9, 30)
# Nobody on a roster was born before; an earlier year is a slip of the pen.
EARLIEST_BIRTH = date(1900, 1, 1)
DATE_LABELS = {
    "birth_on": "出生日期",
    "joined_on": "入党日期",
    "full_on": "转正日期",
    "worked_on": "参加工作日期",
    "retired_on": "离退休日期",
    "lost_since": "失联日期",
    "floating_since": "流出日期",
}
ORDER = (
    ("birth_on", "joined_on", "入党日期必须晚于出生日期"),
    ("birth_on", "worked_on", "参加工作日期必须晚于出生日期"),
    ("birth_on", "retired_on", "离退休日期必须晚于出生日期"),
    ("birth_on", "died_on", "去世日期不能早于出生日期"),
    ("joined_on", "full_on", "转正日期不能早于入党日期"),
    ("worked_on", "retired_on", "离退休日期不能早于参加工作日期"),
    ("birth_on", "lost_since", "失联日期不能早于出生日期"),
    ("birth_on", "floating_since", "流出日期不能早于出生日期"),
)
# In months: nobody's Party age is put right by more than half a century.
MOST_CORRECTION = 600
YOUNGEST_AT_WORK = 12
# Pinyin in the place of a rare character, or a remark behind the name. (民委发〔2016〕33号)
UNUSUAL_IN_A_NAME = re.compile("[A-Za-z()（）]")
# Nobody joined, began to work or retired on the day of birth; the other days may be one and the same.
STRICTLY_AFTER = {("birth_on", "joined_on"), ("birth_on", "worked_on"), ("birth_on", "retired_on")}


class RosterRule(DomainError):
    """A member may not be registered, enrolled or counted like that."""

    code = "roster_rule"


def refuse_void(member) -> None:
    """Refuse to change who was registered by mistake and taken back."""
    if member.standing == Standing.VOID:
        raise RosterRule(f"{member} 的登记已作为录入错误撤回，不能再修改")


def complaints(member, today) -> list[DomainError]:
    """Every rule that the member's data breaks. (domain rules of 5.4)"""
    wrong = []
    for name, label in DATE_LABELS.items():
        try:
            not_after(getattr(member, name), today, field=name, label=label)
        except InvalidValue as error:
            wrong.append(error)
    if member.birth_on and member.birth_on < EARLIEST_BIRTH:
        wrong.append(InvalidValue(f"出生日期 {member.partial('birth')} 早于1900年，请核对", field="birth_on"))
    wrong += _order_complaints(member)
    return [*wrong, *_party_complaints(member), *_retirement_complaints(member)]


def joining_complaints(member, since, today, *, field="since") -> list[DomainError]:
    """A 组织关系 begins when somebody joins the Party, or later. Of a day still to come enough is said."""
    if not member.joined_on or since >= member.joined_on or member.joined_on > today:
        return []
    words = f"组织关系起始日期 {since} 早于入党日期 {member.partial('joined')}"
    return [InvalidValue(words, field=field)]


def _order_complaints(member) -> list[DomainError]:
    wrong = []
    for first, second, rule in ORDER:
        before, after = getattr(member, first), getattr(member, second)
        if not before or not after:
            continue
        if after < before or (after == before and (first, second) in STRICTLY_AFTER):
            wrong.append(InvalidValue(f"{rule}（{before}，{after}）", field=second))
    return wrong


def _party_complaints(member) -> list[DomainError]:
    wrong = []
    if member.standing == Standing.FULL and member.joined_on and not member.party_age_since:
        wrong.append("正式党员须填写转正日期（1969年4月1日至1977年8月11日入党的除外，当时无预备期）")
    if member.standing == Standing.PROBATIONARY and member.full_on:
        wrong.append("预备党员不能有转正日期")
    if _skipped_probation(member):
        wrong.append("转正日期与入党日期相同，而当时有预备期，请核对")
    return [InvalidValue(detail, field="full_on") for detail in wrong] + _correction_complaints(member)


def _correction_complaints(member) -> list[DomainError]:
    if abs(member.party_age_correction or 0) <= MOST_CORRECTION:
        return []
    words = f"党龄校正值 {member.party_age_correction} 超出 {MOST_CORRECTION} 个月，请核对（单位是月）"
    return [InvalidValue(words, field="party_age_correction")]


def _skipped_probation(member) -> bool:
    same_day = member.full_on is not None and member.full_on == member.joined_on
    return same_day and not without_probation(member.joined_on)


def _retirement_complaints(member) -> list[DomainError]:
    if member.retire_kind != RetireKind.LIXIU:
        return []
    if member.worked_on is None or member.worked_on > LIXIU_WORKED_UNTIL:
        return [InvalidValue("离休须在1949年9月30日以前参加革命工作，请填写参加工作日期", field="worked_on")]
    return []


def warnings(member) -> list[str]:
    """What is unusual and worth a second look, but may be true."""
    found = []
    if UNUSUAL_IN_A_NAME.search(member.name):
        found.append(f"姓名“{member.name}”中有括号或拉丁字母，请核对")
    if (
        member.birth_on
        and member.id_born_on
        and not str(member.id_born_on).startswith(str(member.partial("birth")))
    ):
        found.append(
            f"档案出生日期 {member.partial('birth')} 与身份证上的 {member.id_born_on} 不一致，两者都已保留"
        )
    found += _too_young(member)
    if _probation_months(member) not in range(12, 25):
        found.append(
            f"入党到转正（{member.partial('joined')}—{member.partial('full')}）不在12至24个月之间，请核对"
        )
    return found


CONVERTED = "身份证号填写的是15位旧号，已换算为18位（补19和校验码），请与现用证件核对"


def conversion_warnings(id_number, today) -> list[str]:
    """What to check of an ID number as it was written: one of 15 places is no document's since 2013."""
    if not id_number or not parse_id_number(id_number, today=today).legacy:
        return []
    return [CONVERTED]


def _too_young(member):
    for name, day, youngest, words in (
        ("joined", member.joined_on, 18, "入党时"),
        ("worked", member.worked_on, YOUNGEST_AT_WORK, "参加工作时"),
    ):
        if member.birth_on and day and whole_years(member.birth_on, day) < youngest:
            yield f"{words}（{member.partial(name)}）未满{youngest}周岁，请核对"


def _probation_months(member) -> int:
    if not (member.joined_on and member.full_on) or without_probation(member.joined_on):
        return 12
    return (member.full_on.year - member.joined_on.year) * 12 + member.full_on.month - member.joined_on.month
