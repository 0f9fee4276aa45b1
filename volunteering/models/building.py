"""Residential buildings: each lies in one grid (or group, or community), whatever is organised there."""

from django.db import models
from django.db.models import Q

from branches.models import Unit
from branches.scope import ScopedQuerySet
from core.history import keeps_history


class BuildingQuerySet(ScopedQuerySet):
    branch_field = None

    def live(self):
        """Buildings that still stand."""
        return self.filter(gone_on=None)

    def with_households(self):
        """Each with how many households are looked after in it."""
        living = models.Count("households", filter=Q(households__ended_on=None))
        return self.annotate(households_number=living)


@keeps_history(exclude=["path"])
class Building(models.Model):
    """A 楼栋 in a grid."""

    name = models.CharField("楼栋", max_length=50, help_text="如：教师新村3栋")
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="buildings", verbose_name="所在网格、小组或社区"
    )
    path = models.CharField("路径", max_length=40, db_collation="C", editable=False)
    gone_on = models.DateField("拆除日期", null=True, blank=True, help_text="仍在的留空")
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = BuildingQuerySet.as_manager()

    class Meta:
        verbose_name = "楼栋"
        verbose_name_plural = "楼栋"
        ordering = ["path", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                condition=Q(gone_on=None),
                name="building_once_in_a_grid",
                violation_error_message="这里已有同名的楼栋",
            ),
            # So that a household's copy of the path can be a foreign key.
            models.UniqueConstraint(fields=["id", "path"], name="building_with_its_path"),
        ]

    def __str__(self):
        return self.name
