"""The life of a letter in words: each step, who did it, and what it set."""

from dataclasses import dataclass, field

from branches.models import Branch, Unit
from members.models import Letter, Transfer, TransferStep

# What of a step is worth telling, and of which table the number is.
TOLD = (
    "letter_id",
    "to_unit_id",
    "to_branch_id",
    "to_group_id",
    "to_outside",
    "destination",
    "return_reason",
)
TABLES = {"letter_id": Letter, "to_unit_id": Unit, "to_branch_id": Branch, "to_group_id": Branch}


@dataclass
class Told:
    """One step as it is told."""

    step: TransferStep
    facts: list = field(default_factory=list)


def life_of(transfer) -> list[Told]:
    """Every step in its order, those that were taken back included."""
    steps = list(transfer.steps.select_related("by"))
    names = _names(steps)
    return [Told(step, _facts(step, names)) for step in steps]


def _names(steps) -> dict:
    wanted = {}
    for step in steps:
        for column, (_, new) in step.changed.items():
            if column in TABLES and new:
                wanted.setdefault(TABLES[column], set()).add(new)
    return {table: table.objects.in_bulk(numbers) for table, numbers in wanted.items()}


def _facts(step, names) -> list[tuple[str, str]]:
    facts = []
    for column in TOLD:
        new = step.changed.get(column, [None, None])[1]
        if new:
            known = Transfer._meta.get_field(column)
            facts.append((str(known.verbose_name), _words(known, column, new, names)))
    return facts


def _words(known, column, value, names) -> str:
    if column in TABLES:
        # A letter that was taken back is gone.
        return str(names[TABLES[column]].get(value, "（已撤回）"))
    return str(dict(known.flatchoices).get(value, value))
