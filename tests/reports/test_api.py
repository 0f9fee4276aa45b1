"""The statistics endpoints: what they refuse, whom they answer what, and the rows behind every figure."""

import csv
import io
import itertools
import zipfile
from datetime import UTC, date, datetime
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from drf_spectacular.generators import SchemaGenerator

from branches.operations import move_branch, move_unit
from core.models import AuditEntry
from reports.indicators import INDICATORS
from tests import factories
from tests.factories import TODAY
from volunteering.operations import dissolve_team

DAY = "2020-12-31"


def error(response):
    """Status, attribute and text of the one error."""
    (only,) = response.json()["errors"]
    return response.status_code, only["attr"], only["detail"]


def total(response, code="members.roster"):
    return response.json()["indicators"][code]["total"]


def test_the_indicators_say_what_they_count(district, ask):
    found = ask(district.officer, "indicators").json()
    assert [row["code"] for row in found] == list(INDICATORS)
    assert [row["code"] for row in found if not row["additive"]] == [
        "members.affiliated",
        "households.paired",
    ]
    assert all(row["name"] and row["definition"].endswith("。") for row in found)


NOT_UNDERSTOOD = [
    ({"units": "530302"}, "units", "没有“units”这个查询参数"),
    ({"indicator": "members.rooster"}, "indicator", "没有指标“members.rooster”"),
    ({"on": "2020-13-01"}, "on", "on=“2020-13-01”不是有效的日期"),
    ({"on": "20201231"}, "on", "不是有效的日期"),
    ({"on": "2020-W53-4"}, "on", "on=“2020-W53-4”不是有效的日期"),
    ({"on": ""}, "on", "on=“”不是有效的日期"),
    ({"on": "2099-01-01"}, "on", "之后"),
    ({"on": "1989-12-31"}, "on", "早于“麒麟区”的设立日期 1990-01-01"),
    ({"on": "1989-12-31", "tree": "now"}, "on", "早于“麒麟区”的设立日期 1990-01-01"),
    ({"on": "1989-12-31", "unit": "530302"}, "on", "早于“麒麟区”的设立日期 1990-01-01"),
    ({"tree": "later"}, "tree", "tree=“later”不可用，可选：then、now"),
    ({"depth": "5"}, "depth", "depth=“5”不可用"),
    ({"depth": "-1"}, "depth", "不可用"),
    ({"format": "pdf"}, "format", "format=“pdf”不可用，可选：json、csv、xlsx"),
]


def test_what_is_not_understood_is_refused_by_name(district, ask):
    for parameters, attr, part in NOT_UNDERSTOOD:
        status, named, text = error(ask(district.officer, "rollup", **parameters))
        assert (status, named, part in text) == (400, attr, True), text


@pytest.mark.parametrize("day", ["2021-12-31", "2022-01-01", "2023-01-01"])
def test_a_figure_of_a_day_is_the_length_of_the_list_of_that_day(district, ask, client, day):
    decided = {"document": "", "by": None, "today": TODAY}
    move_unit(unit=district.tower, to=district.south, on=date(2022, 1, 1), **decided)
    move_branch(branch=district.first, to=district.north, on=date(2023, 1, 1), **decided)
    lists = {"members.roster": "members/", "branches.all": "branches/"}

    def listed(address, code):
        return len(client.get(f"/api/v1/{address}", {"unit": code, "on": day}).json()["results"])

    for unit in (district.root, district.south, district.north, district.tower, district.drum):
        figures = ask(district.officer, "rollup", unit=unit.code, on=day, depth=0)
        assert {code: total(figures, code) for code in lists} == {
            code: listed(address, unit.code) for code, address in lists.items()
        }


def test_a_day_before_the_district_is_refused_whatever_is_asked(district, ask):
    secretary = factories.account(role="branch_secretary", branch=district.first)
    one = {"indicator": "members.roster", "branch": district.first.code}
    asked = [
        ("rollup", {"branch": district.first.code}),
        ("breakdown", {**one, "by": "sex"}),
        ("breakdown", {"indicator": "members.roster", "by": "age_band"}),
        ("rows", one),
    ]
    for account in (district.officer, secretary):
        for endpoint, parameters in asked:
            for day in ("0001-01-01", "0050-01-01", "1989-12-31"):
                status, attr, text = error(ask(account, endpoint, on=day, **parameters))
                assert (status, attr) == (400, "on"), (endpoint, day)
                assert text == f"on={day} 早于“麒麟区”的设立日期 1990-01-01，那时还没有它"
            assert ask(account, endpoint, on="1990-01-01", **parameters).status_code == 200


def test_a_parameter_given_twice_is_refused(district, ask, client):
    client.force_login(district.officer, backend="branches.gates.AppointmentBackend")
    response = client.get("/api/v1/statistics/rollup/?on=2020-01-01&on=2021-01-01")
    assert error(response) == (400, "on", "查询参数“on”只能出现一次")


def test_every_unknown_parameter_is_named_at_once(district, ask):
    response = ask(district.officer, "rollup", until="2020", unti="2021")
    assert [row["attr"] for row in response.json()["errors"]] == ["until", "unti"]


def test_a_unit_before_its_first_day_is_refused(district, ask):
    young = factories.unit(parent=district.south, name="新设社区", opened_on=date(2021, 1, 1))
    status, attr, _ = error(ask(district.officer, "rollup", unit=young.code, on=DAY))
    assert (status, attr) == (400, "on")
    assert total(ask(district.officer, "rollup", unit=young.code, on=DAY, tree="now")) == 0


def test_a_foreign_unit_answers_exactly_like_an_unknown_one(district, ask):
    clerk = factories.account(role="street_clerk", unit=district.south)
    foreign = ask(clerk, "rollup", unit=district.north.code)
    unknown = ask(clerk, "rollup", unit="530302999")
    above = ask(clerk, "rollup", unit="530302")
    assert (foreign.status_code, foreign.content) == (404, unknown.content) == (404, above.content)


def test_the_default_is_the_callers_whole_scope(district, ask):
    clerk = factories.account(role="community_clerk", unit=district.tower)
    found = ask(clerk, "rollup").json()
    assert found["unit"] == {"code": district.tower.code, "name": "古城社区", "level": "community"}
    assert found["indicators"]["members.roster"] == {"total": 1, "own": 1}


def test_several_units_of_a_scope_are_children_of_a_whole_without_a_code(district, ask):
    clerk = factories.account(role="community_clerk", unit=district.tower)
    factories.appoint(
        user=clerk,
        values={
            "role": "branch_secretary",
            "unit": None,
            "branch": district.first,
            "since": date(2020, 1, 1),
        },
        by=None,
    )
    found = ask(clerk, "rollup", indicator="members.roster", on=DAY).json()
    assert found["unit"] == {"code": "", "name": "本人管辖范围", "level": ""}
    assert found["indicators"] == {"members.roster": {"total": 3, "own": 0}}
    assert [
        (child["unit"]["name"], child["indicators"]["members.roster"]["total"]) for child in found["children"]
    ] == [("鼓楼社区", 2), ("古城社区", 1)]


def test_units_of_a_scope_of_which_one_hung_in_the_other_are_not_counted_twice(district, ask):
    clerk = factories.account(role="street_clerk", unit=district.south)
    factories.appoint(
        user=clerk,
        values={"role": "community_clerk", "unit": district.drum, "branch": None, "since": date(2020, 1, 1)},
        by=None,
    )
    move_unit(unit=district.drum, to=district.north, on=date(2023, 7, 1), document="", by=None, today=TODAY)
    then = ask(clerk, "rollup", indicator="members.roster", on=DAY).json()
    now = ask(clerk, "rollup", indicator="members.roster").json()
    assert then["unit"]["name"] == "南宁街道"
    assert then["indicators"]["members.roster"]["total"] == now["indicators"]["members.roster"]["total"] == 3
    assert [child["unit"]["name"] for child in now["children"]] == ["南宁街道", "鼓楼社区"]


def test_a_secretary_gets_the_figures_of_the_one_branch_and_its_groups(district, ask):
    neighbour = factories.branch(unit=district.drum, name="中共鼓楼社区第二离退休党支部")
    factories.member(branch=neighbour)
    secretary = factories.account(role="branch_secretary", branch=district.first)
    for parameters in ({}, {"unit": district.drum.code}):
        found = ask(secretary, "rollup", on=DAY, **parameters).json()
        assert found["unit"]["name"] == "鼓楼社区"
        assert found["children"] == []
        assert {code: figure["total"] for code, figure in found["indicators"].items()} == {
            "members.roster": 2,
            "members.settled": 2,
            "members.participating": 1,
            "members.affiliated": 0,
            "members.on_posts": 0,
            "members.paired": 0,
            "branches.all": 2,
            "branches.district_direct": 0,
            "branches.local": 2,
            "branches.affinity": 0,
            "teams.volunteer": 1,
            "carriers.all": 0,
            "households.paired": 0,
            "matters.settled": 0,
            "matters.in_time": 0,
        }


@pytest.mark.parametrize(
    ("role", "figures", "rows"),
    [
        ("district_officer", 200, 200),
        ("auditor", 200, 200),
        ("statistics_consumer", 200, 403),
        ("system_administrator", 403, 403),
        (None, 403, 403),
    ],
)
def test_each_role_gets_its_figures_and_rows(district, ask, role, figures, rows):
    account = factories.account(role=role, unit=district.root)
    assert ask(account, "rollup").status_code == figures
    assert ask(account, "indicators").status_code == figures
    assert ask(account, "rows", indicator="members.roster").status_code == rows


def test_nobody_is_told_anything_without_logging_in(district, client):
    assert client.get("/api/v1/statistics/rollup/").status_code == 401


@pytest.mark.parametrize("day", [DAY, "2010-01-03", "2026-11-23"])
def test_the_rows_are_as_many_as_the_figure_says(district, ask, day):
    opera = factories.branch(unit=district.tower, name="中共滇剧团临时党支部", kind="temporary")
    factories.affiliation(member=district.member3, branch=opera)
    units = (district.root, district.south, district.drum)
    for unit, code in itertools.product(units, INDICATORS):
        figure = total(ask(district.officer, "rollup", unit=unit.code, on=day, indicator=code), code)
        found = ask(district.officer, "rows", unit=unit.code, on=day, indicator=code).json()
        assert (found["count"], len(found["results"])) == (figure, figure)


def test_a_row_of_a_person_shows_the_last_four_and_where_she_counts(district, ask):
    member = factories.member(
        branch=district.second, name="李桂英", id_number=factories.id_number(), since=date(2019, 1, 1)
    )
    found = ask(district.officer, "rows", indicator="members.roster", unit=district.tower.code, on=DAY)
    branch = {"id": district.second.pk, "code": district.second.code, "name": district.second.name}
    place = [{**branch, "unit": {"code": district.tower.code, "name": "古城社区"}}]
    assert found.json() == {
        "branch": None,
        "known_at": None,
        "count": 2,
        "next": None,
        "previous": None,
        "results": [
            {
                "member": {
                    "id": member.pk,
                    "name": "李桂英",
                    "sex": "F",
                    "age": 71,
                    "id_number": f"****{factories.id_number()[-4:]}",
                },
                "branches": place,
            },
            {
                "member": {
                    "id": district.member5.pk,
                    "name": "王秀梅",
                    "sex": "M",
                    "age": 71,
                    "id_number": "",
                },
                "branches": place,
            },
        ],
    }


def test_the_last_four_are_kept_from_who_may_not_see_the_whole_number(district, ask):
    factories.member(branch=district.second, name="李桂英", id_number=factories.id_number())
    auditor = factories.account(role="auditor", unit=district.root)
    found = ask(auditor, "rows", indicator="members.roster", unit=district.tower.code).json()
    shown = {row["member"]["name"]: row["member"]["id_number"] for row in found["results"]}
    assert shown == {"李桂英": "已登记", "王秀梅": ""}
    text = ask(auditor, "rows", indicator="members.roster", format="csv").content.decode()
    assert factories.id_number()[-4:] not in text


def test_who_is_no_longer_in_scope_is_counted_last_and_not_shown(district, ask):
    clerk = factories.account(role="street_clerk", unit=district.south)
    move_branch(
        branch=district.first, to=district.tower, on=date(2023, 1, 1), document="", by=None, today=TODAY
    )
    found = ask(clerk, "rows", indicator="members.roster", on=DAY)
    hidden = {"member": None, "note": "不在您的查看范围"}
    assert found.json()["count"] == 3 == total(ask(clerk, "rollup", on=DAY))
    assert found.json()["results"][0]["member"]["name"] == "王秀兰"
    assert found.json()["results"][1:] == [hidden, hidden]
    for kind in ("json", "csv"):
        body = ask(clerk, "rows", indicator="members.roster", on=DAY, format=kind).content.decode()
        assert not any(
            word in body for word in ("王秀珍", "王秀芳", district.first.name, district.first.code)
        )


def test_a_branch_no_longer_in_scope_is_counted_and_not_shown(district, ask):
    clerk = factories.account(role="street_clerk", unit=district.south)
    move_branch(
        branch=district.choir, to=district.tower, on=date(2023, 1, 1), document="", by=None, today=TODAY
    )
    found = ask(clerk, "rows", indicator="branches.affinity", on=DAY).json()
    assert (found["count"], found["results"]) == (1, [{"branch": None, "note": "不在您的查看范围"}])


def test_the_rows_of_teams_say_who_leads_them_and_where_they_count(district, ask):
    [row] = ask(district.officer, "rows", indicator="teams.volunteer", on=DAY).json()["results"]
    assert row["team"] == {
        "id": district.squad.pk,
        "name": "鼓楼银发先锋志愿服务队",
        "founded_on": "2015-01-01",
        "dissolved_on": None,
    }
    assert row["branches"][0]["unit"] == {"code": district.drum.code, "name": "鼓楼社区"}
    [header, line] = lines(ask(district.officer, "rows", indicator="teams.volunteer", on=DAY, format="csv"))
    assert len(header) == len(line)
    assert line[0] == "鼓楼银发先锋志愿服务队"
    assert ask(
        district.officer, "breakdown", indicator="teams.volunteer", on=DAY, by="branch_kind"
    ).json() == {
        "branch": None,
        "known_at": None,
        "cells": [{"branch_kind": "community", "count": 1}],
        "total": 1,
    }


def test_a_dissolved_team_counts_until_the_day_before(district, ask):
    dissolve_team(team=district.squad, on=date(2020, 12, 31), document="", by=None, today=TODAY)

    def counted(day):
        found = ask(district.officer, "rollup", indicator="teams.volunteer", on=day, depth=0).json()
        return found["indicators"]["teams.volunteer"]["total"]

    assert [counted(day) for day in ("2014-12-31", "2015-01-01", "2020-12-30", "2020-12-31")] == [0, 1, 1, 0]


def test_a_team_no_longer_in_scope_is_counted_and_not_shown(district, ask):
    move_unit(unit=district.drum, to=district.north, on=date(2026, 1, 1), document="", by=None,
              today=TODAY)  # fmt: skip
    clerk = factories.account(role="street_clerk", unit=district.south)
    found = ask(clerk, "rows", indicator="teams.volunteer", on=DAY).json()
    assert (found["count"], found["results"]) == (1, [{"team": None, "note": "不在您的查看范围"}])


def test_rows_come_in_pages(district, ask):
    first = ask(district.officer, "rows", indicator="members.roster", page_size=2).json()
    assert (first["count"], len(first["results"]), first["previous"]) == (5, 2, None)
    assert "page=2" in first["next"]
    last = ask(district.officer, "rows", indicator="members.roster", page_size=2, page=3).json()
    assert (len(last["results"]), last["next"]) == (1, None)


def test_rows_refuse_what_they_do_not_understand(district, ask):
    for parameters, attr in (
        ({}, "indicator"),
        ({"indicator": "members.roster,branches.all"}, "indicator"),
        ({"indicator": "members.roster", "page_size": "201"}, "page_size"),
        ({"indicator": "members.roster", "cursor": ""}, "cursor"),
        ({"indicator": "members.roster", "unit": "530302", "branch": "053030000001"}, "branch"),
    ):
        status, named, _ = error(ask(district.officer, "rows", **parameters))
        assert (status, named) == (400, attr)


def test_one_branch_of_the_scope_can_be_asked_about(district, ask):
    clerk = factories.account(role="street_clerk", unit=district.south)
    found = ask(clerk, "rollup", branch=district.first.code, on=DAY)
    assert (found.json()["unit"]["name"], total(found)) == ("鼓楼社区", 2)
    foreign = ask(clerk, "rollup", branch=district.second.code)
    assert (foreign.status_code, foreign.content) == (404, ask(clerk, "rollup", branch="1").content)


def test_every_answer_says_which_branch_and_which_moment_it_was_asked_about(district, ask):
    branch, moment = district.first, datetime.now(UTC)
    asked = {
        "rollup": {},
        "breakdown": {"indicator": "members.roster", "by": "sex"},
        "rows": {"indicator": "members.roster"},
        "flow": {"since": "2019-12-31"},
    }
    schema = SchemaGenerator().get_schema(request=None, public=True)
    for endpoint, parameters in asked.items():
        plain = ask(district.officer, endpoint, **parameters).json()
        assert (plain["branch"], plain["known_at"]) == (None, None)
        told = ask(
            district.officer, endpoint, branch=branch.code, known_at=moment.isoformat(), **parameters
        ).json()
        assert told["branch"] == {"code": branch.code, "name": branch.name}
        assert datetime.fromisoformat(told["known_at"]) == moment
        described = schema["paths"][f"/api/v1/statistics/{endpoint}/"]["get"]["responses"]["200"]
        assert told.keys() == described["content"]["application/json"]["schema"]["properties"].keys()


def lines(response):
    """A csv as lists."""
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def cells(response):
    """The texts of an xlsx, and the XML of its sheet."""
    with zipfile.ZipFile(io.BytesIO(response.content)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


def test_a_rollup_as_csv_has_a_line_for_each_unit(district, ask):
    response = ask(district.officer, "rollup", on=DAY, format="csv", indicator="members.roster")
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert lines(response) == [
        ["层级", "上级代码", "代码", "名称", "在册离退休党员（合计）", "在册离退休党员（本级）"],
        ["区", "", "530302", "麒麟区", "5", "1"],
        ["街道", "530302", district.south.code, "南宁街道", "3", "1"],
        ["街道", "530302", district.north.code, "建宁街道", "1", "0"],
    ]


def test_the_indicators_can_be_taken_as_a_sheet(district, ask):
    found = lines(ask(district.officer, "indicators", format="csv"))
    assert [line[0] for line in found] == ["代码", *INDICATORS]
    assert [line[3] for line in found].count("否") == 2


def test_a_rollup_as_xlsx_has_numbers_as_numbers_and_codes_as_text(district, ask):
    sheet = cells(ask(district.officer, "rollup", on=DAY, format="xlsx", indicator="members.roster"))
    assert '<c r="C2" t="inlineStr"><is><t>530302</t>' in sheet
    assert '<c r="E2"><v>5</v>' in sheet


def test_text_that_looks_like_a_formula_stays_text(district, ask):
    wild = factories.branch(unit=district.tower, name='=HYPERLINK("http://x")')
    parameters = {"indicator": "branches.all", "unit": district.tower.code}
    names = [line[1] for line in lines(ask(district.officer, "rows", format="csv", **parameters))]
    assert "'" + wild.name in names
    sheet = cells(ask(district.officer, "rows", format="xlsx", **parameters))
    assert "<f>" not in sheet
    assert "=HYPERLINK" in sheet


def test_taking_rows_out_as_a_file_is_written_down(district, ask):
    ask(district.officer, "rollup", format="csv")
    ask(district.officer, "rows", indicator="members.roster", on=DAY)
    assert not AuditEntry.objects.filter(verb="figures.exported").exists()
    response = ask(district.officer, "rows", indicator="members.roster", on=DAY, format="csv")
    assert len(lines(response)) == 6
    entry = AuditEntry.objects.get(verb="figures.exported")
    assert (entry.by, entry.subject_id, entry.fields) == (
        district.officer,
        str(district.root.pk),
        ["members.roster"],
    )
    assert "5行" in entry.reason


def test_figures_are_never_stored_on_the_way(district, ask):
    assert ask(district.officer, "rollup")["Cache-Control"] == "no-store"


def queries(client, endpoint, **parameters):
    """What one request asks the database."""
    with CaptureQueriesContext(connection) as caught:
        assert client.get(f"/api/v1/statistics/{endpoint}/", parameters).status_code == 200
    return [row["sql"] for row in caught]


@pytest.mark.parametrize(
    ("endpoint", "parameters", "number"),
    [
        ("rollup", {"indicator": "members.roster", "depth": "4"}, 10),
        ("rollup", {"indicator": "members.roster", "depth": "4", "tree": "now"}, 8),
        ("rows", {"indicator": "members.roster"}, 12),
        ("rows", {"indicator": "branches.all"}, 12),
    ],
)
def test_the_number_of_queries_does_not_grow_with_the_district(
    district, client, endpoint, parameters, number
):
    client.force_login(district.officer, backend="branches.gates.AppointmentBackend")
    before = queries(client, endpoint, on=DAY, **parameters)
    for each in range(3):
        unit = factories.unit(parent=district.south)
        factories.member(branch=factories.branch(unit=unit, name=f"中共第{each}新支部"))
    after = queries(client, endpoint, on=DAY, **parameters)
    assert (len(before), len(after)) == (number, number), "\n".join(after)


def test_a_file_says_in_its_name_what_was_asked(district, ask):
    asked = {"on": "2020-12-31", "format": "csv", "indicator": "members.roster", "tree": "now"}
    answer = ask(district.officer, "rollup", **asked)

    name = unquote(answer["Content-Disposition"])
    assert "汇总2020-12-31_麒麟区_按现在的组织树.csv" in name
