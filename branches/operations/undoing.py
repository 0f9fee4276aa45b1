"""The verb of taking back an organisation that was founded by mistake, while nothing rests on it."""

from django.db import transaction

from branches.models import Branch, BranchPlacement
from branches.operations.acts import hold_the_tree
from core.audit import record
from core.changes import locked
from core.voiding import StillNeeded, dependents_of, reason_given, take_out


@transaction.atomic
def undo_founding(*, branch, reason, by, version=None):
    """Take the organisation out again, with its place; its name and code are free. Asks a reason.

    Raise StillNeeded, saying what, if anything rests on it, if it has been moved or dissolved since, or if it
    was founded as a part of a larger act, which is taken back whole.
    """
    reason = reason_given(reason)
    # As everywhere, before any row: who is founded below it waits for the same lock.
    hold_the_tree()
    branch = locked(branch, version=version)
    placements = list(branch.placements.select_related("reorganisation"))
    needed = _later(branch, placements) or _resting(branch)
    if needed:
        instead = "" if branch.dissolved_on else "；确已不用的，请办理撤销"
        raise StillNeeded(f"“{branch}”成立之后还有{'、'.join(needed)}，不能撤回{instead}")
    _refuse_a_part(branch, placements)
    record("branch.founding_undone", branch, by=by, reason=reason)
    take_out(placements)
    take_out([branch])
    return branch


def _later(branch, placements) -> list[str]:
    if branch.dissolved_on:
        return [f"撤销（{branch.dissolved_on}）"]
    # A group may have been founded with all the seats that its branch had had.
    moves = len({place.reorganisation_id for place in placements}) - 1
    return [f"迁移 {moves} 次"] if moves else []


def _resting(branch) -> list[str]:
    below = branch.children.count()
    others = dependents_of([branch], besides=(BranchPlacement, Branch))[branch.pk]
    return [*([f"下级党组织 {below} 个"] if below else []), *others]


def _refuse_a_part(branch, placements):
    """A branch founded by a reorganisation goes with it alone."""
    for act in filter(None, (placement.reorganisation for placement in placements)):
        others = dependents_of([act], besides=(BranchPlacement,))[act.pk]
        if others or act.branch_placements.exclude(branch=branch).exists():
            raise StillNeeded(f"“{branch}”是由组织变动“{act}”成立的，请撤回那次变动")
