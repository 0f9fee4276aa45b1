"""Who answers for what: an account holds a role at a unit or at one branch, for a period."""

from django.db import models
from django.db.models import Q

from branches.models.branch import Branch
from branches.models.unit import Unit
from branches.scope import ScopedQuerySet
from core.history import keeps_history
from core.models import User
from core.periods import Period, PeriodQuerySet


class Role(models.TextChoices):
    DISTRICT_OFFICER = "district_officer", "区级管理员"
    STREET_CLERK = "street_clerk", "街道党务"
    COMMUNITY_CLERK = "community_clerk", "社区党务"
    BRANCH_SECRETARY = "branch_secretary", "支部书记"
    AUDITOR = "auditor", "审计员"
    STATISTICS_CONSUMER = "statistics_consumer", "统计用户"
    SYSTEM_ADMINISTRATOR = "system_administrator", "系统管理员"


class AppointmentQuerySet(ScopedQuerySet, PeriodQuerySet):
    def reached_by(self, scope):
        """Appointments at the units and branches that the scope reaches."""
        return scope.over("unit__path", "branch__path")


@keeps_history()
class Appointment(Period):
    """An account holds a role at a unit and below, or at one branch, for a period. Scope comes from this."""

    user = models.ForeignKey(User, models.PROTECT, related_name="appointments", verbose_name="账号")
    role = models.CharField("角色", max_length=30, choices=Role)
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
        verbose_name="单位（含以下）",
    )
    branch = models.ForeignKey(
        Branch, models.PROTECT, null=True, blank=True, related_name="appointments", verbose_name="党支部"
    )
    document = models.CharField("任命依据", max_length=100, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = "任职授权"
        verbose_name_plural = "任职授权"
        ordering = ["-since"]
        constraints = [
            *Period.Meta.constraints,
            models.CheckConstraint(
                condition=Q(unit=None, branch__isnull=False) | Q(unit__isnull=False, branch=None),
                name="appointment_at_a_unit_or_a_branch",
                violation_error_message="单位和党支部须且只能填一个",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.BRANCH_SECRETARY) | Q(branch__isnull=False),
                name="appointment_secretary_at_a_branch",
                violation_error_message="支部书记须授权到党支部",
            ),
        ]

    def __str__(self):
        return f"{self.user} {self.get_role_display()} {self.unit or self.branch}"
