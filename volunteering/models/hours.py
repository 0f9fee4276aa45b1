"""Hours of service: of an order, a turn, or told afterwards; they count once somebody else verified them."""

from django.db import models
from django.db.models import F, Q

from branches.scope import ScopedQuerySet
from core.history import keeps_history
from core.models import User
from members.models import Member
from volunteering.models.order import ServiceOrder
from volunteering.models.spans import Moments, not_two_at_once
from volunteering.models.turn import Turn

# The migration that made the constraint knows it by this name.
__all__ = ["HourEntry", "Moments"]


class HourEntryQuerySet(ScopedQuerySet):
    path_field, branch_field = "member__path", "member__branch"

    def verified(self):
        """Entries that somebody else has confirmed."""
        return self.filter(verified_by__isnull=False)


@keeps_history(asked_by=["turn", "order"])
class HourEntry(models.Model):
    """A member served on a day from one time to another."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="hour_entries", verbose_name="党员")
    order = models.ForeignKey(
        ServiceOrder,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="hour_entries",
        verbose_name="服务单",
    )
    turn = models.ForeignKey(
        Turn, models.PROTECT, null=True, editable=False, related_name="hour_entries", verbose_name="轮值"
    )
    on = models.DateField("日期")
    began = models.TimeField("开始时间")
    ended = models.TimeField("结束时间")
    occasion = models.CharField("服务内容", max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="登记人"
    )
    verified_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="核实人"
    )
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = HourEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "服务时间"
        verbose_name_plural = "服务时间"
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended__gt=F("began")),
                name="hours_end_after_they_begin",
                violation_error_message="结束时间必须晚于开始时间（同一天内）",
            ),
            models.CheckConstraint(
                condition=Q(verified_by=None) | Q(recorded_by=None) | ~Q(verified_by=F("recorded_by")),
                name="hours_verified_by_somebody_else",
                violation_error_message="登记人不能核实自己登记的服务时间",
            ),
            models.UniqueConstraint(
                fields=["order"],
                name="hours_once_for_an_order",
                violation_error_message="该服务单已登记服务时间",
            ),
            models.UniqueConstraint(
                fields=["turn"], name="hours_once_for_a_turn", violation_error_message="该班次已登记服务时间"
            ),
            not_two_at_once(
                name="hours_of_a_member_do_not_overlap",
                message="该党员这段时间已有服务记录，不能重叠",
            ),
        ]
        indexes = [models.Index(fields=["on"], name="hours_by_day")]

    def __str__(self):
        return f"{self.member} {self.on} {self.began:%H:%M}—{self.ended:%H:%M}"

    @property
    def minutes(self) -> int:
        """How long she served."""
        return self.ended.hour * 60 + self.ended.minute - self.began.hour * 60 - self.began.minute
