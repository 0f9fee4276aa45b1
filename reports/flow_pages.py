"""What came and went between two days, as pages of the admin: the numbers, and who is behind each."""

from datetime import date
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template.response import TemplateResponse
from django.urls import path, reverse

from branches.gates import may, scope_for
from branches.models import Branch
from core import clock
from core.errors import DomainError
from members.models import Member
from reports.flows import INS, OUTS, ROOT, Flow, flow
from reports.gates import FIGURES, ROWS, SIGHT, whole_to_hide_in
from reports.parameters import Parameters
from reports.trees import first_day

ASKED = ("unit", "since", "until", "tree", "known_at")
DIRECTIONS = {"in": ("增加", INS), "out": ("减少", OUTS)}
ON_A_PAGE = 50


def flow_page(request):
    """The flow of a unit and of those below it; the last year's end to today unless said otherwise."""
    scope = scope_for(request.user, FIGURES)
    if not scope:
        raise PermissionDenied
    try:
        context = _shown(request, request.GET, scope)
    except DomainError as refusal:
        messages.error(request, refusal.detail)
        context = _shown(request, QueryDict(), scope)
    return TemplateResponse(request, "reports/flow.html", {**admin.site.each_context(request), **context})


def _shown(request, data, scope) -> dict:
    asked = _read(data)
    since, until = asked.days()
    question = asked.question_on(until, scope)
    whole = whole_to_hide_in(asked, question, request.user)
    with asked.as_known():
        found = flow(Flow(question, since, depth=1), whole=whole)
        place = "、".join(question.names())
    links = _Links(asked, opens=whole is None)
    return {
        "title": "增减",
        "asked": asked,
        "since": since,
        "until": until,
        "tree": question.tree.word,
        "place": place,
        "flow": found,
        "sides": [_side(found, direction, links) for direction in DIRECTIONS],
        "children": [_child(child, links) for child in found["children"]],
    }


def _read(data, known=ASKED) -> Parameters:
    """What was asked; a first day is always there."""
    today, given = clock.today(), data.copy()
    if "since" not in given:
        given["since"] = max(date(today.year - 1, 12, 31), first_day()).isoformat()
    return Parameters(given, known, today=today, now=clock.now(), zoned=False)


class _Links:
    """The links of the page; `opens` says whether the person may see who is behind the numbers."""

    def __init__(self, asked, *, opens):
        self.opens = opens
        self.kept = {name: asked.text(name) for name in ASKED if asked.text(name)}

    def rows(self, direction, kind="") -> str:
        """Who is behind a number of the unit asked about."""
        more = {"direction": direction, **({"kind": kind} if kind else {})}
        return f"{reverse('flow_rows')}?{urlencode({**self.kept, **more})}" if self.opens else ""

    def unit(self, code) -> str:
        """The same page for a unit below."""
        return f"{reverse('flow')}?{urlencode({**self.kept, 'unit': code})}"


def _side(found, direction, links) -> dict:
    name, kinds = DIRECTIONS[direction]
    counts = found[direction]
    if counts is None:
        return {"name": name, "lines": [], "total": None, "url": ""}
    lines = [
        (kinds[kind], count, links.rows(direction, kind) if count else "") for kind, count in counts.items()
    ]
    told = [line for line in lines if line[1] != 0]
    total = None if None in counts.values() else sum(counts.values())
    return {"name": name, "lines": told, "total": total, "url": links.rows(direction) if total else ""}


def _child(child, links) -> dict:
    numbers = {name: None if child[name] is None else sum(child[name].values()) for name in DIRECTIONS}
    return {
        "name": child["unit"]["name"],
        "url": links.unit(child["unit"]["code"]),
        "opening": child["opening"],
        "came": numbers["in"],
        "went": numbers["out"],
        "closing": child["closing"],
    }


def flow_rows_page(request):
    """Who came or went, on which day, from where and to where; as many as the number says."""
    if not may(request.user, ROWS):
        raise PermissionDenied
    try:
        asked = _read(request.GET, (*ASKED, "direction", "kind", "p"))
        context = _people(request, asked)
    except DomainError as refusal:
        context = {**admin.site.each_context(request), "title": "增减", "refusal": refusal.detail}
        return TemplateResponse(request, "reports/refused.html", context, status=refusal.status)
    return TemplateResponse(
        request, "reports/flow_rows.html", {**admin.site.each_context(request), **context}
    )


def _people(request, asked) -> dict:
    since, until = asked.days()
    direction = asked.one_of("direction", DIRECTIONS, "in")
    name, kinds = DIRECTIONS[direction]
    kind = asked.one_of("kind", ["", *kinds], "")
    question = asked.question_on(until, scope_for(request.user, ROWS))
    with asked.as_known():
        found = [
            each for each in Flow(question, since, depth=0).passages() if _is_meant(each, direction, kind)
        ]
        page = Paginator(found, ON_A_PAGE).get_page(asked.text("p", "1"))
        lines = _lines(page.object_list, scope_for(request.user, SIGHT["member"]))
        places = question.names()
    kept = {each: asked.text(each) for each in ASKED if asked.text(each)}
    return {
        "title": f"{name}：{kinds[kind]}" if kind else name,
        "page": page,
        "lines": lines,
        "places": places,
        "since": since,
        "until": until,
        "tree": question.tree.word,
        "known_at": asked.known_at,
        "back": f"{reverse('flow')}?{urlencode(kept)}",
    }


def _is_meant(passage, direction, kind) -> bool:
    trails, own = (
        (passage.entered, passage.in_kind) if direction == "in" else (passage.left, passage.out_kind)
    )
    return ROOT in trails and kind in ("", own)


def _lines(passages, sight) -> list[dict]:
    """Some of the passages in words; who is no longer in sight today is counted and not shown."""
    people = Member.objects.visible_in(sight).only("name").in_bulk({each.member for each in passages})
    numbers = {number for each in passages for number in (each.came_from, each.went_to) if number}
    branches = Branch.objects.only("name", "short_name").in_bulk(numbers)
    return [
        {
            "day": each.day,
            "member": people.get(each.member),
            "kind": INS.get(each.in_kind) if ROOT in each.entered else OUTS.get(each.out_kind),
            "came_from": branches.get(each.came_from, ""),
            "went_to": branches.get(each.went_to, ""),
        }
        for each in passages
    ]


urlpatterns = [
    path("", admin.site.admin_view(flow_page), name="flow"),
    path("rows/", admin.site.admin_view(flow_rows_page), name="flow_rows"),
]
