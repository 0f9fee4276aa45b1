"""The pages of volunteer teams: cut to the scope, and every button does what it says or says why not."""

from datetime import date

import pytest
from django.urls import reverse

from tests import factories
from tests.factories import TODAY
from tests.ledger import fingerprint
from tests.office import errors_of, rows_of, told
from tests.worlds import told_once
from volunteering.models import Team, TeamMembership
from volunteering.operations import appoint_leader

TEAMS = "admin:volunteering_team_changelist"
MEMBERSHIPS = "admin:volunteering_teammembership_changelist"


def page(row, name="change"):
    return reverse(f"admin:volunteering_{row._meta.model_name}_{name}", args=[row.pk])


@told_once
def ours(town):
    return factories.team(branch=town.our_branch, name="鼓楼服务队", skills="书法")


@told_once
def theirs(town):
    return factories.team(branch=town.their_branch, name="文昌服务队")


@told_once
def wang(town, ours):
    member = factories.member(branch=town.our_branch)
    factories.team_membership(team=ours, member=member)
    return member


@pytest.fixture
def secretary(town, enter):
    return enter(factories.account(role="branch_secretary", branch=town.our_branch))


def test_the_list_is_cut_to_the_scope_and_found_by_skill(clerk, ours, theirs, wang):
    assert rows_of(clerk.get(reverse(TEAMS))) == [ours]
    assert rows_of(clerk.get(reverse(TEAMS), {"q": "书法"})) == [ours]
    assert rows_of(clerk.get(reverse(TEAMS), {"q": "维修"})) == []
    assert rows_of(clerk.get(reverse(MEMBERSHIPS), {"team": ours.pk})) == list(ours.memberships.all())


def test_the_list_counts_who_serves_today_and_says_when_nobody_leads(clerk, ours, wang):
    appoint_leader(team=ours, membership=ours.memberships.get(), by=None, today=TODAY)
    [team] = rows_of(clerk.get(reverse(TEAMS)))
    assert (team.people, team.is_led) == (1, True)

    # As if nobody had asked who takes over: the page still does not show the dead as leading.
    wang.memberships.update(until=TODAY, ended_by="death")
    answer = clerk.get(reverse(TEAMS))
    [team] = rows_of(answer)
    assert (team.people, team.is_led) == (0, False)
    assert "缺位（王秀英已不在队）" in answer.content.decode()


def test_dissolved_teams_are_out_of_the_way_until_asked_for(clerk, ours):
    clerk.post(page(ours, "dissolve"), {"on": "2026-11-01", "document": "社发1号"})

    assert rows_of(clerk.get(reverse(TEAMS))) == []
    assert rows_of(clerk.get(reverse(TEAMS), {"state": "dissolved"})) == [ours]
    assert rows_of(clerk.get(reverse(TEAMS), {"state": "all"})) == [ours]
    shown = clerk.get(page(ours)).content.decode()
    assert "解散依据" in shown
    assert "添加队员" not in shown


def test_staff_found_a_team_and_correct_it(clerk, town):
    form = {"name": "义诊服务队", "branch": town.our_branch.pk, "unit": "", "founded_on": "2026-11-01"}
    clerk.post(reverse("admin:volunteering_team_add"), form)
    team = Team.objects.get()
    assert (team.name, team.unit) == ("义诊服务队", town.our_community)

    changed = {"name": "健康义诊服务队", "unit": town.our_community.pk, "version": 1}
    clerk.post(page(team), changed)
    assert Team.objects.get().name == "健康义诊服务队"
    answer = clerk.post(page(team), {**changed, "name": "再改"})
    assert "已被他人修改" in "".join(errors_of(answer)["__all__"])


def test_a_foreign_branch_is_no_choice(clerk, town):
    before = fingerprint()
    form = {"name": "义诊服务队", "branch": town.their_branch.pk, "founded_on": "2026-11-01"}
    answer = clerk.post(reverse("admin:volunteering_team_add"), form)

    assert errors_of(answer)["branch"] == ["没有这一项，或不在您的管辖范围内"]
    assert fingerprint() == before


def test_a_member_is_added_leads_and_leaves(clerk, town, ours):
    member = factories.member(branch=town.our_branch)
    join = {"member": member.pk, "serves_as": "old_teacher", "since": "2026-11-01"}
    answer = clerk.post(page(ours, "join"), join, follow=True)
    assert told(answer) == ["“王秀英”自 2026-11-01 起加入“鼓楼服务队”"]
    again = clerk.post(page(ours, "join"), join)
    assert errors_of(again) == {"member": ["王秀英 已在“鼓楼服务队”，不能重复登记"]}

    membership = ours.memberships.get()
    clerk.post(page(ours, "leader"), {"membership": membership.pk, "version": 1})
    assert Team.objects.get(pk=ours.pk).leader == member

    answer = clerk.post(page(membership, "leave"), {"on": "2026-11-20", "version": 1}, follow=True)
    assert told(answer)[-1] == "“王秀英”已于 2026-11-20 离开“鼓楼服务队”"
    assert Team.objects.get(pk=ours.pk).leader is None
    assert "离队" not in [act["title"] for act in clerk.get(page(membership)).context["acts"]]


def test_the_page_of_a_team_shows_who_serves_and_leads(clerk, ours, wang):
    appoint_leader(team=ours, membership=ours.memberships.get(), by=None, today=TODAY)
    shown = clerk.get(page(ours)).content.decode()

    assert "王秀英" in shown
    assert "老党员" in shown
    assert "成立" in clerk.get(page(ours, "history")).content.decode()


def test_a_secretary_keeps_her_team_but_neither_founds_nor_dissolves(secretary, ours, theirs, wang):
    acts = [act["title"] for act in secretary.get(page(ours)).context["acts"]]

    assert acts == ["添加队员", "设队长"]
    assert secretary.get(reverse("admin:volunteering_team_add")).status_code == 403
    assert secretary.get(page(ours, "dissolve")).status_code == 403
    assert rows_of(secretary.get(reverse(TEAMS))) == [ours]
    changed = {"name": "鼓楼老党员服务队", "unit": ours.unit_id, "version": 1}
    secretary.post(page(ours), changed)
    assert Team.objects.get(pk=ours.pk).name == "鼓楼老党员服务队"


def test_who_serves_elsewhere_is_seen_from_both_sides(clerk, enter, town, theirs):
    member = factories.member(branch=town.our_branch)
    membership = factories.team_membership(team=theirs, member=member, since=date(2021, 1, 1))

    assert rows_of(clerk.get(reverse(MEMBERSHIPS), {"unit": town.ours.pk})) == [membership]
    their_clerk = enter(factories.account(role="street_clerk", unit=town.theirs))
    assert rows_of(their_clerk.get(reverse(MEMBERSHIPS))) == [membership]
    assert TeamMembership.objects.count() == 1


def test_who_serves_elsewhere_is_taken_out_only_by_who_answers_for_the_team(clerk, enter, town, theirs):
    member = factories.member(branch=town.our_branch)
    membership = factories.team_membership(team=theirs, member=member)
    values, before = {"on": "2026-11-20", "version": 1}, fingerprint()

    assert clerk.get(page(membership)).context["acts"] == []
    assert clerk.post(page(membership, "leave"), values).status_code == 403
    assert fingerprint() == before
    their_clerk = enter(factories.account(role="street_clerk", unit=town.theirs))
    their_clerk.post(page(membership, "leave"), values)
    assert TeamMembership.objects.get().until == date(2026, 11, 20)
