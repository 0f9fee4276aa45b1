"""Several at once: exactly one registers an ID number, opens a relation or changes a version.

Each race is run again without its protection, where that is cheap, and must then be lost.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import IntegrityError, connection, connections

from branches.models import Branch, Unit
from branches.operations import dissolve_branch, move_unit
from branches.operations.branches import BranchRule
from core.errors import DomainError, StaleVersion
from members.models import Member, Membership
from members.models.member import MemberQuerySet
from members.operations import (
    Entry,
    MemberChanges,
    affiliate,
    amend_member,
    enrol,
    register_member,
    undo_registration,
)
from members.operations.people import IdNumberTaken
from members.operations.undoing import registrations
from tests import factories
from tests.factories import TODAY

NUMBER = "11010519491231002X"
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def at_once(*actions):
    """Do the actions in threads of their own that begin together; give what each returned or raised."""
    together = Barrier(len(actions), timeout=20)

    def run(action):
        try:
            with connections["default"].cursor() as cursor:
                cursor.execute("SET lock_timeout = '15s'")
            together.wait()
            return action()
        except (DomainError, IntegrityError) as refusal:
            return refusal
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(len(actions)) as threads:
        return list(threads.map(run, actions))


def refusals(outcomes):
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]


def register(branch):
    person = {
        "name": "王秀英", "sex": "F", "birth_on": None, "joined_on": factories.date(1970, 5, 1),
        "id_number": NUMBER,
    }  # fmt: skip
    return register_member(person=person, entry=Entry(branch, TODAY), by=None, today=TODAY)


def test_of_sixteen_registrations_of_one_id_number_one_is_made(branch):
    outcomes = at_once(*[lambda: register(branch)] * 16)

    assert Member.objects.count() == Membership.objects.count() == 1
    assert [type(refusal) for refusal in refusals(outcomes)] == [IdNumberTaken] * 15


def test_without_the_unique_index_the_same_number_is_registered_twice(branch):
    """The control: it is the index that decides."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX member_id_number_is_unique")
    try:
        at_once(*[lambda: register(branch)] * 4)
        assert Member.objects.count() > 1
    finally:
        Membership.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM members_member")
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE UNIQUE INDEX member_id_number_is_unique ON members_member (id_index)"
                " WHERE id_shared_reason = '' AND NOT standing = 'void'"
            )


def test_of_eight_openings_of_a_relation_one_is_made(branch):
    member = factories.member(branch=branch)
    Membership.objects.update(until=TODAY, ended_by="other_out")

    outcomes = at_once(*[lambda: enrol(member=member, entry=Entry(branch, TODAY), by=None, today=TODAY)] * 8)

    assert member.memberships.in_force().count() == 1
    assert len(refusals(outcomes)) == 7


def test_a_branch_is_either_dissolved_or_takes_the_new_member(branch):
    for _ in range(5):
        home = factories.branch(unit=branch.unit)
        outcomes = at_once(
            lambda home=home: dissolve_branch(branch=home, on=TODAY, document="", by=None, today=TODAY),
            lambda home=home: register_member(
                person={"name": "李玉兰", "sex": "F", "birth_on": factories.date(1950, 1, 1),
                        "joined_on": factories.date(1970, 5, 1)},
                entry=Entry(home, TODAY), by=None, today=TODAY,
            ),
        )  # fmt: skip

        gone = Branch.objects.get(pk=home.pk).dissolved_on is not None
        assert gone is not home.memberships.exists()
        assert [isinstance(refusal, BranchRule) for refusal in refusals(outcomes)] == [not gone]


def test_two_crossing_moves_leave_a_tree(branch):
    first, second = Unit.objects.get(pk=branch.unit_id), factories.unit(parent=branch.unit.parent)
    groups = [factories.unit(parent=community) for community in (first, second)]

    def cross(unit, to):
        return lambda: move_unit(unit=unit, to=to, on=TODAY, document="", by=None, today=TODAY)

    outcomes = at_once(cross(groups[0], second), cross(groups[1], first))

    assert refusals(outcomes) == []
    for unit in Unit.objects.select_related("parent"):
        assert unit.parent is None or unit.path.startswith(unit.parent.path)
    assert {unit.parent_id for unit in Unit.objects.filter(level=4)} == {first.pk, second.pk}


def test_of_eight_changes_of_one_version_one_is_made(branch):
    member = factories.member(branch=branch)

    def amend(number):
        changes = MemberChanges({"note": f"第{number}人"}, version=1)
        return lambda: amend_member(member=member, changes=changes, by=None, today=TODAY)

    outcomes = at_once(*map(amend, range(8)))

    assert [type(refusal) for refusal in refusals(outcomes)] == [StaleVersion] * 7
    assert Member.objects.get(pk=member.pk).version == 2


def test_without_the_lock_changes_of_one_version_are_lost(branch, monkeypatch):
    """The control: read without the lock, more than one believes to be first."""
    member = factories.member(branch=branch)
    read = Barrier(4, timeout=20)

    def unlocked(row, *, version=None):
        fresh = type(row).objects.get(pk=row.pk)
        read.wait()
        if fresh.version != version:
            raise StaleVersion("")
        return fresh

    monkeypatch.setattr("members.operations.people.locked", unlocked)
    changes = MemberChanges({"note": "甲"}, version=1)
    outcomes = at_once(*[lambda: amend_member(member=member, changes=changes, by=None, today=TODAY)] * 4)

    assert len(refusals(outcomes)) < 3
    assert Member.objects.get(pk=member.pk).version == 2


def take_part(member, circle):
    return affiliate(member=member, branch=circle, values={"since": TODAY}, by=None, today=TODAY)


def take_back(member):
    return undo_registration(member=member, reason="认错人", by=None)


def test_a_registration_is_either_taken_back_or_has_what_rests_on_it(branch):
    circle = factories.branch(unit=branch.unit, kind="temporary")
    for _ in range(8):
        member = factories.member(branch=branch)

        outcomes = at_once(lambda who=member: take_back(who), lambda who=member: take_part(who, circle))

        assert len(refusals(outcomes)) == 1
        void = Member.objects.get(pk=member.pk).standing == "void"
        assert member.affiliations.exists() is not void


def test_without_the_lock_something_rests_on_a_registration_that_was_taken_back(branch, monkeypatch):
    """The control: asked without the lock, what rests on it may come a moment later."""
    circle, member = factories.branch(unit=branch.unit, kind="temporary"), factories.member(branch=branch)
    asked, there = Event(), Event()
    ask = registrations.dependents_of

    def slowly(rows, **besides):
        found = ask(rows, **besides)
        asked.set()
        there.wait(20)
        return found

    def meanwhile():
        asked.wait(20)
        try:
            return take_part(member, circle)
        finally:
            there.set()

    monkeypatch.setattr(MemberQuerySet, "select_for_update", lambda self, **of: self)
    monkeypatch.setattr(registrations, "dependents_of", slowly)
    outcomes = at_once(lambda: take_back(member), meanwhile)

    assert refusals(outcomes) == []
    assert (Member.objects.get(pk=member.pk).standing, member.affiliations.count()) == ("void", 1)
