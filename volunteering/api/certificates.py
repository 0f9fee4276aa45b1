"""Certificates of service: announced, issued under a number, withdrawn, revoked."""

from rest_framework import serializers
from rest_framework.decorators import action

from branches.gates.api import ScopedViewSet
from branches.gates.fields import ScopedRelatedField, StrictBody
from branches.gates.lookups import DAY_LOOKUPS, EXACT, LookupSet, Order, RowById, UnitAndBelow
from branches.models import Unit
from core import clock
from members.models import Member
from volunteering.api.orders import NothingBody, ReasonBody
from volunteering.models import Certificate
from volunteering.operations import (
    Span,
    announce_certificate,
    issue_certificate,
    revoke_certificate,
    withdraw_certificate,
)

VIEW, CHANGE = "volunteering.view_certificate", "volunteering.change_certificate"
LINE = ["id", "number", "member", "member_name", "unit", "unit_name", "first", "last", "minutes", "times",
        "status", "announced_on", "issued_on", "reason", "version"]  # fmt: skip


class CertificateLine(serializers.ModelSerializer):
    number = serializers.CharField(label="编号")
    member_name = serializers.CharField(source="member.name", label="姓名")
    unit_name = serializers.CharField(source="unit.name", label="出具单位名称")

    class Meta:
        model = Certificate
        fields = LINE


class AnnounceBody(StrictBody):
    member = ScopedRelatedField(queryset=Member.objects.all(), label="党员")
    unit = ScopedRelatedField(queryset=Unit.objects.all(), label="出具单位")
    first = serializers.DateField(label="服务期间起")
    last = serializers.DateField(label="服务期间止", help_text="包括这一天。")


class CertificateFilters(LookupSet):
    unit = UnitAndBelow(VIEW, field_name="member__path")
    member = RowById(Member.objects.all(), VIEW, label="党员")
    ordering = Order(issued_on="issued_on", id="id")

    class Meta:
        model = Certificate
        fields = {**dict.fromkeys(("status", "year"), EXACT), "issued_on": DAY_LOOKUPS}


class CertificateViewSet(ScopedViewSet):
    """服务证书：只计经他人核实的服务时间，公示满七天后按年度连续编号出具，可扫码查验。"""

    queryset = Certificate.objects.select_related("member", "unit")
    serializer_class = line_serializer = CertificateLine
    filterset_class = CertificateFilters
    verbs = {
        "retrieve": VIEW,
        "create": "volunteering.add_certificate",
        **dict.fromkeys(("issue", "withdraw", "revoke"), CHANGE),
    }
    bodies = {
        "create": AnnounceBody,
        "issue": NothingBody,
        **dict.fromkeys(("withdraw", "revoke"), ReasonBody),
    }
    versioned = frozenset({"issue", "withdraw", "revoke"})
    instead_of_delete = "证书不能删除，请撤回或注销：POST certificates/编号/withdraw/、revoke/"

    def create(self, request, *args, **kwargs):
        values = self.body()
        span = Span(values.pop("first"), values.pop("last"))
        return self.created(announce_certificate(**values, span=span, by=request.user, today=clock.today()))

    @action(detail=True, methods=["post"])
    def issue(self, request, *args, **kwargs):
        """公示满七天后出具，给出编号。"""
        certificate, version = self.row_as_read()
        self.body()
        told = {"by": request.user, "today": clock.today(), "version": version}
        return self.done(issue_certificate(certificate=certificate, **told))

    @action(detail=True, methods=["post"])
    def withdraw(self, request, *args, **kwargs):
        """公示期间撤回，写明原因。"""
        return self._ended(withdraw_certificate)

    @action(detail=True, methods=["post"])
    def revoke(self, request, *args, **kwargs):
        """注销，写明原因；编号不再使用。"""
        return self._ended(revoke_certificate)

    def _ended(self, operation):
        certificate, version = self.row_as_read()
        return self.done(
            operation(certificate=certificate, **self.body(), version=version, by=self.request.user)
        )
