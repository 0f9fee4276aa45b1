"""组织设置体检: where a branch is not as the rules want it. Derived each time from the rows, never stored.

Whoever puts the data right clears the finding. The numbers of the rules are `Threshold` rows.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q

from branches.models import Branch, Category
from branches.models.branch import HOLDING_CATEGORIES
from members.models import Membership, PartyPost, Post, Term
from members.models.post import COMMITTEE_POSTS
from members.states import Standing
from reports.models import Threshold

# The secretary and the deputy are no committee by themselves.
ALONE = (PartyPost.SECRETARY, PartyPost.DEPUTY_SECRETARY)


@dataclass
class Facts:
    """What is known of one branch on the day: its people, its leaders, its term."""

    branch: Branch
    on: date
    members: int = 0
    full: int = 0
    employers: int = 0
    posts: Counter = field(default_factory=Counter)
    committee: set = field(default_factory=set)
    strangers: int = 0
    term: Term | None = None

    @property
    def holds_members(self) -> bool:
        """Whether it is a branch in which a 组织关系 may stand."""
        return not self.branch.is_temporary and self.branch.category in HOLDING_CATEGORIES

    @property
    def is_group(self) -> bool:
        """Whether it is a group of a branch."""
        return self.branch.category == Category.GROUP

    @property
    def has_committee(self) -> bool:
        """Whether more than a secretary and a deputy lead it."""
        return any(self.posts[post] for post in COMMITTEE_POSTS if post not in ALONE)


@dataclass(frozen=True)
class Kind:
    """A kind of finding: `rule` is a threshold's code or words; `found` says what is wrong, if anything."""

    code: str
    name: str
    rule: str
    found: Callable[[Facts, dict], str]


@dataclass(frozen=True)
class Finding:
    """One thing about one branch that the rules want otherwise."""

    branch: Branch
    kind: Kind
    words: str
    source: str


def _few_full_members(facts, limits):
    least = limits["branch.least_full_members"]
    if not facts.holds_members or facts.full >= least:
        return ""
    advice = "应及时调整" if facts.branch.category == Category.JOINT_BRANCH else "应及时调整或并入联合党支部"
    return f"正式党员 {facts.full} 名，不足 {least} 名，{advice}"


def _too_many_members(facts, limits):
    most = limits["branch.most_members"]
    over = facts.holds_members and facts.members > most
    return f"党员 {facts.members} 名，一般不超过 {most} 名，应考虑分设" if over else ""


def _no_committee(facts, limits):
    needed = limits["committee.from_full_members"]
    missing = facts.holds_members and facts.full >= needed and not facts.has_committee
    return f"正式党员 {facts.full} 名，{needed} 名以上应设立支部委员会" if missing else ""


def _committee_size(facts, limits):
    least, most, size = limits["committee.least"], limits["committee.most"], len(facts.committee)
    if not facts.has_committee or least <= size <= most:
        return ""
    return f"支部委员会 {size} 人，应为 {least} 至 {most} 人"


def _committee_not_needed(facts, limits):
    needed = limits["committee.from_full_members"]
    extra = facts.holds_members and facts.full < needed and facts.has_committee
    return f"正式党员 {facts.full} 名，不足 {needed} 名，只设书记，必要时设副书记" if extra else ""


def _term_over(facts, limits):
    return facts.term.state_on(facts.on) if facts.term and facts.term.due_on <= facts.on else ""


def _no_secretary(facts, limits):
    return "" if facts.is_group or facts.posts[PartyPost.SECRETARY] else "没有书记"


def _temporary_over(facts, limits):
    ends = facts.branch.expected_end_on
    return f"预计 {ends} 结束，应撤销或重新批准" if ends and ends <= facts.on else ""


def _group_without_leader(facts, limits):
    return "没有组长" if facts.is_group and not facts.posts[PartyPost.GROUP_LEADER] else ""


def _joint_of_many(facts, limits):
    most = limits["branch.joint_most_units"]
    many = facts.branch.category == Category.JOINT_BRANCH and facts.employers > most
    return f"党员来自 {facts.employers} 个单位，联合党支部覆盖的单位一般不超过 {most} 个" if many else ""


def _led_from_elsewhere(facts, limits):
    return f"{facts.strangers} 名任职人员的组织关系不在本支部" if facts.strangers else ""


BRANCH_RULES = "中国共产党支部工作条例（试行）"
KINDS = {
    kind.code: kind
    for kind in (
        Kind("few_full_members", "正式党员不足", "branch.least_full_members", _few_full_members),
        Kind("too_many_members", "党员过多", "branch.most_members", _too_many_members),
        Kind("no_committee", "应设支委会", "committee.from_full_members", _no_committee),
        Kind("committee_size", "支委会人数", "committee.most", _committee_size),
        Kind("committee_not_needed", "不设支委会", "committee.from_full_members", _committee_not_needed),
        Kind("term_over", "届满未换届", f"{BRANCH_RULES}、中国共产党基层组织选举工作条例", _term_over),
        Kind("no_secretary", "没有书记", BRANCH_RULES, _no_secretary),
        Kind("temporary_over", "临时党组织到期", f"{BRANCH_RULES}第八条", _temporary_over),
        Kind("group_without_leader", "党小组没有组长", BRANCH_RULES, _group_without_leader),
        Kind("joint_of_many", "联合党支部覆盖过多", "branch.joint_most_units", _joint_of_many),
        Kind("led_from_elsewhere", "任职人员不在本支部", BRANCH_RULES, _led_from_elsewhere),
    )
}


def findings(branches, *, on, kinds=None) -> list[Finding]:
    """What is wrong with the living ones of these branches, in as many queries for all as for one.

    `kinds` narrows to some codes of KINDS.
    """
    thresholds = Threshold.objects.by_code(on)
    asked = [kind for kind in KINDS.values() if not kinds or kind.code in kinds]
    return [finding for facts in _facts(branches, on) for finding in _found(facts, asked, thresholds)]


def _found(facts, asked, thresholds):
    limits = {code: threshold.value for code, threshold in thresholds.items()}
    for kind in asked:
        words = kind.found(facts, limits)
        if words:
            rule = thresholds.get(kind.rule)
            yield Finding(facts.branch, kind, words, rule.source if rule else kind.rule)


def _facts(branches, on) -> list[Facts]:
    living = branches.on(on).live().select_related("unit").order_by("path", "code")
    known = {branch.pk: Facts(branch, on) for branch in living}
    _count_people(known, on)
    _read_posts(known, on)
    for term in Term.objects.on(on).filter(branch__in=known):
        known[term.branch_id].term = term
    return list(known.values())


def _count_people(known, on):
    held = Membership.objects.on(on).filter(branch__in=known).order_by().values("branch")
    full = Count("pk", filter=Q(member__standing=Standing.FULL))
    counts = held.annotate(members=Count("pk"), full=full, employers=Count("member__employer", distinct=True))
    for row in counts:
        facts = known[row["branch"]]
        facts.members, facts.full, facts.employers = row["members"], row["full"], row["employers"]


def _read_posts(known, on):
    """Who leads each branch, and whose 组织关系 is elsewhere."""
    held = Post.objects.on(on).filter(branch__in=known)
    for branch, post, member, home in held.values_list("branch", "post", "member", "member__branch"):
        facts = known[branch]
        facts.posts[post] += 1
        if post in COMMITTEE_POSTS:
            facts.committee.add(member)
        facts.strangers += home != _home_of_holders(facts.branch, home)


def _home_of_holders(branch, home) -> int:
    """Where the holder of a post should belong; who leads a temporary organisation may belong anywhere."""
    if branch.is_temporary:
        return home
    return branch.parent_id if branch.category == Category.GROUP else branch.pk
