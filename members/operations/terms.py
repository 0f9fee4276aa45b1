"""Verbs of a committee's term: hold an election, extend the term, end it early."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from branches.models import Category, Kind, Level
from core.audit import record
from core.changes import check, locked, not_after, save_change, words_of
from core.errors import DomainError, InvalidValue, refuse_all
from core.periods import years_after
from members.models import Member, PartyPost, Post, PostOrigin, Term, TermYears
from members.models.post import RENEWED
from members.operations.locks import locked_members
from members.operations.posts import (
    ALONE,
    LEADERS,
    Holding,
    PostRule,
    end_post,
    holding_complaints,
    written,
)

# 基层组织选举工作条例 article 3: put off by a year at most.
MOST_EXTENSION_YEARS = 1


@dataclass(frozen=True)
class Election:
    """Who was elected to what on a day, for how many years, approved by which document."""

    on: date
    years: int
    holders: tuple[tuple[Member, str], ...]
    document: str = ""


def usual_years(branch) -> int:
    """The term that a branch usually has: five years under a village or community, else three."""
    if branch.kind == Kind.DISTRICT_DIRECT or branch.unit.level < Level.COMMUNITY:
        return TermYears.THREE
    return TermYears.FIVE


@transaction.atomic
def hold_election(*, branch, election, by, today):
    """Write down an election: the term that begins, its posts, and the end of those before.

    支部工作条例 article 22, 基层组织选举工作条例. A refusal of a holder has the field "holders.<place>".
    """
    fresh = locked_members(member for member, _ in election.holders)
    branch = locked(branch)
    holdings = [
        Holding(fresh[member.pk], post, election.on, PostOrigin.ELECTED, election.document)
        for member, post in election.holders
    ]
    not_after(election.on, today, field="on", label="选举日期")
    refuse_all(_branch_complaints(branch) or _complaints(branch, holdings))
    _end_what_was(branch, election)
    term = Term(
        branch=branch,
        since=election.on,
        years=election.years,
        due_on=years_after(election.on, election.years),
        document=election.document,
    )
    check(term, constraints=False)
    term.save()
    Post.objects.bulk_create(written(branch, holding, term) for holding in holdings)
    record("term.elected", branch, by=by, fields=["terms", "posts"], reason=election.document)
    return term


@transaction.atomic
def extend_term(*, term, to, document, by, version=None):
    """Put the next election off until the day `to`, by a document of the superior organisation."""
    term = locked(term, version=version)
    _check_in_force(term)
    latest = years_after(term.since, term.years + MOST_EXTENSION_YEARS)
    document = words_of(document, "延期换届须有上级党组织的批复，请填写文号", field="document")
    if not term.due_on < to <= latest:
        raise InvalidValue(
            f"延期须晚于届满日期 {term.due_on}，且不超过一年，即最晚 {latest}"
            "（基层组织选举工作条例第三条）",
            field="to",
        )  # fmt: skip
    term.due_on, term.extension_document = to, document
    save_change(term)
    record("term.extended", term.branch, by=by, fields=["due_on"], reason=document)
    return term


@transaction.atomic
def end_term(*, term, on, reason, by, today, version=None):
    """End the term before the next election, with all its posts."""
    branch = locked(term.branch)
    term = locked(term, version=version)
    _check_in_force(term)
    not_after(on, today, field="on", label="终止日期")
    reason = words_of(reason, "须写明终止的原因")
    _end(branch, term, on, reason)
    record("term.ended", branch, by=by, fields=["terms", "posts"], reason=reason)
    return term


@transaction.atomic
def end_leadership(*, branch, on, reason, by):
    """End the term and every post of a branch that is about to be dissolved on the day."""
    branch = locked(branch)
    _end_posts(branch, on, reason)
    for term in branch.terms.exclude(until__lte=on).select_for_update(of=("self",)):
        _end(branch, term, on, reason)
        record("term.ended", branch, by=by, fields=["terms"], reason=reason)


def _check_in_force(term):
    if term.until:
        raise PostRule(f"这一届已于 {term.until} 终止（{term.ended_reason}）")


def _branch_complaints(branch) -> list[DomainError]:
    if branch.is_temporary or branch.category == Category.GROUP:
        return [PostRule("三缘型临时党组织和党小组不选举，没有任期（支部工作条例第八条）", field="branch")]
    if branch.dissolved_on:
        return [PostRule(f"“{branch}”已于 {branch.dissolved_on} 撤销", field="branch")]
    return []


def _complaints(branch, holdings) -> list[DomainError]:
    """Everything that speaks against the holders, each by its place in the list."""
    wrong = []
    if PartyPost.SECRETARY not in {holding.post for holding in holdings}:
        wrong.append(InvalidValue("须选出书记", field="holders"))
    against = holding_complaints(branch, holdings)
    for place, holding in enumerate(holdings):
        said = [error.detail for error in against[place]] + _twice(holding, holdings[:place])
        wrong += [InvalidValue(words, field=f"holders.{place}") for words in said]
    return wrong


def _twice(holding, before) -> list[str]:
    """What is wrong with a holder because of those who stand before in the list."""
    label = PartyPost(holding.post).label
    if holding in before:
        return [f"{holding.member} 任{label}写了两次"]
    if holding.post in ALONE and holding.post in {other.post for other in before}:
        return [f"{label}只能有一人"]
    return [
        f"{other.member} 已任{PartyPost(other.post).label}，不能再任{label}"
        for other in _led(holding, before)
    ]


def _led(holding, before):
    """Where she stands already with the other of the two posts that lead a branch."""
    hers = (other for other in before if other.member == holding.member)
    return [other for other in hers if {holding.post, other.post} == LEADERS]


def _end_what_was(branch, election):
    """The term before and every post in the branch end on the day of the election."""
    before = branch.terms.select_for_update(of=("self",)).order_by("-since").first()
    if before and (before.since >= election.on or (before.until and before.until > election.on)):
        raise PostRule(
            f"“{branch}”已有 {before.since} 选举、至 {before.until or '今'} 的一届，新一届须在其后",
            field="on",
        )
    if before and before.until is None:
        _end(branch, before, election.on, RENEWED)
    else:
        _end_posts(branch, election.on, RENEWED)


def _end(branch, term, on, reason):
    _end_posts(branch, on, reason)
    if on <= term.since:
        raise InvalidValue(f"{on} 不晚于这一届的选举日期 {term.since}", field="on")
    term.until, term.ended_reason = on, reason
    save_change(term)


def _end_posts(branch, on, reason):
    for post in branch.posts.exclude(until__lte=on).select_for_update(of=("self",)).select_related("member"):
        end_post(post, on=on, reason=reason)
