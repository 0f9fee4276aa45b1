"""Within how many days something has to be done: dated rows, changed by decree and not by release."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from branches.scope import ScopedQuerySet
from core.history import keeps_history
from core.periods import Period, PeriodQuerySet


class TimeLimitQuerySet(ScopedQuerySet, PeriodQuerySet):
    def reached_by(self, scope):
        """Time limits tell of nobody: who reaches anything may read them all."""
        return ~Q(pk__in=[]) if scope else Q(pk__in=[])

    def days_on(self, day) -> dict[str, int]:
        """By code, the days that hold on the day; before the first of a code, those of its first."""
        found: dict[str, int] = {}
        for code, since, days in self.order_by("code", "since").values_list("code", "since", "days"):
            if since <= day or code not in found:
                found[code] = days
        return found


@keeps_history()
class TimeLimit(Period):
    """So many days there are for one thing, for a period, and by which source."""

    code = models.CharField("代码", max_length=40, editable=False)
    words = models.CharField("事项", max_length=100, editable=False)
    days = models.PositiveSmallIntegerField("天数", validators=[MinValueValidator(1)])
    source = models.CharField("依据", max_length=200)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = TimeLimitQuerySet.as_manager()

    class Meta:
        verbose_name = "办理时限"
        verbose_name_plural = "办理时限"
        ordering = ["code", "-since"]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(fields=["code"], condition=Q(until=None), name="one_time_limit_in_force"),
            models.UniqueConstraint(fields=["code", "since"], name="one_time_limit_from_a_day"),
        ]

    def __str__(self):
        return f"{self.words}：{self.days}天"
