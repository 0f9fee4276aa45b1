"""Branches and employers by REST."""

from datetime import date

import pytest

from branches.models import Branch, Category, Employer
from branches.operations import (
    BranchChanges,
    amend_branch,
    close_unit,
    dissolve_branch,
    move_branch,
    move_unit,
)
from tests import factories
from tests.callers import refusals, unnumbered, words
from tests.factories import TEMPORARY, TODAY
from tests.ledger import fingerprint


def names(answer):
    return [row["name"] for row in answer.json()["results"]]


def founding(unit, **values):
    return {
        "name": "中共鼓楼社区第二党支部", "unit": unit.pk, "category": "631", "kind": "community",
        "founded_on": "2020-01-01", **values,
    }  # fmt: skip


def test_a_list_holds_the_branches_in_scope_and_no_others(streets):
    assert names(streets.clerk.get("branches/")) == [streets.here.name, streets.circle_here.name]
    assert len(names(streets.officer.get("branches/"))) == 4


def test_a_secretary_sees_her_branch_and_its_groups(streets):
    group = factories.branch(
        unit=streets.gulou, category=Category.GROUP, parent=streets.here, name="第一党小组"
    )
    secretary = streets.secretary

    assert names(secretary.get("branches/")) == [streets.here.name, group.name]
    foreign, unknown = secretary.get(f"branches/{streets.there.pk}/"), secretary.get("branches/999999/")
    assert (foreign.status_code, foreign.content) == (404, unknown.content)


def test_branches_are_found_by_kind_place_day_and_words(streets):
    gone = factories.branch(unit=streets.gulou, name="中共旧支部")
    dissolve_branch(branch=gone, on=date(2020, 1, 1), document="", by=None, today=TODAY)
    officer = streets.officer

    assert names(officer.get("branches/", kind="temporary", unit=streets.nanning.code)) == [
        streets.circle_here.name
    ]
    assert len(names(officer.get("branches/", kind__in="temporary,street"))) == 2
    assert names(officer.get("branches/", code=streets.there.code)) == [streets.there.name]
    assert names(officer.get("branches/", on="2019-12-31", search="旧支部")) == ["中共旧支部"]
    assert names(officer.get("branches/", on="2020-01-01", search="旧支部")) == []
    assert names(officer.get("branches/", dissolved_on__isnull="false")) == ["中共旧支部"]
    assert refusals(officer.get("branches/", kind__in="temporary,x")) == (400, [("invalid", "kind__in")])


def test_on_a_day_the_branches_of_a_unit_are_those_that_it_had_in_the_tree_of_that_day(streets):
    old = factories.unit(parent=streets.nanning, name="旧社区")
    gone = factories.branch(unit=old, name="中共旧支部")
    decided = {"document": "", "by": None, "today": TODAY}
    move_branch(branch=streets.circle_here, to=old, on=date(2021, 1, 1), **decided)
    move_unit(unit=streets.gulou, to=streets.jianning, on=date(2022, 1, 1), **decided)
    move_branch(branch=streets.circle_here, to=streets.jianning, on=date(2023, 1, 1), **decided)
    dissolve_branch(branch=gone, on=date(2023, 1, 1), **decided)
    close_unit(unit=old, on=date(2024, 1, 1), **decided)

    def on(day, unit):
        return set(names(streets.officer.get("branches/", unit=unit.code, on=day)))

    here, circle = streets.here.name, streets.circle_here.name
    there = {streets.there.name, streets.circle_there.name}
    assert [on(day, streets.nanning) for day in ("2020-12-31", "2022-01-01", "2023-01-01")] == [
        {here, circle, gone.name}, {circle, gone.name}, set(),
    ]  # fmt: skip
    assert [on(day, streets.jianning) for day in ("2021-12-31", "2022-12-31", "2023-01-01")] == [
        there, there | {here}, there | {here, circle},
    ]  # fmt: skip
    assert [on(day, old) for day in ("2020-12-31", "2022-12-31", "2026-01-01")] == [
        {gone.name}, {gone.name, circle}, set(),
    ]  # fmt: skip
    assert on("1989-12-31", streets.district) == set()


def test_what_a_clerk_finds_of_a_past_day_stays_within_what_is_hers_today(streets):
    decided = {"document": "", "by": None, "today": TODAY}
    move_unit(unit=streets.gulou, to=streets.jianning, on=date(2022, 1, 1), **decided)

    assert names(streets.clerk.get("branches/", unit=streets.nanning.code, on="2021-12-31")) == []


def test_the_contact_is_told_in_full_only_to_who_keeps_the_branch(streets):
    contact = BranchChanges({"contact": "张三", "contact_phone": "13812345678"})
    amend_branch(branch=streets.here, changes=contact, by=None, today=TODAY)
    address = f"branches/{streets.here.pk}/"

    def shown(caller):
        body = caller.get(address).json()
        return body["contact"], body["contact_phone"]

    assert shown(streets.clerk) == ("张三", "13812345678")
    assert [shown(caller) for caller in (streets.secretary, streets.consumer)] == [("", "****5678")] * 2
    listed = streets.clerk.get("branches/").content.decode()
    assert [text for text in ("张三", "13812345678", "5678") if text in listed] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_asks_as_often_however_many_rows(streets, django_assert_num_queries, rows):
    for _ in range(rows):
        factories.branch(unit=streets.gulou)
        factories.employer()
    clerk = streets.clerk

    # Appointments, the rows; one page shows them all.
    with django_assert_num_queries(2):
        clerk.get("branches/")
    with django_assert_num_queries(1):
        clerk.get("employers/")
    # The unit's code, its place on the day, the rows.
    with django_assert_num_queries(3):
        clerk.get("branches/", unit=streets.gulou.code, on="2020-01-01")


def test_a_branch_is_founded_amended_moved_and_dissolved_each_as_the_next_version(streets):
    other = factories.unit(parent=streets.nanning, name="麒麟社区")
    clerk = streets.clerk

    made = clerk.post("branches/", founding(streets.gulou))
    address = f"branches/{made.json()['id']}/"
    amended = clerk.patch(address, {"short_name": "二支部", "kind": "community"}, If_Match=made["ETag"])
    moved = clerk.post(f"{address}move/", {"to": other.pk, "on": "2021-01-01"}, If_Match='"v2"')
    dissolved = clerk.post(f"{address}dissolve/", {"on": "2022-01-01", "document": "5号"}, If_Match='"v3"')

    answers = [made, amended, moved, dissolved]
    assert [(answer.status_code, answer["ETag"]) for answer in answers] == [
        (201, '"v1"'), (200, '"v2"'), (200, '"v3"'), (200, '"v4"'),
    ]  # fmt: skip
    shown = dissolved.json()
    assert (shown["short_name"], shown["unit"], shown["dissolved_on"]) == ("二支部", other.pk, "2022-01-01")
    assert shown["dissolving_document"] == "5号"


def test_a_temporary_organisation_is_founded_with_what_it_needs(streets):
    body = founding(streets.gulou, kind="temporary", category="931")

    status, found = refusals(streets.clerk.post("branches/", body))
    needed = {"affinity", "place_type", "sponsor", "approved_by", "approved_on", "expected_end_on"}
    assert (status, {field for _, field in found}) == (400, needed)
    complete = {**body, **{name: str(value) for name, value in TEMPORARY.items()}}
    assert streets.clerk.post("branches/", complete).status_code == 201


DISTRICT_S = "“区直离退休党支部”由区一级成立，请报区里办理"


def test_only_the_district_founds_branches_of_its_own(streets):
    body = founding(streets.gulou, kind="district_direct")

    refused = streets.clerk.post("branches/", body)
    assert (refusals(refused), words(refused)) == (
        (403, [("permission_denied", "kind")]), (403, [DISTRICT_S]),
    )  # fmt: skip
    founded = streets.officer.post("branches/", body)
    assert (founded.status_code, founded.json()["kind"]) == (201, "district_direct")
    # What else a branch of the district says, who keeps it may amend.
    address = f"branches/{founded.json()['id']}/"
    amendment = {"short_name": "区直二支部", "kind": "district_direct"}
    assert streets.clerk.patch(address, amendment, If_Match='"v1"').status_code == 200


def test_nobody_turns_a_branch_into_one_of_the_district(streets):
    body = {"kind": "district_direct"}

    for caller in (streets.clerk, streets.officer):
        answer = caller.patch(f"branches/{streets.here.pk}/", body, If_Match='"v1"')
        assert refusals(answer) == (400, [("invalid", "kind")])


def test_a_group_of_a_district_s_branch_goes_with_it_and_no_other_does(streets):
    direct = factories.branch(unit=streets.gulou, kind="district_direct", name="中共麒麟区财政局党支部")
    group = founding(streets.gulou, kind="district_direct", category="641")
    street_s = {"parent": streets.here.pk, "name": "第一党小组"}
    district_s = {"parent": direct.pk, "name": "第二党小组"}

    said = "党小组的类型须与所属党支部一致：“中共鼓楼社区第一党支部”是社区离退休党支部"
    assert words(streets.clerk.post("branches/", group | street_s)) == (400, [said])
    assert streets.clerk.post("branches/", group | district_s).status_code == 201


def test_a_community_clerk_founds_nothing(streets):
    community = streets.caller("community_clerk", unit=streets.gulou)

    assert community.post("branches/", founding(streets.gulou)).status_code == 403


def test_a_foreign_key_is_refused_like_an_unknown_one(streets):
    clerk, address = streets.clerk, f"branches/{streets.here.pk}/"
    parent = factories.branch(unit=streets.wenchang, category=Category.COMMITTEE, name="中共文昌街道党委")
    before = fingerprint(without=["core_user"])
    attempts = [
        (lambda pk: clerk.post("branches/", founding(streets.gulou) | {"unit": pk}),
         streets.wenchang.pk, "unit"),
        (lambda pk: clerk.post("branches/", founding(streets.gulou, parent=pk)), parent.pk, "parent"),
        (lambda pk: clerk.patch(address, {"unit": pk}, If_Match='"v1"'), streets.wenchang.pk, "unit"),
        (lambda pk: clerk.patch(address, {"parent": pk}, If_Match='"v1"'), parent.pk, "parent"),
        (lambda pk: clerk.post(f"{address}move/", {"to": pk, "on": "2020-01-01"}, If_Match='"v1"'),
         streets.wenchang.pk, "to"),
    ]  # fmt: skip

    for attempt, foreign, field in attempts:
        answers = [attempt(foreign), attempt(999_999)]
        assert [refusals(answer) for answer in answers] == [(400, [("does_not_exist", field)])] * 2
        assert unnumbered(answers[0], foreign) == unnumbered(answers[1], 999_999)
    assert fingerprint(without=["core_user"]) == before


def test_a_foreign_branch_cannot_be_addressed(streets):
    clerk = streets.clerk

    for action in ("", "move/", "dissolve/"):
        call = clerk.post if action else clerk.patch
        answers = [call(f"branches/{pk}/{action}", {}, If_Match='"v1"') for pk in (streets.there.pk, 999_999)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content


def test_what_a_branch_was_founded_as_is_not_amended(streets):
    body = {"kind": "street", "founded_on": "2001-01-01", "unit": streets.nanning.pk}

    status, found = refusals(streets.clerk.patch(f"branches/{streets.here.pk}/", body, If_Match='"v1"'))

    assert (status, found) == (400, [("invalid", "founded_on"), ("invalid", "kind"), ("invalid", "unit")])


def test_a_branch_with_members_is_not_dissolved(streets):
    streets.people()
    address = f"branches/{streets.here.pk}/dissolve/"

    status, said = words(streets.clerk.post(address, {"on": "2026-01-01"}, If_Match='"v1"'))

    assert (status, len(said)) == (409, 1)
    assert Branch.objects.get(pk=streets.here.pk).dissolved_on is None


# Employers.


def test_an_employer_is_registered_by_a_clerk_and_amended_by_the_district(streets):
    body = {"name": "曲靖卷烟厂", "nature": "state_enterprise", "credit_code": "91530300MA6K4P3X2Y"}

    made = streets.clerk.post("employers/", body)
    address = f"employers/{made.json()['id']}/"
    assert (made.status_code, made["ETag"]) == (201, '"v1"')
    assert streets.clerk.patch(address, {"note": "x"}, If_Match='"v1"').status_code == 403
    amended = streets.officer.patch(address, {"credit_code": None, "note": "已改制"}, If_Match='"v1"')
    assert (amended.status_code, amended.json()["credit_code"], amended["ETag"]) == (200, None, '"v2"')


def test_a_name_is_given_to_one_employer(streets):
    factories.employer(name="曲靖卷烟厂")

    answer = streets.clerk.post("employers/", {"name": "曲靖卷烟厂", "nature": "other"})

    assert (words(answer), Employer.objects.count()) == ((400, ["已有同名单位"]), 1)


def test_employers_are_found_by_name_and_nature(streets):
    factories.employer(name="曲靖卷烟厂", nature="other")
    factories.employer(name="曲靖机床厂")

    assert names(streets.clerk.get("employers/", name__icontains="卷烟")) == ["曲靖卷烟厂"]
    assert names(streets.clerk.get("employers/", nature="state_enterprise")) == ["曲靖机床厂"]
    assert names(streets.clerk.get("employers/", ordering="-name"))[0] == "曲靖机床厂"
    assert streets.consumer.get("employers/").status_code == 403
