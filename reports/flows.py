"""What came and went between two days: opening + in - out = closing, at every unit.

The opening is the roster on `since`, the closing that on `until`; what happens is in (since, until]. Who
passes from one branch to another inside a unit is no flow of it. Where a unit or branch is hung elsewhere,
its people pass with it: 随组织变动转入 and 转出. In the tree as it is now nothing is ever hung elsewhere.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Exists, OuterRef, Q

from branches.models import LEVEL_NAMES, BranchPlacement, UnitPlacement
from branches.models.unit import STEP_LENGTH, step
from members.models import Membership, RosterIn, RosterOut
from reports.indicators import INDICATORS
from reports.questions import Question
from reports.rollups import WHOLE_SCOPE
from reports.suppression import hidden_in_line
from reports.trees import TreeThen

ROSTER = INDICATORS["members.roster"]
REHUNG_IN, REHUNG_OUT = "reorganised_in", "reorganised_out"
INS = {**dict(RosterIn.choices), REHUNG_IN: "随组织变动转入"}
OUTS = {**dict(RosterOut.choices), REHUNG_OUT: "随组织变动转出"}
# A unit of the answer: the steps that lead to it from what is asked about.
Trail = tuple[str, ...]
ROOT: Trail = ()
NOWHERE: frozenset[Trail] = frozenset()


@dataclass(frozen=True)
class Passage:
    """One person passes on a day from a branch or nowhere to another; which units she leaves and enters."""

    member: int
    day: date
    came_from: int | None
    went_to: int | None
    left: frozenset[Trail]
    entered: frozenset[Trail]
    out_kind: str
    in_kind: str


class Flow:
    """The flow of what a question asks about, since a day until the question's own."""

    def __init__(self, question: Question, since: date, *, depth: int):
        self.question, self.since, self.until, self.depth = question, since, question.on, depth
        self.places = Places(question, since, depth)

    @cached_property
    def opening(self) -> Counter:
        """The roster of each unit on the first day."""
        return self._roster(self.since)

    @cached_property
    def closing(self) -> Counter:
        """The roster of each unit on the last day."""
        return self._roster(self.until)

    @cached_property
    def kinds(self) -> tuple[dict, dict]:
        """For each unit, how many came in and went out by each kind."""
        came, went = defaultdict(Counter), defaultdict(Counter)
        for passage in self.passages():
            for trail in passage.entered:
                came[trail][passage.in_kind] += 1
            for trail in passage.left:
                went[trail][passage.out_kind] += 1
        return came, went

    def passages(self) -> Iterator[Passage]:
        """Everybody who entered or left any of the units, in the order of days."""
        found = [*self._by_relation(), *self._by_place()]
        found.sort(key=lambda passage: (passage.day, passage.member))
        return (passage for passage in found if passage.left or passage.entered)

    def _roster(self, day) -> Counter:
        totals: Counter = Counter()
        for branch, count in ROSTER.counts(day).items():
            for trail in self.places.of(branch, day):
                totals[trail] += count
        return totals

    def _by_relation(self):
        """Relations that began or ended; what ended and began on one day is one passage."""
        between = {"gt": self.since, "lte": self.until}
        began, ended = (
            Q(**{f"{name}__{how}": day for how, day in between.items()}) for name in ("since", "until")
        )
        rows = Membership.objects.filter(began | ended).order_by()
        ends, begins = {}, {}
        for member, branch, since, until, *kinds in rows.values_list(
            "member", "branch", "since", "until", "began_by", "ended_by"
        ):
            if since > self.since:
                begins[member, since] = branch, kinds[0]
            if until and until <= self.until:
                ends[member, until] = branch, kinds[1]
        for member, day in ends.keys() | begins.keys():
            yield self._passage(member, day, ends.get((member, day)), begins.get((member, day)))

    def _passage(self, member, day, end, begin):
        came_from, out_kind = end or (None, "")
        went_to, in_kind = begin or (None, "")
        before = self.places.of(came_from, day - timedelta(days=1)) if end else NOWHERE
        after = self.places.of(went_to, day) if begin else NOWHERE
        return Passage(member, day, came_from, went_to, before - after, after - before, out_kind, in_kind)

    def _by_place(self):
        """Everybody of the branches that were hung elsewhere, who stayed in them that day."""
        for day in self.places.changes:
            moved = self.places.moved_on(day)
            staying = Membership.objects.filter(
                Q(until=None) | Q(until__gt=day), since__lt=day, branch__in=moved
            )
            for member, branch in staying.order_by().values_list("member", "branch"):
                before, after = moved[branch]
                yield Passage(
                    member, day, branch, branch, before - after, after - before, REHUNG_OUT, REHUNG_IN
                )


class Places:
    """To which units of the answer each branch belongs on each day; the tree changes only on some days."""

    def __init__(self, question: Question, since: date, depth: int):
        self.question, self.depth = question, depth
        self.changes = _changes(since, question.on) if question.tree.word == "then" else []
        # In a stretch without change a branch is found where the stretch's last day has it, new ones too.
        ends = [day - timedelta(days=1) for day in self.changes]
        self.trees = [*(TreeThen(day) for day in ends), question.tree]
        self.known: dict[tuple, frozenset] = {}

    def of(self, branch: int, day: date) -> frozenset[Trail]:
        """The units of the answer to which the branch belongs on the day."""
        return self._in_stretch(branch, bisect_right(self.changes, day))

    def moved_on(self, day: date) -> dict[int, tuple]:
        """The branches that are hung elsewhere from the day on: their units before and after."""
        stretch = bisect_right(self.changes, day)
        pairs = {
            branch: (self._in_stretch(branch, stretch - 1), self._in_stretch(branch, stretch))
            for branch in self.trees[stretch - 1].branch_paths
        }
        return {branch: (before, after) for branch, (before, after) in pairs.items() if before != after}

    def _in_stretch(self, branch, stretch) -> frozenset[Trail]:
        asked = branch, stretch
        if asked not in self.known:
            self.known[asked] = self._trails(branch, self.trees[stretch].branch_paths.get(branch))
        return self.known[asked]

    def _trails(self, branch, path) -> frozenset[Trail]:
        found = set()
        for extent in self.question.extents:
            below = self.below(extent, branch, path)
            if below is not None:
                found.update(below[:length] for length in range(min(self.depth, len(below)) + 1))
        return frozenset(found)

    def below(self, extent, branch, path) -> Trail | None:
        """The steps from what is asked about down to the path, if the extent holds the branch there."""
        steps = steps_of(path or "")
        own = step(extent.unit.pk)
        if extent.branches is not None:
            trail = () if branch in extent.branches else None
        else:
            trail = steps[steps.index(own) + 1 :] if own in steps else None
        if trail is None or len(self.question.extents) == 1:
            return trail
        return (own, *trail)


def steps_of(path: str) -> Trail:
    """The steps of a path, from the root down."""
    return tuple(path[start : start + STEP_LENGTH] for start in range(0, len(path), STEP_LENGTH))


def _changes(since: date, until: date) -> list[date]:
    """The days in (since, until] from which a unit or branch that was there before may hang elsewhere."""
    found = set()
    for model, whose in ((UnitPlacement, "unit"), (BranchPlacement, "branch")):
        earlier = model.objects.filter(**{whose: OuterRef(whose)}, since__lt=OuterRef("since"))
        later = model.objects.filter(Exists(earlier), since__gt=since, since__lte=until)
        found.update(later.order_by().values_list("since", flat=True).distinct())
    return sorted(found)


# The answer.


def flow(found: Flow, *, whole: Question | None) -> dict:
    """The flow in the shape of the contract; `whole`, for who may not see persons, is all that he may count.

    `{"unit", "since", "until", "tree", "opening", "in", "out", "closing", "children": [the same]}`. Small
    numbers are hidden among all kinds of the whole; its parts then have no kinds at all, whether they are
    asked about or stand below: taken from the whole they would leave the hidden ones.
    """
    named = _named(found)
    kinds = _kinds_shown(found, whole)
    entries = {
        trail: _entry(found, trail, unit, kinds(trail))
        for trail, unit in sorted(named.items(), key=_in_order)
    }
    for trail, entry in entries.items():
        if trail:
            entries[trail[:-1]]["children"].append(entry)
    whole = entries[ROOT]
    days = {
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "tree": found.question.tree.word,
    }
    return {"unit": whole["unit"], **days, **{name: whole[name] for name in whole if name != "unit"}}


def _in_order(item):
    trail, unit = item
    return len(trail), unit["code"]


def _kinds_shown(found, whole) -> Callable[[Trail], tuple]:
    """What is told of the kinds of a unit of the answer: those that came in, and those that went out."""
    came, went = found.kinds
    if whole is None:
        return lambda trail: (_told(came[trail], INS), _told(went[trail], OUTS))
    if found.question.extents != whole.extents:
        return lambda _: (None, None)
    return lambda trail: (None, None) if trail else _shown(came[trail], went[trail])


def _told(counts, kinds) -> dict:
    return {kind: counts[kind] for kind in kinds if counts[kind]}


def _entry(found, trail, unit, kinds) -> dict:
    came, went = kinds
    numbers = {"opening": found.opening[trail], "in": came, "out": went, "closing": found.closing[trail]}
    return {"unit": unit, **numbers, "children": []}


def _shown(came, went) -> tuple[dict, dict]:
    """Every kind for who may not see persons: None where the number is hidden."""
    line = {("in", kind): came[kind] for kind in INS} | {("out", kind): went[kind] for kind in OUTS}
    hidden = hidden_in_line(line)
    shown = {key: None if key in hidden else count for key, count in line.items()}
    return {kind: shown["in", kind] for kind in INS}, {kind: shown["out", kind] for kind in OUTS}


def _named(found: Flow) -> dict[Trail, dict]:
    """The units to show: those of the last day's tree, and those in which anything ever counted."""
    trails = {ROOT, *found.opening, *found.closing, *found.kinds[0], *found.kinds[1], *_standing(found)}
    trails |= {trail[:length] for trail in trails for length in range(len(trail))}
    question = found.question
    units = question.tree.named({_number(trail) for trail in trails if trail})
    return {trail: _unit(units[_number(trail)]) if trail else _root(question) for trail in trails}


def _standing(found: Flow) -> Iterator[Trail]:
    """The units that stand on the last day, down to the depth asked for."""
    for extent in found.question.extents:
        if extent.branches is not None:
            continue
        for node in found.question.tree.nodes(extent.path, found.depth):
            trail = found.places.below(extent, None, node.path)
            if not node.closed and len(trail) <= found.depth:
                yield trail


def _number(trail) -> int:
    """The number of the unit to which the steps lead."""
    return int(trail[-1].rstrip("/"), 16)


def _root(question) -> dict:
    if len(question.extents) != 1:
        return WHOLE_SCOPE
    unit = question.extents[0].unit
    return _unit(question.tree.named([unit.pk]).get(unit.pk, unit))


def _unit(unit) -> dict:
    return {"code": unit.code, "name": unit.name, "level": LEVEL_NAMES[unit.level]}
