"""Headers that every answer carries, the wider policy of the admin theme, and what no address may hold."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import JsonResponse
from django.shortcuts import render

PERMISSIONS = ", ".join(f"{name}=()" for name in ("camera", "geolocation", "microphone", "payment", "usb"))

UNSAVED = (
    "登录已过期，刚才提交的内容没有保存。登录后请返回上一页，核对后再提交；浏览器没有留住的内容要重新填写"
)


def edge_headers(get_response):
    """Middleware: personal pages are never stored; scripts of the theme may evaluate, no others may."""

    def answer(request):
        response = get_response(request)
        if response.status_code == HTTPStatus.NOT_FOUND:
            # Where nothing is, nothing is allowed: the framework names the methods of whatever said so.
            response.headers.pop("Allow", None)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        if request.path.startswith("/admin/"):
            response._csp_update = {"script-src": ["'unsafe-eval'"], "style-src": ["'unsafe-inline'"]}  # noqa: SLF001 - its documented hook
        elif request.path.startswith("/api/docs/"):
            response._csp_update = {"style-src": ["'unsafe-inline'"]}  # noqa: SLF001
        return response

    return answer


def _refused(name, detail):
    return {"code": "invalid_parameter", "detail": detail, "attr": name}


def no_null_characters(get_response):
    """Middleware: an address with a null character is refused; the database can keep none, and would fail."""

    def answer(request):
        wrong = [name for name, values in request.GET.lists() if "\x00" in name + "".join(values)]
        if not wrong and "\x00" not in request.path:
            return get_response(request)
        if request.path.startswith("/api/"):
            errors = [_refused(name, f"查询参数“{name}”中有空字符") for name in wrong]
            errors = errors or [_refused(None, "地址中有空字符")]
            return JsonResponse({"type": "validation_error", "errors": errors}, status=400)
        return render(request, "400.html", status=400)

    return answer


class LoginRequired(LoginRequiredMiddleware):
    """Django's own; who sends a form after her session has ended is told that nothing was saved."""

    def handle_no_permission(self, request, view_func):
        """Send her to the login page."""
        if request.method == "POST" and request.resolver_match.url_name != "logout":
            messages.warning(request, UNSAVED)
        return super().handle_no_permission(request, view_func)
