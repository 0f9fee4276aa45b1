"""Plans: what was decided about the tree and the branches, whether its day has come, and what came of it."""

from django.db import models
from django.db.models import Q

from branches.models import Level, Reorganisation, ReorganisationKind, Unit
from branches.scope import ScopedQuerySet
from core import clock
from core.history import keeps_history
from core.models import User
from reorganisations.states import ABOUT_NAMES, STATE_NAMES, About, PlanState


class PlanQuerySet(ScopedQuerySet):
    path_field = "unit__path"
    branch_field = None

    def due(self, day):
        """Plans whose day has come and that are not yet carried out, in the order of their days."""
        return self.filter(state=PlanState.PLANNED, effective_on__lte=day).order_by("effective_on", "pk")


@keeps_history(exclude=["outcome", "trace"])
class Plan(models.Model):
    """A reorganisation as it was decided: carried out at once, or when its day comes.

    `unit` is the lowest unit that holds everything it touches: who reaches that may see it. `order` are the
    fields of `reorganisations.operations.Order` by number; `outcome` is what a dry run or the carrying out
    found; `trace` says which events of the registers' history it made, so that it can be undone.
    """

    about = models.CharField("对象", max_length=10, choices=ABOUT_NAMES.items())
    kind = models.CharField("类型", max_length=10, choices=ReorganisationKind)
    title = models.CharField("事项", max_length=300)
    effective_on = models.DateField("生效日期")
    document = models.CharField("文号", max_length=100, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="plans", verbose_name="涉及范围")
    level = models.PositiveSmallIntegerField("最高层级", choices=Level, null=True, editable=False)
    state = models.CharField(
        "状态", max_length=15, choices=STATE_NAMES.items(), default=PlanState.PLANNED, editable=False
    )
    order = models.JSONField(default=dict, editable=False)
    outcome = models.JSONField(default=dict, editable=False)
    trace = models.JSONField(null=True, editable=False)
    reorganisation = models.OneToOneField(
        Reorganisation,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="plan",
        verbose_name="组织变动",
    )
    by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="经办人"
    )
    made_at = models.DateTimeField("登记时间", default=clock.now, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "组织变动"
        verbose_name_plural = "组织变动"
        ordering = ["-effective_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reorganisation=None, state__in=[PlanState.PLANNED, PlanState.CANCELLED])
                | Q(
                    reorganisation__isnull=False,
                    trace__isnull=False,
                    state__in=[PlanState.CARRIED_OUT, PlanState.UNDONE],
                ),
                name="plan_carried_out_has_a_trace",
                violation_error_message="已办理的组织变动须留有依据",
            ),
            models.CheckConstraint(
                condition=Q(about=About.UNIT, level__isnull=False) | Q(about=About.BRANCH, level=None),
                name="plan_of_units_has_a_level",
                violation_error_message="单位的变动须有层级",
            ),
        ]
        indexes = [models.Index(fields=["state", "effective_on"], name="plan_by_day")]

    def __str__(self):
        return self.title

    @property
    def is_planned(self) -> bool:
        """Whether it waits to be carried out."""
        return self.state == PlanState.PLANNED

    @property
    def is_carried_out(self) -> bool:
        """Whether it holds."""
        return self.state == PlanState.CARRIED_OUT
