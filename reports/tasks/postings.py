"""Tasks about posts: what waits for somebody's word, turns nobody has spoken of, seats nobody took."""

from dataclasses import replace
from datetime import date, timedelta

from django.db.models import F, Max
from django.urls import reverse

from members.models import Member
from reports.tasks.sources import Task, TaskSource
from volunteering.models import Claim, ServicePost, Turn
from volunteering.states import ClaimStatus, PostStatus, TurnStatus

# Whoever was asked should answer within a week; a post that is empty for a month wants looking at.
ANSWER_DAYS, EMPTY_DAYS = 7, 30
# Once a quarter the home branch is told how somebody serves; who begins in its last days, from the next one.
QUARTER_MONTHS, FEEDBACK_DAYS = 3, 30


def _task(asking, kind, row, words, due_on):
    page = f"admin:volunteering_{row._meta.model_name}_change"
    post = row if isinstance(row, ServicePost) else row.post
    return Task(
        kind=kind,
        about=str(row),
        words=f"{words}，{asking.counted_days(due_on)}",
        url=reverse(page, args=[row.pk]),
        due_on=due_on,
        place=post.unit.name,
        level=asking.level(kind, due_on),
    )


def _applications(asking, scope):
    waiting = Claim.objects.filter(scope.over("post__path"), status=ClaimStatus.APPLIED)
    return _waiting(asking, waiting, "claim", "申请待答复")


def _invitations(asking, scope):
    hers = Member.objects.visible_in(scope).values("pk")
    waiting = Claim.objects.filter(status=ClaimStatus.INVITED, member__in=hers)
    return _waiting(asking, waiting, "invitation", "邀请待答复")


def _waiting(asking, claims, kind, words):
    for claim in claims.select_related("post__unit", "member"):
        yield _task(asking, kind, claim, words, claim.asked_on + timedelta(days=ANSWER_DAYS))


def _unsettled(asking, scope):
    left = Turn.objects.unsettled(asking.on).filter(scope.over("post__path"))
    for turn in left.select_related("post__unit", "member"):
        yield _task(asking, "turn", turn, "值了没有，还没有登记", turn.on)


def _swaps(asking, scope):
    hers = Member.objects.visible_in(scope).values("pk")
    asked = Turn.objects.filter(status=TurnStatus.ASKED, swap_to__in=hers, on__gte=asking.on)
    for turn in asked.select_related("post__unit", "member", "swap_to"):
        yield _task(asking, "swap", turn, f"请 {turn.swap_to} 换班，待答复", turn.on)


def _empty(asking, scope):
    opened = ServicePost.objects.filter(scope.over("path"), status=PostStatus.OPEN, until__gt=asking.on)
    for post in opened.with_taken().filter(taken__lt=F("seats")).select_related("unit"):
        due_on = post.since + timedelta(days=EMPTY_DAYS)
        yield _task(asking, "seat", post, f"还空 {post.seats - post.taken} 个名额", due_on)


def quarter_ends(day) -> date:
    """The last day of the quarter that holds the day."""
    months = day.year * 12 + (day.month - 1) // QUARTER_MONTHS * QUARTER_MONTHS + QUARTER_MONTHS
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)


def _feedback_due(claim) -> date:
    """The last day of the first quarter of which the home branch has not been told."""
    if claim.told_on:
        return quarter_ends(quarter_ends(claim.told_on) + timedelta(days=1))
    return quarter_ends(claim.since + timedelta(days=FEEDBACK_DAYS))


def _untold(asking, scope):
    serving = Claim.objects.held(asking.on).seated().filter(scope.over("post__path"))
    for claim in serving.annotate(told_on=Max("feedback__on")).select_related("post__unit", "member"):
        due_on = _feedback_due(claim)
        if due_on <= asking.on + timedelta(days=FEEDBACK_DAYS):
            words = f"本季度（至 {due_on}）还没有向所在党支部反馈"
            task = _task(asking, "feedback", claim, words, due_on)
            yield replace(task, url=reverse("admin:volunteering_claim_feedback", args=[claim.pk]))


KEEP = "volunteering.change_servicepost"
CLAIM = TaskSource("claim", "岗位申请", KEEP, _applications)
INVITATION = TaskSource("invitation", "岗位邀请", "volunteering.add_claim", _invitations)
SWAP = TaskSource("swap", "请求换班", "volunteering.answer_turn", _swaps)
TURN = TaskSource("turn", "班次未登记", KEEP, _unsettled)
SEAT = TaskSource("seat", "岗位空额", KEEP, _empty)
FEEDBACK = TaskSource("feedback", "岗位季度反馈", KEEP, _untold)
