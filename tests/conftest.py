"""Fixtures that every test may use."""

import pytest
from django.db import connections

from tests import factories

pytest_plugins = ["tests.office", "tests.callers"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """The test database is made by the owner of the tables, and need not survive a power failure."""
    connection = connections["default"]
    connection.settings_dict.update(connection.settings_dict.get("OWNER", {}))
    options = connection.settings_dict.setdefault("OPTIONS", {})
    options["options"] = "-c synchronous_commit=off"


@pytest.fixture
def today():
    """The day on which the operations of a test happen."""
    return factories.TODAY
