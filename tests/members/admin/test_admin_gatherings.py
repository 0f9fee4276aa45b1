"""Many at once on the page of a temporary organisation: they join, they were there; nobody out of scope."""

from datetime import date

import pytest
from django.urls import reverse

from members.models import Affiliation, SignIn
from members.operations import record_sign_in
from tests import factories
from tests.factories import TODAY
from tests.members.admin.pages import refused, told
from tests.worlds import told_once

NOT_THERE = "没有这一项，或不在您的管辖范围内"
SINCE = date(2026, 3, 1)


def page(branch, name="change"):
    return reverse(f"admin:branches_branch_{name}", args=[branch.pk])


def acts(browser, branch):
    return [act["link"].split("/")[-2] for act in browser.get(page(branch)).context["acts"]]


@told_once
def temporary(town):
    return factories.branch(unit=town.our_community, kind="temporary", name="书画临时支部")


@told_once
def people(town):
    return [factories.member(branch=town.our_branch, name=name) for name in ("王秀英", "李国强", "陈新")]


def test_several_join_at_once(clerk, temporary, people):
    values = {"members": [each.pk for each in people], "since": SINCE, "duty": "队员"}

    answer = clerk.post(page(temporary, "join"), values, follow=True)

    assert told(answer) == ["已登记 3 人自 2026-03-01 起参加“书画临时支部”"]
    begun = Affiliation.objects.filter(branch=temporary, since=SINCE, duty="队员")
    assert {each.member for each in begun} == set(people)


def test_who_cannot_join_is_named_and_nobody_joins(clerk, town, temporary, people):
    factories.affiliation(member=people[0], branch=temporary)
    late = factories.member(branch=town.our_branch, name="孙丽", since=date(2026, 6, 1))
    values = {"members": [people[0].pk, people[1].pk, late.pk], "since": SINCE}

    assert refused(clerk, page(temporary, "join"), values) == {
        "members": [
            "孙丽 在 2026-03-01 没有组织关系，不能参加临时党组织",
            "王秀英 已参加“书画临时支部”，不能重复登记",
        ]
    }
    tomorrow = {**values, "since": "2026-11-24"}
    assert refused(clerk, page(temporary, "join"), tomorrow) == {
        "since": [f"起始日期 2026-11-24 在今天（{TODAY}）之后"]
    }


@pytest.mark.parametrize("number", ["theirs", 999999, "x"])
def test_who_is_out_of_scope_is_refused_like_nobody(clerk, town, temporary, people, number):
    foreign = factories.member(branch=town.their_branch, name="周平")
    number = foreign.pk if number == "theirs" else number

    values = {"members": [people[0].pk, number], "since": SINCE}
    assert refused(clerk, page(temporary, "join"), values) == {"members": [NOT_THERE]}


def test_the_roll_is_called_with_a_tick_for_each(clerk, town, temporary, people):
    zhou = factories.member(branch=town.our_branch, name="周平")
    wang, li, chen = (factories.affiliation(member=each, branch=temporary) for each in people)
    gone = factories.affiliation(member=zhou, branch=temporary, until=date(2026, 1, 1))
    record_sign_in(affiliation=chen, on=TODAY, by=None, today=TODAY)

    form = clerk.get(page(temporary, "roll-call")).context["form"]
    assert [label for _, label in form["people"].field.choices] == [
        "陈新（1949年生，今日已登记）",
        "李国强（1949年生）",
        "王秀英（1949年生）",
    ]
    values = {"on": TODAY, "occasion": "笔会", "people": [wang.pk, li.pk]}
    answer = clerk.post(page(temporary, "roll-call"), values, follow=True)

    assert told(answer) == [f"已登记 2 人在 {TODAY} 参加活动，待他人核实"]
    written = SignIn.objects.filter(occasion="笔会", on=TODAY, recorded_by__name="街道经办", verified_by=None)
    assert {each.affiliation for each in written} == {wang, li}
    assert refused(clerk, page(temporary, "roll-call"), {**values, "people": [wang.pk, li.pk]}) == {
        "on": [f"李国强 在 {TODAY} 已登记", f"王秀英 在 {TODAY} 已登记"]
    }
    assert refused(clerk, page(temporary, "roll-call"), {**values, "people": []}) == {
        "people": ["请勾选到场的人"]
    }
    assert refused(clerk, page(temporary, "roll-call"), {**values, "people": [gone.pk]}) == {
        "people": [NOT_THERE]
    }


def test_only_a_temporary_organisation_that_goes_on_gathers(clerk, officer, town, temporary):
    assert {"roll-call", "join"} <= set(acts(clerk, temporary))
    assert not {"roll-call", "join"} & set(acts(clerk, town.our_branch))
    over = factories.branch(unit=town.our_community, kind="temporary", dissolved_on=date(2026, 1, 1))
    assert not {"roll-call", "join"} & set(acts(officer, over))


def test_a_secretary_calls_the_roll_of_her_own_and_adds_nobody(enter, town, temporary, people):
    part = factories.affiliation(member=people[0], branch=temporary)
    theirs = factories.branch(unit=town.their_community, kind="temporary", name="外临时支部")
    secretary = enter(factories.account(role="branch_secretary", branch=temporary, name="临时支部书记"))

    # Her members belong elsewhere: how old they are is not hers to know.
    [(_, label)] = secretary.get(page(temporary, "roll-call")).context["form"]["people"].field.choices
    assert label == f"王秀英（{part.since} 起参加）"
    assert secretary.get(page(temporary, "join")).status_code == 403
    values = {"on": TODAY, "people": [part.pk]}
    secretary.post(page(temporary, "roll-call"), values)

    assert SignIn.objects.get().affiliation == part
    out_of_sight = secretary.get(page(theirs, "roll-call"), follow=True)
    never_there = secretary.get(reverse("admin:branches_branch_roll-call", args=[999999]), follow=True)
    assert out_of_sight.redirect_chain == never_there.redirect_chain


def test_namesakes_are_told_apart_where_somebody_is_chosen(clerk, town, temporary, people):
    other = factories.member(branch=town.our_branch, name="王秀英", birth_on=date(1938, 5, 1))
    asked = {"app_label": "members", "model_name": "affiliation", "field_name": "member", "term": "wxy"}

    found = clerk.get(reverse("admin:autocomplete"), asked).json()["results"]

    wanted = {f"王秀英（{year}年生，中共鼓楼社区离退休党支部）" for year in (1938, 1949)}
    assert {each["text"] for each in found} == wanted
    # Shown again beside what was refused, those chosen are told apart as well.
    answer = clerk.post(page(temporary, "join"), {"members": [other.pk], "since": "2026-11-24"})
    assert "王秀英（1938年生，中共鼓楼社区离退休党支部）" in answer.content.decode()
