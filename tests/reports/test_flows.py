"""What came and went between two days: it always balances, at every unit."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.operations import move_branch, move_unit
from branches.scope import Scope
from core.errors import DomainError
from members.models import Membership
from members.operations import StandingChange, change_standing
from members.operations.obligations import all_settled
from members.operations.standing import LEAVING
from reports.flows import Flow, flow
from reports.parameters import TREES
from reports.questions import whole_scope
from reports.trees import TreeNow, TreeThen
from tests import factories
from tests.factories import TODAY
from tests.reports.conftest import log_in
from tests.reports.district import Oracle, day_number
from tests.reports.test_rollups import flat, told

SINCE, UNTIL = date(2019, 12, 31), date(2020, 12, 31)


def asked(root, since=SINCE, until=UNTIL, tree="then", depth=4, **more):
    places = {"then": TreeThen, "now": TreeNow}[tree](until)
    question = whole_scope(Scope((root.path,)), on=until, tree=places)
    return flow(Flow(question, since, depth=depth), whole=None, **more)


def every(entry):
    """Each unit of the answer."""
    yield entry
    for child in entry["children"]:
        yield from every(child)


def numbers(entry):
    return entry["opening"], entry["in"], entry["out"], entry["closing"]


def moved(member, move, on, **more):
    settle = all_settled(member, on=on, leaving=LEAVING[move], reason="随之结束") if move in LEAVING else ()
    change = StandingChange(move, on, settle=settle, **more)
    return change_standing(member=member, change=change, by=None, today=TODAY)


def transferred(member, to, on):
    Membership.objects.filter(member=member, until=None).update(until=on, ended_by="transfer_out")
    Membership.objects.create(member=member, branch=to, since=on, began_by="transfer_in")


def test_nothing_happened(district):
    found = asked(district.root, depth=1)

    assert (found["since"], found["until"], found["tree"]) == ("2019-12-31", "2020-12-31", "then")
    assert numbers(found) == (5, {}, {}, 5)
    assert [(child["unit"]["name"], numbers(child)) for child in found["children"]] == [
        ("南宁街道", (3, {}, {}, 3)),
        ("建宁街道", (1, {}, {}, 1)),
    ]


def test_every_kind_of_coming_and_going_is_named(district):
    moved(district.member1, "decease", date(2020, 3, 1))
    moved(district.member2, "exit", date(2020, 3, 1), reason="expelled")
    moved(district.member3, "suspend", date(2020, 3, 1), reason="lost_contact")
    moved(district.member3, "restore", date(2020, 6, 1), branch=district.second)
    factories.member(branch=district.first, since=date(2020, 12, 31), began_by="developed")

    found = asked(district.root)

    assert numbers(found) == (5, {"developed": 1, "restored": 1}, {"death": 1, "exit": 1, "suspend": 1}, 4)


def test_the_first_day_is_not_in_it_and_the_last_is(district):
    moved(district.member1, "decease", SINCE)
    moved(district.member2, "decease", UNTIL)

    assert numbers(asked(district.root)) == (4, {}, {"death": 1}, 3)


def test_who_passes_inside_a_unit_is_no_flow_of_it(district):
    transferred(district.member3, district.second, date(2020, 5, 1))
    transferred(district.member4, district.street, date(2020, 5, 1))

    found = asked(district.root)
    south, north = found["children"]

    assert numbers(found) == (5, {}, {}, 5)
    assert numbers(south) == (3, {}, {"transfer_out": 1}, 2)
    assert numbers(south["children"][0]) == (2, {}, {"transfer_out": 2}, 0)
    assert numbers(north) == (1, {"transfer_in": 1}, {}, 2)


def test_who_came_and_went_in_between_is_in_both(district):
    guest = factories.member(branch=district.first, since=date(2020, 2, 1), began_by="developed")
    moved(guest, "decease", date(2020, 8, 1))

    assert numbers(asked(district.root)) == (5, {"developed": 1}, {"death": 1}, 5)


def test_a_unit_that_is_hung_elsewhere_takes_its_people_along(district):
    move_unit(unit=district.drum, to=district.north, on=date(2020, 7, 1), document="", by=None, today=TODAY)
    moved(district.member3, "decease", date(2020, 9, 1))

    found = asked(district.root)
    south, north = found["children"]

    assert numbers(found) == (5, {}, {"death": 1}, 4)
    assert numbers(south) == (3, {}, {"reorganised_out": 2}, 1)
    assert numbers(north) == (1, {"reorganised_in": 2}, {"death": 1}, 2)
    assert [(each["unit"]["name"], numbers(each)) for each in south["children"]] == [
        ("鼓楼社区", (2, {}, {"reorganised_out": 2}, 0))
    ]
    now = asked(district.root, tree="now")
    assert [numbers(child) for child in now["children"]] == [
        (1, {}, {}, 1),
        (3, {}, {"death": 1}, 2),
    ]


def test_a_branch_that_is_seated_elsewhere_takes_its_people_along(district):
    move_branch(
        branch=district.first, to=district.tower, on=date(2020, 7, 1), document="", by=None, today=TODAY
    )
    transferred(district.member3, district.street, date(2020, 7, 1))

    south, north = asked(district.root)["children"]

    assert numbers(south) == (3, {}, {"reorganised_out": 1}, 2)
    assert numbers(north) == (1, {"reorganised_in": 1}, {}, 2)


MOVES = st.tuples(
    st.sampled_from(["transfer", "unit", "branch", "decease", "arrive"]),
    st.integers(0, 5),
    st.integers(0, 5),
    st.integers(1, 900),
)


def happen(it, kind, one, other, day):
    """One thing that happens in the district, if it may."""
    branches = [it.organ, it.street, it.first, it.second]
    everybody = [getattr(it, f"member{number}") for number in range(1, 6)]
    member, on = everybody[one % 5], day_number(day)
    values = {"on": on, "document": "", "by": None, "today": TODAY}
    if kind == "transfer":
        held = Membership.objects.filter(member=member, until=None, since__lt=on).exclude(
            branch=branches[other % 4]
        )
        if held:
            transferred(member, branches[other % 4], on)
    elif kind == "unit":
        target = [it.south, it.north][other % 2]
        if it.drum.path[:12] != target.path:
            move_unit(unit=it.drum, to=target, **values)
            it.drum.refresh_from_db()
    elif kind == "branch":
        move_branch(branch=it.first, to=[it.drum, it.tower, it.south][other % 3], **values)
    elif kind == "decease":
        moved(member, "decease", on)
    else:
        factories.member(branch=branches[other % 4], since=on, began_by="developed")


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)  # fmt: skip
@given(
    story=st.lists(MOVES, max_size=8),
    days=st.tuples(st.integers(0, 950), st.integers(1, 400)),
    tree=st.sampled_from(TREES),
)
def test_it_always_balances_and_its_ends_are_the_rosters(district, in_a_transaction, story, days, tree):
    since = day_number(days[0])
    until = since + timedelta(days=days[1])
    with in_a_transaction():
        for step in sorted(story, key=lambda each: each[-1]):
            tell(district, step)
        found = asked(district.root, since, until, tree)
        rosters = flat(told(district.root, on=until, tree=tree, indicators=["members.roster"]))
        oracle = Oracle()
        openings = {
            unit.code: oracle.figure("members.roster", unit, since, tree)["total"] for unit in oracle.units
        }
    district.drum.refresh_from_db()

    for entry in every(found):
        opening, came, went, closing = numbers(entry)
        assert opening + sum(came.values()) - sum(went.values()) == closing
    # A unit that hung in two places is there twice; its parts are its figure.
    ends = parts(found, "closing")
    assert {code: count for code, count in ends.items() if count} == {
        code: figures["members.roster"]["total"]
        for code, figures in rosters.items()
        if figures["members.roster"]["total"]
    }
    starts = parts(found, "opening")
    assert {code: count for code, count in starts.items() if count} == {
        code: count for code, count in openings.items() if count
    }


def parts(found, name):
    totals = {}
    for entry in every(found):
        code = entry["unit"]["code"]
        totals[code] = totals.get(code, 0) + entry[name]
    return totals


def tell(it, step):
    try:
        with transaction.atomic():
            happen(it, *step)
    except DomainError:
        it.drum.refresh_from_db()


# The door.


def test_the_endpoint_gives_kinds_with_their_names_and_files(district, ask):
    moved(district.member1, "decease", date(2020, 3, 1))
    told_of = {"since": "2019-12-31", "until": "2020-12-31"}

    found = ask(district.officer, "flow", **told_of).json()
    sheet = ask(district.officer, "flow", **told_of, format="csv").content.decode("utf-8-sig")

    assert numbers(found) == (5, {}, {"death": 1}, 4)
    assert {"code": "reorganised_in", "name": "随组织变动转入"} in found["kinds"]["in"]
    lines = [line.split(",") for line in sheet.splitlines()]
    assert dict(zip(lines[0], lines[1], strict=True))["去世"] == "1"
    assert [line[0] for line in lines] == ["层级", "区", "街道", "街道"]
    assert len(lines) == 4
    assert ask(district.officer, "flow", **told_of, format="xlsx").status_code == 200


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "since"),
        ({"since": "2020-01-01", "until": "2020-01-01"}, "since"),
        ({"since": "2020-01-01", "until": "2999-01-01"}, "until"),
        ({"since": "去年"}, "since"),
        ({"since": "2020-01-01", "depth": "9"}, "depth"),
        ({"since": "2020-01-01", "on": "2020-01-01"}, "on"),
        ({"since": "1900-01-01"}, "since"),
    ],
)
def test_what_is_asked_wrongly_is_named(district, ask, given, field):
    answer = ask(district.officer, "flow", **given)

    assert (answer.status_code, [error["attr"] for error in answer.json()["errors"]]) == (400, [field])


def test_small_flows_are_hidden_from_who_may_not_see_persons(district, ask):
    moved(district.member1, "decease", date(2020, 3, 1))
    consumer = factories.account(role="statistics_consumer", unit=district.root)

    found = ask(consumer, "flow", since="2019-12-31", until="2020-12-31").json()

    assert (found["opening"], found["closing"]) == (5, 4)
    assert found["out"]["death"] is None
    assert [kind for kind, count in {**found["in"], **found["out"]}.items() if count is None] != ["death"]
    assert [(child["in"], child["out"]) for child in found["children"]] == [(None, None)] * 2
    sheet = ask(consumer, "flow", since="2019-12-31", format="csv").content.decode("utf-8-sig")
    assert "隐去" in sheet


def test_of_a_part_no_kinds_are_told_to_who_may_not_see_persons(district, ask, client):
    moved(district.member1, "decease", date(2020, 3, 1))
    consumer = factories.account(role="statistics_consumer", unit=district.root)
    days = {"since": "2019-12-31", "until": "2020-12-31"}

    found = ask(consumer, "flow", unit=district.south.code, **days).json()
    branch = ask(consumer, "flow", branch=district.first.code, **days).json()
    page = look(client, consumer, "/admin/flow/", unit=district.south.code, **days)

    assert (found["opening"], found["in"], found["out"], found["closing"]) == (3, None, None, 3)
    assert (branch["in"], branch["out"]) == (None, None)
    assert [(side["total"], side["lines"]) for side in page.context["sides"]] == [(None, [])] * 2
    assert page.content.decode().count("隐去") >= 2


def look(client, account, page, **parameters):
    log_in(client, account)
    return client.get(page, parameters)


BETWEEN = {"since": "2019-12-31", "until": "2020-12-31"}


def test_the_page_shows_both_sides_and_each_number_opens_to_as_many(district, client):
    moved(district.member1, "decease", date(2020, 3, 1))
    move_unit(unit=district.drum, to=district.north, on=date(2020, 7, 1), document="", by=None, today=TODAY)

    whole = look(client, district.officer, "/admin/flow/", **BETWEEN)
    north = look(client, district.officer, "/admin/flow/", **BETWEEN, unit=district.north.code)

    assert [(side["name"], side["total"]) for side in whole.context["sides"]] == [("增加", 0), ("减少", 1)]
    assert [(child["name"], child["came"], child["went"]) for child in whole.context["children"]] == [
        ("南宁街道", 0, 2),
        ("建宁街道", 2, 0),
    ]
    ((name, count, url),) = north.context["sides"][0]["lines"]
    rows = client.get(url)
    assert (name, count) == ("随组织变动转入", 2)
    assert (
        rows.context["page"].paginator.count,
        [str(line["member"]) for line in rows.context["lines"]],
    ) == (
        2,
        ["王秀珍", "王秀芳"],
    )
    assert client.get("/admin/flow/rows/", {**BETWEEN, "kind": "x"}).status_code == 400
    assert (
        client.get("/admin/flow/rows/", {"since": "2020-01-01", "until": "2020-01-02"}).context["lines"] == []
    )


def test_what_is_asked_wrongly_is_said_on_the_page_and_this_year_is_shown(district, client):
    page = look(client, district.officer, "/admin/flow/", since="2021-01-01", until="2020-01-01")

    assert [str(message) for message in page.context["messages"]] == [
        "起始日期 2021-01-01 须早于 截止日期 2020-01-01"
    ]
    assert (page.context["since"], page.context["until"]) == (date(2025, 12, 31), TODAY)


def test_a_page_names_its_boxes_and_no_part_of_a_longer_name(district, client):
    client.force_login(district.officer, backend="branches.gates.AppointmentBackend")

    answer = client.get("/admin/flow/rows/", {**BETWEEN, "direction": "x"})

    assert answer.status_code == 400
    assert "方向 “x”不可用" in answer.content.decode()


def test_who_is_no_longer_in_sight_is_counted_and_not_shown(district, client):
    transferred(district.member3, district.second, date(2020, 5, 1))
    clerk = factories.account(role="community_clerk", unit=district.drum)

    rows = look(client, clerk, "/admin/flow/rows/", **BETWEEN, direction="out")

    assert [line["member"] for line in rows.context["lines"]] == [None]
    assert ("王秀珍" in rows.content.decode(), "不在您的查看范围" in rows.content.decode()) == (False, True)


def test_pages_of_flow_are_for_who_may_count_and_see(district, client):
    consumer = factories.account(role="statistics_consumer", unit=district.root)
    moved(district.member1, "decease", date(2020, 3, 1))

    page = look(client, consumer, "/admin/flow/", **BETWEEN)

    assert [(side["total"], side["url"]) for side in page.context["sides"]][1] == (None, "")
    assert look(client, consumer, "/admin/flow/rows/", **BETWEEN).status_code == 403
    assert look(client, factories.account(), "/admin/flow/").status_code == 403


def test_a_branch_secretary_asks_about_her_own_branch(district, ask):
    transferred(district.member3, district.second, date(2020, 5, 1))
    secretary = factories.account(role="branch_secretary", branch=district.first)

    found = ask(secretary, "flow", since="2019-12-31", until="2020-12-31").json()

    assert numbers(found) == (2, {}, {"transfer_out": 1}, 1)


def test_who_answers_for_two_places_sees_the_whole_and_both(district, ask):
    transferred(district.member3, district.second, date(2020, 5, 1))
    transferred(district.member1, district.street, date(2020, 5, 1))
    clerk = factories.account(role="community_clerk", unit=district.drum)
    factories.appoint(
        user=clerk,
        values={"role": "community_clerk", "unit": district.tower, "since": date(2000, 1, 1)},
        by=None,
    )

    found = ask(clerk, "flow", since="2019-12-31", until="2020-12-31").json()

    assert numbers(found) == (3, {}, {}, 3)
    assert [(child["unit"]["name"], numbers(child)) for child in found["children"]] == [
        ("鼓楼社区", (2, {}, {"transfer_out": 1}, 1)),
        ("古城社区", (1, {"transfer_in": 1}, {}, 2)),
    ]
    sheet = ask(clerk, "flow", since="2019-12-31", format="csv").content.decode("utf-8-sig")
    assert [line.split(",")[0] for line in sheet.splitlines()] == ["层级", "", "社区", "社区"]
