"""The clerk's desk: what is due (待办) and what is not as the rules want it (体检), as pages of the admin."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse

from branches.gates import may, scope_for
from branches.models import Branch, Level, Unit
from core import clock
from core.errors import DomainError
from reports.findings import KINDS, findings
from reports.pages import refused
from reports.parameters import Parameters
from reports.tasks import counted, due, sources

TASKS, FINDINGS = "reports.view_tasks", "reports.view_findings"
ON_A_PAGE = 50
KNOWN = ("unit", "branch", "kind", "p")


def tasks_due(user, kinds=None) -> list:
    """What is due today for this person."""
    return due(lambda verb: scope_for(user, verb), on=clock.today(), kinds=kinds)


def findings_asked(asked, user) -> list:
    """The findings of `unit` or `branch` and of a `kind`, within the person's scope."""
    kind = asked.text("kind")
    asked.one_of("kind", ("", *KINDS), "")
    return findings(_branches(asked, user), on=asked.today, kinds=[kind] if kind else None)


def _branches(asked, user):
    scope = scope_for(user, FINDINGS)
    branches = Branch.objects.visible_in(scope)
    if asked.text("unit"):
        unit = Unit.objects.visible_in(scope).filter(code=asked.text("unit")).first()
        branches = branches.within(_there(unit))
    if asked.text("branch"):
        branches = branches.filter(pk=_there(branches.filter(code=asked.text("branch")).first()).pk)
    return branches


def _there(row):
    if row is None:
        raise Http404
    return row


def tasks_page(request):
    """The inbox: what is over first, each line leading to the page where it is settled."""
    if not may(request.user, TASKS):
        raise PermissionDenied
    try:
        asked = Parameters(request.GET, ("kind", "p"), today=clock.today(), now=clock.now())
        kind = asked.one_of("kind", ("", *sources()), "")
    except DomainError as refusal:
        return refused(request, refusal)
    found = tasks_due(request.user)
    names = {code: source.name for code, source in sources().items()}
    shown = [task for task in found if not kind or task.kind == kind]
    context = {
        "title": "待办",
        "chips": _chips(counted(found), names, asked),
        "names": names,
        "page": Paginator(shown, ON_A_PAGE).get_page(asked.text("p", "1")),
        "today": clock.today(),
    }
    return _page(request, "reports/tasks.html", context)


def findings_page(request):
    """组织设置体检: every finding with its rule, narrowed to a unit, a branch or a kind."""
    if not may(request.user, FINDINGS):
        raise PermissionDenied
    try:
        asked = Parameters(request.GET, KNOWN, today=clock.today(), now=clock.now())
        kind = asked.one_of("kind", ("", *KINDS), "")
    except DomainError as refusal:
        return refused(request, refusal)
    found = findings(_branches(asked, request.user), on=asked.today)
    shown = [finding for finding in found if not kind or finding.kind.code == kind]
    names = {code: each.name for code, each in KINDS.items()}
    context = {
        "title": "组织设置体检",
        "chips": _chips(counted_findings(found), names, asked),
        "page": Paginator(shown, ON_A_PAGE).get_page(asked.text("p", "1")),
        "units": _units(request.user),
        "unit": asked.text("unit"),
        "kind": kind,
        "branch": asked.text("branch"),
    }
    return _page(request, "reports/findings.html", context)


def counted_findings(found) -> dict[str, int]:
    """How many findings there are of each kind that has any."""
    numbers = dict.fromkeys(KINDS, 0)
    for finding in found:
        numbers[finding.kind.code] += 1
    return {code: number for code, number in numbers.items() if number}


def _chips(numbers, names, asked) -> list[dict]:
    """One link for each kind that there is, and one for all."""
    kept = asked.data.copy()
    kept.pop("p", None)
    chosen = asked.text("kind")
    found = [("", "全部", sum(numbers.values())), *((code, names[code], n) for code, n in numbers.items())]
    chips = []
    for code, name, number in found:
        kept["kind"] = code
        query = kept.urlencode() if code else "&".join(f"{k}={v}" for k, v in kept.items() if k != "kind")
        chips.append({"name": name, "number": number, "url": f"?{query}", "chosen": code == chosen})
    return chips


def _units(user):
    seen = Unit.objects.visible_in(scope_for(user, FINDINGS)).live()
    return seen.filter(level__in=(Level.STREET, Level.COMMUNITY)).order_by("path")


def _page(request, template, context):
    return TemplateResponse(request, template, {**admin.site.each_context(request), **context})


def summary(user) -> dict:
    """The counts that stand on the front page, each leading to its list."""
    found = {}
    if may(user, TASKS):
        numbers = counted(tasks_due(user))
        names = {code: source.name for code, source in sources().items()}
        found["tasks"] = _lines(reverse("tasks"), numbers, names)
    if may(user, FINDINGS):
        numbers = counted_findings(
            findings(Branch.objects.visible_in(scope_for(user, FINDINGS)), on=clock.today())
        )
        found["findings"] = _lines(reverse("findings"), numbers, {code: k.name for code, k in KINDS.items()})
    return found


def _lines(page, numbers, names) -> dict:
    lines = [
        {"name": names[code], "number": number, "url": f"{page}?kind={code}"}
        for code, number in numbers.items()
    ]
    return {"url": page, "total": sum(numbers.values()), "lines": lines}


urlpatterns = [
    path("tasks/", admin.site.admin_view(tasks_page), name="tasks"),
    path("findings/", admin.site.admin_view(findings_page), name="findings"),
]
