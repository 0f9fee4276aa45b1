"""Teams and their people by REST: scoped, versioned, and refused in Chinese."""

from tests import factories
from tests.callers import refusals, words
from tests.ledger import fingerprint
from tests.worlds import told_once
from volunteering.models import Team, TeamMembership

FOUND = {"name": "义诊服务队", "founded_on": "2020-05-01", "skills": "中医推拿"}


@told_once
def streets(streets):
    streets.people()
    streets.team = factories.team(branch=streets.here, name="鼓楼服务队", skills="书法")
    streets.foreign = factories.team(branch=streets.there, name="文昌服务队")
    return streets


def test_a_team_is_founded_amended_and_dissolved(streets):
    clerk = streets.clerk
    made = clerk.post("teams/", {**FOUND, "branch": streets.here.pk})
    assert made.status_code == 201
    assert made.json()["unit_name"] == "鼓楼社区"
    path = f"teams/{made.json()['id']}/"

    amended = clerk.patch(path, {"skills": "推拿"}, If_Match='"v1"')
    assert (amended.json()["skills"], amended["ETag"]) == ("推拿", '"v2"')
    assert refusals(clerk.patch(path, {"skills": "书法"}, If_Match='"v1"')) == (412, [("stale", None)])
    assert refusals(clerk.post(f"{path}dissolve/", {"on": "2026-11-01"})) == (
        428,
        [("if_match_required", None)],
    )
    done = clerk.post(f"{path}dissolve/", {"on": "2026-11-01", "document": ""}, If_Match='"v2"')
    assert (done.json()["dissolved_on"], done.json()["version"]) == ("2026-11-01", 3)


def test_somebody_joins_leads_and_leaves(streets):
    clerk = streets.clerk
    body = {"team": streets.team.pk, "member": streets.wang.pk, "since": "2021-01-01"}
    joined = clerk.post("team-memberships/", body)
    assert (joined.status_code, joined.json()["serves_as"]) == (201, "old_member")
    assert refusals(clerk.post("team-memberships/", body)) == (409, [("team_rule", "member")])

    number = joined.json()["id"]
    led = clerk.post(f"teams/{streets.team.pk}/lead/", {"membership": number}, If_Match='"v1"')
    assert (led.json()["leader_name"], led.json()["serving"]) == ("王秀英", 1)
    left = clerk.post(f"team-memberships/{number}/leave/", {"on": "2026-11-01"}, If_Match='"v1"')
    assert left.json()["until"] == "2026-11-01"
    assert clerk.get(f"teams/{streets.team.pk}/").json()["leader"] is None


def test_who_serves_elsewhere_is_taken_out_only_by_who_answers_for_the_team(streets):
    membership = factories.team_membership(team=streets.foreign, member=streets.wang)
    path, body = f"team-memberships/{membership.pk}/", {"on": "2026-11-01"}
    ours, theirs = (
        (streets.clerk, streets.secretary),
        streets.caller("branch_secretary", branch=streets.there),
    )
    before = fingerprint()

    for caller in ours:
        assert caller.get(path).status_code == 200
        assert caller.post(f"{path}leave/", body, If_Match='"v1"').status_code == 403
    assert fingerprint() == before
    assert theirs.post(f"{path}leave/", body, If_Match='"v1"').status_code == 200


def test_lists_are_scoped_and_filtered(streets):
    membership = factories.team_membership(team=streets.team, member=streets.wang)

    def names(**query):
        return [row["name"] for row in streets.clerk.get("teams/", **query).json()["results"]]

    assert names() == ["鼓楼服务队"]
    assert names(search="书法") == ["鼓楼服务队"]
    assert names(search="维修") == names(on="2014-12-31") == []
    found = streets.clerk.get("team-memberships/", team=streets.team.pk, on="2020-01-01").json()
    assert [row["id"] for row in found["results"]] == [membership.pk]
    assert streets.clerk.get(f"teams/{streets.foreign.pk}/").status_code == 404
    assert streets.consumer.get("teams/").status_code == 403


def test_bad_teams_are_refused_in_words_and_nothing_is_written(streets):
    clerk, before = streets.clerk, fingerprint()
    unknown = f"没有“{streets.there.pk}”这条记录，或不在您的管辖范围内"
    assert words(clerk.post("teams/", {**FOUND, "branch": streets.there.pk})) == (400, [unknown])
    late = {**FOUND, "branch": streets.here.pk, "founded_on": "2027-01-01"}
    assert words(clerk.post("teams/", late)) == (400, ["成立日期 2027-01-01 在今天（2026-11-23）之后"])
    answer = clerk.patch(f"teams/{streets.team.pk}/", {"leader": 1}, If_Match='"v1"')
    assert words(answer) == (400, ["设队长请用 POST teams/编号/lead/"])
    assert words(clerk.delete(f"teams/{streets.team.pk}/")) == (
        405, ["此地址不支持 DELETE 方法：志愿服务队不能删除，请使用解散：POST teams/编号/dissolve/"],
    )  # fmt: skip
    assert fingerprint() == before


def test_a_secretary_keeps_her_team_by_the_api_too(streets):
    secretary = streets.secretary
    body = {"team": streets.team.pk, "member": streets.wang.pk, "since": "2021-01-01"}

    assert secretary.post("team-memberships/", body).status_code == 201
    assert secretary.post("teams/", {**FOUND, "branch": streets.here.pk}).status_code == 403
    assert (Team.objects.count(), TeamMembership.objects.count()) == (2, 1)
