"""Sixteen at once: exactly one takes a matter, gives it to somebody, or reopens it; the clock climbs once."""

from datetime import timedelta

import pytest

from members.obligations import Settlement
from members.operations import StandingChange, change_standing
from tests import factories
from tests.factories import TODAY
from tests.members.test_membership_races import at_once, refusals
from tests.race_rounds import race_rounds
from tests.volunteering.matters import again, brought
from volunteering.models import MatterStep
from volunteering.operations import assign_matter, climb, reopen_matter, take_matter
from volunteering.states.matters import MatterStatus

MANY, ROUNDS = 16, race_rounds(6)
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_of_sixteen_who_take_a_matter_exactly_one_does_in_every_round(community):
    for _ in range(ROUNDS):
        matter = factories.grid_matter(unit=community)
        outcomes = at_once(*[lambda: take_matter(matter=matter, by=None, today=TODAY)] * MANY)  # noqa: B023

        assert {str(each) for each in refusals(outcomes)} == {"该事项现为“受理”，不能受理"}
        assert len(refusals(outcomes)) == MANY - 1
        assert [step.move for step in matter.steps.all()] == ["take"]


def test_without_the_lock_several_believe_to_have_taken_it(community, monkeypatch):
    """The control: it is the lock that leaves one."""
    monkeypatch.setattr(
        "volunteering.operations.matters.locked", lambda row, version=None: type(row).objects.get(pk=row.pk)
    )
    won = 0
    for _ in range(30):
        matter = factories.grid_matter(unit=community)
        outcomes = at_once(*[lambda: take_matter(matter=matter, by=None, today=TODAY)] * MANY)  # noqa: B023
        won = max(won, MANY - len(refusals(outcomes)))
        if won > 1:
            break

    assert won > 1


def test_what_is_settled_is_reopened_once(community, wang):
    matter = brought(MatterStatus.SETTLED, factories.grid_matter(unit=community), wang)
    outcomes = at_once(*[lambda: reopen_matter(matter=matter, reason="又坏了", by=None, today=TODAY)] * MANY)

    assert len(refusals(outcomes)) == MANY - 1
    assert again(matter).reopened == 1


def test_a_clock_that_strikes_sixteen_times_climbs_once(community):
    matter = factories.grid_matter(unit=community)
    at_once(*[lambda: climb(matter=matter, today=TODAY + timedelta(days=8))] * MANY)

    assert MatterStep.objects.count() == 1
    assert again(matter).desk == community.parent


def test_nobody_dies_with_a_matter_in_her_hands(community, branch):
    for _ in range(ROUNDS):
        member = factories.member(branch=branch)
        matter = brought(MatterStatus.TAKEN, factories.grid_matter(unit=community), member)
        settle = (Settlement(f"matter-{matter.pk}", "去世"),)

        def die(settle=(), member=member):
            change = StandingChange("decease", TODAY, settle=settle)
            return change_standing(member=member, change=change, by=None, today=TODAY)

        def assign(matter=matter, member=member):
            return assign_matter(matter=matter, handler=member, by=None, today=TODAY)

        at_once(assign, die)
        if again(matter).handler == member:
            die(settle=settle)
        assert again(matter).handler is None
        member.refresh_from_db()
        assert member.standing == "deceased"
