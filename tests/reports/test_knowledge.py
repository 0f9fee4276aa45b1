"""A figure as the registry knew it at a moment: later corrections and what was taken back do not touch it."""

import re
from datetime import UTC, date, datetime
from itertools import combinations

import pytest
from django.apps import apps
from django.db import connection

from branches.operations import close_unit, move_branch, move_unit, rename_unit
from core import clock
from members.models import Membership
from members.operations import (
    MemberChanges,
    StandingChange,
    affiliate,
    amend_member,
    change_standing,
    correct_membership,
    undo_registration,
    undo_standing,
)
from members.operations.obligations import all_settled
from members.operations.standing import LEAVING
from reports.dimensions import dimensions_of
from reports.indicators import INDICATORS
from tests import factories
from tests.factories import TODAY

NOW = "2026-11-23T12:00:00+08:00"
APRIL, JUNE = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
MAY = "2026-05-01T00:00:00+08:00"
MARCH = "2026-03-31"


def entered_at(moment):
    """Say of everything entered so far, and not said of yet, that it was entered at the moment."""
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if hasattr(model, "pgh_tracked_model"):
                cursor.execute(
                    f"UPDATE {model._meta.db_table} SET pgh_created_at = %s WHERE pgh_created_at = now()",
                    [moment],
                )


@pytest.fixture
def officer(district, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 23, 12, tzinfo=UTC))
    return district.officer


def moved(member, move, on, **asked):
    settle = all_settled(member, on=on, leaving=LEAVING[move], reason="随之结束") if move in LEAVING else ()
    change = StandingChange(move, on, settle=settle, **asked)
    return change_standing(member=member, change=change, by=None, today=TODAY)


def make_busy(it):
    """Deaths, moves, renamings, closings, people taken back: what a district lives through."""
    day = {"by": None, "today": TODAY, "document": ""}
    moved(it.member1, "decease", date(2024, 5, 1))
    undo_standing(
        event=moved(it.member2, "exit", date(2024, 6, 1), reason="expelled"), reason="错了", by=None
    )
    moved(it.member4, "suspend", date(2024, 6, 1), reason="lost_contact")
    moved(it.member4, "restore", date(2024, 9, 1), branch=it.second)
    undo_registration(member=factories.member(branch=it.first, name="错录"), reason="错了", by=None)
    affiliate(member=it.member2, branch=it.choir, values={"since": date(2025, 1, 1)}, by=None, today=TODAY)
    move_unit(unit=it.drum, to=it.north, on=date(2023, 7, 1), **day)
    rename_unit(unit=it.south, name="南城街道", on=date(2024, 1, 1), **day)
    move_branch(branch=it.second, to=it.drum, on=date(2024, 2, 1), **day)
    empty = factories.unit(parent=it.north, name="撤掉的社区")
    close_unit(unit=empty, on=date(2025, 1, 1), **day)


QUESTIONS = [
    *(("rollup", {"on": on, "tree": tree, "depth": "4"})
      for on in ("2020-12-31", "2024-07-01", "2026-11-23") for tree in ("then", "now")),
    *(("breakdown", {"indicator": code, "by": ",".join(by), "on": "2024-07-01"})
      for code, indicator in INDICATORS.items() for by in combinations(dimensions_of(indicator), 1)),
    *(("rows", {"indicator": code, "on": on}) for code in INDICATORS for on in ("2020-12-31", "2026-11-23")),
]  # fmt: skip


def told(answer) -> bytes:
    """What is told, without the moment that was asked about."""
    return re.sub(rb'"known_at":(null|"[^"]*")', b"", answer.content, count=1)


def test_what_is_known_now_is_what_is_told_without_asking(district, officer, ask):
    make_busy(district)
    entered_at(JUNE)

    for endpoint, asked in QUESTIONS:
        live = ask(officer, endpoint, **asked)
        known = ask(officer, endpoint, **asked, known_at=NOW)
        assert live.status_code == 200
        assert told(known) == told(live), (endpoint, asked)


@pytest.fixture
def sent(district, officer, ask):
    """What was sent upward in May, and then a busy summer of corrections."""
    entered_at(APRIL)

    def answers(**more):
        return [told(ask(officer, endpoint, **asked, **more)) for endpoint, asked in QUESTIONS]

    before = answers()
    make_busy(district)
    entered_at(JUNE)
    return before, answers


def test_a_figure_sent_upward_is_reproduced_byte_for_byte(sent):
    before, answers = sent

    assert answers(known_at=MAY) == before
    assert answers() != before


def roster(ask, officer, **asked):
    found = ask(officer, "rollup", indicator="members.roster", on=MARCH, **asked).json()
    return found["indicators"]["members.roster"]["total"]


def test_a_death_entered_later_for_an_earlier_day_changes_the_day_and_not_what_was_known(
    district, officer, ask
):
    entered_at(APRIL)
    moved(district.member3, "decease", date(2026, 3, 1))
    entered_at(JUNE)

    assert (roster(ask, officer), roster(ask, officer, known_at=MAY)) == (4, 5)


def test_what_was_taken_back_later_was_known_then(district, officer, ask):
    wrong = factories.member(branch=district.first, name="错录")
    entered_at(APRIL)
    undo_registration(member=wrong, reason="错了", by=None)
    entered_at(JUNE)

    assert (roster(ask, officer), roster(ask, officer, known_at=MAY)) == (5, 6)
    rows = ask(officer, "rows", indicator="members.roster", on=MARCH, known_at=MAY).json()
    assert (rows["count"], "错录" in str(rows)) == (6, True)


def test_a_corrected_fact_counts_where_it_was_known(district, officer, ask):
    entered_at(APRIL)
    changes = MemberChanges({"birth_on": date(1935, 1, 1)}, evidence="履历表")
    amend_member(member=district.member3, changes=changes, by=None, today=TODAY)
    correct_membership(
        membership=Membership.objects.get(member=district.member1),
        values={"branch": district.second}, by=None, today=TODAY, evidence="存根",
    )  # fmt: skip
    entered_at(JUNE)

    def bands(**more):
        asked = {"indicator": "members.roster", "by": "age_band,street", "on": MARCH}
        cells = ask(officer, "breakdown", **asked, **more).json()["cells"]
        return {(cell["age_band"], cell["street"]): cell["count"] for cell in cells}

    south, north = district.south.code, district.north.code
    assert bands(known_at=MAY) == {("76-79", "530302"): 1, ("76-79", south): 3, ("76-79", north): 1}
    assert bands() == {("76-79", south): 2, ("76-79", north): 2, ("90-99", south): 1}


@pytest.mark.parametrize(
    ("endpoint", "asked"),
    [
        ("rollup", {}),
        ("breakdown", {"indicator": "members.roster", "by": "sex"}),
        ("rows", {"indicator": "members.roster"}),
        ("flow", {"since": "2019-12-31"}),
    ],
)
def test_before_anything_was_entered_is_refused(district, officer, ask, endpoint, asked):
    entered_at(APRIL)
    secretary = factories.account(role="branch_secretary", branch=district.first)
    nothing = "那时还没有登记您管辖范围内的任何单位或党组织"

    for account, place, words in (
        (officer, {}, nothing),
        (secretary, {}, nothing),
        (officer, {"unit": district.south.code}, "那时还没有登记“南宁街道”"),
        (secretary, {"unit": district.drum.code}, nothing),
        (officer, {"branch": district.first.code}, f"那时还没有登记“{district.first}”"),
    ):
        early = ask(account, endpoint, **asked, **place, known_at="2020-01-01T00:00:00Z")
        [error] = early.json()["errors"]
        assert (early.status_code, error["attr"], error["detail"]) == (400, "known_at", words)
        assert ask(account, endpoint, **asked, **place, known_at=MAY).status_code == 200


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("2026-12-01T00:00:00+08:00", "还没有到"),
        ("2026-04-10", "含时区"),
        ("2026-04-10T09:30:00", "含时区"),
        ("2026-13-10T09:30:00Z", "不是有效"),
        ("2026-04-10T09:30:00+99:00", "不是有效"),
        ("0001-01-01T00:00:00+14:00", "不是有效"),
        ("昨天", "不是有效"),
    ],
)
@pytest.mark.parametrize("endpoint", ["rollup", "breakdown", "rows"])
def test_a_moment_that_is_none_or_has_not_come_is_refused_by_name(officer, ask, endpoint, given, words):
    asked = {"indicator": "members.roster", "by": "sex"} if endpoint == "breakdown" else {}
    asked = asked or {"indicator": "members.roster"}

    answer = ask(officer, endpoint, **asked, known_at=given)

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["attr"], words in error["detail"]) == (400, "known_at", True)


def test_a_zone_written_with_a_bare_plus_is_understood(officer, ask, client):
    entered_at(APRIL)
    ask(officer, "rollup")

    answer = client.get(f"/api/v1/statistics/rollup/?known_at={NOW}")

    assert answer.status_code == 200


def test_who_may_see_a_row_is_asked_of_today(district, officer, ask):
    clerk = factories.account(role="community_clerk", unit=district.drum)
    entered_at(APRIL)
    correct_membership(
        membership=Membership.objects.get(member=district.member3),
        values={"branch": district.second}, by=None, today=TODAY, evidence="存根",
    )  # fmt: skip
    entered_at(JUNE)

    rows = ask(clerk, "rows", indicator="members.roster", on=MARCH, known_at=MAY).json()

    assert [(row["member"] or {}).get("name") for row in rows["results"]] == ["王秀芳", None]


def test_the_pages_take_a_moment_of_their_own_zone(district, officer, ask, client):
    entered_at(APRIL)
    moved(district.member3, "decease", date(2026, 3, 1))
    entered_at(JUNE)
    ask(officer, "indicators")

    board = client.get("/admin/", {"on": MARCH, "known_at": "2026-05-01T00:00"}).context["board"]
    page = client.get("/admin/figures/members.roster/", {"on": MARCH, "known_at": "2026-05-01T00:00"})

    assert board["figures"][0]["count"] == 5
    assert "known_at=2026-05-01T00" in board["figures"][0]["url"]
    assert (
        page.context["page"].paginator.count,
        "按2026-05-01 00:00掌握的数据" in page.content.decode(),
    ) == (
        5,
        True,
    )


def test_what_is_asked_of_a_moment_leaves_the_connection_as_it_was(district, officer, ask):
    entered_at(APRIL)
    ask(officer, "rollup", known_at=NOW)
    ask(officer, "rollup", known_at=NOW, indicator="nothing")

    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_nestloop")
        assert cursor.fetchone() == ("on",)
