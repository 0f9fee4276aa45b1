"""The verb of the rules: a threshold changes from a day on, by a source."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from core.audit import record
from core.changes import check, locked, not_after
from core.errors import DomainError, InvalidValue
from reports.models import Threshold


@dataclass(frozen=True)
class Setting:
    """The number that a rule has from a day on, and where that is written."""

    value: int
    since: date
    source: str
    version: int | None = None


@transaction.atomic
def set_threshold(*, threshold, setting, by, today):
    """Let the rule have another number from a day on, and return its new row; the old one stays."""
    current, since = locked(threshold, version=setting.version), setting.since
    if current.until:
        raise DomainError(f"“{current.words}”的这一数值已于 {current.until} 被替代，请改现行的")
    not_after(since, today, field="since", label="起始日期")
    if since <= current.since:
        raise InvalidValue(f"起始日期 {since} 必须晚于现行数值的起始日期 {current.since}", field="since")
    if not setting.source.strip():
        raise InvalidValue("须写明依据", field="source")
    current.until = since
    current.version += 1
    current.save(update_fields=["until", "version"])
    changed = Threshold(
        code=current.code,
        words=current.words,
        value=setting.value,
        measure=current.measure,
        source=setting.source,
        since=since,
    )
    check(changed)
    changed.save()
    record("threshold.amended", changed, by=by, fields=["value"], reason=setting.source)
    return changed
