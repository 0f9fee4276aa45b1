"""Verbs of volunteer teams: found, amend, dissolve; join, leave, lead."""

from dataclasses import dataclass, field

from django.db import transaction

from branches.operations.presence import closed_complaints, dissolved_complaints
from core.audit import record
from core.changes import check, locked, not_after, save_change, set_values
from core.errors import DomainError, InvalidValue, refuse_all
from core.voiding import StillNeeded, reason_given, void
from members.obligations import KeptByAMove
from volunteering.models import Dispatch, Team, TeamMembership
from volunteering.operations.places import below_complaints, founding_complaints

FIXED = {"branch": "牵头党组织", "founded_on": "成立日期"}


class TeamRule(DomainError):
    """A team may not be founded, dissolved, joined or led like that."""

    code = "team_rule"


@dataclass(frozen=True)
class TeamChanges:
    """What is to change in a team, and the version it was read in."""

    values: dict = field(default_factory=dict)
    version: int | None = None


@transaction.atomic
def found_team(*, branch, values, by, today):
    """Found a team led by `branch`; `values`: name, unit (else the branch's seat), founded_on, and more."""
    branch = locked(branch)
    unit = locked(values.get("unit") or branch.unit)
    team = Team(**{**values, "unit": unit, "branch": branch, "path": unit.path})
    not_after(team.founded_on, today, field="founded_on", label="成立日期")
    founding = founding_complaints(branch, unit, team.founded_on, label="成立日期")
    refuse_all(_complaints(team) + founding)
    check(team)
    team.save()
    record("team.founded", team, by=by, fields=values, reason=team.founding_document)
    return team


@transaction.atomic
def amend_team(*, team, changes, by):
    """Correct or update a team's own data; who leads it as a branch and its founding day stay."""
    team = locked(team, version=changes.version)
    refuse_all(
        [
            InvalidValue(f"“{label}”在成立后不能修改", field=name)
            for name, label in FIXED.items()
            if name in changes.values and getattr(team, name) != changes.values[name]
        ]
    )
    _check_live(team)
    changed = set_values(team, changes.values)
    if changed:
        team.unit = locked(team.unit)
        team.path = team.unit.path
        refuse_all(_complaints(team))
        save_change(team)
        record("team.amended", team, by=by, fields=changed)
    return team


@transaction.atomic
def dissolve_team(*, team, on, document, by, today):
    """Dissolve the team from the day `on`; whoever is in it leaves it that day."""
    team = locked(team)
    not_after(on, today, field="on", label="解散日期")
    _check_live(team)
    if on <= team.founded_on:
        raise InvalidValue(f"解散日期 {on} 必须晚于成立日期 {team.founded_on}", field="on")
    late = team.memberships.in_force().filter(since__gte=on).select_related("member").first()
    if late:
        raise TeamRule(f"{late.member} 自 {late.since} 起在队，解散日期须晚于那一天", field="on")
    for membership in team.memberships.in_force().select_for_update(of=("self",)).order_by("pk"):
        _end(membership, on)
    team.dissolved_on, team.dissolving_document = on, document
    save_change(team)
    record("team.dissolved", team, by=by, fields=["dissolved_on"], reason=document)
    return team


@transaction.atomic
def join_team(*, team, member, values, by, today):
    """Let the member serve in the team; `values`: since, serves_as."""
    member, team = locked(member), locked(team)
    since = values["since"]
    not_after(since, today, field="since", label="入队日期")
    _check_live(team)
    if since < team.founded_on:
        raise InvalidValue(f"入队日期 {since} 早于“{team}”的成立日期 {team.founded_on}", field="since")
    if not member.memberships.on(since).exists():
        raise TeamRule(f"{member} 在 {since} 没有组织关系，不能加入志愿服务队", field="member")
    if team.memberships.filter(member=member).exclude(until__lte=since).exists():
        raise TeamRule(f"{member} 已在“{team}”，不能重复登记", field="member")
    membership = TeamMembership(team=team, member=member, **values)
    check(membership)
    membership.save()
    record("team.joined", member, by=by, fields=["team_memberships"], place=team.path)
    return membership


@transaction.atomic
def leave_team(*, membership, on, by, today, version=None):
    """End the member's serving on the day `on`; who led the team leads it no longer."""
    team = locked(membership.team)
    membership = locked(membership, version=version)
    not_after(on, today, field="on", label="离队日期")
    if membership.until:
        raise TeamRule(f"已于 {membership.until} 离队", field="on")
    if on <= membership.since:
        raise InvalidValue(f"离队日期 {on} 必须晚于入队日期 {membership.since}", field="on")
    _end(membership, on)
    if team.leader_id == membership.member_id:
        team.leader = None
        save_change(team)
    record("team.left", membership.member, by=by, fields=["team_memberships"], place=team.path)
    return membership


@transaction.atomic
def undo_joining(*, membership, reason, by, version=None):
    """Take back being in a team that was entered by mistake, and return the member.

    Raise StillNeeded while she leads the team, or an order was given to her in that time.
    """
    reason = reason_given(reason)
    member, team = locked(membership.member), locked(membership.team)
    membership = locked(membership, version=version)
    if team.leader_id == member.pk:
        raise StillNeeded(f"{member} 是“{team}”的队长，请先另设队长")
    given = Dispatch.objects.filter(member=member, on__gte=membership.since)
    if membership.until:
        given = given.filter(on__lt=membership.until)
    if given.exists():
        raise StillNeeded(f"{member} 在这段时间已派过 {given.count()} 单，不能撤回，请办理离队")
    void(membership, verb="team.joining_undone", by=by, reason=reason, about=member, place=team.path)
    return member


@transaction.atomic
def appoint_leader(*, team, membership, by, today, version=None):
    """Let one of those who serve in the team today lead it."""
    # The member first: she cannot leave the roster at this moment.
    locked(membership.member)
    team = locked(team, version=version)
    _check_live(team)
    if not team.memberships.serving(today).filter(pk=membership.pk).exists():
        raise TeamRule(f"{membership.member} 现在不在“{team}”，不能任队长", field="membership")
    if team.leader_id != membership.member_id:
        team.leader = membership.member
        save_change(team)
        record("team.led", team, by=by, fields=["leader"])
    return team


class LedTeams(KeptByAMove):
    """What leading teams leaves open for who is gone: each is handed to somebody in it, or left without."""

    kind = "team"
    holder = "leader"

    def held(self, members, *, on, leaving):
        """Each living team that one of them leads."""
        return Team.objects.live().filter(leader__in=members).order_by("pk")

    def words(self, row):
        """Which team."""
        return f"任“{row}”队长"

    def settle(self, number, settlement, *, on, by, today):
        """Let the successor lead, who must serve in the team; without one the team has no leader."""
        team = locked(Team(pk=number))
        successor = settlement.successor
        if successor and not team.memberships.serving(today).filter(member=successor).exists():
            raise TeamRule(f"{successor} 现在不在“{team}”，不能接任队长", field=f"settle.{settlement.key}")
        team.leader = successor
        save_change(team)
        record("team.led", team, by=by, fields=["leader"], reason=settlement.reason)


def _end(membership, on):
    membership.until = on
    membership.version += 1
    check(membership)
    membership.save()


def _check_live(team):
    if team.dissolved_on:
        raise TeamRule(f"“{team}”已于 {team.dissolved_on} 解散")


def _complaints(team) -> list[DomainError]:
    branch, unit = team.branch, team.unit
    return [
        *dissolved_complaints(branch),
        *(closed_complaints(unit) or below_complaints(branch, unit, label="驻地")),
    ]
