"""Writing very many rows: by COPY, which the history triggers see as they see everything."""

from django.db import connection


def copy(rows) -> None:
    """Write rows of one model by COPY, with their numbers if they have them already."""
    if not rows:
        return
    fields = [field for field in rows[0]._meta.local_concrete_fields if _is_written(field, rows[0])]
    names = [field.attname for field in fields]
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(field.column) for field in fields)
    table = quoted(rows[0]._meta.db_table)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as pipe:
        for row in rows:
            pipe.write_row([getattr(row, name) for name in names])


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
