"""The roster's list: cut to the scope, found by names and numbers, filtered, and fast."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils.html import escape

from core import clock
from members.admin.filters import AGE_BANDS, latest_birth
from members.admin.roster import NOT_ON_ROSTER
from members.admin.search import opened_term, sealed_term
from members.operations import MemberChanges, StandingChange, amend_member, change_standing
from tests import factories
from tests.members.admin.pages import rows_of, told
from tests.worlds import told_once

LIST = reverse("admin:members_member_changelist")
LONG_NAME = "買買提·" + "阿不都拉" * 11 + "𠮷𡨴"


@told_once
def wang(town):
    """王秀英 of ours, with everything that a list must not show in full."""
    return factories.member(
        branch=town.our_branch,
        name="王秀英",
        id_number=factories.id_number(1),
        phones=[("13987654321", "self", "")],
        address="麒麟南路1号",
        health_note="高血压",
    )


@told_once
def stranger(town):
    """王桂兰 of theirs, who would be found by every search that finds 王秀英."""
    return factories.member(
        branch=town.their_branch,
        name="王桂兰",
        id_number=factories.id_number(2),
        phones=[("13987654321", "self", "")],
    )


def searched(browser, term, query=""):
    """The list after `term` was typed into the search box."""
    return browser.post(LIST + query, {"q": term}, follow=True)


def names_of(response):
    return [member.name for member in rows_of(response)]


def test_the_list_is_cut_to_the_scope(clerk, wang, stranger):
    assert rows_of(clerk.get(LIST)) == [wang]


def test_the_list_shows_who_is_on_the_roster_today_in_the_order_of_pinyin(clerk, town, wang):
    factories.member(branch=town.our_branch, name="安然")
    gone = factories.member(branch=town.our_branch, name="毕生")
    decease(gone)

    assert names_of(clerk.get(LIST)) == ["安然", "王秀英"]


def decease(member):
    change = StandingChange("decease", date(2026, 5, 1))
    change_standing(member=member, change=change, by=None, today=factories.TODAY)


def test_the_list_shows_the_last_four_and_nothing_more_of_numbers(clerk, wang):
    page = clerk.get(LIST).content.decode()

    assert "****4321" in page
    assert f"****{factories.id_number(1)[-4:]}" in page
    assert [
        text for text in ("13987654321", factories.id_number(1), "麒麟南路", "高血压") if text in page
    ] == []


def test_who_may_not_see_whole_numbers_is_told_in_the_list_only_that_there_is_one(enter, town, wang):
    factories.member(branch=town.our_branch, name="李玉兰")
    for role, place in (("auditor", {"unit": town.ours}), ("branch_secretary", {"branch": town.our_branch})):
        listed = enter(factories.account(role=role, **place)).get(LIST)
        told = listed.content.decode()
        assert (f"{factories.id_number(1)[-4:]}" in told, told.count("已登记")) == (False, 1)


@pytest.mark.parametrize(
    "term",
    [
        "王秀英",
        "秀英",
        "wxy",
        "wangxy",
        "wangxiuying",
        "4321",
        "13987654321",
        factories.id_number(1)[-4:],
        factories.id_number(1),
        "王 wxy 4321",
    ],
)
def test_the_search_box_finds_by_names_spellings_and_numbers_within_the_scope(clerk, wang, stranger, term):
    assert rows_of(searched(clerk, term)) == [wang]


def test_several_words_all_apply(clerk, wang):
    assert rows_of(searched(clerk, "王秀英 9999")) == []


def test_what_was_typed_stands_in_no_address(clerk, wang):
    answer = clerk.post(LIST, {"q": "王秀英"})
    page = clerk.get(LIST + answer.url)

    assert answer.status_code == 302
    assert "%E7%8E%8B" not in answer.url
    assert "王" not in answer.url
    assert 'value="王秀英"' in page.content.decode()
    assert opened_term(sealed_term("王秀英")) == "王秀英"


@pytest.mark.parametrize("token", ["~", "~abc", "~" + "A" * 60, "~不是"])
def test_an_address_that_we_did_not_seal_searches_for_nothing(clerk, wang, token):
    assert rows_of(clerk.get(LIST, {"q": token})) == [wang]


def test_searching_keeps_the_filters_and_starts_at_the_first_page(clerk, wang, town):
    answer = clerk.post(f"{LIST}?age=76-79&p=3", {"q": "wxy"})

    assert answer.url.startswith("?age=76-79&q=~")
    assert "p=" not in answer.url
    assert clerk.post(f"{LIST}?age=76-79&q=x", {"q": " "}).url == "?age=76-79"


def test_a_term_that_is_too_long_is_cut_and_said_so(clerk, wang):
    assert told(searched(clerk, "王" * 61, "?state=all")) == ["搜索词最多60个字，后面的没有用上"]


def test_the_unit_filter_keeps_the_unit_and_below(officer, town, wang, stranger):
    assert rows_of(officer.get(LIST, {"unit": town.ours.pk})) == [wang]
    assert rows_of(officer.get(LIST, {"unit": town.their_community.pk})) == [stranger]


@pytest.mark.parametrize("name", ["unit", "branch", "group"])
def test_a_filter_by_something_out_of_scope_answers_as_by_something_unknown(
    clerk, town, wang, stranger, name
):
    foreign = {
        "unit": town.theirs.pk,
        "branch": town.their_branch.pk,
        "group": factories.branch(
            unit=town.their_community, category="641", parent=town.their_branch, name="外组"
        ).pk,
    }[name]

    ours, unknown = clerk.get(LIST, {name: foreign}), clerk.get(LIST, {name: 999999})

    assert (rows_of(ours), told(ours)) == (rows_of(unknown), told(unknown))
    assert rows_of(ours) == []
    assert "建宁" not in ours.content.decode()


def test_the_branch_and_group_filters_keep_their_people(officer, town, wang, stranger):
    group = factories.branch(unit=town.our_community, category="641", parent=town.our_branch, name="一组")
    grouped = factories.member(branch=town.our_branch, name="安然", group=group)

    assert rows_of(officer.get(LIST, {"branch": town.our_branch.pk})) == [grouped, wang]
    assert rows_of(officer.get(LIST, {"group": group.pk})) == [grouped]


def test_the_kind_filter_keeps_the_people_of_such_branches(officer, town, wang):
    direct = factories.branch(unit=town.district, kind="district_direct", name="区直支部")
    an = factories.member(branch=direct, name="安然")

    assert rows_of(officer.get(LIST, {"kind": "district_direct"})) == [an]
    assert rows_of(officer.get(LIST, {"kind": "community"})) == [wang]
    assert rows_of(officer.get(LIST, {"kind": "no such kind"})) == []


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("", ["安然", "鲍正"]),
        ("full", ["安然"]),
        ("probationary", ["鲍正"]),
        ("deceased", ["毕生"]),
        ("suspended", ["蔡停"]),
        ("exited", ["戴出"]),
        ("gone", []),
        ("all", ["安然", "鲍正", "毕生", "蔡停", "戴出"]),
        ("no such state", []),
    ],
)
def test_the_state_filter_keeps_each_standing(clerk, town, state, names):
    people = {
        name: factories.member(branch=town.our_branch, name=name, **more)
        for name, more in {
            "安然": {},
            "鲍正": {"standing": "probationary", "joined_on": date(2026, 1, 1)},
            "毕生": {},
            "蔡停": {},
            "戴出": {},
        }.items()
    }
    decease(people["毕生"])
    for name, move, reason in (("蔡停", "suspend", "lost_contact"), ("戴出", "exit", "expelled")):
        change = StandingChange(move, date(2026, 5, 1), reason=reason)
        change_standing(member=people[name], change=change, by=None, today=factories.TODAY)

    assert names_of(clerk.get(LIST, {"state": state})) == names


@pytest.mark.parametrize(
    ("flag", "names"),
    [
        ("lost", ["安然"]),
        ("floating", ["毕生"]),
        ("any", ["安然", "毕生"]),
        ("none", ["蔡停"]),
        ("x", []),
    ],
)
def test_the_flag_filter_keeps_who_is_lost_or_away(clerk, town, flag, names):
    an, bi, _ = (factories.member(branch=town.our_branch, name=name) for name in ("安然", "毕生", "蔡停"))
    for member, column in ((an, "lost_since"), (bi, "floating_since")):
        changes = MemberChanges({column: date(2026, 1, 1)})
        amend_member(member=member, changes=changes, by=None, today=factories.TODAY)

    assert names_of(clerk.get(LIST, {"flag": flag})) == names


def test_every_member_falls_into_exactly_the_age_band_of_her_age(clerk, town):
    day = clock.today()
    ages = [59, 60, 61, 65, 66, 70, 71, 75, 76, 79, 80, 89, 90, 99, 100, 104]
    for age in ages:
        factories.member(
            branch=town.our_branch,
            birth_on=latest_birth(age, day),
            joined_on=date(1997, 1, 1),
            full_on=date(1998, 1, 1),
        )

    found = {
        band: sorted(row.age(day) for row in rows_of(clerk.get(LIST, {"age": band}))) for band in AGE_BANDS
    }

    assert found == {
        "60": [59, 60],
        "61-65": [61, 65],
        "66-70": [66, 70],
        "71-75": [71, 75],
        "76-79": [76, 79],
        "80-89": [80, 89],
        "90-99": [90, 99],
        "100": [100, 104],
    }


def test_who_was_born_on_the_day_after_has_not_had_the_birthday_yet():
    assert latest_birth(60, date(2024, 2, 29)) == date(1964, 2, 29)
    assert latest_birth(61, date(2024, 2, 29)) == date(1963, 2, 28)


@pytest.mark.parametrize(
    "lookup", ["branch__name__startswith", "id_index", "phones__number", "health_note", "name__startswith"]
)
def test_nothing_but_the_offered_filters_may_be_asked(clerk, wang, lookup):
    assert clerk.get(LIST, {lookup: "x"}).status_code == 400


def test_names_of_fifty_characters_and_beyond_the_plane_are_shown_whole(clerk, town):
    factories.member(branch=town.our_branch, name=LONG_NAME)

    assert escape(LONG_NAME) in clerk.get(LIST).content.decode()


def test_coming_back_from_a_member_keeps_the_filters(clerk, wang):
    page = clerk.get(LIST, {"age": "76-79"}).content.decode()

    assert f"/admin/members/member/{wang.pk}/change/?_changelist_filters=age%3D76-79" in page


@pytest.mark.parametrize("people", [1, 3])
def test_the_list_asks_the_same_number_of_questions_for_one_row_and_for_three(
    clerk, town, people, django_assert_num_queries
):
    for serial in range(people):
        factories.member(
            branch=factories.branch(unit=town.our_community),
            id_number=factories.id_number(serial),
            phones=[("13900000000", "self", ""), (f"1390000000{serial + 1}", "child", "")],
        )
    clerk.get(LIST)

    with django_assert_num_queries(QUERIES):
        assert len(rows_of(clerk.get(LIST))) == people


# session, account, appointments, count, rows with branches, phones, streets
QUERIES = 6


@pytest.mark.parametrize("people", [1, 3])
def test_when_those_who_left_did_so_is_asked_once_for_the_list(
    clerk, town, people, django_assert_num_queries
):
    for _ in range(people):
        decease(factories.member(branch=town.our_branch, joined_on=date(1970, 5, 1)))
    clerk.get(LIST)

    with django_assert_num_queries(QUERIES + 1):
        page = clerk.get(LIST + "?state=all")

    assert page.context["cl"].model_admin.party_age(rows_of(page)[0]) == 56
    assert len(rows_of(page)) == people


@pytest.mark.parametrize("role", ["statistics_consumer", "system_administrator", None])
def test_who_may_not_see_people_gets_no_list(enter, town, wang, role):
    browser = enter(factories.account(role=role, unit=town.district if role else None))

    assert browser.get(LIST).status_code == 403


def test_a_secretary_sees_her_own_branch_only(enter, town, wang, stranger):
    factories.member(branch=factories.branch(unit=town.our_community, name="二支部"), name="安然")
    browser = enter(factories.account(role="branch_secretary", branch=town.our_branch))

    assert rows_of(browser.get(LIST)) == [wang]


def test_who_is_not_found_on_the_roster_may_be_found_off_it(clerk, town, wang):
    decease(wang)

    answer = searched(clerk, "wxy")

    assert (rows_of(answer), told(answer)) == ([], [NOT_ON_ROSTER])
    assert rows_of(searched(clerk, "wxy", "?state=all")) == [wang]
    assert told(searched(clerk, "没有此人", "?state=all")) == []


@pytest.mark.parametrize("which", ["change", "history", "delete", "affiliate", "decease", "id-number"])
def test_a_foreign_member_answers_as_an_unknown_one(clerk, wang, stranger, which):
    def answer(number):
        response = clerk.get(reverse(f"admin:members_member_{which}", args=[number]))
        return (
            response.status_code,
            getattr(response, "url", ""),
            [text.replace(str(number), "#") for text in told(clerk.get(LIST))],
        )

    assert answer(stranger.pk) == answer(999999)
