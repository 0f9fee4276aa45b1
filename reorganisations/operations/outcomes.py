"""What an act affects, in words and figures: units, branches, people, and the figures before and after."""

from dataclasses import dataclass, field

from branches.models import Appointment, Branch, Level, Unit, UnitPlacement
from branches.models.unit import STEP_LENGTH
from branches.scope import Scope
from members.models import Affiliation, Member, Membership, Post, Term
from reorganisations.operations.ledger import Ledger
from reports.indicators import INDICATORS
from reports.questions import about
from reports.rollups import rollup
from reports.trees import TreeThen

SHOWN = ("members.roster", "branches.all", "branches.local", "branches.affinity")


@dataclass
class Board:
    """The figures on a day of a unit and of those units below it that matter."""

    place: Unit
    on: object
    figures: dict = field(default_factory=dict)

    def read(self, depth: int) -> dict:
        """{code of a unit: {indicator: total}} for the place and down to `depth` levels below it."""
        question = about(self.place, Scope((self.place.path,)), on=self.on, tree=TreeThen(self.on))
        self._take(rollup(question, [INDICATORS[code] for code in SHOWN], depth=depth))
        return self.figures

    def _take(self, node):
        totals = {code: figure["total"] for code, figure in node["indicators"].items()}
        self.figures[node["unit"]["code"]] = totals
        for child in node["children"]:
            self._take(child)


def board_of(order, place) -> dict:
    """The figures on the order's day, down to the lowest unit that may matter."""
    lowest = max(len(path) for path in order.paths) // STEP_LENGTH
    depth = min(max(lowest - place.level, 1), Level.GRID - place.level)
    return Board(place, order.on).read(depth)


def figures_of(order, place, ledger, before: dict, after: dict) -> list[dict]:
    """The units whose figures matter, each with its figures before and after."""
    concerned = {unit.code for unit in order.units} | {place.code}
    concerned |= set(_touched_codes(order, ledger))
    changed = {code for code in {*before, *after} if before.get(code) != after.get(code)}
    shown = Unit.objects.filter(code__in=concerned | changed).order_by("level", "code")
    return [
        {
            "code": unit.code,
            "name": unit.name,
            "figures": {
                code: [before.get(unit.code, {}).get(code, 0), after.get(unit.code, {}).get(code, 0)]
                for code in SHOWN
            },
        }
        for unit in shown
    ]


def _touched_codes(order, ledger):
    yield from (unit.code for unit in (order.to_unit,) if unit)
    yield from (touch.after.code for touch in ledger.new(Unit))
    yield from (branch.unit.code for branch in order.branches)


def outcome_of(order, place, ledger: Ledger, before: dict, after: dict) -> dict:
    """Everything that the act affects, as a plan keeps and shows it. No person is named."""
    return {
        "units": [_unit_words(touch) for touch in _told(ledger, Unit)],
        "branches": [_branch_words(touch) for touch in _told(ledger, Branch)],
        "along": _carried_along(ledger),
        "people": {
            "moved": len(ledger.new(Membership)),
            "residences": sum("residence_id" in touch.changed() for touch in ledger.changed(Member)),
            "ended": len(ledger.changed(Affiliation)),
            "posts": len(ledger.changed(Post)),
            "terms": len(ledger.changed(Term)),
        },
        "appointments": [_appointment_words(touch) for touch in ledger.changed(Appointment)],
        "figures": figures_of(order, place, ledger, before, after),
    }


def _told(ledger, model):
    return [*ledger.new(model), *ledger.changed(model)]


def _carried_along(ledger) -> dict[str, int]:
    """How many units, branches and members follow what is above them without being changed themselves."""
    placed = {touch.after.unit_id for touch in ledger.new(UnitPlacement)}
    branches = Branch.objects.live().filter(unit__in=placed).exclude(pk__in=ledger.touches[Branch])
    return {
        "units": len(placed - set(ledger.touches[Unit])),
        "branches": branches.count(),
        "members": Member.objects.on_roster().filter(branch__in=branches).count(),
    }


def _unit_words(touch) -> dict:
    event = touch.after
    if touch.is_new:
        return _line(touch, event.name, "新设", "", _name_of(Unit, event.parent_id))
    changed = touch.changed()
    if "closed_on" in changed:
        word = "撤销" if event.closed_on else "恢复"
        return _line(touch, event.name, word, _name_of(Unit, touch.before.parent_id), "")
    if "parent_id" in changed:
        goal = _name_of(Unit, event.parent_id)
        return _line(touch, event.name, "迁移", _name_of(Unit, changed["parent_id"]), goal)
    return _line(touch, event.name, "更名", changed.get("name", event.name), event.name)


def _branch_words(touch) -> dict:
    event = touch.after
    name = event.short_name or event.name
    if touch.is_new:
        return _line(touch, name, "成立", "", _name_of(Unit, event.unit_id))
    changed = touch.changed()
    if "dissolved_on" in changed:
        return _line(touch, name, "撤销" if event.dissolved_on else "恢复", "", "")
    before = _name_of(Unit, changed.get("unit_id", event.unit_id))
    return _line(touch, name, "迁移", before, _name_of(Unit, event.unit_id))


def _line(touch, name, what, before, after) -> dict:
    return {
        "id": None if touch.is_new else touch.number,
        "name": name,
        "what": what,
        "before": before,
        "after": after,
    }


def _name_of(model, number) -> str:
    return str(model.objects.filter(pk=number).first() or "")


def _appointment_words(touch) -> str:
    appointment = Appointment.objects.select_related("user", "unit", "branch").get(pk=touch.number)
    return str(appointment)
