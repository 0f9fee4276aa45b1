"""Uploaded rosters: the file, its rows as they were checked, and the headers that a unit has explained."""

from django.db import models
from django.db.models import Q

from branches.models import Branch, Unit
from branches.scope import ScopedQuerySet
from core import clock
from core.models import User
from core.reading import WRITTEN, Fate
from core.sealing import SealedField, SealedFile, seal, unseal
from members.states import AT_WORK, IMPORT_NAMES


class ImportKind(models.TextChoices):
    MEMBERS = "members", "党员名册"
    BRANCHES = "branches", "党支部名册"


class ImportFileQuerySet(ScopedQuerySet):
    path_field = "unit__path"
    branch_field = None


class ImportFile(SealedFile):
    """A roster that somebody sent: what it says, how far the work on it has come, and what came of it.

    The file itself is sealed like the numbers in it, and kept only until it is no longer needed.
    """

    kind = models.CharField("内容", max_length=10, choices=ImportKind, default=ImportKind.MEMBERS)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="导入到")
    # Of the rows that name no branch.
    branch = models.ForeignKey(
        Branch, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记到党支部"
    )
    name = models.CharField("文件", max_length=200)
    sha256 = models.CharField("摘要", max_length=64, editable=False, db_collation="C")
    content = SealedField("内容", null=True, editable=False)
    since = models.DateField("组织关系起始日期")
    state = models.CharField("状态", max_length=10, choices=IMPORT_NAMES.items(), editable=False)
    # Headers that somebody explained for this file: {header: key of a column, or "" to leave it out}.
    mapping = models.JSONField(default=dict, editable=False)
    # What the check found: sheets, headers, counts by fate; and why the work stopped, if it did.
    found = models.JSONField(default=dict, editable=False)
    only_good = models.BooleanField("只导入正确的行", default=False, editable=False)
    evidence = models.CharField("更正依据", max_length=500, blank=True, editable=False)
    done = models.PositiveIntegerField(default=0, editable=False)
    total = models.PositiveIntegerField(default=0, editable=False)
    cancel_asked = models.BooleanField(default=False, editable=False)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="上传人")
    sent_at = models.DateTimeField("上传时间", default=clock.now)
    # Who asked for what is being done, or was done last.
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="经办人")
    applied_at = models.DateTimeField("导入时间", null=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = ImportFileQuerySet.as_manager()

    class Meta:
        verbose_name = "名册导入"
        verbose_name_plural = "名册导入"
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(state__in=AT_WORK),
                name="one_import_at_work_for_a_unit",
                violation_error_message="该单位有一份名册正在处理，请等它完成，或先取消它",
            )
        ]

    def __str__(self):
        return self.name

    def counted(self, *fates) -> int:
        """How many rows the check found of these kinds."""
        counts = self.found.get("counts", {})
        return sum(counts.get(fate, 0) for fate in fates)

    @property
    def unknown_headers(self) -> list[str]:
        """The headers in it that nobody has explained yet, each once."""
        return list(dict.fromkeys(title for sheet in self._sheets for title in sheet["unknown"]))

    @property
    def explained_headers(self) -> dict[str, str]:
        """The headers in it that only the unit uses, and what each was said to be: "" to leave it out."""
        return dict(pair for sheet in self._sheets for pair in sheet.get("explained", ()))

    @property
    def doubled_headers(self) -> list[str]:
        """The headers of columns that were not read, because one before them means the same."""
        return [title for sheet in self._sheets for title in sheet.get("doubled", ())]

    @property
    def left_out_headers(self) -> list[str]:
        """The headers of columns that are known and not kept by an import."""
        return list(dict.fromkeys(title for sheet in self._sheets for title in sheet.get("left_out", ())))

    @property
    def _sheets(self):
        return self.found.get("sheets", ())

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0


def said_at(uid, sheet, number) -> str:
    """The place that what a row says is bound to, in a file with this uid."""
    return f"members_importrow.said|{uid}|{sheet}|{number}"


class ImportRowQuerySet(ScopedQuerySet):
    path_field = "file__unit__path"
    branch_field = None

    def kept_by_undo(self):
        """Rows of a file that was undone which had been written and were not undone with the others."""
        return self.filter(fate__in=WRITTEN, applied=False)


class ImportRow(models.Model):
    """A row of an uploaded roster as it was checked: what became of it, and whom it is about."""

    file = models.ForeignKey(ImportFile, models.CASCADE, related_name="rows", db_index=False)
    sheet = models.CharField("工作表", max_length=100, blank=True)
    number = models.PositiveIntegerField("行")
    fate = models.CharField("结果", max_length=12, choices=Fate)
    # Everything the row says is of a person: one sealed value.
    said = SealedField(editable=False)
    # The number of the member or branch it is about. No key: that somebody was imported hangs on nobody.
    target = models.BigIntegerField(null=True)
    # The version that was compared with.
    seen_version = models.PositiveIntegerField(null=True)
    applied = models.BooleanField(default=False)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["file", "fate", "id"], name="import_row_by_fate")]

    def __str__(self):
        return f"{self.sheet} {self.number}"

    def say(self, text: str, uid) -> None:
        self.said = seal(text, context=said_at(uid, self.sheet, self.number))

    def text(self, uid) -> str:
        return unseal(self.said, context=said_at(uid, self.sheet, self.number))


class HeaderMapping(models.Model):
    """What a unit's own header means: the key of a column, or nothing to leave it out."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ImportKind)
    header = models.CharField(max_length=200)
    key = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind", "header"], name="header_explained_once")
        ]

    def __str__(self):
        return f"{self.header} = {self.key}"
