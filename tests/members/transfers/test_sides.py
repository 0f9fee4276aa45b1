"""A transfer is seen from both sides, the receiver's once there is a letter, and from nowhere else."""

import pytest

from branches.scope import Scope
from members.models import Transfer, TransferStep
from members.operations.transfers import (
    Destination,
    SentBack,
    agree_transfer,
    cancel_transfer,
    issue_letter,
    return_letter,
)
from tests import factories
from tests.factories import TODAY
from tests.factories.transfers import paper, transfer


def seen(scope):
    return set(Transfer.objects.visible_in(scope))


def at(*units):
    return Scope(paths=tuple(unit.path for unit in units))


@pytest.mark.parametrize(("state", "on_the_way"), [("draft", False), ("agreed", False), ("issued", True)])
def test_the_receiver_sees_it_once_there_is_a_letter(places, wang, state, on_the_way):
    made = transfer(member=wang, to=Destination(places.jianning), state=state)

    assert seen(at(places.gulou)) == seen(at(places.nanning)) == seen(at(places.district)) == {made}
    assert seen(Scope(branch_ids=(places.home.pk,))) == {made}
    assert seen(at(places.jianning)) == ({made} if on_the_way else set())
    assert seen(at(places.wenchang)) == seen(Scope(branch_ids=(places.away.pk,))) == set()
    assert seen(Scope()) == set()


def test_the_receiving_community_and_branch_see_it_once_they_are_named(places, wang):
    made = transfer(member=wang, to=Destination(places.jianning), state="accepted", into=places.away)

    assert seen(at(places.wenchang)) == seen(Scope(branch_ids=(places.away.pk,))) == {made}
    assert seen(at(places.gulou)) == {made}
    assert set(Transfer.objects.sent_from(at(places.nanning))) == {made}
    assert set(Transfer.objects.sent_to(at(places.nanning))) == set()
    assert set(Transfer.objects.sent_to(at(places.jianning))) == {made}
    assert set(Transfer.objects.receipt_owed()) == {made}


def test_a_letter_addressed_anew_is_seen_there_only_once_it_is_issued(places, wang):
    made = transfer(member=wang, to=Destination(places.direct.unit), state="issued")
    return_letter(transfer=made, back=SentBack("wrong_addressee", TODAY), by=None, today=TODAY)
    assert set(Transfer.objects.sent_to(at(places.district))) == {made}

    agree_transfer(transfer=made, on=TODAY, to=Destination(places.jianning), by=None, today=TODAY)
    assert seen(at(places.jianning)) == set(Transfer.objects.sent_to(at(places.jianning))) == set()
    assert not TransferStep.objects.visible_in(at(places.jianning)).exists()
    assert seen(at(places.nanning)) == {made}

    issue_letter(transfer=made, facts=paper(), by=None, today=TODAY)
    assert seen(at(places.jianning)) == {made}


def test_within_one_committee_both_branches_see_it_from_the_draft_on(places, wang):
    made = transfer(member=wang, to=Destination(branch=places.next_door))

    assert (
        seen(Scope(branch_ids=(places.home.pk,))) == seen(Scope(branch_ids=(places.next_door.pk,))) == {made}
    )


def test_the_steps_are_seen_as_their_transfer(places, wang):
    made = transfer(member=wang, to=Destination(places.jianning), state="issued")

    assert set(TransferStep.objects.visible_in(at(places.jianning))) == set(made.steps.all())
    assert not TransferStep.objects.visible_in(at(places.wenchang)).exists()


def test_transfers_are_found_by_name_pinyin_and_number(places, wang):
    made = transfer(member=wang, to=Destination(places.jianning))
    transfer(member=factories.member(branch=places.home, name="李玉兰"), to=Destination(places.jianning))

    for term in ("秀英", "wxy", "wangxiu", factories.id_number(9), factories.id_number(9)[-4:], "王 wxy"):
        assert list(Transfer.objects.search(term)) == [made], term
    assert list(Transfer.objects.search("xyz")) == []


def test_one_given_up_before_it_was_sent_anew_is_seen_only_by_the_sender(places, wang):
    made = transfer(member=wang, to=Destination(places.direct.unit), state="issued")
    return_letter(transfer=made, back=SentBack("wrong_addressee", TODAY), by=None, today=TODAY)
    agree_transfer(transfer=made, on=TODAY, to=Destination(places.jianning), by=None, today=TODAY)
    cancel_transfer(transfer=made, on=TODAY, note="不转了", by=None, today=TODAY)
    assert seen(at(places.jianning)) == set()
    assert seen(at(places.nanning)) == {made}

    other = factories.member(branch=places.home, name="李玉兰")
    sent = transfer(member=other, to=Destination(places.jianning), state="issued")
    cancel_transfer(transfer=sent, on=TODAY, note="不转了", by=None, today=TODAY)
    assert seen(at(places.jianning)) == {sent}
