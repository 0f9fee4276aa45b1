"""The 资源清单 and the posts that can be claimed."""

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
    OnDay,
    Order,
    RowById,
    UnitAndBelow,
    Words,
)
from branches.models import Unit
from core import clock
from members.models import Member
from volunteering.api.orders import NothingBody
from volunteering.gates import KEEP_POST, VIEW_OFFER, keeps_post
from volunteering.models import Offer, ServicePost
from volunteering.models.post import ServicePostQuerySet
from volunteering.operations import (
    Rota,
    add_post,
    amend_offer,
    amend_post,
    close_post,
    deal_turns,
    make_offer,
    open_post,
    publish_post,
    withdraw_offer,
)
from volunteering.states import POST_NAMES

CHANGE_OFFER = "volunteering.change_offer"
VIEW_POST = "volunteering.view_servicepost"
OFFER = ["member", "skill", "times", "unit", "since"]
POST = ["name", "unit", "duty", "skill", "seats", "times", "since", "until"]


class RemarkBody(StrictBody):
    reason = serializers.CharField(max_length=200, default="", allow_blank=True, label="原因")


class OfferLine(serializers.ModelSerializer):
    member_name = serializers.CharField(source="member.name", label="姓名")
    unit_name = serializers.CharField(source="unit.name", label="服务范围名称")

    class Meta:
        model = Offer
        fields = ["id", *OFFER, "member_name", "unit_name", "until", "version"]


class OfferBody(StrictSerializer):
    elsewhere = {"until": "撤回请用 POST offers/编号/withdraw/，写明日期"}
    member = ScopedRelatedField(queryset=Member.objects.all(), label="党员")
    unit = ScopedRelatedField(queryset=Unit.objects.all(), label="服务范围（含以下）")

    class Meta:
        model = Offer
        fields = OFFER


class AmendOfferBody(StrictSerializer):
    elsewhere = dict.fromkeys(("member", "skill", "since"), "登记后不能修改，请撤回后另行登记")
    unit = ScopedRelatedField(queryset=Unit.objects.all(), label="服务范围（含以下）")

    class Meta:
        model = Offer
        fields = ["times", "unit"]


class OnBody(StrictBody):
    on = serializers.DateField(label="日期", help_text="当日起不再有效。")


class OfferFilters(LookupSet):
    unit = UnitAndBelow(VIEW_OFFER, field_name="path")
    member = RowById(Member.objects.all(), VIEW_OFFER, label="党员")
    on = OnDay(label="某日", help_text="那一天有效的。")
    ordering = Order(since="since", id="id")

    class Meta:
        model = Offer
        fields = {"skill": EXACT, "since": DAY_LOOKUPS, "until": DAY_LOOKUPS}


class OfferViewSet(ScopedViewSet):
    """资源清单：党员能提供什么、什么时间、在什么范围。"""

    queryset = Offer.objects.select_related("member", "unit")
    serializer_class = line_serializer = OfferLine
    filterset_class = OfferFilters
    verbs = {
        "retrieve": VIEW_OFFER,
        "create": "volunteering.add_offer",
        **dict.fromkeys(("partial_update", "withdraw"), CHANGE_OFFER),
    }
    bodies = {"create": OfferBody, "partial_update": AmendOfferBody, "withdraw": OnBody}
    versioned = frozenset({"partial_update", "withdraw"})
    instead_of_delete = "服务意愿不能删除，请撤回：POST offers/编号/withdraw/"

    def require(self, row):
        # Found wherever it reaches; changed where she belongs.
        super().require(row if self.action == "retrieve" else row.member)

    def create(self, request, *args, **kwargs):
        values = self.body()
        member = values.pop("member")
        return self.created(make_offer(member=member, values=values, by=request.user, today=clock.today()))

    def partial_update(self, request, *args, **kwargs):
        offer, version = self.row_as_read()
        return self.done(
            amend_offer(offer=offer, values=self.body(partial=True), version=version, by=request.user)
        )

    @action(detail=True, methods=["post"])
    def withdraw(self, request, *args, **kwargs):
        """撤回：自某日起不再提供。"""
        offer, version = self.row_as_read()
        told = {"by": request.user, "today": clock.today(), "version": version}
        return self.done(withdraw_offer(offer=offer, **self.body(), **told))


class ServicePostLine(serializers.ModelSerializer):
    unit_code = serializers.CharField(source="unit.code", label="设岗单位代码")
    unit_name = serializers.CharField(source="unit.name", label="设岗单位名称")
    taken = serializers.IntegerField(label="已认领")

    class Meta:
        model = ServicePost
        fields = ["id", *POST, "unit_code", "unit_name", "taken", "status", "version"]


class ServicePostBody(StrictSerializer):
    elsewhere = {"status": "请用 publish、open、close"}
    unit = ScopedRelatedField(queryset=Unit.objects.all(), label="设岗单位")

    class Meta:
        model = ServicePost
        fields = POST


class RotaBody(StrictBody):
    first = serializers.DateField(label="第一天")
    last = serializers.DateField(label="最后一天", help_text="包括这一天。")
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), label="星期", help_text="0是星期一。"
    )
    began = serializers.TimeField(label="开始时间")
    ended = serializers.TimeField(label="结束时间")
    people = serializers.IntegerField(min_value=1, max_value=20, default=1, label="每班人数")


class ServicePostFilters(LookupSet):
    unit = UnitAndBelow(VIEW_POST, field_name="path")
    on = OnDay(label="某日", help_text="那一天设着的岗位。")
    status__in = ChoiceIn(field_name="status", choices=list(POST_NAMES.items()), label="状态（多个）")
    search = Words(ServicePostQuerySet.named_like, help_text="岗位、职责或特长，多个词都须符合。")
    ordering = Order(since="since", until="until", id="id")

    class Meta:
        model = ServicePost
        fields = {
            **dict.fromkeys(("status", "skill"), EXACT),
            **dict.fromkeys(("since", "until"), DAY_LOOKUPS),
        }


class ServicePostViewSet(ScopedViewSet):
    """认领岗位：社区需要什么人、做什么、几个名额；公示后都能看到，由设岗单位管理。"""

    queryset = ServicePost.objects.select_related("unit").with_taken()
    serializer_class = line_serializer = ServicePostLine
    filterset_class = ServicePostFilters
    verbs = {
        "retrieve": VIEW_POST,
        "create": "volunteering.add_servicepost",
        **dict.fromkeys(("partial_update", "publish", "open_", "close", "deal"), KEEP_POST),
    }
    bodies = {
        **dict.fromkeys(("create", "partial_update"), ServicePostBody),
        **dict.fromkeys(("publish", "open_"), NothingBody),
        "close": RemarkBody,
        "deal": RotaBody,
    }
    versioned = frozenset({"partial_update", "publish", "open_", "close"})
    instead_of_delete = "岗位不能删除，请结束：POST service-posts/编号/close/"

    def require(self, row):
        # All may read what is public; it is kept where it is.
        if self.action != "retrieve" and not keeps_post(self.request.user, row):
            raise PermissionDenied

    def create(self, request, *args, **kwargs):
        return self.created(add_post(values=self.body(), by=request.user))

    def partial_update(self, request, *args, **kwargs):
        post, version = self.row_as_read()
        return self.done(
            amend_post(post=post, values=self.body(partial=True), version=version, by=request.user)
        )

    @action(detail=True, methods=["post"])
    def publish(self, request, *args, **kwargs):
        """公示：各处都能看到，还不能认领。"""
        post, version = self.row_as_read()
        self.body()
        return self.done(publish_post(post=post, version=version, by=request.user))

    @action(detail=True, methods=["post"], url_path="open")
    def open_(self, request, *args, **kwargs):
        """开始招领。"""
        post, version = self.row_as_read()
        self.body()
        return self.done(open_post(post=post, version=version, by=request.user, today=clock.today()))

    @action(detail=True, methods=["post"])
    def close(self, request, *args, **kwargs):
        """结束：在岗的退出，待答复的撤回，以后的班次取消。"""
        post, version = self.row_as_read()
        told = {"by": request.user, "today": clock.today(), "version": version}
        return self.done(close_post(post=post, **self.body(), **told))

    @action(detail=True, methods=["post"])
    def deal(self, request, *args, **kwargs):
        """排班：值得少的先排；已排好的不动。给出新排的班次。"""
        post = self.get_object()
        rota = self.body()
        turns = deal_turns(
            post=post,
            rota=Rota(**{**rota, "weekdays": tuple(rota["weekdays"])}),
            by=request.user,
            today=clock.today(),
        )
        return Response({"turns": [turn.pk for turn in turns]}, status=201)
