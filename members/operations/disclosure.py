"""Verbs of seeing what is sealed: each look asks a reason and leaves a trace before anything is shown.

Where nothing is kept there is nothing to see: it is refused, and leaves no trace of having been seen.
"""

from django.db import transaction

from core.audit import record
from core.errors import DomainError, InvalidValue

SHORTEST_REASON = 4
LABELS = {"id_number": "公民身份号码", "health_note": "健康状况"}


@transaction.atomic
def reveal_id_number(*, member, reason, by) -> str:
    """The member's whole ID number, after writing down who asked and why."""
    return _reveal(member, "id_number", reason=reason, by=by)


@transaction.atomic
def reveal_health_note(*, member, reason, by) -> str:
    """The member's health note, after writing down who asked and why."""
    return _reveal(member, "health_note", reason=reason, by=by)


def reason_to_look(reason, *, to="查看事由") -> str:
    """Why somebody wants to see what is sealed, in her words; refused when they say too little."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidValue(f"请写明{to}（至少{SHORTEST_REASON}个字）", field="reason")
    return reason.strip()


def _reveal(member, column, *, reason, by) -> str:
    reason = reason_to_look(reason)
    if not getattr(member, column):
        raise DomainError(f"{member} 没有登记{LABELS[column]}")
    record("member.revealed", member, by=by, fields=[column], reason=reason)
    return member.get_sealed(column)
