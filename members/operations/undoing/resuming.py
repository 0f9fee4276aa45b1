"""What ended together with a 组织关系, or with an election, goes on when that is taken back."""

from dataclasses import dataclass

from branches.operations.presence import away_since
from core.changes import save_change
from members.models import Affiliation, Membership, Post, Secondment, Term
from members.operations.affiliations import Affiliations
from members.operations.posts import ALONE, Posts, where_holders_belong
from members.operations.secondments import Secondments, same_as

# What goes on by itself when it was settled; everything else stays as it was settled, and is named.
GIVEN_BACK = (Affiliations.kind, Posts.kind, Secondments.kind)
LONGEST = 250


@dataclass(frozen=True)
class TakenBack:
    """What was taken back: the row as it is now, and in words what ended with it and stays so."""

    row: object
    stays: list[str]


def resume(member, *, on, moment) -> list[str]:
    """Let taking part, posts and being sent that were ended on the day, at the moment, go on as before.

    Return in words what does not go on: what another holds by now, or what is over in the meantime. The
    caller holds the locks of the member and of the branches.
    """
    ended = {"on": on, "moment": moment, "member": member.pk}
    return [
        *_resumed(Affiliation, _taken_part_again, **ended),
        *_resumed(Post, _over_or_taken, **ended),
        *_resumed(Secondment, _sent_again, **ended),
    ]


def resume_leaders(branch, *, on, moment) -> list[str]:
    """The same of a branch's term and posts: first the term, in which they are held. Who left is named."""
    ended = {"on": on, "moment": moment, "branch": branch.pk}
    return [
        *_resumed(Term, lambda term, until: _broken_off(term.branch, term.until), **ended),
        *_resumed(Post, lambda post, until: _gone(post) or _over_or_taken(post, until), **ended),
    ]


def stays_closed(settled) -> list[str]:
    """Of what a step settled, in words, what its undoing does not give back by itself."""
    return [each["words"] for each in settled if not _is_given_back(*each["key"].split("-"))]


def _is_given_back(kind, number) -> bool:
    if kind == Secondments.kind:
        # One that had not begun was taken out.
        return Secondment.objects.filter(pk=number).exists()
    return kind in GIVEN_BACK


def _resumed(model, why_not, *, on, moment, **whose) -> list[str]:
    before = _before(model, on=on, moment=moment, **whose)
    rows = model.objects.select_for_update(of=("self",)).filter(pk__in=before, until=on)
    left = []
    for row in rows.order_by("pk"):
        why = why_not(row, before[row.pk].until)
        if why:
            left.append(why)
        else:
            _goes_on(row, before[row.pk])
    return left


def _before(model, *, on, moment, **whose) -> dict:
    """By number, how each row that was ended then had stood, from the history of that moment."""
    known, ended = {}, {}
    for step in model.pgh_event_model.objects.filter(**whose).order_by("pgh_id"):
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


def begun_at(row):
    """At which moment the row was written, from its history."""
    return type(row).pgh_event_model.objects.get(pgh_obj=row.pk, pgh_label="insert").pgh_created_at


def _taken_part_again(affiliation, until) -> str:
    others = affiliation.branch.affiliations.filter(member=affiliation.member, since__gte=affiliation.until)
    if others.exclude(pk=affiliation.pk).exists():
        return f"“{affiliation.branch}”又重新参加"
    return _broken_off(affiliation.branch, affiliation.until)


def _over_or_taken(post, until) -> str:
    name, broken_off = f"“{post.branch}”{post.get_post_display()}", _broken_off(post.branch, post.until)
    if broken_off:
        return f"{name}：{broken_off}"
    if post.branch.dissolved_on or (post.term and post.term.until):
        return f"{name}的任期已经结束"
    others = post.branch.posts.filter(post=post.post).exclude(pk=post.pk).exclude(until__lte=post.until)
    if post.post not in ALONE:
        others = others.filter(member=post.member)
    if until:
        others = others.filter(since__lt=until)
    other = others.select_related("member").first()
    return f"{name}自 {other.since} 起是 {other.member}" if other else ""


def _broken_off(branch, ended) -> str:
    if away_since(branch, ended):
        return f"“{branch}”曾经撤销，到 {branch.resumed_on} 才恢复"
    return ""


def _gone(post) -> str:
    """Whether who held the post is no longer where its holder belongs."""
    home = Membership.objects.in_force().filter(member=post.member).first()
    here = home and (post.branch.is_temporary or home.branch_id == where_holders_belong(post.branch))
    if here and home.since <= post.since:
        return ""
    return f"“{post.branch}”{post.get_post_display()} {post.member} 的组织关系后来有变动"


def _sent_again(secondment, until) -> str:
    name = f"在“{secondment.host}”任{secondment.get_role_display()}"
    if secondment.host.closed_on:
        return f"{name}：“{secondment.host}”已经撤销"
    secondment.until = until
    return f"{name}：已另有同样的选派" if same_as(secondment).exists() else ""


def _goes_on(row, before):
    """As long as it did before, and no longer than its branch."""
    dissolved_on = None if isinstance(row, Secondment) else row.branch.dissolved_on
    row.until = min(filter(None, [before.until, dissolved_on]), default=None)
    if isinstance(row, (Post, Term)):
        row.ended_reason = before.ended_reason
    save_change(row)


def not_resumed(left) -> str:
    """What does not go on, as it is put on record behind the reason."""
    return f"（没有恢复：{'、'.join(left)}）"[:LONGEST] if left else ""
