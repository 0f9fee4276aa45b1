"""Small cells: by trying every table that would look the same, none of them can be worked out."""

import random
from itertools import product

import pytest

from reports.suppression import hidden_cells, hidden_in_line

pytestmark = pytest.mark.long


def looks(counts, axes, public=()):
    """All that the caller can see of a table: the shown cells, the shown sums, the total."""
    hidden = hidden_cells(counts, axes, public)
    shown = {cell: count for cell, count in counts.items() if cell not in hidden}
    return shown, known_sums(counts, axes, public), sum(counts.values())


def known_sums(counts, axes, public=()):
    """The sums of a table by two dimensions that the smaller tables or the tree tell."""
    sums = {}
    for place, codes in enumerate(axes if len(axes) > 1 else []):
        line = {code: sum(count for cell, count in counts.items() if cell[place] == code) for code in codes}
        hidden = set() if place in public else hidden_in_line(line)
        sums |= {(place, code): count for code, count in line.items() if code not in hidden}
    return sums


def possible(counts, axes, public=(), *, least=0):
    """For every hidden cell all the numbers from `least` that it could have, given what is seen."""
    shown, sums, total = looks(counts, axes, public)
    return solved(shown, sums, total, sorted(set(counts) - set(shown)), least)


def solved(shown, sums, total, hidden, least):
    """For every hidden cell all the numbers from `least` that agree with what is shown."""
    found = {cell: set() for cell in hidden}
    left = total - sum(shown.values()) - least * len(hidden)
    for numbers in compositions(left, len(hidden)):
        table = {**shown, **{cell: least + number for cell, number in zip(hidden, numbers, strict=True)}}
        if all(
            sum(count for cell, count in table.items() if cell[place] == code) == value
            for (place, code), value in sums.items()
        ):
            for cell in hidden:
                found[cell].add(table[cell])
    return found


def given_away(counts, axes, public=()):
    """Small cells of which only one number is left, though hiding all that hold anybody would leave more.

    Who sees no empty cell hidden takes it that every hidden cell holds somebody.
    """
    shown, sums, total = looks(counts, axes, public)
    hidden = sorted(set(counts) - set(shown))
    least = min([1, *(counts[cell] for cell in hidden)])
    found = solved(shown, sums, total, hidden, least)
    alone = [cell for cell in hidden if counts[cell] in range(1, 5) and len(found[cell]) == 1]
    if not alone:
        return []
    held = sorted(cell for cell, count in counts.items() if count)
    best = solved({cell: 0 for cell in counts if cell not in held}, sums, total, held, 1)
    return [cell for cell in alone if len(best[cell]) > 1]


def compositions(total, parts):
    """Every way to write `total` as a sum of `parts` numbers."""
    if parts == 0:
        if total == 0:
            yield ()
        return
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in compositions(total - first, parts - 1):
            yield (first, *rest)


def table(numbers, rows, columns):
    axes = [[f"r{n}" for n in range(rows)], [f"c{n}" for n in range(columns)]]
    return dict(zip(product(*axes), numbers, strict=True)), axes


def test_no_small_cell_of_a_line_can_be_worked_out():
    for line in product([0, 1, 3, 4, 5, 7], repeat=3):
        counts = {(f"c{number}",): count for number, count in enumerate(line)}
        axes = [[f"c{number}" for number in range(len(line))]]
        hidden = hidden_cells(counts, axes)
        assert not any(count in range(1, 5) for cell, count in counts.items() if cell not in hidden)
        assert all(len(numbers) > 1 for numbers in possible(counts, axes).values()), line


@pytest.mark.parametrize(("shape", "tables"), [((2, 2), 60), ((2, 3), 30), ((3, 3), 12)])
def test_no_small_cell_of_a_table_can_be_worked_out(shape, tables):
    randomly = random.Random(20201231)
    tried = 0
    while tried < tables:
        numbers = [randomly.choice([0, 0, 1, 2, 3, 5, 6, 9]) for _ in range(shape[0] * shape[1])]
        counts, axes = table(numbers, *shape)
        hidden = hidden_cells(counts, axes)
        if sum(counts[cell] for cell in hidden) > 18 or len(hidden) > 6:
            continue
        tried += 1
        assert not any(count in range(1, 5) for cell, count in counts.items() if cell not in hidden)
        for cell, found in possible(counts, axes).items():
            assert len(found) > 1, (counts, cell)


def test_sums_hidden_in_the_smaller_tables_cannot_be_worked_out_from_the_larger():
    for numbers in product([0, 1, 5, 6], repeat=4):
        counts, axes = table(numbers, 2, 2)
        assert all(len(found) > 1 for found in possible_sums(counts, axes).values()), counts


def possible_sums(counts, axes):
    """For every hidden sum all the numbers that it could be, given what is seen."""
    shown, sums, total = looks(counts, axes)
    hidden = sorted(set(counts) - set(shown))
    seen = {}
    for tried in compositions(total - sum(shown.values()), len(hidden)):
        other = {**shown, **dict(zip(hidden, tried, strict=True))}
        lines = {
            (place, code): sum(count for cell, count in other.items() if cell[place] == code)
            for place, codes in enumerate(axes)
            for code in codes
        }
        if all(lines[key] == value for key, value in sums.items()):
            for key in set(lines) - set(sums):
                seen.setdefault(key, set()).add(lines[key])
    return seen


def test_small_cells_of_an_extreme_sum_are_not_given_away_in_a_line():
    """Of 1 + 1 = 2 and 4 + 4 = 8 each part would be known."""
    assert hidden_in_line({"a": 1, "b": 1, "c": 50, "d": 60}) == {"a", "b", "c"}
    assert hidden_in_line({"a": 4, "b": 4, "c": 5, "d": 0}) == {"a", "b", "c"}
    for line in product([0, 1, 2, 4, 5, 6], repeat=4):
        counts = {(f"c{number}",): count for number, count in enumerate(line)}
        axes = [[f"c{number}" for number in range(len(line))]]
        assert given_away(counts, axes) == [], line
        hidden = [counts[cell] for cell in hidden_cells(counts, axes)]
        assert not hidden or max(hidden) >= 5 or max(line) < 5, line


@pytest.mark.parametrize("public", [(), (1,), (0, 1)])
@pytest.mark.parametrize(("shape", "tables"), [((2, 2), 120), ((2, 3), 60), ((3, 3), 15)])
def test_small_cells_of_an_extreme_sum_are_not_given_away_in_a_table(shape, tables, public):
    randomly = random.Random(19491001)
    tried = 0
    while tried < tables:
        numbers = [randomly.choice([0, 1, 1, 2, 4, 5, 6]) for _ in range(shape[0] * shape[1])]
        counts, axes = table(numbers, *shape)
        hidden = hidden_cells(counts, axes, public)
        if sum(counts[cell] for cell in hidden) > 18 or len(hidden) > 6 or sum(numbers) > 22:
            continue
        tried += 1
        assert given_away(counts, axes, public) == [], counts
        for line in lines_of(counts, axes):
            among = [counts[cell] for cell in line if cell in hidden]
            assert not any(among) or max(among) >= 5 or max(counts[cell] for cell in line) < 5, counts


def lines_of(counts, axes):
    """The rows and the columns of a table."""
    return [[cell for cell in counts if cell[place] == code] for place in (0, 1) for code in axes[place]]


def test_the_sums_of_streets_are_known_and_shield_nothing():
    """The rollup says that street A has 3: its empty cell, if shown, would tell the other."""
    axes = [["M", "F"], ["A", "B", "C"]]
    counts = dict(zip(product(*axes), [3, 10, 12, 0, 0, 14], strict=True))
    hidden = hidden_cells(counts, axes, {1})
    assert hidden == {("M", "A"), ("F", "A"), ("M", "C"), ("F", "C")}
    assert all(len(found) > 1 for found in possible(counts, axes, {1}).values())


def test_taking_the_sums_of_streets_for_secret_would_give_a_small_cell_away():
    """The control: hidden as if nobody knew the streets, one number is left once they are known."""
    axes = [["M", "F"], ["A", "B", "C"]]
    counts = dict(zip(product(*axes), [3, 10, 12, 0, 0, 14], strict=True))
    hidden = sorted(hidden_cells(counts, axes))
    shown = {cell: count for cell, count in counts.items() if cell not in hidden}
    found = solved(shown, known_sums(counts, axes, {1}), sum(counts.values()), hidden, 0)
    assert found["M", "A"] == {3}


def test_hiding_only_the_small_cell_would_give_it_away():
    """The control: without the second cell the search finds the one number."""
    counts, axes = table([2, 9, 9, 9], 2, 2)
    assert len(hidden_cells(counts, axes)) == 4
    small = [cell for cell, count in counts.items() if count < 5]
    assert len(small) == 1
    row, _ = small[0]
    assert sum(count for cell, count in counts.items() if cell[0] == row) - 9 == 2


def test_a_table_without_small_cells_is_shown_whole():
    counts, axes = table([0, 5, 6, 12], 2, 2)
    assert hidden_cells(counts, axes) == set()


def test_the_same_table_is_always_hidden_alike():
    counts, axes = table([1, 9, 7, 7, 3, 8, 5, 6, 2], 3, 3)
    answers = {frozenset(hidden_cells(dict(counts), axes)) for _ in range(20)}
    assert len(answers) == 1
