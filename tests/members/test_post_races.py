"""Sixteen at once: one becomes secretary, one election is held, and all others are told who was first."""

from threading import Barrier

import pytest
from django.db import OperationalError

from core.errors import InvalidValue, refusal_of
from members.models import Post, Term
from members.operations import Election, Holding, fill_post, hold_election, posts
from members.operations.posts import PostRule
from tests import factories
from tests.factories import TODAY
from tests.members.test_membership_races import at_once, refusals
from tests.race_rounds import race_rounds

MANY = 16
# In each round other people compete for another branch.
ROUNDS = race_rounds(2)
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def rivals(community, number=MANY):
    branch = factories.branch(unit=community)
    return branch, [factories.member(branch=branch, name="王秀英") for _ in range(number)]


def appointed(branch, member):
    holding = Holding(member, "secretary", TODAY)
    return lambda: fill_post(branch=branch, holding=holding, by=None, today=TODAY)


def unless_lost(action):
    """The action, where losing the race is a refusal as it is for whoever asks by a page."""

    def act():
        try:
            return action()
        except OperationalError as error:
            return refusal_of(error)

    return act


def elected(branch, member):
    election = Election(TODAY, 5, ((member, "secretary"),))
    return lambda: hold_election(branch=branch, election=election, by=None, today=TODAY)


def test_of_sixteen_who_are_appointed_at_once_one_is_secretary(community):
    for _ in range(ROUNDS):
        branch, people = rivals(community)

        outcomes = at_once(*[appointed(branch, member) for member in people])

        [post] = Post.objects.filter(branch=branch)
        said = f"“{branch}”的书记自 {TODAY} 起是 {post.member}，须先免去"
        assert [(type(each), each.detail) for each in refusals(outcomes)] == [(PostRule, said)] * (MANY - 1)


def test_of_sixteen_elections_at_once_one_begins_a_term(community):
    for _ in range(ROUNDS):
        branch, people = rivals(community)

        outcomes = at_once(*[elected(branch, member) for member in people])

        term = Term.objects.get(branch=branch)
        assert term.posts.count() == branch.posts.count() == 1
        said = f"“{branch}”已有 {TODAY} 选举、至 今 的一届，新一届须在其后"
        assert [(type(each), each.detail) for each in refusals(outcomes)] == [(PostRule, said)] * (MANY - 1)


def test_an_appointment_and_an_election_at_once_leave_one_secretary(community):
    for _ in range(ROUNDS):
        branch, (wang, li) = rivals(community, 2)

        outcomes = at_once(appointed(branch, wang), elected(branch, li))

        assert branch.posts.in_force().filter(post="secretary").count() == 1
        assert [type(each) for each in refusals(outcomes)] in ([PostRule], [InvalidValue])


def test_without_the_lock_only_the_database_keeps_the_others_out(community, monkeypatch):
    """The control: asked without the branch's lock, several find the post free, and nobody is told who.

    Two rows that shut each other out may each wait for the other: then the database breaks the tie.
    """
    branch, people = rivals(community, 4)
    asked, ask = Barrier(4, timeout=20), posts._taken_complaints

    def together(*about):
        found = ask(*about)
        asked.wait()
        return found

    monkeypatch.setattr(posts, "locked", lambda row, version=None: type(row).objects.get(pk=row.pk))
    monkeypatch.setattr(posts, "_taken_complaints", together)
    outcomes = at_once(*[unless_lost(appointed(branch, member)) for member in people])

    assert Post.objects.filter(branch=branch).count() == 1
    assert len(refusals(outcomes)) == len(people) - 1
    assert not any(isinstance(each, PostRule) for each in refusals(outcomes))
