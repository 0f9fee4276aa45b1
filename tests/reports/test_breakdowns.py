"""A figure in parts: the bands, the parts' sum, and the rows behind one part."""

import csv
import io
from datetime import date

import pytest

from branches.operations import move_unit
from reports.indicators import INDICATORS
from tests import factories
from tests.factories import TODAY
from tests.reports.district import died
from tests.worlds import told_once

DAY = "2020-12-31"


def parts(response, by):
    """The counts by code."""
    return {cell[by]: cell["count"] for cell in response.json()["cells"]}


def test_a_breakdown_has_the_shape_of_the_contract(district, ask):
    found = ask(district.officer, "breakdown", indicator="members.roster", by="sex,age_band", on=DAY)
    assert found.json() == {
        "branch": None,
        "known_at": None,
        "cells": [
            {"sex": "M", "age_band": "71-75", "count": 3},
            {"sex": "F", "age_band": "71-75", "count": 2},
        ],
        "total": 5,
    }


BORN = {
    date(1960, 1, 1): "56-60",
    date(1959, 12, 31): "61-65",
    date(1955, 1, 1): "61-65",
    date(1954, 12, 31): "66-70",
    date(1950, 1, 1): "66-70",
    date(1949, 12, 31): "71-75",
    date(1945, 1, 1): "71-75",
    date(1944, 12, 31): "76-79",
    date(1941, 1, 1): "76-79",
    date(1940, 12, 31): "80-89",
    date(1931, 1, 1): "80-89",
    date(1930, 12, 31): "90-99",
    date(1921, 1, 1): "90-99",
    date(1920, 12, 31): "100+",
}


def test_an_age_band_changes_on_the_birthday(district, ask):
    joined = {"joined_on": date(1985, 1, 1), "full_on": date(1986, 1, 1)}
    expected = {
        factories.member(branch=district.second, birth_on=born, **joined).pk: BORN[born] for born in BORN
    }
    found = {}
    for band in set(BORN.values()):
        response = ask(
            district.officer,
            "rows",
            indicator="members.roster",
            unit=district.tower.code,
            on=DAY,
            age_band=band,
        )
        found |= {row["member"]["id"]: band for row in response.json()["results"]}
    del found[district.member5.pk]
    assert found == expected


@pytest.mark.parametrize(
    ("day", "band"), [("2021-02-28", "56-60"), ("2021-03-01", "61-65"), ("2024-02-29", "61-65")]
)
def test_who_was_born_on_a_leap_day_is_a_year_older_on_the_first_of_march(district, ask, day, band):
    member = factories.member(
        branch=district.second,
        birth_on=date(1960, 2, 29),
        joined_on=date(1985, 1, 1),
        full_on=date(1986, 1, 1),
    )
    rows = ask(district.officer, "rows", indicator="members.roster", on=day, age_band=band).json()
    assert member.pk in [row["member"]["id"] for row in rows["results"]]


def test_age_stands_still_at_death(district, ask):
    died(district.member4, date(2011, 1, 1))
    found = ask(district.officer, "breakdown", indicator="members.settled", by="age_band", on=DAY)
    assert parts(found, "age_band") == {"61-65": 1, "71-75": 2}


def test_the_standing_is_that_of_the_day(district, ask):
    died(district.member3, date(2021, 1, 1))
    then = ask(district.officer, "breakdown", indicator="members.settled", by="standing", on=DAY)
    later = ask(district.officer, "breakdown", indicator="members.settled", by="standing", on="2021-01-01")
    assert parts(then, "standing") == {"full": 3}
    assert parts(later, "standing") == {"full": 2, "deceased": 1}


BANDS = [
    ({"ethnic_group": "07"}, "ethnic", "minority"),
    ({"ethnic_group": "97"}, "ethnic", "other"),
    ({}, "ethnic", "han"),
    ({"education": "2C"}, "education_band", "college"),
    ({}, "education_band", "unknown"),
    ({"retire_kind": "lixiu", "worked_on": date(1948, 1, 1)}, "retire_kind", "lixiu"),
    ({"joined_on": date(1976, 10, 31)}, "join_band", "1966-1976"),
    ({"joined_on": date(1976, 11, 1)}, "join_band", "1976-1978"),
    ({}, "branch_kind", "community"),
    ({}, "branch_category", "631"),
]


def test_a_person_counts_in_the_band_of_her_value(district, ask):
    everyone = {"indicator": "members.roster", "unit": district.tower.code, "on": DAY}
    for values, by, part in BANDS:
        born = {"birth_on": date(1925, 1, 1)}
        member = factories.member(branch=district.second, since=date(2015, 1, 1), **born | values)
        found = ask(district.officer, "rows", **everyone, **{by: part}).json()["results"]
        assert member.pk in [row["member"]["id"] for row in found], (by, part)
        assert parts(ask(district.officer, "breakdown", **everyone, by=by), by)[part] == len(found)


def test_by_street_the_districts_own_branches_count_under_the_district(district, ask):
    found = ask(district.officer, "breakdown", indicator="members.roster", by="street", on=DAY)
    assert parts(found, "street") == {"530302": 1, district.south.code: 3, district.north.code: 1}


def test_branches_by_category_tell_groups_from_branches(district, ask):
    found = ask(district.officer, "breakdown", indicator="branches.local", by="category,kind", on=DAY)
    assert found.json()["cells"] == [
        {"kind": "street", "category": "631", "count": 1},
        {"kind": "community", "category": "631", "count": 2},
        {"kind": "community", "category": "641", "count": 1},
    ]


def test_every_cell_of_every_dimension_opens_to_as_many_rows(district, ask):
    opera = factories.branch(unit=district.tower, name="中共滇剧团临时党支部", kind="temporary")
    factories.affiliation(member=district.member3, branch=opera)
    for indicator in ask(district.officer, "indicators").json():
        code = indicator["code"]
        total = ask(district.officer, "rollup", on=DAY, indicator=code).json()["indicators"][code]["total"]
        for dimension in indicator["dimensions"]:
            by = dimension["code"]
            found = ask(district.officer, "breakdown", indicator=code, on=DAY, by=by)
            assert found.json()["total"] == total == sum(parts(found, by).values())
            for part, count in parts(found, by).items():
                rows = ask(district.officer, "rows", indicator=code, on=DAY, **{by: part})
                assert rows.json()["count"] == count, (code, by, part)
    assert set(INDICATORS) == {row["code"] for row in ask(district.officer, "indicators").json()}


NOT_KNOWN = [
    ("breakdown", {"by": "shoe_size"}, "by"),
    ("breakdown", {}, "by"),
    ("breakdown", {"by": ""}, "by"),
    ("breakdown", {"by": "sex,sex"}, "by"),
    ("breakdown", {"by": "sex,age_band,ethnic,standing"}, "by"),
    ("rows", {"sex": "X"}, "sex"),
    ("rows", {"street": "530302999"}, "street"),
    ("rows", {"affinity": "place"}, "affinity"),
]


def test_a_dimension_or_value_that_is_not_known_is_refused_by_name(district, ask):
    for endpoint, parameters, attr in NOT_KNOWN:
        response = ask(district.officer, endpoint, indicator="members.roster", **parameters)
        assert (response.status_code, response.json()["errors"][0]["attr"]) == (400, attr)


def test_who_takes_part_in_two_temporary_branches_has_no_breakdown_by_branch(district, ask):
    response = ask(district.officer, "breakdown", indicator="members.affiliated", by="street")
    assert (response.status_code, response.json()["errors"][0]["attr"]) == (400, "by")


# Small cells


@told_once
def consumer(district):
    """A program that may count and not see."""
    return factories.account(role="statistics_consumer", unit=district.root)


def test_who_may_not_see_persons_gets_no_small_cell_and_the_whole_total(district, ask, consumer):
    for _ in range(5):
        factories.member(branch=district.second, sex="F")
    found = ask(consumer, "breakdown", indicator="members.roster", by="sex").json()
    hidden = {"count": None, "suppressed": True}
    assert found["cells"] == [{"sex": "M", **hidden}, {"sex": "F", **hidden}]
    assert found["total"] == 10
    open_to_all = ask(district.officer, "breakdown", indicator="members.roster", by="sex").json()
    assert open_to_all["cells"] == [{"sex": "M", "count": 3}, {"sex": "F", "count": 7}]


def test_street_totals_of_the_rollup_do_not_open_small_cells_of_a_breakdown(district, ask, consumer):
    for branch, sex, number in (
        (district.second, "M", 9),
        (district.organ, "M", 8),
        (district.organ, "F", 7),
    ):
        for _ in range(number):
            factories.member(branch=branch, sex=sex, since=date(2010, 1, 1))
    where = {"indicator": "members.roster", "on": DAY}
    found = ask(consumer, "breakdown", by="sex,street", **where).json()
    children = ask(consumer, "rollup", **where).json()["children"]
    for child in children:
        shown = [cell["count"] for cell in found["cells"] if cell["street"] == child["unit"]["code"]]
        assert shown.count(None) != 1, shown
    south = [cell["count"] for cell in found["cells"] if cell["street"] == district.south.code]
    assert south == [None, None]


def test_the_order_of_the_dimensions_changes_nothing(district, ask, consumer):
    one = ask(consumer, "breakdown", indicator="members.roster", by="sex,age_band").json()
    other = ask(consumer, "breakdown", indicator="members.roster", by="age_band,sex").json()
    assert one == other


def test_organisations_are_not_hidden(district, ask, consumer):
    found = ask(consumer, "breakdown", indicator="branches.all", by="affinity", on=DAY)
    assert parts(found, "affinity") == {"interest": 1, "unknown": 5}


def test_who_may_not_see_persons_may_ask_for_two_dimensions(district, ask, consumer):
    response = ask(consumer, "breakdown", indicator="members.roster", by="sex,age_band,ethnic")
    assert (response.status_code, response.json()["errors"][0]["attr"]) == (400, "by")


def test_rows_seen_in_one_street_do_not_open_small_cells_of_the_district(district, ask, consumer):
    factories.appoint(
        user=consumer,
        values={"role": "street_clerk", "unit": district.south, "branch": None, "since": date(2020, 1, 1)},
        by=None,
    )
    whole = ask(consumer, "breakdown", indicator="members.roster", by="sex").json()
    street = ask(consumer, "breakdown", indicator="members.roster", by="sex", unit=district.south.code).json()
    assert [cell["count"] for cell in whole["cells"]] == [None, None]
    assert [cell["count"] for cell in street["cells"]] == [1, 2]


def test_a_secretary_sees_the_cells_of_the_own_branch(district, ask):
    secretary = factories.account(role="branch_secretary", branch=district.first)
    found = ask(secretary, "breakdown", indicator="members.roster", by="sex,street", on=DAY).json()
    assert found["total"] == sum(cell["count"] for cell in found["cells"]) == 2


def test_a_hidden_cell_is_hidden_in_a_sheet_too(district, ask, consumer):
    response = ask(consumer, "breakdown", indicator="members.roster", by="sex", format="csv")
    lines = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert lines == [["性别", "数量"], ["男", "隐去"], ["女", "隐去"]]


def fill_branches(numbers):
    """So many men and so many women at each branch."""
    for branch, men, women in numbers:
        for sex in "M" * men + "F" * women:
            factories.member(branch=branch, sex=sex, since=date(2010, 1, 1))


def test_parts_taken_from_a_whole_leave_no_small_cell(district, ask, consumer):
    fill_branches([(district.organ, 9, 8), (district.street, 9, 8), (district.first, 9, 8)])

    def cells(**place):
        found = ask(consumer, "breakdown", indicator="members.roster", by="sex", on=DAY, **place).json()
        return [cell["count"] for cell in found["cells"]], found["total"]

    # One person is at the north street: the south and the district's own, taken from all, would tell her.
    assert cells() == ([30, 26], 56)
    hidden = [None, None]
    assert cells(unit=district.north.code) == (hidden, 1)
    assert cells(unit=district.drum.code) == (hidden, 19)
    assert [cells(branch=branch.code)[0] for branch in (district.organ, district.first)] == [hidden] * 2


def test_a_street_tells_what_the_table_by_streets_tells_of_it(district, ask, consumer):
    fill_branches([(district.organ, 9, 8), (district.street, 9, 8), (district.first, 9, 2)])
    where = {"indicator": "members.roster", "on": DAY}

    by_street = ask(consumer, "breakdown", by="sex,street", **where).json()["cells"]
    table = {(cell["sex"], cell["street"]): cell["count"] for cell in by_street}
    told = {
        (sex, street.code): count
        for street in (district.north, district.south)
        for sex, count in parts(
            ask(consumer, "breakdown", by="sex", unit=street.code, **where), "sex"
        ).items()
    }

    assert told == {cell: count for cell, count in table.items() if cell in told}
    assert None in told.values()
    assert set(told.values()) != {None}


def test_a_part_is_told_where_it_and_its_neighbours_are_large(district, ask, consumer):
    fill_branches(
        [(district.organ, 9, 8), (district.street, 3, 9), (district.first, 9, 8), (district.second, 9, 8)]
    )
    where = {"indicator": "members.roster", "by": "sex", "on": DAY}

    south = ask(consumer, "breakdown", unit=district.south.code, **where)
    drum = ask(consumer, "breakdown", unit=district.drum.code, **where)

    assert parts(south, "sex") == {"M": 13, "F": 19}
    # Of the street's own people few are men, and they are what remains of the street without its community.
    assert parts(drum, "sex") == {"M": None, "F": None}


def test_a_figure_of_distinct_people_is_hidden_in_its_parts_too(district, ask, consumer):
    where = {"indicator": "members.participating", "by": "sex", "on": DAY}
    found = ask(consumer, "breakdown", unit=district.south.code, **where).json()
    assert {cell["count"] for cell in found["cells"]} == {None}


def test_a_unit_that_hung_outside_the_whole_is_not_told_in_parts(district, ask):
    consumer = factories.account(role="statistics_consumer", unit=district.north)
    fill_branches([(district.first, 9, 8), (district.second, 9, 8)])
    move_unit(unit=district.drum, to=district.north, on=date(2022, 1, 1), document="", by=None, today=TODAY)
    where = {"indicator": "members.roster", "by": "sex", "unit": district.drum.code}

    before = ask(consumer, "breakdown", on=DAY, **where)
    after = ask(consumer, "breakdown", on="2022-12-31", **where)

    assert parts(before, "sex") == {"M": None, "F": None}
    assert parts(after, "sex") == {"M": 10, "F": 9}


def test_who_has_one_branch_is_told_of_it_as_of_a_whole(district, ask):
    consumer = factories.account(role="statistics_consumer", branch=district.second)
    fill_branches([(district.second, 9, 8)])
    found = ask(consumer, "breakdown", indicator="members.roster", by="sex", on=DAY)
    assert parts(found, "sex") == {"M": 10, "F": 8}
