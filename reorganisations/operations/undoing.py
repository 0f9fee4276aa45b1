"""The verb that takes a reorganisation back while nothing later depends on it."""

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr

from branches.models import Appointment, Branch, BranchPlacement, Category, Unit, UnitPlacement
from branches.models.unit import step
from branches.operations.acts import hold_the_tree
from branches.scope import within_path
from core.changes import check, locked
from core.errors import DomainError, refuse_all
from core.pinyin import syllables_fields
from core.voiding import StillNeeded, void
from members.models import Affiliation, Member, Membership, Post, Term, Transfer
from members.obligations import Leaving
from members.operations import open_obligations_of
from reorganisations.models import Plan
from reorganisations.operations.ledger import REGISTERS, Ledger
from reorganisations.operations.plans import moved, saved
from reorganisations.states import PlanMove

VOIDED = "reorganisation.voided"
# Registers of which an act only changes rows.
RESTORED = (Affiliation, Appointment, Term, Post, Member)


@transaction.atomic
def undo(*, plan: Plan, by, version=None) -> Plan:
    """Take back everything that the plan's act did: what it made goes, what it changed is as before.

    Refused with everything later that depends on it; the history keeps both the act and its undoing.
    """
    hold_the_tree()
    plan = locked(plan, version=version)
    to = moved(plan, PlanMove.UNDO)
    _hold(Ledger(plan.trace))
    # Read again: whom this waited for may have changed what the act did.
    ledger = Ledger(plan.trace)
    made = [unit.path for unit in Unit.objects.filter(pk__in=[touch.number for touch in ledger.new(Unit)])]
    refuse_all(_later(ledger) + _strayed(ledger, plan, made))
    _Undoing(ledger, plan, by).everything()
    refuse_all(_left_hanging(ledger) + _strayed(ledger, plan))
    plan.state = to
    return saved(plan, "plan.undone", by)


def _hold(ledger):
    """Lock everybody to whom the act did something, as everywhere first, then every row that it touched."""
    for model in (Member, *(each for each in REGISTERS if each is not Member)):
        numbers = _people(ledger) if model is Member else ledger.touches[model]
        rows = model.objects.select_for_update(of=("self",)).filter(pk__in=numbers)
        list(rows.order_by("pk").values_list("pk"))


def _people(ledger) -> set[int]:
    """The numbers of all members of whom the act made or changed something."""
    theirs = (touch for model in (Membership, Affiliation, Post) for touch in ledger.touches[model].values())
    return {*ledger.touches[Member], *(touch.after.member_id for touch in theirs)}


# What depends on it.


def _later(ledger) -> list[DomainError]:
    """What has happened since to the rows of the act, and units that were hung below since."""
    wrong = [StillNeeded(f"{_words(touch)}，不能撤回") for touch in ledger.every() if touch.differs_now()]
    return wrong + _hung_since(ledger) + _taken_on_since(ledger)


def _words(touch) -> str:
    row = touch.model.objects.filter(pk=touch.number).first()
    subject = {
        UnitPlacement: lambda: row.unit,
        BranchPlacement: lambda: row.branch,
        Membership: lambda: f"{row.member}的组织关系",
        Affiliation: lambda: f"{row.member}参加临时党组织的记录",
        Member: lambda: f"{row}的居住地",
    }.get(touch.model, lambda: row)
    return f"“{subject() if row else touch.number}”后来又有变动"


def _hung_since(ledger) -> list[DomainError]:
    """Units that came below one that moved, and were not there when it did: their places tell of its path."""
    moved_units = [touch.number for touch in ledger.changed(Unit) if "parent_id" in touch.changed()]
    found = []
    for unit in Unit.objects.filter(pk__in=moved_units):
        later = UnitPlacement.objects.filter(within_path(unit.path), since__gte=_day(ledger))
        later = later.exclude(pk__in=ledger.touches[UnitPlacement]).select_related("unit")
        names = dict.fromkeys(str(place.unit) for place in later.order_by("since", "pk"))
        found += [StillNeeded(f"“{name}”是后来到“{unit}”之下的，不能撤回") for name in names]
    return found


def _taken_on_since(ledger) -> list[DomainError]:
    """What hangs on those who went over: it was settled before they went, so it is of their new branch."""
    arrived = [touch.after for touch in ledger.new(Membership)]
    people = Member.objects.filter(pk__in=[event.member_id for event in arrived])
    if not people:
        return []
    under_way = Transfer.objects.open().filter(member__in=people).select_related("member")
    wrong = [StillNeeded(f"“{each.member}”有组织关系转接没有办结，不能撤回") for each in under_way]
    opened = open_obligations_of(people, on=arrived[0].since, leaving=Leaving.TRANSFER)
    return wrong + [
        StillNeeded(f"“{person}”{each.words}，不能撤回")
        for person in people
        for each in opened[person.pk]
        if not each.keepable
    ]


def _strayed(ledger, plan, made=()) -> list[DomainError]:
    """What lies neither below the plan's unit, to which who decides about it reaches, nor in what it made."""
    held = {touch.after.branch_id for touch in ledger.touches[Membership].values()}
    changed = {model: {touch.number for touch in ledger.changed(model)} for model in (Unit, Branch)}
    rows = [
        *Unit.objects.filter(pk__in=changed[Unit]),
        *Branch.objects.filter(pk__in=changed[Branch] | held),
    ]
    within = (Unit.objects.get(pk=plan.unit_id).path, *made)
    return [
        StillNeeded(f"“{row}”现已不在“{plan.unit}”之下，不能撤回")
        for row in rows
        if not row.path.startswith(within)
    ]


def _day(ledger):
    return min(touch.after.since for touch in ledger.new(UnitPlacement))


# Taking it back.


class _Undoing:
    """The act taken back, in the one order that every constraint allows."""

    def __init__(self, ledger: Ledger, plan: Plan, by):
        self.ledger, self.by = ledger, by
        self.reason = f"撤回：{plan}"[:200]

    def everything(self) -> None:
        """First the periods that the act began, then those that it ended, then what they hung on."""
        for model in (Membership, Affiliation, BranchPlacement, UnitPlacement):
            self._void(model)
        for model in (UnitPlacement, BranchPlacement, Membership, *RESTORED):
            self._restore_all(model)
        self._void(Branch, where=lambda event: event.category == Category.GROUP)
        self._void(Branch, where=lambda event: event.category != Category.GROUP)
        for touch in self.ledger.changed(Branch):
            self._restore_branch(touch)
        self._units()

    def _units(self):
        changed = self.ledger.changed(Unit)
        for touch in sorted(changed, key=lambda touch: touch.after.level):
            if touch.after.closed_on is None:
                self._restore_unit(touch)
        self._void(Unit)
        # Last those that were closed: a new one may have had the name of one of them.
        for touch in changed:
            if touch.after.closed_on is not None:
                self._restore_unit(touch)

    def _void(self, model, where=lambda event: True):
        for touch in reversed(self.ledger.new(model)):
            if where(touch.after):
                row = model.objects.get(pk=touch.number)
                void(row, verb=VOIDED, by=self.by, reason=self.reason, place=getattr(row, "path", ""))

    def _restore_all(self, model):
        for touch in self.ledger.changed(model):
            self._write(touch, touch.changed())

    def _write(self, touch, values):
        """Write it past the row's own checks, which hold only when all has gone back."""
        versioned = any(field.name == "version" for field in touch.model._meta.fields)
        bump = {"version": F("version") + 1} if versioned else {}
        touch.model.objects.filter(pk=touch.number).update(**values, **bump)
        told = [field.name for field in syllables_fields(touch.model)]
        if told:
            touch.model.objects.get(pk=touch.number).save(update_fields=told)

    def _restore_branch(self, touch):
        values = touch.changed()
        if "unit_id" in values:
            # The unit may be about to move back; its path is carried down to the branch then.
            values["path"] = Unit.objects.values_list("path", flat=True).get(pk=values["unit_id"])
        self._write(touch, values)

    def _restore_unit(self, touch):
        unit = Unit.objects.get(pk=touch.number)
        values, old = touch.changed(), unit.path
        parent = Unit.objects.filter(pk=values.get("parent_id", unit.parent_id)).first()
        new = (parent.path if parent else "") + step(unit.pk)
        self._write(touch, values)
        if new != old:
            below = Unit.objects.filter(within_path(old))
            below.update(path=Concat(Value(new), Substr(F("path"), len(old) + 1)))
        check(Unit.objects.get(pk=unit.pk))


# What must hold afterwards.


def _left_hanging(ledger) -> list[DomainError]:
    """What would be left without a place: what it goes back to has been closed or has moved meanwhile."""
    return [
        *_units_hanging(ledger.touches[UnitPlacement].values()),
        *_branches_hanging(ledger.touches[Branch]),
        *_members_hanging(ledger.changed(Membership)),
    ]


def _units_hanging(touches):
    numbers = {touch.after.unit_id for touch in touches}
    for unit in Unit.objects.live().filter(pk__in=numbers).select_related("parent"):
        if unit.parent and unit.parent.closed_on:
            yield StillNeeded(f"“{unit}”原来的上级“{unit.parent}”后来已撤销，不能撤回")
        elif unit.placements.in_force().filter(path=unit.path).count() != 1:
            yield StillNeeded(f"“{unit}”原来的上级后来有变动，不能撤回")


def _branches_hanging(numbers):
    for branch in Branch.objects.live().filter(pk__in=numbers).select_related("unit", "parent"):
        if branch.unit.closed_on:
            yield StillNeeded(f"“{branch}”原来所在的“{branch.unit}”后来已撤销，不能撤回")
        if branch.parent and branch.parent.dissolved_on:
            yield StillNeeded(f"“{branch}”所属的“{branch.parent}”后来已撤销，不能撤回")
    groups = Branch.objects.live().filter(category=Category.GROUP, parent__in=numbers)
    for group in groups.select_related("parent__unit"):
        if not group.path.startswith(group.parent.path):
            yield StillNeeded(f"党小组“{group}”不在“{group.parent}”原来所在的“{group.parent.unit}”，不能撤回")


def _members_hanging(touches):
    held = Membership.objects.in_force().filter(pk__in=[touch.number for touch in touches])
    gone = Branch.objects.exclude(dissolved_on=None).filter(memberships__in=held).distinct()
    for branch in gone:
        yield StillNeeded(f"党员原来所在的“{branch}”后来已撤销，不能撤回")
