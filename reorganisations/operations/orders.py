"""What is to be done: read from a form or from a stored plan, with the rows it is about."""

from dataclasses import dataclass, fields, replace
from datetime import date

from branches.models import Branch, ReorganisationKind, Unit
from branches.models.unit import STEP_LENGTH
from core.errors import DomainError, InvalidValue
from members.models import Member
from reorganisations.states import ASKS, About

# The fields that hold rows, by their table; those of `SINGLE` hold one row or none.
TABLES = {
    "units": Unit,
    "to_unit": Unit,
    "part_units": Unit,
    "branches": Branch,
    "to_branch": Branch,
    "part_branches": Branch,
    "part_members": Member,
}
SINGLE = {"to_unit", "to_branch"}
LABELS = {
    "units": "单位",
    "branches": "党支部",
    "to_unit": "单位",
    "to_branch": "党支部",
    "name": "名称",
    "code": "代码",
    "part_units": "下级",
    "part_branches": "党支部",
    "part_members": "党员",
}


class PlanRule(DomainError):
    """A reorganisation may not be planned, carried out or undone like that."""

    code = "plan_rule"


@dataclass(frozen=True)
class Order:
    """One decision. `units` or `branches` is what it happens to, `to_…` where that goes.

    `name` and `code` are of what is new, `part_…` is what goes to it.
    """

    about: str
    kind: str
    on: date
    document: str = ""
    note: str = ""
    units: tuple[Unit, ...] = ()
    branches: tuple[Branch, ...] = ()
    to_unit: Unit | None = None
    to_branch: Branch | None = None
    name: str = ""
    code: str = ""
    part_units: tuple[Unit, ...] = ()
    part_branches: tuple[Branch, ...] = ()
    part_members: tuple[Member, ...] = ()

    @property
    def asks(self):
        """What its kind asks for."""
        return ASKS[About(self.about), self.kind]

    @property
    def subjects(self) -> tuple:
        """What it happens to."""
        return self.units if self.about == About.UNIT else self.branches

    @property
    def level(self) -> int | None:
        """The level of the units it changes; none for branches."""
        if self.about != About.UNIT:
            return None
        return min(unit.level for unit in self.units) if self.units else self.to_unit.level + 1

    @property
    def title(self) -> str:
        """What it does, in a line."""
        what = "、".join(str(each) for each in self.subjects) or self.name
        where = self.to_branch or self.to_unit
        goal = (self.name if self.subjects else "") or str(where or "")
        return f"{ReorganisationKind(self.kind).label}：{what}{f' → {goal}' if goal else ''}"[:300]

    @property
    def places(self) -> list[Unit | Branch]:
        """The units and branches that the order names."""
        rows = [*self.units, *self.branches, *self.part_units, *self.part_branches]
        return [row for row in [*rows, self.to_unit, self.to_branch] if row is not None]

    @property
    def paths(self) -> list[str]:
        """Where everything lies that the order names."""
        return [row.path for row in self.places]


def order_of(values: dict) -> Order:
    """The order that a door's values make; what is empty is left out."""
    given = {field.name: values[field.name] for field in fields(Order) if values.get(field.name)}
    return Order(
        **{
            name: tuple(value) if name in TABLES and name not in SINGLE else value
            for name, value in given.items()
        }
    )


def complaints(order: Order) -> list[DomainError]:
    """What is missing from the order or means nothing for its kind."""
    if (About(order.about), order.kind) not in ASKS:
        return [InvalidValue(f"没有这一类变动：{order.about} {order.kind}", field="kind")]
    wrong = [*_missing(order), *_out_of_place(order)]
    if len(order.subjects) > 1 and not order.asks.several:
        wrong.append(InvalidValue("一次只能办理一个", field=_subject(order)))
    return wrong


def _missing(order):
    for name in order.asks.required:
        if not getattr(order, name):
            yield InvalidValue(f"“{LABELS[name]}”必须填写", field=name)
    one_of = order.asks.one_of
    if one_of and not any(getattr(order, name) for name in one_of):
        words = "、".join(LABELS[name] for name in one_of)
        yield InvalidValue(f"须至少填写一项：{words}", field=one_of[0])


def _out_of_place(order):
    for name, label in LABELS.items():
        if getattr(order, name) and name not in order.asks.every:
            yield InvalidValue(f"这类变动不填写“{label}”", field=name)


def _subject(order) -> str:
    return "units" if order.about == About.UNIT else "branches"


def place_of(order: Order) -> Unit:
    """The lowest unit that holds everything the order touches."""
    paths = order.paths
    common = paths[0]
    while not all(path.startswith(common) for path in paths):
        common = common[:-STEP_LENGTH]
    return Unit.objects.get(path=common)


def written(order: Order) -> dict:
    """The order's own fields, rows by number, as a plan keeps them."""
    kept = {"name": order.name, "code": order.code}
    for name in TABLES:
        value = getattr(order, name)
        kept[name] = (value and value.pk) if name in SINGLE else [row.pk for row in value]
    return kept


def read(plan) -> Order:
    """The order that a plan keeps, with its rows as they are now; refused when one is there no longer."""
    kept = plan.order
    return Order(
        plan.about,
        plan.kind,
        plan.effective_on,
        plan.document,
        plan.note,
        name=kept["name"],
        code=kept["code"],
        **_rows(kept),
    )


def as_it_is_now(order: Order) -> Order:
    """The order with its rows read again: what they hung on may have moved since a form was filled in."""
    return replace(order, **_rows(written(order)))


def _rows(kept) -> dict:
    return {name: _row(name, kept[name]) if name in SINGLE else _several(name, kept[name]) for name in TABLES}


def _row(name, number):
    return _several(name, [number])[0] if number else None


def _several(name, numbers) -> tuple:
    found = TABLES[name].objects.in_bulk(numbers)
    if len(found) < len(set(numbers)):
        raise PlanRule(f"所涉及的{LABELS[name]}已经不在登记中，请取消后重新登记", field=name)
    return tuple(found[number] for number in numbers)
