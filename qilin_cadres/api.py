"""The API's list of resources, and the one shape of its errors."""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, status
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter
from rest_framework.views import set_rollback

from branches.api import BranchViewSet, EmployerViewSet, PledgeViewSet, UnitViewSet
from core.errors import DomainError, refusal_of
from members.api import (
    AffiliationViewSet,
    ExportViewSet,
    HandoverPersonViewSet,
    HandoverViewSet,
    ImportViewSet,
    MembershipViewSet,
    MemberViewSet,
    PostViewSet,
    SecondmentViewSet,
    TermViewSet,
    TransferViewSet,
)
from reorganisations.api import ReorganisationViewSet
from volunteering.api import (
    BuildingViewSet,
    CarrierBuildingViewSet,
    CarrierDutyViewSet,
    CarrierViewSet,
    CertificateViewSet,
    ClaimViewSet,
    GridMatterViewSet,
    HourEntryViewSet,
    HouseholdViewSet,
    MatterPhotoViewSet,
    OfferViewSet,
    PairingViewSet,
    ServiceItemViewSet,
    ServiceOrderViewSet,
    ServicePostViewSet,
    TeamMembershipViewSet,
    TeamViewSet,
    TimeLimitViewSet,
    TurnViewSet,
    VisitViewSet,
)

router = DefaultRouter(use_regex_path=False)
router.include_root_view = False
router.include_format_suffixes = False
router.register("units", UnitViewSet)
router.register("branches", BranchViewSet)
router.register("employers", EmployerViewSet)
router.register("pledges", PledgeViewSet)
router.register("members", MemberViewSet)
router.register("memberships", MembershipViewSet)
router.register("affiliations", AffiliationViewSet)
router.register("teams", TeamViewSet)
router.register("team-memberships", TeamMembershipViewSet)
router.register("terms", TermViewSet)
router.register("posts", PostViewSet)
router.register("imports", ImportViewSet)
router.register("exports", ExportViewSet)
router.register("reorganisations", ReorganisationViewSet)
router.register("transfers", TransferViewSet)
router.register("handovers", HandoverViewSet)
router.register("handover-people", HandoverPersonViewSet)
router.register("secondments", SecondmentViewSet)
router.register("service-items", ServiceItemViewSet)
router.register("service-orders", ServiceOrderViewSet)
router.register("hour-entries", HourEntryViewSet)
router.register("offers", OfferViewSet)
router.register("service-posts", ServicePostViewSet)
router.register("claims", ClaimViewSet)
router.register("turns", TurnViewSet)
router.register("grid-matters", GridMatterViewSet)
router.register("matter-photos", MatterPhotoViewSet)
router.register("time-limits", TimeLimitViewSet)
router.register("buildings", BuildingViewSet)
router.register("households", HouseholdViewSet)
router.register("pairings", PairingViewSet)
router.register("visits", VisitViewSet)
router.register("carriers", CarrierViewSet)
router.register("carrier-duties", CarrierDutyViewSet)
router.register("carrier-buildings", CarrierBuildingViewSet)
router.register("certificates", CertificateViewSet)

NOT_PERMITTED = "您没有此项权限"
INSTEAD_OF = {"PUT": "请用 PATCH，只写要改的字段"}


@extend_schema(exclude=True)
@api_view(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@permission_classes([AllowAny])
def no_such_address(request, rest=""):
    """Any other address under /api/: a refusal of the usual shape instead of a page for people."""
    raise exceptions.NotFound("没有这个接口地址（地址以 / 结尾，见 /api/docs/）")


def explain(exc, context):
    """Every refusal as {"type", "errors": [{"code", "detail", "attr"}]}; `detail` is for a person to read."""
    if isinstance(exc, IntegrityError | OperationalError):
        exc = refusal_of(exc)
    set_rollback()
    if isinstance(exc, DomainError):
        errors = [_error(error.code, error.detail, error.field) for error in exc.errors]
        return Response(_body(exc.status, errors), status=exc.status)
    exc = _in_words(exc, context)
    if not isinstance(exc, exceptions.APIException):
        return None
    headers = {"WWW-Authenticate": exc.auth_header} if getattr(exc, "auth_header", None) else {}
    return Response(
        _body(exc.status_code, list(_flat(exc.get_full_details()))), status=exc.status_code, headers=headers
    )


def _in_words(exc, context):
    """The refusals of the framework that would otherwise speak English, or say less than they could."""
    if isinstance(exc, Http404):
        said = exc.args[0] if exc.args else None
        return exceptions.NotFound(said if isinstance(said, dict) else "没有这条记录")
    if isinstance(exc, PermissionDenied):
        return exceptions.PermissionDenied(NOT_PERMITTED)
    if isinstance(exc, exceptions.PermissionDenied):
        return _forbidden(exc)
    if isinstance(exc, exceptions.MethodNotAllowed):
        return _not_allowed(exc, context)
    if isinstance(exc, exceptions.UnsupportedMediaType):
        exc.detail = exceptions.ErrorDetail(
            "请求正文须为 JSON（Content-Type: application/json）", exc.default_code
        )
    return exc


def _forbidden(exc):
    if str(exc.detail).startswith("CSRF"):
        exc.detail = exceptions.ErrorDetail("CSRF 校验未通过，请刷新页面后重试", "csrf_failed")
    elif exc.detail == exc.default_detail:
        exc.detail = exceptions.ErrorDetail(NOT_PERMITTED, exc.default_code)
    return exc


def _not_allowed(exc, context):
    view, method = context["view"], context["request"].method
    instead = getattr(view, "instead_of_delete", None) if method == "DELETE" else INSTEAD_OF.get(method)
    words = f"此地址不支持 {method} 方法" + (f"：{instead}" if instead else "")
    exc.detail = exceptions.ErrorDetail(words, exc.default_code)
    return exc


def _flat(details, attr=None):
    if isinstance(details, list):
        for item in details:
            yield from _flat(item, attr)
    elif set(details) == {"message", "code"}:
        yield _error(details["code"], details["message"], attr)
    else:
        for name, inner in details.items():
            place = (
                attr if name in ("non_field_errors", "__all__") else f"{attr}.{name}" if attr else str(name)
            )
            yield from _flat(inner, place)


def _error(code, detail, attr=None):
    return {"code": code, "detail": str(detail), "attr": attr}


def _body(status_code, errors):
    kind = "validation_error" if status_code == status.HTTP_400_BAD_REQUEST else "client_error"
    return {"type": kind, "errors": errors}
