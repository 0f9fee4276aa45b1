"""What the doors of reorganisations share: who may order what, and who may decide about a plan."""

from collections.abc import Iterator

from branches.gates import may
from branches.gates.levels import CHANGE_VERBS, add_verb, change_verb
from branches.models import Level, ReorganisationKind
from core.errors import NotPermitted, refuse_all
from reorganisations.operations import Order
from reorganisations.states import About

VIEW, ADD = "reorganisations.view_plan", "reorganisations.add_plan"
CHANGE_BRANCH, DISSOLVE_BRANCH, ADD_BRANCH = (
    "branches.change_branch",
    "branches.dissolve_branch",
    "branches.add_branch",
)
# Whoever has one of these may have something to reorganise.
KEEPING = (*CHANGE_VERBS, CHANGE_BRANCH)
ABSORBING = {ReorganisationKind.MERGE, ReorganisationKind.CLOSE}


def refuse_unless_allowed(user, order: Order) -> None:
    """Refuse an order about something that the person may see but not change like that."""
    wrong = {
        (field, str(row)): NotPermitted(f"“{row}”的这类变动不归您办理，请报上级", field=field)
        for field, verb, row in _asked(order)
        if not may(user, verb, row)
    }
    refuse_all(list(wrong.values()))


def _asked(order) -> Iterator[tuple]:
    """(field, verb, row) of everything that the order changes."""
    return _asked_of_units(order) if order.about == About.UNIT else _asked_of_branches(order)


def _asked_of_units(order):
    for unit in order.units:
        yield "units", change_verb(unit), unit
        if unit.parent and order.name and order.kind != ReorganisationKind.RENAME:
            yield "units", add_verb(unit.parent), unit.parent
    if order.to_unit:
        takes_in = order.kind in ABSORBING
        yield "to_unit", (change_verb if takes_in else add_verb)(order.to_unit), order.to_unit


def _asked_of_branches(order):
    ends = order.kind in ABSORBING
    for branch in order.branches:
        yield "branches", DISSOLVE_BRANCH if ends else CHANGE_BRANCH, branch
        if order.name:
            yield "to_unit", ADD_BRANCH, order.to_unit or branch.unit
    if order.to_branch:
        yield "to_branch", CHANGE_BRANCH, order.to_branch
    if order.to_unit:
        yield "to_unit", CHANGE_BRANCH, order.to_unit


def plan_verb(plan) -> str:
    """What it takes to carry a plan out, to cancel it or to undo it."""
    if plan.about == About.BRANCH:
        return DISSOLVE_BRANCH
    return CHANGE_VERBS[plan.level > Level.COMMUNITY]
