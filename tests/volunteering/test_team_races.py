"""Several at once: one joins a team once, and nobody joins a team that is just being dissolved."""

import pytest
from django.db import connection

from tests import factories
from tests.factories import TODAY
from tests.members.test_membership_races import at_once, refusals
from tests.race_rounds import race_rounds
from volunteering.models import Team, TeamMembership
from volunteering.operations import dissolve_team, join_team
from volunteering.operations.teams import TeamRule

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def join(team, member, since=TODAY):
    values = {"since": since}
    return lambda: join_team(team=team, member=member, values=values, by=None, today=TODAY)


def test_of_sixteen_who_let_her_join_one_does(branch, wang):
    for _ in range(race_rounds(2)):
        team = factories.team(branch=branch)
        outcomes = at_once(*[join(team, wang)] * 16)

        assert team.memberships.count() == 1
        assert [type(refusal) for refusal in refusals(outcomes)] == [TeamRule] * 15


def test_without_lock_and_constraint_she_joins_more_than_once(team, wang, monkeypatch):
    """The control: it is the lock that refuses in words, and the constraint behind it that decides."""
    monkeypatch.setattr("volunteering.operations.teams.locked", lambda row, version=None: row)
    monkeypatch.setattr("volunteering.operations.teams.check", lambda row: None)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE volunteering_teammembership DROP CONSTRAINT once_in_a_team")
    try:
        rounds = 0
        while TeamMembership.objects.count() < 2 and rounds < 50:
            TeamMembership.objects.all().delete()
            at_once(*[join(team, wang)] * 8)
            rounds += 1
        assert TeamMembership.objects.count() > 1
    finally:
        TeamMembership.objects.all().delete()
        constraint = next(each for each in TeamMembership._meta.constraints if each.name == "once_in_a_team")
        with connection.schema_editor() as editor:
            editor.add_constraint(TeamMembership, constraint)


def test_a_team_is_dissolved_with_everybody_in_it(branch):
    for _ in range(race_rounds(10)):
        team, member = factories.team(branch=branch), factories.member(branch=branch)
        outcomes = at_once(
            join(team, member, since=factories.date(2020, 1, 1)),
            lambda team=team: dissolve_team(team=team, on=TODAY, document="", by=None, today=TODAY),
        )

        assert Team.objects.get(pk=team.pk).dissolved_on == TODAY
        assert not team.memberships.in_force().exists()
        assert [isinstance(refusal, TeamRule) for refusal in refusals(outcomes)] == (
            [True] if not team.memberships.exists() else []
        )
