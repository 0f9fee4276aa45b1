"""Figures of homes looked after and of grid matters settled, and who sees what is behind them."""

from datetime import date, timedelta

import pytest

from core import clock
from tests import factories
from tests.callers import Caller
from tests.factories import TODAY
from tests.volunteering.matters import again, brought, move
from tests.worlds import told_once
from volunteering.operations import end_pairing
from volunteering.states.matters import MatterMove, MatterStatus

DAY = timedelta(days=1)


class Town:
    """鼓楼 with a branch, and 古城 beside it with another; who is asked for what."""

    def __init__(self):
        self.district, self.street, self.gulou = factories.lineage("麒麟区", "南宁街道", "鼓楼社区")
        self.gucheng = factories.unit(parent=self.street, name="古城社区")
        self.here = factories.branch(unit=self.gulou, name="鼓楼支部")
        self.there = factories.branch(unit=self.gucheng, name="古城支部")
        self.wang = factories.member(branch=self.here, residence=self.gulou)
        self.li = factories.member(branch=self.there, name="李玉兰", residence=self.gulou)
        self.building = factories.building(unit=self.gulou, name="3栋")
        self.officer = self._caller("district_officer", self.district)
        self.clerk = self._caller("community_clerk", self.gulou)
        self.consumer = self._caller("statistics_consumer", self.district)

    def _caller(self, role, unit):
        return Caller(factories.account(role=role, unit=unit))

    def home(self, *members, **values):
        """A home that these look after, and their pairings."""
        household = factories.household(building=self.building, **values)
        return household, [factories.pairing(household=household, member=member) for member in members]

    def figures(self, code, on=TODAY, **query):
        """(total, own) at the street and at each community."""
        told = self.officer.get("statistics/rollup/", unit=self.street.code, indicator=code, on=on, **query)
        nodes = [told.json(), *told.json()["children"]]
        return {node["unit"]["name"]: tuple(node["indicators"][code].values()) for node in nodes}


@told_once
def town(db):
    return Town()


def test_a_home_counts_once_however_many_look_in_on_it(town):
    town.home(town.wang, town.li, risk="high")
    _, [over] = town.home(town.wang, risk="general")
    end_pairing(pairing=over, on=TODAY, reason="搬走", by=None, today=TODAY)
    town.home()

    at = {"南宁街道": (1, 0), "鼓楼社区": (1, 1), "古城社区": (1, 1)}
    assert town.figures("households.paired") == at
    assert town.figures("households.paired", on=TODAY - DAY)["鼓楼社区"] == (2, 2)
    assert town.figures("households.paired", on=date(2026, 6, 30))["南宁街道"] == (0, 0)


def test_homes_by_risk_are_told_in_small_numbers_to_few(town):
    for risk in ("high", "general", "general"):
        town.home(town.wang, town.li, risk=risk)
    asked = {"indicator": "households.paired", "by": "risk"}

    told = town.officer.get("statistics/breakdown/", **asked).json()
    assert told["total"] == 3
    assert told["cells"] == [{"risk": "high", "count": 1}, {"risk": "general", "count": 2}]
    hidden = town.consumer.get("statistics/breakdown/", **asked).json()
    assert [cell["count"] for cell in hidden["cells"] if cell["risk"] in ("high", "general")] == [None, None]


def test_a_home_is_told_to_its_community_and_counted_above_it(town, client):
    home, _ = town.home(
        town.wang, factories.member(branch=town.here, name="周芳", residence=town.gulou), risk="high"
    )
    asked = {"indicator": "households.paired", "on": TODAY}
    shown = town.clerk.get("statistics/rows/", **asked).json()["results"]
    assert [row["household"] for row in shown] == [{"id": home.pk, "risk": "high"}]
    assert [place["name"] for place in shown[0]["branches"]] == ["鼓楼支部"]
    hidden = town.officer.get("statistics/rows/", **asked).json()
    assert hidden["count"] == 1
    assert hidden["results"] == [{"household": None, "note": "不在您的查看范围"}]
    sheet = town.clerk.get("statistics/rows/", format="csv", **asked).content.decode("utf-8-sig")
    assert f"{home},高,{town.here.code},鼓楼支部," in sheet

    client.force_login(town.clerk.user, backend="branches.gates.AppointmentBackend")
    page = client.get("/admin/figures/households.paired/").content.decode()
    assert (f">第{home.pk}户</a>" in page, "赵大娘" in page) == (True, False)
    assert '<td data-label="关注程度">高</td>' in page


def settled(town, days_ago, **values):
    """A matter that was reported so many days ago and is settled today."""
    reported = factories.grid_matter(unit=town.gulou, today=TODAY - timedelta(days=days_ago), **values)
    return brought(MatterStatus.SETTLED, reported, town.wang)


def test_matters_count_as_settled_and_as_settled_in_time(town):
    prompt, late, again_open = (settled(town, days) for days in (1, 60, 1))
    move(again(again_open), MatterMove.REOPEN, town.wang)
    factories.grid_matter(unit=town.gulou)
    assert (prompt.settled_on <= prompt.due_on, late.settled_on <= late.due_on) == (True, False)

    assert town.figures("matters.settled")["鼓楼社区"] == (2, 2)
    assert town.figures("matters.in_time") == {"南宁街道": (1, 0), "鼓楼社区": (1, 1), "古城社区": (0, 0)}
    assert town.figures("matters.in_time", on=TODAY - DAY)["鼓楼社区"] == (0, 0)


@pytest.mark.parametrize(("day", "counted"), [(date(2027, 11, 22), 1), (date(2027, 11, 23), 0)])
def test_a_matter_counts_for_twelve_months(town, monkeypatch, day, counted):
    settled(town, 1)
    monkeypatch.setattr(clock, "today", lambda: day)
    assert town.figures("matters.in_time", on=day)["鼓楼社区"] == (counted, counted)


def test_a_dispute_is_counted_everywhere_and_told_in_its_community(town, client):
    plain = settled(town, 1, subject="楼道灯不亮")
    dispute = settled(town, 1, kind="dispute", subject="两家争执")
    asked = {"indicator": "matters.in_time", "on": TODAY}
    told = town.officer.get("statistics/rows/", **asked).json()
    assert told["count"] == 2
    assert [row["matter"] and row["matter"]["subject"] for row in told["results"]] == ["楼道灯不亮", None]
    shown = town.clerk.get("statistics/rows/", **asked).json()["results"]
    assert {row["matter"]["id"] for row in shown} == {plain.pk, dispute.pk}
    sheet = town.officer.get("statistics/rows/", format="csv", **asked).content.decode("utf-8-sig")
    assert (
        f"第{plain.pk}件,公共事务,楼道灯不亮,2026-11-22,{plain.due_on},2026-11-23,{town.here.code}" in sheet
    )
    assert "两家争执" not in sheet

    client.force_login(town.officer.user, backend="branches.gates.AppointmentBackend")
    page = client.get("/admin/figures/matters.in_time/").content.decode()
    assert (f"第{plain.pk}件 楼道灯不亮</a>" in page, "两家争执" in page) == (True, False)
