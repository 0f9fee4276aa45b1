"""The five-level tree: what it is today, and what it was on any day."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length

from branches.scope import ScopedQuerySet
from core.history import keeps_history
from core.models import User
from core.periods import Period, PeriodQuerySet, one_at_a_time
from core.pinyin import SyllablesField
from core.titles import TitleField, is_called, named_like, normalise_title

# A path is one step a level: the unit's number in hexadecimal, five places, and a slash.
# A unit keeps its step when it moves.
STEP_LENGTH = 6


def step(number: int) -> str:
    """The part of a path that stands for the unit with this number."""
    return f"{number:05x}/"


def paths_above(path: str) -> list[str]:
    """The paths from the root down to and including `path`."""
    return [path[:end] for end in range(STEP_LENGTH, len(path) + 1, STEP_LENGTH)]


class Level(models.IntegerChoices):
    DISTRICT = 1, "区"
    STREET = 2, "街道"
    COMMUNITY = 3, "社区"
    GROUP = 4, "小组"
    GRID = 5, "网格"


# In the divisions' codes the last three digits of this level: 0 a street, 1 a town, 2 a township.
TOWNS = {"1": "镇", "2": "乡"}
# What the API and the division file call the levels.
LEVEL_NAMES = {level: level.name.lower() for level in Level}


class ReorganisationKind(models.TextChoices):
    ESTABLISH = "establish", "设立"
    RENAME = "rename", "更名"
    MOVE = "move", "迁移"
    MERGE = "merge", "合并"
    SPLIT = "split", "拆分"
    CLOSE = "close", "撤销"
    REOPEN = "reopen", "恢复"
    WHOLE = "whole", "整建制转接"


class Reorganisation(models.Model):
    """Why placements changed: what was decided, by which document, from which day."""

    kind = models.CharField("类型", max_length=10, choices=ReorganisationKind)
    effective_on = models.DateField("生效日期")
    document = models.CharField("文号", max_length=100, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="经办人")

    class Meta:
        verbose_name = "组织变动"
        verbose_name_plural = "组织变动"
        ordering = ["-effective_on", "-pk"]

    def __str__(self):
        return " ".join(filter(None, [str(self.effective_on), self.get_kind_display(), self.document]))


def called(units, name: str) -> list:
    """Of the units those of this name or alias; or else those that people commonly call so."""
    plain = normalise_title(name)
    exactly = [unit for unit in units if plain in (unit.name, unit.alias)]
    return exactly or [unit for unit in units if is_called(unit.name, plain) or is_called(unit.alias, plain)]


class UnitQuerySet(ScopedQuerySet):
    branch_field = None

    def reached_by(self, scope):
        """Besides the subtrees, the units on which the single branches of the scope sit."""
        reached = super().reached_by(scope)
        if scope.branch_ids:
            # A sub-select, not a join: a join would give a unit once for each of its branches.
            seats = self.model.branches.rel.related_model.objects.filter(pk__in=scope.branch_ids)
            reached |= Q(pk__in=seats.values("unit"))
        return reached

    def live(self):
        """Units that have not been closed."""
        return self.filter(closed_on=None)

    def named_like(self, text):
        """Units whose name, code or alias contains every word of `text`, or sounds like it in pinyin."""
        return self.filter(named_like(text, "name", "code", "alias", syllables="syllables"))

    def committees(self):
        """Units whose Party committee issues and receives letters: the district and the streets."""
        return self.live().filter(level__lte=Level.STREET)

    def committee_over(self, path):
        """The unit whose Party committee answers for the place: its street, else the district."""
        return self.get(path=paths_above(path)[: Level.STREET][-1])

    def above(self, path):
        """The units from the root down to the one at `path`."""
        return self.filter(path__in=paths_above(path)).order_by("level")


@keeps_history(exclude=["path", "syllables"])
class Unit(models.Model):
    """A node of the five-level tree. Name, parent and path are today's; `UnitPlacement` has every day's."""

    code = models.CharField(
        "代码",
        max_length=32,
        db_collation="C",
        validators=[RegexValidator(r"^[0-9A-Za-z-]{2,32}$", "代码只能由数字、字母和连字符组成")],
        help_text="前三级为统计用区划代码（6、9、12位），小组和网格为本区自编代码",
    )
    level = models.PositiveSmallIntegerField("层级", choices=Level)
    name = TitleField("名称", max_length=100)
    alias = TitleField("别名", max_length=100, blank=True)
    syllables = SyllablesField(of=["name", "alias"])
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    path = models.CharField("路径", max_length=40, db_collation="C", editable=False)
    managed_by = models.CharField(
        "代管单位", max_length=100, blank=True, help_text="由其他单位代管时填写，如经开区"
    )
    # How its committee is reached, as the letters that it issues say it.
    post_address = models.CharField("通讯地址", max_length=200, blank=True)
    office_phone = models.CharField("联系电话", max_length=30, blank=True)
    fax = models.CharField("传真", max_length=30, blank=True)
    postcode = models.CharField(
        "邮政编码", max_length=6, blank=True, validators=[RegexValidator(r"^[0-9]{6}$", "邮政编码是6位数字")]
    )
    opened_on = models.DateField("设立日期")
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "组织单元"
        verbose_name_plural = "组织树"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], name="unit_code_is_unique", violation_error_message="该代码已被使用"
            ),
            models.UniqueConstraint(fields=["path"], name="unit_path_is_unique"),
            # Branches refer to number and path together, so that the database keeps their copy of the path.
            models.UniqueConstraint(fields=["id", "path"], name="unit_path_for_copies"),
            models.UniqueConstraint(
                fields=["parent", "name"],
                condition=Q(closed_on=None),
                name="unit_name_is_unique_among_siblings",
                violation_error_message="同一上级下已有同名单位",
            ),
            models.CheckConstraint(
                condition=Q(level=Length("path") / STEP_LENGTH, level__gte=1, level__lte=5),
                name="unit_level_is_depth",
            ),
            models.CheckConstraint(
                condition=Q(level=1, parent=None) | Q(level__gt=1, parent__isnull=False),
                name="unit_only_root_has_no_parent",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gt=F("opened_on")),
                name="unit_closed_after_opened",
                violation_error_message="撤销日期必须晚于设立日期",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def level_name(self) -> str:
        """The level in one word; of the second one, whether it is a street, a town or a township."""
        town = TOWNS.get(self.code[6:7]) if self.level == Level.STREET else None
        return town or self.get_level_display()

    @property
    def committee_name(self) -> str:
        """How its Party committee signs and is addressed; asked of the district and of streets."""
        if self.level == Level.DISTRICT:
            return f"中共{self.name}委组织部"
        kind = "工作委员会" if self.name.endswith("街道") else "委员会"
        return f"中共{self.parent.name}{self.name}{kind}"


class UnitPlacementQuerySet(PeriodQuerySet):
    def as_known_on(self, day):
        """For each unit the placement in force on `day`, or the last one before it."""
        return self.filter(since__lte=day).order_by("unit_id", "-since").distinct("unit_id")


@keeps_history(asked_by=["unit"])
class UnitPlacement(Period):
    """Name, parent and path of a unit for a period. The tree of a day is the placements on that day."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="placements", verbose_name="组织单元")
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="上级")
    name = models.CharField("名称", max_length=100)
    path = models.CharField("路径", max_length=40, db_collation="C", editable=False)
    reorganisation = models.ForeignKey(
        Reorganisation, models.PROTECT, null=True, related_name="unit_placements", verbose_name="依据"
    )

    objects = UnitPlacementQuerySet.as_manager()

    class Meta:
        verbose_name = "组织沿革"
        verbose_name_plural = "组织沿革"
        ordering = ["since"]
        constraints = [
            *Period.Meta.constraints,
            one_at_a_time("unit_id", name="unit_in_one_place_at_a_time", message="该单位在这段时间已有位置"),
        ]
        indexes = [models.Index(fields=["path", "since"], name="unit_placement_by_path")]

    def __str__(self):
        return f"{self.name}（{self.since}—{self.until or ''}）"
