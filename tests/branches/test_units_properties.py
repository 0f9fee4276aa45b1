"""Whatever is done to the tree, in whatever order: it is what a plain model says, on every past day too."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.models import Level, Unit, UnitPlacement
from branches.models.unit import step
from branches.operations import add_unit, close_unit, move_unit, rename_unit
from core.errors import DomainError
from tests import factories

pytestmark = pytest.mark.long

START = date(2024, 1, 1)
TODAY = START + timedelta(days=30)

# (what, which unit, which other unit, how long before or after its turn); numbers modulo what there is.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "move", "move", "rename", "close"]),
        st.integers(0, 30),
        st.integers(0, 30),
        st.integers(-5, 2),
    ),
    min_size=5,
    max_size=15,
)


class PlainTree:
    """What the tree should be: for each unit its (day, parent, name) in order, and the day it closed."""

    def __init__(self):
        self.story, self.closed, self.level = {}, {}, {}

    def on(self, day):
        """(parent, name) of every unit on the day."""
        tree = {}
        for unit, steps in self.story.items():
            held = [(parent, name) for since, parent, name in steps if since <= day]
            if held and not self.closed.get(unit, date.max) <= day:
                tree[unit] = held[-1]
        return tree

    def chain(self, unit, day):
        """The path that the parents of that day make."""
        parent = self.last(unit, day)[0]
        return (self.chain(parent, day) if parent else "") + step(unit)

    def last(self, unit, day):
        return [(parent, name) for since, parent, name in self.story[unit] if since <= day][-1]

    def write(self, unit, day, parent, name):
        steps = [each for each in self.story.get(unit, []) if each[0] != day]
        self.story[unit] = [*steps, (day, parent, name)]


class Clerk:
    """Does each step through the operations, and in the plain tree when it was not refused."""

    def __init__(self):
        self.plain, self.units, self.refused = PlainTree(), [], 0
        # 区, two streets with a community each, two groups, a grid.
        for parent in (0, 0, 0, 1, 2, 3, 4, 5):
            self.add(parent, 0, 0)

    def pick(self, number):
        return self.units[number % len(self.units)]

    def do(self, what, one, other, day):
        before = placements()
        try:
            with transaction.atomic():
                getattr(self, what)(one, other, day)
        except DomainError:
            self.refused += 1
            assert placements() == before

    def add(self, one, serial, day):
        parent = self.pick(one) if self.units else None
        above = parent and get(parent)
        code = factories.division_code(len(self.units), above.level + 1 if above else Level.DISTRICT)
        values = {"name": f"单位{len(self.units)}", "code": code, "opened_on": at(day)}
        unit = add_unit(parent=above, values=values, by=None, today=TODAY)
        self.units.append(unit.pk)
        self.plain.write(unit.pk, at(day), parent, unit.name)

    def move(self, one, other, day):
        unit = self.pick(one)
        # Mostly to where it might hang, sometimes anywhere.
        fitting = [each for each in self.units if get(each).level == get(unit).level - 1]
        to = fitting[other % len(fitting)] if fitting and other % 4 else self.pick(other)
        move_unit(unit=get(unit), to=get(to), on=at(day), document="", by=None, today=TODAY)
        self.plain.write(unit, at(day), to, self.plain.story[unit][-1][2])

    def rename(self, one, other, day):
        unit, name = self.pick(one), f"改名{other}"
        rename_unit(unit=get(unit), name=name, on=at(day), document="", by=None, today=TODAY)
        self.plain.write(unit, at(day), self.plain.story[unit][-1][1], name)

    def close(self, one, other, day):
        unit = self.pick(one)
        close_unit(unit=get(unit), on=at(day), document="", by=None, today=TODAY)
        self.plain.closed[unit] = at(day)


def at(number):
    return START + timedelta(days=number)


def get(number):
    return Unit.objects.get(pk=number)


def placements():
    return set(UnitPlacement.objects.values_list("unit", "parent", "name", "path", "since", "until"))


@pytest.mark.django_db
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(STEPS)
def test_every_day_of_the_tree_is_what_a_plain_model_says(steps):
    with transaction.atomic():
        clerk = Clerk()
        for turn, (what, one, other, jitter) in enumerate(steps, start=1):
            clerk.do(what, one, other, max(0, turn + jitter))
        the_present_agrees(clerk.plain)
        every_past_day_agrees(clerk.plain)
        connection.check_constraints()
        transaction.set_rollback(True)


def the_present_agrees(plain):
    units = list(Unit.objects.select_related("parent"))
    for unit in units:
        parent, name = plain.story[unit.pk][-1][1:]
        assert (unit.parent_id, unit.name, unit.closed_on) == (parent, name, plain.closed.get(unit.pk))
        assert unit.path == (unit.parent.path if unit.parent else "") + step(unit.pk)
        assert unit.level == len(unit.path) // 6
        below = {other.pk for other in units if other.path.startswith(unit.path)}
        assert set(Unit.objects.within(unit).values_list("pk", flat=True)) == below


def every_past_day_agrees(plain):
    stored = list(UnitPlacement.objects.all())
    for number in range(-1, 32):
        day = at(number)
        held = [place for place in stored if place.since <= day < (place.until or date.max)]
        assert {place.unit_id: (place.parent_id, place.name) for place in held} == plain.on(day)
        assert len({place.unit_id for place in held}) == len(held)
        for place in held:
            assert place.path == plain.chain(place.unit_id, day), day


def test_the_steps_are_not_all_refused(db):
    clerk = Clerk()
    clerk.do("move", 3, 1, 5)
    clerk.do("rename", 3, 9, 6)
    clerk.do("close", 7, 0, 7)

    assert clerk.refused == 0
    assert [get(unit).level for unit in clerk.units] == [1, 2, 2, 3, 3, 4, 4, 5]
    assert get(clerk.units[3]).parent_id == clerk.units[2]
    every_past_day_agrees(clerk.plain)
