"""The district of every mark, raised once for a file of tests; each test gets a copy of its own."""

import logging
from copy import deepcopy

import pytest

from core import clock
from tests import factories
from tests.scope.world import World


@pytest.fixture(scope="module")
def raised(told_once):
    with told_once():
        yield World()


@pytest.fixture
def world(db, raised, monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: factories.TODAY)
    logging.disable(logging.ERROR)  # thousands of refusals are wanted here
    yield deepcopy(raised)
    logging.disable(logging.NOTSET)
