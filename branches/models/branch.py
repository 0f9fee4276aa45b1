"""Party organisations below the committees, where they sit through time, and where people come from."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from branches.models.unit import Reorganisation, Unit, UnitPlacement
from branches.scope import ScopedQuerySet, SharedQuerySet, within_path
from core.history import keeps_history
from core.periods import Period, PeriodQuerySet, one_at_a_time
from core.pinyin import FROM_THE_START, SyllablesField, syllables_typed
from core.titles import TitleField, named_like


class Category(models.TextChoices):
    """组织类别 with the codes of the national statistics where they are known."""

    COMMITTEE = "611", "党委"
    GENERAL_BRANCH = "621", "党总支部"
    BRANCH = "631", "党支部"
    JOINT_BRANCH = "632", "联合党支部"
    GROUP = "641", "党小组"
    TEMPORARY_COMMITTEE = "911", "临时党委"
    TEMPORARY_GENERAL_BRANCH = "921", "临时党总支部"
    TEMPORARY_BRANCH = "931", "临时党支部"
    TEMPORARY_JOINT_BRANCH = "932", "临时联合党支部"


TEMPORARY_CATEGORIES = [
    Category.TEMPORARY_COMMITTEE,
    Category.TEMPORARY_GENERAL_BRANCH,
    Category.TEMPORARY_BRANCH,
    Category.TEMPORARY_JOINT_BRANCH,
]
# Where a member's 组织关系 may stand: a branch. A group belongs to a branch, a committee has branches.
HOLDING_CATEGORIES = [Category.BRANCH, Category.JOINT_BRANCH]


class Kind(models.TextChoices):
    DISTRICT_DIRECT = "district_direct", "区直离退休党支部"
    STREET = "street", "街道离退休党支部"
    COMMUNITY = "community", "社区离退休党支部"
    HANDOVER = "handover", "企业移交离退休党支部"
    MIXED = "mixed", "混合党支部（含离退休党员）"
    TEMPORARY = "temporary", "三缘型临时党组织"


class Affinity(models.TextChoices):
    PLACE = "place", "地缘型"
    INTEREST = "interest", "趣缘型"
    OCCUPATION = "occupation", "业缘型"


class PlaceType(models.TextChoices):
    COMMUNITY = "community", "社区"
    ESTATE = "estate", "小区"
    ENTERPRISE = "enterprise", "企业"
    PLAZA = "plaza", "广场"


class EmployerNature(models.TextChoices):
    ORGAN = "organ", "机关"
    QUASI_ORGAN = "quasi_organ", "参公单位"
    PUBLIC_INSTITUTION = "public_institution", "事业单位"
    STATE_ENTERPRISE = "state_enterprise", "国有企业"
    COLLECTIVE_ENTERPRISE = "collective_enterprise", "集体企业"
    PRIVATE_ENTERPRISE = "private_enterprise", "非公有制企业"
    MILITARY = "military", "军队移交"
    SOCIAL_ORGANISATION = "social_organisation", "社会组织"
    VILLAGE_COMMUNITY = "village_community", "村（社区）"
    OTHER = "other", "其他"


class EmployerQuerySet(SharedQuerySet):
    def named_like(self, text):
        """Employers whose name or credit code contains every word of `text`, or sounds like it in pinyin."""
        return self.filter(named_like(text, "name", "credit_code", syllables="syllables"))


@keeps_history(exclude=["syllables"])
class Employer(models.Model):
    """A former work unit, or the enterprise that handed its retirees over."""

    name = TitleField("名称", max_length=200)
    syllables = SyllablesField(of=["name"])
    nature = models.CharField("单位性质", max_length=30, choices=EmployerNature)
    credit_code = models.CharField(
        "统一社会信用代码",
        max_length=18,
        null=True,
        blank=True,
        validators=[
            RegexValidator(
                r"^[0-9A-HJ-NP-RTUW-Y]{18}$", "统一社会信用代码应为18位数字或大写字母（不含 I O S V Z）"
            )
        ],
        help_text="18位，未知可留空",
    )
    dissolved_on = models.DateField("注销日期", null=True, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = EmployerQuerySet.as_manager()

    class Meta:
        verbose_name = "原工作单位"
        verbose_name_plural = "原工作单位"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], name="employer_name_is_unique", violation_error_message="已有同名单位"
            ),
            models.UniqueConstraint(
                fields=["credit_code"],
                name="employer_credit_code_is_unique",
                violation_error_message="该统一社会信用代码已被使用",
            ),
        ]

    def __str__(self):
        return self.name


class BranchQuerySet(ScopedQuerySet):
    branch_field = None

    def reached_by(self, scope):
        """Besides the subtrees, the single branches of the scope and the groups that belong to them."""
        reached = super().reached_by(scope)
        if scope.branch_ids:
            reached |= Q(pk__in=scope.branch_ids) | Q(parent__in=scope.branch_ids, category=Category.GROUP)
        return reached

    def on(self, day):
        """Branches in being on `day`: those with a place. One reopened was nowhere while it was dissolved."""
        return self.filter(pk__in=BranchPlacement.objects.on(day).order_by().values("branch"))

    def within_on(self, unit, day):
        """As `within`, in the tree of `day`: branches where they sat then, or last before it; so units."""
        place = unit.placements.as_known_on(day).first()
        if place is None:
            return self.none()
        # Which rows are the last known is settled before any is left out for where it is.
        hung = UnitPlacement.objects.filter(pk__in=UnitPlacement.objects.as_known_on(day).values("pk"))
        seats = BranchPlacement.objects.filter(pk__in=BranchPlacement.objects.as_known_on(day).values("pk"))
        units = hung.filter(within_path(place.path)).order_by().values("unit")
        return self.filter(pk__in=seats.filter(unit__in=units).order_by().values("branch"))

    def named_like(self, text):
        """Branches whose name, short name or code holds every word of `text`, or sounds like it in pinyin."""
        return self.filter(named_like(text, "name", "short_name", "code", syllables="syllables"))

    def placed_like(self, word):
        """Branches with the word in their name, or on a unit whose name begins so in pinyin: glsq."""
        typed = syllables_typed(word, begins=FROM_THE_START) if len(word) > 1 else None
        placed = Q(unit__syllables__regex=typed) if typed else Q()
        return self.filter(Q(name__contains=word) | placed)

    def live(self):
        """Branches that have not been dissolved."""
        return self.filter(dissolved_on=None)

    def formal(self):
        """Without the temporary organisations."""
        return self.exclude(kind=Kind.TEMPORARY)

    def temporary(self):
        """The 三缘型 temporary organisations."""
        return self.filter(kind=Kind.TEMPORARY)

    def holding(self):
        """Branches in which a member's 组织关系 may stand."""
        return self.formal().filter(category__in=HOLDING_CATEGORIES)


@keeps_history(exclude=["path", "syllables"])
class Branch(models.Model):
    """A Party organisation below the committees: a branch, a group of one, or a temporary organisation.

    支部工作条例（试行）2018 articles 4-8. Where it sits today is `unit`; `BranchPlacement` has every day.
    """

    code = models.CharField(
        "党组织代码",
        max_length=12,
        db_collation="C",
        validators=[RegexValidator(r"^[0-9]{12}$", "党组织代码应为12位数字（保留前面的0）")],
        help_text="12位数字，前面的0要保留；留空则自动编号",
    )
    name = TitleField("全称", max_length=200, help_text="与印章一致，一般以“中共”开头")
    short_name = TitleField("简称", max_length=60, blank=True)
    syllables = SyllablesField(of=["name", "short_name"])
    category = models.CharField("组织类别", max_length=3, choices=Category)
    kind = models.CharField("类型", max_length=20, choices=Kind)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name="所属党组织",
        help_text="党小组必填：所属的党支部",
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="branches", verbose_name="所在单位")
    path = models.CharField("路径", max_length=40, db_collation="C", editable=False)
    founded_on = models.DateField("成立日期")
    founding_document = models.CharField("批准文号", max_length=100, blank=True)
    dissolved_on = models.DateField("撤销日期", null=True, blank=True)
    dissolving_document = models.CharField("撤销文号", max_length=100, blank=True)
    # Of a branch that was dissolved for a time: its first day afterwards.
    resumed_on = models.DateField("恢复日期", null=True, editable=False)
    contact = models.CharField("联系人", max_length=100, blank=True)
    contact_phone = models.CharField("联系电话", max_length=30, blank=True)
    address = models.CharField("活动地址", max_length=200, blank=True)
    affinity = models.CharField("三缘类型", max_length=10, choices=Affinity, blank=True)
    place_type = models.CharField("依托场所", max_length=10, choices=PlaceType, blank=True)
    sponsor = models.CharField("依托（发起）单位", max_length=200, blank=True)
    purpose = models.CharField("成立目的", max_length=500, blank=True)
    approved_by = models.CharField("批准单位", max_length=200, blank=True)
    approved_on = models.DateField("批准日期", null=True, blank=True)
    expected_end_on = models.DateField("预计结束日期", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = BranchQuerySet.as_manager()

    class Meta:
        verbose_name = "党支部"
        verbose_name_plural = "党支部"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], name="branch_code_is_unique", violation_error_message="该党组织代码已被使用"
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(dissolved_on=None),
                name="branch_name_is_unique_while_live",
                violation_error_message="已有同名的党组织",
            ),
            # Referenced by members and memberships, so that their copies are kept by the database.
            models.UniqueConstraint(fields=["id", "path"], name="branch_path_for_copies"),
            models.UniqueConstraint(fields=["id", "parent"], name="branch_parent_for_groups"),
            models.CheckConstraint(
                condition=(
                    Q(kind=Kind.TEMPORARY, category__in=TEMPORARY_CATEGORIES)
                    & ~Q(affinity="")
                    & ~Q(place_type="")
                    & ~Q(sponsor="")
                    & ~Q(approved_by="")
                    & Q(approved_on__isnull=False, expected_end_on__isnull=False)
                )
                | (
                    ~Q(kind=Kind.TEMPORARY)
                    & ~Q(category__in=TEMPORARY_CATEGORIES)
                    & Q(affinity="", place_type="", expected_end_on=None)
                ),
                name="branch_temporary_is_complete",
                violation_error_message=(
                    "三缘型临时党组织须有临时类别、三缘类型、依托场所、依托单位、批准单位和日期、预计结束日期；"
                    "其他党组织不得填写这些"
                ),
            ),
            models.CheckConstraint(
                condition=~Q(category=Category.GROUP) | Q(parent__isnull=False),
                name="branch_group_has_a_branch",
                violation_error_message="党小组必须属于一个党支部",
            ),
            models.CheckConstraint(
                condition=Q(dissolved_on=None) | Q(dissolved_on__gt=F("founded_on")),
                name="branch_dissolved_after_founded",
                violation_error_message="撤销日期必须晚于成立日期",
            ),
            models.CheckConstraint(
                condition=Q(expected_end_on=None) | Q(expected_end_on__gt=F("founded_on")),
                name="branch_expected_end_after_founded",
                violation_error_message="预计结束日期必须晚于成立日期",
            ),
        ]
        indexes = [models.Index(fields=["path", "kind"], name="branch_by_path")]

    def __str__(self):
        return self.short_name or self.name

    @property
    def is_temporary(self):
        return self.kind == Kind.TEMPORARY

    @property
    def stands_since(self):
        """The day since which it has been there without a break."""
        return self.resumed_on or self.founded_on


class BranchPlacementQuerySet(PeriodQuerySet):
    def as_known_on(self, day):
        """For each branch the placement in force on `day`, or the last one before it."""
        return self.filter(since__lte=day).order_by("branch_id", "-since").distinct("branch_id")


@keeps_history(asked_by=["branch"])
class BranchPlacement(Period):
    """The unit a branch sits on, for a period."""

    branch = models.ForeignKey(Branch, models.PROTECT, related_name="placements", verbose_name="党支部")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="所在单位")
    reorganisation = models.ForeignKey(
        Reorganisation, models.PROTECT, null=True, related_name="branch_placements", verbose_name="依据"
    )

    objects = BranchPlacementQuerySet.as_manager()

    class Meta:
        verbose_name = "党支部沿革"
        verbose_name_plural = "党支部沿革"
        ordering = ["since"]
        constraints = [
            *Period.Meta.constraints,
            one_at_a_time(
                "branch_id", name="branch_in_one_place_at_a_time", message="该党支部在这段时间已有位置"
            ),
        ]

    def __str__(self):
        return f"{self.branch} @ {self.unit}（{self.since}—{self.until or ''}）"
