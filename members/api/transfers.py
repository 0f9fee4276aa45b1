"""The transfer of a 组织关系: draft it, write in a letter from outside, and each step as a verb."""

from django_filters import filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied

from branches.gates.api import ScopedViewSet
from branches.gates.fields import PartialDateField, UndoBody
from branches.gates.lookups import LookupSet, OneBranch, Order, RowById, UnitAndBelow, Words, YesNo
from branches.gates.permission import scope_for
from branches.scope import Scope
from core import clock
from core.errors import InvalidValue
from members import gates
from members.api.sent import StaysClosed
from members.api.transfer_bodies import (
    AcceptBody,
    AgreeBody,
    DraftBody,
    IncomingBody,
    LetterBody,
    NotedBody,
    ReceiptBody,
    ReceiveBody,
    ReturnBody,
    destination_from,
    letter_from,
)
from members.models import Member, Transfer
from members.operations import transfers as doing
from members.states import TRANSFER_MOVE_NAMES, TRANSFER_STATE_NAMES, TransferMove

VIEW = "members.view_transfer"
LINE = ["id", "name", "route", "state", "member", "from_branch", "from_branch_name", "from_outside",
        "to_unit", "to_unit_name", "to_branch", "to_branch_name", "to_outside", "destination",
        "letter_number", "valid_until", "receipt_due_on", "version"]  # fmt: skip


# Not every transfer has it.
MAYBE = {"default": None, "allow_null": True}


class TransferLine(serializers.ModelSerializer):
    state = serializers.SerializerMethodField(label="状态")
    from_branch_name = serializers.CharField(source="from_branch.name", **MAYBE, label="转出党支部全称")
    to_unit = serializers.CharField(source="to_unit.code", **MAYBE, label="接收党（工）委代码")
    to_unit_name = serializers.CharField(source="to_unit.name", **MAYBE, label="接收党（工）委")
    to_branch_name = serializers.CharField(source="to_branch.name", **MAYBE, label="转入党支部全称")
    letter_number = serializers.CharField(source="letter.number", **MAYBE, label="介绍信编号")
    valid_until = serializers.DateField(source="letter.valid_until", **MAYBE, label="有效期至")
    receipt_due_on = serializers.DateField(label="回执应回日期", allow_null=True)

    class Meta:
        model = Transfer
        fields = LINE

    @extend_schema_field(serializers.ChoiceField(list(TRANSFER_STATE_NAMES.items())))
    def get_state(self, transfer):
        return transfer.state_on(clock.today())


class LetterShown(serializers.Serializer):
    number = serializers.CharField(label="编号")
    signed_by = serializers.CharField(label="开具单位")
    issued_on = serializers.DateField(label="开具日期")
    valid_days = serializers.IntegerField(label="有效天数")
    valid_until = serializers.DateField(label="有效期至")
    dues_paid_to = serializers.DateField(format="%Y-%m", label="党费交到")
    replaces = serializers.CharField(source="replaces.number", **MAYBE, label="代替的介绍信")


class StepShown(serializers.Serializer):
    move = serializers.CharField(label="事项")
    words = serializers.CharField(source="get_move_display", label="事项名称")
    on = serializers.DateField(label="日期")
    by = serializers.CharField(source="by.name", **MAYBE, label="经办人")
    at = serializers.DateTimeField(label="登记时间")
    note = serializers.CharField(label="说明")
    undone = serializers.BooleanField(label="已撤回")


class TransferDetail(TransferLine):
    id_masked = serializers.SerializerMethodField(label="身份证号（后四位）")
    birth_on = PartialDateField("birth", label="出生日期")
    letter = LetterShown(label="介绍信", allow_null=True)
    steps = StepShown(many=True, label="经过")
    may = serializers.SerializerMethodField(label="您现在可以办理的")

    class Meta(TransferLine.Meta):
        fields = [
            *LINE, "sex", "ethnic_group", "id_masked", "birth_on", "standing", "channel", "reason", "note",
            "letter", "received_on", "accepted_on", "receipt_on", "return_reason", "return_note", "steps",
            "may",
        ]  # fmt: skip

    def get_id_masked(self, transfer) -> str:
        return gates.letter_id_shown(self.context["request"].user, transfer)

    @extend_schema_field(
        serializers.ListField(child=serializers.ChoiceField(list(TRANSFER_MOVE_NAMES.items())))
    )
    def get_may(self, transfer):
        return gates.steps_open(self.context["request"].user, transfer)


class TransferFilters(LookupSet):
    unit = UnitAndBelow(VIEW, field_name="path", help_text="单位代码：从该单位及其以下转出，或转入那里。")
    member = RowById(Member.objects.all(), "members.view_member", label="党员")
    from_branch = OneBranch("branches.view_branch", label="转出党支部")
    to_branch = OneBranch("branches.view_branch", label="转入党支部")
    state = filters.ChoiceFilter(
        choices=list(TRANSFER_STATE_NAMES.items()),
        method="in_state",
        label="状态",
        help_text="expired 为已过期。",
    )
    open = YesNo(method="still_open", label="未办结")
    search = Words(lambda rows, words: rows.search(words), help_text="姓名、拼音首字母或身份证后四位。")
    ordering = Order(name="sort_key", id="id")

    class Meta:
        model = Transfer
        fields = {"route": ["exact"], "reason": ["exact"], "channel": ["exact"]}

    def filter_queryset(self, queryset):
        unit = self.form.cleaned_data.pop("unit", None)
        found = super().filter_queryset(queryset)
        return found.visible_in(Scope(paths=(unit.path,))) if unit else found

    def in_state(self, queryset, name, value):
        return queryset.waiting(value, on=clock.today())

    def still_open(self, queryset, name, value):
        unsettled = queryset.open()
        return unsettled if value else queryset.exclude(pk__in=unsettled.values("pk"))


class TransferTakenBack(StaysClosed, TransferDetail):
    class Meta(TransferDetail.Meta):
        fields = [*TransferDetail.Meta.fields, "stays_closed"]


class TransferViewSet(ScopedViewSet):
    """组织关系转接：介绍信从起草到回执。两边都可见，接收方自开具起可见。"""

    queryset = Transfer.objects.select_related(
        "from_branch", "to_unit", "to_branch", "letter__issuer__parent", "letter__replaces"
    ).defer("id_number", "spellings")
    serializer_class, line_serializer = TransferDetail, TransferLine
    filterset_class = TransferFilters
    verbs = {
        "retrieve": VIEW,
        "create": gates.PROPOSE,
        "record": gates.RECEIVE,
        "agree": gates.PROPOSE,
        **dict.fromkeys(("issue", "reissue", "lose"), gates.ISSUE),
        "receive": gates.RECEIVE,
        "accept": gates.ACCEPT,
        **dict.fromkeys(("close", "send_back"), (gates.RECEIVE, gates.ISSUE)),
        "cancel": (gates.PROPOSE, gates.ISSUE, gates.RECEIVE),
        "undo": (gates.PROPOSE, gates.ISSUE, gates.RECEIVE, gates.ACCEPT),
    }
    bodies = {
        "create": DraftBody,
        "record": IncomingBody,
        "agree": AgreeBody,
        "issue": LetterBody,
        "reissue": LetterBody,
        "lose": NotedBody,
        "cancel": NotedBody,
        "receive": ReceiveBody,
        "accept": AcceptBody,
        "send_back": ReturnBody,
        "close": ReceiptBody,
        "undo": UndoBody,
    }
    replies = {"undo": TransferTakenBack}
    moves = {"send_back": TransferMove.RETURN}
    versioned = frozenset(
        {"agree", "issue", "reissue", "lose", "cancel", "receive", "accept", "send_back", "close", "undo"}
    )
    creating = frozenset({"record"})
    instead_of_delete = "转接不能删除：不再办理请撤销 POST transfers/编号/cancel/，误办的步骤请撤回 undo"

    def require(self, row):
        if self.action == "retrieve":
            return
        step = self.request.user, self.moves.get(self.action, self.action), row
        if not gates.may_step(*step) and not gates.comes_untimely(*step):
            raise PermissionDenied

    def create(self, request, *args, **kwargs):
        """起草：党员的组织关系转到区内某党（工）委、党支部，或区外。"""
        values = self.body()
        member, to = values.pop("member"), destination_from(values)
        draft = doing.Draft(to, **values)
        return self.created(
            doing.draft_transfer(member=member, draft=draft, by=request.user, today=clock.today())
        )

    @action(detail=False, methods=["post"])
    def record(self, request, *args, **kwargs):
        """登记区外来信：按纸质介绍信或系统内容录入。"""
        values = self.body()
        to, letter = destination_from(values), letter_from(values)
        if to.unit is None or not scope_for(request.user, gates.RECEIVE).covers(to.unit.path):
            raise InvalidValue("须写明由您所在的哪个党（工）委接收", field="to_unit")
        known = {name: values.pop(name) for name in ("from_outside", "reason", "channel", "note")}
        arriving = doing.Arriving(person=values, to=to, letter=letter, **known)
        return self.created(doing.record_incoming(arriving=arriving, by=request.user, today=clock.today()))

    @action(detail=True, methods=["post"])
    def agree(self, request, *args, **kwargs):
        """支部同意：退回的可同时改写去向。"""
        transfer, version = self.row_and_version()
        values = self.body()
        on, to = values.pop("on"), destination_from(values)
        named = to if to != doing.Destination() else None
        return self._did(doing.agree_transfer, transfer, version, on=on, to=named)

    @action(detail=True, methods=["post"])
    def issue(self, request, *args, **kwargs):
        """开具介绍信。"""
        transfer, version = self.row_and_version()
        return self._did(doing.issue_letter, transfer, version, facts=letter_from(self.body()))

    @action(detail=True, methods=["post"])
    def reissue(self, request, *args, **kwargs):
        """重新开具：原介绍信已过期或遗失。"""
        transfer, version = self.row_and_version()
        return self._did(doing.reissue_letter, transfer, version, facts=letter_from(self.body()))

    @action(detail=True, methods=["post"])
    def lose(self, request, *args, **kwargs):
        """登记介绍信遗失。"""
        transfer, version = self.row_and_version()
        return self._did(doing.lose_letter, transfer, version, **self.body())

    @action(detail=True, methods=["post"])
    def cancel(self, request, *args, **kwargs):
        """撤销转接：接收以前，须写明原因。"""
        transfer, version = self.row_and_version()
        return self._did(doing.cancel_transfer, transfer, version, **self.body())

    @action(detail=True, methods=["post"])
    def receive(self, request, *args, **kwargs):
        """接收介绍信，可同时写明拟编入的党支部。"""
        transfer, version = self.row_and_version()
        return self._did(doing.receive_letter, transfer, version, **self.body())

    @action(detail=True, methods=["post"])
    def accept(self, request, *args, **kwargs):
        """编入支部：原组织关系终止，新的同日开始，未了事项一并了结。"""
        transfer, version = self.row_and_version()
        into = doing.Acceptance(scope=scope_for(request.user, gates.ACCEPT), **self.body())
        return self._did(doing.accept_transfer, transfer, version, into=into)

    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request, *args, **kwargs):
        """退回：须写明原因，转出单位仍然计数。"""
        transfer, version = self.row_and_version()
        return self._did(doing.return_letter, transfer, version, back=doing.SentBack(**self.body()))

    @action(detail=True, methods=["post"])
    def close(self, request, *args, **kwargs):
        """登记回执：转出区外的，组织关系于对方接收之日终止。"""
        transfer, version = self.row_and_version()
        return self._did(doing.close_transfer, transfer, version, answer=doing.Receipt(**self.body()))

    @action(detail=True, methods=["post"])
    def undo(self, request, *args, **kwargs):
        """撤回上一步：之后没有其他事项依赖它时。"""
        transfer, version = self.row_and_version()
        who = {"by": request.user, "today": clock.today(), "version": version}
        done = doing.undo_step(transfer=transfer, **self.body(), **who)
        answer = self.done(done.row)
        answer.data["stays_closed"] = done.stays
        return answer

    def row_and_version(self):
        """The row and If-Match. Whether somebody was first is for the operation to say, with who and what."""
        return self.get_object(), self.expected_version()

    def _did(self, operation, transfer, version, **values):
        done = operation(
            transfer=transfer, version=version, by=self.request.user, today=clock.today(), **values
        )
        return self.done(done)
