"""Rules that change by decree and not by release: thresholds and bands as dated rows."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from branches.scope import SharedQuerySet
from core.decrees import DecreeQuerySet
from core.history import keeps_history
from core.periods import Period, one_at_a_time

LARGEST = 10_000


class RuleQuerySet(SharedQuerySet, DecreeQuerySet):
    """Rules hold everywhere and tell of nobody."""


@keeps_history()
class Threshold(Period):
    """A number of a rule - the least, the most, the days ahead - with its source, for a period."""

    code = models.CharField("代码", max_length=40, editable=False)
    words = models.CharField("规则", max_length=200, editable=False)
    value = models.PositiveIntegerField("数值", validators=[MaxValueValidator(LARGEST)])
    measure = models.CharField("单位", max_length=10, editable=False)
    source = models.CharField("依据", max_length=200)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = RuleQuerySet.as_manager()

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


class Banded(models.TextChoices):
    """What is divided into bands, by the code of its dimension."""

    AGE = "age_band", "年龄段"
    JOINED = "join_band", "入党时间"
    EDUCATION = "education_band", "学历"


@keeps_history()
class Banding(Period):
    """Into which bands figures are divided by age, join date or education, with the source, for a period.

    `bands` in their order, each with `code`, `name`, and where it begins: `begins` is an age or a day, and
    nothing for the first. Those of education say which codes they hold instead: `holds`.
    """

    code = models.CharField("分档", max_length=20, choices=Banded, editable=False)
    bands = models.JSONField("各档", editable=False)
    source = models.CharField("依据", max_length=200)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = "统计分档"
        verbose_name_plural = "统计分档"
        ordering = ["code", "-since"]
        constraints = [
            *Period.Meta.constraints,
            *(
                one_at_a_time(
                    name=f"one_{code}_banding_at_a_time",
                    message=f"“{code.label}”在这段时间已有分档",
                    condition=Q(code=code),
                )
                for code in Banded
            ),
            models.CheckConstraint(
                condition=Q(code__in=Banded.values),
                name="banding_of_a_banded_dimension",
                violation_error_message="没有这种分档",
            ),
        ]

    def __str__(self):
        return f"{self.get_code_display()}：{len(self.bands)}档"
