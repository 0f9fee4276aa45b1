"""Terms and posts on their pages: the election in one form, appointments, reliefs; nothing out of scope."""

from datetime import date

import pytest
from django.urls import reverse

from branches.models import Branch, Category
from members.models import Post, Term
from tests import factories
from tests.ledger import fingerprint
from tests.members.admin.pages import refused, told
from tests.worlds import told_once

DAY = date(2026, 5, 1)
NOT_THERE = "没有这一项，或不在您的管辖范围内"


def page_of(row, name="change"):
    return reverse(f"admin:members_{type(row)._meta.model_name}_{name}", args=[row.pk])


def branch_page(branch, name="change"):
    return reverse(f"admin:branches_branch_{name}", args=[branch.pk])


@told_once
def people(town):
    """王秀英, 李国强 and 陈新, who is on probation, in our branch."""
    return [
        factories.member(branch=town.our_branch, name="王秀英"),
        factories.member(branch=town.our_branch, name="李国强"),
        factories.member(
            branch=town.our_branch, name="陈新", standing="probationary", joined_on=date(2026, 1, 1)
        ),
    ]


def test_an_election_is_one_form_filled_in_with_who_holds_the_posts(clerk, town, people):
    wang, li, _ = people
    factories.term(town.our_branch, wang)
    page = branch_page(town.our_branch, "elect")

    form = clerk.get(page).context["form"]
    assert (form["secretary"].initial, form["years"].initial) == (wang.pk, 5)
    # Only full members are offered.
    assert [label for _, label in form["secretary"].field.choices] == [
        "李国强（1949年生）",
        "王秀英（1949年生）",
    ]
    values = {"on": DAY, "years": 5, "document": "麒组复〔2026〕1号", "secretary": li.pk, "member": wang.pk}
    answer = clerk.post(page, values, follow=True)

    assert told(answer) == ["已登记“中共鼓楼社区离退休党支部”2026-05-01 的选举，2031-05-01 届满"]
    held = [(post.member, post.post) for post in Post.objects.in_force().in_order()]
    assert held == [(li, "secretary"), (wang, "member")]
    assert Term.objects.get(until=None).document == "麒组复〔2026〕1号"


def test_a_large_branch_without_a_committee_is_pointed_out(clerk, town, people):
    for serial in range(5):
        factories.member(branch=town.our_branch, id_number=factories.id_number(90 + serial))
    values = {"on": DAY, "years": 5, "secretary": people[0].pk}

    answer = clerk.post(branch_page(town.our_branch, "elect"), values, follow=True)

    [words] = told(answer)
    assert words.endswith("届满；该支部有正式党员 7 人，7人以上一般设3至5人的支部委员会，请核对")


def test_what_is_wrong_with_an_election_stands_beside_the_post(clerk, town, people):
    wang, li, _ = people
    page = branch_page(town.our_branch, "elect")
    late = factories.member(branch=town.our_branch, name="孙丽", since=date(2026, 6, 1))
    values = {"on": DAY, "years": 3, "secretary": wang.pk, "publicity": late.pk, "member": li.pk}

    assert refused(clerk, page, {**values, "secretary": ""}) == {"secretary": ["该字段是必填项。"]}
    assert refused(clerk, page, values) == {
        "publicity": ["孙丽 自 2026-06-01 起组织关系才在“中共鼓楼社区离退休党支部”，2026-05-01 还不能任职"]
    }
    assert refused(clerk, page, {**values, "publicity": "", "member_2": li.pk}) == {
        "member_2": ["李国强 任委员写了两次"]
    }
    foreign = factories.member(branch=town.their_branch, name="周平")
    for number in (foreign.pk, 999999):
        assert list(refused(clerk, page, {**values, "publicity": number})) == ["publicity"]


def test_a_post_is_filled_between_elections_and_its_holder_relieved(clerk, town, people):
    wang = people[0]
    values = {"member": wang.pk, "post": "secretary", "origin": "acting", "since": DAY}
    answer = clerk.post(branch_page(town.our_branch, "fill-post"), values, follow=True)
    assert told(answer) == ["“王秀英”自 2026-05-01 起任“中共鼓楼社区离退休党支部”书记"]
    post = Post.objects.get()

    early = {"version": 1, "on": DAY, "reason": "年龄原因"}
    assert list(refused(clerk, page_of(post, "relieve"), early)) == ["on"]
    answer = clerk.post(page_of(post, "relieve"), {**early, "on": date(2026, 6, 1)}, follow=True)
    assert told(answer) == ["已免去“王秀英”的“中共鼓楼社区离退休党支部”书记（2026-06-01）"]
    assert "relieve" not in [act["link"].split("/")[-2] for act in clerk.get(page_of(post)).context["acts"]]


def test_a_post_entered_by_mistake_is_taken_back_and_the_list_follows(clerk, town, people):
    post = factories.post(town.our_branch, people[0], since=DAY)

    assert list(refused(clerk, page_of(post, "undo"), {"version": 1, "reason": ""})) == ["reason"]
    answer = clerk.post(page_of(post, "undo"), {"version": 1, "reason": "认错了人"}, follow=True)

    assert told(answer) == ["“王秀英”在“中共鼓楼社区离退休党支部”的书记职务已撤回"]
    assert answer.redirect_chain[-1][0] == "/admin/members/post/"
    assert not Post.objects.exists()


def test_a_post_is_seen_from_the_holders_side_and_relieved_only_from_its_own(enter, clerk, town, people):
    circle = factories.branch(unit=town.their_community, kind="temporary", name="棋牌临时支部")
    post = factories.post(circle, people[0])
    before = fingerprint()

    seen = clerk.get(page_of(post))
    assert (seen.status_code, seen.context["acts"]) == (200, [])
    values = {"version": 1, "on": date(2026, 6, 1), "reason": "年龄原因"}
    assert clerk.post(page_of(post, "relieve"), values).status_code == 403
    assert fingerprint() == before
    theirs = enter(factories.account(role="street_clerk", unit=town.theirs))
    theirs.post(page_of(post, "relieve"), values)
    assert Post.objects.get().until == date(2026, 6, 1)


def test_a_group_and_a_temporary_organisation_offer_what_they_may_have(clerk, town, people):
    wang = people[0]
    group = factories.branch(
        unit=town.our_community, category=Category.GROUP, parent=town.our_branch, name="第一党小组"
    )
    circle = factories.branch(unit=town.our_community, kind="temporary", name="书画临时支部")
    for place, posts in ((group, ["group_leader"]), (circle, None)):
        form = clerk.get(branch_page(place, "fill-post")).context["form"]
        codes = [code for code, _ in form["post"].field.choices]
        assert codes == posts if posts else "group_leader" not in codes
        assert "by_election" not in [code for code, _ in form["origin"].field.choices]
        offered = [act["link"].split("/")[-2] for act in clerk.get(branch_page(place)).context["acts"]]
        assert ("elect" in offered, "fill-post" in offered) == (False, True)
    foreign = factories.member(branch=town.their_branch, name="周平")
    values = {"post": "secretary", "origin": "appointed", "since": DAY}
    answers = [
        refused(clerk, branch_page(circle, "fill-post"), {**values, "member": number})
        for number in (foreign.pk, 999999)
    ]
    assert answers == [{"member": [NOT_THERE]}] * 2
    clerk.post(branch_page(circle, "fill-post"), {**values, "member": wang.pk})
    assert Post.objects.get().branch == circle


def test_a_term_is_extended_and_ended_on_its_page(clerk, town, people):
    term = factories.term(town.our_branch, people[0])
    values = {"version": 1, "to": date(2029, 1, 1), "document": "麒组延〔2026〕1号"}
    assert list(refused(clerk, page_of(term, "extend"), values)) == ["to"]

    answer = clerk.post(page_of(term, "extend"), {**values, "to": date(2028, 6, 1)}, follow=True)
    assert told(answer) == ["“中共鼓楼社区离退休党支部”的届满日期延至 2028-06-01"]
    answer = clerk.post(page_of(term, "end"), {"version": 2, "on": DAY, "reason": "全体辞职"}, follow=True)
    assert told(answer) == ["“中共鼓楼社区离退休党支部”的这一届已于 2026-05-01 终止，职务同日免去"]


def test_the_committee_stands_on_the_page_of_its_branch_for_who_may_see_people(enter, clerk, town, people):
    factories.term(town.our_branch, people[0])
    shown = clerk.get(branch_page(town.our_branch))
    assert [post.member for post in shown.context["committee"]["posts"]] == [people[0]]
    assert shown.context["committee"]["term"] == Term.objects.get()
    assert "2024-06-01 选举" in shown.content.decode()

    system = enter(factories.account(role="system_administrator", unit=town.district))
    answer = system.get(branch_page(town.our_branch))
    assert answer.context["committee"] is None
    assert "王秀英" not in answer.content.decode()
    history = system.get(branch_page(town.our_branch, "history")).content.decode()
    assert "王秀英" not in history


def test_who_sees_people_in_one_branch_is_not_told_of_the_term_of_another(enter, town, people):
    stranger = factories.member(branch=town.their_branch, name="周平")
    factories.term(town.their_branch, stranger)
    factories.term(town.our_branch, people[0])
    both = factories.account(role="system_administrator", unit=town.district)
    secretary = {"role": "branch_secretary", "unit": None, "branch": town.our_branch}
    factories.appoint(user=both, values={**secretary, "since": date(2020, 1, 1)}, by=None)
    browser = enter(both)

    told = [browser.get(branch_page(branch)) for branch in (town.our_branch, town.their_branch)]

    assert [answer.context["committee"] is not None for answer in told] == [True, False]
    assert ["2024-06-01 选举" in answer.content.decode() for answer in told] == [True, False]


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("district_officer", True),
        ("auditor", True),
        ("statistics_consumer", False),
        ("system_administrator", False),
        (None, False),
    ],
)
def test_the_history_of_a_branch_tells_of_its_terms_only_who_may_see_terms(enter, town, people, role, told):
    factories.term(town.our_branch, people[0], document="麒组复〔2026〕1号")
    # A change with no audit entry of its own, which the election's would be taken for.
    Branch.objects.filter(pk=town.our_branch.pk).update(address="文笔路1号")
    place = {"role": role, "unit": town.district} if role else {"is_superuser": True}

    answer = enter(factories.account(**place)).get(branch_page(town.our_branch, "history"))

    deeds = answer.context["events"].object_list
    assert (deeds[-1].what, answer.status_code) == ("党支部：成立", 200)
    assert ("届次" in str(deeds), "麒组复〔2026〕1号" in answer.content.decode()) == (told, told)


def test_who_leads_is_recorded_by_the_street_and_seen_by_the_secretary(enter, town, people):
    post = factories.post(town.our_branch, people[0])
    for role, place in (
        ("branch_secretary", {"branch": town.our_branch}),
        ("community_clerk", {"unit": town.our_community}),
        ("auditor", {"unit": town.district}),
    ):
        browser = enter(factories.account(role=role, **place))
        assert browser.get(page_of(post)).status_code == 200
        assert browser.get(page_of(post)).context["acts"] == []
        assert browser.post(branch_page(town.our_branch, "elect"), {}).status_code == 403


def test_terms_that_are_over_can_be_found(clerk, town, people):
    term = factories.term(town.our_branch, people[0], on=date(2020, 6, 1))
    other = factories.branch(unit=town.our_community, name="第二支部")
    factories.term(other, factories.member(branch=other))
    listed = reverse("admin:members_term_changelist")

    def found(**query):
        return [row.pk for row in clerk.get(listed, query).context["cl"].result_list]

    assert found(due="over") == [term.pk]
    assert len(found(due="not_yet")) == 1
    assert len(found(due="x")) == 0
    assert "已届满 1271 天，应换届" in clerk.get(listed).content.decode()


def test_a_death_on_the_page_hands_the_post_to_a_successor(clerk, town, people):
    wang, li, _ = people
    post = factories.post(town.our_branch, wang)
    page = reverse("admin:members_member_decease", args=[wang.pk])
    form = clerk.get(page).context["form"]
    line, heir = f"settle.post-{post.pk}", f"successor.post-{post.pk}"
    assert (form[line].value(), form[heir].label) == ("去世", "由谁接任")
    values = {"version": 1, "on": DAY, line: "去世"}

    foreign = factories.member(branch=town.their_branch, name="周平")
    for number in (foreign.pk, 999999, wang.pk):
        assert refused(clerk, page, {**values, heir: number}) == {heir: [NOT_THERE]}
    clerk.post(page, {**values, heir: li.pk})
    assert Post.objects.in_force().get().member == li
