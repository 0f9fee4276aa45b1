"""The roots: the admin, the API and its documentation, and a sign of life."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from qilin_cadres.api import no_such_address, router
from reports.desk_api import FindingCountsView, FindingsView, TaskCountsView, TasksView


@login_not_required
def healthz(request):
    """The process answers. Nothing about the data."""
    return HttpResponse("ok", content_type="text/plain")


def csrf_failed(request, reason=""):
    """A form whose page had gone stale: said in words, with what to do."""
    return render(request, "csrf_failed.html", status=403)


urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("healthz", healthz),
    path("", include("volunteering.public.urls")),
    path("admin/figures/", include("reports.pages")),
    path("admin/flow/", include("reports.flow_pages")),
    path("admin/", include("reports.desk")),
    path("admin/", admin.site.urls),
    path("api/v1/statistics/", include("reports.urls")),
    path("api/v1/findings/", FindingsView.as_view(), name="findings-list"),
    path("api/v1/findings/counts/", FindingCountsView.as_view(), name="findings-counts"),
    path("api/v1/tasks/", TasksView.as_view(), name="tasks-list"),
    path("api/v1/tasks/counts/", TaskCountsView.as_view(), name="tasks-counts"),
    path("api/v1/", include(router.urls)),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    # Last: what nobody above answers to.
    path("api/", no_such_address),
    path("api/<path:rest>", no_such_address),
]
