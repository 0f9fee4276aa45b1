"""What may be due, in the order in which the kinds are listed."""

from reports.tasks.organisations import TEMPORARY, TERM
from reports.tasks.people import BIRTHDAY, MEDAL, PROBATION

SOURCES = (TERM, TEMPORARY, PROBATION, BIRTHDAY, MEDAL)
