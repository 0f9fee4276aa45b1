"""Worlds: what many tests begin with, raised once and found by each of them as it was.

    @told_once
    def branch(community):
        return factories.branch(unit=community)

makes a fixture, as `pytest.fixture` does. Tests that follow one another and ask for it stand on the same
rows; each has a transaction of its own upon them, and a copy of what was returned. A test that does not ask
for it never sees its rows. A world may ask for `db` and for other worlds, and for nothing else; it is raised,
and its tests run, on the tests' day.

Tests marked `django_db`, and those with transactions of their own, raise their worlds for themselves.
"""

from contextlib import ExitStack
from copy import deepcopy
from functools import wraps
from time import monotonic
from typing import NamedTuple

import pytest
from django.db import connection, transaction

from core import clock
from tests import factories

# The database's clock stands still in a transaction: what a test writes bears the moment its world began.
MOST_SECONDS = 15


def told_once(tell):
    """A fixture of what `tell` raises and returns."""

    @wraps(tell)
    def given(**worlds):
        return STAGE.given[tell] if tell in STAGE.given else tell(**worlds)

    given.tell = tell
    return pytest.fixture(given)


class World(NamedTuple):
    """How a world is raised, and which it stands on: `branch` is another where `community` is another."""

    tell: object
    upon: tuple


class Level(NamedTuple):
    """A world that stands, how it is taken back, and what it and those below it returned."""

    world: World
    standing: ExitStack
    returned: dict


class Stage:
    """The worlds that stand in the test database, one upon the other."""

    def __init__(self):
        self.levels = []
        self.given = {}
        self.blocker = None
        self.since = 0.0

    def leave_but(self, worlds):
        """Take back every world above those that begin `worlds`, and all when they have stood for long."""
        kept = 0
        for level, world in zip(self.levels, () if self._is_old() else worlds, strict=False):
            if level.world != world:
                break
            kept += 1
        while len(self.levels) > kept:
            with self.blocker.unblock():
                self.levels.pop().standing.close()

    def raise_all(self, worlds):
        """Raise those of `worlds` that do not stand, and hold a copy for the test."""
        for world in worlds[len(self.levels) :]:
            self._raise(world)
        self.given = self._copied()

    def _raise(self, world):
        returned = self._copied()
        with ExitStack() as standing:
            standing.enter_context(transaction.atomic())
            standing.callback(transaction.set_rollback, True)
            needed = {name: None if name == "db" else returned[tell] for name, tell in world.upon}
            returned[world.tell] = world.tell(**needed)
            # What waits for the end of the transaction would be asked again after each test.
            connection.check_constraints()
            self.levels.append(Level(world, standing.pop_all(), returned))
        if len(self.levels) == 1:
            self.since = monotonic()

    def _is_old(self):
        return monotonic() - self.since > MOST_SECONDS

    def _copied(self):
        return deepcopy(self.levels[-1].returned) if self.levels else {}


STAGE = Stage()


def worlds_of(item) -> list[World]:
    """The worlds that stand for a test, each after those it is raised upon."""
    own_transactions = {"transactional_db", "live_server"} & set(item.fixturenames)
    if own_transactions or item.get_closest_marker("django_db"):
        return []
    return _asked_for(item)


def _asked_for(item) -> list[World]:
    found = {}
    for name in sorted(item.fixturenames):
        _visit(item._fixtureinfo.name2fixturedefs, name, 1, found)
    return list(found.values())


def _visit(fixtures, name, nth, found):
    """Note the worlds behind the nth fixture of the name, counted from the one nearest to the test."""
    defined = fixtures.get(name, ())
    if nth > len(defined):
        return None
    fixture = defined[-nth]
    upon = {
        needed: _visit(fixtures, needed, nth + 1 if needed == name else 1, found)
        for needed in fixture.argnames
    }
    tell = getattr(fixture.func, "tell", None)
    if tell:
        found.setdefault(tell, World(tell, tuple(upon.items())))
    return tell


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Before anything of a test: the worlds that it does not ask for are left."""
    STAGE.given = {}
    STAGE.leave_but(worlds_of(item))


@pytest.fixture(scope="session")
def stage(django_db_setup, django_db_blocker):
    """The database's worlds; none stands at the end."""
    STAGE.blocker = django_db_blocker
    yield STAGE
    STAGE.leave_but([])


@pytest.fixture
def on_the_tests_day(request, monkeypatch):
    """The clock shows the tests' day to whoever asks for a world."""
    if _asked_for(request.node):
        monkeypatch.setattr(clock, "today", lambda: factories.TODAY)


@pytest.fixture
def upon_worlds(request, stage, on_the_tests_day, django_db_blocker):
    """The worlds that the test asks for stand before its own transaction begins."""
    with django_db_blocker.unblock():
        stage.raise_all(worlds_of(request.node))


@pytest.fixture
def db(upon_worlds, db):
    """The test database, with a transaction of the test's own upon the worlds that it asks for."""
