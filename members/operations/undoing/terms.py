"""Taking back a committee's term that was entered by mistake."""

from django.db import transaction

from core.audit import record
from core.changes import locked
from core.voiding import StillNeeded, reason_given, take_out
from members.models import Member, Post
from members.operations.locks import locked_members
from members.operations.posts import PostRule
from members.operations.undoing.resuming import TakenBack, begun_at, not_resumed, resume_leaders


@transaction.atomic
def undo_term(*, term, reason, by, version=None) -> TakenBack:
    """Take back a term entered by mistake: what its election ended goes on. Return the branch.

    The posts of that term are taken back first: StillNeeded names them, and a later term. What the election
    ended and does not go on, because somebody else holds it by now or has left, is given in words.
    """
    reason = reason_given(reason)
    locked_members(Member.objects.filter(posts__branch=term.branch_id))
    branch = locked(term.branch)
    term = locked(term, version=version)
    if branch.dissolved_on:
        raise PostRule(f"“{branch}”已于 {branch.dissolved_on} 撤销")
    _refuse_what_hangs(branch, term)
    on, moment = term.since, begun_at(term)
    # First it goes, or the term before could not stand again.
    take_out([term])
    stays = resume_leaders(branch, on=on, moment=moment)
    record("term.undone", branch, by=by, fields=["terms"], reason=reason + not_resumed(stays))
    return TakenBack(branch, stays)


def _refuse_what_hangs(branch, term):
    later = branch.terms.filter(since__gt=term.since).order_by("since").first()
    if later:
        raise StillNeeded(f"“{branch}”后来于 {later.since} 又换届，请先撤回后来的一届")
    posts = Post.objects.filter(term=term).select_related("member").in_order()
    if posts:
        named = "、".join(f"{post.get_post_display()} {post.member}" for post in posts)
        raise StillNeeded(f"这一届还有职务：{named}，请先逐个撤回")
