"""Posts: who may hold which, one at a time, relieved or handed on; nothing stays with who has left."""

from datetime import date, timedelta

import pytest

from branches.models import Category, Kind
from branches.operations import dissolve_branch
from branches.scope import scope_of
from core.errors import InvalidValue, StaleVersion
from core.models import AuditEntry
from members.models import ExitType, Post, SuspendReason
from members.obligations import Leaving, Obligation, Settlement
from members.operations import (
    Holding,
    ObligationsOpen,
    StandingChange,
    change_standing,
    fill_post,
    open_obligations,
    relieve_post,
    undo_post,
)
from members.operations.posts import PostRule
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused, refused_by_database
from tests.worlds import told_once

DAY, LEFT = date(2024, 6, 1), date(2025, 6, 1)


@told_once
def li(branch):
    return factories.member(branch=branch, name="李国强", sex="M")


@told_once
def group(branch):
    return factories.branch(unit=branch.unit, category=Category.GROUP, parent=branch, name="鼓楼第一党小组")


@told_once
def circle(community):
    return factories.branch(unit=community, kind=Kind.TEMPORARY, name="书画临时支部")


def fill(branch, member, post="secretary", since=DAY, **more):
    return fill_post(branch=branch, holding=Holding(member, post, since, **more), by=None, today=TODAY)


def leave(member, move="decease", on=LEFT, settle=()):
    reason = {"suspend": SuspendReason.LOST_CONTACT, "exit": ExitType.EXPELLED}.get(move, "")
    change = StandingChange(move, on, reason, settle=tuple(settle))
    return change_standing(member=member, change=change, by=None, today=TODAY)


# Filling.


def test_who_is_appointed_holds_the_post_from_that_day(branch, wang):
    clerk = factories.account()
    holding = Holding(wang, "secretary", DAY, "appointed", "麒组任〔2024〕1号")

    post = fill_post(branch=branch, holding=holding, by=clerk, today=TODAY)

    assert (post.member, post.post, post.origin, post.since, post.until, post.term) == (
        wang, "secretary", "appointed", DAY, None, None
    )  # fmt: skip
    assert str(post) == "鼓楼支部 书记 王秀英"
    entry = AuditEntry.objects.about(wang).get(verb="post.filled")
    assert (entry.by, entry.reason, entry.place) == (clerk, "麒组任〔2024〕1号", branch.path)


@pytest.mark.parametrize("post", ["secretary", "deputy_secretary"])
def test_a_second_at_the_same_time_is_refused(branch, wang, li, post):
    first = fill(branch, wang, post)

    said = f"“鼓楼支部”的{first.get_post_display()}自 2024-06-01 起是 王秀英，须先免去"
    with refused(PostRule, said, field="post"):
        fill(branch, li, post, since=date(2025, 1, 1))
    name = {"secretary": "one_secretary_at_a_time", "deputy_secretary": "one_deputy_at_a_time"}[post]
    with refused_by_database(name):
        Post.objects.create(branch=branch, member=li, post=post, origin="appointed", since=LEFT)


def test_nobody_is_secretary_and_deputy_but_a_deputy_may_act_for_the_secretary(branch, wang):
    fill(branch, wang, "deputy_secretary")

    said = "王秀英 自 2024-06-01 起任“鼓楼支部”副书记，不能再任书记，须先免去"
    with refused(PostRule, said, field="post"):
        fill(branch, wang, "secretary", since=LEFT)
    with refused_by_database("secretary_or_deputy"):
        Post.objects.create(branch=branch, member=wang, post="secretary", origin="appointed", since=LEFT)
    assert fill(branch, wang, "secretary", since=LEFT, origin="acting").member == wang


def test_committee_members_may_be_several_and_each_once(branch, wang, li):
    fill(branch, wang, "member")
    fill(branch, li, "member")

    with refused(PostRule, "“鼓楼支部”的委员自 2024-06-01 起是 李国强，须先免去", field="post"):
        fill(branch, li, "member", since=LEFT)


def test_a_by_election_happens_within_the_term_in_force(branch, wang, li):
    with refused(
        PostRule, "“鼓楼支部”在 2025-06-01 没有现任的一届，不能补选，请办理换届选举", field="origin"
    ):
        fill(branch, li, "women", since=LEFT, origin="by_election")
    term = factories.term(branch, wang)

    assert fill(branch, li, "women", since=LEFT, origin="by_election").term == term
    with refused_by_database("post_elected_within_a_term"):
        Post.objects.filter(member=li).update(term=None)


def test_an_elected_post_lies_inside_its_term_and_in_its_branch(branch, wang, community):
    term = factories.term(branch, wang)
    other = factories.branch(unit=community)
    post = Post.objects.filter(term=term)

    for wrong in ({"since": date(2024, 5, 31)}, {"branch": other}):
        with refused_by_database("职务的起止须在所属的一届之内"):
            post.update(**wrong)
    post.update(until=LEFT, ended_reason="去世")
    type(term).objects.update(until=LEFT, ended_reason="换届")
    with refused_by_database("职务的起止须在所属的一届之内"):
        post.update(until=date(2025, 6, 2))


def test_a_post_says_why_it_ended(branch, wang):
    fill(branch, wang)

    with refused_by_database("post_says_why_it_ended"):
        Post.objects.update(until=LEFT)


def test_nobody_is_elected_but_by_an_election(branch, wang):
    factories.term(branch, wang)
    with refused(InvalidValue, "选举产生的职务请办理换届选举", field="origin"):
        fill(branch, wang, "women", since=LEFT, origin="elected")


def test_a_leader_is_for_a_group_and_belongs_to_its_branch(branch, group, wang, li, community):
    with refused(InvalidValue, "党小组组长由支部指定或推选，没有补选", field="origin"):
        fill(group, li, "group_leader", origin="by_election")
    leader = fill(group, wang, "group_leader")
    assert leader.branch == group

    said = "党小组只设组长，组长也只在党小组"
    with refused(InvalidValue, said, field="post"):
        fill(branch, li, "group_leader")
    with refused(InvalidValue, said, field="post"):
        fill(group, li, "secretary")
    foreign = factories.member(branch=factories.branch(unit=community, name="邻近支部"), name="周平")
    said = "周平 的组织关系在“邻近支部”，不是“鼓楼第一党小组”的党员，不能在此任职"
    relieve_post(post=leader, on=LEFT, reason="年龄原因", by=None, today=TODAY)
    with refused(InvalidValue, said, field="member"):
        fill(group, foreign, "group_leader", since=LEFT)
    with refused_by_database("党小组只设组长"):
        Post.objects.update(branch=branch)
    with refused_by_database("one_leader_at_a_time"):
        Post.objects.create(branch=group, member=li, post="group_leader", origin="acting", since=DAY)


def test_a_temporary_organisation_is_led_by_whom_its_superior_appoints_from_anywhere(circle, community):
    foreign = factories.member(branch=factories.branch(unit=community, name="邻近支部"), name="周平")

    with refused(
        InvalidValue,
        "三缘型临时党组织的负责人由批准其成立的党组织指定，不选举（支部工作条例第八条）",
        field="origin",
    ):
        fill(circle, foreign, origin="by_election")
    post = fill(circle, foreign)
    assert post.branch == circle
    with refused_by_database("由批准其成立的党组织指定，不选举"):
        Post.objects.filter(pk=post.pk).update(origin="by_election")


def test_who_has_no_relation_or_not_yet_holds_nothing(branch, circle, wang):
    new = factories.member(branch=branch, name="孙丽", since=LEFT)
    with refused(
        InvalidValue, "孙丽 自 2025-06-01 起组织关系才在“鼓楼支部”，2024-06-01 还不能任职", field="member"
    ):
        fill(circle, new)
    leave(wang)
    for place in (branch, circle):
        with refused(InvalidValue, "王秀英 现在没有组织关系，不能任职", field="member"):
            fill(place, wang)


def test_no_post_is_filled_ahead_or_in_a_branch_that_is_gone_or_not_there_yet(branch, circle, wang):
    tomorrow = TODAY + timedelta(days=1)
    with refused(InvalidValue, f"任职日期 {tomorrow} 在今天（{TODAY}）之后", field="since"):
        fill(branch, wang, since=tomorrow)
    factories.member(branch=branch, name="李玉兰", since=date(2000, 1, 1))
    with refused(
        errors=[
            ("since", "1999-12-31 早于“鼓楼支部”的成立日期 2000-01-01"),
            ("member", "王秀英 自 2010-01-01 起组织关系才在“鼓楼支部”，1999-12-31 还不能任职"),
        ]
    ):
        fill(branch, wang, since=date(1999, 12, 31))
    dissolve_branch(branch=circle, on=LEFT, document="", by=None, today=TODAY)
    with refused(PostRule, "“书画临时支部”已于 2025-06-01 撤销", field="branch"):
        fill(circle, wang)


# Relieving.


def test_who_is_relieved_holds_the_post_no_longer_from_that_day(branch, wang, li):
    clerk, post = factories.account(), fill(branch, wang)

    relieved = relieve_post(post=post, on=LEFT, reason="年龄原因", by=clerk, today=TODAY, version=1)

    assert (relieved.until, relieved.ended_reason, relieved.version) == (LEFT, "年龄原因", 2)
    entry = AuditEntry.objects.about(wang).get(verb="post.relieved")
    assert (entry.by, entry.reason, entry.place) == (clerk, "年龄原因", branch.path)
    assert fill(branch, li, since=LEFT).member == li
    with refused(StaleVersion, f"“{post}”已被他人修改（您看到的是第1版，现为第2版），请重新打开此页再改"):
        relieve_post(post=post, on=LEFT, reason="x", by=None, today=TODAY, version=1)


@pytest.mark.parametrize(
    ("on", "reason", "field", "said"),
    [
        (TODAY + timedelta(days=1), "x", "until", f"免去日期 2026-11-24 在今天（{TODAY}）之后"),
        (LEFT, " ", "reason", "须写明免去的原因"),
        (DAY, "x", "until", "2024-06-01 不晚于 王秀英 任“鼓楼支部”书记的起始日期 2024-06-01"),
    ],
)
def test_a_relief_is_refused_in_words(branch, wang, on, reason, field, said):
    post = fill(branch, wang)

    with refused(InvalidValue, said, field=field):
        relieve_post(post=post, on=on, reason=reason, by=None, today=TODAY)


def test_nobody_is_relieved_twice(branch, wang):
    post = fill(branch, wang)
    relieve_post(post=post, on=LEFT, reason="年龄原因", by=None, today=TODAY)

    with refused(PostRule, "已于 2025-06-01 免去（年龄原因）", field="until"):
        relieve_post(post=post, on=TODAY, reason="x", by=None, today=TODAY)


# Entered by mistake.


def test_a_post_entered_by_mistake_hangs_on_nobody_any_more(branch, wang, li):
    clerk = factories.account()
    factories.term(branch, wang, (li, "women"))
    wrong = fill(branch, li, "deputy_secretary", since=TODAY)
    with refused(InvalidValue, "请写明撤回的原因", field="reason"):
        undo_post(post=wrong, reason=" ", by=clerk)
    with pytest.raises(StaleVersion):
        undo_post(post=wrong, reason="认错了人", by=clerk, version=2)

    for post in (wrong, branch.posts.get(post="women")):
        assert undo_post(post=post, reason="认错了人", by=clerk, version=1) == li

    assert [post.member for post in branch.posts.all()] == [wang]
    entry = AuditEntry.objects.about(li).filter(verb="post.undone").first()
    assert (entry.by, entry.reason, entry.place) == (clerk, "认错了人", branch.path)
    leave(li)


# Leaving.


def test_a_post_must_be_settled_whichever_way_its_holder_leaves(branch, circle, wang):
    own, elsewhere = fill(branch, wang), fill(circle, wang)

    for leaving in Leaving:
        assert open_obligations(wang, on=LEFT, leaving=leaving) == [
            Obligation("post", own.pk, wang.pk, "任“鼓楼支部”书记（2024-06-01 起）", False, True),
            # A temporary organisation may be led from elsewhere in the district.
            Obligation(
                "post",
                elsewhere.pk,
                wang.pk,
                "任“书画临时支部”书记（2024-06-01 起）",
                leaving == Leaving.TRANSFER,
                True,
            ),
        ]


@pytest.mark.parametrize("move", ["suspend", "exit", "decease"])
def test_a_secretary_does_not_leave_without_a_word_about_her_post(branch, wang, li, move):
    post = fill(branch, wang)
    key = f"post-{post.pk}"

    said = "任“鼓楼支部”书记（2024-06-01 起），尚未了结：请写明原因予以了结，或交给他人"
    with refused(ObligationsOpen, errors=[(f"settle.{key}", said)]):
        leave(wang, move)
    leave(wang, move, settle=[Settlement(key, "不能履职", successor=li)])

    post.refresh_from_db()
    assert (post.until, post.ended_reason) == (LEFT, "不能履职")
    acting = branch.posts.in_force().get()
    assert (acting.member, acting.post, acting.origin, acting.since) == (li, "secretary", "acting", LEFT)
    entry = AuditEntry.objects.about(wang).get(verb="obligation.handed_on")
    assert entry.reason == "任“鼓楼支部”书记（2024-06-01 起）：不能履职"


def test_a_post_is_handed_on_only_to_who_may_hold_it(branch, wang, community):
    post = fill(branch, wang)
    foreign = factories.member(branch=factories.branch(unit=community, name="邻近支部"), name="周平")
    key = f"post-{post.pk}"

    said = "周平 的组织关系在“邻近支部”，不是“鼓楼支部”的党员，不能在此任职"
    with refused(InvalidValue, said, field=f"settle.{key}"):
        leave(wang, settle=[Settlement(key, "去世", successor=foreign)])
    with refused(InvalidValue, "不能交给本人", field=f"settle.{key}"):
        leave(wang, settle=[Settlement(key, "去世", successor=wang)])


def test_a_post_that_ended_after_the_day_now_known_ends_on_it_and_is_not_handed_on(branch, wang, li):
    post = fill(branch, wang)
    relieve_post(post=post, on=TODAY, reason="年龄原因", by=None, today=TODAY)
    key = f"post-{post.pk}"

    with refused(InvalidValue, "任“鼓楼支部”书记（2024-06-01 起），不能交给他人", field=f"settle.{key}"):
        leave(wang, settle=[Settlement(key, "去世", successor=li)])
    leave(wang, settle=[Settlement(key, "去世")])
    post.refresh_from_db()
    assert (post.until, post.ended_reason) == (LEFT, "去世")


def test_who_may_see_a_post_sees_it_from_both_sides(branch, circle, wang):
    theirs = factories.unit(parent=factories.unit(parent=branch.unit.parent.parent), name="文昌社区")
    away = factories.member(branch=factories.branch(unit=theirs), name="周平")
    post = fill(circle, away)
    secretary = factories.account(role="branch_secretary", branch=away.branch)
    clerk = factories.account(role="street_clerk", unit=branch.unit.parent)
    other = factories.account(role="branch_secretary", branch=branch)

    seen = {
        account: Post.objects.visible_in(scope_of(account, to="members.view_post", on=TODAY)).count()
        for account in (secretary, clerk, other)
    }
    assert list(seen.values()) == [1, 1, 0]
    assert post.member == away
