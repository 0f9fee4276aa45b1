"""Fixtures that every test may use."""

import pytest

from tests import factories


@pytest.fixture
def today():
    """The day on which the operations of a test happen."""
    return factories.TODAY


@pytest.fixture
def district(db):
    """区 with two streets, each with two communities, each with a branch: the stage of most tests."""
    return factories.unit(name="麒麟区")
