"""What the one long transaction of a seed asks of the database."""

from contextlib import contextmanager

from django.db import connection, connections


@contextmanager
def bulk():
    """Write very many rows in one transaction at the speed of a few.

    References are checked with each statement: put off to the end, the checks queue up, and the history
    triggers, which catch an error for each row, make PostgreSQL go through that queue each time. And rows are
    looked up by index: plans made while a table is empty would read the whole of it long after it has grown.
    And no operation can be taken back alone: a third of all statements would only make that possible.
    """
    _set(constraints="IMMEDIATE", read_whole_tables="off")
    with _all_or_nothing():
        yield
    _set(constraints="DEFERRED", read_whole_tables="on")


@contextmanager
def _all_or_nothing():
    features = connection.features
    usual, features.uses_savepoints = features.uses_savepoints, False
    try:
        yield
    finally:
        features.uses_savepoints = usual


def _set(*, constraints, read_whole_tables):
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL {constraints}")
        cursor.execute(f"SET LOCAL enable_seqscan = {read_whole_tables}")
        cursor.execute("DISCARD PLANS")


def take_stock() -> None:
    """Let the planner know what was written; by itself it looks a minute later and guesses till then."""
    if connection.in_atomic_block:
        # Nobody else can see the rows yet.
        _analyze(connection)
        return
    # Only the owner of the tables may.
    usual = connections[connection.alias]
    owner = type(usual)({**usual.settings_dict, **usual.settings_dict.get("OWNER", {})}, usual.alias)
    try:
        _analyze(owner)
    finally:
        owner.close()


def _analyze(of):
    with of.cursor() as cursor:
        cursor.execute("ANALYZE")
