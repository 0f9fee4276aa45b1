"""The page of a branch as the floor of its people completes it: the committee, elections, appointments."""

from django.contrib import admin

from branches.admin import BranchAdmin
from branches.gates import may, scope_for
from branches.models import Branch
from core import clock
from members.admin import elections, gatherings
from members.models import Post, Term

VIEW_POST = "members.view_post"

admin.site.unregister(Branch)


@admin.register(Branch)
class BranchWithPeopleAdmin(BranchAdmin):
    acts = [*elections.ACTS, *gatherings.ACTS, *BranchAdmin.acts]
    # Not the posts: who may see the branch does not always see its people.
    histories = {**BranchAdmin.histories, Term: "branch"}
    change_form_outer_after_template = "members/branch_panels.html"

    def beside(self, request, branch):
        return {**super().beside(request, branch), "committee": committee_of(branch, request.user)}


def committee_of(branch, user) -> dict | None:
    """The term in force and who holds which post today; nothing for who may not see the people there."""
    seen = Post.objects.visible_in(scope_for(user, VIEW_POST))
    if not may(user, VIEW_POST, branch):
        return None
    term = branch.terms.visible_in(scope_for(user, "members.view_term")).in_force().first()
    return {
        "term": term,
        "state": term.state_on(clock.today()) if term else "",
        "posts": seen.filter(branch=branch).in_force().select_related("member").in_order(),
    }
