"""The API's cast, on the day of the tests."""

import pytest

from core import clock
from tests import factories
from tests.callers import TwoStreets


@pytest.fixture
def streets(db, monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: factories.TODAY)
    return TwoStreets()
