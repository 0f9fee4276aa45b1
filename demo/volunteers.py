"""The fourth part of the story: volunteer teams and those who serve in them."""

from datetime import timedelta
from random import Random

from demo import story
from demo.scribe import Resident, Scribe
from volunteering.operations import appoint_leader, dissolve_team, found_team, join_team

# Of its own, so that nothing told before or after is told differently because of the teams.
SEED = 8108


def enlist(scribe: Scribe) -> None:
    """Found the teams, let people of the place join them, and dissolve those whose time was over."""
    chance = Random(SEED)
    for squad in story.SQUADS:
        team = _found(scribe, squad)
        joined = [_join(scribe, team, squad, resident) for resident in _near(scribe, team, squad, chance)]
        if squad.until:
            dissolve_team(team=team, on=squad.until, document="任务完成", by=scribe.by, today=scribe.today)
        else:
            appoint_leader(team=team, membership=joined[0], by=scribe.by, today=scribe.today)


def _found(scribe, squad):
    values = {
        "name": f"{squad.name}银发先锋志愿服务队",
        "unit": scribe.units[squad.base],
        "skills": squad.skills,
        "founded_on": squad.founded,
    }
    branch = scribe.branches[f"{squad.branch}离退休党支部"]
    return found_team(branch=branch, values=values, by=scribe.by, today=scribe.today)


def _near(scribe, team, squad, chance) -> list[Resident]:
    """Who serves: of the place, those first who belong to the leading branch, and not the oldest."""

    def distance(resident):
        return (resident.branch != team.branch, resident.member.age(squad.founded) > 76, chance.random())

    there = [
        resident
        for resident in scribe.residents
        if resident.since < squad.founded and resident.branch.path.startswith(team.path)
    ]
    return sorted(there, key=distance)[: squad.size]


def _join(scribe, team, squad, resident):
    since = max(squad.founded, resident.since + timedelta(days=1))
    values = {"since": since, "serves_as": squad.serves_as}
    return join_team(team=team, member=resident.member, values=values, by=scribe.by, today=scribe.today)
