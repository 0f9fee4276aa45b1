"""Fixtures that every test may use."""

from contextlib import contextmanager
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connections, transaction
from django.db.models.signals import post_migrate  # noqa: TID251 - sent after a flush, which no operation does
from django.test import override_settings

from core import clock
from tests import factories
from tests.template import use_template

pytest_plugins = ["tests.office", "tests.callers"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix, django_db_keepdb, django_db_createdb, django_db_blocker
):
    """The test database is made by the owner of the tables, and need not survive a power failure."""
    connection = connections["default"]
    connection.settings_dict.update(connection.settings_dict.get("OWNER", {}))
    options = connection.settings_dict.setdefault("OPTIONS", {})
    options["options"] = "-c synchronous_commit=off"
    if django_db_createdb or not django_db_keepdb:
        with django_db_blocker.unblock():
            use_template()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords():
    """Hash passwords fast: each test makes accounts, and hashing them well would take a third of its time."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def rules_numbers_outlive_a_flush():
    """A migration loaded them once; a test with transactions of its own flushes every table after it."""
