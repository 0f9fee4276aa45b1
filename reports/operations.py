"""The verbs of the rules: a threshold or a banding changes from a day on, by a source."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from core.decrees import enacted, superseded
from core.errors import refuse_all
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
    current = _superseded(threshold, setting, today)
    kept = {name: getattr(current, name) for name in ("code", "words", "measure")}
    changed = Threshold(**kept, value=setting.value, source=setting.source, since=setting.since)
    return enacted(changed, verb="threshold.amended", field="value", by=by)


@transaction.atomic
def set_bands(*, banding, setting, by, today):
    """Divide by other bands from a day on, and return the new row; days before keep the old ones."""
    refuse_all(band_complaints(banding.code, setting.value))
    current = _superseded(banding, setting, today)
    changed = Banding(code=current.code, bands=setting.value, source=setting.source, since=setting.since)
    return enacted(changed, verb="banding.amended", field="bands", by=by)


def _superseded(rule, setting, today):
    about = {"since": setting.since, "source": setting.source, "version": setting.version}
    return superseded(rule, **about, today=today)
