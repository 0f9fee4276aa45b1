"""Who could take an order, in which order, and why: explained line by line, the same for the same facts."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Q

from branches.models.unit import STEP_LENGTH, paths_above
from branches.scope import within_path
from members.models import Member
from volunteering.models import Answer, HourEntry, ServiceOrder, Slot, TeamMembership
from volunteering.states import HELD, OrderStatus

MOST_OPEN = 3
REST_DAYS = 1
# Nobody older is sent out in the evening.
EVENING_AGE = 75
# What two places have in common, by the number of levels.
NEARNESS = {
    5: ("住在同一网格", 50),
    4: ("住在同一小组", 40),
    3: ("住在同一社区", 30),
    2: ("住在同一街道", 10),
}
SKILL, PER_OPEN_ORDER, TIRED = 30, -10, -15


@dataclass
class Candidate:
    """A member who could take an order: points with a reason for each, or why she cannot."""

    member: Member
    teams: list = field(default_factory=list)
    lines: list[tuple[str, int]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    told: bool = True

    def without_reasons(self) -> "Candidate":
        """The same for who may not see her: that she can be sent, or cannot, and nothing of why."""
        lines = [("理由不在您的管辖范围，不列出", self.points)]
        return Candidate(self.member, self.teams, lines, ["现在不便派单"] if self.refused else [], False)

    @property
    def points(self) -> int:
        """All lines together."""
        return sum(points for _, points in self.lines)

    @property
    def fits(self) -> bool:
        """Whether nothing speaks against giving her the order."""
        return not self.refused

    @property
    def reasons(self) -> list[str]:
        """Line by line why she stands where she stands, or why she cannot."""
        return self.refused or [f"{text} {points:+}" if points else text for text, points in self.lines]


def volunteers_near(order, day):
    """Who serves, on the day, in a team based in the order's community, in a part of it, or above it."""
    community = order.path[: 3 * STEP_LENGTH]
    near = within_path(community, "team__path") | Q(team__path__in=paths_above(community))
    return TeamMembership.objects.serving(day).filter(near)


def candidates(order, *, on, members=None) -> list[Candidate]:
    """Everybody near who volunteers, who fits first, by points; `members` narrows to some."""
    found: dict[int, Candidate] = {}
    serving = volunteers_near(order, on).select_related("member__residence", "team")
    if members is not None:
        serving = serving.filter(member__in=members)
    for row in serving.order_by("team__name", "pk"):
        found.setdefault(row.member_id, Candidate(row.member)).teams.append(row.team)
    facts = _Facts(order, found, on)
    for each in found.values():
        facts.explain(each)
    return sorted(
        found.values(), key=lambda each: (not each.fits, -each.points, each.member.sort_key, each.member.pk)
    )


class _Facts:
    """What is known of all candidates together, read in a few queries."""

    def __init__(self, order, found, on):
        self.order, self.on = order, on
        self.load: dict[int, int] = defaultdict(int)
        busy = Q(status__in=HELD) | Q(status=OrderStatus.DISPATCHED)
        open_orders = ServiceOrder.objects.filter(busy, member__in=found).exclude(pk=order.pk)
        for member in open_orders.values_list("member", flat=True):
            self.load[member] += 1
        lately = HourEntry.objects.filter(
            member__in=found, on__gte=on - timedelta(days=REST_DAYS), on__lte=on
        )
        self.tired = set(lately.values_list("member", flat=True))
        said = order.dispatches.filter(answer__in=[Answer.DECLINED, Answer.UNANSWERED])
        said = said.values_list("team", "member", "answer")
        self.answered = {member: answer for team, member, answer in said if team is None}
        self.teams_asked = {team for team, member, _ in said if member is None}

    def explain(self, candidate):
        """Fill in the lines and what speaks against her."""
        member = candidate.member
        candidate.refused += [
            words for words in (*self._refusals(member), self._of_teams(candidate)) if words
        ]
        candidate.lines += [self._nearness(member), *self._skill(member), *self._strain(member)]

    def _refusals(self, member):
        item, age = self.order.item, member.age(self.on)
        return [
            member.lost_since and "失联",
            member.floating_since and "外出流动",
            self.load[member.pk] >= MOST_OPEN and f"手上已有{self.load[member.pk]}单",
            item.skill and item.skill not in member.skills and f"没有“{item.skill}”特长",
            item.is_heavy and too_old(age, item.oldest, "重活"),
            self.order.slot == Slot.EVENING and too_old(age, EVENING_AGE, "晚上服务"),
            {Answer.DECLINED: "本单已谢绝", Answer.UNANSWERED: "本单未答复"}.get(
                self.answered.get(member.pk)
            ),
        ]

    def _of_teams(self, candidate):
        """A team that was asked as a whole has answered for who serves in no other near."""
        return {team.pk for team in candidate.teams} <= self.teams_asked and "所在服务队本单未接"

    def _nearness(self, member):
        home = member.residence.path if member.residence else ""
        common = len(set(paths_above(home)) & set(paths_above(self.order.path)))
        return NEARNESS.get(common, ("不住在附近", 0))

    def _skill(self, member):
        skill = self.order.item.skill
        return [(f"有“{skill}”特长", SKILL)] if skill and skill in member.skills else []

    def _strain(self, member):
        load = self.load[member.pk]
        if load:
            yield f"手上{load}单", load * PER_OPEN_ORDER
        if member.pk in self.tired:
            yield "昨天或今天刚服务过", TIRED


def too_old(age, oldest, what) -> str:
    """Why somebody of the age is not sent, or nothing; an unknown age is not sent either."""
    if age is None:
        return f"年龄不详，不派{what}"
    return f"{age}岁，{what}不超过{oldest}岁" if age > oldest else ""
