"""Tasks about neighbours: visits that were missed, homes short of neighbours, carriers without anybody."""

from datetime import timedelta
from itertools import chain

from django.urls import reverse

from branches.scope import Scope
from reports.tasks.sources import OVER, Task, TaskSource
from volunteering.models import Carrier, Household, TimeLimit


def _task(kind, household, words, due_on):
    return Task(
        kind=kind,
        about=f"{household.building} {household.get_sealed('room')}",
        words=words,
        url=reverse("admin:volunteering_household_change", args=[household.pk]),
        due_on=due_on,
        place=household.building.unit.name,
        level=OVER,
    )


def _visits(asking, scope):
    """Missed visits: told at once to the branch of who was to look in, some days later to the community."""
    patience = timedelta(days=TimeLimit.objects.by_code(asking.on)["visit.community"].days)
    branches, paths = Scope(branch_ids=scope.branch_ids), Scope(paths=scope.paths)
    parts = ((each, day) for each, day in ((branches, asking.on), (paths, asking.on - patience)) if each)
    missed = [Household.objects.visible_in(each).overdue(day) for each, day in parts]
    rows = chain.from_iterable(part.select_related("building__unit") for part in missed)
    for household in {row.pk: row for row in rows}.values():
        words = f"{household.due_on} 就该走访（{household.get_risk_display()}），"
        yield _task("visit", household, words + asking.counted_days(household.due_on), household.due_on)


def _unpaired(asking, scope):
    short = Household.objects.visible_in(scope).short_of_pairs(asking.on)
    for household in short.select_related("building__unit"):
        words = f"需要 {household.needed} 名结对党员，现有 {household.pairs} 名"
        yield _task("unpaired", household, words, asking.on)


def _carriers(asking, scope):
    for carrier in Carrier.objects.visible_in(scope).without_anybody(asking.on).select_related("unit"):
        yield Task(
            kind="carrier",
            about=str(carrier),
            words=f"{carrier.get_kind_display()}没有责任人",
            url=reverse("admin:volunteering_carrier_in-charge", args=[carrier.pk]),
            due_on=asking.on,
            place=carrier.unit.name,
            level=OVER,
        )


VISIT = TaskSource("visit", "该走访了", "volunteering.add_visit", _visits)
UNPAIRED = TaskSource("unpaired", "缺结对党员", "volunteering.add_pairing", _unpaired)
CARRIER = TaskSource("carrier", "载体缺责任人", "volunteering.change_carrier", _carriers)
