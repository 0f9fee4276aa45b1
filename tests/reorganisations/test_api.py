"""Reorganisations by REST: planned with a dry run, carried out, cancelled, undone, within the scope."""

from datetime import timedelta

import pytest

from reorganisations.models import Plan
from tests import factories
from tests.callers import refusals, unnumbered, words
from tests.factories import TODAY
from tests.ledger import fingerprint
from tests.reorganisations.conftest import fresh

AHEAD = TODAY + timedelta(days=38)


def body(**values):
    return {"on": TODAY.isoformat(), "document": "麒政复18号", **values}


def move(streets):
    return body(about="unit", kind="move", units=[streets.gulou.pk], to_unit=streets.jianning.pk)


def planned(streets, caller, **values):
    return caller.post("reorganisations/", {**move(streets), **values}).json()


def act(caller, plan, verb):
    row = f"reorganisations/{plan['id']}/"
    return caller.post(f"{row}{verb}/", If_Match=caller.etag(row))


def test_a_plan_is_made_with_its_dry_run_and_changes_nothing_else(streets):
    streets.people()
    officer = streets.officer
    before = fingerprint()

    response = officer.post("reorganisations/", move(streets))

    plan = response.json()
    assert (response.status_code, plan["state"], plan["title"]) == (
        201, "planned", "迁移：鼓楼社区 → 建宁街道",
    )  # fmt: skip
    assert plan["dry_run"]["refusals"] == []
    rosters = {line["name"]: line["figures"]["members.roster"] for line in plan["dry_run"]["figures"]}
    assert rosters == {"麒麟区": [2, 2], "南宁街道": [1, 0], "建宁街道": [1, 2], "鼓楼社区": [1, 1]}
    after = fingerprint()
    changed = {table for table in before if before[table] != after[table]}
    assert changed == {"reorganisations_plan", "reorganisations_planevent", "core_auditentry"}


def test_a_plan_is_carried_out_and_undone(streets):
    officer = streets.officer
    plan = planned(streets, officer)

    done = act(officer, plan, "carry-out")

    assert (done.status_code, done.json()["state"]) == (200, "carried_out")
    assert fresh(streets.gulou).parent == streets.jianning
    assert act(officer, plan, "undo").json()["state"] == "undone"
    assert fresh(streets.gulou).parent == streets.nanning


def test_a_day_ahead_waits_and_may_be_cancelled(streets):
    officer = streets.officer
    plan = planned(streets, officer, on=AHEAD.isoformat())

    assert words(act(officer, plan, "carry-out")) == (
        409, [f"“{plan['title']}”自 {AHEAD} 起生效，那一天才能办理"],
    )  # fmt: skip
    assert act(officer, plan, "cancel").json()["state"] == "cancelled"
    assert words(act(officer, plan, "undo")) == (409, [f"“{plan['title']}”已取消，不能撤回"])


def test_what_refuses_stands_in_the_dry_run_and_keeps_the_plan_from_being_carried_out(streets):
    officer = streets.officer
    plan = planned(streets, officer, to_unit=streets.district.pk)
    said = "“鼓楼社区”：社区的上级必须是街道，“麒麟区”是区"

    assert plan["dry_run"]["refusals"] == [said]
    assert words(act(officer, plan, "carry-out")) == (409, [said])


def test_an_order_that_is_not_complete_is_refused_by_field(streets):
    response = streets.officer.post("reorganisations/", body(about="unit", kind="split"))

    assert refusals(response) == (
        400, [("invalid", "units"), ("invalid", "name"), ("invalid", "part_units")],
    )  # fmt: skip
    assert not Plan.objects.exists()


def test_a_branch_goes_over_as_a_whole_by_number(streets):
    streets.people()
    officer = streets.officer
    order = body(about="branch", kind="whole", branches=[streets.here.pk], to_branch=streets.there.pk)

    act(officer, officer.post("reorganisations/", order).json(), "carry-out")

    assert fresh(streets.wang).branch == streets.there


@pytest.mark.parametrize("field", ["units", "to_unit"])
def test_a_foreign_unit_answers_as_one_that_never_was(streets, field):
    group = factories.unit(parent=streets.gulou, name="第一小组")
    order = body(about="unit", kind="move", units=[group.pk], to_unit=streets.gulou.pk)

    answers = [
        streets.clerk.post("reorganisations/", {**order, field: [pk] if field == "units" else pk})
        for pk in (streets.wenchang.pk, 999999)
    ]

    assert [response.status_code for response in answers] == [400, 400]
    assert unnumbered(answers[0], streets.wenchang.pk) == unnumbered(answers[1], 999999)


def test_who_sees_a_unit_but_does_not_keep_it_is_told_so(streets):
    response = streets.clerk.post("reorganisations/", body(about="unit", kind="rename", name="新名",
                                                           units=[streets.gulou.pk]))  # fmt: skip

    assert refusals(response) == (403, [("permission_denied", "units")])


@pytest.mark.parametrize("who", ["secretary", "consumer"])
def test_who_reorganises_nothing_is_refused(streets, who):
    assert getattr(streets, who).post("reorganisations/", move(streets)).status_code == 403


def test_plans_are_listed_where_they_reach(streets):
    planned(streets, streets.officer)
    rename = {"about": "unit", "kind": "rename", "name": "新名", "units": [streets.gulou.pk]}
    streets.officer.post("reorganisations/", body(**rename))

    def titles(caller, **query):
        return [plan["title"] for plan in caller.get("reorganisations/", **query).json()["results"]]

    assert titles(streets.officer) == ["更名：鼓楼社区 → 新名", "迁移：鼓楼社区 → 建宁街道"]
    assert titles(streets.clerk) == ["更名：鼓楼社区 → 新名"]
    assert titles(streets.officer, kind="move", state="planned") == ["迁移：鼓楼社区 → 建宁街道"]
    [plan] = Plan.objects.filter(kind="rename")
    assert act(streets.clerk, {"id": plan.pk}, "cancel").status_code == 403
