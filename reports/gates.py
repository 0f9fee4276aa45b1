"""What the doors of figures share: who sees the rows behind them."""

from branches.gates import scope_for
from branches.models import Branch
from reports.parameters import Parameters
from reports.questions import Question, whole_scope
from reports.rows import Rows

FIGURES, ROWS = "reports.view_figures", "reports.view_rows"
SIGHT = {
    "member": "members.view_member",
    "branch": "branches.view_branch",
    "team": "volunteering.view_team",
    "carrier": "volunteering.view_carrier",
    "household": "volunteering.view_household",
    "matter": "volunteering.view_gridmatter",
}


def rows_behind(asked: Parameters, indicator, user) -> Rows:
    """The rows of the indicator asked about, as this person may see them."""
    question = asked.question(scope_for(user, ROWS))
    sight = scope_for(user, SIGHT[indicator.subject])
    reveals = scope_for(user, "members.reveal_id_number")
    return Rows(question, indicator, sight, reveals, asked.chosen(indicator, question))


def sees_rows(user, question) -> bool:
    """Whether the person may open every row behind the question's figures."""
    rows = scope_for(user, ROWS)
    single = {branch for extent in question.extents for branch in extent.branches or ()}
    return all(
        rows.covers(extent.unit.path) for extent in question.extents if extent.branches is None
    ) and len(single) == (Branch.objects.visible_in(rows).filter(pk__in=single).count() if single else 0)


def whole_to_hide_in(asked: Parameters, question, user) -> Question | None:
    """All that the person may count, if small numbers are hidden from her; None if she sees the rows."""
    if sees_rows(user, question):
        return None
    with asked.as_known():
        return whole_scope(scope_for(user, FIGURES), on=question.on, tree=question.tree)
