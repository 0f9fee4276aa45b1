"""Neighbours who look after each other (邻里守望): households, who looks in on them, what visits found."""

from django.db import models
from django.db.models import (
    Case,
    DateField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Least

from branches.scope import ScopedQuerySet
from core.history import keeps_history
from core.models import User
from core.periods import Period, PeriodQuerySet, one_at_a_time
from core.sealing import SealedField, SealedRow
from members.models import Member, Membership
from volunteering.models.building import Building
from volunteering.models.limits import TimeLimit
from volunteering.models.matter import GridMatter
from volunteering.models.order import ServiceOrder
from volunteering.models.sides import TwoSidedQuerySet


class Risk(models.TextChoices):
    """How closely a household is looked after."""

    HIGH = "high", "高"
    KEY = "key", "重点"
    GENERAL = "general", "一般"


# A household of high risk is looked after by two.
PAIRS_NEEDED = {Risk.HIGH: 2, Risk.KEY: 1, Risk.GENERAL: 1}


class DaysLater(Func):
    """A day and so many days more."""

    template = "(%(expressions)s)"
    arg_joiner = " + "
    output_field = DateField()


def _later(day, days):
    return DaysLater(day, Cast(Value(days), IntegerField()))


class HouseholdQuerySet(ScopedQuerySet):
    def reached_by(self, scope):
        """The households of the communities, and those that somebody of the branch is paired with."""
        if not scope.branch_ids:
            return scope.over("path")
        hers = Pairing.objects.in_force().filter(member__branch__in=scope.branch_ids)
        return scope.over("path") | Q(pk__in=hers.values("household"))

    def live(self):
        """Households that are still looked after."""
        return self.filter(ended_on=None)

    def with_due(self, day):
        """Each with `last_on`, `pairs` in force on the day, and `due_on`: by when somebody has to look in.

        Nobody has to where nobody is paired. After a serious event the visit is due within the days for that.
        """
        days = {code: limit.days for code, limit in TimeLimit.objects.by_code(day).items()}
        holding = Pairing.objects.holding(day).filter(household=OuterRef("pk")).order_by("since")
        last = Visit.objects.filter(pairing__household=OuterRef("pk")).order_by("-on")
        number = holding.order_by().values("household").annotate(n=models.Count("pk")).values("n")
        regular = Case(
            *(When(risk=risk, then=_later(F("looked_from"), days[f"visit.{risk}"])) for risk in Risk),
            output_field=DateField(),
        )
        soon = Case(
            When(
                Q(event_on__isnull=False) & (Q(last_on=None) | Q(last_on__lt=F("event_on"))),
                then=_later(F("event_on"), days["visit.event"]),
            ),
            output_field=DateField(),
        )
        return self.annotate(
            pairs=Coalesce(Subquery(number), 0),
            last_on=Subquery(last.values("on")[:1]),
            looked_from=Coalesce(F("last_on"), Subquery(holding.values("since")[:1])),
        ).annotate(due_on=Case(When(pairs__gt=0, then=Least(regular, soon)), output_field=DateField()))

    def overdue(self, day):
        """Live households where somebody should have looked in before `day`, the longest first."""
        return self.live().with_due(day).filter(due_on__lt=day).order_by("due_on", "pk")

    def short_of_pairs(self, day):
        """Live households with fewer people than their risk asks for."""
        needed = Case(*(When(risk=risk, then=Value(number)) for risk, number in PAIRS_NEEDED.items()))
        return self.live().with_due(day).annotate(needed=needed).filter(pairs__lt=F("needed"))


@keeps_history(exclude=["path"])
class Household(SealedRow):
    """A home that neighbours look after. Who lives there, where exactly and what she needs is sealed."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="households", verbose_name="楼栋")
    path = models.CharField("路径", max_length=40, db_collation="C", editable=False)
    room = SealedField("门牌")
    resident = SealedField("姓名")
    phone = SealedField("电话", null=True, blank=True)
    needs = SealedField("情况和需要", null=True, blank=True)
    risk = models.CharField("关注程度", max_length=10, choices=Risk, default=Risk.GENERAL)
    event_on = models.DateField("最近一次重大变故", null=True, editable=False)
    ended_on = models.DateField("结束日期", null=True, editable=False)
    end_reason = models.CharField("结束原因", max_length=200, blank=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = "守望户"
        verbose_name_plural = "守望户"
        ordering = ["path", "building", "pk"]

    def __str__(self):
        # Also for the audit, which may be read by who sees no household.
        return f"守望户第{self.pk}户"

    @property
    def title(self) -> str:
        """Where and who, for who may see the household."""
        return f"{self.building} {self.get_sealed('room')} {self.get_sealed('resident')}"


class Consent(models.TextChoices):
    WRITTEN = "written", "书面同意"
    SPOKEN = "spoken", "当面口头同意"
    FAMILY = "family", "家属代为同意"


class PairingQuerySet(TwoSidedQuerySet, PeriodQuerySet):
    """Seen in the household's community, and while it lasts at the branch of the member who is paired."""

    paths, branches = ("household__path",), ("member__branch",)
    while_true = Q(until=None)

    def holding(self, day):
        """Pairings of the day whose member is on the roster that day: nobody dead looks after anybody."""
        related = Membership.objects.on(day).filter(member=OuterRef("member"))
        return self.on(day).filter(Exists(related))


@keeps_history(asked_by=["household"])
class Pairing(Period):
    """A member looks after a household that has consented to it."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="pairings", verbose_name="守望户")
    member = models.ForeignKey(Member, models.PROTECT, related_name="pairings", verbose_name="党员")
    consent = models.CharField("同意方式", max_length=10, choices=Consent)
    consent_on = models.DateField("同意日期")
    override = models.CharField(
        "不在附近的理由", max_length=200, blank=True, help_text="党员不住在、也不服务于本社区的必填"
    )
    end_reason = models.CharField("结束原因", max_length=200, blank=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = PairingQuerySet.as_manager()

    class Meta:
        verbose_name = "结对"
        verbose_name_plural = "结对"
        ordering = ["-since", "-pk"]
        constraints = [
            *Period.Meta.constraints,
            one_at_a_time(
                "household_id", "member_id", name="paired_once_at_a_time", message="该党员已与该户结对"
            ),
            models.CheckConstraint(
                condition=Q(consent_on__lte=F("since")),
                name="paired_after_consent",
                violation_error_message="同意日期不能晚于结对日期",
            ),
        ]

    def __str__(self):
        return f"{self.member} — {self.household}"


class VisitWay(models.TextChoices):
    HOME = "home", "上门"
    PHONE = "phone", "电话"
    OUTSIDE = "outside", "楼下见面"


class Found(models.TextChoices):
    """What a visit found."""

    WELL = "well", "平安"
    NEEDS = "needs", "需要帮助"
    ABSENT = "absent", "没有见到人"
    URGENT = "urgent", "情况紧急"


class VisitQuerySet(TwoSidedQuerySet):
    """Seen by who sees the pairing."""

    paths, branches = ("pairing__household__path",), ("pairing__member__branch",)
    while_true = Q(pairing__until=None)

    def verified(self):
        """Visits that somebody else has confirmed."""
        return self.filter(verified_by__isnull=False)


@keeps_history()
class Visit(SealedRow):
    """A member looked in on the household she is paired with. Counts once somebody else has verified it."""

    pairing = models.ForeignKey(
        Pairing, models.PROTECT, related_name="visits", editable=False, verbose_name="结对"
    )
    on = models.DateField("日期")
    way = models.CharField("方式", max_length=10, choices=VisitWay, default=VisitWay.HOME)
    found = models.CharField("情况", max_length=10, choices=Found, default=Found.WELL)
    finding = SealedField("说明", null=True, editable=False)
    order = models.ForeignKey(
        ServiceOrder,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="visits",
        verbose_name="转成的服务单",
    )
    matter = models.ForeignKey(
        GridMatter,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="visits",
        verbose_name="转成的网格事项",
    )
    recorded_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="登记人"
    )
    verified_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="核实人"
    )
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = "走访"
        verbose_name_plural = "走访"
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["pairing", "on"],
                name="one_visit_of_a_pairing_a_day",
                violation_error_message="当日的走访已登记",
            ),
            models.CheckConstraint(
                condition=Q(verified_by=None) | Q(recorded_by=None) | ~Q(verified_by=F("recorded_by")),
                name="visit_verified_by_somebody_else",
                violation_error_message="登记人不能核实自己登记的走访",
            ),
        ]

    def __str__(self):
        return f"{self.on} 走访{self.pairing.household}"
