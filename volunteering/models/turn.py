"""Turns of a post's rota: who is there on which day, and the word of somebody else to swap."""

from django.db import models
from django.db.models import F, Q

from core.history import keeps_history
from members.models import Member
from volunteering.models.post import ServicePost
from volunteering.models.sides import TwoSidedQuerySet
from volunteering.models.spans import not_two_at_once
from volunteering.states import TURN_NAMES, UPCOMING, TurnStatus


class TurnQuerySet(TwoSidedQuerySet):
    # Also where who is asked to swap belongs: her side answers.
    paths = ("post__path", "member__path", "swap_to__path")
    branches = ("member__branch", "swap_to__branch")

    def upcoming(self):
        """Turns that somebody is still to stand in for."""
        return self.filter(status__in=UPCOMING)

    def unsettled(self, day):
        """Turns whose day has passed and of which nobody has said what became of them."""
        return self.upcoming().filter(on__lt=day)


@keeps_history()
class Turn(models.Model):
    """A member is on duty at a post on a day from one time to another."""

    post = models.ForeignKey(ServicePost, models.PROTECT, related_name="turns", verbose_name="岗位")
    member = models.ForeignKey(Member, models.PROTECT, related_name="turns", verbose_name="值班人")
    on = models.DateField("日期")
    began = models.TimeField("开始时间")
    ended = models.TimeField("结束时间")
    status = models.CharField(
        "状态", max_length=10, choices=TURN_NAMES.items(), default=TurnStatus.PLANNED, editable=False
    )
    swap_to = models.ForeignKey(
        Member, models.PROTECT, null=True, editable=False, related_name="swaps_asked", verbose_name="请谁换班"
    )
    swap_for = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="+", verbose_name="换哪一班"
    )
    reason = models.CharField("说明", max_length=200, blank=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = TurnQuerySet.as_manager()

    class Meta:
        verbose_name = "轮值"
        verbose_name_plural = "轮值"
        ordering = ["on", "began", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended__gt=F("began")),
                name="turn_ends_after_it_begins",
                violation_error_message="结束时间必须晚于开始时间（同一天内）",
            ),
            models.CheckConstraint(
                condition=Q(status=TurnStatus.ASKED, swap_to__isnull=False)
                | Q(~Q(status=TurnStatus.ASKED), swap_to=None, swap_for=None),
                name="turn_swap_asks_somebody",
                violation_error_message="换班须写明请谁换",
            ),
            not_two_at_once(
                name="turns_of_a_member_do_not_overlap",
                message="该党员这段时间已有别的班次，不能重叠",
                condition=Q(status__in=[*UPCOMING, TurnStatus.DONE]),
            ),
        ]
        indexes = [models.Index(fields=["status", "on"], name="turn_by_status")]

    def __str__(self):
        return f"{self.member} {self.on} {self.began:%H:%M}—{self.ended:%H:%M} {self.post.name}"
