"""Verbs of seeing what is sealed: each look asks a reason and leaves a trace before anything is shown."""

from django.db import transaction

from core.audit import record
from core.errors import InvalidValue

SHORTEST_REASON = 4


@transaction.atomic
def reveal_id_number(*, member, reason, by) -> str:
    """The member's whole ID number, after writing down who asked and why."""
    return _reveal(member, "id_number", reason=reason, by=by)


@transaction.atomic
def reveal_health_note(*, member, reason, by) -> str:
    """The member's health note, after writing down who asked and why."""
    return _reveal(member, "health_note", reason=reason, by=by)


def _reveal(member, column, *, reason, by) -> str:
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidValue(f"请写明查看事由（至少{SHORTEST_REASON}个字）", field="reason")
    record("member.revealed", member, by=by, fields=[column], reason=reason.strip())
    return member.get_sealed(column)
