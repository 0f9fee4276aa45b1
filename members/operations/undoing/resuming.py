"""What ended together with a 组织关系 goes on when that end is taken back."""

from core.changes import save_change
from members.models import Affiliation, Post
from members.operations.posts import ALONE


def resume(member, *, on, moment) -> list[str]:
    """Let taking part and posts that were ended on the day, at the moment, go on as they did before.

    Return in words what does not go on: what another holds by now, or what is over in the meantime. The
    caller holds the locks of the member and of the branches.
    """
    left = []
    for model, why_not in ((Affiliation, _taken_part_again), (Post, _over_or_taken)):
        before = _before(model, member, on=on, moment=moment)
        rows = model.objects.select_for_update(of=("self",)).filter(pk__in=before, until=on)
        for row in rows.select_related("branch").order_by("pk"):
            why = why_not(row, before[row.pk].until)
            if why:
                left.append(f"“{row.branch}”{why}")
            else:
                _goes_on(row, before[row.pk])
    return left


def _before(model, member, *, on, moment) -> dict:
    """By number, how each row that was ended then had stood, from the history of that moment."""
    known, ended = {}, {}
    for step in model.pgh_event_model.objects.filter(member=member.pk).order_by("pgh_id"):
        earlier = known.get(step.pgh_obj_id)
        if step.pgh_created_at == moment and step.until == on and earlier and earlier.until != on:
            ended[step.pgh_obj_id] = earlier
        known[step.pgh_obj_id] = step
    return ended


def ended_at(relation):
    """At which moment the relation was ended, from its history."""
    events = type(relation).pgh_event_model.objects.filter(pgh_obj=relation.pk).order_by("pgh_id")
    held = events.filter(until=None).last()
    return events.filter(pgh_id__gt=held.pgh_id).first().pgh_created_at


def _taken_part_again(affiliation, until) -> str:
    others = affiliation.branch.affiliations.filter(member=affiliation.member, since__gte=affiliation.until)
    return "又重新参加" if others.exclude(pk=affiliation.pk).exists() else ""


def _over_or_taken(post, until) -> str:
    name = post.get_post_display()
    if post.branch.dissolved_on or (post.term and post.term.until):
        return f"{name}的任期已经结束"
    others = post.branch.posts.filter(post=post.post).exclude(pk=post.pk).exclude(until__lte=post.until)
    if post.post not in ALONE:
        others = others.filter(member=post.member)
    if until:
        others = others.filter(since__lt=until)
    other = others.select_related("member").first()
    return f"{name}自 {other.since} 起是 {other.member}" if other else ""


def _goes_on(row, before):
    """As long as it did before, and no longer than its branch."""
    row.until = min(filter(None, [before.until, row.branch.dissolved_on]), default=None)
    if isinstance(row, Post):
        row.ended_reason = before.ended_reason
    save_change(row)


def not_resumed(left) -> str:
    """What does not go on, as it is put on record behind the reason."""
    return f"（没有恢复：{'、'.join(left)}）" if left else ""
