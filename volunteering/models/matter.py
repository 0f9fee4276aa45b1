"""Grid matters: what was reported at a place, every step of it, and the photos of it."""

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from branches.models import Branch, Level, Unit
from branches.models.unit import STEP_LENGTH
from branches.scope import ScopedQuerySet, within_path
from core.history import keeps_history
from core.models import User
from core.sealing import SealedField, SealedFile, SealedRow
from members.models import Member
from volunteering.states.matters import (
    DONE_MATTERS,
    MATTER_MOVE_NAMES,
    MATTER_NAMES,
    OPEN_MATTERS,
    MatterMove,
    MatterStatus,
)

# Of this length is the path of a community: of a street's or the district's it is shorter, below it longer.
COMMUNITY_PATH = STEP_LENGTH * Level.COMMUNITY


class MatterKind(models.TextChoices):
    PUBLIC = "public", "公共事务"
    RESIDENT = "resident", "居民反映"
    DISPUTE = "dispute", "矛盾纠纷"


class Urgency(models.TextChoices):
    ORDINARY = "ordinary", "一般"
    URGENT = "urgent", "紧急"
    CRITICAL = "critical", "特急"


class MatterChannel(models.TextChoices):
    """Through whom it came; a resident needs no account, staff writes it down."""

    GRID_WORKER = "grid_worker", "网格员上报"
    VOLUNTEER = "volunteer", "志愿者反映"
    RESIDENT = "resident", "居民来访来电"


class GridMatterQuerySet(ScopedQuerySet):
    def reached_by(self, scope):
        """The matters of the subtrees, and a branch's: at its place, brought or seen to by its people.

        A dispute is told only in its community, at the desk that has to act, and at the mediator's branch.
        """
        reached = Q(pk__in=[])
        for path in scope.paths:
            here = within_path(path)
            reached |= here if len(path) == COMMUNITY_PATH else here & (_told_to_all | Q(desk__path=path))
        if scope.branch_ids:
            brought = Q(branch__in=scope.branch_ids) | Q(brought_by__branch__in=scope.branch_ids)
            reached |= (_told_to_all & brought) | Q(handler__branch__in=scope.branch_ids)
        return reached

    def open(self):
        """Matters that somebody still has to do something about."""
        return self.filter(status__in=OPEN_MATTERS)

    def late(self, day):
        """Open matters that should have been settled before `day`."""
        return self.open().filter(due_on__lt=day)

    def settled(self):
        """Matters of which it was said that they were settled, and that were not opened again."""
        return self.filter(status__in=DONE_MATTERS)

    def verified(self):
        """Matters that were settled and asked about, by somebody else than who said that they were."""
        steps = MatterStep.objects.filter(matter=OuterRef("pk")).order_by("-pk")
        told = {
            "settled_by": Subquery(steps.filter(move=MatterMove.SETTLE).values("by")[:1]),
            "asked_by": Subquery(steps.filter(move=MatterMove.FOLLOW_UP).values("by")[:1]),
        }
        somebody_else = Q(settled_by=None) | ~Q(asked_by=F("settled_by"))
        closed = self.filter(status=MatterStatus.CLOSED).annotate(**told)
        return closed.filter(somebody_else, asked_by__isnull=False)

    def left(self, day):
        """Open matters about which the desk should have done something before `day`."""
        return self.open().filter(desk_until__lt=day)


_told_to_all = ~Q(kind=MatterKind.DISPUTE)


@keeps_history(exclude=["path"])
class GridMatter(SealedRow):
    """Something that has to be seen to at a place: reported, taken, given to somebody, settled, asked about.

    `desk` is the unit that has to act: the place's own (of a dispute its community), and one level up for
    each time that it was left too long. `due_on` is the promise made when it was reported and does not move.
    A duplicate has no life of its own: what became of the matter it is linked to became of it.
    """

    kind = models.CharField("类别", max_length=10, choices=MatterKind)
    urgency = models.CharField("紧急程度", max_length=10, choices=Urgency, default=Urgency.ORDINARY)
    subject = models.CharField("事项", max_length=60, help_text="一句话，如：3栋楼道灯不亮")
    detail = models.TextField("具体情况", max_length=1000, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="grid_matters", verbose_name="所在网格、小组或社区"
    )
    path = models.CharField("路径", max_length=40, db_collation="C", editable=False)
    spot = models.CharField("具体位置", max_length=100, blank=True)
    branch = models.ForeignKey(
        Branch,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="grid_matters",
        verbose_name="所在党支部",
        help_text="留空则为所在地的党支部",
    )
    desk = models.ForeignKey(
        Unit, models.PROTECT, related_name="matters_on_desk", editable=False, verbose_name="现由谁办"
    )
    channel = models.CharField("来源", max_length=12, choices=MatterChannel, default=MatterChannel.RESIDENT)
    reporter = SealedField("反映人", null=True, blank=True)
    reporter_phone = SealedField("反映人电话", null=True, blank=True)
    brought_by = models.ForeignKey(
        Member,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="matters_brought",
        verbose_name="志愿者",
        help_text="志愿者反映的必填",
    )
    reported_on = models.DateField("上报日期", editable=False)
    due_on = models.DateField("办结期限", editable=False)
    desk_until = models.DateField("本级办理期限", null=True, editable=False)
    status = models.CharField(
        "状态", max_length=10, choices=MATTER_NAMES.items(), default=MatterStatus.REPORTED, editable=False
    )
    handler = models.ForeignKey(
        Member, models.PROTECT, null=True, editable=False, related_name="matters", verbose_name="承办人"
    )
    outcome = models.TextField("办理结果", max_length=1000, blank=True, editable=False)
    settled_on = models.DateField("办结日期", null=True, editable=False)
    satisfied = models.BooleanField("反映人是否满意", null=True, editable=False)
    reopened = models.PositiveSmallIntegerField("重开次数", default=0, editable=False)
    duplicate_of = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="duplicates", verbose_name="并入"
    )
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = GridMatterQuerySet.as_manager()

    class Meta:
        verbose_name = "网格事项"
        verbose_name_plural = "网格事项"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=MatterStatus.WORKING) | Q(handler__isnull=False),
                name="matter_at_work_has_a_handler",
                violation_error_message="处置中的事项须有承办人",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=DONE_MATTERS) | (~Q(outcome="") & Q(settled_on__isnull=False)),
                name="matter_settled_with_an_outcome",
                violation_error_message="办结须写明办理结果",
            ),
            models.CheckConstraint(
                condition=Q(status=MatterStatus.LINKED, duplicate_of__isnull=False)
                | (~Q(status=MatterStatus.LINKED) & Q(duplicate_of=None)),
                name="matter_linked_to_another",
                violation_error_message="并案须写明并入哪一件",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "status"], name="matter_by_path"),
            models.Index(fields=["status", "desk_until"], name="matter_by_status"),
        ]

    def __str__(self):
        # No word of what it is about: this also stands where only its being there may be known.
        return f"网格事项第{self.pk}件"

    @property
    def leading(self) -> "GridMatter":
        """The matter whose outcome this one shares: itself, unless it is a duplicate."""
        return self.duplicate_of or self

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.status in OPEN_MATTERS


class OfMatterQuerySet(ScopedQuerySet):
    def reached_by(self, scope):
        """Seen by who sees the matter."""
        return Q(matter__in=GridMatter.objects.visible_in(scope))


@keeps_history()
class MatterStep(models.Model):
    """One thing that was done about a matter, in the words of who did it. Only added to."""

    matter = models.ForeignKey(
        GridMatter, models.PROTECT, related_name="steps", editable=False, verbose_name="网格事项"
    )
    move = models.CharField("办理", max_length=10, choices=MATTER_MOVE_NAMES.items(), editable=False)
    on = models.DateField("日期", editable=False)
    desk = models.ForeignKey(Unit, models.PROTECT, related_name="+", editable=False, verbose_name="现由谁办")
    words = models.CharField("说明", max_length=1000, blank=True, editable=False)
    by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="经办人"
    )

    objects = OfMatterQuerySet.as_manager()

    class Meta:
        verbose_name = "办理记录"
        verbose_name_plural = "办理记录"
        ordering = ["pk"]

    def __str__(self):
        return f"{self.matter} {self.get_move_display()}"


@keeps_history(exclude=["content"], asked_by=["matter"])
class MatterPhoto(SealedFile):
    """A photo of a matter, made anew without metadata and sealed: it lies in no folder of the server."""

    matter = models.ForeignKey(
        GridMatter, models.PROTECT, related_name="photos", editable=False, verbose_name="网格事项"
    )
    caption = models.CharField("说明", max_length=60, blank=True, editable=False)
    content = SealedField("照片", editable=False)
    on = models.DateField("日期", editable=False)
    by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="上传人"
    )
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = OfMatterQuerySet.as_manager()

    class Meta:
        verbose_name = "事项照片"
        verbose_name_plural = "事项照片"
        ordering = ["pk"]

    def __str__(self):
        return f"{self.matter}的照片"
