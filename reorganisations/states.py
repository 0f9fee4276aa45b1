"""The life of a plan, and what each kind of reorganisation asks for, as tables."""

from dataclasses import dataclass
from enum import StrEnum


class PlanState(StrEnum):
    PLANNED = "planned"
    CARRIED_OUT = "carried_out"
    CANCELLED = "cancelled"
    UNDONE = "undone"


class PlanMove(StrEnum):
    CARRY_OUT = "carry_out"
    CANCEL = "cancel"
    UNDO = "undo"


class About(StrEnum):
    """What a reorganisation happens to."""

    UNIT = "unit"
    BRANCH = "branch"


STATE_NAMES = {
    PlanState.PLANNED: "待办理",
    PlanState.CARRIED_OUT: "已办理",
    PlanState.CANCELLED: "已取消",
    PlanState.UNDONE: "已撤回",
}
MOVE_NAMES = {PlanMove.CARRY_OUT: "办理", PlanMove.CANCEL: "取消", PlanMove.UNDO: "撤回"}
ABOUT_NAMES = {About.UNIT: "组织单元", About.BRANCH: "党支部"}

MOVES = {
    (PlanState.PLANNED, PlanMove.CARRY_OUT): PlanState.CARRIED_OUT,
    (PlanState.PLANNED, PlanMove.CANCEL): PlanState.CANCELLED,
    (PlanState.CARRIED_OUT, PlanMove.UNDO): PlanState.UNDONE,
}


def after(state: str, move: str) -> PlanState | None:
    """The state after `move`, or None when the move is not legal."""
    return MOVES.get((PlanState(state), PlanMove(move)))


@dataclass(frozen=True)
class Asks:
    """What one kind asks for, by the names of an order's fields.

    Of `one_of` at least one must be given; `several`: it may happen to more than one at once.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    several: bool = False

    @property
    def every(self) -> tuple[str, ...]:
        """All the fields that mean something for this kind."""
        return tuple(dict.fromkeys((*self.required, *self.one_of, *self.optional)))


ASKS = {
    (About.UNIT, "establish"): Asks(("to_unit", "name"), ("code",)),
    (About.UNIT, "rename"): Asks(("units", "name")),
    (About.UNIT, "move"): Asks(("units", "to_unit")),
    (About.UNIT, "merge"): Asks(("units",), ("code",), ("to_unit", "name"), several=True),
    (About.UNIT, "split"): Asks(("units", "name"), ("code",), ("part_units", "part_branches")),
    (About.UNIT, "close"): Asks(("units",), ("to_unit",)),
    (About.UNIT, "reopen"): Asks(("units", "to_unit")),
    (About.BRANCH, "move"): Asks(("branches", "to_unit")),
    (About.BRANCH, "merge"): Asks(("branches",), ("to_unit",), ("to_branch", "name"), several=True),
    (About.BRANCH, "split"): Asks(("branches", "name"), ("to_unit",), ("part_branches", "part_members")),
    (About.BRANCH, "whole"): Asks(("branches", "to_branch")),
    (About.BRANCH, "close"): Asks(("branches",), ("to_branch",)),
    (About.BRANCH, "reopen"): Asks(("branches", "to_unit")),
}
