"""The audit trail's one door."""

from core.copying import copy
from core.models import AuditEntry


def record(verb, subject, *, by, fields=(), reason="", place=None):
    """Write down that `by` did `verb` to `subject`, with the names of the fields but never values."""
    written = audit_entry(verb, subject, by=by, fields=fields, reason=reason, place=place)
    written.save()
    return written


def record_all(entries):
    """Write down at once what was drawn up with `audit_entry`."""
    copy(list(entries))


def audit_entry(verb, subject, *, by, fields=(), reason="", place=None) -> AuditEntry:
    """What `record` writes, drawn up but not written."""
    return AuditEntry(
        verb=verb,
        by=by,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_text=str(subject)[:200],
        place=getattr(subject, "path", "") if place is None else place,
        fields=sorted(fields),
        reason=reason,
    )
