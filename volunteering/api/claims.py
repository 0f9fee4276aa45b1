"""Claims of posts, answered by either side, and the turns of a rota."""

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied

from branches.gates.api import ScopedViewSet
from branches.gates.fields import ScopedRelatedField, StrictBody
from branches.gates.lookups import DAY_LOOKUPS, EXACT, ChoiceIn, LookupSet, Order, RowById, UnitAndBelow
from core import clock
from members.models import Member
from volunteering.api.orders import NothingBody
from volunteering.api.posts import RemarkBody
from volunteering.gates import (
    ANSWER_TURN,
    CHANGE_CLAIM,
    CLAIM,
    KEEP_POST,
    VIEW_OFFER,
    answering,
    asking,
    keeps_post,
    word_counts,
)
from volunteering.models import Claim, Feedback, Offer, ServicePost, Turn
from volunteering.operations import (
    Worked,
    agree_to_claim,
    agree_to_swap,
    ask_swap,
    cancel_turn,
    claim_post,
    decline_claim,
    decline_swap,
    finish_turn,
    give_feedback,
    invite,
    leave_post,
    miss_turn,
    take_up,
    withdraw_claim,
)
from volunteering.states import CLAIM_NAMES, TURN_NAMES

VIEW_CLAIM, VIEW_TURN = "volunteering.view_claim", "volunteering.view_turn"
VIEW_POST = "volunteering.view_servicepost"
CLAIM_LINE = ["id", "post", "post_name", "member", "member_name", "offer", "status", "asked_on", "since",
              "until", "reason", "version"]  # fmt: skip
TURN_LINE = ["id", "post", "post_name", "member", "member_name", "on", "began", "ended", "status", "swap_to",
             "swap_for", "reason", "version"]  # fmt: skip


class ClaimLine(serializers.ModelSerializer):
    post_name = serializers.CharField(source="post.name", label="岗位名称")
    member_name = serializers.CharField(source="member.name", label="姓名")

    class Meta:
        model = Claim
        fields = CLAIM_LINE


class FeedbackShown(serializers.ModelSerializer):
    class Meta:
        model = Feedback
        fields = ["on", "words"]


class ClaimDetail(ClaimLine):
    feedback = FeedbackShown(many=True, label="反馈", help_text="设岗社区给党员所在党支部的。")

    class Meta(ClaimLine.Meta):
        fields = [*CLAIM_LINE, "feedback"]


class ClaimBody(StrictBody):
    post = ScopedRelatedField(queryset=ServicePost.objects.all(), verb=VIEW_POST, label="岗位")
    member = ScopedRelatedField(queryset=Member.objects.all(), label="党员")
    since = serializers.DateField(required=False, label="在岗日期")


class InviteBody(StrictBody):
    post = ScopedRelatedField(queryset=ServicePost.objects.all(), verb=VIEW_POST, label="岗位")
    offer = ScopedRelatedField(
        queryset=Offer.objects.select_related("member"), verb=VIEW_OFFER, label="服务意愿"
    )
    since = serializers.DateField(required=False, label="在岗日期")


class LeavePostBody(RemarkBody):
    on = serializers.DateField(label="退出日期", help_text="当日起不再在岗。")


class FeedbackBody(StrictBody):
    on = serializers.DateField(label="日期")
    words = serializers.CharField(max_length=300, label="反馈")


class ClaimFilters(LookupSet):
    unit = UnitAndBelow(VIEW_CLAIM, field_name="post__path", help_text="单位代码：岗位设在该单位及其以下。")
    post = RowById(ServicePost.objects.all(), VIEW_POST, label="岗位")
    member = RowById(Member.objects.all(), VIEW_CLAIM, label="党员")
    status__in = ChoiceIn(field_name="status", choices=list(CLAIM_NAMES.items()), label="状态（多个）")
    ordering = Order(since="since", asked_on="asked_on", id="id")

    class Meta:
        model = Claim
        fields = {"status": EXACT, **dict.fromkeys(("since", "until", "asked_on"), DAY_LOOKUPS)}


class SidedViewSet(ScopedViewSet):
    """A resource whose rows have two sides, each of which answers for its own."""

    def asked_of(self, row) -> str:
        """The verb that the action needs for the row."""
        return self.verbs_asked[0]

    def require(self, row):
        if self.action != "retrieve" and not word_counts(self.request.user, self.asked_of(row), row):
            raise PermissionDenied

    def move(self, operation, name, **more):
        """Do the operation with the body and the version that was read."""
        row, version = self.row_as_read()
        told = {name: row, "by": self.request.user, "version": version, **more}
        return self.done(operation(**self.body(), **told))


class ClaimViewSet(SidedViewSet):
    """岗位认领：党员申请由设岗社区答复，社区邀请由党员一方答复；名额不会超过。"""

    queryset = Claim.objects.select_related("post", "member").prefetch_related("feedback")
    serializer_class, line_serializer = ClaimDetail, ClaimLine
    filterset_class = ClaimFilters
    verbs = {
        "retrieve": VIEW_CLAIM,
        "create": CLAIM,
        "invite": KEEP_POST,
        **dict.fromkeys(("agree", "decline", "withdraw"), (KEEP_POST, CLAIM)),
        **dict.fromkeys(("take_up", "feedback"), KEEP_POST),
        "leave": CHANGE_CLAIM,
    }
    bodies = {
        "create": ClaimBody,
        "invite": InviteBody,
        **dict.fromkeys(("agree", "take_up"), NothingBody),
        **dict.fromkeys(("decline", "withdraw"), RemarkBody),
        "leave": LeavePostBody,
        "feedback": FeedbackBody,
    }
    versioned = frozenset({"agree", "decline", "withdraw", "take_up", "leave"})
    instead_of_delete = "认领记录不能删除，请撤回或退出：POST claims/编号/withdraw/、leave/"

    def asked_of(self, row):
        if self.action in ("agree", "decline"):
            return answering(row)
        return asking(row) if self.action == "withdraw" else super().asked_of(row)

    def create(self, request, *args, **kwargs):
        return self.created(claim_post(**self.body(), by=request.user, today=clock.today()))

    @action(detail=False, methods=["post"])
    def invite(self, request, *args, **kwargs):
        """社区从资源清单里邀请一名党员。"""
        values = self.body()
        if not keeps_post(request.user, values["post"]):
            raise PermissionDenied
        return self.created(invite(**values, by=request.user, today=clock.today()))

    @action(detail=True, methods=["post"])
    def agree(self, request, *args, **kwargs):
        """另一方同意，占一个名额；名额已满为409。"""
        return self.move(agree_to_claim, "claim", today=clock.today())

    @action(detail=True, methods=["post"])
    def decline(self, request, *args, **kwargs):
        """另一方不同意，不必说明原因。"""
        return self.move(decline_claim, "claim")

    @action(detail=True, methods=["post"])
    def withdraw(self, request, *args, **kwargs):
        """提出的一方在答复前撤回。"""
        return self.move(withdraw_claim, "claim")

    @action(detail=True, methods=["post"], url_path="take-up")
    def take_up(self, request, *args, **kwargs):
        """到岗。"""
        return self.move(take_up, "claim", today=clock.today())

    @action(detail=True, methods=["post"])
    def leave(self, request, *args, **kwargs):
        """退出：当日起的班次取消，名额空出。"""
        return self.move(leave_post, "claim", today=clock.today())

    @action(detail=True, methods=["post"])
    def feedback(self, request, *args, **kwargs):
        """给党员所在党支部的反馈。"""
        claim = self.get_object()
        give_feedback(claim=claim, **self.body(), by=request.user, today=clock.today())
        return self.done(claim)


class TurnLine(serializers.ModelSerializer):
    post_name = serializers.CharField(source="post.name", label="岗位名称")
    member_name = serializers.CharField(source="member.name", label="姓名")

    class Meta:
        model = Turn
        fields = TURN_LINE


class AskBody(StrictBody):
    to = ScopedRelatedField(queryset=Member.objects.all(), verb=VIEW_CLAIM, label="请谁换")
    against = ScopedRelatedField(
        queryset=Turn.objects.all(), verb=VIEW_TURN, required=False, label="换哪一班"
    )


class FinishBody(StrictBody):
    began = serializers.TimeField(label="开始时间")
    ended = serializers.TimeField(label="结束时间")


class CancelBody(StrictBody):
    reason = serializers.CharField(max_length=200, label="原因")


class TurnFilters(LookupSet):
    unit = UnitAndBelow(VIEW_TURN, field_name="post__path", help_text="单位代码：岗位设在该单位及其以下。")
    post = RowById(ServicePost.objects.all(), VIEW_POST, label="岗位")
    member = RowById(Member.objects.all(), VIEW_TURN, label="值班人")
    status__in = ChoiceIn(field_name="status", choices=list(TURN_NAMES.items()), label="状态（多个）")
    ordering = Order(on="on", id="id")

    class Meta:
        model = Turn
        fields = {"status": EXACT, "on": DAY_LOOKUPS}


class TurnViewSet(SidedViewSet):
    """轮值：排班见 service-posts/编号/deal/；换班须对方答应。"""

    queryset = Turn.objects.select_related("post", "member", "swap_to")
    serializer_class = line_serializer = TurnLine
    filterset_class = TurnFilters
    verbs = {
        "retrieve": VIEW_TURN,
        "ask": CLAIM,
        **dict.fromkeys(("agree", "decline"), ANSWER_TURN),
        **dict.fromkeys(("finish", "miss", "cancel"), KEEP_POST),
    }
    bodies = {
        "ask": AskBody,
        **dict.fromkeys(("agree", "decline"), NothingBody),
        "finish": FinishBody,
        "miss": RemarkBody,
        "cancel": CancelBody,
    }
    versioned = frozenset(verbs) - {"retrieve"}
    instead_of_delete = "班次不能删除，请取消：POST turns/编号/cancel/"

    @action(detail=True, methods=["post"])
    def ask(self, request, *args, **kwargs):
        """请同岗的另一人换班或代班。"""
        return self.move(ask_swap, "turn")

    @action(detail=True, methods=["post"])
    def agree(self, request, *args, **kwargs):
        """被请的一方答应，班次换人。"""
        return self.move(agree_to_swap, "turn", today=clock.today())

    @action(detail=True, methods=["post"])
    def decline(self, request, *args, **kwargs):
        """被请的一方不换，班次不变。"""
        return self.move(decline_swap, "turn")

    @action(detail=True, methods=["post"])
    def finish(self, request, *args, **kwargs):
        """值班完毕：记入服务时间，待他人核实。"""
        turn, version = self.row_as_read()
        worked = Worked(turn.on, **self.body(), occasion=turn.post.name)
        told = {"by": request.user, "today": clock.today(), "version": version}
        return self.done(finish_turn(turn=turn, worked=worked, now=clock.now(), **told))

    @action(detail=True, methods=["post"])
    def miss(self, request, *args, **kwargs):
        """没有来值。"""
        return self.move(miss_turn, "turn", today=clock.today())

    @action(detail=True, methods=["post"])
    def cancel(self, request, *args, **kwargs):
        """取消班次，写明原因。"""
        return self.move(cancel_turn, "turn")
