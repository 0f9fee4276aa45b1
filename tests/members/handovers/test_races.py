"""Two clerks answer for the same people at once: exactly one does, and the other is told what and by whom."""

from datetime import date
from threading import Barrier

import pytest

from branches.models import Pledge
from branches.operations import deliver
from branches.operations.pledges import PledgeRule
from members.models import HandoverPerson, Membership
from members.operations import (
    Acceptance,
    Answer,
    accept_people,
    append_people,
    miss_people,
    return_people,
)
from members.operations.handovers.batches import HandoverRule
from tests import factories
from tests.factories import TODAY
from tests.factories.handovers import EVERYWHERE, cells, handover, promised
from tests.members.test_membership_races import at_once, refusals

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ROUNDS, PEOPLE = 20, 4


def people_of(batch):
    return list(batch.people.values_list("pk", flat=True))


def accept(batch, branch, by):
    return lambda: accept_people(
        handover=batch, people=people_of(batch), acceptance=Acceptance(TODAY, branch),
        scope=EVERYWHERE, by=by, today=TODAY,
    )  # fmt: skip


def answer(batch, operation, reason, by):
    return lambda: operation(
        handover=batch, people=people_of(batch), answer=Answer(TODAY, reason), by=by, today=TODAY
    )


def test_of_two_clerks_who_accept_and_return_the_same_people_one_is_first(branch):
    wang, li = factories.account(name="王经办"), factories.account(name="李经办")
    for each in range(ROUNDS):
        rows = [cells(each * PEOPLE + serial) for serial in range(PEOPLE)]
        batch = handover(branch.unit, *rows, document=f"第{each}批")

        outcomes = at_once(accept(batch, branch, wang), answer(batch, return_people, "incomplete", li))

        [lost] = refusals(outcomes)
        won = set(batch.people.values_list("outcome", "answered_by__name"))
        first = ("accepted", "王经办") if outcomes[1] is lost else ("returned", "李经办")
        assert isinstance(lost, HandoverRule)
        assert won == {first}
        assert lost.detail.count(f"已由 {first[1]} 于 {TODAY} 办理") == PEOPLE
        held = Membership.objects.filter(handed_over_by=batch.employer).count()
        assert held == (PEOPLE if first[0] == "accepted" else 0)


def test_without_the_locks_both_believe_to_be_first(branch, monkeypatch):
    """The control: the later answer silently replaces the earlier one."""
    batch = handover(branch.unit, cells(1))
    read = Barrier(2, timeout=20)

    def unlocked(handover, people, move):
        lines = list(handover.people.filter(pk__in=people).select_related("unit", "answered_by"))
        read.wait()
        return lines

    monkeypatch.setattr("members.operations.handovers.answers.open_for_work", lambda batch: batch)
    monkeypatch.setattr("members.operations.handovers.answers._chosen", unlocked)
    outcomes = at_once(answer(batch, miss_people, "", None), answer(batch, miss_people, "", None))

    assert refusals(outcomes) == []
    assert HandoverPerson.objects.get().version == 3


def test_the_same_list_added_twice_at_once_is_there_once(branch):
    batch = handover(branch.unit)
    rows = [cells(serial) for serial in range(20)]

    def add():
        return append_people(handover=batch, rows=rows, scope=EVERYWHERE, by=None, today=TODAY)

    outcomes = at_once(add, add, add)

    assert sorted(listed.pending for listed in outcomes) == [0, 0, 20]
    assert batch.people.count() == 20


def test_of_several_deliveries_at_once_no_more_come_than_were_promised(branch):
    made = promised(branch.unit)

    def bring():
        values = {"on": date(2026, 5, 1), "amount": made.amount * 6 / 10}
        return deliver(pledge=made, values=values, by=None, today=TODAY)

    outcomes = at_once(bring, bring, bring)

    assert [type(refusal) for refusal in refusals(outcomes)] == [PledgeRule] * 2
    assert Pledge.objects.get().delivered == made.amount * 6 / 10
