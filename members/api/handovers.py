"""Hand-overs of enterprises: the batches, their people, and answering for many at once."""

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from branches.gates.api import ScopedViewSet
from branches.gates.fields import ScopedRelatedField, StrictBody, StrictSerializer
from branches.gates.lookups import (
    DAY_LOOKUPS,
    EXACT,
    LookupSet,
    Order,
    RowById,
    UnitAndBelow,
)
from branches.gates.permission import scope_for
from branches.models import Branch, Employer, Unit
from core import clock
from members.api.handover_people import RowBody
from members.models import Handover, HandoverPerson, ReturnReason
from members.operations import (
    Acceptance,
    Answer,
    accept_people,
    amend_handover,
    append_people,
    close_handover,
    miss_people,
    open_handover,
    reopen_handover,
    reopen_people,
    return_people,
)
from members.operations.handovers.lists import MOST_ROWS
from members.states import OUTCOME_NAMES

VIEW, CHANGE, RECEIVE = "members.view_handover", "members.change_handover", "members.receive_handover"
SEE_PEOPLE = "members.view_handoverperson"
OWN = ["document", "opened_on", "archives_at", "note"]
FIGURES = [
    *OUTCOME_NAMES,
    "total",
    "done",
    "waiting",
    "overdue",
    "percent",
]


class HandoverLine(serializers.ModelSerializer):
    employer_name = serializers.CharField(source="employer.name", label="移交企业名称")
    unit_name = serializers.CharField(source="unit.name", label="接收单位名称")

    class Meta:
        model = Handover
        fields = ["id", "employer", "employer_name", "unit", "unit_name", *OWN, "closed_on", "version"]


class HandoverBody(StrictSerializer):
    elsewhere = {"closed_on": "办结请用 POST handovers/编号/close/"}
    employer = ScopedRelatedField(queryset=Employer.objects.all(), label="移交企业")
    unit = ScopedRelatedField(queryset=Unit.objects.all(), subtrees=True, label="接收单位")

    class Meta:
        model = Handover
        fields = ["employer", "unit", *OWN]


class HandoverAmendment(StrictSerializer):
    elsewhere = {**HandoverBody.elsewhere, "employer": "移交企业不能更改", "unit": "接收单位不能更改"}

    class Meta:
        model = Handover
        fields = OWN


class ListBody(StrictBody):
    rows = RowBody(many=True, max_length=MOST_ROWS, label="名单", help_text="每人一行，各列都是文字。")


class Listed(serializers.Serializer):
    pending = serializers.IntegerField(label="新增待接收")
    faulty = serializers.IntegerField(label="新增待更正")
    already_here = serializers.IntegerField(label="新增已在册")
    mended = serializers.IntegerField(label="按新内容更正")
    unchanged = serializers.IntegerField(label="名单中已有，没有改动")


class PeopleField(serializers.ListField):
    """Lines of the batch by number; a foreign one answers like one that never was."""

    child = serializers.IntegerField(min_value=1, max_value=10**18)

    def __init__(self, **kwargs):
        super().__init__(allow_empty=False, max_length=MOST_ROWS, label="名单编号", **kwargs)

    def to_internal_value(self, data):
        numbers = set(super().to_internal_value(data))
        scope = scope_for(self.context["request"].user, RECEIVE)
        batch = self.context["view"].kwargs["pk"]
        reached = HandoverPerson.objects.visible_in(scope).filter(handover=batch, pk__in=numbers)
        unknown = numbers - set(reached.values_list("pk", flat=True))
        if unknown:
            raise ValidationError(f"有 {len(unknown)} 个编号不在这批名单里，或不在您的管辖范围内")
        return sorted(numbers)


class AcceptPeople(StrictBody):
    people = PeopleField()
    on = serializers.DateField(label="接收日期")
    branch = ScopedRelatedField(
        queryset=Branch.objects.all(),
        default=None,
        allow_null=True,
        label="党支部",
        help_text="不填则各自编入名单写明的党支部。",
    )
    group = ScopedRelatedField(queryset=Branch.objects.all(), default=None, allow_null=True, label="党小组")


class MissPeople(StrictBody):
    people = PeopleField()
    on = serializers.DateField(label="办理日期")
    remark = serializers.CharField(max_length=200, default="", allow_blank=True, label="说明")


class ReturnPeople(MissPeople):
    reason = serializers.ChoiceField(ReturnReason.choices, label="退回原因")


class ReopenPeople(StrictBody):
    people = PeopleField()


class Accepted(serializers.Serializer):
    accepted = serializers.ListField(child=serializers.IntegerField(), label="已接收")
    already_here = serializers.ListField(child=serializers.IntegerField(), label="已在册，没有重复登记")


class Answered(serializers.Serializer):
    people = serializers.ListField(child=serializers.IntegerField(), label="已办理")


class CloseBody(StrictBody):
    on = serializers.DateField(label="办结日期")


class Figures(serializers.Serializer):
    def get_fields(self):
        labels = OUTCOME_NAMES | {
            "total": "名单人数",
            "done": "已办理",
            "waiting": "未办理",
            "overdue": "超期",
            "percent": "已办理（%）",
        }
        return {str(name): serializers.IntegerField(label=labels[name]) for name in FIGURES}


class UnitFigures(Figures):
    def get_fields(self):
        named = {
            "unit": serializers.IntegerField(label="单位"),
            "code": serializers.CharField(label="单位代码"),
            "name": serializers.CharField(label="单位名称"),
        }
        return {**named, **{name: each for name, each in super().get_fields().items() if name not in SHARES}}


SHARES = ("done", "waiting", "percent")


class Progress(serializers.Serializer):
    figures = Figures(label="合计")
    units = UnitFigures(many=True, label="各单位")


class HandoverFilters(LookupSet):
    unit = UnitAndBelow(VIEW, field_name="unit__path")
    employer = RowById(Employer.objects.all(), VIEW, label="移交企业")
    ordering = Order(opened_on="opened_on", id="id")

    class Meta:
        model = Handover
        fields = {"document": EXACT, "opened_on": DAY_LOOKUPS, "closed_on": DAY_LOOKUPS}


class HandoverViewSet(ScopedViewSet):
    """企业离退休党员移交批次。名单上的人见 handover-people。"""

    queryset = Handover.objects.select_related("employer", "unit")
    serializer_class = line_serializer = HandoverLine
    filterset_class = HandoverFilters
    verbs = {
        "retrieve": VIEW,
        "create": "members.add_handover",
        **dict.fromkeys(("partial_update", "people", "close", "reopen"), CHANGE),
        **dict.fromkeys(("accept", "return_", "not_found", "wait_again"), RECEIVE),
        "progress": VIEW,
    }
    bodies = {
        "create": HandoverBody,
        "partial_update": HandoverAmendment,
        "people": ListBody,
        "close": CloseBody,
        "reopen": StrictBody,
        "accept": AcceptPeople,
        "return_": ReturnPeople,
        "not_found": MissPeople,
        "wait_again": ReopenPeople,
    }
    replies = {
        "people": Listed,
        "accept": Accepted,
        **dict.fromkeys(("return_", "not_found", "wait_again"), Answered),
        "progress": Progress,
    }
    versioned = frozenset({"partial_update", "close", "reopen"})
    instead_of_delete = "移交批次不能删除，登记有误请更正：PATCH handovers/编号/"

    def require(self, row):
        # A batch is seen by everybody who has people on its list, and kept by who answers for its unit.
        super().require(row.unit if self.verbs.get(self.action) == CHANGE else row)

    def create(self, request, *args, **kwargs):
        values = self.body()
        employer, unit = values.pop("employer"), values.pop("unit")
        told = {"by": request.user, "today": clock.today()}
        return self.created(open_handover(employer=employer, unit=unit, values=values, **told))

    def partial_update(self, request, *args, **kwargs):
        handover, version = self.row_as_read()
        values = self.body(partial=True)
        told = {"by": request.user, "today": clock.today(), "version": version}
        return self.done(amend_handover(handover=handover, values=values, **told))

    @action(detail=True, methods=["post"])
    def people(self, request, *args, **kwargs):
        """添加名单：同一行再次添加不会重复；有问题的行保留为待更正。"""
        handover, scope = self.get_object(), scope_for(request.user, CHANGE)
        rows = self.body()["rows"]
        listed = append_people(
            handover=handover, rows=rows, scope=scope, by=request.user, today=clock.today()
        )
        return Response(Listed(listed).data)

    @action(detail=True, methods=["post"])
    def close(self, request, *args, **kwargs):
        """办结：名单上的人都有结果之后。"""
        handover, version = self.row_as_read()
        told = {"by": request.user, "today": clock.today(), "version": version}
        return self.done(close_handover(handover=handover, **self.body(), **told))

    @action(detail=True, methods=["post"])
    def reopen(self, request, *args, **kwargs):
        """重新打开已办结的批次。"""
        handover, version = self.row_as_read()
        self.body()
        return self.done(reopen_handover(handover=handover, by=request.user, version=version))

    @action(detail=True, methods=["post"])
    def accept(self, request, *args, **kwargs):
        """接收：一次可以多人，要么全部办成，要么一个也不办。"""
        handover, read = self.get_object(), self.body()
        people = read.pop("people")
        answered = accept_people(
            handover=handover,
            people=people,
            acceptance=Acceptance(**read),
            scope=scope_for(request.user, RECEIVE),
            by=request.user,
            today=clock.today(),
        )
        lists = {"accepted": answered.accepted, "already_here": answered.already_here}
        return Response({name: [line.pk for line in lines] for name, lines in lists.items()})

    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def return_(self, request, *args, **kwargs):
        """退回：须写明原因。"""
        return self._answer(return_people)

    @action(detail=True, methods=["post"], url_path="not-found")
    def not_found(self, request, *args, **kwargs):
        """查无此人。"""
        return self._answer(miss_people)

    def _answer(self, operation):
        handover, read = self.get_object(), self.body()
        people, told = read.pop("people"), {"by": self.request.user, "today": clock.today()}
        lines = operation(handover=handover, people=people, answer=Answer(**read), **told)
        return Response({"people": [line.pk for line in lines]})

    @action(detail=True, methods=["post"], url_path="wait-again")
    def wait_again(self, request, *args, **kwargs):
        """重新待接收：退回、查无此人、已在册办错的。"""
        handover, read = self.get_object(), self.body()
        lines = reopen_people(handover=handover, people=read["people"], by=request.user)
        return Response({"people": [line.pk for line in lines]})

    @action(detail=True, methods=["get"])
    def progress(self, request, *args, **kwargs):
        """办理进度：管辖范围内的合计和各单位的人数。"""
        seen = scope_for(request.user, SEE_PEOPLE)
        people, today = self.get_object().people.visible_in(seen), clock.today()
        units = [row for street in people.progress(today) for row in street["communities"]]
        named = [{**row, "code": row["unit__code"], "name": row["unit__name"]} for row in units]
        return Response(Progress({"figures": people.figures(today), "units": named}).data)


# The people.
