"""What a figure is asked about: which units or branches, on which day, in which tree.

A unit may be asked about when it is in the caller's scope today; its figure counts what was under it then.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from branches.models import Branch, Category, Unit
from branches.scope import Scope
from core.errors import InvalidValue
from reports.dimensions import Dimension, dated
from reports.models import Banding
from reports.trees import TreeNow, TreeThen


@dataclass(frozen=True)
class Extent:
    """A unit and below as it hangs in the tree asked for; or, with `branches`, only these on that unit."""

    unit: Unit
    path: str
    branches: frozenset[int] | None = None


@dataclass(frozen=True)
class Question:
    """A day, a tree, and the extents, none of which lies in another; `branch` if it was asked about alone."""

    on: date
    tree: TreeNow | TreeThen
    extents: tuple[Extent, ...]
    branch: Branch | None = None

    @cached_property
    def bandings(self) -> dict[str, Banding]:
        """The bands in force on the day, by the code of their dimension."""
        return Banding.objects.by_code(self.on)

    def divided(self, dimension) -> Dimension:
        """The dimension as it divides on the day."""
        return dated(dimension, lambda: self.bandings)

    @cached_property
    def branch_paths(self) -> dict[int, str]:
        """The branches that the question reaches, and where each counts."""
        return {branch: path for extent in self.extents for branch, path in self.reach(extent).items()}

    def reach(self, extent: Extent) -> dict[int, str]:
        """The branches that one extent reaches, and where each counts."""
        if extent.branches is not None:
            return dict.fromkeys(extent.branches, extent.path)
        places = self.tree.branch_paths.items()
        return {branch: path for branch, path in places if path.startswith(extent.path)}

    def names(self) -> list[str]:
        """What is asked about, in words: units, or single branches without their groups."""
        units = [extent.unit.name for extent in self.extents if extent.branches is None]
        single = {branch for extent in self.extents for branch in extent.branches or ()}
        if not single:
            return units
        branches = Branch.objects.filter(pk__in=single).exclude(category=Category.GROUP, parent__in=single)
        return units + [str(branch) for branch in branches]


def whole_scope(scope: Scope, *, on: date, tree) -> Question:
    """The question about everything that the scope reaches."""
    units = [Extent(unit, unit.path) for unit in Unit.objects.filter(path__in=scope.paths)]
    return _placed(units + _single_branches(scope), on=on, tree=tree)


def about(unit: Unit, scope: Scope, *, on: date, tree) -> Question:
    """The question about a unit in the scope; who reaches only single branches there asks about these."""
    if scope.covers(unit.path):
        return _placed([Extent(unit, unit.path)], on=on, tree=tree)
    here = [extent for extent in _single_branches(scope) if extent.unit == unit]
    return _placed(here, on=on, tree=tree)


def one_branch(branch: Branch, *, on: date, tree) -> Question:
    """The question about one branch alone."""
    alone = Extent(branch.unit, branch.unit.path, frozenset({branch.pk}))
    return replace(_placed([alone], on=on, tree=tree), branch=branch)


def _single_branches(scope) -> list[Extent]:
    """The branches that the scope names one by one, with their groups, by the unit they sit on."""
    if not scope.branch_ids:
        return []
    by_unit: dict[Unit, set[int]] = {}
    reached = Branch.objects.visible_in(Scope((), scope.branch_ids)).select_related("unit", "parent__unit")
    for branch in reached:
        seat = branch.unit if branch.pk in scope.branch_ids else branch.parent.unit
        if not scope.covers(seat.path):
            by_unit.setdefault(seat, set()).add(branch.pk)
    return [Extent(unit, unit.path, frozenset(numbers)) for unit, numbers in by_unit.items()]


def _placed(extents, *, on, tree) -> Question:
    """The extents where they hung in the tree, none inside another, in the order of codes."""
    subtrees = _hung(extents, tree)
    singles = [extent for extent in extents if extent.branches is not None]
    if extents and not (subtrees or singles):
        _refuse_too_early(extents, on)
    outermost = [extent for extent in subtrees if not _inside(extent.path, subtrees, but=extent)]
    placed = [*outermost, *_outside(outermost, singles, tree)]
    return Question(on, tree, tuple(sorted(placed, key=lambda extent: extent.unit.code)))


def _hung(extents, tree) -> list[Extent]:
    """The subtrees that the tree knows, each with its path there."""
    paths = ((extent, tree.path_of(extent.unit)) for extent in extents if extent.branches is None)
    return [replace(extent, path=path) for extent, path in paths if path]


def _inside(path, extents, but=None) -> bool:
    return any(path.startswith(extent.path) for extent in extents if extent != but)


def _refuse_too_early(extents, on):
    first = min((extent.unit for extent in extents), key=lambda unit: unit.opened_on)
    if on >= first.opened_on:
        raise InvalidValue(f"那时还没有登记“{first}”", field="known_at")
    raise InvalidValue(f"on={on} 早于“{first}”的设立日期 {first.opened_on}，那时还没有它", field="on")


def _outside(subtrees, singles, tree) -> list[Extent]:
    """The single branches that do not already count in one of the subtrees."""
    if not subtrees or not singles:
        return singles
    inside = {branch for branch, path in tree.branch_paths.items() if _inside(path, subtrees)}
    left = [replace(extent, branches=extent.branches - inside) for extent in singles]
    return [extent for extent in left if extent.branches]
