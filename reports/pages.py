"""The rows behind a figure, as a page of the admin and as a file."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse

from branches.gates import may
from core import clock
from core.errors import DomainError
from reports.breakdowns import Streets
from reports.dimensions import STREET
from reports.exports import as_file, export_rows
from reports.gates import ROWS, rows_behind
from reports.indicators import INDICATORS
from reports.parameters import EVERY_DIMENSION, FORMATS, Parameters

KNOWN = ("unit", "branch", "on", "tree", "known_at", "format", "p", *EVERY_DIMENSION)
ON_A_PAGE = 50


def rows_page(request, code):
    """One figure's rows in scope, with what they were narrowed to; `format` gives them as a file."""
    if code not in INDICATORS:
        raise Http404
    if not may(request.user, ROWS):
        raise PermissionDenied
    try:
        asked = Parameters(request.GET, KNOWN, today=clock.today(), now=clock.now(), zoned=False)
        kind = asked.one_of("format", FORMATS, "json")
        rows = rows_behind(asked, INDICATORS[code], request.user)
    except DomainError as refusal:
        return refused(request, refusal)
    with asked.as_known():
        if kind == "json":
            return _page(request, asked, rows).render()
        file = export_rows(rows, kind, by=request.user)
    return as_file(file, kind, f"{rows.indicator.name}{rows.question.on}")


def _page(request, asked, rows):
    page = Paginator(rows.subjects(), ON_A_PAGE).get_page(asked.text("p", "1"))
    without_page = request.GET.copy()
    without_page.pop("p", None)
    context = {
        **admin.site.each_context(request),
        "title": rows.indicator.name,
        "rows": rows,
        "page": page,
        "lines": [line | {"told": line[rows.subject]} for line in rows.described(page.object_list)],
        "places": rows.question.names(),
        "known_at": asked.known_at,
        "chosen": _words(rows),
        "asked": without_page.urlencode(),
        "board": f"{reverse('admin:index')}?{_board_query(asked)}",
    }
    return TemplateResponse(request, "reports/rows.html", context)


def _words(rows) -> list[tuple[str, str]]:
    """What the rows were narrowed to, in words."""
    return [
        (
            dimension.name,
            dict(Streets(rows.question).values if dimension == STREET else dimension.values)[code],
        )
        for dimension, code in rows.chosen.items()
    ]


def _board_query(asked) -> str:
    kept = asked.data.copy()
    for name in set(kept) - {"unit", "on", "tree", "known_at"}:
        del kept[name]
    return kept.urlencode()


def refused(request, refusal):
    """What was asked and is not understood, in words."""
    context = {**admin.site.each_context(request), "title": "统计", "refusal": refusal.detail}
    return TemplateResponse(request, "reports/refused.html", context, status=refusal.status)


urlpatterns = [path("<str:code>/", admin.site.admin_view(rows_page), name="figure_rows")]
