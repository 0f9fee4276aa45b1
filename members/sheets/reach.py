"""Whether what the rows of a file are about still lies where the file is worked on."""

from collections import defaultdict
from dataclasses import dataclass

from branches.models import Unit
from branches.scope import Scope
from core.reading import Staged
from members.sheets.kinds import Kind


@dataclass(frozen=True)
class Reach:
    """Where whoever asked may work, as far as it lies in the file's unit."""

    scope: Scope
    unit: Unit

    def leave_out(self, rows: list[Staged], kind: Kind, words: str) -> list[Staged]:
        """Refuse in `words` the rows that are about anything out of reach by now; the others.

        What they are about is locked, so that it stays where it is until they are written.
        """
        about = [set(kind.about(row)) for row in rows]
        held = self._held(set().union(*about))
        for row, places in zip(rows, about, strict=True):
            if not places <= held:
                row.refused.append(words)
        return [row for row in rows if not row.refused]

    def _held(self, places) -> set[tuple]:
        """Those of the places, as (model, number), that are within reach."""
        wanted = defaultdict(list)
        for model, number in places:
            wanted[model].append(number)
        # People before their branches, as everywhere.
        models = sorted(wanted, key=lambda model: model._meta.label, reverse=True)
        return {(model, number) for model in models for number in self._reached(model, wanted[model])}

    def _reached(self, model, numbers):
        reached = model.objects.visible_in(self.scope).within(self.unit).filter(pk__in=numbers)
        return reached.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True)
