"""Spans of a day, of which nobody can serve two at once."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField, RangeOperators
from django.db.models import F, Func, Value


class Moments(Func):
    """The span of a day between two times, as a range of moments."""

    def as_sql(self, compiler, connection, **extra):
        parts = [compiler.compile(each) for each in self.source_expressions]
        day, began, ended = (sql for sql, _ in parts)
        params = [list(values) for _, values in parts]
        # The day is told twice.
        return (
            f"tsrange(({day} + {began}), ({day} + {ended}), '[)')",
            [*params[0], *params[1], *params[0], *params[2]],
        )


def not_two_at_once(*, name, message, condition=None):
    """Constraint: of one `member` no two spans (`on`, `began`, `ended`) overlap, or of some rows."""
    hers = Func(
        F("member"), F("member"), Value("[]"), function="int8range", output_field=BigIntegerRangeField()
    )
    span = Moments(F("on"), F("began"), F("ended"), output_field=DateTimeRangeField())
    return ExclusionConstraint(
        name=name,
        expressions=[(hers, RangeOperators.OVERLAPS), (span, RangeOperators.OVERLAPS)],
        condition=condition,
        violation_error_message=message,
    )
