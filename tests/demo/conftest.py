"""A seed is told once for a whole file of tests, and taken back after its last one."""

from contextlib import contextmanager

import pytest
from django.db import transaction


@pytest.fixture(scope="package")
def seeded(django_db_setup, django_db_blocker):
    """For a module's fixture: what is written in `with seeded():` is taken back when the block ends."""

    @contextmanager
    def kept():
        with django_db_blocker.unblock(), transaction.atomic():
            yield
            transaction.set_rollback(True)

    return kept
