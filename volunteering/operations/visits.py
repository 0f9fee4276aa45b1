"""Verbs of visits: write one down, have it verified, make an order or a grid matter of what it found."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from core.audit import record
from core.changes import check, locked, not_after, save_change
from core.errors import InvalidValue
from volunteering.models import Channel, Found, MatterChannel, Visit, VisitWay
from volunteering.operations.matters import report_matter
from volunteering.operations.neighbours import NeighbourRule
from volunteering.operations.orders import request_order


@dataclass(frozen=True)
class Looked:
    """On which day and how somebody looked in, and what she found."""

    on: date
    way: str = VisitWay.HOME
    found: str = Found.WELL
    finding: str = ""


@transaction.atomic
def record_visit(*, pairing, looked, by, today):
    """Write down that the member looked in, on a day on which she was paired with the household."""
    locked(pairing.member)
    pairing = locked(pairing)
    not_after(looked.on, today, field="on", label="走访日期")
    _refuse_outside(pairing, looked)
    if pairing.visits.filter(on=looked.on).exists():
        raise NeighbourRule(f"{looked.on} 的走访已登记", field="on")
    if looked.found != Found.WELL and not looked.finding.strip():
        raise InvalidValue("请写明走访发现的情况", field="finding")
    visit = Visit(pairing=pairing, on=looked.on, way=looked.way, found=looked.found, recorded_by=by)
    visit.set_sealed("finding", looked.finding.strip())
    check(visit)
    visit.save()
    record("visit.recorded", pairing.household, by=by, fields=["visits"])
    return visit


def _refuse_outside(pairing, looked):
    """Refuse a day on which she was not paired with the household, or not on the roster."""
    if looked.on < pairing.since or (pairing.until and looked.on >= pairing.until):
        ended = f"至 {pairing.until}" if pairing.until else "起"
        raise InvalidValue(f"走访日期 {looked.on} 不在结对期间（{pairing.since} {ended}）", field="on")
    if not pairing.member.memberships.on(looked.on).exists():
        raise NeighbourRule(f"{pairing.member} 在 {looked.on} 没有组织关系，不能登记走访", field="on")


@transaction.atomic
def verify_visit(*, visit, by):
    """Confirm a visit. Whoever wrote it down cannot be the one to confirm it."""
    visit = locked(visit)
    if visit.verified_by_id:
        raise NeighbourRule("该走访已核实")
    if visit.recorded_by_id == by.pk:
        raise NeighbourRule("登记人不能核实自己登记的走访")
    visit.verified_by = by
    save_change(visit)
    record("visit.verified", visit.pairing.household, by=by, fields=["visits"])
    return visit


@transaction.atomic
def order_from_visit(*, visit, values, by, today, version=None):
    """Make a service order of what the visit found; `values`: item, wanted_on, and what else an order takes.

    Name, phone and address are the household's: whoever dispatches the order is told them.
    """
    visit = _not_followed(visit, version)
    household = visit.pairing.household
    phone = household.get_sealed("phone")
    if not phone:
        raise NeighbourRule("该户没有登记电话，请先补上，以便服务的人联系", field="item")
    told = {
        "unit": household.building.unit,
        "requester": household.get_sealed("resident"),
        "requester_phone": phone,
        "requester_address": f"{household.building} {household.get_sealed('room')}",
        "channel": Channel.VISIT,
    }
    visit.order = request_order(values={**told, **values}, by=by, today=today)
    return _followed(visit, by)


@transaction.atomic
def matter_from_visit(*, visit, values, by, today, version=None):
    """Make a grid matter of it; `values`: kind, urgency, subject, detail. It names no resident."""
    visit = _not_followed(visit, version)
    building = visit.pairing.household.building
    told = {
        "unit": building.unit,
        "spot": str(building),
        "channel": MatterChannel.VOLUNTEER,
        "brought_by": visit.pairing.member,
    }
    visit.matter = report_matter(values={**told, **values}, by=by, today=today)
    return _followed(visit, by)


def _not_followed(visit, version):
    """The locked visit, once nothing has been made of it; its member first, as everywhere."""
    locked(visit.pairing.member)
    visit = locked(visit, version=version)
    done = visit.order or visit.matter
    if done:
        raise NeighbourRule(f"这次走访已转为{done}")
    return visit


def _followed(visit, by):
    save_change(visit)
    record("visit.followed", visit.pairing.household, by=by, fields=["visits"])
    return visit
