"""The only clock. Everything else takes the day or the moment as an argument."""

from datetime import date, datetime

from django.utils import timezone


def today() -> date:
    """The day it is in Asia/Shanghai."""
    return timezone.localdate()  # noqa: TID251 - this is the clock


def now() -> datetime:
    """This moment, aware."""
    return timezone.now()  # noqa: TID251 - this is the clock
