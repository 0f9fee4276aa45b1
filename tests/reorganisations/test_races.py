"""Several at once: one plan re-hangs the tree, and who arrives meanwhile is neither lost nor left behind."""

from threading import Event

import pytest
from django.db import connection, transaction

from branches.models import Branch, Unit
from branches.operations import add_unit
from core.errors import DomainError
from core.voiding import StillNeeded
from members.models import Membership
from members.operations import Entry, StandingChange, change_standing, register_member
from reorganisations.operations import (
    cancel,
    carry_out,
    carry_out_due,
    decide,
    make_plan,
    plans,
    undo,
    undoing,
)
from tests import factories
from tests.factories import TODAY
from tests.members.test_membership_races import at_once, refusals
from tests.reorganisations.conftest import DAY, order

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def branches(transactional_db):
    _, _, community = factories.lineage("麒麟区", "南宁街道", "鼓楼社区")
    made = [factories.branch(unit=community, name=f"中共第{number}党支部") for number in range(3)]
    for branch in made:
        for name in ("王秀英", "李玉兰"):
            factories.member(branch=branch, name=name)
    return made


def merging(source, goal):
    what = order("branch", "merge", branches=[source], to_branch=goal, on=TODAY)
    return make_plan(order=what, by=None, today=TODAY)


def carried_out(plan):
    return lambda: carry_out(plan=plan, by=None, today=TODAY)


def test_of_two_plans_for_one_branch_one_is_carried_out(branches):
    first, second, third = branches
    plans_made = [merging(first, second), merging(first, third)]

    outcomes = at_once(*map(carried_out, plans_made))

    assert len(refusals(outcomes)) == 1
    assert "已于" in refusals(outcomes)[0].detail
    assert Membership.objects.in_force().count() == 6
    assert not first.memberships.in_force().exists()


def test_two_mergers_into_each_other_leave_one_branch(branches):
    first, second, _ = branches
    crossing = [merging(first, second), merging(second, first)]

    outcomes = at_once(*map(carried_out, crossing))

    assert len(refusals(outcomes)) == 1
    assert Branch.objects.live().filter(pk__in=[first.pk, second.pk]).count() == 1
    assert Membership.objects.in_force().filter(branch__dissolved_on=None).count() == 6


def test_of_eight_who_carry_out_one_plan_one_does(branches):
    plan = merging(branches[0], branches[1])

    outcomes = at_once(*[carried_out(plan)] * 8)

    assert len(refusals(outcomes)) == 7
    assert {refusal.detail for refusal in refusals(outcomes)} == {f"“{plan}”已办理，不能办理"}


def test_without_the_lock_two_merge_one_branch(branches, monkeypatch):
    """The control: it is the tree's lock that lets one plan be carried out after the other."""
    monkeypatch.setattr(plans, "hold_the_tree", lambda: None)
    monkeypatch.setattr(plans, "locked", lambda row, version=None: type(row).objects.get(pk=row.pk))
    plan = merging(branches[0], branches[1])

    outcomes = at_once(*[carried_out(plan)] * 8)

    said = {getattr(refusal, "detail", "") for refusal in refusals(outcomes)}
    assert said != {f"“{plan}”已办理，不能办理"}


def test_who_arrives_during_a_merger_is_in_a_branch_that_lives(branches):
    person = {
        "name": "赵国强", "sex": "M", "birth_on": factories.date(1950, 1, 1),
        "joined_on": factories.date(1970, 5, 1),
    }  # fmt: skip
    goal = branches[2]
    for _ in range(5):
        source = factories.branch(unit=Unit.objects.get(name="鼓楼社区"))
        factories.member(branch=source)
        plan = merging(source, goal)
        entry = Entry(source, TODAY)

        outcomes = at_once(
            carried_out(plan),
            lambda entry=entry: register_member(person=person, entry=entry, by=None, today=TODAY),
        )

        assert len(refusals(outcomes)) == 1
        assert all(isinstance(refusal, DomainError) for refusal in refusals(outcomes))
        held = source.memberships.in_force().exists()
        assert held is (Branch.objects.get(pk=source.pk).dissolved_on is None)


def once_somebody_waits(deed):
    """Do the deed in a transaction that ends when somebody else waits for what it holds."""
    done = Event()

    def first():
        with transaction.atomic():
            deed()
            done.set()
            with connection.cursor() as cursor:
                for _ in range(2_000):
                    cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                    if cursor.fetchone()[0]:
                        return
                    cursor.execute("SELECT pg_sleep(0.01)")

    return first, done


def test_a_plan_cancelled_while_the_due_ones_are_carried_out_stays_cancelled_as_it_was(branches):
    plan = merging(branches[0], branches[1])
    found = plan.outcome
    cancelling, cancelled = once_somebody_waits(lambda: cancel(plan=plan, by=None))

    def carry_out_what_is_due():
        cancelled.wait(20)
        return carry_out_due(today=TODAY)

    _, [(_, refusal)] = at_once(cancelling, carry_out_what_is_due)

    plan.refresh_from_db()
    assert (plan.state, plan.outcome) == ("cancelled", found)
    assert refusal.detail == f"“{plan}”已取消，不能办理"


def test_a_code_that_somebody_takes_at_the_same_moment_is_refused_in_words(branches):
    community = branches[0].unit
    other = factories.unit(parent=community.parent.parent, name="建宁街道")
    values = {"name": "文昌社区", "code": "530302009001", "opened_on": TODAY}
    adding, added = once_somebody_waits(lambda: add_unit(parent=other, values=values, by=None, today=TODAY))
    what = order(
        "unit", "split", units=[community], name="东门社区", code="530302009001", part_branches=[branches[0]],
        on=TODAY,
    )  # fmt: skip

    def split():
        added.wait(20)
        return decide(order=what, by=None, today=TODAY)

    _, refusal = at_once(adding, split)

    assert refusal.detail == "“东门社区”：该代码已被使用"
    assert branches[0].unit == community


def undone_while_a_death_is_recorded(branches):
    """A merger is taken back while the death of one who went over is recorded, and not yet for others to see.

    Give what the undoing came to, and in how many relations the dead are.
    """
    source, goal, _ = branches
    what = order("branch", "merge", branches=[source], to_branch=goal, on=DAY)
    plan = carry_out(plan=make_plan(order=what, by=None, today=TODAY), by=None, today=TODAY)
    wang = goal.memberships.in_force().filter(since=DAY).earliest("pk").member
    recorded, goes_on = Event(), Event()

    def bury():
        with transaction.atomic():
            change_standing(member=wang, change=StandingChange("decease", TODAY), by=None, today=TODAY)
            recorded.set()
            # Long enough for the other to read what it can and to wait for the rest.
            goes_on.wait(1)

    def take_back():
        recorded.wait(20)
        return undo(plan=plan, by=None)

    _, outcome = at_once(bury, take_back)
    return outcome, wang.memberships.in_force().count()


def test_a_merger_is_not_undone_over_a_death_recorded_at_the_same_moment(branches):
    outcome, relations = undone_while_a_death_is_recorded(branches)

    assert isinstance(outcome, StillNeeded)
    assert "的组织关系”后来又有变动，不能撤回" in outcome.detail
    assert relations == 0


def test_without_the_locks_a_merger_is_undone_over_a_death(branches, monkeypatch):
    """The control: what has happened since is asked after the locks, or it is not yet there to be seen."""
    monkeypatch.setattr(undoing, "_hold", lambda ledger: None)

    outcome, relations = undone_while_a_death_is_recorded(branches)

    assert not isinstance(outcome, StillNeeded)
    assert relations == 1
