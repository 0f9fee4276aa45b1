"""Verbs of a post at the community: set it up, make it public, open it to claims, close it."""

from django.db import transaction

from core.audit import record
from core.changes import check, locked, save_change, set_values
from core.errors import DomainError, InvalidValue, refuse_all
from volunteering.models import ServicePost
from volunteering.operations.places import low_place_complaints
from volunteering.states import (
    CLAIM_MOVE_NAMES,
    CLAIM_MOVES,
    POST_MOVE_NAMES,
    POST_MOVES,
    SEATED,
    TURN_MOVE_NAMES,
    TURN_MOVES,
    UPCOMING,
    ClaimMove,
    PostMove,
    PostStatus,
    TurnMove,
    TurnStatus,
)

MOVES_OF = {
    "servicepost": (POST_MOVES, POST_MOVE_NAMES),
    "claim": (CLAIM_MOVES, CLAIM_MOVE_NAMES),
    "turn": (TURN_MOVES, TURN_MOVE_NAMES),
}


class PostRule(DomainError):
    """A post may not be set up, claimed or worked on like that."""

    code = "post_rule"


class IllegalStep(PostRule):
    """The post, the claim or the turn is not in a state from which this is possible."""

    code = "illegal_move"


def status_after(row, move) -> str:
    """The status of a post, claim or turn after a move of its table. Raise IllegalStep if there is none."""
    moves, names = MOVES_OF[row._meta.model_name]
    status = moves.get((row.status, move))
    if status is None:
        raise IllegalStep(f"“{row}”现为“{row.get_status_display()}”，不能{names[move]}")
    return status


def stepped(row, move, **values):
    """The locked row after the move, with what else changes."""
    row.status = status_after(row, move)
    for name, value in values.items():
        setattr(row, name, value)
    save_change(row)
    return row


@transaction.atomic
def add_post(*, values, by):
    """Set up a post as a draft; `values`: name, unit, duty, seats, since, until, perhaps skill and times."""
    unit = locked(values["unit"])
    post = ServicePost(**{**values, "unit": unit, "path": unit.path})
    refuse_all(_complaints(post))
    check(post)
    post.save()
    record("service_post.added", post, by=by, fields=values)
    return post


@transaction.atomic
def amend_post(*, post, values, by, version=None):
    """Correct a post that has not ended; never fewer seats than are taken, nor another place."""
    post = locked(post, version=version)
    if post.status == PostStatus.CLOSED:
        raise PostRule("岗位已结束，不能修改")
    if values.get("unit", post.unit) != post.unit:
        raise InvalidValue("设岗单位不能修改，请另设岗位", field="unit")
    changed = set_values(post, values)
    if changed:
        refuse_all([*_complaints(post), *_complaints_of_claims(post)])
        save_change(post)
        follow_seats(post)
        record("service_post.amended", post, by=by, fields=changed)
    return post


@transaction.atomic
def publish_post(*, post, by, version=None):
    """Let everybody read the post before it can be claimed."""
    return _stepped(locked(post, version=version), PostMove.PUBLISH, by, published=True)


@transaction.atomic
def open_post(*, post, by, today, version=None):
    """Open the post to claims; one whose period is over is not opened."""
    post = locked(post, version=version)
    if post.until <= today:
        raise PostRule(f"岗位已于 {post.until} 到期，不能招领")
    return _stepped(post, PostMove.OPEN, by)


@transaction.atomic
def close_post(*, post, by, today, reason="", version=None):
    """End the post: who serves leaves it, what is not answered is withdrawn, turns to come are cancelled."""
    post = locked(post, version=version)
    post = stepped(post, PostMove.CLOSE)
    over = post.until <= today
    last = post.until if over else today
    for claim in post.claims.seated().select_for_update(of=("self",)).order_by("pk"):
        end_claim(claim, ClaimMove.EXPIRE if over else ClaimMove.LEAVE, last, reason or "岗位结束")
    for claim in post.claims.pending().select_for_update(of=("self",)).order_by("pk"):
        stepped(claim, ClaimMove.WITHDRAW, reason=reason or "岗位结束")
    cancel_turns(post.turns.filter(on__gte=last), reason or "岗位结束")
    record("service_post.ended", post, by=by, fields=["status"], reason=reason)
    return post


def end_claim(claim, move, on, reason):
    """The locked claim after it ended on the day; one that had not begun by then ends as soon as it began."""
    return stepped(claim, move, until=on if on > claim.since else None, reason=reason)


def cancel_turns(turns, reason) -> None:
    """Cancel those of the turns that nobody has served yet."""
    for turn in turns.filter(status__in=UPCOMING).select_for_update(of=("self",)).order_by("pk"):
        stepped(turn, TurnMove.CANCEL, swap_to=None, swap_for=None, reason=reason)


def follow_seats(post) -> None:
    """Let the locked post be full when its last seat is taken, and open when one is free again."""
    free = post.seats > post.claims.seated().count()
    if post.status == PostStatus.OPEN and not free:
        stepped(post, PostMove.FILL)
    elif post.status == PostStatus.FULL and free:
        stepped(post, PostMove.FREE)


def _stepped(post, move, by, **values):
    post = stepped(post, move, **values)
    record(f"service_post.{move}", post, by=by, fields=["status"])
    return post


def _complaints(post) -> list[DomainError]:
    wrong = low_place_complaints(post.unit, needed="岗位设在")
    if not post.seats:
        wrong.append(InvalidValue("名额至少1个：没有名额的岗位不能设", field="seats"))
    if post.until <= post.since:
        wrong.append(InvalidValue(f"结束日期 {post.until} 必须晚于起始日期 {post.since}", field="until"))
    return wrong


def _complaints_of_claims(post) -> list[DomainError]:
    wrong = []
    taken = post.claims.seated().count()
    if post.seats < taken:
        wrong.append(InvalidValue(f"已有 {taken} 人认领，名额不能少于这个数", field="seats"))
    outside = post.claims.filter(status__in=SEATED).exclude(since__gte=post.since, since__lt=post.until)
    if outside.exists():
        wrong.append(InvalidValue("有人已认领的日期在新的起止日期之外", field="since"))
    dealt = post.turns.upcoming().exclude(on__gte=post.since, on__lt=post.until)
    if dealt.exists():
        wrong.append(InvalidValue("还有班次在新的起止日期之外，请先取消", field="until"))
    served = post.turns.filter(status=TurnStatus.DONE).exclude(on__gte=post.since, on__lt=post.until)
    if served.exists():
        wrong.append(InvalidValue("已值的班在新的起止日期之外", field="until"))
    return wrong
