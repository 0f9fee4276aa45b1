"""The routes of statistics."""

from django.urls import path

from reports import api

urlpatterns = [
    path("indicators/", api.IndicatorsView.as_view(), name="statistics-indicators"),
    path("rollup/", api.RollupView.as_view(), name="statistics-rollup"),
    path("flow/", api.FlowView.as_view(), name="statistics-flow"),
    path("breakdown/", api.BreakdownView.as_view(), name="statistics-breakdown"),
    path("rows/", api.RowsView.as_view(), name="statistics-rows"),
]
