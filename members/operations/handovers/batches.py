"""Verbs of a hand-over as a batch: open, amend, close, open again."""

from django.db import transaction
from django.db.models import Min

from branches.models import Level
from core.audit import record
from core.changes import check, locked, not_after, save_change, set_values
from core.errors import DomainError, InvalidValue, refuse_all
from members.models import Handover


class HandoverRule(DomainError):
    """A hand-over may not be opened, answered or closed like that."""

    code = "handover_rule"


@transaction.atomic
def open_handover(*, employer, unit, values, by, today):
    """Open the batch of an enterprise for a unit; `values`: document, opened_on, archives_at, note."""
    handover = Handover(employer=locked(employer), unit=locked(unit), **values)
    not_after(handover.opened_on, today, field="opened_on", label="移交日期")
    refuse_all(_place_complaints(handover))
    check(handover)
    handover.save()
    record("handover.opened", handover, by=by, fields=values, place=handover.unit.path)
    return handover


def _place_complaints(handover) -> list[DomainError]:
    unit, wrong = handover.unit, []
    if unit.level > Level.COMMUNITY:
        wrong.append(
            InvalidValue(f"接收单位须是区、街道或社区，“{unit}”是{unit.get_level_display()}", field="unit")
        )
    if unit.closed_on:
        wrong.append(InvalidValue(f"“{unit}”已于 {unit.closed_on} 撤销，不能接收", field="unit"))
    return wrong


@transaction.atomic
def amend_handover(*, handover, values, by, today, version=None):
    """Correct a batch: document, opened_on, archives_at, note. The enterprise and the unit stay."""
    handover = locked(handover, version=version)
    changed = set_values(handover, values)
    if not changed:
        return handover
    not_after(handover.opened_on, today, field="opened_on", label="移交日期")
    _refuse_listed_before(handover)
    save_change(handover)
    record("handover.amended", handover, by=by, fields=changed, place=handover.unit.path)
    return handover


def _refuse_listed_before(handover):
    """Nobody was on the list, or answered for, before the enterprise handed it over."""
    days = handover.people.aggregate(Min("listed_on"), Min("answered_on")).values()
    first = min(filter(None, [*days, handover.closed_on]), default=None)
    if first and first < handover.opened_on:
        words = f"移交日期 {handover.opened_on} 晚于名单上最早的办理日期 {first}"
        raise InvalidValue(words, field="opened_on")


@transaction.atomic
def close_handover(*, handover, on, by, today, version=None):
    """Close a batch in which everybody has been answered for; refuse while anybody waits."""
    handover = locked(handover, version=version)
    not_after(on, today, field="on", label="办结日期")
    _refuse_closed(handover)
    waiting = handover.people.open().count()
    if waiting:
        raise HandoverRule(f"还有 {waiting} 人待更正或待接收，不能办结")
    if on < handover.opened_on:
        raise InvalidValue(f"办结日期 {on} 早于移交日期 {handover.opened_on}", field="on")
    handover.closed_on = on
    save_change(handover)
    record("handover.closed", handover, by=by, fields=["closed_on"], place=handover.unit.path)
    return handover


@transaction.atomic
def reopen_handover(*, handover, by, version=None):
    """Open a closed batch again, because names are added or an answer was wrong."""
    handover = locked(handover, version=version)
    if handover.closed_on is None:
        raise HandoverRule("该批次没有办结，不需要重新打开")
    if handover.unit.closed_on:
        raise HandoverRule(f"“{handover.unit}”已于 {handover.unit.closed_on} 撤销，不能重新打开")
    handover.closed_on = None
    save_change(handover)
    record("handover.reopened", handover, by=by, fields=["closed_on"], place=handover.unit.path)
    return handover


def open_for_work(handover):
    """The batch, locked; refuse one that is closed."""
    handover = locked(handover)
    _refuse_closed(handover)
    return handover


def _refuse_closed(handover):
    if handover.closed_on:
        raise HandoverRule(f"该批次已于 {handover.closed_on} 办结，补充名单或更改结果请先重新打开")
