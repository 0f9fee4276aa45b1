"""Headers that every answer carries, the wider policy of the admin theme, and what no address may hold."""

from http import HTTPStatus

from django.http import JsonResponse
from django.shortcuts import render

PERMISSIONS = ", ".join(f"{name}=()" for name in ("camera", "geolocation", "microphone", "payment", "usb"))


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
