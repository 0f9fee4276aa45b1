"""When foreign keys are checked in the one long transaction of a seed."""

from django.db import connection


def check_references(when: str) -> None:
    """Check foreign keys IMMEDIATE or DEFERRED for the rest of the transaction.

    Put off to the end of a long transaction, the checks queue up; and the history triggers, which catch an
    error for each row, make PostgreSQL go through that queue each time.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL {when}")
