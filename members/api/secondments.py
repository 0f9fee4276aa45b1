"""Who is sent to help a unit: 党建工作指导员 and 交叉任职."""

from rest_framework import serializers
from rest_framework.decorators import action

from branches.gates.api import ScopedViewSet
from branches.gates.fields import ScopedRelatedField, StrictBody, StrictSerializer
from branches.gates.lookups import (
    DAY_LOOKUPS,
    EXACT,
    LookupSet,
    OnDay,
    Order,
    RowById,
    UnitAndBelow,
)
from branches.models import Employer, Unit
from branches.scope import Scope
from members.models import Member, Secondment
from members.operations import amend_secondment, end_secondment, second

VIEW, CHANGE = "members.view_secondment", "members.change_secondment"
OWN = ["role", "duty", "since", "until", "document"]


class SecondmentLine(serializers.ModelSerializer):
    who = serializers.CharField(label="姓名")
    host_name = serializers.CharField(source="host.name", label="任职单位名称")
    sender_name = serializers.CharField(source="sender.name", label="派出单位或企业名称")

    class Meta:
        model = Secondment
        fields = [
            "id",
            "member",
            "who",
            "host",
            "host_name",
            "sent_by",
            "employer",
            "sender_name",
            *OWN,
            "version",
        ]


class SecondmentBody(StrictSerializer):
    member = ScopedRelatedField(queryset=Member.objects.all(), required=False, allow_null=True, label="党员")
    host = ScopedRelatedField(queryset=Unit.objects.all(), subtrees=True, label="任职单位")
    sent_by = ScopedRelatedField(
        queryset=Unit.objects.all(), subtrees=True, required=False, allow_null=True, label="派出单位"
    )
    employer = ScopedRelatedField(
        queryset=Employer.objects.all(), required=False, allow_null=True, label="派出企业"
    )

    class Meta:
        model = Secondment
        fields = ["member", "person_name", "host", "sent_by", "employer", *OWN]


class SecondmentAmendment(StrictSerializer):
    elsewhere = dict.fromkeys(
        ("member", "person_name", "role", "host", "sent_by", "employer"),
        "谁、在哪里、任什么职不能更改，请另行登记",
    )

    class Meta:
        model = Secondment
        fields = ["duty", "since", "until", "document"]


class SecondmentEnd(StrictBody):
    on = serializers.DateField(label="结束日期", help_text="当日起不再任职。")


class EitherUnit(UnitAndBelow):
    """As the rows themselves are seen: the unit that is helped, or the one that sends."""

    def filter(self, qs, value):
        return qs.visible_in(Scope(paths=(value.path,))) if value else qs


class SecondmentFilters(LookupSet):
    unit = EitherUnit(VIEW, help_text="单位代码：任职或派出单位在该单位及其以下。")
    employer = RowById(Employer.objects.all(), VIEW, label="派出企业")
    member = RowById(Member.objects.all(), VIEW, label="党员")
    on = OnDay(label="某日", help_text="那一天在任的。")
    ordering = Order(since="since", until="until", id="id")

    class Meta:
        model = Secondment
        fields = {"role": EXACT, "since": DAY_LOOKUPS, "until": DAY_LOOKUPS}


class SecondmentViewSet(ScopedViewSet):
    """选派党建工作指导员和交叉任职：任职单位和派出单位都能看到，由任职单位的上级登记。"""

    queryset = Secondment.objects.select_related("member", "host", "sent_by", "employer")
    serializer_class = line_serializer = SecondmentLine
    filterset_class = SecondmentFilters
    verbs = {
        "retrieve": VIEW,
        "create": "members.add_secondment",
        "partial_update": CHANGE,
        "end": CHANGE,
    }
    bodies = {"create": SecondmentBody, "partial_update": SecondmentAmendment, "end": SecondmentEnd}
    versioned = frozenset({"partial_update", "end"})
    instead_of_delete = "选派记录不能删除，请提前结束：POST secondments/编号/end/"

    def require(self, row):
        super().require(row.host if self.verbs.get(self.action) == CHANGE else row)

    def create(self, request, *args, **kwargs):
        return self.created(second(values=self.body(), by=request.user))

    def partial_update(self, request, *args, **kwargs):
        row, version = self.row_as_read()
        values = self.body(partial=True)
        return self.done(amend_secondment(secondment=row, values=values, by=request.user, version=version))

    @action(detail=True, methods=["post"])
    def end(self, request, *args, **kwargs):
        """提前结束。"""
        row, version = self.row_as_read()
        told = {"by": request.user, "version": version}
        return self.done(end_secondment(secondment=row, on=self.body()["on"], **told))
