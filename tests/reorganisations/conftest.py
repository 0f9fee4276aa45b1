"""A district to be reorganised: people, groups and a temporary organisation at several places."""

import json
from contextlib import contextmanager
from datetime import date
from types import SimpleNamespace

from branches.models import Branch, Unit
from branches.scope import Scope
from members.models import Member
from reorganisations.operations import decide, order_of, rehearse, undo
from reports.indicators import INDICATORS
from reports.questions import about
from reports.rollups import rollup
from reports.trees import TreeThen
from tests import factories
from tests.factories import TODAY
from tests.worlds import told_once

DAY = date(2024, 6, 1)
PAST = [date(2012, 6, 1), date(2020, 12, 31), date(2024, 5, 31)]


@told_once
def town(db):
    """南宁街道 with 鼓楼 (two groups, a grid) and 麒麟 communities; 建宁街道 with 文昌."""
    root, south, drum = factories.lineage("麒麟区", "南宁街道", "鼓楼社区")
    it = SimpleNamespace(root=root, south=south, drum=drum)
    it.kylin = factories.unit(parent=south, name="麒麟社区")
    it.north, it.wen = factories.lineage("建宁街道", "文昌社区", below=root)
    it.group1, it.grid = factories.lineage("第一小组", "第一网格", below=drum)
    it.group2 = factories.unit(parent=drum, name="第二小组")
    it.first = factories.branch(unit=drum, name="中共鼓楼第一党支部")
    it.second = factories.branch(unit=drum, name="中共鼓楼第二党支部")
    it.third = factories.branch(unit=it.kylin, name="中共麒麟党支部")
    it.fourth = factories.branch(unit=it.wen, name="中共文昌党支部")
    it.east = factories.branch(unit=drum, name="东门党小组", category="641", parent=it.first)
    it.west = factories.branch(unit=drum, name="西门党小组", category="641", parent=it.first)
    it.choir = factories.branch(unit=drum, name="中共合唱临时党支部", kind="temporary")
    seats = [(it.first, it.east), (it.first, it.east), (it.first, it.west), (it.first, None)]
    seats += [(it.second, None), (it.third, None), (it.fourth, None)]
    it.people = [
        factories.member(
            branch=branch,
            group=group,
            name="王秀" + "甲乙丙丁戊己庚"[number],
            residence=it.grid if number == 0 else branch.unit,
            since=date(2010, 1, 1 + number),
        )
        for number, (branch, group) in enumerate(seats)
    ]
    it.part = factories.affiliation(member=it.people[0], branch=it.choir)
    return it


def order(about_what, kind, *, on=DAY, **values):
    """An order as a door makes it."""
    return order_of({"about": about_what, "kind": kind, "on": on, "document": "麒政发〔2024〕6号", **values})


def do(about_what, kind, **values):
    """Decide it and carry it out; give the plan."""
    return decide(order=order(about_what, kind, **values), by=None, today=TODAY)


def refusals(kind, **values):
    """In words, everything that speaks against doing that to branches."""
    return rehearse(order=order("branch", kind, **values), by=None, today=TODAY)["refusals"]


def take_back(plan):
    return undo(plan=plan, by=None)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def picture(days):
    """Every figure at every unit on these days, in the tree of the day, byte for byte."""
    shown = {}
    for unit in Unit.objects.order_by("code"):
        for day in days:
            if unit.placements.filter(since__lte=day).exists():
                question = about(unit, Scope((unit.path,)), on=day, tree=TreeThen(day))
                found = rollup(question, INDICATORS.values(), depth=4)
                shown[unit.pk, day] = json.dumps(found, ensure_ascii=False)
    return shown


def present():
    """How everything stands today, without what only counts changes."""
    return (
        list(Unit.objects.order_by("pk").values_list("pk", "name", "parent", "path", "closed_on")),
        list(
            Branch.objects.order_by("pk").values_list("pk", "name", "unit", "path", "parent", "dissolved_on")
        ),
        list(Member.objects.order_by("pk").values_list("pk", "branch", "path", "on_roster", "residence")),
        [
            list(table.objects.order_by("pk").values())
            for table in (
                Unit.placements.rel.related_model,
                Branch.placements.rel.related_model,
                Branch.appointments.rel.related_model,
            )
        ],
        [
            [{**row, "version": 0} for row in table.objects.order_by("pk").values()]
            for table in (Branch.memberships.rel.related_model, Branch.affiliations.rel.related_model)
        ],
    )


@contextmanager
def the_past_stays():
    """What happens in the block does not change how any past day looks."""
    before = picture(PAST)
    yield
    after = picture(PAST)
    assert {place: after[place] for place in before} == before
