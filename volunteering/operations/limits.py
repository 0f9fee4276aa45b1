"""The verb of time limits, and the question how many days there are for something."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from core.decrees import enacted, superseded
from volunteering.models import TimeLimit


@dataclass(frozen=True)
class NewLimit:
    """So many days there are from a day on, and by which source."""

    days: int
    since: date
    source: str


def until(code, day) -> date:
    """The last day for something that begins on `day`."""
    return day + timedelta(days=TimeLimit.objects.by_code(day)[code].days)


@transaction.atomic
def set_time_limit(*, limit, new, by, today, version=None):
    """Let other days hold from a day on, and return the new row; promises already made stay as they were."""
    current = superseded(limit, since=new.since, source=new.source, today=today, version=version)
    following = TimeLimit(code=current.code, words=current.words, **vars(new))
    return enacted(following, verb="time_limit.amended", field="days", by=by)
