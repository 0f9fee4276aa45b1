"""What the one long transaction of a seed asks of the database."""

from django.db import connection


def check_references(when: str) -> None:
    """Check foreign keys IMMEDIATE or DEFERRED for the rest of the transaction.

    Put off to the end of a long transaction, the checks queue up; and the history triggers, which catch an
    error for each row, make PostgreSQL go through that queue each time.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL {when}")


def take_stock() -> None:
    """Let the planner know what was written; by itself it looks a minute later and guesses till then."""
    if connection.in_atomic_block:
        # Nobody else can see the rows yet.
        _analyze(connection)
        return
    # Only the owner of the tables may.
    owner = connection.copy()
    owner.settings_dict.update(owner.settings_dict.get("OWNER", {}))
    try:
        _analyze(owner)
    finally:
        owner.close()


def _analyze(of):
    with of.cursor() as cursor:
        cursor.execute("ANALYZE")
