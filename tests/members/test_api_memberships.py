"""组织关系 and taking part in temporary organisations by REST."""

from datetime import date

import pytest

from branches.models import Category
from branches.operations import move_unit
from members.models import Membership, SignIn
from members.operations import StandingChange, change_standing
from tests import factories
from tests.callers import refusals, unnumbered, words
from tests.factories import TODAY
from tests.ledger import fingerprint
from tests.worlds import told_once


def names(answer):
    return [row["member_name"] for row in answer.json()["results"]]


def both_refused(attempt, foreign, field):
    """A foreign number and one that never was get the same bytes."""
    answers = [attempt(foreign), attempt(999_999)]
    assert [refusals(answer) for answer in answers] == [(400, [("does_not_exist", field)])] * 2
    assert unnumbered(answers[0], foreign) == unnumbered(answers[1], 999_999)


@told_once
def town(streets):
    return streets.people()


@told_once
def adrift(town):
    """Somebody of ours without a 组织关系: suspended, and restored to the Party but not yet to a branch."""
    member = factories.member(branch=town.here, name="赵玉兰")
    change = StandingChange("suspend", date(2024, 1, 1), reason="lost_contact")
    change_standing(member=member, change=change, by=None, today=TODAY)
    type(member).objects.filter(pk=member.pk).update(standing="full")
    return member


def test_relations_are_seen_where_the_member_is(town):
    assert names(town.clerk.get("memberships/")) == ["王秀英"]
    assert sorted(names(town.officer.get("memberships/"))) == ["李国强", "王秀英"]
    foreign = town.clerk.get(f"memberships/{town.li.memberships.get().pk}/")
    assert (foreign.status_code, foreign.content) == (404, town.clerk.get("memberships/999999/").content)


def test_relations_are_found_by_member_place_day_and_kind(town):
    officer = town.officer

    for query in (
        {"member": str(town.wang.pk)}, {"branch": str(town.here.pk)}, {"unit": town.gulou.code},
        {"unit": town.nanning.code, "on": "2010-01-01", "began_by": "initial_load", "until__isnull": "true"},
    ):  # fmt: skip
        assert names(officer.get("memberships/", **query)) == ["王秀英"]
    for query in ({"on": "2009-12-31"}, {"ended_by": "death"}, {"since__gt": "2010-01-01"}):
        assert names(officer.get("memberships/", **query)) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_asks_as_often_however_many_rows(streets, django_assert_num_queries, rows):
    for number in range(rows):
        member = factories.member(branch=streets.here, name="王" + "甲乙丙"[number])
        factories.affiliation(member=member, branch=streets.circle_here)
    clerk = streets.clerk

    # Appointments, the rows; one page shows them all.
    with django_assert_num_queries(2):
        clerk.get("memberships/")
    with django_assert_num_queries(1):
        clerk.get("affiliations/")


def test_who_has_no_relation_is_enrolled(town, adrift):
    group = factories.branch(unit=town.gulou, category=Category.GROUP, parent=town.here, name="第一党小组")
    body = {"member": adrift.pk, "branch": town.here.pk, "since": "2025-01-01", "group": group.pk,
            "began_by": "transfer_in", "document": "8号"}  # fmt: skip

    answer = town.clerk.post("memberships/", body)

    assert (answer.status_code, answer["ETag"]) == (201, '"v1"')
    shown = answer.json()
    assert (shown["member"], shown["branch"], shown["group"]) == (adrift.pk, town.here.pk, group.pk)
    assert (shown["since"], shown["began_by"], shown["began_document"]) == (
        "2025-01-01",
        "transfer_in",
        "8号",
    )
    adrift.refresh_from_db()
    assert adrift.on_roster is True


def test_nobody_has_two_relations_and_no_temporary_one(town, adrift):
    clerk = town.clerk
    before = fingerprint()

    second = clerk.post(
        "memberships/", {"member": town.wang.pk, "branch": town.here.pk, "since": "2020-01-01"}
    )
    temporary = clerk.post(
        "memberships/", {"member": adrift.pk, "branch": town.circle_here.pk, "since": "2025-01-01"}
    )

    said = "王秀英 自 2010-01-01 起已在“中共鼓楼社区第一党支部”有组织关系，一人只能有一个"
    assert words(second) == (409, [said])
    assert refusals(temporary) == (400, [("invalid", "branch")])
    assert fingerprint() == before


def test_a_relation_entered_wrongly_is_corrected(town):
    held, second = town.wang.memberships.get(), factories.branch(unit=town.gulou, name="中共鼓楼第二党支部")
    body = {"branch": second.pk, "since": "2011-01-01", "began_document": "9号"}
    without = town.clerk.patch(f"memberships/{held.pk}/", body, If_Match='"v1"')
    assert refusals(without) == (400, [("invalid", "evidence")])
    body["evidence"] = "介绍信存根"

    answer = town.clerk.patch(f"memberships/{held.pk}/", body, If_Match='"v1"')

    assert (answer.status_code, answer["ETag"]) == (200, '"v2"')
    assert (answer.json()["branch_name"], answer.json()["since"]) == (second.name, "2011-01-01")
    stale = town.clerk.patch(f"memberships/{held.pk}/", body, If_Match='"v1"')
    assert refusals(stale) == (412, [("stale", None)])


def test_a_relation_is_not_ended_or_given_to_another_by_correcting(town):
    held = town.wang.memberships.get()
    body = {"until": "2020-01-01", "ended_by": "death", "member": town.wang.pk}

    status, found = refusals(town.clerk.patch(f"memberships/{held.pk}/", body, If_Match='"v1"'))

    assert (status, found) == (400, [("not_writable", name) for name in ("until", "ended_by", "member")])
    assert Membership.objects.get(pk=held.pk).until is None


def test_foreign_keys_of_a_relation_are_refused_like_unknown_ones(town, adrift):
    clerk, held = town.clerk, town.wang.memberships.get()
    group = factories.branch(unit=town.wenchang, category=Category.GROUP, parent=town.there, name="文昌小组")
    body = {"member": adrift.pk, "branch": town.here.pk, "since": "2025-01-01"}
    address = f"memberships/{held.pk}/"
    before = fingerprint()

    for field, row in (("member", town.li), ("branch", town.there), ("group", group)):
        both_refused(lambda pk, name=field: clerk.post("memberships/", body | {name: pk}), row.pk, field)
    for field, row in (("branch", town.there), ("group", group)):
        both_refused(lambda pk, name=field: clerk.patch(address, {name: pk}, If_Match='"v1"'), row.pk, field)
    answers = [
        clerk.patch(f"memberships/{pk}/", {}, If_Match='"v1"')
        for pk in (town.li.memberships.get().pk, 999_999)
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert fingerprint() == before


def test_a_secretary_reads_relations_and_writes_none(town):
    secretary, held = town.secretary, town.wang.memberships.get()

    assert names(secretary.get("memberships/")) == ["王秀英"]
    assert secretary.post("memberships/", {}).status_code == 403
    assert secretary.patch(f"memberships/{held.pk}/", {}, If_Match='"v1"').status_code == 403


# Taking part.


@told_once
def part(town):
    return factories.affiliation(member=town.wang, branch=town.circle_here)


def test_taking_part_is_seen_from_both_sides_and_from_no_other(town, part):
    crossing = factories.affiliation(member=town.li, branch=town.circle_here)
    home = town.caller("branch_secretary", branch=town.there)
    stranger = town.caller("branch_secretary", branch=factories.branch(unit=town.wenchang))

    assert sorted(names(town.clerk.get("affiliations/"))) == ["李国强", "王秀英"]
    assert names(home.get("affiliations/")) == ["李国强"]
    assert names(stranger.get("affiliations/")) == []
    foreign = home.get(f"affiliations/{part.pk}/")
    assert (foreign.status_code, foreign.content) == (404, home.get("affiliations/999999/").content)
    assert home.get(f"affiliations/{crossing.pk}/").status_code == 200


def test_seeing_that_a_neighbour_takes_part_does_not_open_her_record(town):
    factories.affiliation(member=town.li, branch=town.circle_here)

    assert names(town.clerk.get("affiliations/")) == ["李国强"]
    assert town.clerk.get(f"members/{town.li.pk}/").status_code == 404


def test_a_member_takes_part_signs_in_is_verified_and_leaves(town):
    clerk, other = town.clerk, town.caller("community_clerk", unit=town.gulou)
    body = {"member": town.wang.pk, "branch": town.circle_here.pk, "since": "2024-01-01", "duty": "书法组长"}

    made = clerk.post("affiliations/", body)
    address = f"affiliations/{made.json()['id']}/"
    signed = clerk.post(f"{address}sign-in/", {"on": "2024-05-01", "occasion": "写春联"})
    own = clerk.post(f"{address}verify/", {"on": "2024-05-01"})
    verified = other.post(f"{address}verify/", {"on": "2024-05-01"})
    ended = clerk.post(f"{address}end/", {"until": "2025-01-01"}, If_Match='"v1"')

    assert (made.status_code, made.json()["duty"], made.json()["sign_ins"]) == (201, "书法组长", [])
    shown = {"on": "2024-05-01", "occasion": "写春联", "verified": False}
    assert (signed.status_code, signed.json()["sign_ins"]) == (201, [shown])
    assert words(own) == (409, ["王秀英 2024-05-01：登记人不能核实自己登记的记录"])
    assert (verified.status_code, verified.json()["sign_ins"]) == (200, [{**shown, "verified": True}])
    assert (ended.status_code, ended.json()["until"], ended["ETag"]) == (200, "2025-01-01", '"v2"')


def test_what_cannot_be_is_refused_and_nothing_is_written(town, part):
    clerk, address = town.clerk, f"affiliations/{part.pk}/"
    body = {"member": town.wang.pk, "branch": town.circle_here.pk, "since": "2024-01-01"}
    SignIn.objects.create(affiliation=part, on=date(2024, 5, 1))
    before = fingerprint()

    attempts = [
        (clerk.post("affiliations/", body), (409, ["王秀英 已参加“中共鼓楼书画临时党支部”，不能重复登记"])),
        (clerk.post("affiliations/", {**body, "branch": town.here.pk}),
         (400, ["“中共鼓楼社区第一党支部”不是三缘型临时党组织，不能登记参加"])),
        (clerk.post(f"{address}sign-in/", {"on": "2019-12-31"}),
         (400, ["2019-12-31 不在 王秀英 的参加期间（2020-01-01 至 今）"])),
        (clerk.post(f"{address}sign-in/", {"on": "2024-05-01"}), (409, ["王秀英 在 2024-05-01 已登记"])),
        (clerk.post(f"{address}verify/", {"on": "2024-05-02"}), (400, ["2024-05-02 没有参加记录，无法核实"])),
        (clerk.post(f"{address}end/", {"until": "2020-01-01"}, If_Match='"v1"'),
         (400, ["结束日期 2020-01-01 必须晚于起始日期 2020-01-01"])),
    ]  # fmt: skip

    for answer, said in attempts:
        assert words(answer) == said
    assert fingerprint() == before


def test_foreign_keys_of_taking_part_are_refused_like_unknown_ones(town, part):
    clerk = town.clerk
    body = {"member": town.wang.pk, "branch": town.circle_here.pk, "since": "2024-01-01"}
    theirs = factories.affiliation(member=town.li, branch=town.circle_there)
    before = fingerprint()

    for field, row in (("member", town.li), ("branch", town.circle_there)):
        both_refused(lambda pk, name=field: clerk.post("affiliations/", body | {name: pk}), row.pk, field)
    for action in ("end/", "sign-in/", "verify/"):
        answers = [clerk.post(f"affiliations/{pk}/{action}", {}) for pk in (theirs.pk, 999_999)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content
    assert fingerprint() == before


def test_a_secretary_records_sign_ins_of_her_own_and_verifies_none(town, part):
    secretary = town.secretary

    assert secretary.post(f"affiliations/{part.pk}/sign-in/", {"on": "2024-05-01"}).status_code == 201
    assert secretary.post(f"affiliations/{part.pk}/verify/", {"on": "2024-05-01"}).status_code == 403
    assert secretary.post(f"affiliations/{part.pk}/end/", {}, If_Match='"v1"').status_code == 403
    assert secretary.post("affiliations/", {}).status_code == 403


def test_parts_are_found_by_member_branch_place_and_day(town, part):
    officer = town.officer
    factories.affiliation(member=town.li, branch=town.circle_there)

    for query in (
        {"member": str(town.wang.pk)}, {"branch": str(town.circle_here.pk)}, {"unit": town.nanning.code},
        {"unit": town.nanning.code, "on": "2020-01-01", "until__isnull": "true"},
    ):  # fmt: skip
        assert names(officer.get("affiliations/", **query)) == ["王秀英"]
    assert names(officer.get("affiliations/", on="2019-12-31")) == []


@pytest.mark.parametrize("address", ["members/", "memberships/", "affiliations/"])
def test_on_a_day_a_unit_is_what_it_was_in_the_tree_of_that_day(town, part, address):
    move_unit(unit=town.gulou, to=town.jianning, on=date(2022, 1, 1), document="", by=None, today=TODAY)

    def on(unit, **query):
        rows = town.officer.get(address, unit=unit.code, **query).json()["results"]
        # 李国强 is on the other side all the while.
        return [name for name in (row.get("member_name") or row["name"] for row in rows) if name != "李国强"]

    assert on(town.nanning, on="2021-12-31") == ["王秀英"]
    assert on(town.jianning, on="2021-12-31") == on(town.nanning, on="2022-01-01") == on(town.nanning) == []
    assert on(town.jianning, on="2022-01-01") == on(town.jianning) == ["王秀英"]
