"""What a seed asks of the database in its one long transaction, and when it is over."""

from contextlib import contextmanager

from django.db import connection, connections


def sweep() -> None:
    """Take away what a load that was broken off left: the planner would judge the next one by it."""
    if not connection.in_atomic_block:
        _as_owner("VACUUM")


def take_stock() -> None:
    """Let the planner know what was written; by itself it looks a minute later and guesses till then."""
    if connection.in_atomic_block:
        # Nobody else can see the rows yet.
        _run(connection, "ANALYZE")
        return
    _as_owner("ANALYZE")


def all_or_nothing():
    """Within it operations set no savepoints: nobody goes on after a refusal, so nothing is gone back to.

    They would be a third of all statements. A refusal that is swallowed is noticed at the next statement.
    """
    return _savepoints(used=False)


def may_be_refused():
    """Within it an operation may be refused and the story goes on all the same."""
    return _savepoints(used=True)


@contextmanager
def _savepoints(*, used):
    before, connection.features.uses_savepoints = connection.features.uses_savepoints, used
    try:
        yield
    finally:
        connection.features.uses_savepoints = before


def _as_owner(statement):
    """Only the owner of the tables may."""
    usual = connections[connection.alias]
    owner = type(usual)({**usual.settings_dict, **usual.settings_dict.get("OWNER", {})}, usual.alias)
    try:
        _run(owner, statement)
    finally:
        owner.close()


def _run(through, statement):
    with through.cursor() as cursor:
        cursor.execute(statement)
