"""The API's list of resources, and the one shape of its errors."""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter
from rest_framework.views import set_rollback

from core.errors import DomainError, refusal_of

router = DefaultRouter()
router.include_root_view = False


def explain(exc, context):
    """Every refusal as {"type", "errors": [{"code", "detail", "attr"}]}; `detail` is for a person to read."""
    if isinstance(exc, IntegrityError):
        exc = refusal_of(exc)
    set_rollback()
    if isinstance(exc, DomainError):
        errors = [_error(error.code, error.detail, error.field) for error in exc.errors]
        return Response(_body(exc.status, errors), status=exc.status)
    if isinstance(exc, Http404):
        exc = exceptions.NotFound("没有这条记录")
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied("您没有此项权限")
    if not isinstance(exc, exceptions.APIException):
        return None
    headers = {"WWW-Authenticate": exc.auth_header} if getattr(exc, "auth_header", None) else {}
    return Response(
        _body(exc.status_code, list(_flat(exc.get_full_details()))), status=exc.status_code, headers=headers
    )


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
