"""Verbs of taking part in a temporary organisation."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from branches.operations.presence import stands
from core.audit import audit_entry, record, record_all
from core.changes import locked, not_after, save_change
from core.errors import InvalidValue, StaleVersion, refuse_all
from members.models import Affiliation, Membership, SignIn
from members.obligations import Leaving, Obligation
from members.operations.locks import locked_members
from members.operations.rules import RosterRule


@transaction.atomic
def affiliate(*, member, branch, values, by, today):
    """Let the member take part in the temporary organisation `branch`; `values`: since, perhaps duty."""
    [affiliation] = affiliate_all(joining=[(member, values)], branch=branch, by=by, today=today)
    return affiliation


@transaction.atomic
def affiliate_all(*, joining, branch, by, today):
    """Let several take part, (member, values) each, all or none; every refusal names the member."""
    fresh, branch = locked_members(member for member, _ in joining), locked(branch)
    if len(fresh) < len(joining):
        raise RosterRule("同一名党员选了两次", field="member")
    joining = [(fresh[member.pk], values) for member, values in joining]
    _refuse_days(branch, {values["since"] for _, values in joining}, today)
    _refuse_members(branch, joining)
    begun = [Affiliation(member=member, branch=branch, **values) for member, values in joining]
    Affiliation.objects.bulk_create(begun)
    about = {"by": by, "fields": ["affiliations"], "place": branch.path}
    record_all(audit_entry("affiliation.began", member, **about) for member, _ in joining)
    return begun


def _refuse_members(branch, joining):
    """Refuse those who cannot join, all at once."""
    members = [member for member, _ in joining]
    held, partaking = _periods(Membership.objects, members), _periods(branch.affiliations, members)
    refuse_all(
        [
            wrong
            for member, values in joining
            for wrong in _may_not_join(member, values["since"], branch, held[member.pk], partaking[member.pk])
        ]
    )


def _refuse_days(branch, days, today):
    """Refuse what nobody can join, or not on one of the days."""
    if not branch.is_temporary:
        raise InvalidValue(f"“{branch}”不是三缘型临时党组织，不能登记参加", field="branch")
    refuse_all([wrong for since in sorted(days) for wrong in _not_then(branch, since, today)])


def _not_then(branch, since, today):
    """Why nobody can begin to take part on the day."""
    if since > today:
        yield InvalidValue(f"起始日期 {since} 在今天（{today}）之后", field="since")
    elif not stands(branch, since):
        words = f"“{branch}”的存续期为 {branch.stands_since} 至 {branch.dissolved_on or '今'}，不含 {since}"
        yield InvalidValue(words, field="since")


def _periods(rows, members) -> dict[int, list]:
    """The periods that the rows tell of each member, by her number."""
    found = defaultdict(list)
    for row in rows.filter(member__in=members).values_list("member", "since", "until", named=True):
        found[row.member].append(row)
    return found


def _goes_on(period, since) -> bool:
    """Whether the period goes on after the day before."""
    return period.until is None or period.until > since


def _may_not_join(member, since, branch, held, partaking):
    """Why she cannot begin to take part on the day."""
    if not member.on_roster:
        yield RosterRule(f"{member} 已不在册，不能登记参加临时党组织", field="member")
    elif not any(each.since <= since and _goes_on(each, since) for each in held):
        yield RosterRule(f"{member} 在 {since} 没有组织关系，不能参加临时党组织", field="member")
    elif any(_goes_on(each, since) for each in partaking):
        yield RosterRule(f"{member} 已参加“{branch}”，不能重复登记", field="branch")


@transaction.atomic
def end_affiliation(*, affiliation, on, by, today, version=None):
    """End taking part on the day `on`."""
    affiliation = locked(affiliation, version=version)
    not_after(on, today, field="until", label="结束日期")
    if affiliation.until:
        raise RosterRule(f"已于 {affiliation.until} 结束参加", field="until")
    if on <= affiliation.since:
        raise InvalidValue(f"结束日期 {on} 必须晚于起始日期 {affiliation.since}", field="until")
    _refuse_signed_in(affiliation, on, field="until")
    affiliation.until = on
    save_change(affiliation)
    record(
        "affiliation.ended", affiliation.member, by=by, fields=["affiliations"], place=affiliation.branch.path
    )
    return affiliation


def _refuse_signed_in(affiliation, on, *, field):
    """Refuse an end after which she has still signed in; on the day itself she may have."""
    latest = affiliation.sign_ins.filter(on__gt=on).order_by("on").last()
    if latest:
        words = (
            f"{latest.on} 还有参加“{affiliation.branch}”的签到记录，结束日期不能早于那一天；误登的请先撤回"
        )
        raise RosterRule(words, field=field)


@dataclass(frozen=True)
class Attended:
    """Somebody took part on a day."""

    affiliation: Affiliation
    on: date
    occasion: str = ""


@transaction.atomic
def record_sign_in(*, affiliation, on, by, today, occasion=""):
    """Write down that the member took part on a day; it counts once somebody else has verified it."""
    [sign_in] = record_sign_ins(attended=[Attended(affiliation, on, occasion)], by=by, today=today)
    return sign_in


@transaction.atomic
def record_sign_ins(*, attended: Sequence[Attended], by, today):
    """Write down who took part when, all or none; raise every refusal, each naming the member."""
    wanted = {each.affiliation.pk for each in attended}
    rows = Affiliation.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
    fresh = {row.pk: row for row in rows.select_related("member", "branch")}
    if wanted - set(fresh):
        raise StaleVersion("所选的参加刚被撤回，已经没有了，请重新选择")
    known = set(SignIn.objects.filter(affiliation__in=wanted).values_list("affiliation", "on"))
    attended = [replace(each, affiliation=fresh[each.affiliation.pk]) for each in attended]
    refuse_all([wrong for each in attended for wrong in _did_not_attend(each, known, today)])
    told = SignIn.objects.bulk_create(
        [
            SignIn(affiliation=each.affiliation, on=each.on, occasion=each.occasion, recorded_by=by)
            for each in attended
        ]
    )
    _record_sign_ins("sign_in.recorded", told, by)
    return told


def _record_sign_ins(verb, sign_ins, by):
    taking_part = [sign_in.affiliation for sign_in in sign_ins]
    record_all(audit_entry(verb, each.member, by=by, place=each.branch.path) for each in taking_part)


def _did_not_attend(attended, known, today):
    """Why it cannot be written down that she took part on the day."""
    affiliation, on = attended.affiliation, attended.on
    if on > today:
        yield InvalidValue(f"日期 {on} 在今天（{today}）之后", field="on")
    elif on < affiliation.since or (affiliation.until and on >= affiliation.until):
        period = f"{affiliation.since} 至 {affiliation.until or '今'}"
        yield InvalidValue(f"{on} 不在 {affiliation.member} 的参加期间（{period}）", field="on")
    elif (affiliation.pk, on) in known:
        yield RosterRule(f"{affiliation.member} 在 {on} 已登记", field="on")
    known.add((affiliation.pk, on))


@transaction.atomic
def verify_sign_ins(*, sign_ins, by):
    """Confirm these sign-ins, all or none. Whoever recorded one cannot be the one to confirm it.

    Raise every refusal, each naming its row.
    """
    numbers = [sign_in.pk for sign_in in sign_ins]
    rows = SignIn.objects.select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk")
    rows = rows.select_related("affiliation__member", "affiliation__branch")
    refuse_all([RosterRule(f"{row}：{words}") for row in rows if (words := _not_to_be_verified(row, by))])
    SignIn.objects.filter(pk__in=numbers).update(verified_by=by)
    _record_sign_ins("sign_in.verified", rows, by)


def _not_to_be_verified(sign_in, by) -> str:
    if sign_in.verified_by_id:
        return "该记录已核实"
    if by is not None and sign_in.recorded_by_id == by.pk:
        return "登记人不能核实自己登记的记录"
    return ""


class Affiliations:
    """Taking part hangs on a person: it ends with death and exit, and may go on otherwise in the district."""

    kind = "affiliation"

    def held(self, members, *, on, leaving):
        """Also what was ended later than the day now known."""
        rows = Affiliation.objects.filter(member__in=members).exclude(until__lte=on)
        return rows.select_related("branch").order_by("since", "pk")

    def obligation(self, row, *, leaving):
        """It may go on through a move within the district, and through a suspension."""
        keepable = leaving in (Leaving.TRANSFER, Leaving.SUSPENSION)
        words = f"参加“{row.branch}”（{row.since} 起）"
        return Obligation(self.kind, row.pk, row.member_id, words, keepable=keepable)

    def settle(self, number, settlement, *, on, by, today):
        """End taking part on the day, whatever she did later; refused on or before the day it began."""
        affiliation = locked(Affiliation(pk=number))
        if on <= affiliation.since:
            raise InvalidValue(
                f"{on} 不晚于参加“{affiliation.branch}”的起始日期 {affiliation.since}", field="on"
            )
        affiliation.until = on
        save_change(affiliation)
