"""Which cells of a table are not shown to who may not see persons, so that no small one can be worked out.

A cell of one to four is small. It is hidden, and with it enough others that its number cannot be worked out
from the cells shown, the total, and the same table with one dimension less, for which the caller can ask too.
The proof is by what could be shifted: for every hidden cell there is another table, with one person more or
less in it, of which the same cells and sums are shown, and where possible nobody's cell becomes empty: that a
hidden cell holds somebody is easily guessed, and of two that are 2 together each would then be 1. Small cells
are never hidden among small ones alone where the line has a larger one. An empty cell is shown as 0 unless it
hides another.

A street is told as in the table by streets of all that the caller may ask about, another part whole or not
at all (`shown_cells` of breakdowns, `flow`), so that parts taken from a whole leave nothing small. What this
does not protect against: comparing the answers for two days, two moments or two trees, between which one
person came, left or was hung elsewhere; joining several questions by different dimensions; two keys of
different reach; and what the caller knows otherwise, be it of the rows that another appointment opens.
Totals of units and branches are public and never hidden, so the sums of what divides by place are lines that
everybody knows.
"""

from itertools import product

SMALL = range(1, 5)
LARGE = 5
# How well a shift proves: nobody's cell becomes empty, an empty cell is among the hidden, or neither.
FULL, WITH_EMPTY, WEAK = range(3)


def hidden_cells(counts, axes, public=frozenset()) -> set[tuple]:
    """The cells to hide of a table by one or two dimensions; `axes` are their codes.

    `public` are the places of the dimensions whose sums can be had elsewhere, small or not.
    """
    if len(axes) == 1:
        return {(code,) for code in hidden_in_line({code: counts.get((code,), 0) for code in axes[0]})}
    return _Table(counts, *axes, public).hidden()


def hidden_in_line(line: dict[str, int]) -> set[str]:
    """The codes to hide of a table by one dimension: the small ones, and the least of the larger ones.

    Where nothing is larger an empty one has to do, if without it the number were plain. With one code alone
    there is nothing to hide it behind: its number is the total, which is public.
    """
    small = set(_codes(line, lambda count: count in SMALL))
    return small | _shield_of(line, small) if small else small


def _shield_of(line, small) -> set[str]:
    """The one code that is hidden only so that the small ones are not plain."""
    larger = _codes(line, lambda count: count >= LARGE)
    if larger:
        return {min(larger, key=line.get)}
    plain = len(small) == 1 or {line[code] for code in small} == {1}
    return set(_codes(line, lambda count: count == 0)[:1]) if plain else set()


def _codes(line, fits) -> list[str]:
    return [code for code, count in line.items() if fits(count)]


class _Table:
    """A table by two dimensions, hidden cell by cell together with a shift that proves it cannot be known.

    A shift adds one person to some cells and takes one from as many others, which must not be empty, and
    changes no sum that is shown: along a row or column only between two whose own sums are hidden.
    """

    def __init__(self, counts, rows, columns, public):
        self.counts = {cell: counts.get(cell, 0) for cell in product(rows, columns)}
        self.rows, self.columns = rows, columns
        self.secret_rows = [] if 0 in public else self._secret(rows, 0)
        self.secret_columns = [] if 1 in public else self._secret(columns, 1)
        self.found: set[tuple] = set()
        self.proven: set[tuple] = set()

    def _secret(self, codes, place) -> list[str]:
        """The rows or columns whose sums the smaller table hides, always in the same order."""
        line = dict.fromkeys(codes, 0)
        for cell, count in self.counts.items():
            line[cell[place]] += count
        hidden = hidden_in_line(line) if len(codes) > 1 else set()
        return [code for code in codes if code in hidden]

    def hidden(self) -> set[tuple]:
        """All cells to hide."""
        self._hide_behind_secret_sums()
        for cell in filter(self._is_small, self.counts):
            self._shield(*cell)
        while unmixed := next(self._unmixed(), None):
            self._shield(*unmixed)
        return self.found

    def _hide_behind_secret_sums(self):
        for row in self.secret_rows:
            self._hide(shift for column in self.columns for shift in self._along_column(row, column))
        for column in self.secret_columns:
            self._hide(shift for row in self.rows for shift in self._along_row(row, column))

    def _unmixed(self):
        """The least of the larger cells in each line of which only smaller ones are hidden."""
        for line in self._lines():
            larger = [cell for cell in line if self.counts[cell] >= LARGE]
            if larger and self._hides_only_small(line):
                yield min(larger, key=self.counts.get)

    def _lines(self):
        yield from ([(row, column) for column in self.columns] for row in self.rows)
        yield from ([(row, column) for row in self.rows] for column in self.columns)

    def _hides_only_small(self, line) -> bool:
        hidden = [self.counts[cell] for cell in line if cell in self.found]
        return any(hidden) and max(hidden) < LARGE

    def _is_small(self, cell) -> bool:
        return self.counts[cell] in SMALL

    def _shield(self, row, column):
        """Hide a cell with others, unless a shift found before has done so."""
        if (row, column) not in self.proven:
            self._hide(self._shifts(row, column))
            self.found.add((row, column))

    def _hide(self, shifts):
        """Hide the cells of the best shift, and of those that costs least: the fewest people newly hidden."""
        best = min(shifts, key=self._cost, default=())
        self.found.update(best)
        if best and self._worth(best) != WEAK:
            self.proven.update(best)

    def _cost(self, shift):
        new = [cell for cell in shift if cell not in self.found]
        return self._worth(shift), sum(self.counts[cell] for cell in new), len(new), sorted(shift)

    def _worth(self, shift):
        """How much the shift proves; the first half of its cells moves against the second."""
        if not self._hold(shift, 1):
            return WITH_EMPTY
        half = len(shift) // 2
        return FULL if self._hold(shift[:half], 2) or self._hold(shift[half:], 2) else WEAK

    def _hold(self, cells, number) -> bool:
        return all(self.counts[cell] >= number for cell in cells)

    def _shifts(self, row, column):
        """Every shift that changes this cell."""
        if row in self.secret_rows:
            yield from self._along_column(row, column)
        if column in self.secret_columns:
            yield from self._along_row(row, column)
        for others in product(self.rows, self.columns):
            yield from self._around(row, column, *others)

    def _around(self, row, column, other_row, other_column):
        """The shift around a rectangle, if one of its diagonals has anybody at both ends."""
        if other_row == row or other_column == column:
            return
        one = ((row, column), (other_row, other_column))
        other = ((row, other_column), (other_row, column))
        if self._hold(one, 1) or self._hold(other, 1):
            yield (*one, *other)

    def _along_column(self, row, column):
        for other in self.secret_rows:
            if other != row and (self.counts[row, column] or self.counts[other, column]):
                yield (row, column), (other, column)

    def _along_row(self, row, column):
        for other in self.secret_columns:
            if other != column and (self.counts[row, column] or self.counts[row, other]):
                yield (row, column), (row, other)
