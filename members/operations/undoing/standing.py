"""Taking back a move of the standing: a death recorded for the wrong person, an exit, a 转正."""

from django.db import transaction

from core.changes import check, locked
from core.voiding import StillNeeded, reason_given, void
from members.models.post import ELECTED_ORIGINS
from members.operations.locks import lock_branches_of
from members.operations.standing import ENDED_BY
from members.operations.undoing.resting import refuse_dissolved, refuse_resting
from members.operations.undoing.resuming import TakenBack, begun_at, not_resumed, resume, stays_closed
from members.states import StandingMove


@transaction.atomic
def undo_standing(*, event, reason, by, version=None) -> TakenBack:
    """Take back the member's latest move, and return her as she was before it.

    Her standing, the day of death or 转正, the relation that ended or began with it, what she took part in,
    her posts and where she was sent are as they were. What another has by now, and what else was settled
    with the move, stays closed: it is given in words, and named on record. Raise StillNeeded, naming what
    came later and rests on it.
    """
    reason = reason_given(reason)
    member = locked(event.member, version=version)
    event = locked(event)
    lock_branches_of(member)
    _refuse_later_moves(member, event)
    move = StandingMove(event.move)
    if move == StandingMove.CONFIRM:
        _refuse_elected(member, event)
    member.standing = event.before
    if move == StandingMove.CONFIRM:
        member.full_on, member.full_precision = None, "D"
    if move == StandingMove.DECEASE:
        member.died_on = None
    member.version += 1
    check(member, constraints=False)
    member.save()
    # The member is written first: what happens to her relations is copied to her by the database.
    if move == StandingMove.RESTORE:
        _take_back_relation(member, event, by=by, reason=reason)
    stays = []
    if move in ENDED_BY:
        _reopen_relation(member, event)
        stays = resume(member, on=event.on, moment=begun_at(event)) + stays_closed(event.settled)
    void(event, verb="standing.undone", by=by, reason=reason + not_resumed(stays), about=member)
    member.refresh_from_db()
    return TakenBack(member, stays)


def _refuse_later_moves(member, event):
    latest = member.standing_events.order_by("-on", "-pk").first()
    if latest != event:
        raise StillNeeded(
            f"{member} 后来于 {latest.on} 又办理了{latest.get_move_display()}，请先撤回后来的党籍变动"
        )


def _refuse_elected(member, event):
    """Who is on probation again cannot have been elected."""
    post = member.posts.filter(origin__in=ELECTED_ORIGINS, since__gte=event.on).order_by("since").first()
    if post:
        raise StillNeeded(
            f"{member} 自 {post.since} 起经选举任“{post.branch}”{post.get_post_display()}，"
            "预备党员没有被选举权，请先撤回该职务"
        )


def _take_back_relation(member, event, *, by, reason):
    """The relation that began when the standing was restored."""
    begun = member.memberships.select_for_update(of=("self",)).filter(since__gte=event.on).order_by("since")
    held = list(begun.select_related("branch"))
    for later in held[1:]:
        raise StillNeeded(f"{member} 自 {later.since} 起在“{later.branch}”有后来的组织关系，请先撤回")
    for relation in held:
        if relation.until:
            raise StillNeeded(f"恢复的组织关系已于 {relation.until} 终止，请先撤回该事项")
        refuse_resting(member, since=relation.since)
        place = relation.branch.path
        void(relation, verb="membership.undone", by=by, reason=reason, about=member, place=place)


def _reopen_relation(member, event):
    """The relation that ended with the move holds on."""
    ended_by = ENDED_BY[StandingMove(event.move)]
    ended = member.memberships.select_for_update(of=("self",)).filter(until=event.on, ended_by=ended_by)
    for relation in ended:
        refuse_dissolved(locked(relation.branch), relation.group, since=relation.until)
        relation.until, relation.ended_by, relation.ended_document = None, "", ""
        relation.version += 1
        check(relation)
        relation.save()
