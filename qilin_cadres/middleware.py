"""Headers that every answer carries, and the wider policy that the admin theme needs."""

PERMISSIONS = ", ".join(f"{name}=()" for name in ("camera", "geolocation", "microphone", "payment", "usb"))


def edge_headers(get_response):
    """Middleware: personal pages are never stored; scripts of the theme may evaluate, no others may."""

    def answer(request):
        response = get_response(request)
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
