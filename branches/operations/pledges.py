"""Verbs of what enterprises promised: pledge, amend, deliver."""

from decimal import Decimal

from django.db import transaction

from branches.models import Delivery, Level, Pledge, PledgeKind
from branches.operations.presence import closed_complaints
from core.audit import record
from core.changes import check, locked, not_after, save_change, set_values
from core.errors import DomainError, InvalidValue, refuse_all


class PledgeRule(DomainError):
    """A pledge may not be made or kept like that."""

    code = "pledge_rule"


@transaction.atomic
def pledge(*, employer, unit, values, by):
    """Write down what the enterprise promised the unit: `values` has kind, what, amount, due_on."""
    promised = Pledge(employer=locked(employer), unit=locked(unit), **values)
    refuse_all(_complaints(promised))
    check(promised)
    promised.save()
    record("pledge.made", promised, by=by, fields=values, place=promised.unit.path)
    return promised


@transaction.atomic
def amend_pledge(*, pledge, values, by, version=None):
    """Correct a pledge: kind, what, amount, due_on, document, note. Raise InvalidValue or StaleVersion."""
    promised = locked(pledge, version=version)
    changed = set_values(promised, values)
    if not changed:
        return promised
    refuse_all(_complaints(promised))
    save_change(promised)
    record("pledge.amended", promised, by=by, fields=changed, place=promised.unit.path)
    return promised


@transaction.atomic
def deliver(*, pledge, values, by, today, version=None):
    """Something of the pledge came: `values` has on, amount, perhaps note. Never more than was promised."""
    promised = locked(pledge, version=version)
    not_after(values["on"], today, field="on", label="兑现日期")
    amount = values["amount"]
    wrong = _amount_complaints(promised.kind, amount)
    if promised.delivered + amount > promised.amount:
        left = promised.amount - promised.delivered
        wrong.append(
            PledgeRule(
                f"本次 {amount} {promised.measure}超过尚未兑现的 {left} {promised.measure}"
                f"（承诺 {promised.amount}，已兑现 {promised.delivered}）",
                field="amount",
            )
        )
    refuse_all(wrong)
    Delivery(pledge=promised, recorded_by=by, **values).save()
    promised.refresh_from_db(fields=["delivered"])
    promised.version += 1
    promised.save(update_fields=["version"])
    record("pledge.delivered", promised, by=by, fields=["delivered"], place=promised.unit.path)
    return promised


def _complaints(promised) -> list[DomainError]:
    wrong = _amount_complaints(promised.kind, promised.amount)
    if promised.unit.level > Level.COMMUNITY:
        wrong.append(
            InvalidValue(
                f"承诺的受益单位须是区、街道或社区，“{promised.unit}”是{promised.unit.get_level_display()}",
                field="unit",
            )
        )
    wrong += closed_complaints(promised.unit)
    if 0 < promised.amount < promised.delivered:
        wrong.append(
            PledgeRule(f"已兑现 {promised.delivered}，承诺的数量不能改为 {promised.amount}", field="amount")
        )
    return wrong


def _amount_complaints(kind, amount: Decimal) -> list[DomainError]:
    if amount <= 0:
        return [InvalidValue(f"数量 {amount} 必须大于0", field="amount")]
    if amount != amount.quantize(Decimal("0.01")):
        return [InvalidValue(f"数量 {amount} 最多两位小数", field="amount")]
    if kind == PledgeKind.STAFF and amount != amount.to_integral_value():
        return [InvalidValue(f"人员按人数计，{amount} 不是整数", field="amount")]
    return []
