"""The one door by which a row that was entered by mistake leaves its register.

The application's role may not delete. `void_row` runs with the rights of the tables' owner and takes out
single rows of tables that keep their history, so the mistake and who took it back stay on record.
"""

from collections import defaultdict

from django.db import connection

from core.audit import record
from core.changes import words_of
from core.errors import DomainError


class StillNeeded(DomainError):
    """Something later rests on the row, so it cannot be taken back."""

    code = "still_needed"


def void(row, *, verb, by, reason, place=None, about=None) -> None:
    """Take out a row that should never have been written; `verb` and `reason` are put on record.

    The entry is about the row, or about what it belongs to, which is where people look for it.

    The caller has locked the row and seen to it that the rest still holds. Raise StillNeeded, naming what
    rests on it.
    """
    needed = dependents(row)
    if needed:
        raise StillNeeded(f"“{row}”还有{'、'.join(needed)}，不能撤回")
    record(verb, about or row, by=by, reason=reason, place=place)
    take_out([row])


def reason_given(reason: str) -> str:
    """The reason in the words of who takes something back; refused when there are none."""
    return words_of(reason, "请写明撤回的原因")


def take_out(rows) -> None:
    """Take out rows of one table at once: the caller has asked what rests on them, and puts it on record."""
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT void_row(%s, number) FROM unnest(%s::bigint[]) AS number",
            [rows[0]._meta.db_table, [row.pk for row in rows]],
        )


def dependents(row) -> list[str]:
    """What points to the row, by the Chinese name of its table and how many: ["党员 3 条"]."""
    return dependents_of([row])[row.pk]


def all_rows(model):
    """Every row of a table, as whatever may point to something that goes."""
    return model._default_manager.all()


def dependents_of(rows, *, besides=(), rows_of=all_rows) -> dict[int, list[str]]:
    """For each of the rows of one table, by number, what `dependents` says; `besides` are tables not asked.

    `rows_of` gives, of a table, the rows that count. One query for each key that points to the table, however
    many rows.
    """
    wanted = [row.pk for row in rows]
    pointing: dict[int, dict[str, set]] = defaultdict(lambda: defaultdict(set))
    for key in _keys_to(type(rows[0])) if rows else ():
        if key.model in besides:
            continue
        found = rows_of(key.model).filter(**{f"{key.name}__in": wanted}).order_by()
        for number, dependent in found.values_list(key.attname, "pk"):
            pointing[number][str(key.model._meta.verbose_name)].add(dependent)
    return {
        number: [f"{name} {len(those)} 条" for name, those in pointing[number].items()] for number in wanted
    }


def _keys_to(model) -> list:
    """The foreign keys of other tables that point to this one; the history's own are no reason to keep."""
    return [
        relation.field
        for relation in model._meta.get_fields(include_hidden=True)
        if (relation.one_to_many or relation.one_to_one) and relation.auto_created and not relation.concrete
        if not hasattr(relation.related_model, "pgh_tracked_model")
    ]
