"""What the database holds, so that a test can say that a refusal wrote nothing."""

from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from core.errors import DomainError

OURS = ("core", "branches", "members", "volunteering", "reports", "reorganisations")


def tables() -> list[str]:
    """Every table of ours, event tables included."""
    return sorted(
        model._meta.db_table
        for label in OURS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if model._meta.managed
    )


def fingerprint(*, without=()) -> dict[str, tuple]:
    """For each table how many rows it has and a sum over their contents: it differs when anything differs."""
    asked = " UNION ALL ".join(
        f"SELECT '{table}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {table} t"
        for table in tables()
        if table not in without
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return {name: (count, total) for name, count, total in cursor.fetchall()}


@contextmanager
def refused_by_database(constraint):
    """The block breaks this constraint, at once or at the end of the transaction."""
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():  # noqa: PT012 - the helper itself
        yield
        connection.check_constraints()


@contextmanager
def refused(error=DomainError, detail="", *, field=None, errors=None):
    """The block raises `error` with exactly this text (and field), and the database is as it was.

    `errors` is for a refusal of several: their (field, detail) in order.
    """
    before = fingerprint()
    with pytest.raises(error) as caught:
        yield
    found = [(each.field, each.detail) for each in caught.value.errors]
    assert found == (errors if errors is not None else [(field, detail)])
    assert fingerprint() == before
