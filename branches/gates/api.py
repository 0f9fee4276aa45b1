"""What every resource of the API shares: scope, strict filters, pages, and versions."""

from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions, mixins, pagination, status, viewsets
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.response import Response

from branches.gates.permission import may, scope_for
from core.errors import StaleVersion

PAGE_PARAMETERS = {"page", "page_size", "cursor", "ordering", "search"}


class PreconditionRequired(exceptions.APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "if_match_required"
    default_detail = "修改须带 If-Match 请求头，值为读取时的 ETag（版本号）"


class CursorPages(pagination.CursorPagination):
    """For pulling everything: stable while rows are added, no count."""

    page_size = 200
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "pk"


class Pages(pagination.PageNumberPagination):
    """50 rows a page, 200 at most; `?cursor=` (empty to begin) pages through everything."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def paginate_queryset(self, queryset, request, view=None):
        self.cursor = CursorPages() if "cursor" in request.query_params else None
        if self.cursor:
            return self.cursor.paginate_queryset(queryset, request, view)
        self._refuse_bad_numbers(request)
        return super().paginate_queryset(queryset, request, view)

    def _refuse_bad_numbers(self, request):
        for name, most in (("page", None), ("page_size", self.max_page_size)):
            text = request.query_params.get(name, "1")
            if not text.isascii() or not text.isdigit() or int(text) < 1 or (most and int(text) > most):
                limit = f"1到{most}" if most else "正"
                raise ValidationError({name: [f"{name}=“{text}”应为{limit}的整数"]}, code="invalid")

    def get_paginated_response(self, data):
        if self.cursor is None:
            return super().get_paginated_response(data)
        return Response(
            {
                "count": None,
                "next": self.cursor.get_next_link(),
                "previous": self.cursor.get_previous_link(),
                "results": data,
            }
        )


class LookupFilters(DjangoFilterBackend):
    """Filters by lookup; a parameter that no filter knows is an error, never ignored."""

    def filter_queryset(self, request, queryset, view):
        filterset_class = self.get_filterset_class(view, queryset)
        known = set(filterset_class.base_filters) if filterset_class else set()
        unknown = [name for name in request.query_params if name not in known | PAGE_PARAMETERS]
        if unknown:
            raise ValidationError(
                {
                    name: [f"没有“{name}”这个查询参数，可用的有：{'、'.join(sorted(known))}"]
                    for name in unknown
                },
                code="unknown_parameter",
            )
        return super().filter_queryset(request, queryset, view)

    def get_filterset_kwargs(self, request, queryset, view):
        return {**super().get_filterset_kwargs(request, queryset, view), "request": request}


class ScopedViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """A resource whose rows are asked of the scope. `verbs` maps each action to the verb it needs.

    A row out of the viewing scope is 404 like one that never was; a row that may be seen but not changed is 403.
    """

    verbs: dict[str, str] = {}
    filter_backends = [LookupFilters]
    pagination_class = Pages

    @property
    def verb(self) -> str:
        """The verb that the current action needs."""
        return self.verbs.get(self.action) or self.verbs["retrieve"]

    def check_permissions(self, request):
        super().check_permissions(request)
        if self.action and not may(request.user, self.verb):
            raise PermissionDenied("您没有此项权限")

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        return self.queryset.visible_in(scope_for(self.request.user, self.verbs["retrieve"]))

    def get_object(self):
        found = super().get_object()
        if self.verb != self.verbs["retrieve"] and not may(self.request.user, self.verb, found):
            raise PermissionDenied("您没有此项权限")
        return found

    def expected_version(self) -> int:
        """The version in If-Match; absent is 428, anything but a version of ours is 412."""
        given = self.request.headers.get("If-Match")
        if given is None:
            raise PreconditionRequired
        text = given.strip().removeprefix("W/").strip('"').removeprefix("v")
        if not text.isascii() or not text.isdigit():
            raise StaleVersion(f"If-Match“{given}”不是本接口给出的版本")
        return int(text)

    def reply(self, row, *, code=status.HTTP_200_OK):
        """The row as it is now, with its version as ETag."""
        serializer_class = self.serializer_class
        body = serializer_class(row, context=self.get_serializer_context()).data
        return Response(
            body, status=code, headers={"ETag": f'"v{row.version}"'} if hasattr(row, "version") else {}
        )

    def retrieve(self, request, *args, **kwargs):
        return self.reply(self.get_object())
