"""Rules that change by decree and not by release: thresholds as dated rows."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from branches.scope import ScopedQuerySet
from core.history import keeps_history
from core.periods import Period, PeriodQuerySet

LARGEST = 10_000


class ThresholdQuerySet(ScopedQuerySet, PeriodQuerySet):
    def reached_by(self, scope):
        """Rules hold everywhere and tell of nobody: who reaches anything may read all."""
        return ~Q(pk__in=[]) if scope else Q(pk__in=[])

    def by_code(self, day) -> dict[str, "Threshold"]:
        """The thresholds in force on the day; before the first of a code, its first."""
        found = {}
        for threshold in self.order_by("code", "since"):
            if threshold.since <= day or threshold.code not in found:
                found[threshold.code] = threshold
        return found


@keeps_history()
class Threshold(Period):
    """A number of a rule - the least, the most, the days ahead - with its source, for a period."""

    code = models.CharField("代码", max_length=40, editable=False)
    words = models.CharField("规则", max_length=200, editable=False)
    value = models.PositiveIntegerField("数值", validators=[MaxValueValidator(LARGEST)])
    measure = models.CharField("单位", max_length=10, editable=False)
    source = models.CharField("依据", max_length=200)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = ThresholdQuerySet.as_manager()

    class Meta:
        verbose_name = "规则数值"
        verbose_name_plural = "规则数值"
        ordering = ["code", "-since"]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(until=None),
                name="one_threshold_in_force",
                violation_error_message="该规则已有现行数值",
            ),
            models.UniqueConstraint(
                fields=["code", "since"],
                name="one_threshold_a_day",
                violation_error_message="该规则当日已有数值",
            ),
        ]

    def __str__(self):
        return f"{self.words}：{self.value}{self.measure}"
