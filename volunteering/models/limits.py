"""Within how many days something has to be done: dated rows, changed by decree and not by release."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from branches.scope import SharedQuerySet
from core.decrees import DecreeQuerySet
from core.history import keeps_history
from core.periods import Period


class TimeLimitQuerySet(SharedQuerySet, DecreeQuerySet):
    """Time limits tell of nobody."""


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
