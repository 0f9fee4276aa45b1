"""Tasks about branches: elections that are due, temporary organisations that should be over."""

from django.urls import reverse

from branches.models import Branch
from members.models import Term
from reports.tasks.sources import Task, TaskSource


def _election_page(branch, asking) -> str:
    """The form of the election, for who may hold it; else the page of the branch."""
    scope = asking.scope("members.add_term")
    settles = scope.reaches(branch.path, branch.pk)
    return reverse(f"admin:branches_branch_{'elect' if settles else 'change'}", args=[branch.pk])


def _elections(asking, scope):
    ending = Term.objects.in_force().visible_in(scope).filter(due_on__lte=asking.until("term.lead"))
    for term in ending.filter(branch__dissolved_on=None).select_related("branch__unit"):
        yield Task(
            kind="term",
            about=str(term.branch),
            words=f"{term.since.year}年选举的一届 {term.due_on} 届满，{asking.counted_days(term.due_on)}",
            url=_election_page(term.branch, asking),
            due_on=term.due_on,
            place=term.branch.unit.name,
            level=asking.level("term", term.due_on),
        )


def _temporary(asking, scope):
    ending = (
        Branch.objects.live().visible_in(scope).filter(expected_end_on__lte=asking.until("temporary.lead"))
    )
    for branch in ending.select_related("unit"):
        ends = branch.expected_end_on
        yield Task(
            kind="temporary",
            about=str(branch),
            words=f"临时党组织预计 {ends} 结束，{asking.counted_days(ends)}",
            url=reverse("admin:branches_branch_change", args=[branch.pk]),
            due_on=ends,
            place=branch.unit.name,
            level=asking.level("temporary", ends),
        )


TERM = TaskSource("term", "换届", "members.view_term", _elections)
TEMPORARY = TaskSource("temporary", "临时党组织到期", "branches.view_branch", _temporary)
