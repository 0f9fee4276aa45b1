"""Two clerks at one letter: exactly one is first, and the other is told who did what."""

from datetime import timedelta
from threading import Barrier

import pytest

from members.models import Transfer
from members.obligations import Leaving
from members.operations import Holding, all_settled, fill_post
from members.operations.rules import RosterRule
from members.operations.transfers import (
    Acceptance,
    Destination,
    Draft,
    SentBack,
    TransferRule,
    accept_transfer,
    draft_transfer,
    issue_letter,
    return_letter,
    steps,
    undo_step,
)
from tests import factories
from tests.factories import TODAY
from tests.factories.transfers import paper, transfer
from tests.members.test_membership_races import at_once, refusals

pytestmark = [pytest.mark.long, pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS = 200
CROSSINGS = 30
EARLIER = TODAY - timedelta(days=7)


@pytest.fixture
def clerks(places):
    return factories.account(name="甲经办"), factories.account(name="乙经办")


def both(made, places, clerks):
    """One accepts while the other sends back; both at once."""
    first, second = clerks
    return at_once(
        lambda: accept_transfer(transfer=made, into=Acceptance(places.away, TODAY), by=first, today=TODAY),
        lambda: return_letter(transfer=made, back=SentBack("duplicate", TODAY), by=second, today=TODAY),
    )


def received(places):
    member = factories.member(branch=places.home)
    return transfer(member=member, to=Destination(places.jianning), state="received")


def test_of_accepting_and_returning_at_once_exactly_one_wins_and_the_other_hears_of_it(places, clerks):
    made, winners = received(places), set()
    for _ in range(ROUNDS):
        before = made.steps.count()
        accepted, returned = both(made, places, clerks)

        now = Transfer.objects.get(pk=made.pk)
        [lost] = refusals([accepted, returned])
        assert isinstance(lost, TransferRule)
        won, words = ("甲经办", "编入支部") if lost is returned else ("乙经办", "退回")
        assert f"已由 {won} 于 " in lost.detail
        assert f" {words}，现为“" in lost.detail
        assert now.state == ("accepted" if lost is returned else "returned")
        assert made.member.memberships.count() == (2 if lost is returned else 1)
        assert made.steps.count() == before + 1
        winners.add(won)
        undo_step(transfer=now, reason="再来一次", by=None, today=TODAY)
    assert winners == {"甲经办", "乙经办"}


def test_without_the_lock_both_believe_they_won(places, clerks, monkeypatch):
    """The control: it is the lock that decides."""
    read = Barrier(2, timeout=20)

    def unlocked(transfer):
        fresh = Transfer.objects.select_related("member").get(pk=transfer.pk)
        read.wait()
        return fresh

    made = received(places)
    monkeypatch.setattr(steps, "locked_transfer", unlocked)

    assert refusals(both(made, places, clerks)) == []
    assert set(made.steps.order_by("-pk").values_list("move", flat=True)[:2]) == {"accept", "return"}


def test_of_eight_drafts_for_one_member_one_is_made(places, wang):
    draft = Draft(Destination(places.jianning))

    outcomes = at_once(*[lambda: draft_transfer(member=wang, draft=draft, by=None, today=TODAY)] * 8)

    assert [type(each) for each in refusals(outcomes)] == [RosterRule] * 7
    assert wang.transfers.count() == 1


def test_letters_issued_at_once_get_a_number_each(places):
    agreed = [
        transfer(member=factories.member(branch=places.home), to=Destination(places.jianning), state="agreed")
        for _ in range(6)
    ]

    outcomes = at_once(
        *[
            lambda each=each: issue_letter(transfer=each, facts=paper(), by=None, today=TODAY)
            for each in agreed
        ]
    )

    assert refusals(outcomes) == []
    assert sorted(each.letter.number for each in outcomes) == [
        f"南宁街道组转〔2026〕{serial}号" for serial in range(1, 7)
    ]


def test_two_secretaries_who_change_places_at_once_do_not_wait_in_a_ring(places):
    crossing = []
    for number, (here, there) in enumerate(
        [(places.home, places.next_door), (places.next_door, places.home)]
    ):
        member = factories.member(branch=here, id_number=factories.id_number(number))
        fill_post(branch=here, holding=Holding(member, "secretary", EARLIER), by=None, today=TODAY)
        crossing.append((transfer(member=member, to=Destination(branch=there)), there))

    def crossed(made, there):
        settle = all_settled(made.member, on=TODAY, leaving=Leaving.TRANSFER, reason="对调")
        into = Acceptance(there, TODAY, settle=settle)
        return lambda: accept_transfer(transfer=made, into=into, by=None, today=TODAY)

    for _ in range(CROSSINGS):
        done = at_once(*(crossed(made, there) for made, there in crossing))
        assert [type(each) for each in done] == [Transfer, Transfer]
        for made, _there in crossing:
            undo_step(transfer=Transfer.objects.get(pk=made.pk), reason="再来一次", by=None, today=TODAY)
