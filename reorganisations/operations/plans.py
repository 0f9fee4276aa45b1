"""Verbs of plans: try, make, carry out, cancel."""

from contextlib import suppress
from dataclasses import dataclass

from django.db import IntegrityError, OperationalError, transaction

from branches.models import Reorganisation
from branches.operations.acts import begin, hold_the_tree
from core.audit import record
from core.changes import check, locked
from core.errors import DomainError, refusal_of, refuse_all
from reorganisations.models import Plan
from reorganisations.operations.ledger import Ledger, last_events, trace_since
from reorganisations.operations.orders import (
    Order,
    PlanRule,
    as_it_is_now,
    complaints,
    place_of,
    read,
    written,
)
from reorganisations.operations.outcomes import board_of, outcome_of
from reorganisations.operations.steps import Work
from reorganisations.states import MOVE_NAMES, STATE_NAMES, PlanMove, PlanState, after


class _Rehearsed(Exception):
    """A dry run has seen enough."""


@dataclass(frozen=True)
class _Done:
    """What came of carrying an order out: for people, for undoing it, and what refuses."""

    outcome: dict
    reorganisation: Reorganisation
    trace: dict
    refusals: list[DomainError]


@transaction.atomic
def rehearse(*, order: Order, by, today) -> dict:
    """Do everything that the order says, look at what came of it, and undo it all.

    Give the outcome, with every refusal in words under "refusals". A day ahead is tried as if it had come.
    Raise InvalidValue for an order that is not complete.
    """
    refuse_all(complaints(order))
    hold_the_tree()
    order = as_it_is_now(order)
    with suppress(_Rehearsed), transaction.atomic():
        done = _do(order, by=by, today=max(today, order.on))
        raise _Rehearsed
    return done.outcome


def _do(order, *, by, today) -> _Done:
    """Carry the order out as far as nothing refuses; the caller, who holds the tree, undoes it if so."""
    place = place_of(order)
    figures_before, events_before = board_of(order, place), last_events()
    act = begin(order.kind, on=order.on, document=order.document, by=by, today=today)
    work = Work(order, act)
    work.carry_out()
    trace = trace_since(events_before)
    outcome = outcome_of(order, place, Ledger(trace), figures_before, board_of(order, place))
    outcome["refusals"] = list(dict.fromkeys(refusal.detail for refusal in work.refusals))
    return _Done(outcome, act.row, trace, work.refusals)


@transaction.atomic
def make_plan(*, order: Order, by, today) -> Plan:
    """Keep the order as a plan, with what a dry run found. What refuses now may be settled by its day."""
    found = rehearse(order=order, by=by, today=today)
    order = as_it_is_now(order)
    plan = Plan(
        about=order.about,
        kind=order.kind,
        title=order.title,
        effective_on=order.on,
        document=order.document,
        note=order.note,
        unit=place_of(order),
        level=order.level,
        order=written(order),
        outcome=found,
        by=by,
    )
    check(plan)
    plan.save()
    _put_on_record("plan.planned", plan, by)
    return plan


@transaction.atomic
def decide(*, order: Order, by, today) -> Plan:
    """Make the plan, and carry it out at once when its day has come."""
    plan = make_plan(order=order, by=by, today=today)
    return plan if order.on > today else carry_out(plan=plan, by=by, today=today)


@transaction.atomic
def carry_out(*, plan: Plan, by, today, version=None) -> Plan:
    """Do what the plan says. When anything refuses, nothing is written, and all of it is said at once."""
    # The tree first, as everywhere; then nobody else carries out the same plan.
    hold_the_tree()
    plan = locked(plan, version=version)
    to = moved(plan, PlanMove.CARRY_OUT)
    if plan.effective_on > today:
        raise PlanRule(f"“{plan}”自 {plan.effective_on} 起生效，那一天才能办理", field="on")
    order = read(plan)
    refuse_all(_strayed(plan, order))
    done = _do(order, by=by, today=today)
    refuse_all(done.refusals)
    plan.state, plan.outcome, plan.trace = to, done.outcome, done.trace
    plan.reorganisation = done.reorganisation
    return saved(plan, "plan.carried_out", by)


def _strayed(plan, order) -> list[PlanRule]:
    """What has come to lie elsewhere since: who reaches the plan decides only about what is in its reach."""
    return [
        PlanRule(f"“{row}”现已不在“{plan.unit}”之下，请取消后重新登记")
        for row in order.places
        if not row.path.startswith(plan.unit.path)
    ]


@transaction.atomic
def cancel(*, plan: Plan, by, version=None) -> Plan:
    """Give the plan up before it is carried out."""
    plan = locked(plan, version=version)
    plan.state = moved(plan, PlanMove.CANCEL)
    return saved(plan, "plan.cancelled", by)


def carry_out_due(*, today) -> list[tuple[Plan, DomainError | None]]:
    """Carry out each plan whose day has come, in the order of the days, in the name of who made it.

    Each stands for itself: one that is refused says so in its outcome and stays planned.
    """
    results = []
    for plan in Plan.objects.due(today).select_related("by"):
        try:
            results.append((carry_out(plan=plan, by=plan.by, today=today), None))
        except (DomainError, IntegrityError, OperationalError) as error:
            refusal = error if isinstance(error, DomainError) else refusal_of(error)
            _say_refused(plan, refusal)
            results.append((plan, refusal))
    return results


def _say_refused(plan, refusal):
    with transaction.atomic():
        plan = locked(plan)
        if plan.is_planned:
            plan.outcome = {**plan.outcome, "refusals": [error.detail for error in refusal.errors]}
            plan.save(update_fields=["outcome"])


def moved(plan, move) -> PlanState:
    """The plan's state after the move; refused when the move is not legal."""
    to = after(plan.state, move)
    if to is None:
        raise PlanRule(f"“{plan}”{STATE_NAMES[PlanState(plan.state)]}，不能{MOVE_NAMES[move]}")
    return to


def saved(plan, verb, by) -> Plan:
    """Write the plan as its next version, and put the deed on record."""
    plan.version += 1
    check(plan)
    plan.save()
    _put_on_record(verb, plan, by)
    return plan


def _put_on_record(verb, plan, by):
    record(verb, plan, by=by, fields=["state"], reason=plan.document, place=plan.unit.path)
