"""Writing very many rows: by COPY, which the history triggers see as they see everything."""

from contextlib import contextmanager
from operator import attrgetter

from django.db import connection
from django.db.models import JSONField


@contextmanager
def bulk():
    """Write very many rows in one transaction at the speed of a few.

    References are checked with each statement: put off to the end, the checks queue up, and the history
    triggers, which catch an error for each row, make PostgreSQL go through that queue each time. And rows are
    looked up by index: plans made while a table is empty would read the whole of it long after it has grown.
    """
    _set(constraints="IMMEDIATE", read_whole_tables="off")
    yield
    _set(constraints="DEFERRED", read_whole_tables="on")


def _set(*, constraints, read_whole_tables):
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL {constraints}")
        cursor.execute(f"SET LOCAL enable_seqscan = {read_whole_tables}")
        cursor.execute("DISCARD PLANS")


def copy(rows) -> None:
    """Write rows of one model by COPY, with their numbers if they have them already.

    Within a transaction only. Errors are Django's, as of any other statement.
    """
    if not rows:
        return
    fields = [field for field in rows[0]._meta.local_concrete_fields if _is_written(field, rows[0])]
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(field.column) for field in fields)
    table = quoted(rows[0]._meta.db_table)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        # History travels with statements, and COPY is none: this one tells the transaction who is at work.
        cursor.execute("DO 'BEGIN END'")
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as pipe:
            for values in _values(rows, fields):
                pipe.write_row(values)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 - as Django's own inserts do


def _values(rows, fields):
    """The values of each row, as the driver takes them."""
    taken = attrgetter(*(field.attname for field in fields))
    documents = [place for place, field in enumerate(fields) if isinstance(field, JSONField)]
    for row in rows:
        values = list(taken(row))
        for place in documents:
            values[place] = fields[place].get_db_prep_save(values[place], connection)
        yield values


def _is_written(field, row) -> bool:
    return not field.generated and not (field.primary_key and row.pk is None)


def numbers(model, count) -> list[int]:
    """So many new primary keys."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [number for (number,) in cursor.fetchall()]
