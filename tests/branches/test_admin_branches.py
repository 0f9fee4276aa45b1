"""The branches' pages: lists cut to the scope, numbers of people, founding, moving and dissolving."""

from datetime import date

import pytest
from django.urls import reverse

from branches.models import Branch, Employer
from branches.operations import dissolve_branch
from tests import factories
from tests.office import errors_of, rows_of, told

LIST = reverse("admin:branches_branch_changelist")
ADD = reverse("admin:branches_branch_add")
EMPLOYERS = reverse("admin:branches_employer_changelist")


def page_of(branch, name="change"):
    return reverse(f"admin:branches_branch_{name}", args=[branch.pk])


def founding(unit, **values):
    """What a person fills in to found a community branch."""
    return {
        "name": "中共新村离退休党支部",
        "unit": unit.pk,
        "category": "631",
        "kind": "community",
        "founded_on": "2020-01-01",
        **values,
    }


def as_form(branch, **values):
    """The change form of a branch as it comes back."""
    shown = [
        "name",
        "short_name",
        "code",
        "founding_document",
        "sponsor",
        "purpose",
        "approved_by",
        "contact",
    ]
    return {**{name: getattr(branch, name) for name in shown}, "version": branch.version, **values}


def test_a_clerk_s_list_is_cut_to_her_street(clerk, town):
    assert rows_of(clerk.get(LIST)) == [town.our_branch]


def test_an_officer_s_list_is_the_district_s(officer, town):
    assert rows_of(officer.get(LIST)) == [town.our_branch, town.their_branch]


def test_a_secretary_sees_her_branch_and_its_groups(enter, town):
    group = factories.branch(
        unit=town.our_community, name="第一党小组", category="641", parent=town.our_branch
    )
    factories.branch(unit=town.our_community, name="中共鼓楼社区第二离退休党支部")
    browser = enter(factories.account(role="branch_secretary", branch=town.our_branch))

    assert rows_of(browser.get(LIST)) == [town.our_branch, group]
    assert browser.get(ADD).status_code == 403


def test_the_unit_filter_takes_in_everything_below(officer, town):
    assert rows_of(officer.get(LIST, {"unit": town.ours.pk})) == [town.our_branch]
    assert rows_of(officer.get(LIST, {"unit": town.district.pk})) == [town.our_branch, town.their_branch]


@pytest.mark.parametrize("number", ["foreign", "999999", "abc", "-1", "９", "9" * 40])
def test_a_unit_out_of_scope_filters_like_one_that_never_was(clerk, town, number):
    page = clerk.get(LIST, {"unit": town.theirs.pk if number == "foreign" else number})

    assert page.status_code == 200
    assert rows_of(page) == []
    assert told(page) == ["筛选“单位（含以下）”：没有这一项，或不在您的管辖范围内"]
    assert "建宁" not in page.content.decode()


@pytest.mark.parametrize(
    "lookup",
    [
        "unit__name__startswith",
        "contact_phone__startswith",
        "unit__parent__id",
        "memberships__member__name",
        "path",
    ],
)
def test_only_what_the_page_offers_may_be_asked(officer, lookup):
    assert officer.get(LIST, {lookup: "1"}).status_code == 400


def test_dissolved_branches_are_out_of_the_way_until_asked_for(officer, town, today):
    dissolve_branch(branch=town.our_branch, on=date(2020, 1, 1), document="", by=None, today=today)

    assert rows_of(officer.get(LIST)) == [town.their_branch]
    assert rows_of(officer.get(LIST, {"state": "dissolved"})) == [town.our_branch]
    assert rows_of(officer.get(LIST, {"state": "all"})) == [town.our_branch, town.their_branch]


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ({"state": "gone"}, "状态"),
        ({"kind__exact": "zzz"}, "类型"),
        ({"state": "all", "category__exact": "x"}, "组织类别"),
    ],
)
def test_a_filter_asked_for_what_it_does_not_offer_says_so_and_finds_nothing(officer, town, asked, title):
    page = officer.get(LIST, asked)

    assert rows_of(page) == []
    assert told(page) == [f"筛选“{title}”：没有“{list(asked.values())[-1]}”这一项"]
    assert told(officer.get(LIST, {"state": "", "kind__exact": "community"})) == []


def test_search_takes_several_words_of_name_and_code(officer, town):
    assert rows_of(officer.get(LIST, {"q": "鼓楼 离退休"})) == [town.our_branch]
    assert rows_of(officer.get(LIST, {"q": town.their_branch.code})) == [town.their_branch]


def test_a_branch_counts_members_a_group_its_own_and_a_temporary_one_those_who_take_part(officer, town):
    group = factories.branch(
        unit=town.our_community, name="第一党小组", category="641", parent=town.our_branch
    )
    temporary = factories.branch(unit=town.our_community, name="临时党支部", kind="temporary")
    wang = factories.member(branch=town.our_branch, group=group, id_number=factories.id_number(1))
    factories.member(branch=town.our_branch, id_number=factories.id_number(2))
    factories.affiliation(member=wang, branch=temporary)

    counted = {row: row.people for row in rows_of(officer.get(LIST))}
    assert counted == {town.our_branch: 2, group: 1, temporary: 1, town.their_branch: 0}


@pytest.mark.parametrize("more", [0, 2])
def test_the_list_asks_as_much_for_one_branch_as_for_three(clerk, town, django_assert_num_queries, more):
    for number in range(more):
        factories.branch(unit=town.our_community, name=f"中共鼓楼第{number}支部")
    clerk.get(LIST)

    with django_assert_num_queries(4):
        clerk.get(LIST)


def test_a_branch_is_founded_with_a_number_of_its_own(clerk, town):
    answer = clerk.post(ADD, founding(town.our_community, founding_document="南发2号"))

    founded = Branch.objects.get(name="中共新村离退休党支部")
    assert answer.status_code == 302
    assert (founded.unit, len(founded.code), founded.founding_document) == (town.our_community, 12, "南发2号")


def test_the_district_s_own_kind_is_offered_to_the_district_alone(clerk, officer, town):
    def kinds(browser):
        return [kind for kind, _ in browser.get(ADD).context["adminform"].form.fields["kind"].choices]

    assert "district_direct" not in kinds(clerk)
    assert kinds(officer) == ["", "district_direct", *kinds(clerk)[1:]]
    assert list(errors_of(clerk.post(ADD, founding(town.our_community, kind="district_direct")))) == ["kind"]
    assert officer.post(ADD, founding(town.our_community, kind="district_direct")).status_code == 302
    founded = Branch.objects.get(name="中共新村离退休党支部")
    page = clerk.get(page_of(founded))
    assert page.context["panels"]["group_link"] == ""
    assert officer.get(page_of(founded)).context["panels"]["group_link"]
    assert clerk.post(page_of(founded), as_form(founded, short_name="新村")).status_code == 302


def test_a_branch_cannot_be_founded_out_of_scope(clerk, town):
    foreign = clerk.post(ADD, founding(town.their_community))
    unknown = clerk.post(ADD, {**founding(town.their_community), "unit": 999999})

    assert errors_of(foreign) == errors_of(unknown) == {"unit": ["没有这一项，或不在您的管辖范围内"]}
    assert "文昌" not in foreign.content.decode()


def test_everything_a_temporary_organisation_lacks_is_said_at_once(clerk, town):
    page = clerk.post(ADD, founding(town.our_community, kind="temporary", category="931"))

    assert sorted(errors_of(page)) == [
        "affinity",
        "approved_by",
        "approved_on",
        "expected_end_on",
        "place_type",
        "sponsor",
    ]
    assert not Branch.objects.filter(kind="temporary").exists()


def test_an_amendment_is_kept_and_told_in_the_history(officer, town):
    values = as_form(town.our_branch, address="文笔路1号", contact="李大姐")
    officer.post(page_of(town.our_branch), values)

    deed = officer.get(page_of(town.our_branch, "history")).context["events"].object_list[0]
    assert [(each.kind, each.values) for each in deed.changes] == [("修改", [("活动地址", "", "文笔路1号")])]
    assert (deed.by, deed.what) == ("区管理员", "党支部：修改")


def test_a_stale_form_changes_nothing(officer, town):
    Branch.objects.filter(pk=town.our_branch.pk).update(version=9)

    page = officer.post(page_of(town.our_branch), as_form(town.our_branch, contact="李大姐"))

    assert "已被他人修改" in errors_of(page)["__all__"][0]
    assert Branch.objects.get(pk=town.our_branch.pk).contact == ""


def test_a_clerk_finds_the_wizard_of_reorganisations_on_a_branch_s_page(clerk, town):
    links = {act["title"]: act["link"] for act in clerk.get(page_of(town.our_branch)).context["acts"]}

    wizard = reverse("admin:reorganisations_plan_add")
    assert links["组织变动"] == f"{wizard}?branches={town.our_branch.pk}"
    assert not {"迁移", "撤销"} & set(links)


def test_a_community_clerk_looks_but_founds_and_reorganises_nothing(enter, town):
    browser = enter(factories.account(role="community_clerk", unit=town.our_community))

    assert browser.get(page_of(town.our_branch)).context["acts"] == []
    for url in (ADD, reverse("admin:reorganisations_plan_add")):
        assert browser.get(url).status_code == 403


@pytest.mark.parametrize("name", ["change", "history"])
def test_a_foreign_branch_answers_as_one_that_never_was(clerk, town, name):
    foreign = clerk.get(page_of(town.their_branch, name), follow=True)
    unknown = clerk.get(reverse(f"admin:branches_branch_{name}", args=[999999]), follow=True)

    assert foreign.redirect_chain == unknown.redirect_chain
    assert told(foreign)[0].replace(str(town.their_branch.pk), "N") == told(unknown)[0].replace("999999", "N")


def test_an_employer_is_registered_and_amended_once_per_version(officer):
    officer.post(reverse("admin:branches_employer_add"), {"name": "曲靖机床厂", "nature": "state_enterprise"})
    employer = Employer.objects.get(name="曲靖机床厂")
    url = reverse("admin:branches_employer_change", args=[employer.pk])
    form = {"name": "曲靖机床厂", "nature": "state_enterprise", "note": "已改制", "version": 1}

    assert officer.post(url, form).status_code == 302
    assert "已被他人修改" in errors_of(officer.post(url, {**form, "note": "又改"}))["__all__"][0]
    assert Employer.objects.get().note == "已改制"


def test_an_employer_of_the_same_name_is_refused_at_the_field(officer):
    factories.employer(name="曲靖机床厂")

    page = officer.post(
        reverse("admin:branches_employer_add"), {"name": "曲靖机床厂", "nature": "state_enterprise"}
    )

    assert errors_of(page) == {"name": ["已有同名单位"]}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_employers_asks_as_much_for_one_as_for_three(officer, django_assert_num_queries, rows):
    for _ in range(rows):
        factories.employer()
    officer.get(EMPLOYERS)

    with django_assert_num_queries(4):
        assert len(rows_of(officer.get(EMPLOYERS))) == rows


def test_nothing_is_ever_deleted(officer, town):
    for url in (
        reverse("admin:branches_branch_delete", args=[town.our_branch.pk]),
        reverse("admin:branches_unit_delete", args=[town.ours.pk]),
    ):
        assert officer.post(url, {"post": "yes"}).status_code == 403
