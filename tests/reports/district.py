"""Small districts for figures, and a naive count of them that knows nothing of the code under test."""

from datetime import date, timedelta

from branches.models import Branch, Unit
from branches.models.unit import UnitPlacement
from members.models import Affiliation, Membership, SignIn
from members.obligations import Leaving
from members.operations import StandingChange, change_standing
from members.operations.obligations import all_settled
from tests import factories
from volunteering.models import Carrier, Claim, GridMatter, HourEntry, Pairing, Team, Visit


def in_force(row, day):
    """Whether a period holds on the day."""
    return row.since <= day and (row.until is None or row.until > day)


def last_known(rows, day):
    """The latest period begun by the day."""
    return max((row for row in rows if row.since <= day), key=lambda row: row.since, default=None)


class Oracle:
    """Every figure counted row by row in Python, over everything that there is."""

    def __init__(self):
        self.units = list(Unit.objects.all())
        self.branches = list(Branch.objects.all())
        self.placements = {unit.pk: list(UnitPlacement.objects.filter(unit=unit)) for unit in self.units}
        self.seats = {branch.pk: list(branch.placements.all()) for branch in self.branches}

    def chain(self, unit_id, day, tree):
        """The numbers of the unit and of all above it."""
        if tree == "now":
            parent = next(unit for unit in self.units if unit.pk == unit_id).parent_id
        else:
            parent = last_known(self.placements[unit_id], day).parent_id
        return [unit_id, *(self.chain(parent, day, tree) if parent else [])]

    def seat(self, branch_id, day, tree):
        """The unit on which the branch sits."""
        if tree == "now":
            return next(branch for branch in self.branches if branch.pk == branch_id).unit_id
        return last_known(self.seats[branch_id], day).unit_id

    def figure(self, code, unit, day, tree):
        """(total, own) of one indicator at one unit."""
        total, own = set(), set()
        for subject, branch in getattr(self, code.replace(".", "_"))(day):
            seat = self.seat(branch, day, tree)
            if unit.pk in self.chain(seat, day, tree):
                total.add(subject)
            if unit.pk == seat:
                own.add(subject)
        return {"total": len(total), "own": len(own)}

    def members_roster(self, day):
        """Pairs of who and where."""
        return [(row.member_id, row.branch_id) for row in Membership.objects.all() if in_force(row, day)]

    def members_settled(self, day):
        """Pairs of who and where."""
        found = {}
        for row in sorted(Membership.objects.all(), key=lambda row: row.since):
            if row.began_by == "handover" and row.since <= day:
                found[row.member_id] = row.branch_id
        return list(found.items())

    def members_participating(self, day):
        """Pairs of who and where."""
        took_part = (
            {
                row.affiliation.member_id
                for row in SignIn.objects.select_related("affiliation")
                if row.verified_by_id and one_year_earlier(day) < row.on <= day
            }
            | {
                row.member_id
                for row in HourEntry.objects.all()
                if row.verified_by_id and one_year_earlier(day) < row.on <= day
            }
            | {
                row.pairing.member_id
                for row in Visit.objects.all()
                if row.verified_by_id and one_year_earlier(day) < row.on <= day
            }
        )
        return [(member, branch) for member, branch in self.members_roster(day) if member in took_part]

    def members_affiliated(self, day):
        """Pairs of who and where."""
        return [(row.member_id, row.branch_id) for row in Affiliation.objects.all() if in_force(row, day)]

    def _branches(self, day, kinds, categories):
        return [
            (branch.pk, branch.pk)
            for branch in self.branches
            if branch.founded_on <= day
            and (branch.dissolved_on is None or branch.dissolved_on > day)
            and branch.kind in kinds
            and branch.category in categories
        ]

    def branches_all(self, day):
        """Pairs of what and where."""
        everything = {branch.kind for branch in self.branches}
        return self._branches(day, everything, {branch.category for branch in self.branches})

    def branches_district_direct(self, day):
        """Pairs of what and where."""
        return self._branches(day, {"district_direct"}, {"631", "632"})

    def branches_local(self, day):
        """Pairs of what and where."""
        return self._branches(day, {"street", "community"}, {"631", "632", "641"})

    def branches_affinity(self, day):
        """Pairs of what and where."""
        return self._branches(day, {"temporary"}, {"911", "921", "931", "932"})

    def teams_volunteer(self, day):
        """Pairs of what and where."""
        return [
            (team.pk, team.branch_id)
            for team in Team.objects.all()
            if team.founded_on <= day and (team.dissolved_on is None or team.dissolved_on > day)
        ]

    def members_on_posts(self, day):
        """Pairs of who and where."""
        ended = {"left", "expired"}
        held = {
            row.member_id
            for row in Claim.objects.all()
            if in_force(row, day)
            and (row.status in {"agreed", "serving"} or (row.status in ended and row.until))
        }
        return [(member, branch) for member, branch in self.members_roster(day) if member in held]

    def members_paired(self, day):
        """Pairs of who and where."""
        paired = {row.member_id for row in Pairing.objects.all() if in_force(row, day)}
        return [(member, branch) for member, branch in self.members_roster(day) if member in paired]

    def households_paired(self, day):
        """Pairs of what and where."""
        homes = dict(self.members_roster(day))
        return [
            (row.household_id, homes[row.member_id])
            for row in Pairing.objects.all()
            if in_force(row, day) and row.member_id in homes
        ]

    def matters_settled(self, day):
        """Pairs of what and where."""
        return [(matter.pk, matter.branch_id) for matter in self._settled(day)]

    def matters_in_time(self, day):
        """Pairs of what and where."""
        return [
            (matter.pk, matter.branch_id)
            for matter in self._settled(day)
            if matter.settled_on <= matter.due_on
        ]

    def _settled(self, day):
        return [
            matter
            for matter in GridMatter.objects.all()
            if matter.status in {"settled", "closed"} and one_year_earlier(day) < matter.settled_on <= day
        ]

    def carriers_all(self, day):
        """Pairs of what and where."""
        return [
            (carrier.pk, carrier.branch_id)
            for carrier in Carrier.objects.all()
            if carrier.founded_on <= day and (carrier.dissolved_on is None or carrier.dissolved_on > day)
        ]


def one_year_earlier(day):
    """The same day a year before, or the day before it in a leap year."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def day_number(number):
    """A day of the years in which the random stories happen."""
    return date(2018, 1, 1) + timedelta(days=number)


def died(member, on):
    """She died on the day; what hung on her ended with it."""
    settle = all_settled(member, on=on, leaving=Leaving.DEATH, reason="去世")
    change = StandingChange("decease", on, settle=settle)
    return change_standing(member=member, change=change, by=None, today=factories.TODAY)
