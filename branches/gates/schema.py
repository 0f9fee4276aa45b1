"""What the API's description says of every resource, so that no resource has to."""

import re

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description='读取该记录时得到的 ETag，如 "v3"。缺少为428，已被他人修改为412。',
)
ETAG = OpenApiParameter(
    "ETag",
    str,
    OpenApiParameter.HEADER,
    response=[200, 201],
    description="该记录的版本，修改时放入 If-Match。",
)


SUMMARIES = {"list": "列表", "retrieve": "详情", "create": "新增", "partial_update": "更改"}


class ErrorLine(serializers.Serializer):
    code = serializers.CharField(label="错误代码")
    detail = serializers.CharField(label="说明", help_text="给人看的中文说明，写明字段、值和规则。")
    attr = serializers.CharField(label="字段", allow_null=True, help_text="哪个字段或查询参数；无则为 null。")


class Refusal(serializers.Serializer):
    """每一种拒绝都是这个形状。"""

    type = serializers.CharField(label="类别", help_text="validation_error（400）或 client_error。")
    errors = ErrorLine(many=True, label="各项错误")


class ResourceSchema(AutoSchema):
    """Bodies and replies as the resource maps them, versions as headers, and the refusals that may come."""

    def get_tags(self):
        return [str(self.view.queryset.model._meta.verbose_name_plural)]

    def get_summary(self):
        said = getattr(self.view, self.view.action).__doc__ or ""
        return SUMMARIES.get(self.view.action) or re.split("[：。；]", said)[0]

    def get_request_serializer(self):
        return self.view.bodies.get(self.view.action)

    def get_response_serializers(self):
        codes = [400, 401, 403, 404]
        if self.method == "POST":
            codes += [409, 413, 415]
        if self.method == "PATCH" or self.view.action in self.view.versioned:
            codes = sorted({*codes, 409, 412, 413, 415, 428})
        return {self._success(): self._reply(), **dict.fromkeys(codes, Refusal)}

    def _reply(self):
        if self.view.action == "list":
            return self.view.line_serializer
        return self.view.replies.get(self.view.action, self.view.serializer_class)

    def _success(self):
        return 201 if self.view.action in {"create", *getattr(self.view, "creating", ())} else 200

    def _map_basic_serializer(self, serializer, direction):
        # What a docstring says is for who reads the code; the description speaks to who calls the API.
        described = super()._map_basic_serializer(serializer, direction)
        if "description" in described and not isinstance(serializer, Refusal):
            del described["description"]
        return described

    def get_override_parameters(self):
        if self.view.action == "list":
            return []
        return [IF_MATCH, ETAG] if self.view.action in self.view.versioned else [ETAG]

    def get_filter_backends(self):
        return super().get_filter_backends() if self.view.action == "list" else []
