"""The verb of time limits, and the question how many days there are for something."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from core.audit import record
from core.changes import check, locked, not_after, save_change
from core.errors import DomainError, InvalidValue
from volunteering.models import TimeLimit


@dataclass(frozen=True)
class NewLimit:
    """So many days there are from a day on, and by which source."""

    days: int
    since: date
    source: str


def until(code, day) -> date:
    """The last day for something that begins on `day`."""
    return day + timedelta(days=TimeLimit.objects.days_on(day)[code])


@transaction.atomic
def set_time_limit(*, limit, new, by, today, version=None):
    """Let other days hold from a day on, and return the new row; promises already made stay as they were."""
    current = locked(limit, version=version)
    if current.until:
        raise DomainError(f"“{current}”已于 {current.until} 被替代，请改现行的")
    not_after(new.since, today, field="since", label="起始日期")
    if new.since <= current.since:
        raise InvalidValue(f"起始日期 {new.since} 必须晚于 {current.since}", field="since")
    if not new.source.strip():
        raise InvalidValue("须写明依据", field="source")
    current.until = new.since
    save_change(current)
    following = TimeLimit(code=current.code, words=current.words, **vars(new))
    check(following)
    following.save()
    record("time_limit.amended", following, by=by, fields=["days"], reason=new.source)
    return following
