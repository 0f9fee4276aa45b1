"""Figures along the tree."""

from contextlib import suppress
from datetime import date, time, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.models import Branch, Unit
from branches.operations import close_unit, dissolve_branch, move_branch, move_unit
from branches.scope import Scope
from core.errors import DomainError
from members.models import Member
from members.operations import StandingChange, affiliate, change_standing, record_sign_in, verify_sign_ins
from reports.indicators import INDICATORS
from reports.questions import whole_scope
from reports.rollups import rollup
from reports.trees import TreeNow, TreeThen
from tests import factories
from tests.factories import TODAY
from tests.reports.district import Oracle, day_number, died
from volunteering.operations import Worked, record_hours, verify_hours

TREES = {"then": TreeThen, "now": TreeNow}


def told(root, *, on, tree="then", depth=4, indicators=INDICATORS):
    question = whole_scope(Scope((root.path,)), on=on, tree=TREES[tree](on))
    return rollup(question, [INDICATORS[code] for code in indicators], depth=depth)


def flat(entry):
    """Every unit of a rollup with its figures."""
    found = {entry["unit"]["code"]: entry["indicators"]}
    for child in entry["children"]:
        found |= flat(child)
    return found


def totals(entry):
    return {code: figures["total"] for code, figures in entry["indicators"].items()}


def test_a_rollup_has_the_shape_of_the_contract(district):
    found = told(district.root, on=date(2020, 12, 31), depth=1, indicators=["members.roster"])

    assert found == {
        "unit": {"code": "530302", "name": "麒麟区", "level": "district"},
        "on": "2020-12-31",
        "tree": "then",
        "indicators": {"members.roster": {"total": 5, "own": 1}},
        "children": [
            {
                "unit": {"code": district.south.code, "name": "南宁街道", "level": "street"},
                "indicators": {"members.roster": {"total": 3, "own": 1}},
                "children": [],
            },
            {
                "unit": {"code": district.north.code, "name": "建宁街道", "level": "street"},
                "indicators": {"members.roster": {"total": 1, "own": 0}},
                "children": [],
            },
        ],
    }


def test_every_indicator_counts_what_its_definition_says(district):
    assert totals(told(district.root, on=date(2020, 12, 31))) == {
        "members.roster": 5,
        "members.settled": 3,
        "members.participating": 2,
        "members.affiliated": 2,
        "members.on_posts": 0,
        "members.paired": 0,
        "branches.all": 6,
        "branches.district_direct": 1,
        "branches.local": 4,
        "branches.affinity": 1,
        "teams.volunteer": 1,
        "carriers.all": 0,
        "households.paired": 0,
        "matters.settled": 0,
        "matters.in_time": 0,
    }


@pytest.mark.parametrize(
    ("day", "counted"),
    [(date(2010, 1, 2), 1), (date(2010, 1, 3), 2), (date(2020, 6, 30), 3), (date(2020, 7, 1), 2)],
    ids=["day before", "first day", "last day", "day it ends"],
)
def test_a_relation_counts_from_its_first_day_until_the_day_before_it_ends(district, day, counted):
    died(district.member3, date(2020, 7, 1))
    assert totals(told(district.south, on=day))["members.roster"] == counted


@pytest.mark.parametrize(
    ("day", "counted"),
    [
        (date(2020, 5, 31), 0),
        (date(2020, 6, 1), 1),
        (date(2020, 6, 2), 2),
        (date(2021, 5, 31), 2),
        (date(2021, 6, 1), 1),
        (date(2021, 6, 2), 0),
    ],
)
def test_a_sign_in_counts_for_the_twelve_months_that_end_on_the_day(district, day, counted):
    assert totals(told(district.root, on=day))["members.participating"] == counted


def test_a_sign_in_that_nobody_verified_does_not_count(district):
    member = district.member1
    taking_part = affiliate(
        member=member, branch=district.choir, values={"since": date(2022, 1, 1)}, by=None, today=TODAY
    )
    sign_in = record_sign_in(affiliation=taking_part, on=date(2022, 2, 1), by=None, today=TODAY)
    assert totals(told(district.root, on=date(2022, 3, 1)))["members.participating"] == 0
    verify_sign_ins(sign_ins=[sign_in], by=district.officer)
    assert totals(told(district.root, on=date(2022, 3, 1)))["members.participating"] == 1


def test_verified_hours_count_as_taking_part_and_nobody_counts_twice(district):
    clerk = factories.account()
    for member in (district.member1, district.member3):
        worked = Worked(date(2020, 6, 5), time(9), time(10))
        entry = record_hours(member=member, worked=worked, by=clerk, today=TODAY)
        assert totals(told(district.root, on=date(2020, 12, 31)))["members.participating"] == 2 + (
            member == district.member3
        )
        verify_hours(entry=entry, by=district.officer)
    assert totals(told(district.root, on=date(2020, 12, 31)))["members.participating"] == 3
    assert totals(told(district.root, on=date(2021, 6, 5)))["members.participating"] == 0


def test_a_person_in_two_temporary_branches_counts_once_at_every_node(district):
    opera = factories.branch(unit=district.tower, name="中共滇剧团临时党支部", kind="temporary")
    factories.affiliation(member=district.member3, branch=opera)
    found = flat(told(district.root, on=date(2020, 12, 31), indicators=["members.affiliated"]))
    counted = {code: figures["members.affiliated"]["total"] for code, figures in found.items()}
    assert counted == {
        district.root.code: 2,
        district.south.code: 2,
        district.drum.code: 2,
        district.north.code: 1,
        district.tower.code: 1,
    }


def test_what_was_settled_stays_after_death_after_dissolution_and_in_a_closed_unit_that_moved(district):
    died(district.member5, date(2021, 1, 1))
    day = {"on": date(2022, 1, 1), "document": "", "by": None, "today": TODAY}
    grid = factories.unit(parent=district.tower, name="第一小组")
    move_branch(branch=district.second, to=grid, **day | {"on": date(2021, 2, 1)})
    dissolve_branch(branch=district.second, **day | {"on": date(2021, 3, 1)})
    close_unit(unit=grid, **day | {"on": date(2021, 4, 1)})
    move_unit(unit=district.tower, to=district.south, **day)

    before = flat(told(district.root, on=date(2021, 12, 31), indicators=["members.settled"]))
    after = flat(told(district.root, on=date(2022, 1, 1), indicators=["members.settled"]))

    codes = [district.north.code, district.south.code, district.tower.code, grid.code]
    assert [before[code]["members.settled"]["total"] for code in codes] == [1, 2, 1, 1]
    assert [after[code]["members.settled"]["total"] for code in codes] == [0, 3, 1, 1]


def test_a_day_before_the_move_keeps_its_tree_and_the_tree_of_now_moves_it(district):
    move_unit(unit=district.tower, to=district.south, on=date(2023, 7, 1), document="", by=None, today=TODAY)
    streets = {}
    for tree in TREES:
        found = told(district.root, on=date(2020, 12, 31), tree=tree, depth=1, indicators=["members.roster"])
        streets[tree] = [child["indicators"]["members.roster"]["total"] for child in found["children"]]
    assert streets == {"then": [3, 1], "now": [4, 0]}


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["move unit", "move branch", "die", "dissolve", "close", "join", "enrol"]),
        st.integers(0, 10**6),
        st.integers(0, 10**6),
        st.integers(0, 2000),
    ),
    max_size=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=MOVES, day=st.integers(0, 2200))
@pytest.mark.long
@pytest.mark.django_db(transaction=False)
def test_figures_of_any_story_on_any_day_equal_a_naive_count(district, story, day, in_a_transaction):
    with in_a_transaction():
        for act, one, other, on in story:
            # Each act in a transaction of its own, so that a refusal half-way leaves nothing behind.
            with suppress(DomainError), transaction.atomic():
                ACTS[act](district, one, other, day_number(on))
        for tree in TREES:
            for on in (day_number(day), TODAY):
                compare(district, on, tree)
        assert told(district.root, on=TODAY) == {**told(district.root, on=TODAY, tree="now"), "tree": "then"}


def compare(district, on, tree):
    oracle = Oracle()
    found = told(district.root, on=on, tree=tree)
    figures = flat(found)
    for unit in oracle.units:
        exists = tree == "now" or unit.opened_on <= on
        expected = {code: oracle.figure(code, unit, on, tree) for code in INDICATORS} if exists else None
        if unit.code in figures:
            assert figures[unit.code] == expected, (unit, on, tree)
        else:
            assert not exists or not any(figure["total"] for figure in expected.values())
    assert_adds_up(found)


def assert_adds_up(entry):
    for code, figure in entry["indicators"].items():
        if INDICATORS[code].additive:
            below = sum(child["indicators"][code]["total"] for child in entry["children"])
            assert figure["total"] == figure["own"] + below
    for child in entry["children"]:
        assert_adds_up(child)


def pick(rows, number):
    rows = list(rows.order_by("pk"))
    return rows[number % len(rows)]


def day_after(on):
    return on + timedelta(days=1)


def by(on):
    return {"on": on, "document": "", "by": None, "today": TODAY}


def move_a_unit(district, one, other, on):
    unit = pick(Unit.objects.filter(level__gt=2), one)
    move_unit(unit=unit, to=pick(Unit.objects.filter(level=unit.level - 1), other), **by(on))


def close_a_unit(district, one, other, on):
    """A leaf; what it holds goes to its parent first."""
    leaf = pick(
        Unit.objects.live().exclude(level=1).exclude(children__closed_on=None, children__isnull=False), one
    )
    for branch in leaf.branches.live():
        move_branch(branch=branch, to=leaf.parent, **by(on))
    close_unit(unit=leaf, **by(day_after(on)))


def move_a_branch(district, one, other, on):
    branches, units = Branch.objects.live(), Unit.objects.live()
    move_branch(branch=pick(branches, one), to=pick(units, other), **by(on))


def dissolve_a_branch(district, one, other, on):
    """One that is empty by then: its people die on the day before."""
    branch = pick(Branch.objects.live().holding(), one)
    for membership in branch.memberships.in_force():
        die = StandingChange("decease", on)
        change_standing(member=membership.member, change=die, by=None, today=TODAY)
    for group in branch.children.live():
        dissolve_branch(branch=group, **by(on))
    dissolve_branch(branch=branch, **by(day_after(on)))


def let_somebody_die(district, one, other, on):
    member = pick(Member.objects.all(), one)
    change_standing(member=member, change=StandingChange("decease", on), by=None, today=TODAY)


def let_somebody_join(district, one, other, on):
    member = pick(Member.objects.all(), one)
    branch = pick(Branch.objects.temporary(), other)
    taking_part = affiliate(member=member, branch=branch, values={"since": on}, by=None, today=TODAY)
    sign_in = record_sign_in(affiliation=taking_part, on=on, by=None, today=TODAY)
    verify_sign_ins(sign_ins=[sign_in], by=district.officer)


def enrol_somebody(district, one, other, on):
    unit = pick(Unit.objects.live(), one)
    branch = factories.branch(unit=unit, founded_on=on)
    began = {"began_by": "handover", "handed_over_by": district.fund} if other % 2 else {}
    factories.member(branch=branch, since=on, **began)
    factories.branch(unit=unit, kind="temporary", founded_on=on)
    if unit.level < 5:
        factories.unit(parent=unit, opened_on=on)


ACTS = {
    "move unit": move_a_unit,
    "close": close_a_unit,
    "move branch": move_a_branch,
    "dissolve": dissolve_a_branch,
    "die": let_somebody_die,
    "join": let_somebody_join,
    "enrol": enrol_somebody,
}
