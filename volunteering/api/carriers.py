"""Carriers, the members who answer for them, and their buildings."""

from rest_framework import serializers
from rest_framework.decorators import action

from branches.gates.api import ScopedViewSet
from branches.gates.fields import ScopedRelatedField, StrictBody, StrictSerializer
from branches.gates.lookups import (
    DAY_LOOKUPS,
    EXACT,
    LookupSet,
    OnDay,
    OneBranch,
    Order,
    RowById,
    UnitAndBelow,
)
from branches.models import Branch, Unit
from core import clock
from members.models import Member
from volunteering.models import Building, Carrier, CarrierBuilding, CarrierDuty
from volunteering.operations import (
    Begun,
    amend_carrier,
    dissolve_carrier,
    end_duty,
    found_carrier,
    include_building,
    put_in_charge,
    release_building,
)

VIEW, CHANGE = "volunteering.view_carrier", "volunteering.change_carrier"
VIEW_DUTY, VIEW_INCLUSION = "volunteering.view_carrierduty", "volunteering.view_carrierbuilding"


class CarrierLine(serializers.ModelSerializer):
    unit_code = serializers.CharField(source="unit.code", label="所在地代码")
    unit_name = serializers.CharField(source="unit.name", label="所在地名称")
    branch_name = serializers.CharField(source="branch.name", label="党组织名称")

    class Meta:
        model = Carrier
        fields = ["id", "kind", "name", "branch", "branch_name", "unit", "unit_code", "unit_name", "address",
                  "founded_on", "dissolved_on", "version"]  # fmt: skip


class FoundCarrierBody(StrictSerializer):
    branch = ScopedRelatedField(queryset=Branch.objects.all(), label="所属党组织")
    unit = ScopedRelatedField(queryset=Unit.objects.all(), label="所在社区、小组或网格")
    member = ScopedRelatedField(queryset=Member.objects.all(), label="责任人")
    building = ScopedRelatedField(
        queryset=Building.objects.all(), required=False, label="楼栋", help_text="联络服务站可不填。"
    )

    class Meta:
        model = Carrier
        fields = ["kind", "name", "branch", "unit", "address", "founded_on", "member", "building"]


class AmendCarrierBody(StrictSerializer):
    class Meta:
        model = Carrier
        fields = ["name", "address"]


class DissolveCarrierBody(StrictBody):
    on = serializers.DateField(label="撤销日期")
    document = serializers.CharField(max_length=100, default="", allow_blank=True, label="文号")


class InChargeBody(StrictBody):
    member = ScopedRelatedField(queryset=Member.objects.all(), label="责任人")
    since = serializers.DateField(label="起始日期")


class IncludeBody(StrictBody):
    building = ScopedRelatedField(queryset=Building.objects.all(), label="楼栋")
    since = serializers.DateField(label="起始日期")


class EndOnBody(StrictBody):
    on = serializers.DateField(label="结束日期")


class CarrierFilters(LookupSet):
    unit = UnitAndBelow(VIEW, field_name="path")
    branch = OneBranch(VIEW, label="所属党组织")
    on = OnDay(label="当日存续")
    ordering = Order(name="name", id="id")

    class Meta:
        model = Carrier
        fields = {"kind": EXACT, "founded_on": DAY_LOOKUPS, "dissolved_on": DAY_LOOKUPS}


class CarrierViewSet(ScopedViewSet):
    """载体：联络服务站、居民楼栋党组织、党员责任区。"""

    queryset = Carrier.objects.select_related("branch", "unit")
    serializer_class = line_serializer = CarrierLine
    filterset_class = CarrierFilters
    verbs = {
        "retrieve": VIEW,
        "create": "volunteering.add_carrier",
        **dict.fromkeys(("partial_update", "in_charge", "include"), CHANGE),
        "dissolve": "volunteering.dissolve_carrier",
    }
    bodies = {
        "create": FoundCarrierBody,
        "partial_update": AmendCarrierBody,
        "in_charge": InChargeBody,
        "include": IncludeBody,
        "dissolve": DissolveCarrierBody,
    }
    versioned = frozenset({"partial_update", "dissolve"})
    instead_of_delete = "载体不能删除，不再有的请撤销：POST carriers/编号/dissolve/"

    def create(self, request, *args, **kwargs):
        values = self.body()
        begun = Begun(values.pop("member"), values.pop("building", None))
        return self.created(found_carrier(values=values, begun=begun, by=request.user, today=clock.today()))

    def partial_update(self, request, *args, **kwargs):
        carrier, version = self.row_as_read()
        values = self.body(partial=True)
        return self.done(amend_carrier(carrier=carrier, values=values, by=request.user, version=version))

    @action(detail=True, methods=["post"], url_path="in-charge")
    def in_charge(self, request, *args, **kwargs):
        """增加责任人。"""
        return self._added(put_in_charge)

    @action(detail=True, methods=["post"])
    def include(self, request, *args, **kwargs):
        """增加楼栋。"""
        return self._added(include_building)

    @action(detail=True, methods=["post"])
    def dissolve(self, request, *args, **kwargs):
        """撤销；责任人和楼栋同日结束。"""
        carrier, version = self.row_as_read()
        told = {"by": request.user, "today": clock.today(), "version": version}
        return self.done(dissolve_carrier(carrier=carrier, **self.body(), **told))

    def _added(self, operation):
        carrier = self.get_object()
        operation(carrier=carrier, **self.body(), by=self.request.user, today=clock.today())
        return self.done(carrier)


class DutyLine(serializers.ModelSerializer):
    member_name = serializers.CharField(source="member.name", label="姓名")

    class Meta:
        model = CarrierDuty
        fields = ["id", "carrier", "member", "member_name", "since", "until", "version"]


class InclusionLine(serializers.ModelSerializer):
    building_name = serializers.CharField(source="building.name", label="楼栋名称")

    class Meta:
        model = CarrierBuilding
        fields = ["id", "carrier", "building", "building_name", "since", "until", "version"]


class DutyFilters(LookupSet):
    carrier = RowById(Carrier.objects.all(), VIEW, label="载体")
    member = RowById(Member.objects.all(), VIEW_DUTY, label="责任人")
    on = OnDay(label="当日")

    class Meta:
        model = CarrierDuty
        fields = {"since": DAY_LOOKUPS, "until": DAY_LOOKUPS}


class InclusionFilters(LookupSet):
    carrier = RowById(Carrier.objects.all(), VIEW, label="载体")
    building = RowById(Building.objects.all(), "volunteering.view_building", label="楼栋")
    on = OnDay(label="当日")

    class Meta:
        model = CarrierBuilding
        fields = {"since": DAY_LOOKUPS, "until": DAY_LOOKUPS}


class CarrierDutyViewSet(ScopedViewSet):
    """载体责任人。"""

    queryset = CarrierDuty.objects.select_related("member")
    serializer_class = line_serializer = DutyLine
    filterset_class = DutyFilters
    verbs = {"retrieve": VIEW_DUTY, "end": "volunteering.change_carrierduty"}
    bodies = {"end": EndOnBody}
    versioned = frozenset({"end"})
    instead_of_delete = "责任人不能删除，请结束：POST carrier-duties/编号/end/"

    @action(detail=True, methods=["post"])
    def end(self, request, *args, **kwargs):
        """结束；没有别的责任人时列入待办。"""
        duty, version = self.row_as_read()
        told = {"by": request.user, "today": clock.today(), "version": version}
        return self.done(end_duty(duty=duty, **self.body(), **told))


class CarrierBuildingViewSet(ScopedViewSet):
    """载体的楼栋。"""

    queryset = CarrierBuilding.objects.select_related("building")
    serializer_class = line_serializer = InclusionLine
    filterset_class = InclusionFilters
    verbs = {"retrieve": VIEW_INCLUSION, "end": "volunteering.change_carrierbuilding"}
    bodies = {"end": EndOnBody}
    versioned = frozenset({"end"})
    instead_of_delete = "载体的楼栋不能删除，请结束：POST carrier-buildings/编号/end/"

    @action(detail=True, methods=["post"])
    def end(self, request, *args, **kwargs):
        """结束。"""
        inclusion, version = self.row_as_read()
        told = {"by": request.user, "today": clock.today(), "version": version}
        return self.done(release_building(inclusion=inclusion, **self.body(), **told))
