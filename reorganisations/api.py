"""Reorganisations: planned, tried, carried out, cancelled and undone."""

from rest_framework import serializers
from rest_framework.decorators import action

from branches.gates.api import ScopedViewSet
from branches.gates.fields import ScopedRelatedField, StrictBody
from branches.gates.levels import CHANGE_VERBS
from branches.gates.lookups import DAY_LOOKUPS, EXACT, LookupSet, Order, UnitAndBelow
from branches.gates.permission import may
from branches.models import Branch, ReorganisationKind, Unit
from core import clock
from members.models import Member
from reorganisations.gates import (
    ADD,
    CHANGE_BRANCH,
    DISSOLVE_BRANCH,
    KEEPING,
    VIEW,
    plan_verb,
    refuse_unless_allowed,
)
from reorganisations.models import Plan
from reorganisations.operations import cancel, carry_out, make_plan, order_of, undo
from reorganisations.states import ABOUT_NAMES

DECIDING = (*CHANGE_VERBS, DISSOLVE_BRANCH)


class PlanLine(serializers.ModelSerializer):
    unit_code = serializers.CharField(source="unit.code", label="涉及范围的单位代码")

    class Meta:
        model = Plan
        fields = [
            "id", "about", "kind", "title", "effective_on", "document", "state", "unit", "unit_code",
            "version",
        ]  # fmt: skip


class UnitChange(serializers.Serializer):
    id = serializers.IntegerField(allow_null=True, label="编号", help_text="新设的还没有编号")
    name = serializers.CharField(label="名称")
    what = serializers.CharField(label="变动")
    before = serializers.CharField(label="之前的上级或所在单位")
    after = serializers.CharField(label="之后的上级或所在单位")


class PeopleAffected(serializers.Serializer):
    moved = serializers.IntegerField(label="转入另一党支部的党员")
    residences = serializers.IntegerField(label="居住地随之更改的党员")
    ended = serializers.IntegerField(label="结束参加临时党组织的人次")
    posts = serializers.IntegerField(label="随之终止的党内职务")
    terms = serializers.IntegerField(label="随之终止的届次")


class CarriedAlong(serializers.Serializer):
    units = serializers.IntegerField(label="下级单位")
    branches = serializers.IntegerField(label="党组织")
    members = serializers.IntegerField(label="党员")


class FigureLine(serializers.Serializer):
    code = serializers.CharField(label="单位代码")
    name = serializers.CharField(label="单位名称")
    figures = serializers.DictField(
        child=serializers.ListField(child=serializers.IntegerField()), label="指标：[办理前, 办理后]"
    )


class Outcome(serializers.Serializer):
    """What a dry run or the carrying out found."""

    refusals = serializers.ListField(child=serializers.CharField(), label="不能办理的原因")
    units = UnitChange(many=True, label="单位")
    branches = UnitChange(many=True, label="党支部")
    along = CarriedAlong(label="跟随变动的")
    people = PeopleAffected(label="人员")
    appointments = serializers.ListField(child=serializers.CharField(), label="随之结束的账号授权")
    figures = FigureLine(many=True, label="数字")


class PlanDetail(PlanLine):
    dry_run = Outcome(source="outcome", label="试算或办理的结果")
    order = serializers.DictField(label="内容")

    class Meta(PlanLine.Meta):
        fields = [*PlanLine.Meta.fields, "note", "made_at", "order", "dry_run"]


def _one(queryset, verb, label):
    return ScopedRelatedField(
        queryset=queryset, verb=verb, subtrees=True, required=False, allow_null=True, label=label
    )


def _many(queryset, verb, label):
    return ScopedRelatedField(
        queryset=queryset, verb=verb, subtrees=True, many=True, required=False, label=label
    )


class NewPlan(StrictBody):
    about = serializers.ChoiceField(choices=list(ABOUT_NAMES.items()), label="对象")
    kind = serializers.ChoiceField(choices=ReorganisationKind.choices, label="类型")
    on = serializers.DateField(label="生效日期", help_text="可在今天之后：到那天自动办理。")
    document = serializers.CharField(max_length=100, allow_blank=True, default="", label="文号")
    note = serializers.CharField(max_length=500, allow_blank=True, default="", label="说明")
    units = _many(Unit.objects.all(), None, "哪些单位")
    branches = _many(Branch.objects.all(), CHANGE_BRANCH, "哪些党支部")
    to_unit = _one(Unit.objects.all(), None, "去向：单位")
    to_branch = _one(Branch.objects.all(), CHANGE_BRANCH, "去向：党支部")
    name = serializers.CharField(max_length=200, allow_blank=True, default="", label="新名称")
    code = serializers.CharField(max_length=32, allow_blank=True, default="", label="新单位的代码")
    part_units = _many(Unit.objects.all(), None, "划给新单位的下级")
    part_branches = _many(Branch.objects.all(), CHANGE_BRANCH, "划给新单位的党支部，或划给新党支部的党小组")
    part_members = _many(Member.objects.all(), "members.view_member", "划给新党支部的党员")


class Decision(StrictBody):
    """Nothing but the version in If-Match."""


class PlanFilters(LookupSet):
    unit = UnitAndBelow(VIEW, field_name="unit__path")
    ordering = Order(effective_on="effective_on", made_at="made_at")

    class Meta:
        model = Plan
        fields = {**dict.fromkeys(("about", "kind", "state", "document"), EXACT), "effective_on": DAY_LOOKUPS}


class ReorganisationViewSet(ScopedViewSet):
    """组织变动：设立、更名、迁移、合并、拆分、撤销、恢复、整建制转接。"""

    queryset = Plan.objects.select_related("unit")
    serializer_class, line_serializer = PlanDetail, PlanLine
    filterset_class = PlanFilters
    verbs = {
        "retrieve": VIEW,
        "create": KEEPING,
        **dict.fromkeys(("carry_out", "cancel", "undo"), DECIDING),
    }
    bodies = {"create": NewPlan, **dict.fromkeys(("carry_out", "cancel", "undo"), Decision)}
    versioned = frozenset({"carry_out", "cancel", "undo"})
    instead_of_delete = "组织变动不能删除，请使用取消或撤回：POST reorganisations/编号/cancel/ 或 undo/"

    def check_permissions(self, request):
        super().check_permissions(request)
        if self.action == "create" and not may(request.user, ADD):
            self.permission_denied(request)

    def require(self, row):
        if self.action != "retrieve" and not may(self.request.user, plan_verb(row), row):
            self.permission_denied(self.request)

    def create(self, request, *args, **kwargs):
        order = order_of(self.body())
        refuse_unless_allowed(request.user, order)
        return self.created(make_plan(order=order, by=request.user, today=clock.today()))

    @action(detail=True, methods=["post"], url_path="carry-out")
    def carry_out(self, request, *args, **kwargs):
        """办理：生效日已到的计划。有任何一项不能办时什么都不改动，逐项说明。"""
        plan, version = self._decided()
        return self.done(carry_out(plan=plan, by=request.user, today=clock.today(), version=version))

    @action(detail=True, methods=["post"])
    def cancel(self, request, *args, **kwargs):
        """取消：还没有办理的计划。"""
        plan, version = self._decided()
        return self.done(cancel(plan=plan, by=request.user, version=version))

    @action(detail=True, methods=["post"])
    def undo(self, request, *args, **kwargs):
        """撤回：恢复到办理之前；之后另有变动依赖它时不能撤回，逐项说明。"""
        plan, version = self._decided()
        return self.done(undo(plan=plan, by=request.user, version=version))

    def _decided(self):
        plan, version = self.row_as_read()
        self.body()
        return plan, version
