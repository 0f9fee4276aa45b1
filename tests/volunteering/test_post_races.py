"""Sixteen at once: never more than there are seats, in each of many rounds, and nobody on duty twice.

RACE_ROUNDS=300 runs the long form.
"""

from datetime import time

import pytest
from django.db import connection

from tests import factories
from tests.factories import TODAY
from tests.members.test_membership_races import at_once, refusals
from tests.race_rounds import race_rounds
from tests.volunteering.postings import fresh, rota, seated, service_post, turn_of
from tests.volunteering.test_order_races import in_rounds
from volunteering.models import Claim, Turn
from volunteering.operations import agree_to_claim, agree_to_swap, ask_swap, claim_post, deal_turns
from volunteering.operations.claims import NoSeatLeft
from volunteering.states import SEATED, ClaimStatus, PostStatus

MANY, SEATS = 16, 3
ROUNDS = race_rounds(4)
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(branch):
    return [factories.member(branch=branch) for _ in range(MANY)]


def asked_for(post, people):
    """A claim of each of them, which nobody has answered yet, by member."""
    claims = [claim_post(post=post, member=each, by=None, today=TODAY) for each in people]
    return {claim.member_id: claim for claim in claims}


def test_of_sixteen_who_are_agreed_to_at_once_as_many_sit_as_there_are_seats(people, community):
    rounds = [
        (post, asked_for(post, people))
        for post in (service_post(community, name=f"岗位{number}", seats=SEATS) for number in range(ROUNDS))
    ]

    def agree(each, member):
        return agree_to_claim(claim=each[1][member.pk], by=None, today=TODAY)

    for (post, _), outcomes in zip(rounds, in_rounds(people, rounds, agree), strict=True):
        lost = refusals(outcomes)
        assert len(lost) == MANY - SEATS
        assert {(type(each), each.detail) for each in lost} == {(NoSeatLeft, f"“{post.name}”的 3 个名额已满")}
        assert post.claims.filter(status__in=SEATED).count() == SEATS
        assert fresh(post).status == PostStatus.FULL


def test_without_the_lock_the_database_still_counts_the_seats(people, community):
    post = service_post(community, seats=SEATS)
    claims = asked_for(post, people)
    at_once(
        *[
            lambda pk=claim.pk: Claim.objects.filter(pk=pk).update(status="agreed")
            for claim in claims.values()
        ]
    )

    assert post.claims.filter(status=ClaimStatus.AGREED).count() == SEATS


def test_read_then_written_more_sit_than_there_are_seats(people, community):
    """The control: without the trigger, counting before writing lets several take the last seat."""
    post = service_post(community, seats=1)
    claims = asked_for(post, people)

    def agree(claim):
        if post.claims.filter(status__in=SEATED).count() < post.seats:
            Claim.objects.filter(pk=claim.pk).update(status=ClaimStatus.AGREED)

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE volunteering_claim DISABLE TRIGGER claim_takes_a_seat")
    try:
        taken = 0
        for _ in range(50):
            Claim.objects.update(status=ClaimStatus.APPLIED)
            at_once(*[lambda claim=claim: agree(claim) for claim in claims.values()])
            taken = max(taken, post.claims.filter(status__in=SEATED).count())
            if taken > 1:
                break
        assert taken > 1
    finally:
        Claim.objects.update(status=ClaimStatus.APPLIED)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE volunteering_claim ENABLE TRIGGER claim_takes_a_seat")


def test_one_member_claims_a_post_once_however_often_she_asks_at_once(people, community):
    post = service_post(community)
    ask = [lambda: claim_post(post=post, member=people[0], by=None, today=TODAY)] * MANY

    assert len(refusals(at_once(*ask))) == MANY - 1
    assert post.claims.count() == 1


def test_a_rota_that_is_dealt_sixteen_times_at_once_is_dealt_once(people, community):
    post = service_post(community, seats=4)
    seated(post, *people[:4])
    deal = [lambda: deal_turns(post=fresh(post), rota=rota(), by=None, today=TODAY)] * MANY

    assert refusals(at_once(*deal)) == []
    assert Turn.objects.count() == len(rota().days)


def test_two_who_take_each_others_turns_at_once_do_not_hang(people, community):
    post = service_post(community, seats=2)
    seated(post, *people[:2])
    first = turn_of(fresh(post))
    second = turn_of(fresh(post), began=time(8), ended=time(9))
    assert first.member != second.member
    for turn, other in ((first, second), (second, first)):
        ask_swap(turn=turn, to=other.member, by=None)
    outcomes = at_once(
        *[lambda turn=turn: agree_to_swap(turn=fresh(turn), by=None, today=TODAY) for turn in (first, second)]
    )

    assert refusals(outcomes) == []
    assert (fresh(first).member, fresh(second).member) == (second.member, first.member)
