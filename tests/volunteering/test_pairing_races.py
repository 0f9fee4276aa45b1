"""Sixteen at once: one pairing of a pair, five homes at most, one visit a day, one carrier for a building."""

import pytest

from members.obligations import Settlement
from members.operations import StandingChange, change_standing
from tests import factories
from tests.factories import TODAY
from tests.members.test_membership_races import at_once, refusals
from tests.race_rounds import race_rounds
from volunteering.models import CarrierBuilding, Pairing, ServiceOrder, Visit
from volunteering.operations import order_from_visit

MANY, ROUNDS = 16, race_rounds(3)
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def building(community):
    return factories.building(unit=community)


def test_of_sixteen_who_pair_the_same_two_exactly_one_does(building, wang):
    for _ in range(ROUNDS):
        # Nobody has more than five homes: each round begins with none.
        Pairing.objects.all().delete()
        home = factories.household(building=building)
        outcomes = at_once(*[lambda: factories.pairing(household=home, member=wang)] * MANY)  # noqa: B023

        assert {str(each) for each in refusals(outcomes)} == {"王秀英 已与该户结对"}
        assert len(refusals(outcomes)) == MANY - 1


def test_nobody_gets_more_than_five_homes_however_many_ask_at_once(building, wang):
    homes = [factories.household(building=building) for _ in range(MANY)]
    outcomes = at_once(*[lambda home=home: factories.pairing(household=home, member=wang) for home in homes])

    assert len(refusals(outcomes)) == MANY - 5
    assert wang.pairings.count() == 5


def test_without_the_lock_she_gets_more(building, wang, monkeypatch):
    """The control: it is the member's lock that counts."""
    monkeypatch.setattr(
        "volunteering.operations.neighbours.locked",
        lambda row, version=None: type(row).objects.get(pk=row.pk),
    )
    for _ in range(30):
        Pairing.objects.all().delete()
        homes = [factories.household(building=building) for _ in range(MANY)]
        at_once(*[lambda home=home: factories.pairing(household=home, member=wang) for home in homes])
        if wang.pairings.count() > 5:
            break

    assert wang.pairings.count() > 5


def test_a_visit_is_written_down_once_and_becomes_one_order(building, wang, item):
    pairing = factories.pairing(household=factories.household(building=building), member=wang)
    visit = {"found": "needs", "finding": "缺米"}
    assert len(refusals(at_once(*[lambda: factories.visit(pairing=pairing, **visit)] * MANY))) == MANY - 1

    values = {"item": item, "wanted_on": TODAY}
    kept = Visit.objects.get()
    outcomes = at_once(*[lambda: order_from_visit(visit=kept, values=values, by=None, today=TODAY)] * MANY)
    assert len(refusals(outcomes)) == MANY - 1
    assert ServiceOrder.objects.count() == 1


def test_a_building_comes_to_one_party_organisation(building, wang, branch):
    about = {"kind": "building_branch", "branch": branch, "member": wang, "building": building}
    outcomes = at_once(*[lambda: factories.carrier(**about)] * MANY)

    assert len(refusals(outcomes)) == MANY - 1
    assert CarrierBuilding.objects.count() == 1


def test_nobody_dies_with_a_home_to_look_in_on(building, branch):
    for _ in range(ROUNDS):
        member = factories.member(branch=branch, residence=branch.unit)
        home = factories.household(building=building)

        def die(settle=(), member=member):
            change = StandingChange("decease", TODAY, settle=settle)
            return change_standing(member=member, change=change, by=None, today=TODAY)

        at_once(lambda home=home, member=member: factories.pairing(household=home, member=member), die)
        for pairing in Pairing.objects.in_force().filter(member=member):
            die((Settlement(f"pairing-{pairing.pk}", "去世"),))
        member.refresh_from_db()
        assert (member.standing, member.pairings.in_force().count()) == ("deceased", 0)
