"""The registry as it was known at a moment: what a figure that was given out then was counted from.

Every table keeps its history (`core.history`), so the rows of any moment can be told: of each row the last
event until then, unless that took it out. Within `as_known`, queries read those rows in place of the tables,
under the tables' own names. So indicators, dimensions and trees are written once, and know nothing of it.

Derived columns that the history leaves out (a member's branch of today, paths of today) are as they are now;
the right to see a row is asked of them. What has since been taken out has none: it is in nobody's sight.
"""

from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache

from django.apps import apps
from django.db import connection, models

# Accounts and who may do what are asked of today, whatever the moment.
ASKED_TODAY = {"core", "branches.appointment"}


@contextmanager
def as_known(moment: datetime | None):
    """Read the registry as it was known at the moment; None is now. Only for reading, and read within."""
    if moment is None:
        yield
        return
    with _without_nested_loops(), connection.execute_wrapper(_Shadow(moment)):
        yield


@contextmanager
def _without_nested_loops():
    """Nothing is known of the number of a moment's rows: taken for few, each would be compared with each."""
    with connection.cursor() as cursor:
        cursor.execute("SET enable_nestloop = off")
    try:
        yield
    finally:
        # What was set in a transaction that failed is gone with it.
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("RESET enable_nestloop")


class _Shadow:
    """Puts in front of a query, for each table that it names, the rows of the moment under that name."""

    def __init__(self, moment):
        self.moment = moment

    def __call__(self, execute, sql, params, many, context):
        shadows = [shadow for name, shadow in _shadows().items() if f'"{name}"' in sql]
        if not shadows or not sql.lstrip(" (").startswith("SELECT"):
            return execute(sql, params, many, context)
        return execute(f"WITH {', '.join(shadows)} {sql}", [self.moment] * len(shadows) + list(params or ()),
                       many, context)  # fmt: skip


@lru_cache
def _shadows() -> dict[str, str]:
    """For each table the rows of a moment, as a common table expression of its name with one parameter."""
    return {
        model._meta.db_table: _rows_of(model)
        for model in apps.get_models()
        if hasattr(model, "pgh_event_model")
        and ASKED_TODAY.isdisjoint({model._meta.app_label, model._meta.label_lower})
    }


def _rows_of(model) -> str:
    table, events = model._meta.db_table, model.pgh_event_model._meta
    kept = {field.column for field in events.concrete_fields}
    columns = ", ".join(
        f'known."{field.column}"' if field.column in kept else _of_today(field)
        for field in model._meta.concrete_fields
    )
    # Events of one transaction bear one time: their numbers say which was the last.
    return f"""
        "{table}" AS (
            SELECT {columns}
            FROM (
                SELECT DISTINCT ON (pgh_obj_id) * FROM "{events.db_table}"
                WHERE pgh_created_at <= %s ORDER BY pgh_obj_id, pgh_id DESC
            ) AS known
            LEFT JOIN public."{table}" AS today ON today.id = known.id
            WHERE known.pgh_label <> 'delete'
        )"""  # noqa: S608 - every part is a name of our own tables


def _of_today(field) -> str:
    """A column that the history leaves out; of a row that has been taken out since, an empty one."""
    column = f'today."{field.column}"'
    if isinstance(field, models.CharField):
        return f"""COALESCE({column}, '') AS "{field.column}\""""
    return column
