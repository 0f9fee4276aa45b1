"""What one decision does to the tree and to branches: everything it changes bears the same reorganisation."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Model, Q

from branches.models import Level, Reorganisation, Unit
from core.models import User
from core.periods import Period


@dataclass(frozen=True)
class Act:
    """A reorganisation under way, and the day on which it is carried out."""

    row: Reorganisation
    today: date

    @property
    def on(self) -> date:
        """The day from which the change holds."""
        return self.row.effective_on

    @property
    def document(self) -> str:
        """The document by which it was decided."""
        return self.row.document

    @property
    def reason(self) -> str:
        """Why something ends with the act, in words."""
        return " ".join(filter(None, [self.row.get_kind_display(), self.document]))

    @property
    def by(self) -> User | None:
        """Who enters it."""
        return self.row.by


def begin(kind, *, on, document, by, today) -> Act:
    """Write the reorganisation down, so that what it changes can name it."""
    return Act(Reorganisation.objects.create(kind=kind, effective_on=on, document=document, by=by), today)


def hold_the_tree() -> Unit | None:
    """Wait until nobody else re-hangs the tree or gives out numbers, and keep others waiting; the root."""
    return Unit.objects.select_for_update(of=("self",)).filter(level=Level.DISTRICT).first()


def hanging(row, on) -> list[str]:
    """What is open at the unit or branch on the day or later, by table and number: ["任职授权 2 条"].

    Every table that points to the row is asked, those of the floors above too: periods that still hold, and
    what its queryset calls `open()` or `live()`. What points to it twice is told once.
    """
    pointing: dict[type[Model], Q] = {}
    for relation in row._meta.related_objects:
        if relation.get_accessor_name() != "placements":
            here = Q(**{relation.field.name: row.pk})
            pointing[relation.related_model] = pointing.get(relation.related_model, Q()) | here
    numbers = {table: _open_rows(table, here, on).count() for table, here in pointing.items()}
    return [f"{table._meta.verbose_name} {number} 条" for table, number in numbers.items() if number]


def _open_rows(table, here, on):
    rows = table._default_manager.filter(here)
    if issubclass(table, Period):
        return rows.exclude(until__lte=on)
    still = getattr(rows, "open", None) or getattr(rows, "live", None) or rows.none
    return still()
