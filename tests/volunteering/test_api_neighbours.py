"""Households, pairings, visits, buildings and carriers by REST."""

from datetime import timedelta

import pytest

from tests import factories
from tests.callers import refusals, words
from tests.factories import TODAY
from volunteering.models import Visit


@pytest.fixture
def streets(streets):
    streets.people()
    streets.building = factories.building(unit=streets.gulou, name="3栋")
    streets.home = factories.household(building=streets.building, risk="key")
    streets.community = streets.caller("community_clerk", unit=streets.gulou)
    return streets


def act(caller, row, verb, body=None):
    resource = {"carrierduty": "carrier-duties", "carrierbuilding": "carrier-buildings"}.get(
        row._meta.model_name, f"{row._meta.model_name}s"
    )
    path = f"{resource}/{row.pk}/"
    return caller.post(f"{path}{verb}/", body, if_match=caller.etag(path))


def test_a_building_and_a_household_are_kept(streets):
    clerk = streets.community
    made = clerk.post("buildings/", {"name": "4栋", "unit": streets.gulou.pk}).json()
    path = f"buildings/{made['id']}/"
    assert clerk.patch(path, {"name": "5栋"}, if_match='"v1"').json()["name"] == "5栋"
    assert clerk.get("buildings/", unit=streets.gulou.code).json()["count"] == 2

    body = {"building": made["id"], "room": "301", "resident": "钱大爷", "phone": "12"}
    assert refusals(clerk.post("households/", body)) == (400, [("invalid", "phone")])
    made = clerk.post("households/", {**body, "phone": "13700001234"})
    assert (made.status_code, made.json()["resident"], made.json()["due_on"]) == (201, "钱大爷", None)
    path = f"households/{made.json()['id']}/"
    assert clerk.patch(path, {"risk": "high"}, if_match='"v1"').json()["risk"] == "high"
    assert "resident" not in clerk.get("households/").json()["results"][0]


def test_a_pairing_begins_is_visited_and_ends(streets):
    clerk, since = streets.community, TODAY - timedelta(days=40)
    path = f"households/{streets.home.pk}/pair/"
    body = {"member": streets.wang.pk, "since": since.isoformat(), "consent_on": since.isoformat()}
    assert refusals(clerk.post(path, body)) == (400, [("required", "consent")])
    assert words(clerk.post(path, {**body, "consent": "spoken"})) == (
        409, ["王秀英 不住在、也不服务于本社区，确需结对请写明理由"]
    )  # fmt: skip
    paired = clerk.post(path, {**body, "consent": "spoken", "override": "老同事"}).json()
    assert (paired["pairs"], paired["due_on"]) == (1, "2026-11-13")
    assert clerk.get("households/", overdue="true").json()["count"] == 1
    [pairing] = streets.home.pairings.all()
    seen = streets.secretary
    visited = seen.post(
        f"pairings/{pairing.pk}/visit/", {"on": TODAY.isoformat(), "found": "needs", "finding": "缺米"}
    )
    assert visited.status_code == 200
    assert clerk.get("households/", overdue="false").json()["count"] == 1
    visit = Visit.objects.get()
    assert clerk.get(f"visits/{visit.pk}/").json()["finding"] == "缺米"
    assert clerk.get("visits/", household=streets.home.pk, unverified="true").json()["count"] == 1
    assert words(seen.post(f"visits/{visit.pk}/verify/")) == (409, ["登记人不能核实自己登记的走访"])
    assert clerk.post(f"visits/{visit.pk}/verify/").json()["verified"] is True
    item = factories.service_item(unit=streets.district)
    made = act(seen, visit, "order", {"item": item.pk, "wanted_on": TODAY.isoformat()})
    assert made.json()["order"] is not None
    matter = {"kind": "public", "subject": "灯"}
    assert act(seen, visit, "matter", matter).status_code == 409
    later = (TODAY + timedelta(days=0)).isoformat()
    assert words(act(clerk, pairing, "end", {"on": later, "reason": "搬走"})) == (
        409, [f"{TODAY} 还有走访记录，结束日期须晚于那一天"]
    )  # fmt: skip


def test_events_and_ends(streets):
    clerk = streets.community
    assert (
        act(clerk, streets.home, "event", {"on": TODAY.isoformat()}).json()["event_on"] == TODAY.isoformat()
    )
    done = act(clerk, streets.home, "end", {"on": TODAY.isoformat(), "reason": "搬走"})
    assert (done.json()["ended_on"], done.json()["end_reason"]) == (TODAY.isoformat(), "搬走")


def test_the_street_and_the_district_see_no_household(streets):
    factories.pairing(household=streets.home, member=streets.wang, override="老同事")
    for caller in (streets.clerk, streets.officer, streets.caller("auditor", unit=streets.district)):
        for resource in ("households", "pairings", "visits"):
            assert caller.get(f"{resource}/").status_code == 403
    assert streets.secretary.get(f"households/{streets.home.pk}/").json()["resident"] == "赵大娘"
    other = factories.branch(unit=streets.gulou, name="第二支部")
    stranger = streets.caller("branch_secretary", branch=other)
    assert stranger.get(f"households/{streets.home.pk}/").status_code == 404


def test_a_carrier_is_founded_kept_and_dissolved(streets):
    clerk = streets.community
    body = {"kind": "area", "name": "3栋责任区", "branch": streets.here.pk, "unit": streets.gulou.pk,
            "founded_on": "2020-01-01", "member": streets.wang.pk}  # fmt: skip
    assert words(clerk.post("carriers/", body)) == (400, ["党员责任区至少要有一栋楼"])
    made = clerk.post("carriers/", {**body, "building": streets.building.pk})
    path = f"carriers/{made.json()['id']}/"
    assert clerk.patch(path, {"address": "3栋1楼"}, if_match='"v1"').json()["address"] == "3栋1楼"
    li = factories.member(branch=streets.here, name="李玉兰")
    since = {"since": "2026-11-01"}
    assert clerk.post(f"{path}in-charge/", {"member": li.pk, **since}).status_code == 200
    second = factories.building(unit=streets.gulou)
    assert clerk.post(f"{path}include/", {"building": second.pk, **since}).status_code == 200
    assert clerk.get("carrier-duties/", member=li.pk, on=TODAY.isoformat()).json()["count"] == 1
    assert clerk.get("carrier-buildings/", building=second.pk).json()["count"] == 1
    duty, inclusion = li.carrier_duties.get(), second.carriers.get()
    assert act(clerk, duty, "end", {"on": TODAY.isoformat()}).json()["until"] == TODAY.isoformat()
    assert act(clerk, inclusion, "end", {"on": TODAY.isoformat()}).json()["until"] == TODAY.isoformat()
    done = clerk.post(f"{path}dissolve/", {"on": TODAY.isoformat()}, if_match=clerk.etag(path))
    assert done.json()["dissolved_on"] == TODAY.isoformat()
    assert clerk.get("carriers/", on=TODAY.isoformat()).json()["count"] == 0
    assert streets.secretary.patch(path, {"name": "x"}, if_match='"v3"').status_code == 403
