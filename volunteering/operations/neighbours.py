"""Verbs of looking after neighbours: buildings, households, pairings."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from branches.models import Level
from branches.models.unit import STEP_LENGTH
from core.audit import record
from core.changes import check, locked, not_after, save_change, set_values, words_of
from core.errors import DomainError, InvalidValue, refuse_all
from core.identity import normalise_phone
from members.obligations import KeptByAMove
from volunteering.models import Building, Consent, Household, Pairing, TeamMembership
from volunteering.operations.places import low_place_complaints

# More homes than that nobody can look in on.
MOST_HOUSEHOLDS = 5
SEALED = ("room", "resident", "phone", "needs")
ASKED = {"room": "门牌", "resident": "姓名"}


class NeighbourRule(DomainError):
    """A household may not be kept, paired or visited like that."""

    code = "neighbour_rule"


@dataclass(frozen=True)
class Agreed:
    """How and when the household said yes to its neighbour; why one from farther away, if it is one."""

    consent: str
    consent_on: date
    override: str = ""


@transaction.atomic
def add_building(*, values, by):
    """Add a building; `values`: name and unit (community, group or grid)."""
    unit = locked(values["unit"])
    building = Building(**{**values, "unit": unit, "path": unit.path})
    refuse_all(low_place_complaints(building.unit, needed="楼栋须在"))
    check(building)
    building.save()
    record("building.added", building, by=by, fields=values)
    return building


@transaction.atomic
def amend_building(*, building, values, by, today, version=None):
    """Correct a building, hang it in another grid, or say that it is gone; its households go with it."""
    building = locked(building, version=version)
    changed = set_values(building, values)
    if not changed:
        return building
    not_after(building.gone_on, today, field="gone_on", label="拆除日期")
    building.unit = locked(building.unit)
    building.path = building.unit.path
    refuse_all(low_place_complaints(building.unit, needed="楼栋须在"))
    if building.gone_on and building.households.live().exists():
        raise NeighbourRule(f"“{building}”还有守望户，请先结束或改到别的楼栋", field="gone_on")
    refuse_all(_carrier_complaints(building))
    save_change(building)
    record("building.amended", building, by=by, fields=changed)
    return building


@transaction.atomic
def add_household(*, values, by):
    """Begin to look after a household; `values`: building, risk; and sealed room, resident, phone, needs."""
    building = _standing(values["building"])
    own = {name: values[name] for name in ("risk", "uid") if name in values}
    household = Household(building=building, path=building.path, **own)
    _refuse_again(building, values)
    refuse_all(_seal(household, {name: values.get(name, "") for name in SEALED}))
    check(household)
    household.save()
    record("household.added", household, by=by, fields=values)
    return household


@transaction.atomic
def amend_household(*, household, values, by, version=None):
    """Correct what is known of a household, or its risk; sealed values are told by their field only."""
    household = locked(household, version=version)
    _refuse_ended(household)
    sealed = {name: values[name] for name in SEALED if name in values}
    changed = [name for name, text in sealed.items() if household.get_sealed(name) != text]
    refuse_all(_seal(household, sealed))
    open_values = {name: value for name, value in values.items() if name not in SEALED}
    changed += set_values(household, open_values)
    if changed:
        household.building = _standing(household.building)
        _refuse_as_another(household, changed)
        household.path = household.building.path
        save_change(household)
        record("household.amended", household, by=by, fields=changed)
    return household


def _standing(building):
    """The locked building; refused when it has been pulled down."""
    building = locked(building)
    if building.gone_on:
        raise InvalidValue(f"“{building}”已于 {building.gone_on} 拆除", field="building")
    return building


@transaction.atomic
def note_event(*, household, on, by, today, version=None):
    """Something serious happened - a fall, a death in the family: somebody has to look in at once."""
    household = locked(household, version=version)
    _refuse_ended(household)
    not_after(on, today, field="on", label="变故日期")
    household.event_on = on
    save_change(household)
    record("household.event", household, by=by, fields=["event_on"])
    return household


@transaction.atomic
def end_household(*, household, on, reason, by, today, version=None):
    """It need not be looked after any more; its pairings end the same day."""
    household = locked(household, version=version)
    _refuse_ended(household)
    not_after(on, today, field="on", label="结束日期")
    reason = words_of(reason, "请写明结束的原因")
    for pairing in household.pairings.in_force().select_for_update(of=("self",)).order_by("pk"):
        _end(pairing, on, reason)
    household.ended_on, household.end_reason = on, reason
    save_change(household)
    record("household.ended", household, by=by, fields=["ended_on"])
    return household


@transaction.atomic
def pair(*, household, member, since, agreed, by, today):
    """Let the member look after the household from a day on; nothing without the household's consent.

    Raise every refusal at once: not on the roster, consent missing or later, too many homes, too far away.
    """
    member, household = locked(member), locked(household)
    _refuse_ended(household)
    pairing = Pairing(household=household, member=member, since=since, **vars(agreed))
    refuse_all([*_consent_complaints(agreed, since), *_member_complaints(pairing, today)])
    check(pairing)
    pairing.save()
    record("pairing.began", household, by=by, fields=["pairings"])
    return pairing


@transaction.atomic
def end_pairing(*, pairing, on, reason, by, today, version=None):
    """End the pairing on the day `on`, for a reason."""
    pairing = locked(pairing, version=version)
    if pairing.until:
        raise NeighbourRule(f"结对已于 {pairing.until} 结束", field="on")
    not_after(on, today, field="on", label="结束日期")
    _end(pairing, on, words_of(reason, "请写明结束的原因"))
    record("pairing.ended", pairing.household, by=by, fields=["pairings"])
    return pairing


class Pairings(KeptByAMove):
    """What being paired leaves open for who is gone: it ends; a successor would need a consent of her own."""

    kind = "pairing"
    transferable = False

    def held(self, members, *, on, leaving):
        """Each pairing of one of them that has not ended."""
        return Pairing.objects.in_force().filter(member__in=members).order_by("pk")

    def words(self, row):
        """Which home, by its number."""
        return f"邻里守望结对：守望户第{row.household_id}户"

    def settle(self, number, settlement, *, on, by, today):
        """End it on the day; where it began or she looked in on that very day, on the next."""
        pairing = locked(Pairing(pk=number))
        busy = [pairing.since, *pairing.visits.values_list("on", flat=True)]
        _end(pairing, max(on, max(busy) + timedelta(days=1)), settlement.reason)
        record("pairing.ended", pairing.household, by=by, fields=["pairings"])


def _end(pairing, on, reason):
    if on <= pairing.since:
        raise InvalidValue(f"结束日期 {on} 必须晚于结对日期 {pairing.since}", field="on")
    latest = pairing.visits.order_by("-on").first()
    if latest and latest.on >= on:
        raise NeighbourRule(f"{latest.on} 还有走访记录，结束日期须晚于那一天", field="on")
    pairing.until, pairing.end_reason = on, reason
    save_change(pairing)


def _refuse_as_another(household, changed):
    if {"building", "room", "resident"} & set(changed):
        said = {name: household.get_sealed(name) for name in ("room", "resident")}
        _refuse_again(household.building, said, household)


def _refuse_again(building, values, household=None):
    """Refuse a home of the building in which the same person is looked after already."""
    for other in building.households.filter(ended_on=None).exclude(pk=household and household.pk):
        if all(_plain(other.get_sealed(name)) == _plain(values.get(name)) for name in ("room", "resident")):
            raise NeighbourRule(f"“{building}”这一户已登记（守望户第{other.pk}户）", field="room")


def _plain(text) -> str:
    return "".join((text or "").split())


def _refuse_ended(household):
    if household.ended_on:
        raise NeighbourRule(f"{household}已于 {household.ended_on} 结束守望")


def _seal(household, texts) -> list[DomainError]:
    """Seal what was said; what is wrong with it."""
    wrong = []
    for name, text in texts.items():
        said = text.strip()
        if name in ASKED and not said:
            wrong.append(InvalidValue(f"请填写{ASKED[name]}", field=name))
        try:
            household.set_sealed(
                name, normalise_phone(said, field=name) if name == "phone" and said else said
            )
        except InvalidValue as error:
            wrong.append(error)
    return wrong


def _carrier_complaints(building) -> list[DomainError]:
    """What it still belongs to, though it is gone or does not lie there any more."""
    held = [row.carrier for row in building.carriers.in_force().select_related("carrier").order_by("pk")]
    field = "gone_on" if building.gone_on else "unit"
    return [
        NeighbourRule(f"“{building}”还属于“{carrier}”，请先结束", field=field)
        for carrier in held
        if building.gone_on or not building.path.startswith(carrier.path)
    ]


def _consent_complaints(agreed, since) -> list[DomainError]:
    if agreed.consent not in Consent.values or agreed.consent_on is None:
        return [InvalidValue("没有住户同意不能结对，请写明同意方式和日期", field="consent")]
    if agreed.consent_on > since:
        words = f"同意日期 {agreed.consent_on} 晚于结对日期 {since}"
        return [InvalidValue(words, field="consent_on")]
    return []


def _member_complaints(pairing, today) -> list[DomainError]:
    member, since, wrong = pairing.member, pairing.since, []
    if since > today:
        wrong.append(InvalidValue(f"结对日期 {since} 在今天（{today}）之后", field="since"))
    if not (member.on_roster and member.memberships.on(since).exists()):
        wrong.append(NeighbourRule(f"{member} 不在册，不能结对", field="member"))
    if member.pairings.in_force().filter(household=pairing.household).exists():
        wrong.append(NeighbourRule(f"{member} 已与该户结对", field="member"))
    held = member.pairings.in_force().count()
    if held >= MOST_HOUSEHOLDS:
        wrong.append(NeighbourRule(f"{member} 已结对 {held} 户，最多 {MOST_HOUSEHOLDS} 户", field="member"))
    if not pairing.override.strip() and not _is_near(member, pairing.household, since):
        words = f"{member} 不住在、也不服务于本社区，确需结对请写明理由"
        wrong.append(NeighbourRule(words, field="override"))
    return wrong


def _is_near(member, household, day) -> bool:
    """Whether she lives in the household's community or serves in a team there."""
    community = household.path[: STEP_LENGTH * Level.COMMUNITY]
    home = member.residence.path if member.residence else ""
    if home.startswith(community):
        return True
    serving = TeamMembership.objects.serving(day).filter(member=member)
    return serving.filter(team__path__startswith=community).exists()
