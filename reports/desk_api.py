"""Findings and tasks by REST, with their counts by kind."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from branches.gates import Pages
from reports.answers import COUNTS, FINDINGS, TASKS
from reports.api import FigureView, described
from reports.desk import counted_findings, findings_asked, tasks_due
from reports.findings import KINDS
from reports.tasks import counted, sources


class DeskView(FigureView):
    """An endpoint of the clerk's desk."""

    def pages(self, rows, described_row):
        """One page of the rows, each as `described_row` shows it."""
        pages = Pages()
        page = pages.paginate_queryset(rows, self.request, view=self)
        return pages.get_paginated_response([described_row(row) for row in page])


class FindingsView(DeskView):
    """组织设置体检: what is not as the rules want it, today."""

    verb = "reports.view_findings"
    known = ("unit", "branch", "kind", "page", "page_size")

    @described(*known, summary="组织设置体检", answer=FINDINGS)
    def get(self, request):
        return self.pages(findings_asked(self.parameters(), request.user), _finding)


class FindingCountsView(DeskView):
    """How many findings there are of each kind."""

    verb = "reports.view_findings"
    known = ("unit", "branch")

    @described(*known, summary="体检各类问题的数量", answer=COUNTS)
    def get(self, request):
        numbers = counted_findings(findings_asked(self.parameters(), request.user))
        return Response([_counted(code, KINDS[code].name, number) for code, number in numbers.items()])


class TasksView(DeskView):
    """What is due or overdue for the caller, today."""

    verb = "reports.view_tasks"
    known = ("kind", "page", "page_size")

    @described(*known, summary="待办", answer=TASKS)
    def get(self, request):
        kind = self.parameters().one_of("kind", ("", *sources()), "")
        return self.pages(tasks_due(request.user, [kind] if kind else None), _task)


class TaskCountsView(DeskView):
    """How many tasks there are of each kind."""

    verb = "reports.view_tasks"
    known = ()

    @extend_schema(summary="各类待办的数量", responses={200: COUNTS})
    def get(self, request):
        self.parameters()
        numbers = counted(tasks_due(request.user))
        return Response([_counted(code, sources()[code].name, number) for code, number in numbers.items()])


def _counted(code, name, number) -> dict:
    return {"kind": code, "name": name, "count": number}


def _finding(finding) -> dict:
    branch = finding.branch
    return {
        "branch": {"id": branch.pk, "code": branch.code, "name": branch.name},
        "unit": {"code": branch.unit.code, "name": branch.unit.name},
        "kind": finding.kind.code,
        "name": finding.kind.name,
        "words": finding.words,
        "source": finding.source,
    }


def _task(task) -> dict:
    return {
        "kind": task.kind,
        "name": sources()[task.kind].name,
        "about": task.about,
        "words": task.words,
        "due_on": task.due_on,
        "level": task.level,
        "place": task.place,
        "page": task.url,
    }
