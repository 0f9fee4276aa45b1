"""Carriers: founded with somebody who answers and buildings of their place; what happens when she is gone."""

from datetime import date, timedelta

import pytest

from branches.gates import scope_for
from members.obligations import Leaving, Settlement
from members.operations import StandingChange, change_standing, open_obligations
from members.operations.obligations import ObligationsOpen
from reports.tasks import due
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused, refused_by_database
from tests.worlds import told_once
from volunteering.models import Carrier, CarrierBuilding, CarrierDuty
from volunteering.operations import (
    Begun,
    amend_building,
    amend_carrier,
    dissolve_carrier,
    end_duty,
    found_carrier,
    include_building,
    put_in_charge,
    release_building,
)

DAY = timedelta(days=1)


@told_once
def carrier(branch, wang, building, grid):
    return factories.carrier(
        kind="building_branch", name="3栋楼栋党支部", branch=branch, unit=grid, member=wang, building=building
    )


def tell(**more):
    return {"by": None, "today": TODAY, **more}


@told_once
def li(branch):
    return factories.member(branch=branch, name="李玉兰")


@pytest.mark.parametrize(
    ("values", "begun", "errors"),
    [
        ({}, {"member": None}, [("member", "责任人不能为空，至少要有一名在册党员")]),
        ({}, {"building": None}, [("building", "居民楼栋党组织至少要有一栋楼")]),
        ({"kind": "area"}, {"member": None, "building": None},
         [("member", "责任人不能为空，至少要有一名在册党员"), ("building", "党员责任区至少要有一栋楼")]),
        ({"founded_on": TODAY + DAY}, {}, [("founded_on", "设立日期 2026-11-24 在今天（2026-11-23）之后")]),
        ({"founded_on": date(1999, 12, 31)}, {},
         [("founded_on", "设立日期 1999-12-31 早于“鼓楼支部”的成立日期 2000-01-01"),
          ]),
        ({"unit": "street"}, {}, [("unit", "载体须在社区、小组或网格，“南宁街道”范围太大")]),
        ({"unit": "elsewhere"}, {}, [("unit", "所在地须是“鼓楼支部”所在的“鼓楼社区”或它的下级，“别处”不是"),
                                     ("building", "“3栋”不在“别处”")]),
        ({}, {"building": "elsewhere"}, [("building", "“9栋”不在“第一网格”")]),
    ],
)  # fmt: skip
def test_a_wrong_carrier_is_refused_in_words(values, begun, errors, branch, wang, building):
    grid = building.unit
    community = branch.unit
    places = {
        "street": community.parent,
        "elsewhere": factories.unit(parent=community.parent, name="别处"),
    }
    if "unit" in values:
        values = {"unit": places[values["unit"]]}
    if begun.get("building"):
        begun = {"building": factories.building(unit=community, name="9栋")}
    right = {"kind": "building_branch", "name": "楼栋党支部", "branch": branch, "unit": grid,
             "founded_on": date(2020, 1, 1)}  # fmt: skip
    with refused(Exception, errors=errors):
        found_carrier(
            values={**right, **values},
            begun=Begun(**{"member": wang, "building": building, **begun}),
            **tell(),
        )


def test_nobody_off_the_roster_answers(branch, wang, li, carrier):
    change_standing(member=li, change=StandingChange("decease", TODAY), **tell())
    with refused(detail="李玉兰 不在册，不能做责任人", field="member"):
        factories.carrier(branch=branch, member=li)
    with refused(detail="李玉兰 不在册，不能做责任人", field="member"):
        put_in_charge(carrier=carrier, member=li, since=TODAY, **tell())
    with refused(detail="王秀英 已是“3栋楼栋党支部”的责任人", field="member"):
        put_in_charge(carrier=carrier, member=wang, since=TODAY, **tell())


def test_who_came_later_answers_for_an_older_carrier_from_then_on(branch, grid):
    young = factories.member(branch=branch, name="李玉兰", since=date(2022, 1, 1))

    older = factories.carrier(
        kind="station", branch=branch, unit=grid, member=young, building=None, founded_on=date(2020, 1, 1)
    )

    assert older.duties.get().since == date(2022, 1, 1)
    about = {"kind": "station", "branch": branch, "unit": grid, "building": None}
    other = factories.carrier(**about, name="另一站", member=factories.member(branch=branch))
    with refused(detail="李玉兰 在 2021-12-31 没有组织关系，不能做责任人", field="member"):
        put_in_charge(carrier=other, member=young, since=date(2021, 12, 31), **tell())


def test_a_building_is_in_one_party_organisation_at_a_time(branch, wang, building, grid, carrier):
    with refused(detail="“3栋”已属于“3栋楼栋党支部”", field="building"):
        factories.carrier(kind="building_branch", branch=branch, unit=grid, member=wang, building=building)
    area = factories.carrier(kind="area", branch=branch, unit=grid, member=wang, building=building)
    with refused_by_database("building_in_one_party_organisation"):
        CarrierBuilding.objects.filter(carrier=area).update(kind="building_branch")
    inclusion = carrier.buildings.get()
    release_building(inclusion=inclusion, on=TODAY, **tell())
    second = factories.building(unit=grid)
    other = factories.carrier(
        kind="building_branch",
        branch=branch,
        unit=grid,
        member=wang,
        building=second,
        founded_on=date(2021, 1, 1),
    )
    assert include_building(carrier=other, building=building, since=TODAY, **tell()).building == building


def test_buildings_and_people_come_after_the_founding(carrier, building, li):
    early = date(2019, 1, 1)
    words = "起始日期 2019-01-01 早于“3栋楼栋党支部”的设立日期 2020-01-01"
    with refused(detail=words, field="since"):
        include_building(carrier=carrier, building=building, since=early, **tell())
    with refused(detail=words, field="since"):
        put_in_charge(carrier=carrier, member=li, since=early, **tell())


def test_a_building_that_is_gone_is_in_nothing_new(carrier, grid):
    gone = amend_building(
        building=factories.building(unit=grid, name="5栋"), values={"gone_on": TODAY}, **tell()
    )
    with refused(detail=f"“5栋”已于 {TODAY} 拆除", field="building"):
        include_building(carrier=carrier, building=gone, since=TODAY, **tell())


@pytest.mark.parametrize("field", ["gone_on", "unit"])
def test_a_building_leaves_its_carrier_before_it_is_gone_or_moves_away(field, carrier, building, community):
    values = {"gone_on": TODAY} if field == "gone_on" else {"unit": community}
    with refused(detail="“3栋”还属于“3栋楼栋党支部”，请先结束", field=field):
        amend_building(building=building, values=values, **tell())
    assert amend_building(building=building, values={"name": "3号楼"}, **tell()).name == "3号楼"
    release_building(inclusion=carrier.buildings.get(), on=TODAY, **tell())
    building.refresh_from_db()
    amend_building(building=building, values=values, **tell())


def test_only_name_and_address_are_corrected(carrier, community):
    assert (
        amend_carrier(carrier=carrier, values={"address": "3栋1楼"}, by=None, version=1).address == "3栋1楼"
    )
    assert amend_carrier(carrier=carrier, values={"address": "3栋1楼"}, by=None).version == 2
    with refused(detail="“所在地”在设立后不能修改", field="unit"):
        amend_carrier(carrier=carrier, values={"unit": community}, by=None)


def test_dissolving_ends_duties_and_frees_the_buildings(carrier):
    done = dissolve_carrier(carrier=carrier, on=TODAY, document="社区决定", **tell())
    assert [row.until for row in (*done.duties.all(), *done.buildings.all())] == [TODAY] * 2
    assert (list(Carrier.objects.on(TODAY)), list(Carrier.objects.on(TODAY - DAY))) == ([], [carrier])
    with refused(detail=f"“3栋楼栋党支部”已于 {TODAY} 撤销"):
        amend_carrier(carrier=done, values={"name": "新"}, by=None)


def test_a_duty_ends_once_and_after_it_began(carrier):
    duty = carrier.duties.get()
    with refused(detail="结束日期 2020-01-01 必须晚于起始日期 2020-01-01", field="on"):
        end_duty(duty=duty, on=duty.since, **tell())
    end_duty(duty=duty, on=TODAY, **tell())
    with refused(detail=f"已于 {TODAY} 结束", field="on"):
        end_duty(duty=duty, on=TODAY, **tell())


def test_a_carrier_without_anybody_is_a_task_of_the_community(carrier, community):
    clerk = factories.account(role="community_clerk", unit=community)

    def told():
        tasks = due(lambda verb: scope_for(clerk, verb), on=TODAY, kinds=["carrier"])
        return [(task.about, task.words) for task in tasks]

    assert told() == []
    end_duty(duty=carrier.duties.get(), on=TODAY, **tell())
    assert told() == [("3栋楼栋党支部", "居民楼栋党组织没有责任人")]


@pytest.mark.parametrize("since", [date(2020, 1, 1), TODAY])
@pytest.mark.parametrize("successor", [True, False])
def test_what_the_dead_answered_for_is_handed_on_or_ends(since, successor, branch, wang, li):
    carrier = factories.carrier(branch=branch, member=wang, founded_on=since)
    duty = carrier.duties.get()
    with pytest.raises(ObligationsOpen):
        change_standing(member=wang, change=StandingChange("decease", TODAY), **tell())
    settle = (Settlement(f"carrier-{duty.pk}", "去世", successor=li if successor else None),)
    change_standing(member=wang, change=StandingChange("decease", TODAY, settle=settle), **tell())

    holding = CarrierDuty.objects.holding(TODAY)
    assert [row.member for row in holding] == ([li] if successor else [])
    duty.refresh_from_db()
    assert duty.until == max(TODAY, since + DAY)


def test_who_answers_already_takes_over_nothing(branch, wang, li):
    carrier = factories.carrier(branch=branch, member=wang)
    put_in_charge(carrier=carrier, member=li, since=TODAY, **tell())
    key = f"carrier-{carrier.duties.get(member=wang).pk}"
    settle = (Settlement(key, "去世", successor=li),)
    with refused(detail="李玉兰 已是“" + carrier.name + "”的责任人", field=f"settle.{key}"):
        change_standing(member=wang, change=StandingChange("decease", TODAY, settle=settle), **tell())


def test_within_the_district_she_may_go_on(carrier, wang):
    def keepable(leaving):
        return [each.keepable for each in open_obligations(wang, on=TODAY, leaving=leaving)]

    assert (keepable(Leaving.TRANSFER), keepable(Leaving.EXIT)) == ([True], [False])
