"""Which cells of a table are not shown to who may not see persons, so that no small one can be worked out.

A cell of one to four is small. It is hidden, and with it enough others that its number cannot be worked out
from the cells shown, the total, and the same table with one dimension less, for which the caller can ask too.
The proof is by what could be shifted: for every hidden cell there is another table, with one person more or
less in it, of which the same cells and sums are shown. An empty cell is shown as 0 unless it hides another.

What this does not protect against: comparing the answers for two days, between which one person came or left;
subtracting the answers for a unit's parts from the unit's own; joining several questions by different
dimensions; and what the caller knows otherwise. Totals of units are public and never hidden.
"""

from itertools import product

SMALL = range(1, 5)


def hidden_cells(counts, axes) -> set[tuple]:
    """The cells to hide of a table by one or two dimensions; `axes` are their codes."""
    if len(axes) == 1:
        return {(code,) for code in hidden_in_line({code: counts.get((code,), 0) for code in axes[0]})}
    return _Table(counts, *axes).hidden()


def hidden_in_line(line: dict[str, int]) -> set[str]:
    """The codes to hide of a table by one dimension: the small ones, and a second one if there is only one.

    With one code alone there is nothing to hide it behind: its number is the total, which is public.
    """
    hidden = {code for code, count in line.items() if count in SMALL}
    others = [code for code in line if code not in hidden]
    if len(hidden) == 1 and others:
        hidden.add(min(others, key=lambda code: (line[code] == 0, line[code])))
    return hidden


class _Table:
    """A table by two dimensions, hidden cell by cell together with a shift that proves it cannot be known.

    A shift adds one person to some cells and takes one from as many others, which must not be empty, and
    changes no sum that is shown: along a row or column only between two whose own sums are hidden.
    """

    def __init__(self, counts, rows, columns):
        self.counts = {cell: counts.get(cell, 0) for cell in product(rows, columns)}
        self.rows, self.columns = rows, columns
        self.secret_rows = self._secret(rows, 0)
        self.secret_columns = self._secret(columns, 1)
        self.found: set[tuple] = set()

    def _secret(self, codes, place) -> list[str]:
        """The rows or columns whose sums the smaller table hides, always in the same order."""
        line = dict.fromkeys(codes, 0)
        for cell, count in self.counts.items():
            line[cell[place]] += count
        hidden = hidden_in_line(line) if len(codes) > 1 else set()
        return [code for code in codes if code in hidden]

    def hidden(self) -> set[tuple]:
        """All cells to hide."""
        for row in self.secret_rows:
            self._hide(shift for column in self.columns for shift in self._along_column(row, column))
        for column in self.secret_columns:
            self._hide(shift for row in self.rows for shift in self._along_row(row, column))
        for cell in filter(self._is_small, self.counts):
            self._shield(*cell)
        return self.found

    def _is_small(self, cell) -> bool:
        return self.counts[cell] in SMALL

    def _shield(self, row, column):
        """Hide a small cell with others, unless a shift found before has done so."""
        if (row, column) not in self.found:
            self._hide(self._shifts(row, column))
            self.found.add((row, column))

    def _hide(self, shifts):
        """Hide the cells of the shift that costs least: the fewest people in cells not hidden yet."""
        cheapest = min(shifts, key=self._cost, default=())
        self.found.update(cheapest)

    def _cost(self, shift):
        new = [cell for cell in shift if cell not in self.found]
        return sum(self.counts[cell] for cell in new), len(new), sorted(shift)

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
        if self._peopled(one) or self._peopled(other):
            yield (*one, *other)

    def _peopled(self, cells) -> bool:
        return all(self.counts[cell] for cell in cells)

    def _along_column(self, row, column):
        for other in self.secret_rows:
            if other != row and (self.counts[row, column] or self.counts[other, column]):
                yield (row, column), (other, column)

    def _along_row(self, row, column):
        for other in self.secret_columns:
            if other != column and (self.counts[row, column] or self.counts[row, other]):
                yield (row, column), (row, other)
