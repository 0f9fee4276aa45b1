"""The API of who is on the lists of hand-overs: read, corrected line by line, taken back."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action

from branches.gates.api import ScopedViewSet
from branches.gates.fields import PartialDateField, StrictBody, UndoBody
from branches.gates.lookups import (
    DAY_LOOKUPS,
    EXACT,
    ChoiceIn,
    LookupSet,
    OneBranch,
    Order,
    RowById,
    UnitAndBelow,
    Words,
    YesNo,
)
from branches.gates.permission import scope_for
from core import clock
from members.gates import id_shown
from members.models import Handover, HandoverPerson
from members.models.handover import HandoverPersonQuerySet
from members.operations import (
    correct_person,
    undo_acceptance,
)
from members.operations.handovers.cells import LABELS
from members.states import OUTCOME_NAMES

VIEW, RECEIVE = "members.view_handover", "members.receive_handover"
SEE_PEOPLE = "members.view_handoverperson"


def cell(name):
    """One column of a row of the list, as text."""
    return serializers.CharField(max_length=500, required=False, allow_blank=True, label=LABELS[name])


class RowBody(StrictBody):
    """A row of the list: text as the enterprise wrote it; what cannot be read is kept with its complaints."""

    def get_fields(self):
        return {name: cell(name) for name in LABELS}


class Complaint(serializers.Serializer):
    field = serializers.CharField(label="栏目")
    detail = serializers.CharField(label="说明")


class PersonLine(serializers.ModelSerializer):
    handover_document = serializers.CharField(source="handover.document", label="移交文号")
    id_masked = serializers.SerializerMethodField(label="身份证号（后四位）")
    birth_on = PartialDateField("birth", label="出生日期")
    joined_on = PartialDateField("joined", label="入党日期")
    full_on = PartialDateField("full", label="转正日期")
    unit_name = serializers.CharField(source="unit.name", label="接收社区名称")
    archives_at = serializers.SerializerMethodField(label="人事档案存放地")
    due_on = serializers.DateField(label="应在此日前办理")
    complaints = serializers.SerializerMethodField(label="问题", help_text="只给能办理的人看。")

    class Meta:
        model = HandoverPerson
        fields = [
            "id", "handover", "handover_document", "serial", "name", "sex", "id_masked", "birth_on",
            "joined_on", "full_on", "standing", "wanted_unit", "wanted_branch", "unit", "unit_name", "branch",
            "group", "address", "archives_at", "listed_on", "due_on", "outcome", "answered_on", "reason",
            "remark", "complaints", "version",
        ]  # fmt: skip

    def get_id_masked(self, line) -> str:
        user = self.context["request"].user
        return id_shown(user, line.id_last4, path=line.unit.path, branch=line.branch_id)

    def get_archives_at(self, line) -> str:
        return line.archives

    @extend_schema_field(Complaint(many=True))
    def get_complaints(self, line):
        scope = scope_for(self.context["request"].user, RECEIVE)
        return line.complaints if scope.reaches(line.unit.path, line.branch_id) else []


class PersonFilters(LookupSet):
    handover = RowById(Handover.objects.all(), VIEW, label="移交批次")
    unit = UnitAndBelow(SEE_PEOPLE, field_name="unit__path", help_text="单位代码：在该单位及其以下接收的。")
    branch = OneBranch(SEE_PEOPLE, label="党支部")
    outcome__in = ChoiceIn(field_name="outcome", choices=list(OUTCOME_NAMES.items()), label="结果（多个）")
    overdue = YesNo(method="only_overdue", label="超期未办理")
    search = Words(HandoverPersonQuerySet.search, help_text="姓名、拼音、首字母，身份证号全号或后四位。")
    ordering = Order(serial="serial", name="sort_key", listed_on="listed_on", id="id")

    class Meta:
        model = HandoverPerson
        fields = {
            **dict.fromkeys(("outcome", "reason", "sex"), EXACT),
            **dict.fromkeys(("listed_on", "answered_on"), DAY_LOOKUPS),
        }

    def only_overdue(self, queryset, name, value):
        late = queryset.overdue(clock.today())
        return late if value == "true" or value is True else queryset.exclude(pk__in=late.values("pk"))


class HandoverPersonViewSet(ScopedViewSet):
    """移交名单上的人。添加、接收、退回：POST handovers/编号/people|accept|return/。"""

    queryset = HandoverPerson.objects.select_related("handover", "unit").defer(
        "raw", "id_number", "spellings", "more"
    )
    serializer_class = line_serializer = PersonLine
    filterset_class = PersonFilters
    verbs = {"retrieve": SEE_PEOPLE, "partial_update": RECEIVE, "undo": RECEIVE}
    bodies = {"partial_update": RowBody, "undo": UndoBody}
    versioned = frozenset({"partial_update", "undo"})
    instead_of_delete = "名单不能删除：退回请用 POST handovers/编号/return/"

    def partial_update(self, request, *args, **kwargs):
        """更正待更正、待接收的一行；只写要改的列。"""
        line, version = self.row_as_read()
        cells = self.body(partial=True)
        corrected = correct_person(
            person=line,
            cells=cells,
            scope=scope_for(request.user, RECEIVE),
            by=request.user,
            today=clock.today(),
            version=version,
        )
        return self.done(corrected)

    @action(detail=True, methods=["post"])
    def undo(self, request, *args, **kwargs):
        """撤回办错的接收：登记一并撤回，之后没有别的变动才可以。"""
        line, version = self.row_as_read()
        told = {"by": request.user, "version": version}
        return self.done(undo_acceptance(person=line, reason=self.body()["reason"], **told))
