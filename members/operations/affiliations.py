"""Verbs of taking part in a temporary organisation."""

from django.db import transaction

from core.audit import record
from core.changes import locked, not_after, save_change
from core.errors import InvalidValue, refuse_all
from members.models import Affiliation, SignIn
from members.obligations import Leaving, Obligation
from members.operations.rules import RosterRule


@transaction.atomic
def affiliate(*, member, branch, values, by, today):
    """Let the member take part in the temporary organisation `branch`; `values`: since, perhaps duty."""
    member, branch = locked(member), locked(branch)
    since = values["since"]
    if not branch.is_temporary:
        raise InvalidValue(f"“{branch}”不是三缘型临时党组织，不能登记参加", field="branch")
    not_after(since, today, field="since", label="起始日期")
    if branch.dissolved_on or since < branch.founded_on:
        raise InvalidValue(
            f"“{branch}”的存续期为 {branch.founded_on} 至 {branch.dissolved_on or '今'}，不含 {since}",
            field="since",
        )
    if not member.on_roster:
        raise RosterRule(f"{member} 已不在册，不能登记参加临时党组织", field="member")
    if not member.memberships.on(since).exists():
        raise RosterRule(f"{member} 在 {since} 没有组织关系，不能参加临时党组织", field="member")
    if member.affiliations.filter(branch=branch).exclude(until__lte=since).exists():
        raise RosterRule(f"{member} 已参加“{branch}”，不能重复登记", field="branch")
    affiliation = Affiliation(member=member, branch=branch, **values)
    affiliation.save()
    record("affiliation.began", member, by=by, fields=["affiliations"], place=branch.path)
    return affiliation


@transaction.atomic
def end_affiliation(*, affiliation, on, by, today, version=None):
    """End taking part on the day `on`."""
    affiliation = locked(affiliation, version=version)
    not_after(on, today, field="until", label="结束日期")
    if affiliation.until:
        raise RosterRule(f"已于 {affiliation.until} 结束参加", field="until")
    if on <= affiliation.since:
        raise InvalidValue(f"结束日期 {on} 必须晚于起始日期 {affiliation.since}", field="until")
    affiliation.until = on
    save_change(affiliation)
    record(
        "affiliation.ended", affiliation.member, by=by, fields=["affiliations"], place=affiliation.branch.path
    )
    return affiliation


@transaction.atomic
def record_sign_in(*, affiliation, on, by, today, occasion=""):
    """Write down that the member took part on a day; it counts once somebody else has verified it."""
    not_after(on, today, field="on", label="日期")
    if on < affiliation.since or (affiliation.until and on >= affiliation.until):
        raise InvalidValue(
            f"{on} 不在参加期间（{affiliation.since} 至 {affiliation.until or '今'}）", field="on"
        )
    if affiliation.sign_ins.filter(on=on).exists():
        raise RosterRule(f"{affiliation.member} 在 {on} 已登记", field="on")
    return SignIn.objects.create(affiliation=affiliation, on=on, occasion=occasion, recorded_by=by)


@transaction.atomic
def verify_sign_ins(*, sign_ins, by):
    """Confirm these sign-ins, all or none. Whoever recorded one cannot be the one to confirm it.

    Raise every refusal, each naming its row.
    """
    numbers = [sign_in.pk for sign_in in sign_ins]
    rows = SignIn.objects.select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk")
    refuse_all([RosterRule(f"{row}：{words}") for row in rows if (words := _not_to_be_verified(row, by))])
    SignIn.objects.filter(pk__in=numbers).update(verified_by=by)


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
        """End taking part on the day; refused on or before the day it began."""
        affiliation = locked(Affiliation(pk=number))
        if on <= affiliation.since:
            raise InvalidValue(
                f"{on} 不晚于参加“{affiliation.branch}”的起始日期 {affiliation.since}", field="on"
            )
        affiliation.until = on
        save_change(affiliation)
