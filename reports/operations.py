"""The verbs of the rules: a threshold or a banding changes from a day on, by a source."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from core.audit import record
from core.changes import check, locked, not_after
from core.errors import DomainError, InvalidValue, refuse_all
from reports.bands import band_complaints
from reports.models import Banding, Threshold


@dataclass(frozen=True)
class Setting:
    """What a rule says from a day on - a number, or bands - and where that is written."""

    value: int | list[dict]
    since: date
    source: str
    version: int | None = None


@transaction.atomic
def set_threshold(*, threshold, setting, by, today):
    """Let the rule have another number from a day on, and return its new row; the old one stays."""
    current = _ended(threshold, setting, today)
    kept = {name: getattr(current, name) for name in ("code", "words", "measure")}
    changed = Threshold(**kept, value=setting.value, source=setting.source, since=setting.since)
    return _begun(changed, "threshold.amended", "value", by)


@transaction.atomic
def set_bands(*, banding, setting, by, today):
    """Divide by other bands from a day on, and return the new row; days before keep the old ones."""
    refuse_all(band_complaints(banding.code, setting.value))
    current = _ended(banding, setting, today)
    changed = Banding(code=current.code, bands=setting.value, source=setting.source, since=setting.since)
    return _begun(changed, "banding.amended", "bands", by)


def _ended(rule, setting, today):
    """The rule as it was until the setting's day, ended there."""
    current, since = locked(rule, version=setting.version), setting.since
    if current.until:
        raise DomainError(f"“{current}”已于 {current.until} 被替代，请改现行的")
    not_after(since, today, field="since", label="起始日期")
    if since <= current.since:
        raise InvalidValue(f"起始日期 {since} 必须晚于现行规定的起始日期 {current.since}", field="since")
    if not setting.source.strip():
        raise InvalidValue("须写明依据", field="source")
    current.until = since
    current.version += 1
    current.save(update_fields=["until", "version"])
    return current


def _begun(rule, verb, field, by):
    check(rule)
    rule.save()
    record(verb, rule, by=by, fields=[field], reason=rule.source)
    return rule
