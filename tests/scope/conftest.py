"""The district of every mark, which each test gets as it was."""

import logging

import pytest

from tests.scope.world import World
from tests.worlds import told_once


@told_once
def raised(db):
    return World()


@pytest.fixture
def world(raised):
    logging.disable(logging.ERROR)  # thousands of refusals are wanted here
    yield raised
    logging.disable(logging.NOTSET)
