"""The audit trail's one door."""

from functools import lru_cache

import orjson

from core import clock
from core.copying import copy, copy_tuples
from core.models import AuditEntry

COLUMNS = ("at", "by_id", "verb", "subject_type", "subject_id", "subject_text", "place", "fields", "reason")


def record(verb, subject, *, by, fields=(), reason="", place=None):
    """Write down that `by` did `verb` to `subject`, with the names of the fields but never values."""
    written = audit_entry(verb, subject, by=by, fields=fields, reason=reason, place=place)
    written.save()
    return written


def record_all(entries):
    """Write down at once what was drawn up with `audit_entry`."""
    copy(list(entries))


def record_tuples(verb, model, subjects, *, by):
    """Write down that `by` did this to very many of a model: (number, text, place, fields, reason) each."""
    said = (clock.now(), by and by.pk, verb, model._meta.label_lower)
    rows = (
        (*said, str(number), text[:200], place, _in_order(tuple(fields)), reason)
        for number, text, place, fields, reason in subjects
    )
    copy_tuples(AuditEntry, COLUMNS, rows)


@lru_cache(maxsize=1000)
def _in_order(fields) -> str:
    return orjson.dumps(_told(fields)).decode()


def audit_entry(verb, subject, *, by, fields=(), reason="", place=None) -> AuditEntry:
    """What `record` writes, drawn up but not written."""
    return AuditEntry(
        verb=verb,
        by=by,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_text=str(subject)[:200],
        place=getattr(subject, "path", "") if place is None else place,
        fields=_told(fields),
        reason=reason,
    )


def _told(fields) -> list[str]:
    # The number that a new row is sealed by tells nothing of what was said.
    return sorted(set(fields) - {"uid"})
