"""组织关系: enrol a member who has none, and correct what was entered wrongly."""

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from branches.gates.api import ScopedViewSet
from branches.gates.fields import ScopedRelatedField, StrictSerializer, UndoBody, Undone
from branches.gates.lookups import DAY_LOOKUPS, LookupSet, OnDay, OneBranch, Order, RowById, UnitAndBelow
from branches.gates.permission import may
from branches.models import Branch, Employer
from core import clock
from members.api.sent import EntryBody, entry_from
from members.models import Member, Membership
from members.operations import correct_membership, enrol, undo_enrolment

NOT_YOUR_PAST = "这段组织关系所在的党支部不在您的管辖范围内，请由当时的单位或上级更正"

VIEW = "members.view_membership"
LINE = ["id", "member", "member_name", "branch", "branch_name", "group", "since", "until", "began_by",
        "began_document", "handed_over_by", "ended_by", "ended_document", "version"]  # fmt: skip


class MembershipLine(serializers.ModelSerializer):
    member_name = serializers.CharField(source="member.name", label="姓名")
    branch_name = serializers.CharField(source="branch.name", label="党支部全称")

    class Meta:
        model = Membership
        fields = LINE


class Enrolment(EntryBody):
    member = ScopedRelatedField(queryset=Member.objects.all(), label="党员")


class MembershipCorrection(StrictSerializer):
    elsewhere = {
        "until": "终止日期随党籍变动或转接产生，不能直接填写",
        "ended_by": "减少方式随党籍变动或转接产生，不能直接填写",
        "member": "组织关系不能改到另一名党员",
    }
    branch = ScopedRelatedField(queryset=Branch.objects.all(), label="党支部")
    group = ScopedRelatedField(queryset=Branch.objects.all(), allow_null=True, label="党小组")
    handed_over_by = ScopedRelatedField(queryset=Employer.objects.all(), allow_null=True, label="移交企业")
    evidence = serializers.CharField(
        max_length=200,
        required=False,
        allow_blank=True,
        label="更正依据",
        help_text="更正已填写的内容时必填。",
    )

    class Meta:
        model = Membership
        fields = ["branch", "group", "since", "began_by", "began_document", "handed_over_by", "evidence"]


class MembershipFilters(LookupSet):
    unit = UnitAndBelow(VIEW, field_name="branch__path", branch_field="branch")
    member = RowById(Member.objects.all(), VIEW, label="党员")
    branch = OneBranch(VIEW, label="党支部")
    group = OneBranch(VIEW, label="党小组")
    handed_over_by = RowById(Employer.objects.all(), VIEW, label="移交企业")
    on = OnDay(label="某日", help_text="那一天有效的组织关系。")
    ordering = Order(since="since", until="until", id="id")

    class Meta:
        model = Membership
        fields = {
            "began_by": ["exact"],
            "ended_by": ["exact"],
            "since": DAY_LOOKUPS,
            "until": DAY_LOOKUPS,
        }


class MembershipViewSet(ScopedViewSet):
    """组织关系：一名党员同一时间只有一个。整个经历随党员所在的党支部可见。"""

    queryset = Membership.objects.select_related("member", "branch").only(
        *(name for name in LINE if not name.endswith("_name")),
        "member__name",
        "branch__name",
        "branch__short_name",
    )
    serializer_class = line_serializer = MembershipLine
    filterset_class = MembershipFilters
    verbs = {
        "retrieve": VIEW,
        "create": "members.add_membership",
        "partial_update": "members.change_membership",
        "undo": "members.add_membership",
    }
    bodies = {"create": Enrolment, "partial_update": MembershipCorrection, "undo": UndoBody}
    replies = {"undo": Undone}
    versioned = frozenset({"partial_update", "undo"})
    instead_of_delete = "组织关系不能删除，登记有误请更正：PATCH memberships/编号/"

    def create(self, request, *args, **kwargs):
        """为没有组织关系的党员建立组织关系。"""
        values = self.body()
        member, entry = values["member"], entry_from(values)
        return self.created(enrol(member=member, entry=entry, by=request.user, today=clock.today()))

    def partial_update(self, request, *args, **kwargs):
        """更正登记有误的组织关系；转到别的党支部不是更正。"""
        membership, version = self.row_as_read()
        if not may(request.user, self.verbs["partial_update"], membership.branch):
            raise PermissionDenied(NOT_YOUR_PAST)
        values = self.body(partial=True)
        corrected = correct_membership(
            membership=membership,
            evidence=values.pop("evidence", ""),
            values=values,
            version=version,
            by=request.user,
            today=clock.today(),
        )
        return self.done(corrected)

    @action(detail=True, methods=["post"])
    def undo(self, request, *args, **kwargs):
        """撤回办错的“建立组织关系”；登记时建立的请更正或撤回登记。"""
        membership, version = self.row_as_read()
        undo_enrolment(membership=membership, **self.body(), by=request.user, version=version)
        return Response({"undone": membership.pk})
