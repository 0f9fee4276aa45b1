"""What enterprises promised, and what of it has come."""

from rest_framework import serializers
from rest_framework.decorators import action

from branches.gates.api import ScopedViewSet
from branches.gates.fields import ScopedRelatedField, StrictBody, StrictSerializer
from branches.gates.lookups import (
    DAY_LOOKUPS,
    EXACT,
    LookupSet,
    Order,
    RowById,
    StateOn,
    UnitAndBelow,
)
from branches.models import Delivery, Employer, Pledge, PledgeState, Unit
from branches.operations import amend_pledge, deliver, pledge
from core import clock

VIEW, CHANGE = "branches.view_pledge", "branches.change_pledge"
OWN = ["kind", "what", "amount", "due_on", "document", "note"]


class DeliveryShown(serializers.ModelSerializer):
    class Meta:
        model = Delivery
        fields = ["on", "amount", "note"]


class PledgeLine(serializers.ModelSerializer):
    employer_name = serializers.CharField(source="employer.name", label="承诺企业名称")
    unit_name = serializers.CharField(source="unit.name", label="受益单位名称")
    state = serializers.SerializerMethodField(label="状态", help_text="按今天推算。")

    class Meta:
        model = Pledge
        fields = [
            "id",
            "employer",
            "employer_name",
            "unit",
            "unit_name",
            *OWN,
            "delivered",
            "state",
            "version",
        ]

    def get_state(self, row) -> PledgeState:
        return row.state(clock.today())


class PledgeDetail(PledgeLine):
    deliveries = DeliveryShown(many=True, label="兑现记录")

    class Meta(PledgeLine.Meta):
        fields = [*PledgeLine.Meta.fields, "deliveries"]


class PledgeBody(StrictSerializer):
    elsewhere = {
        "delivered": "兑现请用 POST pledges/编号/deliver/，写明日期和数量",
        "state": "状态由期限和兑现记录推算，不能填写",
    }
    employer = ScopedRelatedField(queryset=Employer.objects.all(), label="承诺企业")
    unit = ScopedRelatedField(queryset=Unit.objects.all(), subtrees=True, label="受益单位")

    class Meta:
        model = Pledge
        fields = ["employer", "unit", *OWN]


class PledgeAmendment(StrictSerializer):
    elsewhere = {**PledgeBody.elsewhere, "employer": "承诺企业不能更改", "unit": "受益单位不能更改"}

    class Meta:
        model = Pledge
        fields = OWN


class DeliveryBody(StrictBody):
    on = serializers.DateField(label="兑现日期")
    amount = serializers.DecimalField(max_digits=12, decimal_places=2, label="本次数量")
    note = serializers.CharField(max_length=200, default="", allow_blank=True, label="说明")


class PledgeFilters(LookupSet):
    unit = UnitAndBelow(VIEW, field_name="unit__path")
    employer = RowById(Employer.objects.all(), VIEW, label="承诺企业")
    state = StateOn(choices=PledgeState.choices, label="状态", help_text="按今天推算。")
    ordering = Order(due_on="due_on", amount="amount", id="id")

    class Meta:
        model = Pledge
        fields = {"kind": EXACT, "due_on": DAY_LOOKUPS}


class PledgeViewSet(ScopedViewSet):
    """移交企业承诺的场所、经费和人员。"""

    queryset = Pledge.objects.select_related("employer", "unit")
    serializer_class, line_serializer = PledgeDetail, PledgeLine
    filterset_class = PledgeFilters
    verbs = {
        "retrieve": VIEW,
        "create": "branches.add_pledge",
        "partial_update": CHANGE,
        "deliver": CHANGE,
    }
    bodies = {"create": PledgeBody, "partial_update": PledgeAmendment, "deliver": DeliveryBody}
    versioned = frozenset({"partial_update", "deliver"})
    instead_of_delete = "承诺不能删除，登记有误请更正：PATCH pledges/编号/"

    def create(self, request, *args, **kwargs):
        values = self.body()
        employer, unit = values.pop("employer"), values.pop("unit")
        return self.created(pledge(employer=employer, unit=unit, values=values, by=request.user))

    def partial_update(self, request, *args, **kwargs):
        row, version = self.row_as_read()
        values = self.body(partial=True)
        return self.done(amend_pledge(pledge=row, values=values, by=request.user, version=version))

    @action(detail=True, methods=["post"])
    def deliver(self, request, *args, **kwargs):
        """登记兑现：哪一天兑现了多少，累计不能超过承诺。"""
        row, version = self.row_as_read()
        return self.done(
            deliver(pledge=row, values=self.body(), by=request.user, today=clock.today(), version=version)
        )
