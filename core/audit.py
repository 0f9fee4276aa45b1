"""The audit trail's one door."""

from core.models import AuditEntry


def record(verb, subject, *, by, fields=(), reason="", place=None):
    """Write down that `by` did `verb` to `subject`, with the names of the fields but never values."""
    return AuditEntry.objects.create(
        verb=verb,
        by=by,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_text=str(subject)[:200],
        place=getattr(subject, "path", "") if place is None else place,
        fields=sorted(fields),
        reason=reason,
    )
