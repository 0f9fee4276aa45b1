"""What an act did, read from the registers' own history: which rows it made, and what it changed in others.

The history is written by the database with every change, so nothing that an act did can be missing here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from branches.models import Appointment, Branch, BranchPlacement, Unit, UnitPlacement
from members.models import Affiliation, Member, Membership, Post, Term

# The registers that a reorganisation changes.
REGISTERS = (
    Unit,
    UnitPlacement,
    Branch,
    BranchPlacement,
    Appointment,
    Membership,
    Affiliation,
    Member,
    Term,
    Post,
)
BY_LABEL = {model._meta.label_lower: model for model in REGISTERS}
# Numbers of versions count changes; they are no change themselves.
UNTOLD = {"version"}


@dataclass
class Touch:
    """One row that an act made or changed: its events of the act, the last one before, and the latest."""

    model: type
    number: int
    events: list = field(default_factory=list)
    before: object | None = None
    latest: object | None = None

    @property
    def is_new(self) -> bool:
        """Whether the act made the row."""
        return self.events[0].pgh_label == "insert"

    @property
    def after(self):
        """How the act left the row."""
        return self.events[-1]

    def changed(self) -> dict[str, object]:
        """The columns that the act changed, each with the value before."""
        return {
            name: getattr(self.before, name)
            for name in columns(self.model)
            if getattr(self.before, name) != getattr(self.after, name)
        }

    def differs_now(self) -> bool:
        """Whether what the act did is no longer so: to all of a row that it made, else to what it changed."""
        names = columns(self.model) if self.is_new else self.changed()
        gone = self.latest.pgh_label == "delete"
        return gone or any(getattr(self.latest, name) != getattr(self.after, name) for name in names)


def columns(model) -> list[str]:
    """The columns of a register that its history keeps, by attribute."""
    kept = {event_field.name for event_field in model.pgh_event_model._meta.fields}
    return [
        column.attname
        for column in model._meta.concrete_fields
        if column.name in kept and column.name not in UNTOLD and not column.primary_key
    ]


def events_of(model):
    """The history of a register, in order."""
    return model.pgh_event_model.objects.order_by("pgh_id")


def _last_of_each(events):
    return events.order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")


class Ledger:
    """The touches of one act. `trace` says which events are its own: of one moment, within a range."""

    def __init__(self, trace: dict):
        self.trace = trace
        moment = datetime.fromisoformat(trace["moment"])
        self.touches = {
            # A register that was named after the act was carried out has nothing of it.
            model: self._read(model, moment, *trace["events"].get(label, (0, 0)))
            for label, model in BY_LABEL.items()
        }

    def _read(self, model, moment, first, last) -> dict[int, Touch]:
        touches: dict[int, Touch] = {}
        own = events_of(model).filter(pgh_id__gt=first, pgh_id__lte=last, pgh_created_at=moment)
        for event in own:
            touches.setdefault(event.pgh_obj_id, Touch(model, event.pgh_obj_id)).events.append(event)
        about_them = events_of(model).filter(pgh_obj_id__in=touches)
        for event in _last_of_each(about_them.filter(pgh_id__lte=first)):
            touches[event.pgh_obj_id].before = event
        for event in _last_of_each(about_them):
            touches[event.pgh_obj_id].latest = event
        return touches

    def new(self, model) -> list[Touch]:
        """The rows that the act made, in their order."""
        return [touch for touch in self.touches[model].values() if touch.is_new]

    def changed(self, model) -> list[Touch]:
        """The rows that the act found and changed."""
        return [touch for touch in self.touches[model].values() if not touch.is_new and touch.changed()]

    def every(self) -> Iterator[Touch]:
        """All touches."""
        for touches in self.touches.values():
            yield from touches.values()


def last_events() -> dict[str, int]:
    """For each register the number of its latest event."""
    return {
        label: model.pgh_event_model.objects.order_by("-pgh_id").values_list("pgh_id", flat=True).first() or 0
        for label, model in BY_LABEL.items()
    }


def trace_since(before: dict[str, int]) -> dict:
    """The trace of what this transaction has written since `before`, which `last_events` gave."""
    with connection.cursor() as cursor:
        # The moment that the database writes into every event of a transaction.
        cursor.execute("SELECT transaction_timestamp()")
        moment = cursor.fetchone()[0]
    now = last_events()
    return {
        "moment": moment.isoformat(),
        "events": {label: [before[label], now[label]] for label in before},
    }
