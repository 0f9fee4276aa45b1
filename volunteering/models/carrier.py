"""Carriers (载体): liaison stations, Party organisations of buildings, areas of responsibility."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from branches.models import Branch, Unit
from branches.scope import ScopedQuerySet
from core.history import keeps_history
from core.periods import Period, PeriodQuerySet, one_at_a_time
from core.titles import TitleField
from members.models import Member, Membership
from volunteering.models.building import Building


class CarrierKind(models.TextChoices):
    STATION = "station", "联络服务站"
    BUILDING_BRANCH = "building_branch", "居民楼栋党组织"
    AREA = "area", "党员责任区"


class CarrierQuerySet(ScopedQuerySet):
    def on(self, day):
        """Carriers in being on `day`."""
        return self.filter(Q(dissolved_on=None) | Q(dissolved_on__gt=day), founded_on__lte=day)

    def live(self):
        """Carriers that have not been dissolved."""
        return self.filter(dissolved_on=None)

    def without_anybody(self, day):
        """Carriers of the day for which nobody on the roster that day answers."""
        answering = CarrierDuty.objects.holding(day).filter(carrier=OuterRef("pk"))
        return self.on(day).filter(~Exists(answering))


@keeps_history(exclude=["path"])
class Carrier(models.Model):
    """A place or an area through which a branch works among the residents, with who answers for it.

    It counts at its branch; its buildings lie in its unit.
    """

    kind = models.CharField("类型", max_length=16, choices=CarrierKind)
    name = TitleField("名称", max_length=100)
    branch = models.ForeignKey(
        Branch,
        models.PROTECT,
        related_name="carriers",
        verbose_name="所属党组织",
        help_text="统计时计在它所在的单位",
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="carriers", verbose_name="所在社区、小组或网格"
    )
    path = models.CharField("路径", max_length=40, db_collation="C", editable=False)
    address = models.CharField("地址", max_length=200, blank=True)
    founded_on = models.DateField("设立日期")
    dissolved_on = models.DateField("撤销日期", null=True, editable=False)
    dissolving_document = models.CharField("撤销依据", max_length=100, blank=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = CarrierQuerySet.as_manager()

    class Meta:
        verbose_name = "载体"
        verbose_name_plural = "载体"
        ordering = ["path", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                condition=Q(dissolved_on=None),
                name="carrier_name_once_at_a_unit",
                violation_error_message="这里已有同名的载体",
            ),
            models.CheckConstraint(
                condition=Q(dissolved_on=None) | Q(dissolved_on__gt=F("founded_on")),
                name="carrier_dissolved_after_founded",
                violation_error_message="撤销日期必须晚于设立日期",
            ),
        ]

    def __str__(self):
        return self.name


class OfCarrierQuerySet(ScopedQuerySet, PeriodQuerySet):
    path_field, branch_field = "carrier__path", "carrier__branch"


@keeps_history(asked_by=["carrier"])
class CarrierBuilding(Period):
    """A building belongs to a carrier for a period; to one Party organisation of buildings at a time."""

    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="buildings", verbose_name="载体")
    building = models.ForeignKey(Building, models.PROTECT, related_name="carriers", verbose_name="楼栋")
    # The carrier's, which never changes.
    kind = models.CharField("类型", max_length=16, choices=CarrierKind, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = OfCarrierQuerySet.as_manager()

    class Meta:
        verbose_name = "载体的楼栋"
        verbose_name_plural = "载体的楼栋"
        ordering = ["-since", "-pk"]
        constraints = [
            *Period.Meta.constraints,
            one_at_a_time(
                "carrier_id", "building_id", name="building_once_in_a_carrier", message="该楼栋已在该载体"
            ),
            one_at_a_time(
                "building_id",
                name="building_in_one_party_organisation",
                message="该楼栋这段时间已属于另一个居民楼栋党组织",
                condition=Q(kind=CarrierKind.BUILDING_BRANCH),
            ),
        ]

    def __str__(self):
        return f"{self.building} @ {self.carrier}"


class CarrierDutyQuerySet(OfCarrierQuerySet):
    def holding(self, day):
        """Who really answers on the day: on the roster that day, for a carrier in being."""
        related = Membership.objects.on(day).filter(member=OuterRef("member"))
        return self.on(day).filter(Exists(related), carrier__in=Carrier.objects.on(day))


@keeps_history(asked_by=["carrier"])
class CarrierDuty(Period):
    """A member answers for a carrier for a period."""

    carrier = models.ForeignKey(Carrier, models.PROTECT, related_name="duties", verbose_name="载体")
    member = models.ForeignKey(Member, models.PROTECT, related_name="carrier_duties", verbose_name="责任人")
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = CarrierDutyQuerySet.as_manager()

    class Meta:
        verbose_name = "载体责任人"
        verbose_name_plural = "载体责任人"
        ordering = ["-since", "-pk"]
        constraints = [
            *Period.Meta.constraints,
            one_at_a_time(
                "carrier_id", "member_id", name="answers_once_for_a_carrier", message="该党员已是责任人"
            ),
        ]

    def __str__(self):
        return f"{self.member} @ {self.carrier}"
