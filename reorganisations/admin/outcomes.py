"""An outcome as it is shown: figures before and after side by side, and what happens to what."""

from branches.gates import scope_for
from branches.models import Branch, Unit
from reorganisations.operations.outcomes import SHOWN
from reports.indicators import INDICATORS

TABLES = {"units": (Unit, "branches.view_unit"), "branches": (Branch, "branches.view_branch")}


def shown(outcome: dict, user) -> dict:
    """The outcome with the names of its figures, and links to those units and branches that may be opened."""
    if not outcome:
        return {}
    return {
        **outcome,
        "heads": [INDICATORS[code].name for code in SHOWN],
        "lines": [
            (line["name"], [_pair(code, line["figures"][code]) for code in SHOWN])
            for line in outcome["figures"]
        ],
        "units": _opened(outcome, "units", user),
        "branches": _opened(outcome, "branches", user),
    }


def _pair(code, figure) -> dict:
    before, after = figure
    return {"name": INDICATORS[code].name, "before": before, "after": after, "changed": before != after}


def _opened(outcome, name, user) -> list[dict]:
    model, verb = TABLES[name]
    numbers = [line["id"] for line in outcome[name] if line["id"]]
    reached = model.objects.visible_in(scope_for(user, verb)).filter(pk__in=numbers)
    open_to = set(reached.values_list("pk", flat=True))
    return [{**line, "id": line["id"] if line["id"] in open_to else None} for line in outcome[name]]
