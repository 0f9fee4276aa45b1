"""Taking part in temporary organisations, and the sign-ins that count once verified."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from branches.gates.api import ScopedViewSet
from branches.gates.fields import ScopedRelatedField, StrictBody, StrictSerializer, UndoBody, Undone
from branches.gates.lookups import (
    DAY_LOOKUPS,
    TREE_OF_UNIT,
    LookupSet,
    OnDay,
    OneBranch,
    Order,
    RowById,
    UnitAndBelow,
)
from branches.models import Branch
from core import clock
from core.errors import InvalidValue
from members.models import Affiliation, Member, SignIn
from members.operations import (
    affiliate,
    end_affiliation,
    record_sign_in,
    reopen_affiliation,
    undo_affiliation,
    verify_sign_ins,
)

VIEW = "members.view_affiliation"
LINE = ["id", "member", "member_name", "branch", "branch_name", "duty", "since", "until", "version"]


class AffiliationLine(serializers.ModelSerializer):
    member_name = serializers.CharField(source="member.name", label="姓名")
    branch_name = serializers.CharField(source="branch.name", label="临时党组织全称")

    class Meta:
        model = Affiliation
        fields = LINE


class SignInShown(serializers.ModelSerializer):
    verified = serializers.BooleanField(label="已核实")

    class Meta:
        model = SignIn
        fields = ["on", "occasion", "verified"]


class AffiliationDetail(AffiliationLine):
    sign_ins = serializers.SerializerMethodField(label="参加记录")

    class Meta(AffiliationLine.Meta):
        fields = [*LINE, "sign_ins"]

    @extend_schema_field(SignInShown(many=True))
    def get_sign_ins(self, affiliation):
        return [
            {"on": each.on, "occasion": each.occasion, "verified": each.verified_by_id is not None}
            for each in affiliation.sign_ins.all()
        ]


class AffiliationBody(StrictSerializer):
    member = ScopedRelatedField(queryset=Member.objects.all(), label="党员")
    branch = ScopedRelatedField(queryset=Branch.objects.all(), label="三缘型临时党组织")

    class Meta:
        model = Affiliation
        fields = ["member", "branch", "duty", "since"]


class EndBody(StrictBody):
    until = serializers.DateField(label="结束日期", help_text="当日起不再参加。")


class SignInBody(StrictBody):
    on = serializers.DateField(label="日期")
    occasion = serializers.CharField(max_length=200, default="", allow_blank=True, label="活动内容")


class VerifyBody(StrictBody):
    on = serializers.DateField(label="日期", help_text="要核实的是哪一天的参加记录。")


class AffiliationFilters(LookupSet):
    unit = UnitAndBelow(
        VIEW,
        field_name="branch__path",
        branch_field="branch",
        help_text=f"单位代码：临时党组织在该单位及其以下；{TREE_OF_UNIT}。",
    )
    member = RowById(Member.objects.all(), VIEW, label="党员")
    branch = OneBranch(VIEW, label="临时党组织")
    on = OnDay(label="某日", help_text="那一天有效的参加。")
    ordering = Order(since="since", until="until", id="id")

    class Meta:
        model = Affiliation
        fields = {"since": DAY_LOOKUPS, "until": DAY_LOOKUPS}


class AffiliationViewSet(ScopedViewSet):
    """参加三缘型临时党组织：组织关系不变，可同时参加多个。"""

    queryset = Affiliation.objects.select_related("member", "branch").only(
        *(name for name in LINE if not name.endswith("_name")),
        "member__name",
        "branch__name",
        "branch__short_name",
    )
    serializer_class, line_serializer = AffiliationDetail, AffiliationLine
    filterset_class = AffiliationFilters
    verbs = {
        "retrieve": VIEW,
        "create": "members.add_affiliation",
        "end": "members.change_affiliation",
        "reopen": "members.change_affiliation",
        "undo": "members.add_affiliation",
        "sign_in": "members.record_signin",
        "verify": "members.verify_signin",
    }
    bodies = {
        "create": AffiliationBody,
        "end": EndBody,
        **dict.fromkeys(("reopen", "undo"), UndoBody),
        "sign_in": SignInBody,
        "verify": VerifyBody,
    }
    replies = {"undo": Undone}
    versioned = frozenset({"end", "reopen", "undo"})
    creating = frozenset({"sign_in"})
    instead_of_delete = "参加记录不能删除，请结束参加：POST affiliations/编号/end/"

    def create(self, request, *args, **kwargs):
        values = self.body()
        member, branch = values.pop("member"), values.pop("branch")
        return self.created(
            affiliate(member=member, branch=branch, values=values, by=request.user, today=clock.today())
        )

    @action(detail=True, methods=["post"])
    def end(self, request, *args, **kwargs):
        """结束参加。"""
        affiliation, version = self.row_as_read()
        day = self.body()["until"]
        ended = end_affiliation(
            affiliation=affiliation, on=day, version=version, by=request.user, today=clock.today()
        )
        return self.done(ended)

    @action(detail=True, methods=["post"])
    def reopen(self, request, *args, **kwargs):
        """撤回办错的结束参加：如同没有结束过。"""
        affiliation, version = self.row_as_read()
        return self.done(
            reopen_affiliation(affiliation=affiliation, **self.body(), by=request.user, version=version)
        )

    @action(detail=True, methods=["post"])
    def undo(self, request, *args, **kwargs):
        """撤回登记有误的参加；已有参加记录的不能撤回。"""
        affiliation, version = self.row_as_read()
        undo_affiliation(affiliation=affiliation, **self.body(), by=request.user, version=version)
        return Response({"undone": affiliation.pk})

    @action(detail=True, methods=["post"], url_path="sign-in")
    def sign_in(self, request, *args, **kwargs):
        """登记某日参加了活动；经他人核实后才计入统计。"""
        affiliation = self.get_object()
        record_sign_in(affiliation=affiliation, **self.body(), by=request.user, today=clock.today())
        return self.created(affiliation)

    @action(detail=True, methods=["post"])
    def verify(self, request, *args, **kwargs):
        """核实某日的参加记录；登记人不能核实自己登记的。"""
        affiliation, day = self.get_object(), self.body()["on"]
        found = affiliation.sign_ins.filter(on=day).first()
        if found is None:
            raise InvalidValue(f"{day} 没有参加记录，无法核实", field="on")
        verify_sign_ins(sign_ins=[found], by=request.user)
        return self.done(affiliation)
