"""What hangs on who is transferred is settled with the acceptance; an open transfer hangs on who dies."""

from datetime import date, timedelta

import pytest

from members.models import Secondment, Transfer
from members.obligations import Leaving, Settlement
from members.operations import (
    ObligationsOpen,
    StandingChange,
    change_standing,
    open_obligations,
)
from members.operations.transfers import (
    Acceptance,
    Destination,
    Receipt,
    accept_transfer,
    close_transfer,
    undo_step,
)
from tests import factories
from tests.factories import TODAY
from tests.factories.handovers import seconded
from tests.factories.transfers import transfer
from tests.ledger import refused
from tests.worlds import told_once

WHO = {"by": None, "today": TODAY}
YESTERDAY = TODAY - timedelta(days=1)


@told_once
def circle(places):
    return factories.branch(unit=places.gulou, kind="temporary", name="书画临时支部")


def test_who_moves_within_the_district_keeps_taking_part_unless_it_is_ended(places, wang, circle):
    part = factories.affiliation(member=wang, branch=circle)
    made = transfer(member=wang, to=Destination(branch=places.next_door))
    [hanging] = open_obligations(wang, on=TODAY, leaving=Leaving.TRANSFER)

    settle = (Settlement(hanging.key, "搬走了"),)
    accept_transfer(transfer=made, into=Acceptance(places.next_door, TODAY, settle=settle), **WHO)

    part.refresh_from_db()
    assert part.until == TODAY


def test_who_is_given_back_goes_on_being_sent_unless_she_was_sent_again(places, wang):
    sent = seconded(places.jianning, member=wang, since=date(2025, 1, 1))
    elsewhere = seconded(places.nanning, member=wang, since=date(2025, 1, 1))
    made = transfer(member=wang, to=Destination(branch=places.next_door))
    settle = tuple(Settlement(f"secondment-{each.pk}", "搬走了") for each in (sent, elsewhere))
    accept_transfer(transfer=made, into=Acceptance(places.next_door, TODAY, settle=settle), **WHO)
    again = seconded(places.jianning, member=wang, since=TODAY)

    done = undo_step(transfer=made, reason="点错了", **WHO)

    assert done.stays == ["在“建宁街道”任党建工作指导员：已另有同样的选派"]
    until = {row.pk: row.until for row in Secondment.objects.all()}
    assert until == {sent.pk: TODAY, elsewhere.pk: date(2028, 1, 1), again.pk: date(2028, 1, 1)}
    note = made.steps.last().note
    assert note == "撤回“编入支部”：点错了（没有恢复：在“建宁街道”任党建工作指导员：已另有同样的选派）"


def test_who_leaves_the_district_leaves_nothing_open_behind(places, wang, circle):
    part = factories.affiliation(member=wang, branch=circle)
    made = transfer(member=wang, to=Destination(outside="昆明"), state="issued", on=YESTERDAY)
    [hanging] = open_obligations(wang, on=YESTERDAY, leaving=Leaving.TRANSFER_OUT)

    with pytest.raises(ObligationsOpen, match="参加“书画临时支部”"):
        close_transfer(transfer=made, answer=Receipt(TODAY, YESTERDAY), **WHO)
    answer = Receipt(TODAY, YESTERDAY, (Settlement(hanging.key, "转出"),))
    close_transfer(transfer=made, answer=answer, **WHO)

    part.refresh_from_db()
    assert part.until == YESTERDAY


@pytest.mark.parametrize("state", ["draft", "issued", "received"])
def test_who_dies_leaves_no_open_transfer(places, wang, state):
    made = transfer(member=wang, to=Destination(places.jianning), state=state)
    [hanging] = open_obligations(wang, on=TODAY, leaving=Leaving.DEATH)
    assert hanging.words == f"组织关系转接（{made.get_state_display()}，去建宁街道）"
    assert open_obligations(wang, on=TODAY, leaving=Leaving.TRANSFER) == []
    died = StandingChange("decease", TODAY)

    with refused(
        ObligationsOpen,
        errors=[(f"settle.{hanging.key}", f"{hanging.words}，尚未了结：请写明原因予以了结")],
    ):
        change_standing(member=wang, change=died, **WHO)
    died = StandingChange("decease", TODAY, settle=(Settlement(hanging.key, "去世"),))
    change_standing(member=wang, change=died, **WHO)

    made = Transfer.objects.get(pk=made.pk)
    assert (made.state, made.steps.last().note) == ("cancelled", "去世")


def test_what_hangs_on_her_since_she_was_accepted_does_not_stop_what_may_be_kept(places, wang, circle):
    made = transfer(member=wang, to=Destination(branch=places.next_door), state="accepted")
    factories.affiliation(member=wang, branch=circle)

    undo_step(transfer=made, reason="点错了", **WHO)

    assert wang.memberships.get().branch == places.home
