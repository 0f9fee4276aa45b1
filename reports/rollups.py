"""Figures folded along the tree: one query for each indicator, whatever the number of units.

At every node own + children = total for what is additive; for the rest each total counts distinct subjects.
"""

from collections import defaultdict

from branches.models import LEVEL_NAMES
from branches.models.unit import STEP_LENGTH, paths_above
from reports.questions import Extent, Question

WHOLE_SCOPE = {"code": "", "name": "本人管辖范围", "level": ""}


def rollup(question: Question, indicators, *, depth: int) -> dict:
    """The figures of what is asked about, and of the units down to `depth` levels below it.

    `{"unit", "on", "tree", "indicators": {code: {"total", "own"}}, "children": [same]}`; several extents are
    the children of a whole without a code.
    """
    tallies = {indicator.code: _tally(indicator, question.on) for indicator in indicators}
    if len(question.extents) == 1:
        found = _extent(question, question.extents[0], tallies, depth)
    else:
        totals = {code: tally.sum(question.branch_paths) for code, tally in tallies.items()}
        found = {
            "unit": WHOLE_SCOPE,
            "indicators": {
                code: {"total": tally.size(totals[code]), "own": 0} for code, tally in tallies.items()
            },
            "children": [_extent(question, extent, tallies, depth - 1) for extent in question.extents]
            if depth
            else [],
        }
    day = {"on": question.on.isoformat(), "tree": question.tree.word}
    return {"unit": found["unit"], **day, "indicators": found["indicators"], "children": found["children"]}


def totals(question: Question, indicators) -> dict[str, int]:
    """The figures of what is asked about, alone."""
    tallies = {indicator.code: _tally(indicator, question.on) for indicator in indicators}
    return {code: tally.size(tally.sum(question.branch_paths)) for code, tally in tallies.items()}


class Numbers:
    """A tally of what may be added up."""

    nothing = 0

    def __init__(self, by_branch):
        self.by_branch = by_branch

    def sum(self, branches):
        """What these branches have together."""
        return self.joined(self.by_branch.get(branch, self.nothing) for branch in branches)

    def joined(self, parts):
        """Several parts in one."""
        return sum(parts)

    def size(self, part) -> int:
        """The figure of a part."""
        return part


class Subjects(Numbers):
    """A tally of who is met at several branches and counts once."""

    nothing = frozenset()

    def joined(self, parts):
        return frozenset().union(*parts)

    def size(self, part):
        return len(part)


def _tally(indicator, on) -> Numbers:
    return Numbers(indicator.counts(on)) if indicator.additive else Subjects(indicator.subjects(on))


def _extent(question: Question, extent: Extent, tallies, depth) -> dict:
    """One extent with its descendants; single branches have none."""
    branches_at: dict[str, list[int]] = defaultdict(list)
    for branch, path in question.reach(extent).items():
        branches_at[path].append(branch)
    nodes = question.tree.nodes(extent.path, depth) if extent.branches is None else []
    folds = {code: Fold(tally, branches_at, extent.path, depth) for code, tally in tallies.items()}
    return _hung(extent, nodes, folds)


class Fold:
    """One tally folded along the tree: at every path what is there, and what is there or below."""

    def __init__(self, tally, branches_at, root, depth):
        self.tally = tally
        self.own = {path: tally.sum(branches) for path, branches in branches_at.items()}
        lowest = len(root) + STEP_LENGTH * depth
        parts: dict[str, list] = defaultdict(list)
        for path, part in self.own.items():
            for above in paths_above(path):
                if len(root) <= len(above) <= lowest:
                    parts[above].append(part)
        self.totals = {path: tally.joined(found) for path, found in parts.items()}

    def figures(self, path) -> dict:
        """What the contract says of one unit."""
        size, nothing = self.tally.size, self.tally.nothing
        return {"total": size(self.totals.get(path, nothing)), "own": size(self.own.get(path, nothing))}


def _hung(extent, nodes, folds) -> dict:
    """The figures on the nodes of the tree; a closed unit is shown only where something still counts."""
    root = next((node for node in nodes if node.path == extent.path), extent.unit)
    built = {extent.path: _entry(root, extent.path, folds)}
    for node in nodes:
        if node.path not in built and _shown(node, folds):
            built[node.path] = _entry(node, node.path, folds)
            _above(node.path, built)["children"].append(built[node.path])
    return built[extent.path]


def _shown(node, folds) -> bool:
    return not node.closed or any(fold.totals.get(node.path) for fold in folds.values())


def _above(path, built) -> dict:
    """The nearest unit above that is shown."""
    return next(built[above] for above in reversed(paths_above(path)[:-1]) if above in built)


def _entry(unit, path, folds) -> dict:
    return {
        "unit": {"code": unit.code, "name": unit.name, "level": LEVEL_NAMES[unit.level]},
        "indicators": {code: fold.figures(path) for code, fold in folds.items()},
        "children": [],
    }
