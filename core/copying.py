"""Writing very many rows: by COPY, which the history triggers see as they see everything."""

from contextlib import contextmanager
from operator import attrgetter

from django.db import connection
from django.db.models import JSONField

from core.pinyin import syllables_fields


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
    """Write rows of one model by COPY, with their numbers if they have them already."""
    if not rows:
        return
    model = type(rows[0])
    fields = [field for field in model._meta.local_concrete_fields if _is_written(field, rows[0])]
    for field in syllables_fields(model):
        _tell(field, rows)
    copy_tuples(model, [field.column for field in fields], _values(rows, fields))
    mark_written(rows)


def _tell(field, rows):
    # As saving one by one does it.
    for row in rows:
        field.pre_save(row, add=True)


def copy_tuples(model, columns, rows) -> None:
    """Write by COPY what never became objects: of each row the columns' values, as the driver takes them.

    Within a transaction only. Errors are Django's, as of any other statement.
    """
    quoted = connection.ops.quote_name
    table, named = quoted(model._meta.db_table), ", ".join(map(quoted, columns))
    with connection.cursor() as cursor, connection.wrap_database_errors:
        # History travels with statements, and COPY is none: this one tells the transaction who is at work.
        cursor.execute("DO 'BEGIN END'")
        with cursor.copy(f"COPY {table} ({named}) FROM STDIN") as pipe:
            for values in rows:
                pipe.write_row(values)


def amend_tuples(model, columns, rows) -> None:
    """Set the columns of very many rows in one statement: (number of the row, value of each column) each."""
    meta, quoted = model._meta, connection.ops.quote_name
    fields = [meta.pk, *(meta.get_field(name) for name in columns)]
    sets = ", ".join(f"{quoted(field.column)} = new.{quoted(field.column)}" for field in fields[1:])
    named = ", ".join(quoted(field.column) for field in fields)
    arrays = ", ".join(f"%s::{field.rel_db_type(connection)}[]" for field in fields)
    table, key = quoted(meta.db_table), quoted(meta.pk.column)
    new = f"FROM unnest({arrays}) AS new ({named}) WHERE {table}.{key} = new.{key}"
    values = [list(values) for values in zip(*rows, strict=True)] or [[]] * len(fields)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {sets} {new}", values)  # noqa: S608 - names of ours, quoted


def mark_written(rows) -> None:
    """Let the objects know that they are in the database now."""
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
