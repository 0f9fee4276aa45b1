"""The tree by REST: what is seen, today and on a day, and which verb each level asks for."""

from datetime import date

import pytest

from branches.models import Unit
from branches.operations import close_unit, move_unit, rename_unit
from tests import factories
from tests.callers import refusals, unnumbered, words
from tests.factories import TODAY
from tests.ledger import fingerprint


def names(answer):
    return [unit["name"] for unit in answer.json()["results"]]


def test_a_list_holds_the_units_in_scope_and_no_others(streets):
    assert names(streets.clerk.get("units/")) == ["南宁街道", "鼓楼社区"]
    assert len(names(streets.officer.get("units/"))) == 5


def test_a_secretary_sees_the_unit_on_which_her_branch_sits(streets):
    assert names(streets.secretary.get("units/")) == ["鼓楼社区"]


def test_a_unit_is_shown_with_its_level_in_a_word_and_its_parent(streets):
    assert streets.clerk.get(f"units/{streets.gulou.pk}/").json() == {
        "id": streets.gulou.pk,
        "code": streets.gulou.code,
        "level": "community",
        "name": "鼓楼社区",
        "alias": "",
        "parent": streets.nanning.pk,
        "parent_code": streets.nanning.code,
        "managed_by": "",
        "post_address": "",
        "office_phone": "",
        "fax": "",
        "postcode": "",
        "opened_on": "1990-01-01",
        "closed_on": None,
        "version": 1,
    }


def test_a_foreign_unit_answers_as_one_that_never_was(streets):
    clerk = streets.clerk

    foreign, unknown = clerk.get(f"units/{streets.wenchang.pk}/"), clerk.get("units/999999/")
    assert (foreign.status_code, foreign.content) == (404, unknown.content)
    for action in ("rename", "move", "close", "contact"):
        answers = [clerk.post(f"units/{pk}/{action}/", {}) for pk in (streets.wenchang.pk, 999_999)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content


def test_units_are_found_by_code_level_parent_words_and_place(streets):
    officer = streets.officer

    assert names(officer.get("units/", code=streets.gulou.code)) == ["鼓楼社区"]
    assert names(officer.get("units/", level="street")) == ["南宁街道", "建宁街道"]
    assert names(officer.get("units/", parent=str(streets.jianning.pk))) == ["文昌社区"]
    assert names(officer.get("units/", search="文昌 社区")) == ["文昌社区"]
    assert names(officer.get("units/", search="wcsq")) == ["文昌社区"]
    assert names(officer.get("units/", unit=streets.nanning.code)) == ["南宁街道", "鼓楼社区"]
    assert names(officer.get("units/", ordering="-level,name"))[:2] == ["文昌社区", "鼓楼社区"]


def test_closed_units_are_told_from_live_ones(streets):
    closing = factories.unit(parent=streets.gulou, name="撤销的小组")
    close_unit(unit=closing, on=date(2020, 1, 1), document="", by=None, today=TODAY)
    clerk = streets.clerk

    assert names(clerk.get("units/", closed="true")) == ["撤销的小组"]
    assert names(clerk.get("units/", closed="false")) == ["南宁街道", "鼓楼社区"]
    assert names(clerk.get("units/", closed_on__gte="2020-01-02")) == []


def test_the_tree_of_a_day_has_the_names_and_parents_of_that_day(streets):
    group = factories.unit(parent=streets.gulou, name="第一小组")
    rename_unit(unit=streets.gulou, name="新鼓楼社区", on=date(2022, 1, 1), document="", by=None, today=TODAY)
    move_unit(unit=group, to=streets.wenchang, on=date(2023, 1, 1), document="", by=None, today=TODAY)
    officer = streets.officer

    def on(day, **query):
        return {
            (unit["name"], unit["parent"], unit["parent_code"])
            for unit in officer.get("units/", on=day, **query).json()["results"]
        }

    before = ("第一小组", streets.gulou.pk, streets.gulou.code)
    after = ("第一小组", streets.wenchang.pk, streets.wenchang.code)
    street = (streets.nanning.pk, streets.nanning.code)
    assert on("2021-12-31", unit=streets.gulou.code) == {("鼓楼社区", *street), before}
    assert on("2022-01-01", unit=streets.gulou.code) == {("新鼓楼社区", *street), before}
    assert on("2023-01-01", unit=streets.gulou.code) == {("新鼓楼社区", *street)}
    assert on("2022-12-31", parent=str(streets.gulou.pk)) == {before}
    assert on("2023-01-01", parent=str(streets.wenchang.pk)) == {after}
    assert on("1989-12-31") == set()
    assert on("1989-12-31", unit=streets.gulou.code) == set()


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_asks_as_often_however_many_rows(streets, django_assert_num_queries, rows):
    for _ in range(rows):
        factories.unit(parent=streets.gulou)
    clerk = streets.clerk

    # Appointments, the rows; one page shows them all.
    with django_assert_num_queries(2):
        clerk.get("units/")
    # By then the appointments are known.
    with django_assert_num_queries(1):
        clerk.get("units/", on="2020-01-01")


# Adding and changing.


def test_a_street_clerk_adds_groups_and_grids_below_her_communities(streets):
    answer = streets.clerk.post(
        "units/",
        {"name": "第一小组", "parent": streets.gulou.pk, "opened_on": "2020-01-01", "document": "1号"},
    )

    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["code"], shown["level"], shown["parent"]) == (
        f"{streets.gulou.code}01",
        "group",
        streets.gulou.pk,
    )
    assert (answer["ETag"], Unit.objects.get(name="第一小组").path[:-6]) == ('"v1"', streets.gulou.path)


def test_communities_are_the_districts_to_add_and_change(streets):
    body = {
        "name": "麒麟社区",
        "parent": streets.nanning.pk,
        "opened_on": "2020-01-01",
        "code": "530302002099",
    }
    before, clerk, address = fingerprint(without=["core_user"]), streets.clerk, f"units/{streets.gulou.pk}/"
    version = clerk.etag(address)
    before = fingerprint()

    assert clerk.post("units/", body).status_code == 403
    assert clerk.patch(address, {"alias": "x"}, If_Match=version).status_code == 403
    for action in ("rename", "move", "close"):
        assert clerk.post(f"{address}{action}/", {}, If_Match=version).status_code == 403
    assert fingerprint() == before
    assert streets.officer.post("units/", body).status_code == 201


def test_a_clerk_of_one_branch_does_not_work_on_the_unit_below_it(streets):
    clerk = streets.caller("street_clerk", branch=streets.here)
    group = factories.unit(parent=streets.gulou)
    seated = factories.branch(unit=group)
    inner = streets.caller("street_clerk", branch=seated)
    before = fingerprint()

    assert names(inner.get("units/")) == [group.name]
    assert inner.patch(f"units/{group.pk}/", {"alias": "x"}, If_Match='"v1"').status_code == 403
    answer = clerk.post("units/", {"name": "x", "parent": streets.gulou.pk, "opened_on": "2020-01-01"})
    assert words(answer) == (400, [f"没有“{streets.gulou.pk}”这条记录，或不在您的管辖范围内"])
    assert fingerprint() == before


def test_a_foreign_parent_is_refused_like_an_unknown_one(streets):
    clerk = streets.clerk
    group = factories.unit(parent=streets.gulou)
    before = fingerprint()

    added = [
        clerk.post("units/", {"name": "x", "parent": pk, "opened_on": "2020-01-01"})
        for pk in (streets.wenchang.pk, 999_999)
    ]
    moved = [
        clerk.post(f"units/{group.pk}/move/", {"to": pk, "on": "2020-01-01"}, If_Match='"v1"')
        for pk in (streets.wenchang.pk, 999_999)
    ]

    assert [refusals(answer) for answer in added] == [(400, [("does_not_exist", "parent")])] * 2
    assert [refusals(answer) for answer in moved] == [(400, [("does_not_exist", "to")])] * 2
    for foreign, unknown in (added, moved):
        assert unnumbered(foreign, streets.wenchang.pk) == unnumbered(unknown, 999_999)
    assert fingerprint() == before


def test_what_is_no_number_is_refused_as_a_parent(streets):
    officer = streets.officer

    for number in ("x", -1, 1.0, True, None, "", [1], {"id": 1}, 10**30, "１"):
        body = {"name": "x", "parent": number, "opened_on": "2020-01-01"}
        status, [(_, field)] = refusals(officer.post("units/", body))
        assert (status, field) == (400, "parent")


def test_a_grid_hangs_under_a_group(streets):
    body = {"name": "x", "parent": streets.gulou.pk, "level": "grid", "opened_on": "2020-01-01"}

    assert words(streets.officer.post("units/", body)) == (409, ["网格的上级必须是小组，“鼓楼社区”是社区"])


def test_a_unit_is_amended_renamed_moved_and_closed_each_as_the_next_version(streets):
    officer, group = streets.officer, factories.unit(parent=streets.gulou, name="第一小组")
    address = f"units/{group.pk}/"

    amended = officer.patch(address, {"alias": "老一组"}, If_Match='"v1"')
    renamed = officer.post(f"{address}rename/", {"name": "一组", "on": "2021-01-01"}, If_Match='"v2"')
    moved = officer.post(
        f"{address}move/", {"to": streets.wenchang.pk, "on": "2022-01-01"}, If_Match=renamed["ETag"]
    )
    closed = officer.post(f"{address}close/", {"on": "2023-01-01", "document": "3号"}, If_Match='"v4"')

    answers = [amended, renamed, moved, closed]
    assert [(answer.status_code, answer["ETag"]) for answer in answers] == [
        (200, '"v2"'), (200, '"v3"'), (200, '"v4"'), (200, '"v5"'),
    ]  # fmt: skip
    shown = closed.json()
    assert (shown["name"], shown["alias"], shown["parent"]) == ("一组", "老一组", streets.wenchang.pk)
    assert shown["closed_on"] == "2023-01-01"


@pytest.mark.parametrize(
    ("role", "place", "asked", "status"),
    [
        ("district_officer", "district", "nanning", 200),
        ("street_clerk", "nanning", "nanning", 200),
        ("street_clerk", "nanning", "gulou", 200),
        ("street_clerk", "nanning", "jianning", 404),
        ("community_clerk", "gulou", "gulou", 200),
        ("community_clerk", "gulou", "nanning", 404),
        # The unit under her branch is not hers.
        ("street_clerk", "here", "gulou", 403),
        ("auditor", "district", "nanning", 403),
    ],
)
def test_whose_office_it_is_says_how_it_is_reached(streets, role, place, asked, status):
    at = {"branch": streets.here} if place == "here" else {"unit": getattr(streets, place)}
    unit = getattr(streets, asked)

    answer = streets.caller(role, **at).post(
        f"units/{unit.pk}/contact/", {"office_phone": "08743100001"}, If_Match='"v1"'
    )

    assert answer.status_code == status
    assert Unit.objects.get(pk=unit.pk).office_phone == ("0874-3100001" if status == 200 else "")


def test_who_read_another_version_changes_nothing(streets):
    officer, address = streets.officer, f"units/{streets.gulou.pk}/"
    officer.patch(address, {"alias": "甲"}, If_Match='"v1"')
    before = fingerprint()

    for answer in (
        officer.patch(address, {"alias": "乙"}, If_Match='"v1"'),
        officer.post(f"{address}rename/", {"name": "乙", "on": "2020-01-01"}, If_Match='"v1"'),
    ):
        said = "“鼓楼社区”已被他人修改（您看到的是第1版，现为第2版），请重新读取后再改"
        assert words(answer) == (412, [said])
    assert fingerprint() == before


def test_a_change_that_slips_in_between_is_found_out_and_undone(streets, monkeypatch):
    officer, address = streets.officer, f"units/{streets.gulou.pk}/rename/"

    def rename_after_another(*, unit, **values):
        Unit.objects.filter(pk=unit.pk).update(version=2)
        return rename_unit(unit=unit, **values)

    monkeypatch.setattr("branches.api.units.rename_unit", rename_after_another)
    before = fingerprint()

    answer = officer.post(address, {"name": "乙", "on": "2020-01-01"}, If_Match='"v1"')

    assert words(answer) == (412, ["“鼓楼社区”刚被他人修改，请重新读取后再改"])
    assert fingerprint() == before


def test_an_amendment_says_where_names_and_places_are_changed(streets):
    body = {"name": "x", "parent": 1, "closed_on": "2020-01-01", "path": "x", "level": "grid"}

    status, said = words(streets.officer.patch(f"units/{streets.gulou.pk}/", body, If_Match='"v1"'))

    assert (status, said) == (
        400,
        [
            "更名请用 POST units/编号/rename/，写明生效日期",
            "迁移请用 POST units/编号/move/，写明生效日期",
            "撤销请用 POST units/编号/close/，写明生效日期",
            "没有“path”这个可填写的字段",
            "没有“level”这个可填写的字段",
        ],
    )
