"""Buildings, households, pairings, visits: told in their community and at the paired member's branch."""

from rest_framework import serializers
from rest_framework.decorators import action

from branches.gates.api import ScopedViewSet
from branches.gates.fields import ScopedRelatedField, StrictBody, StrictSerializer
from branches.gates.lookups import DAY_LOOKUPS, EXACT, LookupSet, Order, RowById, UnitAndBelow, YesNo
from branches.models import Unit
from core import clock
from members.models import Member
from volunteering.api.orders import VIEW_ITEM, NothingBody
from volunteering.models import (
    Building,
    Consent,
    Found,
    Household,
    MatterKind,
    Pairing,
    Risk,
    ServiceItem,
    Slot,
    Urgency,
    Visit,
    VisitWay,
)
from volunteering.operations import (
    Agreed,
    Looked,
    add_building,
    add_household,
    amend_building,
    amend_household,
    end_household,
    end_pairing,
    matter_from_visit,
    note_event,
    order_from_visit,
    pair,
    record_visit,
    verify_visit,
)

VIEW_BUILDING, VIEW = "volunteering.view_building", "volunteering.view_household"
CHANGE = "volunteering.change_household"
VIEW_PAIRING, VIEW_VISIT = "volunteering.view_pairing", "volunteering.view_visit"
ADD_VISIT = "volunteering.add_visit"
SEALED = ("room", "resident", "phone", "needs")


class BuildingLine(serializers.ModelSerializer):
    unit_code = serializers.CharField(source="unit.code", label="所在地代码")
    unit_name = serializers.CharField(source="unit.name", label="所在地名称")

    class Meta:
        model = Building
        fields = ["id", "name", "unit", "unit_code", "unit_name", "gone_on", "version"]


class BuildingBody(StrictSerializer):
    unit = ScopedRelatedField(queryset=Unit.objects.all(), subtrees=True, label="所在网格、小组或社区")

    class Meta:
        model = Building
        fields = ["name", "unit"]


class BuildingChange(BuildingBody):
    class Meta(BuildingBody.Meta):
        fields = ["name", "unit", "gone_on"]


class BuildingFilters(LookupSet):
    unit = UnitAndBelow(VIEW_BUILDING, field_name="path")
    ordering = Order(name="name", id="id")

    class Meta:
        model = Building
        fields = {"gone_on": DAY_LOOKUPS}


class BuildingViewSet(ScopedViewSet):
    """楼栋：每栋在一个网格（小组、社区）里。"""

    queryset = Building.objects.select_related("unit")
    serializer_class = line_serializer = BuildingLine
    filterset_class = BuildingFilters
    verbs = {
        "retrieve": VIEW_BUILDING,
        "create": "volunteering.add_building",
        "partial_update": "volunteering.change_building",
    }
    bodies = {"create": BuildingBody, "partial_update": BuildingChange}
    versioned = frozenset({"partial_update"})
    instead_of_delete = "楼栋不能删除，拆除了的请填 gone_on"

    def create(self, request, *args, **kwargs):
        return self.created(add_building(values=self.body(), by=request.user))

    def partial_update(self, request, *args, **kwargs):
        building, version = self.row_as_read()
        told = {"by": request.user, "today": clock.today(), "version": version}
        return self.done(amend_building(building=building, values=self.body(partial=True), **told))


class HouseholdLine(serializers.ModelSerializer):
    building_name = serializers.CharField(source="building.name", label="楼栋名称")
    pairs = serializers.IntegerField(label="结对党员数")
    last_on = serializers.DateField(allow_null=True, label="上次走访")
    due_on = serializers.DateField(allow_null=True, label="最迟走访")

    class Meta:
        model = Household
        fields = ["id", "building", "building_name", "risk", "pairs", "last_on", "due_on", "event_on",
                  "ended_on", "version"]  # fmt: skip


class HouseholdDetail(HouseholdLine):
    room = serializers.SerializerMethodField(label="门牌")
    resident = serializers.SerializerMethodField(label="姓名")
    phone = serializers.SerializerMethodField(label="电话")
    needs = serializers.SerializerMethodField(label="情况和需要")

    class Meta(HouseholdLine.Meta):
        fields = [*HouseholdLine.Meta.fields, *SEALED, "end_reason"]

    def get_room(self, household) -> str:
        return household.get_sealed("room")

    def get_resident(self, household) -> str:
        return household.get_sealed("resident")

    def get_phone(self, household) -> str:
        return household.get_sealed("phone")

    def get_needs(self, household) -> str:
        return household.get_sealed("needs")


class HouseholdBody(StrictBody):
    building = ScopedRelatedField(queryset=Building.objects.live(), label="楼栋")
    risk = serializers.ChoiceField(Risk.choices, default=Risk.GENERAL, label="关注程度")
    room = serializers.CharField(max_length=50, label="门牌")
    resident = serializers.CharField(max_length=50, label="姓名")
    phone = serializers.CharField(max_length=30, default="", allow_blank=True, label="电话")
    needs = serializers.CharField(max_length=500, default="", allow_blank=True, label="情况和需要")


class PairBody(StrictBody):
    member = ScopedRelatedField(queryset=Member.objects.all(), label="党员")
    since = serializers.DateField(label="结对日期")
    consent = serializers.ChoiceField(Consent.choices, label="同意方式")
    consent_on = serializers.DateField(label="同意日期")
    override = serializers.CharField(max_length=200, default="", allow_blank=True, label="不在附近的理由")


class EventBody(StrictBody):
    on = serializers.DateField(label="日期")


class EndWithReasonBody(EventBody):
    reason = serializers.CharField(max_length=200, label="原因")


class Overdue(YesNo):
    """Whether somebody should have looked in before today."""

    def filter(self, qs, value):
        if value in (None, ""):
            return qs
        late = Household.objects.overdue(clock.today()).values("pk")
        return qs.filter(pk__in=late) if value else qs.exclude(pk__in=late)


class HouseholdFilters(LookupSet):
    unit = UnitAndBelow(VIEW, field_name="path")
    building = RowById(Building.objects.all(), VIEW_BUILDING, label="楼栋")
    overdue = Overdue(label="该走访了")
    ordering = Order(id="id")

    class Meta:
        model = Household
        fields = {"risk": EXACT, "ended_on": DAY_LOOKUPS}


class HouseholdViewSet(ScopedViewSet):
    """守望户：只有所在社区和结对党员所在党支部看得到。"""

    queryset = Household.objects.select_related("building")
    serializer_class, line_serializer = HouseholdDetail, HouseholdLine
    filterset_class = HouseholdFilters
    verbs = {
        "retrieve": VIEW,
        "create": "volunteering.add_household",
        "pair": "volunteering.add_pairing",
        **dict.fromkeys(("partial_update", "event", "end"), CHANGE),
    }
    bodies = {
        **dict.fromkeys(("create", "partial_update"), HouseholdBody),
        "pair": PairBody,
        "event": EventBody,
        "end": EndWithReasonBody,
    }
    versioned = frozenset({"partial_update", "event", "end"})
    instead_of_delete = "守望户不能删除，不再需要的请结束：POST households/编号/end/"

    def lines(self, rows):
        return rows.with_due(clock.today())

    def get_object(self):
        # Read again, with what its page tells besides.
        return self.queryset.with_due(clock.today()).get(pk=super().get_object().pk)

    def create(self, request, *args, **kwargs):
        return self.created(add_household(values=self.body(), by=request.user))

    def partial_update(self, request, *args, **kwargs):
        return self._changed(amend_household, values=lambda body: {"values": body}, partial=True)

    @action(detail=True, methods=["post"])
    def pair(self, request, *args, **kwargs):
        """结对：须有住户的同意。"""
        household, body = self.get_object(), self.body()
        agreed = Agreed(body["consent"], body["consent_on"], body["override"])
        told = {"by": request.user, "today": clock.today()}
        pair(household=household, member=body["member"], since=body["since"], agreed=agreed, **told)
        return self.done(household)

    @action(detail=True, methods=["post"])
    def event(self, request, *args, **kwargs):
        """登记重大变故：一天内须走访。"""
        return self._changed(note_event, today=clock.today())

    @action(detail=True, methods=["post"])
    def end(self, request, *args, **kwargs):
        """结束守望，写明原因；结对同日结束。"""
        return self._changed(end_household, today=clock.today())

    def _changed(self, operation, *, values=dict, partial=False, **told):
        household, version = self.row_as_read()
        given = values(self.body(partial=partial))
        return self.done(
            operation(household=household, **given, **told, by=self.request.user, version=version)
        )

    def _reply(self, row, code):
        shown = self.queryset.with_due(clock.today()).get(pk=row.pk)
        return super()._reply(shown, code)


class PairingLine(serializers.ModelSerializer):
    member_name = serializers.CharField(source="member.name", label="姓名")

    class Meta:
        model = Pairing
        fields = ["id", "household", "member", "member_name", "since", "until", "consent", "consent_on",
                  "override", "end_reason", "version"]  # fmt: skip


class VisitBody(StrictBody):
    on = serializers.DateField(label="日期")
    way = serializers.ChoiceField(VisitWay.choices, default=VisitWay.HOME, label="方式")
    found = serializers.ChoiceField(Found.choices, default=Found.WELL, label="情况")
    finding = serializers.CharField(max_length=500, default="", allow_blank=True, label="说明")


class PairingFilters(LookupSet):
    household = RowById(Household.objects.all(), VIEW, label="守望户")
    member = RowById(Member.objects.all(), VIEW_PAIRING, label="党员")
    ordering = Order(id="id", since="since")

    class Meta:
        model = Pairing
        fields = {"since": DAY_LOOKUPS, "until": DAY_LOOKUPS}


class PairingViewSet(ScopedViewSet):
    """结对：党员和守望户。"""

    queryset = Pairing.objects.select_related("member", "household")
    serializer_class = line_serializer = PairingLine
    filterset_class = PairingFilters
    verbs = {"retrieve": VIEW_PAIRING, "end": "volunteering.change_pairing", "visit": ADD_VISIT}
    bodies = {"end": EndWithReasonBody, "visit": VisitBody}
    versioned = frozenset({"end"})
    instead_of_delete = "结对不能删除，不再结对的请结束：POST pairings/编号/end/"

    @action(detail=True, methods=["post"])
    def end(self, request, *args, **kwargs):
        """结束结对，写明原因。"""
        pairing, version = self.row_as_read()
        told = {"by": request.user, "today": clock.today(), "version": version}
        return self.done(end_pairing(pairing=pairing, **self.body(), **told))

    @action(detail=True, methods=["post"])
    def visit(self, request, *args, **kwargs):
        """登记走访：须在结对期间，同一天只登记一次。"""
        pairing = self.get_object()
        record_visit(pairing=pairing, looked=Looked(**self.body()), by=request.user, today=clock.today())
        return self.done(pairing)


class VisitLine(serializers.ModelSerializer):
    household = serializers.IntegerField(source="pairing.household_id", label="守望户")
    member_name = serializers.CharField(source="pairing.member.name", label="姓名")
    verified = serializers.SerializerMethodField(label="已核实")

    class Meta:
        model = Visit
        fields = ["id", "pairing", "household", "member_name", "on", "way", "found", "order", "matter",
                  "verified", "version"]  # fmt: skip

    def get_verified(self, visit) -> bool:
        return visit.verified_by_id is not None


class VisitDetail(VisitLine):
    finding = serializers.SerializerMethodField(label="说明")

    class Meta(VisitLine.Meta):
        fields = [*VisitLine.Meta.fields, "finding"]

    def get_finding(self, visit) -> str:
        return visit.get_sealed("finding")


class VisitOrderBody(StrictBody):
    item = ScopedRelatedField(queryset=ServiceItem.objects.all(), verb=VIEW_ITEM, label="服务项目")
    wanted_on = serializers.DateField(label="希望日期")
    slot = serializers.ChoiceField(Slot.choices, default=Slot.MORNING, label="时段")
    detail = serializers.CharField(max_length=300, default="", allow_blank=True, label="具体要求")


class VisitMatterBody(StrictBody):
    kind = serializers.ChoiceField(MatterKind.choices, label="类别")
    urgency = serializers.ChoiceField(Urgency.choices, default=Urgency.ORDINARY, label="紧急程度")
    subject = serializers.CharField(max_length=60, label="事项", help_text="不写住户姓名。")
    detail = serializers.CharField(max_length=1000, default="", allow_blank=True, label="具体情况")


class VisitFilters(LookupSet):
    household = RowById(Household.objects.all(), VIEW, field_name="pairing__household", label="守望户")
    unverified = YesNo(field_name="verified_by", lookup_expr="isnull", label="待核实")
    ordering = Order(id="id", on="on")

    class Meta:
        model = Visit
        fields = {"on": DAY_LOOKUPS, "found": EXACT}


class VisitViewSet(ScopedViewSet):
    """走访：经他人核实后计入发挥作用。"""

    queryset = Visit.objects.select_related("pairing__member", "pairing__household")
    serializer_class, line_serializer = VisitDetail, VisitLine
    filterset_class = VisitFilters
    verbs = {
        "retrieve": VIEW_VISIT,
        "verify": "volunteering.verify_visit",
        **dict.fromkeys(("order", "matter"), ADD_VISIT),
    }
    bodies = {"verify": NothingBody, "order": VisitOrderBody, "matter": VisitMatterBody}
    versioned = frozenset({"order", "matter"})
    instead_of_delete = "走访记录不能删除"

    @action(detail=True, methods=["post"])
    def verify(self, request, *args, **kwargs):
        """核实：登记人不能核实自己登记的。"""
        visit = self.get_object()
        self.body()
        return self.done(verify_visit(visit=visit, by=request.user))

    @action(detail=True, methods=["post"])
    def order(self, request, *args, **kwargs):
        """转成服务单：住户的姓名、电话和地址会告诉派单和上门的人。"""
        return self._followed(order_from_visit)

    @action(detail=True, methods=["post"])
    def matter(self, request, *args, **kwargs):
        """转成网格事项：不带住户姓名。"""
        return self._followed(matter_from_visit)

    def _followed(self, operation):
        visit, version = self.row_as_read()
        told = {"by": self.request.user, "today": clock.today(), "version": version}
        return self.done(operation(visit=visit, values=self.body(), **told))
