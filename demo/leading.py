"""The last part of the story: who leads the branches on the day the demo is loaded.

Days are counted from that day, so that there is always something due, overdue and in order to be seen.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from branches.models import Branch, Category
from branches.operations import BranchChanges, amend_branch
from core.periods import years_after
from demo.scribe import Scribe
from members.models import Member, Membership, PartyPost, PostOrigin
from members.operations import Election, Holding, fill_post, hold_election
from members.operations.terms import usual_years
from members.states import Standing

COMMITTEE = (
    PartyPost.SECRETARY,
    PartyPost.ORGANISATION,
    PartyPost.PUBLICITY,
    PartyPost.DISCIPLINE,
    PartyPost.DEPUTY_SECRETARY,
)
# Days from today until a term is over, branch by branch in turn: some long, some soon, one past.
DUE_IN = (
    700, 420, 900, 20, 530, 560, 780, 250, 1010, 330, 640, -45, 380, 820, 460, 610, 80, 730, 510, 860, 290,
    690, 160, 960, 350,
)  # fmt: skip
# One in so many has only somebody looking after it, and one in so many nobody.
ACTING_EVERY, NOBODY_EVERY, SECRETARY_ONLY_EVERY, GROUP_WITHOUT_EVERY = 37, 53, 41, 5
TEMPORARY_END_IN = {"银龄摄影临时党支部": 20, "寥廓公园太极临时党支部": -15}


@dataclass(frozen=True)
class Candidates:
    """The full members of each branch, the youngest first, each with the day since when she belongs to it."""

    by_branch: dict[int, list[Membership]]

    @classmethod
    def of_today(cls):
        """Read all at once: a question for each branch would be planned while the tables are unknown."""
        held = Membership.objects.in_force().filter(member__standing=Standing.FULL).select_related("member")
        found = defaultdict(list)
        for relation in sorted(held, key=lambda each: (each.member.birth_on, each.pk), reverse=True):
            found[relation.branch_id].append(relation)
        return cls(found)

    def able(self, branch, on, most) -> list[Member]:
        """Who could be elected in the branch on the day."""
        there = (
            relation.member
            for relation in self.by_branch[branch.pk]
            if relation.since <= on and not (relation.member.full_on and relation.member.full_on > on)
        )
        return list(islice(there, most))


def lead(scribe: Scribe) -> None:
    """Terms and posts of the branches, leaders of groups and temporary organisations."""
    candidates = Candidates.of_today()
    live = Branch.objects.live().select_related("unit", "parent").order_by("code")
    for serial, branch in enumerate(live.holding()):
        _lead_branch(scribe, candidates, branch, serial)
    for serial, group in enumerate(live.filter(category=Category.GROUP)):
        if serial % GROUP_WITHOUT_EVERY:
            _appoint(scribe, candidates, group, PartyPost.GROUP_LEADER, PostOrigin.APPOINTED)
    for gathering in live.temporary():
        _lead_gathering(scribe, gathering)


def _lead_branch(scribe, candidates, branch, serial):
    if serial % NOBODY_EVERY == NOBODY_EVERY - 1:
        return
    elected_on = _elected_on(scribe, branch, serial)
    acting = serial % ACTING_EVERY == ACTING_EVERY - 1
    if acting or not candidates.able(branch, elected_on, 1):
        _appoint(scribe, candidates, branch, PartyPost.SECRETARY, PostOrigin.ACTING)
        return
    seats = COMMITTEE[:1] if serial % SECRETARY_ONLY_EVERY == SECRETARY_ONLY_EVERY - 1 else COMMITTEE
    years = usual_years(branch)
    for on in (years_after(elected_on, -years), elected_on):
        holders = tuple(zip(candidates.able(branch, on, len(seats)), seats, strict=False))
        if holders and on > branch.founded_on:
            election = Election(on, years, holders, f"麒组复〔{on.year}〕{serial + 1}号")
            hold_election(branch=branch, election=election, by=scribe.by, today=scribe.today)


def _elected_on(scribe, branch, serial) -> date:
    due_on = scribe.today + timedelta(days=DUE_IN[serial % len(DUE_IN)])
    elected_on = min(years_after(due_on, -usual_years(branch)), scribe.today - timedelta(days=60))
    return max(elected_on, branch.founded_on + timedelta(days=60))


def _appoint(scribe, candidates, branch, post, origin):
    since = scribe.today - timedelta(days=120)
    home = branch.parent if post == PartyPost.GROUP_LEADER else branch
    for member in candidates.able(home, since, 1):
        holding = Holding(member, post, since, origin)
        fill_post(branch=branch, holding=holding, by=scribe.by, today=scribe.today)


def _lead_gathering(scribe, gathering):
    """Led by somebody who takes part from the beginning; when it should be over is known."""
    part = gathering.affiliations.in_force().order_by("since", "pk").select_related("member").first()
    since = scribe.today - timedelta(days=400)
    if part.member.memberships.in_force().filter(since__lte=since).exists():
        holding = Holding(part.member, PartyPost.SECRETARY, since, document=gathering.founding_document)
        fill_post(branch=gathering, holding=holding, by=scribe.by, today=scribe.today)
    days = TEMPORARY_END_IN.get(gathering.short_name)
    if days is not None:
        # Some day that will be later than what was approved at first.
        ends = {"expected_end_on": scribe.today + timedelta(days=days), "approved_on": since}
        amend_branch(branch=gathering, changes=BranchChanges(ends), by=scribe.by, today=scribe.today)
