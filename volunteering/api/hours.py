"""Hours of service, and their confirmation by somebody else."""

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from branches.gates.api import ScopedViewSet
from branches.gates.fields import ScopedRelatedField, UndoBody
from branches.gates.lookups import DAY_LOOKUPS, LookupSet, Order, RowById, UnitAndBelow, YesNo
from core import clock
from members.models import Member
from volunteering.api.orders import CompleteBody, NothingBody
from volunteering.models import HourEntry
from volunteering.operations import Worked, record_hours, undo_hours, verify_hours

VIEW = "volunteering.view_hourentry"
LINE = ["id", "member", "member_name", "order", "on", "began", "ended", "minutes", "occasion", "verified"]


class HourEntryLine(serializers.ModelSerializer):
    member_name = serializers.CharField(source="member.name", label="姓名")
    minutes = serializers.IntegerField(label="分钟数")
    verified = serializers.SerializerMethodField(label="已核实")

    class Meta:
        model = HourEntry
        fields = LINE

    def get_verified(self, entry) -> bool:
        return entry.verified_by_id is not None


class RecordBody(CompleteBody):
    member = ScopedRelatedField(queryset=Member.objects.all(), label="党员")


class MemberShown(serializers.Serializer):
    member = serializers.IntegerField(label="党员")


class HourFilters(LookupSet):
    unit = UnitAndBelow(VIEW, field_name="member__path")
    member = RowById(Member.objects.all(), VIEW, label="党员")
    unverified = YesNo(field_name="verified_by", lookup_expr="isnull", label="待核实")
    ordering = Order(on="on", id="id")

    class Meta:
        model = HourEntry
        fields = {"on": DAY_LOOKUPS}


class HourEntryViewSet(ScopedViewSet):
    """服务时间：来自服务单或事后登记，经他人核实后才计入。"""

    queryset = HourEntry.objects.select_related("member")
    serializer_class = line_serializer = HourEntryLine
    filterset_class = HourFilters
    verbs = {
        "retrieve": VIEW,
        "create": "volunteering.add_hourentry",
        **dict.fromkeys(("verify", "undo"), "volunteering.verify_hourentry"),
    }
    bodies = {"create": RecordBody, "verify": NothingBody, "undo": UndoBody}
    replies = {"undo": MemberShown}
    instead_of_delete = "服务时间不能删除"

    def create(self, request, *args, **kwargs):
        values = self.body()
        member = values.pop("member")
        return self.created(
            record_hours(
                member=member,
                worked=Worked(**values),
                by=request.user,
                today=clock.today(),
                now=clock.now(),
            )
        )

    @action(detail=True, methods=["post"])
    def verify(self, request, *args, **kwargs):
        """核实：登记人不能核实自己登记的。"""
        entry = self.get_object()
        self.body()
        return self.done(verify_hours(entry=entry, by=request.user))

    @action(detail=True, methods=["post"])
    def undo(self, request, *args, **kwargs):
        """撤回登记有误的服务时间；服务单和轮值的随它们保留。"""
        entry = self.get_object()
        done = undo_hours(entry=entry, **self.body(), by=request.user)
        return Response({"member": done.pk})
