"""The tree's pages: found, opened, changed on a day, and never beyond one's scope."""

from datetime import date

import pytest
from django.urls import reverse

from branches.models import Unit
from branches.operations import close_unit, rename_unit
from core.models import User
from tests import factories
from tests.office import errors_of, told

TREE = reverse("admin:branches_unit_changelist")
ADD = reverse("admin:branches_unit_add")


def page_of(unit, name="change"):
    return reverse(f"admin:branches_unit_{name}", args=[unit.pk])


def names_on(response):
    """The names of the units listed, in their order."""
    return [
        line.split(">")[1].split("<")[0] for line in response.content.decode().split('class="unit-name"')[1:]
    ]


def test_an_officer_sees_the_district_with_its_streets_opened(officer, town):
    assert names_on(officer.get(TREE)) == ["麒麟区", "南宁街道", "建宁街道"]


def test_a_clerk_s_tree_begins_at_her_street(clerk, town):
    assert names_on(clerk.get(TREE)) == ["南宁街道", "鼓楼社区"]


def test_a_secretary_s_tree_is_the_seat_of_her_branch(enter, town):
    browser = enter(factories.account(role="branch_secretary", branch=town.our_branch))

    assert names_on(browser.get(TREE)) == ["鼓楼社区"]


def test_the_tree_counts_only_what_is_in_sight(enter, officer, town):
    factories.unit(parent=town.our_community, name="第一小组")
    factories.branch(unit=town.our_community, name="中共鼓楼社区第二离退休党支部")
    secretary = enter(factories.account(role="branch_secretary", branch=town.our_branch))

    def counted(browser, **asked):
        text = " ".join(browser.get(TREE, asked).content.decode().split())
        return [words for words in ("下级 1", "党组织 1", "党组织 2") if words in text]

    assert counted(officer, at=town.ours.pk, part=1) == ["下级 1", "党组织 2"]
    assert "党组织 3（含以下）" in " ".join(officer.get(TREE).content.decode().split())
    assert counted(secretary) == ["党组织 1"]


def test_a_level_is_fetched_when_it_is_opened(officer, town):
    assert names_on(officer.get(TREE, {"at": town.ours.pk, "part": 1})) == ["鼓楼社区"]


@pytest.mark.parametrize("number", ["foreign", "999999", "abc", "９９", "9" * 40])
def test_a_foreign_unit_opens_as_one_that_never_was(clerk, town, number):
    asked = town.theirs.pk if number == "foreign" else number

    assert clerk.get(TREE, {"at": asked, "part": 1}).status_code == 404
    assert "没有这个单位，或不在您的管辖范围内" in clerk.get(TREE, {"at": asked}).content.decode()
    assert names_on(clerk.get(TREE, {"at": asked})) == ["南宁街道", "鼓楼社区"]


def test_search_finds_parts_of_names_and_codes_with_the_chain_above(officer, town):
    page = officer.get(TREE, {"q": "鼓 社"})

    assert names_on(page) == ["鼓楼社区"]
    assert '<p class="quiet chain">南宁街道</p>' in page.content.decode()
    assert names_on(officer.get(TREE, {"q": town.our_community.code[3:]})) == ["鼓楼社区"]


def test_search_keeps_to_the_scope(clerk, town):
    assert names_on(clerk.get(TREE, {"q": "社区"})) == ["鼓楼社区"]
    assert names_on(clerk.get(TREE, {"level": 2})) == ["南宁街道"]


def test_closed_units_are_hidden_until_asked_for(officer, town, today):
    gone = factories.unit(parent=town.our_community, name="第一小组")
    close_unit(unit=gone, on=date(2020, 1, 1), document="", by=None, today=today)

    assert names_on(officer.get(TREE, {"at": town.our_community.pk})) == []
    assert names_on(officer.get(TREE, {"at": town.our_community.pk, "closed": 1})) == ["第一小组"]
    assert names_on(officer.get(TREE, {"q": "第一小组"})) == []


def test_who_has_no_appointment_is_refused(enter, db):
    assert enter(factories.account()).get(TREE).status_code == 403


def test_foreign_and_unknown_units_answer_alike_on_every_page(clerk, town):
    for name in ("change", "history"):
        url = reverse(f"admin:branches_unit_{name}", args=[town.theirs.pk])
        unknown = reverse(f"admin:branches_unit_{name}", args=[999999])
        foreign_answer, unknown_answer = clerk.get(url, follow=True), clerk.get(unknown, follow=True)
        said = [text.replace(str(town.theirs.pk), "N") for text in told(foreign_answer)]
        assert said == [text.replace("999999", "N") for text in told(unknown_answer)]
        assert foreign_answer.redirect_chain == unknown_answer.redirect_chain


def test_a_clerk_adds_a_group_below_her_community_with_a_number_of_its_own(clerk, town):
    answer = clerk.post(
        ADD,
        {
            "parent": town.our_community.pk,
            "name": "第一小组",
            "opened_on": "2020-01-01",
            "document": "南发1号",
        },
    )

    assert answer.status_code == 302
    group = Unit.objects.get(name="第一小组")
    assert (group.parent, group.code) == (town.our_community, f"{town.our_community.code}01")
    assert group.placements.get().reorganisation.document == "南发1号"


@pytest.mark.parametrize("place", ["theirs", "street"])
def test_a_clerk_may_not_add_elsewhere_or_a_community(clerk, town, place):
    parent = {"theirs": town.their_community, "street": town.ours}[place]

    page = clerk.post(ADD, {"parent": parent.pk, "name": "新单位", "opened_on": "2020-01-01"})

    assert list(errors_of(page)) == ["parent"]
    assert "建宁" not in page.content.decode()
    assert not Unit.objects.filter(name="新单位").exists()


def test_a_refusal_stands_at_its_field_and_nothing_is_written(officer, town):
    page = officer.post(
        ADD, {"parent": town.ours.pk, "name": "学府社区", "opened_on": "2999-01-01", "code": "530302002009"}
    )

    assert list(errors_of(page)) == ["opened_on"]
    assert not Unit.objects.filter(name="学府社区").exists()


def test_a_street_says_how_its_committee_is_reached(clerk, town):
    # The street is the district's to change; how it is reached is its own.
    assert page_of(town.ours, "contact") in clerk.get(page_of(town.ours)).content.decode()
    values = {"post_address": "麒麟南路1号", "office_phone": "0874-3100001", "postcode": "655000"}

    wrong = clerk.post(page_of(town.ours, "contact"), {**values, "fax": "1", "version": 1})
    saved = clerk.post(page_of(town.ours, "contact"), {**values, "fax": "", "version": 1}, follow=True)

    assert list(errors_of(wrong)) == ["fax"]
    assert told(saved) == ["已保存联系方式"]
    assert "麒麟南路1号，655000，0874-3100001" in saved.content.decode()
    foreign = [clerk.post(page_of(unit, "contact"), values) for unit in (town.theirs, town.district)]
    assert [answer.status_code for answer in foreign] == [302, 302]
    assert not Unit.objects.filter(post_address="麒麟南路1号").exclude(pk=town.ours.pk).exists()


def test_a_unit_read_in_an_older_version_is_not_changed(officer, town):
    read = town.our_community.version
    Unit.objects.filter(pk=town.our_community.pk).update(version=read + 1)

    page = officer.post(
        page_of(town.our_community), {"code": town.our_community.code, "alias": "老鼓楼", "version": read}
    )

    assert "已被他人修改" in errors_of(page)["__all__"][0]
    assert Unit.objects.get(pk=town.our_community.pk).alias == ""


def test_a_change_without_a_version_is_refused(officer, town):
    page = officer.post(page_of(town.our_community), {"code": town.our_community.code, "alias": "老鼓楼"})

    assert errors_of(page) == {"__all__": ["不知道您看到的是哪一版，请刷新页面后再改"]}


def offered(page):
    """Where the buttons of a page lead."""
    return {button["title"]: button["link"] for button in page.context["acts"]}


def test_an_officer_finds_the_wizard_of_reorganisations_on_a_unit_s_page(officer, town):
    wizard = reverse("admin:reorganisations_plan_add")

    assert offered(officer.get(page_of(town.ours))) == {
        "修改联系方式": page_of(town.ours, "contact"),
        "组织变动": f"{wizard}?units={town.ours.pk}",
    }


def test_a_clerk_may_see_her_street_and_is_offered_to_say_how_it_is_reached_alone(clerk, town):
    group = factories.unit(parent=town.our_community, name="第一小组")

    assert list(offered(clerk.get(page_of(town.ours)))) == ["修改联系方式"]
    assert list(offered(clerk.get(page_of(group)))) == ["修改联系方式", "组织变动"]


def test_the_history_tells_who_did_what_with_values_before_and_after(officer, town, today):
    by = User.objects.get(name="区管理员")
    rename_unit(
        unit=town.ours, name="南宁新街道", on=date(2020, 1, 1), document="麒政发3号", by=by, today=today
    )

    deeds = officer.get(page_of(town.ours, "history")).context["events"].object_list
    changes = [(each.table, each.kind, each.values) for deed in deeds for each in deed.changes]
    assert ("组织单元", "修改", [("名称", "南宁街道", "南宁新街道")]) in changes
    assert "区管理员" in {deed.by for deed in deeds}


@pytest.mark.parametrize("more", [0, 2])
def test_the_tree_asks_as_much_for_one_unit_as_for_three(officer, town, django_assert_num_queries, more):
    for number in range(more):
        factories.unit(parent=town.our_community, name=f"第{number}小组")
    officer.get(TREE)

    with django_assert_num_queries(5):
        officer.get(TREE, {"at": town.our_community.pk})
    with django_assert_num_queries(5):
        officer.get(TREE, {"q": "社区" if not more else "小组"})
