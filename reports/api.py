"""Statistics by REST: what may be counted, figures along the tree, and the rows behind a figure."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response
from rest_framework.views import APIView

from branches.gates import Pages, may, scope_for
from core import clock
from core.errors import InvalidValue
from core.sheets import written
from reports import answers, rollups
from reports.breakdowns import Breakdown, shown_cells
from reports.dimensions import dated, dimensions_of
from reports.exports import as_file, breakdown_sheet, export_rows, flow_sheet, rollup_sheet
from reports.flows import INS, OUTS, Flow, flow
from reports.gates import rows_behind, whole_to_hide_in
from reports.indicators import INDICATORS
from reports.models import Banding
from reports.parameters import EVERY_DIMENSION, FORMATS, MOST_LEVELS, Parameters
from reports.trees import TreeNow

INDICATOR_NOTE = f"指标代码：{'、'.join(INDICATORS)}"
SAID = {
    "unit": "单位代码，含以下各级；缺省为本人全部管辖范围",
    "branch": "党组织代码：只问这一个党组织（不与 unit 同用）",
    "on": "哪一天，如 2020-12-31；缺省为今天",
    "tree": "then：按当日的组织树（缺省）；now：按现在的组织树",
    "since": "从哪一天（期初：当日在册），如 2024-12-31；须填写",
    "until": "到哪一天（期末：当日在册）；缺省为今天",
    "known_at": "按哪一时刻掌握的数据，如 2026-04-10T09:30:00+08:00；缺省为现在。以后的更正和撤回不影响它",
    "format": "json（缺省）、csv 或 xlsx",
    "depth": f"向下展开几级，0到{MOST_LEVELS}，缺省1",
    "indicator": INDICATOR_NOTE,
    "by": "一至三个维度，以逗号分隔，如 sex,age_band；没有人员明细权限时最多两个",
    "kind": "只列这一种",
    "page": "第几页",
    "page_size": "每页多少行，最多200",
}
KINDS = {
    name: [{"code": code, "name": words} for code, words in kinds.items()]
    for name, kinds in (("in", INS), ("out", OUTS))
}
CELL_NOTE = "只列这一维度取该值的行，取值见 indicators"
PLACE = ("unit", "branch", "on", "tree", "known_at")
# Of three dimensions each pair would have to be shielded as well.
MOST_HIDDEN = 2
# So much of the names of places stands in the name of a file.
LONGEST_PLACE = 40


def described(*names, summary, answer):
    """The OpenAPI description of an endpoint with these parameters."""
    choices = {"tree": ["then", "now"], "format": list(FORMATS)}
    parameters = [
        OpenApiParameter(name, description=SAID.get(name, CELL_NOTE), enum=choices.get(name))
        for name in names
    ]
    return extend_schema(summary=summary, parameters=parameters, responses={200: answer})


class FigureView(APIView):
    """An endpoint of statistics: the verb it asks, and the parameters that it knows."""

    verb = "reports.view_figures"
    known: tuple[str, ...] = ()

    def check_permissions(self, request):
        super().check_permissions(request)
        if not may(request.user, self.verb):
            raise PermissionDenied("您没有此项权限")

    def parameters(self) -> Parameters:
        """The query string, read strictly."""
        return Parameters(self.request.query_params, self.known, today=clock.today(), now=clock.now())

    @property
    def scope(self):
        """Where the caller may ask this."""
        return scope_for(self.request.user, self.verb)


class IndicatorsView(FigureView):
    """Every indicator: code, name, definition in words, whether it may be added up, and its dimensions.

    The bands listed are today's; a figure of a past day is divided by those in force on it.
    """

    known = ("format",)

    @described(*known, summary="指标目录", answer=answers.INDICATORS)
    def get(self, request):
        asked = self.parameters()
        kind, bandings = asked.one_of("format", FORMATS, "json"), Banding.objects.by_code(asked.today)
        listed = [
            {
                "code": indicator.code,
                "name": indicator.name,
                "definition": indicator.definition,
                "additive": indicator.additive,
                "dimensions": [
                    _dimension(dated(dimension, lambda: bandings))
                    for dimension in dimensions_of(indicator).values()
                ],
            }
            for indicator in INDICATORS.values()
        ]
        if kind == "json":
            return Response(listed)
        lines = [
            [row["code"], row["name"], row["definition"], "是" if row["additive"] else "否"] for row in listed
        ]
        return as_file(written(kind, ["代码", "名称", "定义", "可相加"], lines), kind, "指标")


class RollupView(FigureView):
    """Figures of a unit and of the units below it."""

    known = (*PLACE, "depth", "indicator", "format")

    @described(*known, summary="汇总", answer=answers.ROLLUP)
    def get(self, request):
        asked = self.parameters()
        kind = asked.one_of("format", FORMATS, "json")
        depth, indicators = asked.levels(), asked.indicators()
        question = asked.question(self.scope)
        with asked.as_known():
            found = rollups.rollup(question, indicators, depth=depth)
        if kind == "json":
            return Response({**_asked(asked, question), **found})
        return as_file(rollup_sheet(kind, found, indicators), kind, _named("汇总", asked, question))


class FlowView(FigureView):
    """What came and went between two days: opening + in - out = closing, at every unit."""

    known = ("unit", "branch", "since", "until", "tree", "known_at", "depth", "format")

    @described(*known, summary="增减", answer=answers.FLOW)
    def get(self, request):
        asked = self.parameters()
        kind = asked.one_of("format", FORMATS, "json")
        depth, (since, until) = asked.levels(), asked.days()
        question = asked.question_on(until, self.scope)
        whole = whole_to_hide_in(asked, question, request.user)
        with asked.as_known():
            found = flow(Flow(question, since, depth=depth), whole=whole)
        if kind == "json":
            return Response({**_asked(asked, question), **found, "kinds": KINDS})
        return as_file(flow_sheet(kind, found), kind, _named(f"增减{since}至", asked, question))


class BreakdownView(FigureView):
    """A figure divided by one to three dimensions; two at most for who may not see persons."""

    known = (*PLACE, "indicator", "by", "format")

    @described(*known, summary="分布", answer=answers.BREAKDOWN)
    def get(self, request):
        asked = self.parameters()
        kind = asked.one_of("format", FORMATS, "json")
        indicator = asked.indicator()
        dimensions = asked.dimensions(indicator)
        question = asked.question(self.scope)
        whole = whole_to_hide_in(asked, question, request.user) if indicator.is_personal else None
        if whole and len(dimensions) > MOST_HIDDEN:
            raise InvalidValue(f"没有人员明细权限时，by 最多{MOST_HIDDEN}个维度", field="by")
        with asked.as_known():
            found = Breakdown(question, indicator, dimensions)
            cells = shown_cells(found, whole) if whole else found.cells()
        if kind == "json":
            shown = {"cells": [_cell(dimensions, *cell) for cell in cells], "total": found.total}
            return Response({**_asked(asked, question), **shown})
        return as_file(
            breakdown_sheet(kind, found, cells), kind, _named(f"{indicator.name}分布", asked, question)
        )


class RowsView(FigureView):
    """The persons or organisations behind a figure; as many as the figure says, always."""

    verb = "reports.view_rows"
    known = (*PLACE, "indicator", "format", "page", "page_size", *sorted(EVERY_DIMENSION))

    @described(*known, summary="明细", answer=answers.ROWS)
    def get(self, request):
        asked = self.parameters()
        kind = asked.one_of("format", FORMATS, "json")
        rows = rows_behind(asked, asked.indicator(), request.user)
        with asked.as_known():
            return self._file(asked, rows, kind) if kind != "json" else self._page(asked, rows)

    def _file(self, asked, rows, kind):
        file = export_rows(rows, kind, by=self.request.user)
        return as_file(file, kind, _named(rows.indicator.name, asked, rows.question))

    def _page(self, asked, rows):
        pages = Pages()
        page = pages.paginate_queryset(rows.subjects(), self.request, view=self)
        answer = pages.get_paginated_response(rows.described(page))
        answer.data = {**_asked(asked, rows.question), **answer.data}
        return answer


def _named(words, asked, question) -> str:
    """The name of a file: what was asked, of which day and place, in which tree and as of which moment."""
    tree = "按现在的组织树" if question.tree.word == TreeNow.word else ""
    known = f"{timezone.localtime(asked.known_at):%Y%m%d%H%M}掌握" if asked.known_at else ""
    place = "、".join(question.names())[:LONGEST_PLACE]
    return "_".join(filter(None, [f"{words}{question.on}", place, tree, known]))


def _asked(asked, question) -> dict:
    """What an answer says of its question, so that one that is kept tells what it answered."""
    branch = question.branch
    return {
        "branch": {"code": branch.code, "name": branch.name} if branch else None,
        "known_at": timezone.localtime(asked.known_at).isoformat() if asked.known_at else None,
    }


def _dimension(dimension) -> dict:
    values = [{"code": code, "name": name} for code, name in dimension.values]
    return {"code": dimension.code, "name": dimension.name, "values": values}


def _cell(dimensions, codes, count) -> dict:
    named = {dimension.code: code for dimension, code in zip(dimensions, codes, strict=True)}
    return {**named, "count": count} if count is not None else {**named, "count": None, "suppressed": True}
