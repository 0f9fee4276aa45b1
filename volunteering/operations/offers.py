"""Verbs of the 资源清单: what a member offers, corrected, withdrawn."""

from django.db import transaction

from branches.operations.presence import closed_complaints
from core.audit import record
from core.changes import check, locked, not_after, save_change, set_values
from core.errors import DomainError, InvalidValue, refuse_all
from volunteering.models import Offer


class OfferRule(DomainError):
    """An offer may not be made or changed like that."""

    code = "offer_rule"


@transaction.atomic
def make_offer(*, member, values, by, today):
    """Write down what a member of the roster offers; `values`: skill, unit, since, perhaps times."""
    member, unit = locked(member), locked(values["unit"])
    if not member.memberships.on(today).exists():
        raise OfferRule(f"{member} 现在没有组织关系，不能登记服务意愿", field="member")
    refuse_all(closed_complaints(unit))
    offer = Offer(**{"since": today, **values, "member": member, "unit": unit, "path": unit.path})
    offer.skill = offer.skill.strip()
    not_after(offer.since, today, field="since", label="起始日期")
    _refuse_twice(offer)
    check(offer)
    offer.save()
    record("offer.recorded", member, by=by, fields=["offers"])
    return offer


@transaction.atomic
def amend_offer(*, offer, values, by, version=None):
    """Correct the times or the reach of an offer; another skill is another offer."""
    offer = locked(offer, version=version)
    _refuse_withdrawn(offer)
    if values.get("skill", offer.skill) != offer.skill:
        raise InvalidValue("能提供的服务不能修改，请撤回后另行登记", field="skill")
    changed = set_values(offer, values)
    if changed:
        offer.unit = locked(offer.unit)
        refuse_all(closed_complaints(offer.unit))
        offer.path = offer.unit.path
        save_change(offer)
        record("offer.amended", offer.member, by=by, fields=["offers"])
    return offer


@transaction.atomic
def withdraw_offer(*, offer, on, by, today, version=None):
    """The member offers this no longer from the day `on`; posts already claimed stay hers."""
    offer = locked(offer, version=version)
    not_after(on, today, field="on", label="撤回日期")
    _refuse_withdrawn(offer)
    if on <= offer.since:
        raise InvalidValue(f"撤回日期 {on} 必须晚于起始日期 {offer.since}", field="on")
    offer.until = on
    save_change(offer)
    record("offer.ended", offer.member, by=by, fields=["offers"])
    return offer


def _refuse_withdrawn(offer):
    if offer.until:
        raise OfferRule(f"已于 {offer.until} 撤回")


def _refuse_twice(offer):
    if offer.member.offers.in_force().filter(skill=offer.skill).exists():
        raise OfferRule(f"{offer.member} 已登记过“{offer.skill}”", field="skill")
