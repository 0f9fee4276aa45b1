"""Periods: rows that hold from `since` until the day before `until`; no `until` means still in force."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Field, Func, IntegerField, Q, Value

ENDS_AFTER_IT_BEGINS = "终止日期必须晚于起始日期"


class PeriodQuerySet(models.QuerySet):
    def on(self, day):
        """Keep the rows in force on `day`."""
        return self.filter(Q(until=None) | Q(until__gt=day), since__lte=day)

    def in_force(self):
        """Keep the rows that nothing has ended."""
        return self.filter(until=None)


class Period(models.Model):
    """Something that holds from a day until another, half-open."""

    since = models.DateField("起始日期")
    until = models.DateField("终止日期", null=True, blank=True, help_text="当日起不再有效；留空表示仍有效")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_since_before_until",
                condition=Q(until=None) | Q(since__lt=F("until")),
                violation_error_message=ENDS_AFTER_IT_BEGINS,
            )
        ]

    def clean(self):
        """Refuse what the database could not even make a range of, before it is asked about overlaps."""
        super().clean()
        if self.since and self.until and self.until <= self.since:
            raise ValidationError(ENDS_AFTER_IT_BEGINS)

    def _get_field_expression_map(self, meta, exclude=None):
        # Our constraints name foreign keys by their column. Django's own map does not: it would compare with
        # every row of the table instead of those with this row's key.
        known = super()._get_field_expression_map(meta, exclude)
        columns = {field.attname: field.name for field in (meta or self._meta).local_concrete_fields}
        return known | {column: known[name] for column, name in columns.items() if name in known}


def months_after(day: date, months: int) -> date:
    """The same day some months later; where that month has no such day, the first of the next."""
    years, month = divmod(day.month - 1 + months, 12)
    try:
        return date(day.year + years, month + 1, day.day)
    except ValueError:
        return date(day.year + years, month + 2, 1)


def years_after(day: date, years: int) -> date:
    """The same day some years later; of a 29th of February the 1st of March."""
    return months_after(day, 12 * years)


def one_at_a_time(*fields, name, message, condition=None):
    """Constraint: no two rows of equal `fields` overlap in time; perhaps only of the rows of `condition`.

    Each field makes a box with the period, the key wide and the days high: "=" in an exclusion constraint
    would need an extension, and an index of boxes is written several times as fast as one of ranges.
    """
    keys = [F(field) for field in fields] or [Value(0)]
    return ExclusionConstraint(
        name=name,
        expressions=[(_box(key), RangeOperators.OVERLAPS) for key in keys],
        condition=condition,
        violation_error_message=message,
    )


def _box(key):
    """Edges belong to a box: it ends on the last day in force, and without an end after all days."""
    first_day, last_day = _days("since"), _days("until", "COALESCE(%(expressions)s, DATE '9999-12-31') - 1")
    corners = [Func(key, day, function="point", output_field=Field()) for day in (first_day, last_day)]
    return Func(*corners, function="box", output_field=Field())


def _days(name, day="%(expressions)s"):
    """The day as a number; from which day it is counted is of no importance."""
    return Func(F(name), template=f"({day} - DATE '2000-01-01')", output_field=IntegerField())
