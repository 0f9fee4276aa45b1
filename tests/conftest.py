"""Fixtures that every test may use."""

import gc
from contextlib import contextmanager
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connections, transaction
from django.db.models.signals import post_migrate  # noqa: TID251 - sent after a flush, which no operation does
from django.test import override_settings

from tests import factories
from tests.template import use_template

pytest_plugins = ["tests.worlds", "tests.office", "tests.callers"]


def pytest_collection_finish():
    """What is loaded by now stays to the end: looking through it for garbage again and again takes time."""
    gc.collect()
    gc.freeze()


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


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Whoever still holds the test database when it goes is sent away: an idle browser, a thread."""
    yield
    with django_db_blocker.unblock(), connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session", autouse=True)
def quick_passwords():
    """Hash passwords fast: each test makes accounts, and hashing them well would take a third of its time."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def static_files_sought_when_asked_for():
    """Each test's browser is a server of its own, and would look through every static file to begin with."""
    with override_settings(WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(scope="session", autouse=True)
def rules_numbers_outlive_a_flush():
    """A migration loaded them once; a test with transactions of its own flushes every table after it."""
    rules = ("reports.migrations.0002_the_rules_numbers", "reports.migrations.0003_the_bands",
             "volunteering.migrations.0002_kept_true_and_time_limits")  # fmt: skip
    loads = [import_module(name).load for name in rules]
    post_migrate.connect(
        lambda **_: [load(apps, None) for load in loads],
        sender=apps.get_app_config("reports"),
        weak=False,
        dispatch_uid="numbers",
    )


@pytest.fixture
def today():
    """The day on which the operations of a test happen."""
    return factories.TODAY


@pytest.fixture
def in_a_transaction():
    """A context whose changes are gone afterwards, for each example of a property."""

    @contextmanager
    def undone():
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    return undone
