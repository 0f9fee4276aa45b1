"""Pages of lists: numbered for people, by cursor for programs that pull everything."""

from django.core.paginator import Paginator
from rest_framework import pagination
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response

LARGEST_PAGE = 200
LONGEST_NUMBER = 9


def _bad(name, text, rule):
    return ValidationError({name: [f"{name}=“{text}”{rule}"]}, code="invalid")


def _is_number(text) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER


class CursorPages(pagination.CursorPagination):
    """For pulling everything: stable while rows are added, no count."""

    page_size = LARGEST_PAGE
    page_size_query_param = "page_size"
    max_page_size = LARGEST_PAGE
    ordering = "id"

    def decode_cursor(self, request):
        text = request.query_params.get(self.cursor_query_param, "")
        try:
            cursor = super().decode_cursor(request)
        except NotFound:
            raise _bad("cursor", text, "不是本接口给出的游标") from None
        if cursor.position is not None and not (cursor.position.isascii() and cursor.position.isdigit()):
            raise _bad("cursor", text, "不是本接口给出的游标")
        return cursor


class CountWhereNeeded(Paginator):
    """Asks how many rows there are only where the first page does not show them all."""

    def page(self, number):
        if int(number) > 1:
            return super().page(number)
        rows = list(self.object_list[: self.per_page + 1])
        if len(rows) <= self.per_page:
            self.count = len(rows)
        return self._get_page(rows[: self.per_page], 1, self)


class Pages(pagination.PageNumberPagination):
    """50 rows a page, 200 at most; `?cursor=` (empty to begin) pages through everything."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = LARGEST_PAGE
    django_paginator_class = CountWhereNeeded
    cursor = None

    def paginate_queryset(self, queryset, request, view=None):
        self._refuse_bad_numbers(request)
        if "cursor" in request.query_params:
            self._refuse_two_ways(request)
            self.cursor = CursorPages()
            return self.cursor.paginate_queryset(queryset, request, view)
        try:
            return super().paginate_queryset(queryset, request, view)
        except NotFound:
            text = request.query_params.get("page")
            raise NotFound({"page": [f"page=“{text}”没有这一页"]}) from None

    def _refuse_bad_numbers(self, request):
        for name, most, rule in (
            ("page", 10**LONGEST_NUMBER, "应为正的整数"),
            ("page_size", self.max_page_size, f"应为1到{self.max_page_size}的整数"),
        ):
            text = request.query_params.get(name, "1")
            if not _is_number(text) or not 1 <= int(text) <= most:
                raise _bad(name, text, rule)

    def _refuse_two_ways(self, request):
        for name in ("page", "ordering"):
            if name in request.query_params:
                raise _bad(name, request.query_params[name], "不能与 cursor 同时使用，游标按编号逐行取全部")

    def get_paginated_response(self, data):
        if self.cursor is None:
            return super().get_paginated_response(data)
        links = {"next": self.cursor.get_next_link(), "previous": self.cursor.get_previous_link()}
        return Response({"count": None, **links, "results": data})

    def get_schema_operation_parameters(self, view):
        cursor = {
            "name": "cursor",
            "in": "query",
            "required": False,
            "description": "逐行取全部：首次留空，之后照 next 中的值；不计总数，按编号排列。",
            "schema": {"type": "string"},
            "allowEmptyValue": True,
        }
        numbered = super().get_schema_operation_parameters(view)
        for parameter, words in zip(numbered, ("第几页，从1起。", "每页行数，1到200，默认50。"), strict=True):
            parameter["description"] = words
            parameter["schema"]["minimum"] = 1
        numbered[1]["schema"]["maximum"] = self.max_page_size
        return [*numbered, cursor]

    def get_paginated_response_schema(self, schema):
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {"type": ["integer", "null"], "description": "总行数；游标方式下为 null。"},
                "next": {**link, "description": "下一页的地址。"},
                "previous": {**link, "description": "上一页的地址。"},
                "results": schema,
            },
        }
