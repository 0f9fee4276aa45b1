"""A figure divided by one to three dimensions, and the part of its rows that one cell stands for."""

from collections import Counter
from itertools import product

from django.db.models import Count

from branches.models.unit import STEP_LENGTH
from reports.dimensions import OF_BRANCH, STREET
from reports.questions import Question
from reports.suppression import hidden_cells

STREET_LENGTH = 2 * STEP_LENGTH


class Breakdown:
    """The cells of one figure: `counts` by the codes of the dimensions, `axes` the codes in their order."""

    def __init__(self, question: Question, indicator, dimensions):
        self.question, self.indicator = question, indicator
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
        entries = entries_of(self.question, self.indicator)
        columns = []
        for dimension in self.dimensions:
            if dimension == STREET:
                columns.append(self.indicator.branch_key)
            else:
                entries = entries.annotate(**{f"by_{dimension.code}": dimension.raw(self.question.on)})
                columns.append(f"by_{dimension.code}")
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


def shown_cells(found: Breakdown) -> list[tuple[tuple, int | None]]:
    """Every cell for who may not see persons: None where the number is hidden."""
    # A rollup tells the figure of every unit and of every branch, and so these sums.
    public = {place for place, dimension in enumerate(found.dimensions) if dimension in OF_BRANCH}
    hidden = hidden_cells(found.counts, found.axes, public)
    return [(codes, None if codes in hidden else count) for codes, count in found.cells(empty=True)]


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
