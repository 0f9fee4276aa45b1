"""Rosters in by a program: send a file, read what would become of each row, apply it, undo it."""

import json

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import parsers, serializers
from rest_framework.decorators import action

from branches.gates.api import JsonBody, ScopedViewSet
from branches.gates.fields import ScopedRelatedField, StrictBody
from branches.gates.lookups import EXACT, LookupSet, Order, UnitAndBelow
from branches.models import Branch, Unit
from core import clock
from core.errors import InvalidValue
from core.sheets import CONTENT_TYPES
from members.models import ImportFile, ImportKind, ImportRow
from members.operations import (
    Upload,
    apply_import,
    cancel_import,
    explain_headers,
    receive_import,
    undo_import,
)
from members.sheets.kinds import KINDS
from members.sheets.work import begin
from members.sheets.workbook import returned_workbook

VIEW = "members.view_importfile"
LINE = ["id", "kind", "unit", "unit_name", "name", "since", "state", "counts", "sent_at", "version"]


class ImportLine(serializers.ModelSerializer):
    unit_name = serializers.CharField(source="unit.name", label="导入到")
    counts = serializers.SerializerMethodField(label="各类行数")

    class Meta:
        model = ImportFile
        fields = LINE

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "integer"}})
    def get_counts(self, file):
        return file.found.get("counts", {})


class ImportDetail(ImportLine):
    done = serializers.IntegerField(label="已处理行数")
    total = serializers.IntegerField(label="总行数")
    refused = serializers.SerializerMethodField(label="为何不能读取")
    stopped = serializers.SerializerMethodField(label="为何停止")
    unknown = serializers.SerializerMethodField(label="不认识的表头")
    doubled = serializers.SerializerMethodField(
        label="重复的表头", help_text="与前面的列是同一项，没有读取。"
    )
    left_out = serializers.SerializerMethodField(label="不导入的表头", help_text="认得，但不从表中导入。")
    explained = serializers.SerializerMethodField(
        label="说明过的表头", help_text="{表头: 列的标识，空为不导入}。"
    )
    unsure = serializers.SerializerMethodField(
        label="没有认出表头", help_text="为真时没有逐行检查，先用 mapping 说明表头。"
    )
    disputed = serializers.SerializerMethodField(label="要更正存疑事实的行数")

    class Meta(ImportLine.Meta):
        fields = [*LINE, "only_good", "done", "total", "refused", "stopped", "unknown", "doubled",
                  "left_out", "explained", "unsure", "disputed"]  # fmt: skip

    def get_refused(self, file) -> str:
        return file.found.get("refused", "")

    def get_stopped(self, file) -> str:
        return file.found.get("stopped", "")

    def get_disputed(self, file) -> int:
        return file.found.get("disputed", 0)

    def get_unknown(self, file) -> list[str]:
        return file.unknown_headers

    def get_doubled(self, file) -> list[str]:
        return file.doubled_headers

    def get_left_out(self, file) -> list[str]:
        return file.left_out_headers

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
    def get_explained(self, file):
        return file.explained_headers

    def get_unsure(self, file) -> bool:
        return file.found.get("unsure", False)


class FaultShown(serializers.Serializer):
    column = serializers.CharField(label="列", help_text="列的标识，见导入模板。")
    header = serializers.CharField(label="表头")
    detail = serializers.CharField(label="说明")


class ChangeShown(serializers.Serializer):
    header = serializers.CharField(label="项目")
    before = serializers.CharField(label="名册中")
    after = serializers.CharField(label="表中")


class RowShown(serializers.Serializer):
    """A row of the file, its place in it, and what became of it."""

    sheet = serializers.CharField(label="工作表")
    row = serializers.IntegerField(label="行")
    fate = serializers.CharField(label="结果")
    name = serializers.CharField(label="名称")
    matched_by = serializers.CharField(label="对应依据")
    faults = FaultShown(many=True, label="错误和冲突")
    warnings = serializers.ListField(child=serializers.CharField(), label="提示")
    changes = ChangeShown(many=True, label="变化")
    left_out = serializers.ListField(child=serializers.CharField(), label="未写入的原因")

    def to_representation(self, row):
        file = self.context["file"]
        said = json.loads(row.text(file.uid))
        headers = KINDS[file.kind].headers
        return {
            "sheet": row.sheet,
            "row": row.number,
            "fate": row.fate,
            "name": said["title"],
            "matched_by": said["matched_by"],
            "faults": [
                {"column": key, "header": headers.get(key, ""), "detail": words}
                for key, words in said["faults"]
            ],
            "warnings": said["warnings"],
            "changes": [
                dict(zip(("header", "before", "after"), change, strict=True)) for change in said["changes"]
            ],
            "left_out": said.get("left_out", []),
        }


class UploadBody(StrictBody):
    file = serializers.FileField(label="文件", help_text=".xlsx、.xls、.ods 或 .csv，最大 20 MB。")
    kind = serializers.ChoiceField(ImportKind.choices, default=ImportKind.MEMBERS, label="内容")
    unit = ScopedRelatedField(queryset=Unit.objects.all(), subtrees=True, label="导入到")
    branch = ScopedRelatedField(
        queryset=Branch.objects.all(),
        required=False,
        allow_null=True,
        label="登记到党支部",
        help_text="表中没有写党支部的党员登记到这个党支部。",
    )
    since = serializers.DateField(
        required=False, label="组织关系起始日期", help_text="表中没有转入日期的新党员从这一天算起，默认今天。"
    )


class ApplyBody(StrictBody):
    only_good = serializers.BooleanField(
        default=False, label="只导入正确的行", help_text="否则有一行不能写入就一行也不写。"
    )
    evidence = serializers.CharField(
        default="", allow_blank=True, max_length=200, label="更正依据",
        help_text="disputed 大于0时必填：要改动已登记的出生、入党、转正等日期、学历或离退休类别。",
    )  # fmt: skip


class MappingBody(StrictBody):
    mapping = serializers.DictField(
        child=serializers.CharField(allow_blank=True),
        label="表头的含义",
        help_text="{表头: 列的标识，空为不导入}。",
    )


class NothingBody(StrictBody):
    """No fields."""


class ImportFilters(LookupSet):
    unit = UnitAndBelow(VIEW, field_name="unit__path", help_text="单位代码：导入到该单位及其以下的。")
    ordering = Order(sent_at="sent_at", id="id")

    class Meta:
        model = ImportFile
        fields = {"state": EXACT, "kind": EXACT}


class RowFilters(LookupSet):
    class Meta:
        model = ImportRow
        fields = {"fate": EXACT}


class ImportViewSet(ScopedViewSet):
    """名册导入：POST 上传即检查，不写入；看过结果再 apply；可整批 undo。"""

    queryset = ImportFile.objects.select_related("unit").order_by("-sent_at", "-pk").defer("content")
    serializer_class, line_serializer = ImportDetail, ImportLine
    filterset_class = ImportFilters
    parser_classes = [JsonBody, parsers.MultiPartParser]
    verbs = {
        **dict.fromkeys(("retrieve", "rows", "workbook"), VIEW),
        "create": "members.add_importfile",
        **dict.fromkeys(("apply", "undo", "cancel", "mapping"), "members.change_importfile"),
    }
    bodies = {
        "create": UploadBody,
        "apply": ApplyBody,
        "mapping": MappingBody,
        **dict.fromkeys(("undo", "cancel"), NothingBody),
    }
    versioned = frozenset({"apply", "undo", "cancel", "mapping"})
    instead_of_delete = "导入记录不能删除；导错了请 POST imports/编号/undo/"

    def create(self, request, *args, **kwargs):
        values = {"since": clock.today()} | self.body()
        sent = values.pop("file")
        upload = Upload(name=sent.name, content=sent.read(), **values)
        return self.created(begin(receive_import(upload=upload, by=request.user, today=clock.today())))

    @action(detail=True, methods=["post"])
    def apply(self, request, *args, **kwargs):
        """写入名册。"""
        file, version = self.row_as_read()
        asked = apply_import(file=file, by=request.user, version=version, **self.body())
        return self.done(begin(asked))

    @action(detail=True, methods=["post"])
    def undo(self, request, *args, **kwargs):
        """撤销整批导入；此后又变动过的不动。"""
        file, version = self.row_as_read()
        return self.done(begin(undo_import(file=file, by=request.user, version=version, **self.body())))

    @action(detail=True, methods=["post"])
    def cancel(self, request, *args, **kwargs):
        """取消。"""
        file, version = self.row_as_read()
        return self.done(cancel_import(file=file, by=request.user, version=version, **self.body()))

    @action(detail=True, methods=["post"])
    def mapping(self, request, *args, **kwargs):
        """说明不认识的表头（说过的可以改），并重新检查；本单位以后照此识别。"""
        file, version = self.row_as_read()
        mapping = self.body()["mapping"]
        unknown = set(mapping.values()) - {"", *KINDS[file.kind].headers}
        if unknown:
            raise InvalidValue(f"没有“{'、'.join(sorted(unknown))}”这样的列", field="mapping")
        asked = explain_headers(file=file, mapping=mapping, by=request.user, version=version)
        return self.done(begin(asked))

    @extend_schema(responses={200: RowShown(many=True)})
    @action(detail=True, methods=["get"])
    def rows(self, request, *args, **kwargs):
        """逐行的检查结果。"""
        # Without the filters, which are of its rows.
        file = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        self.filterset_class = RowFilters
        page = self.paginate_queryset(self.filter_queryset(file.rows.order_by("pk")))
        context = {**self.get_serializer_context(), "file": file}
        return self.get_paginated_response(RowShown(page, many=True, context=context).data)

    @extend_schema(responses={(200, CONTENT_TYPES["xlsx"]): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def workbook(self, request, *args, **kwargs):
        """批注过的原表（xlsx）。"""
        content, name = returned_workbook(self.get_object(), by=request.user)
        headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name)}
        return HttpResponse(content, content_type=CONTENT_TYPES["xlsx"], headers=headers)
