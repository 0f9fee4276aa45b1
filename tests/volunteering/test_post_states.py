"""Every move of a post, a claim and a turn from every state: the tables' are made, all others refused."""

from itertools import product

import pytest

from core.models import AuditEntry
from members.obligations import Settlement
from tests import factories
from tests.factories import TODAY
from tests.ledger import fingerprint
from tests.volunteering.postings import (
    claim_in,
    fresh,
    move_claim,
    move_post,
    move_turn,
    seated,
    service_post,
    turn_in,
)
from tests.worlds import told_once
from volunteering.operations import HeldTurns
from volunteering.operations.claims import NoSeatLeft
from volunteering.operations.posts import IllegalStep
from volunteering.states import (
    CLAIM_MOVE_NAMES,
    CLAIM_MOVES,
    CLAIM_NAMES,
    POST_MOVE_NAMES,
    POST_MOVES,
    POST_NAMES,
    TURN_MOVE_NAMES,
    TURN_MOVES,
    TURN_NAMES,
    ClaimMove,
    ClaimStatus,
    PostMove,
    PostStatus,
    TurnMove,
    TurnStatus,
)

BY_PEOPLE = (PostMove.PUBLISH, PostMove.OPEN, PostMove.CLOSE)
OF_TURNS = [each for each in TurnMove if each != TurnMove.HAND]
OF_CLAIMS = [each for each in ClaimMove if each != ClaimMove.EXPIRE]


@told_once
def li(branch):
    return factories.member(branch=branch, name="李玉兰")


def test_every_state_and_move_has_a_name():
    assert set(POST_NAMES) == set(PostStatus)
    assert set(CLAIM_NAMES) == set(ClaimStatus)
    assert set(TURN_NAMES) == set(TurnStatus)
    assert set(POST_MOVE_NAMES) == set(PostMove)
    assert set(CLAIM_MOVE_NAMES) == set(ClaimMove)
    assert set(TURN_MOVE_NAMES) == set(TurnMove)


@pytest.mark.parametrize(("status", "name"), list(product(PostStatus, BY_PEOPLE)))
def test_each_move_of_a_post_is_made_or_refused_as_the_table_says(status, name, community, wang, writer):
    if status == PostStatus.FULL:
        post = service_post(community, seats=1)
        seated(post, wang)
    else:
        post = service_post(community, status=status)
    made_or_refused(fresh(post), name, POST_MOVES, lambda row: move_post(row, name, writer), writer)


@pytest.mark.parametrize(("status", "name"), list(product(ClaimStatus, OF_CLAIMS)))
def test_each_move_of_a_claim_is_made_or_refused_as_the_table_says(status, name, community, wang, writer):
    claim = claim_in(status, service_post(community), wang)
    assert claim.status == status
    made_or_refused(claim, name, CLAIM_MOVES, lambda row: move_claim(row, name, writer), writer)


@pytest.mark.parametrize(("status", "name"), list(product(TurnStatus, OF_TURNS)))
def test_each_move_of_a_turn_is_made_or_refused_as_the_table_says(status, name, community, wang, li, writer):
    post = service_post(community)
    seated(post, wang, li)
    turn = turn_in(status, fresh(post))
    assert turn.status == status
    made_or_refused(turn, name, TURN_MOVES, lambda row: move_turn(row, name, writer), writer)


@pytest.mark.parametrize("status", TurnStatus)
def test_a_turn_is_handed_to_a_successor_only_while_somebody_is_to_stand_in(status, community, wang, li):
    post = service_post(community)
    seated(post, wang, li)
    turn = turn_in(status, fresh(post))
    successor = li if turn.member == wang else wang
    settlement = Settlement(f"turn-{turn.pk}", "去世", successor=successor)
    told = {"on": TODAY, "by": None, "today": TODAY}
    if (status, TurnMove.HAND) in TURN_MOVES:
        HeldTurns().settle(turn.pk, settlement, **told)
        assert (fresh(turn).status, fresh(turn).member) == (TurnStatus.PLANNED, successor)
        assert (fresh(turn).swap_to, fresh(turn).version) == (None, turn.version + 1)
        return
    before = fingerprint()
    with pytest.raises(IllegalStep) as refusal:
        HeldTurns().settle(turn.pk, settlement, **told)
    assert refusal.value.detail == f"“{turn}”现为“{turn.get_status_display()}”，不能交给他人"
    assert fingerprint() == before


def made_or_refused(row, name, table, move, writer):
    """Do the move: it ends where the table says with one trace, or is refused in words and leaves nothing."""
    names = {"servicepost": POST_MOVE_NAMES, "claim": CLAIM_MOVE_NAMES, "turn": TURN_MOVE_NAMES}
    if (row.status, name) in table:
        move(row)
        assert fresh(row).status == table[row.status, name]
        assert fresh(row).version == row.version + 1
        assert AuditEntry.objects.about(row).filter(by=writer).count() == 1
        return
    before = fingerprint()
    with pytest.raises(IllegalStep) as refusal:
        move(row)
    word = names[row._meta.model_name][name]
    assert refusal.value.detail == f"“{row}”现为“{row.get_status_display()}”，不能{word}"
    assert fingerprint() == before


def test_the_clock_ends_a_post_and_who_served_has_served_her_time(community, wang):
    claim = claim_in(ClaimStatus.SERVING, service_post(community), wang)
    move_claim(claim, ClaimMove.EXPIRE)

    assert fresh(claim).status == ClaimStatus.EXPIRED
    assert fresh(claim).until == fresh(claim.post).until
    assert fresh(claim.post).status == PostStatus.CLOSED


def test_a_post_is_full_with_its_last_seat_and_open_again_when_one_leaves(community, wang, li):
    post = service_post(community, seats=1)
    claim = seated(post, wang)
    assert fresh(post).status == PostStatus.FULL
    with pytest.raises(NoSeatLeft) as refusal:
        claim_in(ClaimStatus.APPLIED, fresh(post), li)
    assert refusal.value.detail == "“四点半课堂”的 1 个名额已满"

    move_claim(claim, ClaimMove.LEAVE)
    assert fresh(post).status == PostStatus.OPEN
    seated(fresh(post), li)
    assert fresh(post).status == PostStatus.FULL
