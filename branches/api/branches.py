"""Branches, Party groups and temporary organisations."""

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from branches.api.units import DatedBody
from branches.gates.api import ScopedViewSet
from branches.gates.fields import ScopedRelatedField, StrictSerializer, UndoBody, Undone
from branches.gates.lookups import (
    DAY_LOOKUPS,
    EXACT,
    ChoiceIn,
    LookupSet,
    OnDay,
    OneBranch,
    Order,
    UnitAndBelow,
    Words,
)
from branches.gates.permission import may
from branches.models import Branch, Category, Kind, Unit
from branches.models.branch import BranchQuerySet
from branches.operations import (
    BranchChanges,
    amend_branch,
    dissolve_branch,
    move_branch,
    open_branch,
    undo_founding,
)
from core import clock
from core.privacy import last_four

VIEW, CHANGE = "branches.view_branch", "branches.change_branch"
LINE = ["id", "code", "name", "short_name", "category", "kind", "affinity", "parent", "unit", "unit_code",
        "unit_name", "founded_on", "dissolved_on", "version"]  # fmt: skip
OWN = ["name", "short_name", "code", "category", "kind", "parent", "unit", "founded_on", "founding_document",
       "contact", "contact_phone", "address", "affinity", "place_type", "sponsor", "purpose", "approved_by",
       "approved_on", "expected_end_on"]  # fmt: skip


class BranchLine(serializers.ModelSerializer):
    unit_code = serializers.CharField(source="unit.code", label="所在单位代码")
    unit_name = serializers.CharField(source="unit.name", label="所在单位名称")

    class Meta:
        model = Branch
        fields = LINE


class BranchDetail(BranchLine):
    """The contact is a person: only who keeps the branch is told name and number in full."""

    class Meta(BranchLine.Meta):
        fields = [*LINE, *(name for name in OWN if name not in LINE), "dissolving_document"]

    def to_representation(self, instance):
        shown = super().to_representation(instance)
        if not may(self.context["request"].user, CHANGE, instance):
            shown |= {"contact": "", "contact_phone": last_four(instance.contact_phone)}
        return shown


class BranchBody(StrictSerializer):
    elsewhere = {"dissolved_on": "撤销请用 POST branches/编号/dissolve/，写明生效日期"}
    unit = ScopedRelatedField(queryset=Unit.objects.all(), subtrees=True, label="所在单位")
    parent = ScopedRelatedField(
        queryset=Branch.objects.all(), required=False, allow_null=True, label="所属党组织"
    )
    code = serializers.CharField(
        max_length=12, required=False, label="党组织代码", help_text="12位数字；不填则自动编号。"
    )

    class Meta:
        model = Branch
        fields = OWN


class BranchMove(DatedBody):
    to = ScopedRelatedField(queryset=Unit.objects.all(), subtrees=True, label="新的所在单位")


class BranchFilters(LookupSet):
    unit = UnitAndBelow(VIEW, field_name="path", branch_field="pk")
    on = OnDay(label="某日", help_text="那一天存在的党组织；列出的所在单位仍是今天的。")
    parent = OneBranch(VIEW, label="所属党组织")
    kind__in = ChoiceIn(field_name="kind", choices=Kind.choices, label="类型（多个）")
    category__in = ChoiceIn(field_name="category", choices=Category.choices, label="组织类别（多个）")
    search = Words(
        BranchQuerySet.named_like, help_text="全称、简称或代码，也可用拼音或拼音首字母，多个词都须符合。"
    )
    ordering = Order(code="code", name="name", founded_on="founded_on")

    class Meta:
        model = Branch
        fields = {
            **dict.fromkeys(("code", "kind", "category", "affinity", "place_type"), EXACT),
            **dict.fromkeys(("founded_on", "dissolved_on", "expected_end_on"), DAY_LOOKUPS),
        }


class BranchViewSet(ScopedViewSet):
    """党支部、党小组和三缘型临时党组织。"""

    queryset = Branch.objects.select_related("unit")
    serializer_class, line_serializer = BranchDetail, BranchLine
    filterset_class = BranchFilters
    verbs = {
        "retrieve": VIEW,
        "create": "branches.add_branch",
        "partial_update": CHANGE,
        "move": CHANGE,
        "dissolve": "branches.dissolve_branch",
        "undo": "branches.add_branch",
    }
    bodies = {
        "create": BranchBody,
        "partial_update": BranchBody,
        "move": BranchMove,
        "dissolve": DatedBody,
        "undo": UndoBody,
    }
    replies = {"undo": Undone}
    versioned = frozenset({"partial_update", "move", "dissolve", "undo"})
    instead_of_delete = (
        "党组织不能删除，请使用撤销：POST branches/编号/dissolve/；误建的：POST branches/编号/undo/"
    )

    def create(self, request, *args, **kwargs):
        values = self.body()
        unit = values.pop("unit")
        return self.created(open_branch(unit=unit, values=values, by=request.user, today=clock.today()))

    def partial_update(self, request, *args, **kwargs):
        branch, version = self.row_as_read()
        changes = BranchChanges(self.body(partial=True), version)
        done = amend_branch(branch=branch, changes=changes, by=request.user, today=clock.today())
        return self.done(done)

    @action(detail=True, methods=["post"])
    def move(self, request, *args, **kwargs):
        """迁移：自某日起连同党员改到另一单位。"""
        return self._change(move_branch)

    @action(detail=True, methods=["post"])
    def dissolve(self, request, *args, **kwargs):
        """撤销：自某日起不再存在，须先转接党员、撤销党小组。"""
        return self._change(dissolve_branch)

    @action(detail=True, methods=["post"])
    def undo(self, request, *args, **kwargs):
        """撤回误建的党组织：其上没有党员、党小组、任职等才可以。"""
        branch, version = self.row_as_read()
        number = branch.pk
        undo_founding(branch=branch, **self.body(), by=request.user, version=version)
        return Response({"undone": number})

    def _change(self, operation):
        branch, version = self.row_as_read()
        with self.only_change_since(branch, version):
            operation(branch=branch, **self.body(), by=self.request.user, today=clock.today())
        return self.done(branch)
