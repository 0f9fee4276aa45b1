"""What every resource of the API shares: scope, strict filters, pages, and versions."""

from contextlib import contextmanager

from django.db import transaction
from rest_framework import exceptions, mixins, parsers, status, viewsets
from rest_framework.exceptions import ParseError, PermissionDenied
from rest_framework.response import Response

from branches.gates.lookups import LookupFilters
from branches.gates.pages import Pages
from branches.gates.permission import may, scope_for
from branches.gates.schema import ResourceSchema
from core.errors import StaleVersion

LARGEST_BODY = 1024 * 1024
LONGEST_VERSION = 9
NO_OBJECT = '请求正文须为含各字段的 JSON 对象，如 {"字段": "值"}'


class PreconditionRequired(exceptions.APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "if_match_required"
    default_detail = "修改须带 If-Match 请求头，值为读取时的 ETag（版本号）"


class BodyTooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = "请求正文不能超过1MB"


class JsonBody(parsers.JSONParser):
    """JSON of a bounded size and depth."""

    def parse(self, stream, media_type=None, parser_context=None):
        given = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0"
        if given.isdigit() and int(given) > LARGEST_BODY:
            raise BodyTooLarge
        try:
            return super().parse(stream, media_type, parser_context)
        except (ParseError, RecursionError):
            raise ParseError("请求正文不是可读的 JSON") from None


class ScopedViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """A resource whose rows are asked of the scope.

    `verbs` maps each action to the verb it needs, or to several of which one is enough. `bodies` maps each
    writing action to the serializer of its body; `line_serializer` shows a row in a list and
    `serializer_class` a row alone. A row out of the viewing scope is 404 like one that never was; a row that
    may be seen but not changed is 403.
    """

    verbs: dict[str, str | tuple[str, ...]] = {}
    bodies: dict = {}
    replies: dict = {}
    line_serializer = None
    # Actions that change the row itself: they ask for the version that was read.
    versioned: frozenset[str] = frozenset()
    instead_of_delete = "记录不能删除"
    parser_classes = [JsonBody]
    filter_backends = [LookupFilters]
    pagination_class = Pages
    lookup_value_converter = "int"
    schema = ResourceSchema()

    @property
    def verbs_asked(self) -> tuple[str, ...]:
        """The verbs of which the current action needs one."""
        asked = self.verbs.get(self.action) or self.verbs["retrieve"]
        return (asked,) if isinstance(asked, str) else asked

    def check_permissions(self, request):
        super().check_permissions(request)
        if self.action and not any(may(request.user, verb) for verb in self.verbs_asked):
            raise PermissionDenied

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        return self.queryset.visible_in(scope_for(self.request.user, self.verbs["retrieve"]))

    def get_object(self):
        found = super().get_object()
        self.require(found)
        return found

    def require(self, row):
        """Refuse what may be seen but not worked on."""
        if self.action != "retrieve" and not any(
            may(self.request.user, verb, row) for verb in self.verbs_asked
        ):
            raise PermissionDenied

    # Reading.

    def lines(self, rows):
        """What of each row a list needs."""
        return rows

    def list(self, request, *args, **kwargs):
        page = self.paginate_queryset(self.lines(self.filter_queryset(self.get_queryset())))
        serializer = self.line_serializer(page, many=True, context=self.get_serializer_context())
        return self.get_paginated_response(serializer.data)

    def retrieve(self, request, *args, **kwargs):
        return self._reply(self.get_object(), status.HTTP_200_OK)

    # Writing.

    def body(self, **kwargs) -> dict:
        """The validated body of the current action."""
        if not isinstance(self.request.data, dict):
            raise exceptions.ValidationError(NO_OBJECT)
        serializer = self.bodies[self.action](
            data=self.request.data, context=self.get_serializer_context(), **kwargs
        )
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def row_as_read(self):
        """The row to be changed and its version by If-Match: absent 428, not the row's 412."""
        row, version = self.get_object(), self.expected_version()
        if row.version != version:
            raise StaleVersion(
                f"“{row}”已被他人修改（您看到的是第{version}版，现为第{row.version}版），请重新读取后再改"
            )
        return row, version

    @contextmanager
    def only_change_since(self, row, version):
        """For operations that ask no version: what is done within is undone if anybody else was first."""
        with transaction.atomic():
            yield
            now = type(row)._default_manager.values_list("version", flat=True).get(pk=row.pk)
            if now != version + 1:
                raise StaleVersion(f"“{row}”刚被他人修改，请重新读取后再改")

    def expected_version(self) -> int:
        """The version in If-Match; absent is 428, anything but a version of ours is 412."""
        given = self.request.headers.get("If-Match")
        if given is None:
            raise PreconditionRequired
        text = given.strip().removeprefix("W/").strip('"').removeprefix("v")
        if not text.isascii() or not text.isdigit() or len(text) > LONGEST_VERSION:
            raise StaleVersion("If-Match 不是本接口给出的版本")
        return int(text)

    def done(self, row):
        """The row as the action left it."""
        return self._reply(self.queryset.get(pk=row.pk), status.HTTP_200_OK)

    def created(self, row):
        """The row that the action made."""
        return self._reply(self.queryset.get(pk=row.pk), status.HTTP_201_CREATED)

    def _reply(self, row, code):
        body = self.serializer_class(row, context=self.get_serializer_context()).data
        return Response(body, status=code, headers={"ETag": f'"v{row.version}"'})
