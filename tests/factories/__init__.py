"""Rows for tests, made through the operations so that every rule holds for them too.

district = factories.unit()                      # 区; unit(parent=...) goes one level down
branch = factories.branch(unit=community)        # a community branch; kind="temporary" for a 三缘型 one
member = factories.member(branch=branch, name="王秀英")
clerk = factories.account(role="street_clerk", unit=street)
"""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from branches.models import Affinity, Branch, Category, Employer, Kind, Level, PlaceType, Unit
from branches.operations import add_unit, appoint, open_branch, register_employer
from branches.operations.units import CODE_LENGTHS
from core.changes import constraints_unasked
from core.identity import check_character
from core.models import User
from members.models import Affiliation, Member, PartyPost
from members.operations import Election, Entry, Holding, affiliate, fill_post, hold_election, register_member
from volunteering.models import (
    Building,
    Carrier,
    GridMatter,
    Household,
    Pairing,
    ServiceItem,
    ServiceOrder,
    Team,
    TeamMembership,
    Visit,
)
from volunteering.operations import (
    Agreed,
    Begun,
    Looked,
    add_building,
    add_household,
    found_carrier,
    found_team,
    join_team,
    offer_item,
    pair,
    record_visit,
    report_matter,
    request_order,
)

TODAY = date(2026, 11, 23)
LONG_AGO = date(1990, 1, 1)
PASSWORD = "correct horse 麒麟 battery"

TEMPORARY = {
    "category": Category.TEMPORARY_BRANCH,
    "affinity": Affinity.INTEREST,
    "place_type": PlaceType.PLAZA,
    "sponsor": "区老年书画协会",
    "approved_by": "中共麒麟区委老干部局",
    "approved_on": date(2019, 1, 1),
    "expected_end_on": date(2030, 1, 1),
}


def id_number(serial=1, *, born=date(1949, 12, 31), sex="F", region="532201"):
    """A valid invented ID number; `serial` 0-499 tells people of one day and sex apart."""
    seventeen = f"{region}{born:%Y%m%d}{serial * 2 + (sex == 'M'):03}"
    return seventeen + check_character(seventeen)


def division_code(serial, level, *, prefix="53"):
    """A code as long as those of the level are, where they have a length."""
    return f"{prefix}{serial:0{CODE_LENGTHS.get(level, 12) - len(prefix)}}"


class Factory(DjangoModelFactory):
    """Rows of a test's world: the database keeps the constraints, and nobody asks them for words first."""

    class Meta:
        abstract = True

    @classmethod
    def create(cls, **values):
        with constraints_unasked():
            return super().create(**values)


class UnitFactory(Factory):
    """A unit below `parent`, opened long ago; without a parent the district."""

    class Meta:
        model = Unit

    parent = None
    by = None
    name = factory.Sequence(lambda n: f"单位{n}")
    opened_on = LONG_AGO

    @classmethod
    def _create(cls, model_class, *args, parent, by, **values):
        if "code" not in values and (parent is None or parent.level < Level.COMMUNITY):
            serial = Unit.objects.count() + 1
            values["code"] = f"{parent.code}{serial:03}" if parent else "530302"
        return add_unit(parent=parent, values=values, by=by, today=TODAY)


class BranchFactory(Factory):
    """A community branch on `unit`; kind="temporary" gives a complete 三缘型 one."""

    class Meta:
        model = Branch

    by = None
    name = factory.Sequence(lambda n: f"中共麒麟区第{n}离退休党支部")
    category = Category.BRANCH
    kind = Kind.COMMUNITY
    founded_on = date(2000, 1, 1)

    @classmethod
    def _create(cls, model_class, *args, unit, by, **values):
        if values["kind"] == Kind.TEMPORARY:
            values = {
                **values,
                **{
                    name: value
                    for name, value in TEMPORARY.items()
                    if name == "category" or name not in values
                },
            }
        return open_branch(unit=unit, values=values, by=by, today=TODAY)


class EmployerFactory(Factory):
    class Meta:
        model = Employer

    name = factory.Sequence(lambda n: f"曲靖第{n}机械厂")
    nature = "state_enterprise"

    @classmethod
    def _create(cls, model_class, *args, **values):
        return register_employer(values=values, by=None)


class MemberFactory(Factory):
    """A full member of `branch` since 2010. Entry values: since, began_by, group, handed_over_by."""

    class Meta:
        model = Member

    by = None
    name = "王秀英"
    sex = "F"
    birth_on = date(1949, 12, 31)
    joined_on = date(1970, 5, 1)
    # Or since she joined, where that was later.
    since = factory.LazyAttribute(lambda o: max(date(2010, 1, 1), o.joined_on or date.min))
    phones = ()

    @classmethod
    def _create(cls, model_class, *args, branch, by, since, phones, **person):
        entry = {
            name: person.pop(name)
            for name in ("began_by", "group", "handed_over_by", "document")
            if name in person
        }
        return register_member(
            person=person, entry=Entry(branch, since, **entry), by=by, today=TODAY, phones=phones
        )


class AffiliationFactory(Factory):
    """`member` takes part in the temporary `branch` since 2020."""

    class Meta:
        model = Affiliation

    since = date(2020, 1, 1)

    @classmethod
    def _create(cls, model_class, *args, member, branch, since, **values):
        return affiliate(
            member=member, branch=branch, values={"since": since, **values}, by=None, today=TODAY
        )


class TeamFactory(Factory):
    """A team led by `branch` since 2015, based where the branch sits unless `unit` says otherwise."""

    class Meta:
        model = Team

    by = None
    name = factory.Sequence(lambda n: f"第{n}银发先锋志愿服务队")
    founded_on = date(2015, 1, 1)

    @classmethod
    def _create(cls, model_class, *args, branch, by, **values):
        return found_team(branch=branch, values=values, by=by, today=TODAY)


class TeamMembershipFactory(Factory):
    """`member` serves in `team` since 2020."""

    class Meta:
        model = TeamMembership

    since = date(2020, 1, 1)

    @classmethod
    def _create(cls, model_class, *args, team, member, since, **values):
        return join_team(team=team, member=member, values={"since": since, **values}, by=None, today=TODAY)


class ServiceItemFactory(Factory):
    """A service offered at `unit` and below."""

    class Meta:
        model = ServiceItem

    name = "物品代购"

    @classmethod
    def _create(cls, model_class, *args, **values):
        return offer_item(values=values, by=None)


class ServiceOrderFactory(Factory):
    """A phone order of `item` at `unit`, wanted today."""

    class Meta:
        model = ServiceOrder

    requester = "赵大娘"
    requester_phone = "13700001234"
    wanted_on = TODAY

    @classmethod
    def _create(cls, model_class, *args, **values):
        return request_order(values=values, by=None, today=TODAY)


class GridMatterFactory(Factory):
    """An ordinary public matter at `unit`, reported today."""

    class Meta:
        model = GridMatter

    kind = "public"
    subject = "楼道灯不亮"
    by = None
    today = TODAY

    @classmethod
    def _create(cls, model_class, *args, by, today, **values):
        return report_matter(values=values, by=by, today=today)


class BuildingFactory(Factory):
    """A building at `unit`."""

    class Meta:
        model = Building

    # Not as tests name buildings themselves: "3栋".
    name = factory.Sequence(lambda n: f"第{n}栋")

    @classmethod
    def _create(cls, model_class, *args, **values):
        return add_building(values=values, by=None)


class HouseholdFactory(Factory):
    """赵大娘 in `building`, looked after as one of general risk."""

    class Meta:
        model = Household

    # Another home for each of a building.
    room = factory.LazyAttribute(lambda home: f"2单元{301 + home.building.households.count()}")
    resident = "赵大娘"
    phone = "13700001234"

    @classmethod
    def _create(cls, model_class, *args, **values):
        return add_household(values=values, by=None)


class PairingFactory(Factory):
    """`member` looks after `household`, who agreed in person, since the summer."""

    class Meta:
        model = Pairing

    since = date(2026, 7, 1)
    override = ""

    @classmethod
    def _create(cls, model_class, *args, since, override, **values):
        agreed = Agreed("spoken", since, override)
        return pair(since=since, agreed=agreed, by=None, today=TODAY, **values)


class VisitFactory(Factory):
    """A visit of `pairing` today that found all well."""

    class Meta:
        model = Visit

    by = None
    on = TODAY

    @classmethod
    def _create(cls, model_class, *args, pairing, by, **values):
        return record_visit(pairing=pairing, looked=Looked(**values), by=by, today=TODAY)


class CarrierFactory(Factory):
    """A station of `branch` where it sits, since 2020, for which `member` answers."""

    class Meta:
        model = Carrier

    kind = "station"
    name = factory.Sequence(lambda n: f"第{n}联络服务站")
    founded_on = date(2020, 1, 1)

    @classmethod
    def _create(cls, model_class, *args, branch, member, building=None, **values):
        values = {"unit": branch.unit, **values, "branch": branch}
        return found_carrier(values=values, begun=Begun(member, building), by=None, today=TODAY)


class AccountFactory(Factory):
    """An account that holds `role` at `unit` or `branch` since 2000; without a role it holds nothing."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"account{n}")
    name = factory.LazyAttribute(lambda account: account.username)
    role = None
    unit = None
    branch = None

    @classmethod
    def _create(cls, model_class, *args, role, unit, branch, **values):
        user = User.objects.create_user(password=PASSWORD, is_staff=True, **values)
        if role:
            appoint(
                user=user,
                values={"role": role, "unit": unit, "branch": branch, "since": date(2000, 1, 1)},
                by=None,
            )
        return user


unit = UnitFactory.create
branch = BranchFactory.create
employer = EmployerFactory.create
member = MemberFactory.create
affiliation = AffiliationFactory.create
team = TeamFactory.create
service_item = ServiceItemFactory.create
service_order = ServiceOrderFactory.create
grid_matter = GridMatterFactory.create
building = BuildingFactory.create
household = HouseholdFactory.create
pairing = PairingFactory.create
visit = VisitFactory.create
carrier = CarrierFactory.create
team_membership = TeamMembershipFactory.create
account = AccountFactory.create


def term(branch, secretary, *others, on=date(2024, 6, 1), years=3, document=""):
    """An election: the secretary, and others as (member, post)."""
    holders = ((secretary, PartyPost.SECRETARY), *others)
    return hold_election(branch=branch, election=Election(on, years, holders, document), by=None, today=TODAY)


def post(branch, member, post=PartyPost.SECRETARY, since=date(2024, 6, 1), **more):
    """A post filled by appointment, unless `origin` says otherwise."""
    return fill_post(branch=branch, holding=Holding(member, post, since, **more), by=None, today=TODAY)


def lineage(*names, below=None):
    """Units one below the other; returns them all, from the highest."""
    units = []
    for name in names:
        below = unit(parent=below, name=name)
        units.append(below)
    return units
