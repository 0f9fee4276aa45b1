"""Verbs of the posts in a branch: fill and relieve, and the rules of who may hold what."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from branches.models import Category
from branches.operations.presence import beginning
from core.audit import record
from core.changes import check, locked, not_after, save_change, words_of
from core.errors import DomainError, InvalidValue, refuse_all
from core.voiding import reason_given, void
from members.models import Member, Membership, PartyPost, Post, PostOrigin, Term
from members.models.post import ELECTED_ORIGINS
from members.obligations import Leaving, Obligation
from members.operations.locks import locked_members
from members.states import Standing

# By whom the post is held alone, in a branch at one time.
ALONE = (PartyPost.SECRETARY, PartyPost.DEPUTY_SECRETARY, PartyPost.GROUP_LEADER)
# One stands in for the other, so nobody is both.
LEADERS = {PartyPost.SECRETARY, PartyPost.DEPUTY_SECRETARY}


class PostRule(DomainError):
    """A post may not be held like that."""

    code = "post_rule"


@dataclass(frozen=True)
class Holding:
    """Who is to hold which post from which day, and how that came about."""

    member: Member
    post: str
    since: date
    origin: str = PostOrigin.APPOINTED
    document: str = ""


@transaction.atomic
def fill_post(*, branch, holding, by, today):
    """Appoint a member to a post, or fill it between elections, and return the post.

    支部工作条例 articles 8 and 22-23. Raise every refusal at once.
    """
    member = locked_members([holding.member])[holding.member.pk]
    branch = locked(branch)
    holding = Holding(member, holding.post, holding.since, holding.origin, holding.document)
    not_after(holding.since, today, field="since", label="任职日期")
    [wrong] = holding_complaints(branch, [holding])
    if holding.origin == PostOrigin.ELECTED:
        wrong.append(InvalidValue("选举产生的职务请办理换届选举", field="origin"))
    refuse_all([*wrong, *_taken_complaints(branch, holding)])
    post = _written(branch, holding, _term_for(branch, holding))
    record("post.filled", member, by=by, fields=["posts"], reason=holding.document, place=branch.path)
    return post


@transaction.atomic
def relieve_post(*, post, on, reason, by, today, version=None):
    """Relieve the holder of the post from the day `on`."""
    post = locked(post, version=version)
    not_after(on, today, field="until", label="免去日期")
    if post.until:
        raise PostRule(f"已于 {post.until} 免去（{post.ended_reason}）", field="until")
    reason = words_of(reason, "须写明免去的原因")
    end_post(post, on=on, reason=reason, field="until")
    record("post.relieved", post.member, by=by, fields=["posts"], reason=reason, place=post.branch.path)
    return post


@transaction.atomic
def undo_post(*, post, reason, by, version=None):
    """Take back a post entered by mistake, ended or not, and return the member, who never held it."""
    reason = reason_given(reason)
    member, branch = locked(post.member), locked(post.branch)
    post = locked(post, version=version)
    void(post, verb="post.undone", by=by, reason=reason, about=member, place=branch.path)
    return member


def end_post(post, *, on, reason, field="on") -> None:
    """End the post on the day; refused on or before its first day."""
    if on <= post.since:
        name = post.get_post_display()
        raise InvalidValue(
            f"{on} 不晚于 {post.member} 任“{post.branch}”{name}的起始日期 {post.since}", field=field
        )
    post.until, post.ended_reason = on, reason
    save_change(post)


def written(branch, holding, term) -> Post:
    """The row of a post of which everything has been asked, not saved yet."""
    post = Post(
        branch=branch,
        term=term,
        member=holding.member,
        post=holding.post,
        origin=holding.origin,
        since=holding.since,
        document=holding.document,
    )
    check(post, constraints=False)
    return post


def _written(branch, holding, term) -> Post:
    post = written(branch, holding, term)
    post.save()
    return post


def _term_for(branch, holding) -> Term | None:
    """By-elections happen within the term in force."""
    if holding.origin not in ELECTED_ORIGINS:
        return None
    term = branch.terms.on(holding.since).in_force().first()
    if term is None:
        raise PostRule(
            f"“{branch}”在 {holding.since} 没有现任的一届，不能补选，请办理换届选举", field="origin"
        )
    return term


def _leads_already(branch, holding) -> list[DomainError]:
    """Whether she leads it already in the other of the two posts; a deputy may act for the secretary."""
    acts = (holding.post, holding.origin) == (PartyPost.SECRETARY, PostOrigin.ACTING)
    if holding.post not in LEADERS or acts:
        return []
    led = branch.posts.filter(post__in=LEADERS, member=holding.member).exclude(until__lte=holding.since)
    return [
        PostRule(
            f"{each.member} 自 {each.since} 起任“{branch}”{each.get_post_display()}，不能再任"
            f"{PartyPost(holding.post).label}，须先免去",
            field="post",
        )
        for each in led.select_related("member")
    ]


def _taken_complaints(branch, holding) -> list[DomainError]:
    held = branch.posts.filter(post=holding.post).exclude(until__lte=holding.since)
    if holding.post not in ALONE:
        held = held.filter(member=holding.member)
    other = held.select_related("member").first()
    if other is None:
        return _leads_already(branch, holding)
    words = f"“{branch}”的{other.get_post_display()}自 {other.since} 起是 {other.member}，须先免去"
    return [PostRule(words, field="post")]


# Who may hold what.


def holding_complaints(branch, holdings) -> list[list[DomainError]]:
    """For each of these holdings in the branch, everything that speaks against it, each with its field."""
    if branch.dissolved_on:
        return [[PostRule(f"“{branch}”已于 {branch.dissolved_on} 撤销", field="branch")] for _ in holdings]
    homes = _homes(holding.member for holding in holdings)
    return [
        [
            InvalidValue(words, field=field)
            for field, rule in RULES
            if (words := rule(branch, holding, homes.get(holding.member.pk)))
        ]
        for holding in holdings
    ]


def _homes(members) -> dict[int, Membership]:
    """The 组织关系 that each of them has now."""
    held = Membership.objects.in_force().filter(member__in=[member.pk for member in members])
    return {relation.member_id: relation for relation in held.select_related("branch")}


def _begins_with_the_branch(branch, holding, home) -> str:
    if holding.since < branch.stands_since:
        return f"{holding.since} 早于“{branch}”的{beginning(branch)}"
    return ""


def _fits_the_kind_of_branch(branch, holding, home) -> str:
    is_group = branch.category == Category.GROUP
    if is_group != (holding.post == PartyPost.GROUP_LEADER):
        return "党小组只设组长，组长也只在党小组"
    return ""


def _comes_about_rightly(branch, holding, home) -> str:
    if branch.is_temporary and holding.origin in ELECTED_ORIGINS:
        return "三缘型临时党组织的负责人由批准其成立的党组织指定，不选举（支部工作条例第八条）"
    if branch.category == Category.GROUP and holding.origin == PostOrigin.BY_ELECTION:
        return "党小组组长由支部指定或推选，没有补选"
    return ""


def _belongs(branch, holding, home) -> str:
    member, since = holding.member, holding.since
    if home is None:
        return f"{member} 现在没有组织关系，不能任职"
    if not branch.is_temporary and home.branch_id != where_holders_belong(branch):
        return f"{member} 的组织关系在“{home.branch}”，不是“{branch}”的党员，不能在此任职"
    if home.since > since:
        return f"{member} 自 {home.since} 起组织关系才在“{home.branch}”，{since} 还不能任职"
    return ""


def where_holders_belong(branch) -> int:
    """The branch in which the holders of a post have their 组织关系; of a group, its branch."""
    return branch.parent_id if branch.category == Category.GROUP else branch.pk


def _may_be_elected(branch, holding, home) -> str:
    member = holding.member
    if holding.origin not in ELECTED_ORIGINS:
        return ""
    if member.standing != Standing.FULL or (member.full_on and member.full_on > holding.since):
        return f"{member} 在 {holding.since} 不是正式党员，没有被选举权（基层组织选举工作条例第五条）"
    return ""


RULES = (
    ("since", _begins_with_the_branch),
    ("post", _fits_the_kind_of_branch),
    ("origin", _comes_about_rightly),
    ("member", _belongs),
    ("member", _may_be_elected),
)


class Posts:
    """A post hangs on who holds it: it is closed, or handed to somebody who looks after it for the time."""

    kind = "post"

    def held(self, members, *, on, leaving):
        """Also what was ended later than the day now known."""
        rows = Post.objects.filter(member__in=members).exclude(until__lte=on)
        return rows.select_related("branch").order_by("since", "pk")

    def obligation(self, row, *, leaving):
        """A move within the district keeps it in a temporary organisation only."""
        words = f"任“{row.branch}”{row.get_post_display()}（{row.since} 起）"
        keepable = leaving == Leaving.TRANSFER and row.branch.is_temporary
        return Obligation(self.kind, row.pk, row.member_id, words, keepable, row.until is None)

    def settle(self, number, settlement, *, on, by, today):
        """End the post on the day; a successor acts in it from the same day."""
        # The branch first, as everywhere that posts change hands.
        post = Post.objects.select_related("branch").get(pk=number)
        branch, post = locked(post.branch), locked(post)
        end_post(post, on=on, reason=settlement.reason)
        if settlement.successor:
            holding = Holding(settlement.successor, post.post, on, PostOrigin.ACTING)
            try:
                fill_post(branch=branch, holding=holding, by=by, today=today)
            except DomainError as refusal:
                place = f"settle.{self.kind}-{number}"
                refuse_all([_at(error, place) for error in refusal.errors])


def _at(error, field) -> DomainError:
    error.field = field
    return error
