"""A post, a claim and a turn brought to any of their states through the operations."""

from datetime import date, time, timedelta

from tests.factories import TODAY
from volunteering.operations import (
    Rota,
    add_post,
    agree_to_claim,
    agree_to_swap,
    ask_swap,
    cancel_turn,
    claim_post,
    close_post,
    deal_turns,
    decline_claim,
    decline_swap,
    finish_turn,
    invite,
    leave_post,
    make_offer,
    miss_turn,
    open_post,
    publish_post,
    take_up,
    withdraw_claim,
)
from volunteering.operations.claims import close_if_over
from volunteering.states import ClaimMove, ClaimStatus, PostMove, PostStatus, TurnMove, TurnStatus

NEXT_YEAR = date(2027, 6, 30)


def service_post(unit, *, status=PostStatus.OPEN, **values):
    """A post at the unit, for two and from this month on unless said otherwise, and open to claims."""
    told = {"name": "四点半课堂", "duty": "看护放学儿童", "seats": 2, "since": date(2026, 11, 1), **values}
    post = add_post(values={"until": NEXT_YEAR, "unit": unit, **told}, by=None)
    for step in WAYS_OF_POSTS[status]:
        move_post(fresh(post), step)
    return fresh(post)


def seated(post, *members, since=None):
    """Claims of these members, agreed to; of one alone, the claim itself."""
    claims = []
    for member in members:
        claim = claim_post(post=post, member=member, since=since, by=None, today=TODAY)
        claims.append(agree_to_claim(claim=claim, by=None, today=TODAY))
    return claims if len(claims) > 1 else claims[0]


def offered(member, unit, skill="书法", **values):
    return make_offer(member=member, values={"skill": skill, "unit": unit, **values}, by=None, today=TODAY)


def rota(**values):
    """Two Tuesdays and Thursdays from today, in the late afternoon."""
    week = {"first": TODAY, "last": TODAY + timedelta(days=13), "weekdays": (1, 3)}
    return Rota(**{**week, "began": time(16, 30), "ended": time(18), **values})


def turn_of(post, on=TODAY, **values):
    """The one turn of a rota of one day."""
    [turn] = deal_turns(
        post=post, rota=rota(first=on, last=on, weekdays=tuple(range(7)), **values), by=None, today=TODAY
    )
    return turn


def fresh(row):
    return type(row).objects.get(pk=row.pk)


WAYS_OF_POSTS = {
    PostStatus.DRAFT: [],
    PostStatus.PUBLISHED: [PostMove.PUBLISH],
    PostStatus.OPEN: [PostMove.PUBLISH, PostMove.OPEN],
    PostStatus.CLOSED: [PostMove.PUBLISH, PostMove.CLOSE],
}


def move_post(post, name, by=None):
    deeds = {
        PostMove.PUBLISH: lambda: publish_post(post=post, by=by),
        PostMove.OPEN: lambda: open_post(post=post, by=by, today=TODAY),
        PostMove.CLOSE: lambda: close_post(post=post, by=by, today=TODAY),
    }
    return deeds[name]()


def claim_in(status, post, member):
    """A claim of the member, by its state."""
    if status == ClaimStatus.INVITED:
        return invite(post=post, offer=offered(member, post.unit), by=None, today=TODAY)
    claim = claim_post(post=post, member=member, by=None, today=TODAY)
    ways = {
        ClaimStatus.APPLIED: [],
        ClaimStatus.AGREED: [ClaimMove.AGREE],
        ClaimStatus.SERVING: [ClaimMove.AGREE, ClaimMove.TAKE_UP],
        ClaimStatus.LEFT: [ClaimMove.AGREE, ClaimMove.LEAVE],
        ClaimStatus.DECLINED: [ClaimMove.DECLINE],
        ClaimStatus.WITHDRAWN: [ClaimMove.WITHDRAW],
        ClaimStatus.EXPIRED: [ClaimMove.AGREE, ClaimMove.EXPIRE],
    }
    for step in ways[status]:
        move_claim(fresh(claim), step)
    return fresh(claim)


def move_claim(claim, name, by=None):
    """Do one move; a claim expires with its post, by the clock."""
    told = {"claim": claim, "by": by}
    deeds = {
        ClaimMove.AGREE: lambda: agree_to_claim(**told, today=TODAY),
        ClaimMove.DECLINE: lambda: decline_claim(**told),
        ClaimMove.WITHDRAW: lambda: withdraw_claim(**told),
        ClaimMove.TAKE_UP: lambda: take_up(**told, today=TODAY),
        ClaimMove.LEAVE: lambda: leave_post(**told, on=TODAY, today=TODAY),
        ClaimMove.EXPIRE: lambda: close_if_over(post=claim.post, today=NEXT_YEAR),
    }
    return deeds[name]()


def turn_in(status, post):
    """A turn of today, by its state; somebody else serves at the post too."""
    turn = turn_of(post)
    ways = {
        TurnStatus.PLANNED: [],
        TurnStatus.ASKED: [TurnMove.ASK],
        TurnStatus.DONE: [TurnMove.FINISH],
        TurnStatus.MISSED: [TurnMove.MISS],
        TurnStatus.CANCELLED: [TurnMove.CANCEL],
    }
    for step in ways[status]:
        move_turn(turn, step)
    return fresh(turn)


def move_turn(turn, name, by=None):
    """Do one move; who is asked to swap is the other at the post."""
    other = turn.post.claims.exclude(member=turn.member).first().member
    told = {"turn": turn, "by": by}
    deeds = {
        TurnMove.ASK: lambda: ask_swap(**told, to=other),
        TurnMove.AGREE: lambda: agree_to_swap(**told, today=TODAY),
        TurnMove.DECLINE: lambda: decline_swap(**told),
        TurnMove.FINISH: lambda: finish_turn(**told, today=TODAY),
        TurnMove.MISS: lambda: miss_turn(**told, today=TODAY),
        TurnMove.CANCEL: lambda: cancel_turn(**told, reason="停课"),
    }
    return deeds[name]()
