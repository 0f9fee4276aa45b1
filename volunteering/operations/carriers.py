"""Verbs of carriers: found, amend, dissolve; buildings come and go; members answer and hand on."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from branches.operations.presence import dissolved_complaints
from core.audit import record
from core.changes import check, locked, not_after, save_change, set_values
from core.errors import DomainError, InvalidValue, refuse_all
from members.models import Member
from members.obligations import KeptByAMove
from volunteering.models import Building, Carrier, CarrierBuilding, CarrierDuty, CarrierKind
from volunteering.operations.places import below_complaints, founding_complaints, low_place_complaints

KEPT = {"kind": "类型", "branch": "所属党组织", "unit": "所在地", "founded_on": "设立日期"}


class CarrierRule(DomainError):
    """A carrier may not be founded, changed or answered for like that."""

    code = "carrier_rule"


@dataclass(frozen=True)
class Begun:
    """With whom a carrier begins, and with which building; a station needs none."""

    member: Member | None
    building: Building | None = None


@transaction.atomic
def found_carrier(*, values, begun, by, today):
    """Found a carrier with who answers for it; `values`: kind, name, branch, unit, founded_on, address.

    She answers from the founding on, or from the day on which she came onto the roster where that was later.

    Raise every refusal at once: nobody answers, no building, one elsewhere, a unit not below the branch.
    """
    member, building = (each and locked(each) for each in (begun.member, begun.building))
    branch, unit = locked(values["branch"]), locked(values["unit"])
    carrier = Carrier(**{**values, "branch": branch, "unit": unit, "path": unit.path})
    not_after(carrier.founded_on, today, field="founded_on", label="设立日期")
    refuse_all([*_complaints(carrier), *_begun_complaints(carrier, member, building)])
    check(carrier)
    carrier.save()
    _duty(carrier, member, _first_day(carrier, member))
    if building:
        _include(carrier, building, carrier.founded_on)
    record("carrier.founded", carrier, by=by, fields=values)
    return carrier


@transaction.atomic
def amend_carrier(*, carrier, values, by, version=None):
    """Correct name or address; what kind it is, whose and where stay."""
    carrier = _live(locked(carrier, version=version))
    refuse_all(
        [
            InvalidValue(f"“{label}”在设立后不能修改", field=name)
            for name, label in KEPT.items()
            if name in values and getattr(carrier, name) != values[name]
        ]
    )
    changed = set_values(carrier, values)
    if changed:
        save_change(carrier)
        record("carrier.amended", carrier, by=by, fields=changed)
    return carrier


@transaction.atomic
def dissolve_carrier(*, carrier, on, document, by, today, version=None):
    """Dissolve the carrier from the day `on`; nobody answers for it any more, its buildings are free."""
    carrier = _live(locked(carrier, version=version))
    not_after(on, today, field="on", label="撤销日期")
    for rows in (carrier.duties, carrier.buildings):
        for row in rows.in_force().select_for_update(of=("self",)).order_by("pk"):
            _end(row, on)
    carrier.dissolved_on, carrier.dissolving_document = on, document
    save_change(carrier)
    record("carrier.dissolved", carrier, by=by, fields=["dissolved_on"], reason=document)
    return carrier


@transaction.atomic
def include_building(*, carrier, building, since, by, today):
    """Let a building of the carrier's unit belong to it from a day on."""
    carrier, building = _live(locked(carrier)), locked(building)
    not_after(since, today, field="since", label="起始日期")
    _not_before(carrier, since)
    refuse_all(_building_complaints(carrier, building))
    done = _include(carrier, building, since)
    record("carrier.building_included", carrier, by=by, fields=["buildings"], reason=str(building))
    return done


@transaction.atomic
def release_building(*, inclusion, on, by, today, version=None):
    """The building belongs to the carrier no longer from the day `on`."""
    inclusion = locked(inclusion, version=version)
    not_after(on, today, field="on", label="结束日期")
    _end(inclusion, on)
    carrier = inclusion.carrier
    record("carrier.building_released", carrier, by=by, fields=["buildings"], reason=str(inclusion.building))
    return inclusion


@transaction.atomic
def put_in_charge(*, carrier, member, since, by, today):
    """Let a member answer for the carrier from a day on, beside whoever does already."""
    member, carrier = locked(member), _live(locked(carrier))
    not_after(since, today, field="since", label="起始日期")
    _not_before(carrier, since)
    refuse_all(_member_complaints(carrier, member, since))
    duty = _duty(carrier, member, since)
    record("carrier.put_in_charge", carrier, by=by, fields=["duties"], reason=member.name)
    return duty


@transaction.atomic
def end_duty(*, duty, on, by, today, version=None):
    """The member answers for it no longer. Was she the last, the community is reminded to find another."""
    duty = locked(duty, version=version)
    not_after(on, today, field="on", label="结束日期")
    _end(duty, on)
    record("carrier.duty_ended", duty.carrier, by=by, fields=["duties"], reason=duty.member.name)
    return duty


class CarrierDuties(KeptByAMove):
    """What answering for carriers leaves open for who is gone: another answers, or nobody does."""

    kind = "carrier"

    def held(self, members, *, on, leaving):
        """Each duty of one of them that has not ended."""
        return (
            CarrierDuty.objects.in_force().filter(member__in=members).select_related("carrier").order_by("pk")
        )

    def words(self, row):
        """Which carrier."""
        return f"“{row.carrier}”责任人"

    def settle(self, number, settlement, *, on, by, today):
        """End it on the day - or the day after it began - and let the successor answer from then on."""
        duty = locked(CarrierDuty(pk=number))
        carrier, successor = duty.carrier, settlement.successor
        if successor:
            since = max(on, duty.since)
            refuse_all(_member_complaints(carrier, successor, since, field=f"settle.{settlement.key}"))
            _duty(carrier, successor, since)
        _end(duty, max(on, duty.since + timedelta(days=1)))
        record("carrier.handed_on", carrier, by=by, fields=["duties"], reason=settlement.reason)


def _first_day(carrier, member):
    """From which day she answers for it: who did before her is not known."""
    home = member.memberships.in_force().first()
    return max(carrier.founded_on, home.since) if home else carrier.founded_on


def _duty(carrier, member, since):
    duty = CarrierDuty(carrier=carrier, member=member, since=since)
    check(duty)
    duty.save()
    return duty


def _include(carrier, building, since):
    inclusion = CarrierBuilding(carrier=carrier, building=building, kind=carrier.kind, since=since)
    check(inclusion)
    inclusion.save()
    return inclusion


def _end(row, on):
    if row.until:
        raise CarrierRule(f"已于 {row.until} 结束", field="on")
    if on <= row.since:
        raise InvalidValue(f"结束日期 {on} 必须晚于起始日期 {row.since}", field="on")
    row.until = on
    save_change(row)


def _live(carrier):
    if carrier.dissolved_on:
        raise CarrierRule(f"“{carrier}”已于 {carrier.dissolved_on} 撤销")
    return carrier


def _not_before(carrier, since):
    if since < carrier.founded_on:
        raise InvalidValue(f"起始日期 {since} 早于“{carrier}”的设立日期 {carrier.founded_on}", field="since")


def _begun_complaints(carrier, member, building) -> list[DomainError]:
    wrong = []
    if member is None:
        wrong.append(InvalidValue("责任人不能为空，至少要有一名在册党员", field="member"))
    else:
        wrong += _member_complaints(carrier, member, _first_day(carrier, member))
    if building is None and carrier.kind != CarrierKind.STATION:
        wrong.append(InvalidValue(f"{carrier.get_kind_display()}至少要有一栋楼", field="building"))
    elif building:
        wrong += _building_complaints(carrier, building)
    return wrong


def _complaints(carrier) -> list[DomainError]:
    branch, unit = carrier.branch, carrier.unit
    return [
        *dissolved_complaints(branch),
        *(low_place_complaints(unit, needed="载体须在") or below_complaints(branch, unit, label="所在地")),
        *founding_complaints(branch, unit, carrier.founded_on, label="设立日期"),
    ]


def _building_complaints(carrier, building) -> list[DomainError]:
    if building.gone_on:
        return [InvalidValue(f"“{building}”已于 {building.gone_on} 拆除", field="building")]
    if not building.path.startswith(carrier.path):
        return [InvalidValue(f"“{building}”不在“{carrier.unit}”", field="building")]
    taken = building.carriers.in_force().filter(kind=CarrierKind.BUILDING_BRANCH).first()
    if taken and carrier.kind == CarrierKind.BUILDING_BRANCH:
        return [CarrierRule(f"“{building}”已属于“{taken.carrier}”", field="building")]
    return []


def _member_complaints(carrier, member, since, *, field="member") -> list[DomainError]:
    if not member.on_roster:
        return [CarrierRule(f"{member} 不在册，不能做责任人", field=field)]
    if not member.memberships.on(since).exists():
        return [CarrierRule(f"{member} 在 {since} 没有组织关系，不能做责任人", field=field)]
    if carrier.pk and carrier.duties.in_force().filter(member=member).exists():
        return [CarrierRule(f"{member} 已是“{carrier}”的责任人", field=field)]
    return []
