"""The catalogue of services and the orders: each verb of an order is an action."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from branches.gates.api import ScopedViewSet
from branches.gates.fields import ScopedRelatedField, StrictBody, StrictSerializer
from branches.gates.lookups import (
    DAY_LOOKUPS,
    EXACT,
    ChoiceIn,
    LookupSet,
    OneBranch,
    Order,
    RowById,
    UnitAndBelow,
    YesNo,
)
from branches.gates.permission import may
from branches.models import Branch, Unit
from core import clock
from core.privacy import first_character, last_four
from members.models import Member
from volunteering.gates import DISPATCH, VIEW_ITEM, candidates_for, keeps_item
from volunteering.models import Confirmation, ServiceItem, ServiceOrder, Team
from volunteering.operations import (
    Said,
    Worked,
    accept_order,
    amend_item,
    cancel_order,
    complete_order,
    confirm_order,
    decline_order,
    dispatch_order,
    offer_item,
    reject_order,
    release_order,
    request_order,
    reveal_requester,
    start_order,
)
from volunteering.states import ON_DESK, STATUS_NAMES

VIEW, ADD = "volunteering.view_serviceorder", "volunteering.add_serviceorder"
ANSWER = "volunteering.answer_serviceorder"
CONFIRM = "volunteering.confirm_serviceorder"
ITEM = ["name", "unit", "skill", "is_heavy", "oldest", "most_cash", "limits", "is_open"]
LINE = ["id", "item", "item_name", "unit", "unit_code", "unit_name", "branch", "desk", "desk_name", "channel",
        "requested_on", "wanted_on", "slot", "status", "team", "member", "member_name", "answer_by",
        "version"]  # fmt: skip
REQUEST = ["item", "unit", "branch", "channel", "detail", "cash", "wanted_on", "slot"]
SAID = ["requester", "requester_phone", "requester_address"]
MOST_SHOWN = 20


class ItemLine(serializers.ModelSerializer):
    unit_name = serializers.CharField(source="unit.name", label="开设范围名称")

    class Meta:
        model = ServiceItem
        fields = ["id", *ITEM, "unit_name", "version"]


class ItemBody(StrictSerializer):
    unit = ScopedRelatedField(queryset=Unit.objects.all(), subtrees=True, label="开设范围")

    class Meta:
        model = ServiceItem
        fields = ITEM


class ItemFilters(LookupSet):
    is_open = YesNo(field_name="is_open", label="开设")
    ordering = Order(name="name", id="id")

    class Meta:
        model = ServiceItem
        fields = {"is_heavy": EXACT}


class ServiceItemViewSet(ScopedViewSet):
    """服务目录：居民可以点的服务，在开设的单位及其以下有效。"""

    queryset = ServiceItem.objects.select_related("unit")
    serializer_class = line_serializer = ItemLine
    filterset_class = ItemFilters
    verbs = {
        "retrieve": VIEW_ITEM,
        "create": "volunteering.add_serviceitem",
        "partial_update": "volunteering.change_serviceitem",
    }
    bodies = {"create": ItemBody, "partial_update": ItemBody}
    versioned = frozenset({"partial_update"})
    instead_of_delete = "服务项目不能删除，不再开设请把 is_open 改为 false"

    def create(self, request, *args, **kwargs):
        return self.created(offer_item(values=self.body(), by=request.user))

    def require(self, row):
        super().require(row)
        # All may read the catalogue; a line is changed where it is offered.
        if self.action == "partial_update" and not keeps_item(self.request.user, row):
            raise PermissionDenied

    def partial_update(self, request, *args, **kwargs):
        item, version = self.row_as_read()
        return self.done(
            amend_item(item=item, values=self.body(partial=True), version=version, by=request.user)
        )


class OrderLine(serializers.ModelSerializer):
    item_name = serializers.CharField(source="item.name", label="服务项目名称")
    unit_code = serializers.CharField(source="unit.code", label="服务地点代码")
    unit_name = serializers.CharField(source="unit.name", label="服务地点名称")
    desk_name = serializers.CharField(source="desk.name", label="现由谁办")
    member_name = serializers.CharField(
        source="member.name", default=None, allow_null=True, label="接单人姓名"
    )

    class Meta:
        model = ServiceOrder
        fields = LINE


class CandidateShown(serializers.Serializer):
    member = serializers.IntegerField(label="党员")
    name = serializers.CharField(label="姓名")
    teams = serializers.ListField(child=serializers.CharField(), label="志愿服务队")
    points = serializers.IntegerField(label="得分")
    fits = serializers.BooleanField(label="可派")
    lines = serializers.ListField(child=serializers.CharField(), label="理由，逐条")


class OrderDetail(OrderLine):
    """Name and phone are masked: who works on the order reveals them, by an action that is written down."""

    requester = serializers.CharField(source="requester_masked", label="点单人（隐去）")
    requester_phone = serializers.SerializerMethodField(label="电话（后四位）")

    candidates = serializers.SerializerMethodField(
        label="候选人", help_text="待派时按得分排列，逐条说明理由；最多20人。"
    )

    class Meta(OrderLine.Meta):
        fields = [
            *LINE, "requester", "requester_phone", "detail", "cash", "reason",
            "confirmed_as", "confirmer", "rating", "feedback", "candidates",
        ]  # fmt: skip

    @extend_schema_field(CandidateShown(many=True))
    def get_candidates(self, order):
        if order.status not in ON_DESK or not may(self.context["request"].user, DISPATCH, order):
            return []
        return [_candidate(each) for each in candidates_for(self.context["request"].user, order)[:MOST_SHOWN]]

    def get_requester_phone(self, order) -> str:
        return last_four(order.phone_last4)

    def to_representation(self, instance):
        shown = super().to_representation(instance)
        if not may(self.context["request"].user, ANSWER, instance):
            shown |= {"detail": "", "confirmer": first_character(instance.confirmer), "feedback": ""}
        return shown


def _candidate(each) -> dict:
    return {
        "member": each.member.pk,
        "name": each.member.name,
        "teams": [team.name for team in each.teams],
        "points": each.points,
        "fits": each.fits,
        "lines": each.reasons,
    }


class RequestBody(StrictSerializer):
    item = ScopedRelatedField(queryset=ServiceItem.objects.all(), verb=VIEW_ITEM, label="服务项目")
    unit = ScopedRelatedField(queryset=Unit.objects.all(), label="服务地点")
    branch = ScopedRelatedField(queryset=Branch.objects.all(), required=False, label="派单党支部")

    requester = serializers.CharField(max_length=50, label="点单人")
    requester_phone = serializers.CharField(max_length=30, label="点单人电话")
    requester_address = serializers.CharField(max_length=200, default="", allow_blank=True, label="上门地址")

    class Meta:
        model = ServiceOrder
        fields = [*REQUEST, *SAID]


class RevealRequesterBody(StrictBody):
    reason = serializers.CharField(max_length=200, label="查看事由")


class RequesterRevealed(serializers.Serializer):
    requester = serializers.CharField(label="点单人")
    requester_phone = serializers.CharField(label="点单人电话")
    requester_address = serializers.CharField(label="上门地址")


class DispatchBody(StrictBody):
    member = ScopedRelatedField(queryset=Member.objects.all(), required=False, label="派给党员")
    team = ScopedRelatedField(queryset=Team.objects.all(), required=False, label="派给服务队")

    def validate(self, attrs):
        if len(attrs) != 1:
            raise serializers.ValidationError("派给党员（member）或服务队（team），须且只能写一个")
        return attrs


class TakeBody(StrictBody):
    member = ScopedRelatedField(queryset=Member.objects.all(), label="接单人")


class NothingBody(StrictBody):
    """The verb says it all."""


class CompleteBody(StrictBody):
    on = serializers.DateField(label="服务日期")
    began = serializers.TimeField(label="开始时间")
    ended = serializers.TimeField(label="结束时间")
    occasion = serializers.CharField(max_length=200, default="", allow_blank=True, label="服务内容")


class ConfirmBody(StrictBody):
    confirmed_as = serializers.ChoiceField(
        [choice for choice in Confirmation.choices if choice[0] != Confirmation.TIMEOUT],
        default=Confirmation.REQUESTER,
        label="确认方式",
    )
    confirmer = serializers.CharField(max_length=50, default="", allow_blank=True, label="代确认人")
    rating = serializers.IntegerField(min_value=1, max_value=5, default=None, allow_null=True, label="满意度")
    feedback = serializers.CharField(max_length=300, default="", allow_blank=True, label="意见")


class ReasonBody(StrictBody):
    reason = serializers.CharField(max_length=200, label="原因")


class OrderFilters(LookupSet):
    unit = UnitAndBelow(VIEW, field_name="path")
    branch = OneBranch(VIEW, label="派单党支部")
    member = RowById(Member.objects.all(), VIEW, label="接单人")
    status__in = ChoiceIn(field_name="status", choices=list(STATUS_NAMES.items()), label="状态（多个）")
    ordering = Order(id="id", wanted_on="wanted_on", answer_by="answer_by")

    class Meta:
        model = ServiceOrder
        fields = {
            **dict.fromkeys(("status", "channel"), EXACT),
            **dict.fromkeys(("requested_on", "wanted_on", "answer_by"), DAY_LOOKUPS),
        }


class ServiceOrderViewSet(ScopedViewSet):
    """服务单：群众点单、支部派单、党员接单。"""

    queryset = ServiceOrder.objects.select_related("item", "unit", "desk", "team", "member")
    serializer_class, line_serializer = OrderDetail, OrderLine
    filterset_class = OrderFilters
    verbs = {
        "retrieve": VIEW,
        "create": ADD,
        **dict.fromkeys(("dispatch_", "reject", "cancel", "release"), DISPATCH),
        **dict.fromkeys(("accept", "decline", "start", "complete", "reveal"), ANSWER),
        "confirm": CONFIRM,
    }
    bodies = {
        "create": RequestBody,
        "dispatch_": DispatchBody,
        **dict.fromkeys(("reject", "cancel"), ReasonBody),
        **dict.fromkeys(("decline", "start", "release"), NothingBody),
        "accept": TakeBody,
        "complete": CompleteBody,
        "confirm": ConfirmBody,
        "reveal": RevealRequesterBody,
    }
    replies = {"reveal": RequesterRevealed}
    # Accepting and declining compare no version: of several at once the losers are told who won.
    versioned = frozenset({"dispatch_", "reject", "cancel", "release", "start", "complete", "confirm"})
    instead_of_delete = "服务单不能删除，请取消：POST service-orders/编号/cancel/"

    def create(self, request, *args, **kwargs):
        return self.created(request_order(values=self.body(), by=request.user, today=clock.today()))

    @action(detail=True, methods=["post"], url_path="dispatch")
    def dispatch_(self, request, *args, **kwargs):
        """派单：派给附近的党员或服务队。"""
        return self._move(dispatch_order, lambda body: {"to": next(iter(body.values()))})

    @action(detail=True, methods=["post"])
    def accept(self, request, *args, **kwargs):
        """接单：几人同时接只有一人成功，其余为409并告知由谁接了。"""
        order = self.get_object()
        return self.done(accept_order(order=order, **self.body(), by=request.user, today=clock.today()))

    @action(detail=True, methods=["post"])
    def decline(self, request, *args, **kwargs):
        """谢绝：不问原因，也不影响以后派单。"""
        order = self.get_object()
        self.body()
        return self.done(decline_order(order=order, by=request.user, today=clock.today()))

    @action(detail=True, methods=["post"])
    def release(self, request, *args, **kwargs):
        """退单：已接的不能去了，退回待审重新派。"""
        return self._move(release_order)

    @action(detail=True, methods=["post"])
    def start(self, request, *args, **kwargs):
        """开始服务。"""
        return self._move(start_order)

    @action(detail=True, methods=["post"])
    def complete(self, request, *args, **kwargs):
        """服务完毕：登记服务时间，等待确认。"""
        return self._move(complete_order, lambda body: {"worked": Worked(**body), "now": clock.now()})

    @action(detail=True, methods=["post"])
    def confirm(self, request, *args, **kwargs):
        """确认：点单人确认或代确认；不是登记人确认的，服务时间一并核实。"""
        return self._move(confirm_order, lambda body: {"said": Said(**body)})

    @action(detail=True, methods=["post"])
    def reject(self, request, *args, **kwargs):
        """拒绝，写明原因。"""
        return self._move(reject_order)

    @action(detail=True, methods=["post"])
    def cancel(self, request, *args, **kwargs):
        """取消，写明原因。"""
        return self._move(cancel_order)

    @action(detail=True, methods=["post"])
    def reveal(self, request, *args, **kwargs):
        """查看点单人的姓名、电话和地址：须写明事由，记入审计。"""
        order = self.get_object()
        return Response(reveal_requester(order=order, **self.body(), by=request.user))

    def _move(self, operation, values=dict):
        """Do the operation with what `values` makes of the body; the version is asked before the body."""
        order, version = self.row_as_read()
        told = {"by": self.request.user, "today": clock.today(), "version": version}
        moved = operation(order=order, **values(self.body()), **told)
        return self.done(moved)
