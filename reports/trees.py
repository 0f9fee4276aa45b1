"""Where everything hung on a day: the tree as it was then, or as it is now.

A branch counts where it sat on the day. A closed unit goes with the unit that it was last under, wherever
that hangs on the day; so what still counts there (a relation once accepted) never falls out of the tree.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Exists, OuterRef

from branches.models import Branch, BranchPlacement, Level, Unit, UnitPlacement
from branches.models.unit import STEP_LENGTH, step
from branches.scope import within_path


@dataclass(frozen=True)
class Node:
    """A unit as it stood in a tree."""

    path: str
    code: str
    name: str
    level: int
    closed: bool = False


def first_day() -> date:
    """The day from which there is a tree at all."""
    root = Unit.objects.filter(level=Level.DISTRICT).only("opened_on").first()
    return root.opened_on if root else date.max


class TreeNow:
    """Today's tree, in which the people and branches of another day are put."""

    word = "now"

    def __init__(self, on: date):
        self.on = on

    @cached_property
    def branch_paths(self) -> dict[int, str]:
        """The path of each branch, by its number."""
        return dict(Branch.objects.order_by().values_list("pk", "path"))

    def path_of(self, unit) -> str | None:
        """Where the unit hangs in this tree; None on a day before the whole tree."""
        return unit.path if self.on >= first_day() else None

    def nodes(self, path: str, depth: int) -> list[Node]:
        """The unit at `path` and those down to `depth` levels below it, closed ones included."""
        found = Unit.objects.filter(within_path(path), level__lte=len(path) // STEP_LENGTH + depth)
        rows = found.order_by("level", "code").values_list("path", "code", "name", "level", "closed_on")
        return [Node(*values, closed=closed_on is not None) for *values, closed_on in rows]

    def named(self, numbers) -> dict[int, Node]:
        """The units with these numbers, wherever they hang."""
        rows = (
            Unit.objects.filter(pk__in=numbers).order_by().values_list("pk", "path", "code", "name", "level")
        )
        return {number: Node(*values) for number, *values in rows}

    def at(self, paths) -> dict[str, Node]:
        """The units at these paths."""
        rows = Unit.objects.filter(path__in=paths).order_by().values_list("path", "code", "name", "level")
        return {values[0]: Node(*values) for values in rows}


class TreeThen:
    """The tree of one day, from the placements in force on it."""

    word = "then"

    def __init__(self, on: date):
        self.on = on

    @cached_property
    def branch_paths(self) -> dict[int, str]:
        """The path of each branch founded by the day, by number; a dissolved one stays where it last was."""
        seats = dict(BranchPlacement.objects.as_known_on(self.on).values_list("branch", "unit"))
        live = UnitPlacement.objects.on(self.on).filter(unit__in=set(seats.values()))
        spots = dict(live.order_by().values_list("unit", "path"))
        spots |= {number: node.path for number, node in self._closed.items()}
        return {branch: spots[unit] for branch, unit in seats.items() if unit in spots}

    def path_of(self, unit) -> str | None:
        """Where the unit hung on the day; None when it did not exist yet."""
        if unit.pk in self._closed:
            return self._closed[unit.pk].path
        return UnitPlacement.objects.on(self.on).filter(unit=unit).values_list("path", flat=True).first()

    def nodes(self, path: str, depth: int) -> list[Node]:
        """The unit at `path` and those down to `depth` levels below it, closed ones included."""
        lowest = len(path) // STEP_LENGTH + depth
        found = UnitPlacement.objects.on(self.on).filter(within_path(path), unit__level__lte=lowest)
        live = found.order_by().values_list("path", "unit__code", "name", "unit__level")
        closed = (node for node in self._closed.values() if node.path.startswith(path))
        nodes = [*(Node(*values) for values in live), *(node for node in closed if node.level <= lowest)]
        return sorted(nodes, key=lambda node: (node.level, node.code))

    def named(self, numbers) -> dict[int, Node]:
        """The units with these numbers as they were called on the day, or last before it."""
        found = UnitPlacement.objects.as_known_on(self.on).filter(unit__in=numbers)
        rows = found.values_list("unit", "path", "unit__code", "name", "unit__level")
        return {number: Node(*values) for number, *values in rows}

    def at(self, paths) -> dict[str, Node]:
        """The units at these paths."""
        found = UnitPlacement.objects.on(self.on).filter(path__in=paths).order_by()
        rows = found.values_list("path", "unit__code", "name", "unit__level")
        closed = {node.path: node for node in self._closed.values() if node.path in paths}
        return closed | {values[0]: Node(*values) for values in rows}

    @cached_property
    def _closed(self) -> dict[int, Node]:
        """The units closed by the day, by number, hung under what they were last under."""
        later = UnitPlacement.objects.filter(
            unit=OuterRef("unit"), since__gt=OuterRef("since"), since__lte=self.on
        )
        last = UnitPlacement.objects.filter(~Exists(later), until__lte=self.on).select_related("unit")
        # From the top down, so that a closed parent has its path before its closed children ask for it.
        ended = sorted(last, key=lambda placement: placement.unit.level)
        paths = self._paths_of({placement.parent_id for placement in ended}) if ended else {}
        for placement in ended:
            paths[placement.unit_id] = paths.get(placement.parent_id, "") + step(placement.unit_id)
        return {
            row.unit_id: Node(paths[row.unit_id], row.unit.code, row.name, row.unit.level, closed=True)
            for row in ended
        }

    def _paths_of(self, numbers) -> dict[int, str]:
        live = UnitPlacement.objects.on(self.on).filter(unit__in=numbers)
        return dict(live.order_by().values_list("unit", "path"))


class TreeOfMoment(TreeThen):
    """What `TreeNow` was at a moment that has passed: the tree of its day, for people of another day."""

    word = "now"

    def __init__(self, on: date, *, day: date):
        super().__init__(day)
        self.asked = on

    def path_of(self, unit) -> str | None:
        """Where the unit hung; None on a day before the whole tree."""
        return super().path_of(unit) if self.asked >= first_day() else None
