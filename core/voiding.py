"""The one door by which a row that was entered by mistake leaves its register.

The application's role may not delete. `void_row` runs with the rights of the tables' owner and takes out
single rows of tables that keep their history, so the mistake and who took it back stay on record.
"""

from django.db import connection

from core.audit import record
from core.errors import DomainError


class StillNeeded(DomainError):
    """Something later rests on the row, so it cannot be taken back."""

    code = "still_needed"


def void(row, *, verb, by, reason, place=None) -> None:
    """Take out a row that should never have been written; `verb` and `reason` are put on record.

    The caller has locked the row and seen to it that the rest still holds. Raise StillNeeded, naming what
    rests on it.
    """
    needed = dependents(row)
    if needed:
        raise StillNeeded(f"“{row}”还有{'、'.join(needed)}，不能撤回")
    record(verb, row, by=by, reason=reason, place=place)
    with connection.cursor() as cursor:
        cursor.execute("SELECT void_row(%s, %s)", [row._meta.db_table, row.pk])


def dependents(row) -> list[str]:
    """What points to the row, by the Chinese name of its table and how many: ["党员 3 条"]."""
    found = []
    for relation in row._meta.related_objects:
        if relation.related_model._meta.label_lower.endswith("event"):
            continue
        number = relation.related_model._default_manager.filter(**{relation.field.name: row.pk}).count()
        if number:
            found.append(f"{relation.related_model._meta.verbose_name} {number} 条")
    return found
