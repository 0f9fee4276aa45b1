"""Who writes the story down: the account and the day it is done in, and what has been written so far."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from branches.models import Branch, Employer, Unit
from core.models import User
from demo.people import People
from members.models import Affiliation, Member, RosterIn
from members.operations import Entry, Newcomer, register_members

ESTATES = [
    "和谐园",
    "家属院",
    "阳光里",
    "麒麟苑",
    "锦绣园",
    "胜利巷",
    "珠源小区",
    "福康家园",
    "老厂区",
    "望江楼",
]


@dataclass(eq=False)
class Resident:
    """A member as the story remembers her."""

    member: Member
    branch: Branch
    since: date
    employer: Employer | None
    took_part_since: date | None = None
    was_confirmed: bool = False

    @property
    def is_free(self):
        """Whether she takes part in no temporary organisation."""
        return self.took_part_since is None


@dataclass(frozen=True)
class Arrival:
    """How the people of one batch come onto the roster."""

    since: date
    began_by: str = RosterIn.INITIAL_LOAD
    document: str = ""
    employer: Employer | None = None

    def entry(self, branch, group=None) -> Entry:
        """The 组织关系 that this arrival begins in the branch."""
        return Entry(branch, self.since, self.began_by, group, self.document)


@dataclass
class Scribe:
    """Writes everything through the operations, in the name of one account."""

    by: User
    second: User
    today: date
    chance: Random
    people: People = field(init=False)
    units: dict[str, Unit] = field(default_factory=dict)
    homes: dict[int, list[Unit]] = field(default_factory=dict)
    branches: dict[str, Branch] = field(default_factory=dict)
    employers: dict[str, Employer] = field(default_factory=dict)
    received: dict[str, list[Branch]] = field(default_factory=dict)
    residents: list[Resident] = field(default_factory=list)
    mourned: list[Resident] = field(default_factory=list)
    attending: list[tuple[Resident, Affiliation]] = field(default_factory=list)

    def __post_init__(self):
        self.people = People(self.chance)

    def day_between(self, first: date, last: date) -> date:
        """Some day of a period, both ends included."""
        return first + timedelta(days=self.chance.randint(0, (last - first).days))

    def settle(self, branch, arrival: Arrival, likenesses, groups=()) -> list[Resident]:
        """Invent people and register them in the branch, dealt out to its groups."""
        newcomers = []
        for serial, likeness in enumerate(likenesses):
            group = groups[serial % len(groups)] if groups else None
            newcomers.append(self._newcomer(branch, arrival.entry(branch, group), likeness, arrival.employer))
        members = register_members(newcomers=newcomers, by=self.by, today=self.today)
        settled = [Resident(member, branch, arrival.since, arrival.employer) for member in members]
        self.residents += settled
        return settled

    def _newcomer(self, branch, entry, likeness, employer) -> Newcomer:
        person, phones, home = self.invent(branch, likeness)
        return Newcomer(person | {"employer": employer, "residence": home}, entry, phones)

    def invent(self, branch, likeness) -> tuple[dict, list, Unit]:
        """Somebody who lives near the branch: her columns, her phones, and her grid or community."""
        person, phones = self.people.person(likeness)
        home = self.chance.choice(self.homes.get(branch.unit_id) or [branch.unit])
        return person | {"address": self._address(home)}, phones, home

    def _address(self, home) -> str:
        flat = f"{self.chance.randint(1, 30)}栋{self.chance.randint(1, 6)}0{self.chance.randint(1, 4)}室"
        return f"{home.name}{self.chance.choice(ESTATES)}{flat}"
