"""Every move of a grid matter from every state: the table's are made, all others refused without a trace."""

from itertools import product

import pytest

from core.models import AuditEntry
from tests import factories
from tests.ledger import fingerprint, refused_by_database
from tests.volunteering.matters import again, brought, move
from tests.worlds import told_once
from volunteering.models import GridMatter
from volunteering.operations.matters import IllegalMatterMove
from volunteering.states.matters import (
    MATTER_MOVE_NAMES,
    MATTER_MOVES,
    MATTER_NAMES,
    MatterMove,
    MatterStatus,
    matter_after,
)

BY_PEOPLE = [each for each in MatterMove if each != MatterMove.CLIMB]


@told_once
def matter(community):
    return factories.grid_matter(unit=community)


def test_every_state_and_move_has_a_name_and_only_what_was_returned_has_no_way_out():
    ends = {status for status in MatterStatus if not any(matter_after(status, each) for each in MatterMove)}

    assert ends == {MatterStatus.RETURNED}
    assert (set(MATTER_NAMES), set(MATTER_MOVE_NAMES)) == (set(MatterStatus), set(MatterMove))


@pytest.mark.parametrize(("status", "name"), list(product(MatterStatus, BY_PEOPLE)))
def test_each_move_is_made_or_refused_as_the_table_says(status, name, matter, wang, writer):
    before = brought(status, matter, wang)
    told = {"original": factories.grid_matter(unit=matter.unit)} if name == MatterMove.LINK else {}
    print_before = fingerprint()
    if (status, name) in MATTER_MOVES:
        move(before, name, wang, writer, **told)
        assert again(matter).status == MATTER_MOVES[status, name]
        assert again(matter).version == before.version + 1
        assert AuditEntry.objects.about(before).filter(by=writer).count() == 1
        assert again(matter).steps.filter(by=writer).get().move == name
        return
    with pytest.raises(IllegalMatterMove) as refusal:
        move(before, name, wang, writer, **told)
    word = f"该事项现为“{before.get_status_display()}”，不能{MATTER_MOVE_NAMES[name]}"
    assert refusal.value.detail == word
    assert fingerprint() == print_before


@pytest.mark.parametrize(
    ("status", "constraint"),
    [
        (MatterStatus.WORKING, "matter_at_work_has_a_handler"),
        (MatterStatus.SETTLED, "matter_settled_with_an_outcome"),
        (MatterStatus.LINKED, "matter_linked_to_another"),
    ],
)
def test_the_database_refuses_a_state_without_what_it_needs(status, constraint, matter):
    with refused_by_database(constraint):
        GridMatter.objects.filter(pk=matter.pk).update(status=status)
