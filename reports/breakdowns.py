"""A figure divided by one to three dimensions, and the part of its rows that one cell stands for."""

from collections import Counter, defaultdict
from itertools import product

from django.db.models import Count

from branches.models.unit import STEP_LENGTH
from reports.dimensions import OF_BRANCH, STREET, dimensions_of
from reports.questions import Question
from reports.suppression import SMALL, hidden_cells

STREET_LENGTH = 2 * STEP_LENGTH


class Breakdown:
    """The cells of one figure: `counts` by the codes of the dimensions, `axes` the codes in their order."""

    def __init__(self, question: Question, indicator, dimensions):
        self.question, self.indicator, self.asked = question, indicator, dimensions
        self.dimensions = [question.divided(dimension) for dimension in dimensions]
        self.streets = Streets(question) if STREET in dimensions else None
        self.counts = self._counted()

    @property
    def axes(self) -> list[list[str]]:
        """For each dimension its codes in order."""
        return [[code for code, _ in self.values_of(dimension)] for dimension in self.dimensions]

    def values_of(self, dimension) -> list[tuple[str, str]]:
        """The codes and words of a dimension for this question."""
        return self.streets.values if dimension == STREET else list(dimension.values)

    @property
    def total(self) -> int:
        """The figure itself."""
        return self.counts.total()

    def cells(self, *, empty=False) -> list[tuple[tuple, int]]:
        """The cells in the order of the codes; those without anybody only when asked for."""
        found = ((codes, self.counts.get(codes, 0)) for codes in product(*self.axes))
        return [(codes, count) for codes, count in found if count or empty]

    def _counted(self) -> Counter:
        placed = [dimension for dimension in self.dimensions if dimension != STREET]
        entries, _ = _columns(entries_of(self.question, self.indicator), placed, self.question.on)
        columns = [
            self.indicator.branch_key if dimension == STREET else f"by_{dimension.code}"
            for dimension in self.dimensions
        ]
        number = Count("*") if self.indicator.additive else Count(self.indicator.subject_key, distinct=True)
        counts: Counter = Counter()
        for *raws, count in entries.values_list(*columns).annotate(number=number):
            counts[self._codes(raws)] += count
        return counts

    def _codes(self, raws) -> tuple[str, ...]:
        return tuple(
            self.streets.code_of(raw) if dimension == STREET else dimension.code_of(raw)
            for dimension, raw in zip(self.dimensions, raws, strict=True)
        )


def shown_cells(found: Breakdown, whole: Question) -> list[tuple[tuple, int | None]]:
    """Every cell for who may not see persons: None where the number is hidden.

    `whole` is everything that the person may ask about. A street of it tells what the table by streets does.
    Of another part either nothing is hidden, in it and in all that it could be taken from, or every cell is:
    parts taken from a whole would tell the last one.
    """
    is_part = found.question.extents != whole.extents
    hidden = _hidden_of_part(found, whole) if is_part else _hidden(found)
    return [(codes, None if codes in hidden else count) for codes, count in found.cells(empty=True)]


def _hidden_of_part(found: Breakdown, whole: Question) -> set[tuple]:
    street = _street_asked_about(found, whole)
    if street:
        by_street = _hidden(Breakdown(whole, found.indicator, [*found.asked, STREET]))
        return {(code,) for code, place in by_street if place == street}
    return set() if _large_wherever_divided(found, whole) else set(product(*found.axes))


def _hidden(found: Breakdown) -> set[tuple]:
    # A rollup tells the figure of every unit and of every branch, and so these sums.
    public = {place for place, dimension in enumerate(found.dimensions) if dimension in OF_BRANCH}
    return hidden_cells(found.counts, found.axes, public)


def _street_asked_about(found: Breakdown, whole: Question) -> str:
    """The code of the street, where the whole has one table of the same cells and all streets."""
    path = _path_inside(found.question, whole)
    divides = STREET in dimensions_of(found.indicator).values() and STREET not in found.asked
    if len(path) != STREET_LENGTH or len(found.asked) > 1 or not divides:
        return ""
    return Streets(whole).codes.get(path, "")


def _large_wherever_divided(found: Breakdown, whole: Question) -> bool:
    """Whether on the way from the whole down to a unit no part has a small cell, its neighbours included."""
    path = _path_inside(found.question, whole)
    return bool(path) and all(len(subjects) not in SMALL for subjects in _cells_above(path, found, whole))


def _path_inside(question: Question, whole: Question) -> str:
    """Where the unit asked about hangs in the whole; empty for single branches and what hung outside it."""
    units = tuple(extent.path for extent in whole.extents if extent.branches is None)
    paths = (extent.path for extent in question.extents if extent.branches is None)
    return next((path for path in paths if path.startswith(units)), "")


def _cells_above(path: str, found: Breakdown, whole: Question):
    """Whom each cell counts, in every part into which the units above `path` are divided."""
    parts = {branch: _parts_beside(path, seat) for branch, seat in whole.branch_paths.items()}
    # A part lies on one street.
    dimensions = [dimension for dimension in found.dimensions if dimension != STREET]
    entries, columns = _columns(entries_of(whole, found.indicator), dimensions, whole.on)
    keys = found.indicator.branch_key, found.indicator.subject_key
    cells = defaultdict(set)
    for branch, subject, *raws in entries.values_list(*keys, *columns):
        codes = tuple(dimension.code_of(raw) for dimension, raw in zip(dimensions, raws, strict=True))
        for part in parts.get(branch, ()):
            cells[part, codes].add(subject)
    return cells.values()


def _parts_beside(path: str, seat: str) -> list[tuple[int, str]]:
    """The parts in which a seat counts where each unit above `path` is divided: units, or a unit's own."""
    lengths = range(STEP_LENGTH, len(path) + 1, STEP_LENGTH)
    return [(length, seat[:length]) for length in lengths if seat.startswith(path[: length - STEP_LENGTH])]


def _columns(entries, dimensions, day) -> tuple:
    """The rows with a column for each dimension, and the columns' names."""
    names = [f"by_{dimension.code}" for dimension in dimensions]
    raws = (dimension.raw(day) for dimension in dimensions)
    return entries.annotate(**dict(zip(names, raws, strict=True))), names


class Streets:
    """The streets on which the branches of a question sit, in the tree asked for."""

    def __init__(self, question: Question):
        places = question.tree.branch_paths
        # A branch that was not founded yet is nowhere, and nobody counts at it.
        reached = (branch for branch in question.branch_paths if branch in places)
        self.paths = {branch: places[branch][:STREET_LENGTH] for branch in reached}
        units = question.tree.at(set(self.paths.values()))
        self.codes = {path: unit.code for path, unit in units.items()}
        named = sorted((unit.code, unit.name, unit.level) for unit in units.values())
        self.values = [(code, name if level > 1 else f"{name}本级") for code, name, level in named]

    def code_of(self, branch: int) -> str:
        """The code of the branch's street."""
        return self.codes[self.paths[branch]]

    def branches_in(self, code: str) -> list[int]:
        """The branches on the street with this code."""
        return [branch for branch in self.paths if self.code_of(branch) == code]


def entries_of(question: Question, indicator):
    """The indicator's rows that the question reaches."""
    entries = indicator.entries(question.on).order_by()
    reached = question.branch_paths
    # Nobody counts at a branch that the tree of the day does not know; naming all of them would only cost.
    if question.tree.branch_paths.keys() <= reached.keys():
        return entries
    return entries.filter(**{f"{indicator.branch_key}__in": list(reached)})


def narrowed(entries, question: Question, indicator, chosen):
    """The rows of one cell: `chosen` gives for some dimensions the code."""
    for dimension, code in chosen.items():
        if dimension == STREET:
            entries = entries.filter(**{f"{indicator.branch_key}__in": Streets(question).branches_in(code)})
        else:
            named = entries.annotate(**{f"by_{dimension.code}": dimension.raw(question.on)})
            entries = named.filter(dimension.condition(code))
    return entries
