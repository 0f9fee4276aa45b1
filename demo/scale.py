"""Districts of any size for the bench: rows as the operations would leave them, written by COPY."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle, islice
from random import Random

from django.db import transaction

from branches.models import (
    Branch,
    BranchPlacement,
    Category,
    Employer,
    EmployerNature,
    Kind,
    Level,
    Reorganisation,
    ReorganisationKind,
    Unit,
    UnitPlacement,
)
from branches.models.unit import step
from branches.operations import load_divisions, register_employer
from branches.operations.branches import CODE_PREFIX
from core.copying import bulk, copy, numbers
from core.errors import InvalidValue, refuse_all
from core.models import User
from demo import story
from demo.founding import GATHERING_ENDS
from demo.people import Likeness, People
from demo.telling import division_lines
from members.models import Affiliation, Member, Membership, RosterIn, RosterOut, SignIn, StandingEvent
from members.operations.people import fill, phone_rows
from members.states import Standing, StandingMove

DIVISIONS_OPENED, FOUNDED_ON = date(1949, 10, 1), date(2010, 1, 1)
FIRST_DAY, MOVING_DAY, LAST_DAY = date(2012, 1, 1), date(2019, 1, 1), date(2024, 12, 31)
PER_BRANCH, PER_GATHERING, AT_ONCE = 40, 80, 4000
# Of a hundred people so many have come from another branch, have died, take part in a temporary one.
MOVED, DIED, TAKING_PART = 8, 4, 8
# Of so many units below a community one is a group, the others are grids.
UNITS_PER_GROUP = 13

# What kind of branch sits on a unit of each level, and how many of twenty do.
SEATS = {
    Level.DISTRICT: (Kind.DISTRICT_DIRECT, 1),
    Level.STREET: (Kind.STREET, 2),
    Level.COMMUNITY: (Kind.COMMUNITY, 14),
    Level.GROUP: (Kind.HANDOVER, 3),
}


@dataclass(frozen=True)
class Size:
    """How large a district is wanted, and by which throw of the dice."""

    members: int
    units: int = 15_000
    seed: int = 1


@transaction.atomic
def raise_district(size: Size, *, today) -> None:
    """Fill an empty registry with the real divisions, groups and grids, branches and invented people."""
    lines = division_lines()
    least = len(lines) - 1
    if size.units < least:
        raise InvalidValue(f"--units 至少为 {least}：区、街道和社区本身就有这么多")
    with bulk():
        load_divisions(lines=lines, since=DIVISIONS_OPENED, by=None, today=today)
        act = Reorganisation.objects.create(kind=ReorganisationKind.ESTABLISH, effective_on=FOUNDED_ON)
        draw_grid(size.units, act)
        seats = found_branches(size.members, act)
        temporary = found_gatherings(size.members, act)
        crowd = Crowd(Random(size.seed), seats, temporary, today)
        for first in range(0, size.members, AT_ONCE):
            crowd.arrive(min(AT_ONCE, size.members - first))


def draw_grid(wanted, act):
    """Groups and grids under the communities until there are as many units as wanted."""
    missing = wanted - Unit.objects.count()
    communities = list(Unit.objects.filter(level=Level.COMMUNITY).order_by("code"))
    shares = [
        missing // len(communities) + (place < missing % len(communities))
        for place in range(len(communities))
    ]
    ready = iter(numbers(Unit, missing))
    units = [
        unit
        for community, share in zip(communities, shares, strict=True)
        for unit in _below(community, list(islice(ready, share)))
    ]
    copy(units)
    copy(
        [
            UnitPlacement(
                unit=unit,
                parent_id=unit.parent_id,
                name=unit.name,
                path=unit.path,
                since=unit.opened_on,
                reorganisation=act,
            )
            for unit in units
        ]
    )


def _below(community, ready):
    """The groups of a community, and grids dealt out among them; parents first."""
    groups = [
        _unit(number, community, f"{serial:02}", f"第{serial}小组")
        for serial, number in enumerate(ready[: -(-len(ready) // UNITS_PER_GROUP)], start=1)
    ]
    grids = [
        _unit(
            number,
            groups[place % len(groups)],
            f"{place // len(groups) + 1:03}",
            f"第{place // len(groups) + 1}网格",
        )
        for place, number in enumerate(ready[len(groups) :])
    ]
    return groups + grids


def _unit(number, parent, serial, name):
    return Unit(
        pk=number,
        code=f"{parent.code}{serial}",
        level=parent.level + 1,
        name=name,
        parent=parent,
        path=parent.path + step(number),
        opened_on=FOUNDED_ON,
    )


def found_branches(members, act) -> list[Branch]:
    """Formal branches for that many people: most on communities, some on groups, streets and the district."""
    seats = islice(_seats(Random(members)), -(-members // PER_BRANCH))
    return _open(
        act,
        [
            {
                "unit": unit,
                "kind": SEATS[unit.level][0],
                "category": Category.BRANCH,
                "name": f"中共麒麟区第{serial}离退休党支部",
            }
            for serial, unit in enumerate(seats, start=1)
        ],
    )


def _seats(chance):
    """Units for one branch after the other, each level in its share and its units in turn."""
    by_level = {level: list(Unit.objects.filter(level=level).order_by("code")) for level in SEATS}
    turns = {level: cycle(units) for level, units in by_level.items() if units}
    levels = [level for level in turns for _ in range(SEATS[level][1])]
    for level in cycle(chance.sample(levels, len(levels))):
        yield next(turns[level])


def found_gatherings(members, act) -> list[Branch]:
    """Temporary organisations for those who take part."""
    communities = cycle(Unit.objects.filter(level=Level.COMMUNITY).order_by("code"))
    kinds = cycle(
        zip(story.Affinity.values, (story.ON_PLAZA, story.IN_ESTATE, story.IN_ENTERPRISE), strict=True)
    )
    rows = [
        {
            "unit": next(communities),
            "kind": Kind.TEMPORARY,
            "category": Category.TEMPORARY_BRANCH,
            "name": f"中共麒麟区第{serial}三缘型临时党支部",
            "affinity": affinity,
            "place_type": place_type,
            "sponsor": story.OFFICE,
            "approved_by": story.OFFICE,
            "approved_on": FOUNDED_ON,
            "expected_end_on": GATHERING_ENDS,
        }
        for serial, (affinity, place_type) in zip(
            range(1, 2 + members * TAKING_PART // 100 // PER_GATHERING), kinds, strict=False
        )
    ]
    return _open(act, rows, taken=-(-members // PER_BRANCH))


def _open(act, rows, taken=0) -> list[Branch]:
    founded = [
        Branch(
            pk=number,
            code=f"{CODE_PREFIX}{serial:06}",
            path=values["unit"].path,
            founded_on=FOUNDED_ON,
            **values,
        )
        for serial, (number, values) in enumerate(
            zip(numbers(Branch, len(rows)), rows, strict=True), start=taken + 1
        )
    ]
    copy(founded)
    copy(
        [
            BranchPlacement(branch=branch, unit=branch.unit, since=branch.founded_on, reorganisation=act)
            for branch in founded
        ]
    )
    return founded


class Crowd:
    """People who arrive in thousands; every rule of the roster holds for each of them."""

    def __init__(self, chance, seats, temporary, today):
        self.chance, self.seats, self.temporary, self.today = chance, seats, temporary, today
        self.people = People(chance)
        self.verifier = User.objects.create_user("seed_scale", name="压力数据", is_active=False)
        values = {"name": "麒麟机械总厂", "nature": EmployerNature.STATE_ENTERPRISE}
        self.enterprise: Employer = register_employer(values=values, by=None)

    def arrive(self, count):
        """Invent and write so many people with their relations, phones and spellings."""
        members, phones, relations = [], [], []
        for number in numbers(Member, count):
            member, phone_numbers = self._invent(number)
            held = self._relations(member)
            self._place(member, held)
            members.append(member)
            relations += held
            phones += phone_rows(member, phone_numbers)
        copy(members)
        copy(phones)
        copy(relations)
        copy([self._death(member) for member in members if member.died_on])
        self._take_part([member for member in members if member.on_roster])

    def _invent(self, number):
        person, phones = self.people.person(Likeness(since=FIRST_DAY))
        member = Member(pk=number, standing=Standing.FULL)
        refuse_all(fill(member, person, self.today))
        return member, phones

    def _day(self, first, last):
        return first + timedelta(days=self.chance.randrange((last - first).days))

    def _relations(self, member) -> list[Membership]:
        """Where she has been through time: in one branch, or in two one after the other."""
        since, branch = self._day(FIRST_DAY, MOVING_DAY), self.chance.choice(self.seats)
        began_by = self.chance.choice([RosterIn.INITIAL_LOAD, RosterIn.HANDOVER])
        giver = self.enterprise if began_by == RosterIn.HANDOVER else None
        held = [
            Membership(member=member, branch=branch, since=since, began_by=began_by, handed_over_by=giver)
        ]
        if self.chance.randrange(100) < MOVED:
            held.append(self._next(held[-1]))
        if self.chance.randrange(100) < DIED:
            held[-1].until, held[-1].ended_by = self._day(date(2023, 1, 1), LAST_DAY), RosterOut.DEATH
        return held

    def _next(self, before) -> Membership:
        before.until, before.ended_by = self._day(MOVING_DAY, date(2022, 12, 31)), RosterOut.TRANSFER_OUT
        return Membership(
            member=before.member,
            branch=self.chance.choice(self.seats),
            since=before.until,
            began_by=RosterIn.TRANSFER_IN,
        )

    def _place(self, member, held):
        """What the database would copy down from the last relation: then it has nothing to change."""
        last = held[-1]
        member.branch, member.path, member.on_roster = last.branch, last.branch.path, last.until is None
        member.residence = last.branch.unit
        if last.ended_by == RosterOut.DEATH:
            member.standing, member.died_on = Standing.DECEASED, last.until

    def _death(self, member) -> StandingEvent:
        return StandingEvent(
            member=member,
            move=StandingMove.DECEASE,
            before=Standing.FULL,
            after=Standing.DECEASED,
            on=member.died_on,
        )

    def _take_part(self, members):
        taking_part = [member for member in members if self.chance.randrange(100) < TAKING_PART]
        affiliations = [
            Affiliation(
                pk=number,
                member=member,
                branch=self.chance.choice(self.temporary),
                since=self._day(date(2022, 12, 31), date(2024, 1, 1)),
            )
            for number, member in zip(numbers(Affiliation, len(taking_part)), taking_part, strict=True)
        ]
        copy(affiliations)
        copy(
            [
                SignIn(affiliation=each, on=self._day(date(2024, 1, 2), LAST_DAY), verified_by=self.verifier)
                for each in affiliations
            ]
        )
