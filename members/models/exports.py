"""Rosters on their way out: what was asked for, how far the file is, and the file while it is kept."""

from django.db import models
from django.utils.timezone import localtime

from branches.models import Branch
from branches.scope import ScopedQuerySet
from core import clock
from core.models import User
from core.sealing import SealedField, SealedFile
from members.states import EXPORT_NAMES, ExportState


class ExportLayout(models.TextChoices):
    ROSTER = "roster", "本系统名册（可再导入）"
    ROLLUP = "rollup", "党员基本信息汇总表（全国样式，四行表头）"


class ExportKind(models.TextChoices):
    XLSX = "xlsx", "Excel（.xlsx）"
    CSV = "csv", "CSV"


def shown_as(whole: bool) -> str:
    """What an export tells of numbers, in words: on record, and in the name of the file."""
    return "完整号码" if whole else "隐去号码"


class ExportFile(SealedFile):
    """A roster that somebody has asked for, seen by nobody else; and only while she still works at the place.

    `people` are the numbers of those who stood on the screen, in their order.
    """

    layout = models.CharField("样式", max_length=10, choices=ExportLayout, default=ExportLayout.ROSTER)
    kind = models.CharField("文件", max_length=4, choices=ExportKind, default=ExportKind.XLSX)
    whole = models.BooleanField("完整号码", default=False)
    reason = models.CharField("事由", max_length=200, blank=True)
    people = models.JSONField(default=list, editable=False)
    # Where who asked answers for: the place of her scope.
    path = models.CharField(max_length=40, db_collation="C", default="", editable=False)
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, related_name="+", editable=False)
    state = models.CharField(
        "状态", max_length=10, choices=EXPORT_NAMES.items(), default=ExportState.WRITING, editable=False
    )
    content = SealedField("内容", null=True, editable=False)
    left_out = models.PositiveIntegerField("未写入人数", default=0, editable=False)
    done = models.PositiveIntegerField(default=0, editable=False)
    total = models.PositiveIntegerField("人数", default=0, editable=False)
    cancel_asked = models.BooleanField(default=False, editable=False)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="导出人")
    asked_at = models.DateTimeField("导出时间", default=clock.now)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "名册导出"
        verbose_name_plural = "名册导出"
        ordering = ["-asked_at", "-pk"]

    def __str__(self):
        return f"名册_{shown_as(self.whole)}_{localtime(self.asked_at):%Y%m%d}.{self.kind}"

    @property
    def is_at_work(self) -> bool:
        return self.state == ExportState.WRITING

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0
