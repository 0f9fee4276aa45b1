"""Rosters out by a program: ask for a file, see how far it is, fetch it. Everybody sees only her own."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError

from branches.gates import may, scope_for
from branches.gates.api import ScopedViewSet
from branches.gates.fields import StrictBody
from branches.gates.lookups import EXACT, LookupSet, Order
from core.audit import record
from core.errors import InvalidValue
from core.sheets import CONTENT_TYPES
from members.api.members import BY_STANDING, MemberFilters
from members.gates import masked_for
from members.models import ExportFile, ExportKind, ExportLayout, Member
from members.operations import Wanted, ask_export, cancel_export
from members.sheets.outgoing import VIEW as VIEW_MEMBERS
from members.sheets.outgoing import WHOLE, begin_export

VIEW = "members.view_exportfile"
LINE = ["id", "layout", "kind", "whole", "reason", "state", "total", "asked_at", "version"]


class ExportLine(serializers.ModelSerializer):
    class Meta:
        model = ExportFile
        fields = LINE


class ExportDetail(ExportLine):
    done = serializers.IntegerField(label="已写入人数")

    class Meta(ExportLine.Meta):
        fields = [*LINE, "done", "left_out"]


class ExportBody(StrictBody):
    layout = serializers.ChoiceField(ExportLayout.choices, default=ExportLayout.ROSTER, label="样式")
    kind = serializers.ChoiceField(ExportKind.choices, default=ExportKind.XLSX, label="文件")
    whole = serializers.BooleanField(
        default=False, label="完整号码", help_text="须有权限并写明事由，记入审计；否则号码只有后四位。"
    )
    reason = serializers.CharField(default="", allow_blank=True, max_length=200, label="事由")
    filters = serializers.DictField(
        child=serializers.CharField(),
        default=dict,
        label="筛选",
        help_text='与 GET members/ 相同的查询参数，如 {"unit": "530302001", "standing": "full"}。',
    )


class NothingBody(StrictBody):
    """No fields."""


class ExportFilters(LookupSet):
    ordering = Order(asked_at="asked_at", id="id")

    class Meta:
        model = ExportFile
        fields = {"state": EXACT}


class ExportViewSet(ScopedViewSet):
    """名册导出：POST 后在后台写成文件，写好（state=ready）再 file；只看得到自己的，文件保留7天。"""

    queryset = ExportFile.objects.order_by("-asked_at", "-pk").defer("content", "people")
    serializer_class, line_serializer = ExportDetail, ExportLine
    filterset_class = ExportFilters
    verbs = dict.fromkeys(("retrieve", "file", "create", "cancel"), VIEW)
    bodies = {"create": ExportBody, "cancel": NothingBody}
    versioned = frozenset({"cancel"})
    instead_of_delete = "导出记录不能删除；文件到期自动删除，正在写的可以 POST exports/编号/cancel/"

    def get_queryset(self):
        rows = super().get_queryset()
        return rows if getattr(self, "swagger_fake_view", False) else rows.filter(asked_by=self.request.user)

    def create(self, request, *args, **kwargs):
        values = self.body()
        members = self._filtered(values.pop("filters"))
        wanted, people = Wanted(**values), list(members.values_list("pk", flat=True))
        if wanted.whole:
            self._require_whole(members, len(people))
        scope = scope_for(request.user, VIEW_MEMBERS)
        asked = ask_export(wanted=wanted, people=people, scope=scope, by=request.user)
        return self.created(begin_export(asked, masked=masked_for))

    def _filtered(self, asked):
        """The members that the same parameters would list; what cannot be read is refused by its name."""
        unknown = sorted(set(asked) - set(MemberFilters.base_filters))
        if unknown:
            raise ValidationError({f"filters.{name}": ["没有这个查询参数"] for name in unknown})
        reached = Member.objects.visible_in(scope_for(self.request.user, VIEW_MEMBERS))
        found = MemberFilters(asked, queryset=reached, request=self.request)
        if not found.is_valid():
            raise ValidationError({f"filters.{name}": words for name, words in found.form.errors.items()})
        return found.qs.registered() if BY_STANDING.isdisjoint(asked) else found.qs

    def _require_whole(self, members, count):
        if not may(self.request.user, WHOLE):
            raise PermissionDenied
        if members.visible_in(scope_for(self.request.user, WHOLE)).count() != count:
            raise InvalidValue("其中有人不在您可查看完整号码的范围内，请先筛选", field="whole")

    @action(detail=True, methods=["post"])
    def cancel(self, request, *args, **kwargs):
        """停止，不留下文件。"""
        file, version = self.row_as_read()
        return self.done(cancel_export(file=file, by=request.user, version=version, **self.body()))

    @extend_schema(responses={(200, each): OpenApiTypes.BINARY for each in CONTENT_TYPES.values()})
    @action(detail=True, methods=["get"])
    def file(self, request, *args, **kwargs):
        """写好的文件。"""
        file = self.get_object()
        content = file.open_content()
        if content is None:
            raise InvalidValue("文件还没有写好，或已过期删除", field="file")
        record("exportfile.downloaded", file, by=request.user, fields=["content"], place=file.path)
        headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=str(file))}
        return HttpResponse(content, content_type=CONTENT_TYPES[file.kind], headers=headers)
