"""Verbs of a claim, from either side: ask, answer, take up, leave; and what the home branch is told."""

from django.db import transaction

from core.audit import record
from core.changes import check, locked, not_after
from core.errors import InvalidValue, refuse_all
from members.obligations import KeptByAMove
from volunteering.models import Claim, Feedback, ServicePost
from volunteering.operations.posts import (
    PostRule,
    cancel_turns,
    close_post,
    end_claim,
    follow_seats,
    status_after,
    stepped,
)
from volunteering.states import (
    PENDING_CLAIMS,
    SEATED,
    ClaimMove,
    ClaimStatus,
    PostStatus,
    TurnMove,
    TurnStatus,
)


class NoSeatLeft(PostRule):
    """All seats are taken; the refusal says how many there are."""

    code = "no_seat_left"


@transaction.atomic
def claim_post(*, post, member, by, today, since=None):
    """The member asks for the post, from the day `since` or as soon as it begins; the community answers."""
    return _asked(post, locked(member), ClaimStatus.APPLIED, {"since": since}, by, today)


@transaction.atomic
def invite(*, post, offer, by, today, since=None):
    """The community asks somebody of the 资源清单 for the post; her side answers."""
    member = locked(offer.member)
    offer = locked(offer)
    if offer.until or not post.path.startswith(offer.path):
        raise PostRule(f"“{offer}”已撤回，或服务范围不含“{post.unit}”", field="offer")
    return _asked(post, member, ClaimStatus.INVITED, {"since": since, "offer": offer}, by, today)


@transaction.atomic
def agree_to_claim(*, claim, by, today, version=None):
    """The other side agrees, and a seat is taken. Raise NoSeatLeft when there is none any more."""
    member, post, claim = _locked(claim, version)
    status_after(claim, ClaimMove.AGREE)
    refuse_all(_complaints(post, member, claim.since))
    claim = stepped(claim, ClaimMove.AGREE)
    follow_seats(post)
    record("claim.agreed_to", claim, by=by, fields=["status"], place=post.path)
    return claim


@transaction.atomic
def decline_claim(*, claim, by, reason="", version=None):
    """The other side does not agree; no reason is needed and nothing is held against anybody."""
    return _answered(claim, ClaimMove.DECLINE, reason, by, version)


@transaction.atomic
def withdraw_claim(*, claim, by, reason="", version=None):
    """Who asked takes it back before it is answered."""
    return _answered(claim, ClaimMove.WITHDRAW, reason, by, version)


@transaction.atomic
def take_up(*, claim, by, today, version=None):
    """She is at her post from now on."""
    _, post, claim = _locked(claim, version)
    status_after(claim, ClaimMove.TAKE_UP)
    if claim.since > today:
        raise PostRule(f"自 {claim.since} 起在岗，今天（{today}）还没有开始")
    claim = stepped(claim, ClaimMove.TAKE_UP)
    record("claim.take_up", claim, by=by, fields=["status"], place=post.path)
    return claim


@transaction.atomic
def leave_post(*, claim, on, by, today, reason="", version=None):
    """She leaves the post on the day `on`; her turns from then on are cancelled, and her seat is free."""
    _, post, claim = _locked(claim, version)
    not_after(on, today, field="on", label="退出日期")
    _refuse_served(claim, post, on)
    claim = _left(claim, post, on, reason)
    record("claim.left", claim, by=by, fields=["status", "until"], reason=reason, place=post.path)
    return claim


@transaction.atomic
def give_feedback(*, claim, words, on, by, today):
    """Tell the home branch how she serves; it is told of who is or was at the post, from her first day on."""
    claim = locked(claim)
    not_after(on, today, field="on", label="日期")
    if claim.status in (*PENDING_CLAIMS, ClaimStatus.DECLINED, ClaimStatus.WITHDRAWN):
        raise PostRule(f"“{claim}”现为“{claim.get_status_display()}”，没有在岗，不能反馈")
    if on < claim.since:
        raise InvalidValue(f"日期 {on} 早于在岗日期 {claim.since}", field="on")
    feedback = Feedback(claim=claim, words=words.strip(), on=on, by=by)
    check(feedback)
    feedback.save()
    record("claim.feedback", claim, by=by, fields=["feedback"], place=claim.post.path)
    return feedback


@transaction.atomic
def close_if_over(*, post, today):
    """What the clock does with a post whose period is over: it ends, and who served has served her time."""
    post = locked(post)
    if post.status == PostStatus.CLOSED or post.until > today:
        return post
    return close_post(post=post, by=None, today=today, reason="期满")


def posts_over(today):
    """The posts that the clock has to close, the oldest first."""
    return ServicePost.objects.live().filter(until__lte=today).order_by("until", "pk")


class HeldClaims(KeptByAMove):
    """What claims leave open for who is gone: a seat is given up, a question that waits is withdrawn."""

    kind = "claim"
    transferable = False

    def held(self, members, *, on, leaving):
        """Each claim of one of them that is not over."""
        claims = Claim.objects.filter(member__in=members, status__in=[*PENDING_CLAIMS, *SEATED])
        return claims.select_related("post__unit").order_by("pk")

    def words(self, row):
        """Which post, and how far the claim is."""
        return f"认领岗位：{row.post}（{row.get_status_display()}）"

    def settle(self, number, settlement, *, on, by, today):
        """She leaves the post on the day, or what was asked is withdrawn."""
        claim = Claim.objects.select_related("post").get(pk=number)
        post = locked(claim.post)
        claim = locked(claim)
        if claim.status in PENDING_CLAIMS:
            stepped(claim, ClaimMove.WITHDRAW, reason=settlement.reason)
        else:
            # A post that is over and not yet closed by the clock keeps nobody.
            _left(claim, post, min(on, post.until), settlement.reason)


def _locked(claim, version):
    """The member, the post and the claim, locked in the order in which all lock them."""
    member, post = locked(claim.member), locked(claim.post)
    return member, post, locked(claim, version=version)


def _asked(post, member, status, values, by, today):
    post = locked(post)
    since = values.pop("since", None) or max(post.since, today)
    claim = Claim(post=post, member=member, status=status, asked_on=today, since=since, **values)
    refuse_all(_complaints(post, member, since))
    if post.claims.filter(member=member, status__in=[*PENDING_CLAIMS, *SEATED]).exists():
        raise PostRule(f"{member} 已认领“{post.name}”，不能重复认领", field="member")
    check(claim, constraints=False)
    claim.save()
    deed = "asked_for" if status == ClaimStatus.APPLIED else "invited"
    record(f"claim.{deed}", claim, by=by, fields=["status"], place=post.path)
    return claim


def _answered(claim, move, reason, by, version):
    _, post, claim = _locked(claim, version)
    claim = stepped(claim, move, reason=reason.strip())
    record(f"claim.{move}", claim, by=by, fields=["status"], reason=reason, place=post.path)
    return claim


def _refuse_served(claim, post, on):
    """Refuse to let her leave before the day of a turn that she has served."""
    turns = post.turns.filter(member=claim.member, status=TurnStatus.DONE, on__gt=on)
    latest = turns.order_by("on").last()
    if latest:
        words = f"{claim.member} 在 {latest.on} 已值“{post.name}”的班，退出日期不能早于那一天"
        raise PostRule(words, field="on")


def _left(claim, post, on, reason):
    status_after(claim, ClaimMove.LEAVE)
    if on > post.until:
        raise InvalidValue(f"退出日期 {on} 在岗位结束日期 {post.until} 之后", field="on")
    cancel_turns(post.turns.filter(member=claim.member, on__gte=on), reason)
    for turn in post.turns.filter(swap_to=claim.member).select_for_update(of=("self",)).order_by("pk"):
        stepped(turn, TurnMove.DECLINE, swap_to=None, swap_for=None)
    claim = end_claim(claim, ClaimMove.LEAVE, on, reason.strip())
    follow_seats(post)
    return claim


def _complaints(post, member, since):
    """What speaks against her being on the post from that day, all of it."""
    wrong = []
    if post.status == PostStatus.FULL:
        wrong.append(NoSeatLeft(f"“{post.name}”的 {post.seats} 个名额已满"))
    elif post.status != PostStatus.OPEN:
        wrong.append(PostRule(f"“{post.name}”现为“{post.get_status_display()}”，不能认领", field="post"))
    if not post.since <= since < post.until:
        wrong.append(
            InvalidValue(f"在岗日期 {since} 不在岗位的 {post.since}—{post.until} 之内", field="since")
        )
    if post.skill and post.skill not in member.skills:
        wrong.append(
            PostRule(f"“{post.name}”要求“{post.skill}”特长，{member} 的名册上没有这一项", field="member")
        )
    if not member.on_roster or not member.memberships.on(since).exists():
        wrong.append(PostRule(f"{member} 在 {since} 没有组织关系，不能认领岗位", field="member"))
    return wrong
