"""A committee's term: elected by the branch, for three or five years, extended by a year, one at a time."""

from datetime import date, timedelta

import pytest

from branches.models import Category, Kind
from branches.operations import dissolve_branch
from core.errors import InvalidValue, StaleVersion
from core.models import AuditEntry
from core.periods import years_after
from members.models import Post, Term
from members.operations import Election, end_term, extend_term, hold_election
from members.operations.posts import PostRule
from members.operations.terms import usual_years
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused, refused_by_database
from tests.worlds import told_once

DAY = date(2024, 6, 1)
NO_ELECTIONS = "三缘型临时党组织和党小组不选举，没有任期（支部工作条例第八条）"


@told_once
def li(branch):
    return factories.member(branch=branch, name="李国强", sex="M")


@told_once
def term(branch, wang):
    return factories.term(branch, wang)


def elect(branch, *holders, on=DAY, years=3, document="麒组复〔2024〕1号", by=None):
    election = Election(on, years, holders, document)
    return hold_election(branch=branch, election=election, by=by, today=TODAY)


def test_an_election_begins_a_term_with_its_posts(branch, wang, li):
    clerk = factories.account()

    term = elect(branch, (wang, "secretary"), (li, "organisation"), by=clerk)

    assert (term.branch, term.since, term.years, term.due_on, term.until) == (
        branch, DAY, 3, date(2027, 6, 1), None
    )  # fmt: skip
    held = [(post.member, post.post, post.origin, post.since, post.term) for post in term.posts.in_order()]
    assert held == [
        (wang, "secretary", "elected", DAY, term),
        (li, "organisation", "elected", DAY, term),
    ]
    assert str(term) == "鼓楼支部 2024年选举的一届"
    entry = AuditEntry.objects.get(verb="term.elected")
    assert (entry.by, entry.reason, entry.place) == (clerk, "麒组复〔2024〕1号", branch.path)


def test_a_term_goes_on_until_the_next_election_and_takes_every_post_with_it(branch, wang, li):
    first = elect(branch, (wang, "secretary"), (li, "organisation"))
    acting = factories.post(branch, li, "women", since=date(2025, 1, 1))

    second = elect(branch, (li, "secretary"), on=date(2026, 6, 1))

    first.refresh_from_db()
    acting.refresh_from_db()
    assert (first.until, first.ended_reason) == (date(2026, 6, 1), "换届")
    assert (acting.until, acting.ended_reason) == (date(2026, 6, 1), "换届")
    assert [(post.member, post.term) for post in branch.posts.in_force()] == [(li, second)]
    assert {post.until for post in first.posts.all()} == {date(2026, 6, 1)}


def test_terms_of_one_branch_do_not_overlap(branch, wang, term):
    for on in (DAY, date(2024, 5, 31)):
        said = f"“鼓楼支部”已有 {DAY} 选举、至 今 的一届，新一届须在其后"
        with refused(PostRule, said, field="on"):
            elect(branch, (wang, "secretary"), on=on)
    end_term(term=term, on=date(2025, 6, 1), reason="全体辞职", by=None, today=TODAY)
    with refused(PostRule, f"“鼓楼支部”已有 {DAY} 选举、至 2025-06-01 的一届，新一届须在其后", field="on"):
        elect(branch, (wang, "secretary"), on=date(2025, 1, 1))
    assert elect(branch, (wang, "secretary"), on=date(2025, 6, 1)).since == date(2025, 6, 1)


def test_the_database_refuses_an_overlap_too(branch, term):
    values = {"branch": branch, "years": 3, "due_on": date(2028, 1, 1)}
    with refused_by_database("one_term_at_a_time"):
        Term.objects.create(since=date(2025, 1, 1), **values)
    with refused_by_database("term_of_three_or_five_years"):
        Term.objects.filter(pk=term.pk).update(years=4)
    with refused_by_database("term_is_due_after_it_begins"):
        Term.objects.filter(pk=term.pk).update(due_on=DAY)
    with refused_by_database("term_says_why_it_ended"):
        Term.objects.filter(pk=term.pk).update(until=TODAY)


@pytest.mark.parametrize("category", [Category.TEMPORARY_BRANCH, Category.GROUP])
def test_temporary_organisations_and_groups_elect_nobody(branch, community, wang, category):
    values = {"kind": Kind.TEMPORARY} if category != Category.GROUP else {"parent": branch}
    other = factories.branch(unit=community, category=category, **values)

    with refused(PostRule, NO_ELECTIONS, field="branch"):
        elect(other, (wang, "secretary"))
    with refused_by_database("term_of_a_branch_that_elects"):
        Term.objects.create(branch=other, since=DAY, years=3, due_on=TODAY)


def test_a_dissolved_branch_elects_nobody(community, wang):
    gone = factories.branch(unit=community, name="撤销支部")
    dissolve_branch(branch=gone, on=DAY, document="", by=None, today=TODAY)

    with refused(PostRule, f"“撤销支部”已于 {DAY} 撤销", field="branch"):
        elect(gone, (wang, "secretary"))


def test_only_full_members_of_the_branch_are_elected_and_everything_wrong_is_said_at_once(branch, community):
    young = factories.member(branch=branch, name="陈新", standing="probationary", joined_on=date(2026, 1, 1))
    later = factories.member(branch=branch, name="赵明", joined_on=date(2023, 1, 1), full_on=date(2025, 1, 1))
    new = factories.member(branch=branch, name="孙丽", since=date(2025, 1, 1))
    foreign = factories.member(branch=factories.branch(unit=community, name="邻近支部"), name="周平")

    def unfit(name):
        return f"{name} 在 2024-06-01 不是正式党员，没有被选举权（基层组织选举工作条例第五条）"

    with refused(
        errors=[
            ("holders", "须选出书记"),
            ("holders.0", "陈新 自 2026-01-01 起组织关系才在“鼓楼支部”，2024-06-01 还不能任职"),
            ("holders.0", unfit("陈新")),
            ("holders.1", unfit("赵明")),
            ("holders.2", "孙丽 自 2025-01-01 起组织关系才在“鼓楼支部”，2024-06-01 还不能任职"),
            ("holders.3", "周平 的组织关系在“邻近支部”，不是“鼓楼支部”的党员，不能在此任职"),
        ]
    ):
        elect(branch, (young, "women"), (later, "publicity"), (new, "discipline"), (foreign, "organisation"))


def test_there_is_one_secretary_and_nobody_holds_a_post_twice(branch, wang, li):
    with refused(InvalidValue, "书记只能有一人", field="holders.1"):
        elect(branch, (wang, "secretary"), (li, "secretary"))
    with refused(InvalidValue, "李国强 任委员写了两次", field="holders.2"):
        elect(branch, (wang, "secretary"), (li, "member"), (li, "member"))
    with refused(InvalidValue, "王秀英 已任书记，不能再任副书记", field="holders.1"):
        elect(branch, (wang, "secretary"), (wang, "deputy_secretary"))
    # In a small branch the secretary may look after a task of the committee as well.
    assert elect(branch, (wang, "secretary"), (wang, "organisation")).posts.count() == 2


def test_an_election_lies_neither_ahead_nor_before_the_branch_or_a_post_in_it(branch, wang, community):
    tomorrow = TODAY + timedelta(days=1)
    with refused(InvalidValue, f"选举日期 {tomorrow} 在今天（{TODAY}）之后", field="on"):
        elect(branch, (wang, "secretary"), on=tomorrow)
    young = factories.branch(unit=community, name="新支部", founded_on=date(2024, 7, 1))
    hu = factories.member(branch=young, name="胡军", since=date(2024, 7, 1))
    with refused(
        errors=[
            ("holders.0", "2024-06-01 早于“新支部”的成立日期 2024-07-01"),
            ("holders.0", "胡军 自 2024-07-01 起组织关系才在“新支部”，2024-06-01 还不能任职"),
        ]
    ):
        elect(young, (hu, "secretary"))
    factories.post(branch, wang, "secretary", since=DAY)
    with refused(InvalidValue, "2024-06-01 不晚于 王秀英 任“鼓楼支部”书记的起始日期 2024-06-01", field="on"):
        elect(branch, (wang, "secretary"))


def test_a_term_is_extended_by_a_year_at_most_and_by_a_document(term):
    said = "延期须晚于届满日期 2027-06-01，且不超过一年，即最晚 2028-06-01（基层组织选举工作条例第三条）"
    for to in (date(2027, 6, 1), date(2028, 6, 2)):
        with refused(InvalidValue, said, field="to"):
            extend_term(term=term, to=to, document="麒组延〔2026〕1号", by=None)
    with refused(InvalidValue, "延期换届须有上级党组织的批复，请填写文号", field="document"):
        extend_term(term=term, to=date(2028, 6, 1), document=" ", by=None)

    extended = extend_term(term=term, to=date(2028, 6, 1), document="麒组延〔2026〕1号", by=None, version=1)

    assert (extended.due_on, extended.extension_document, extended.version) == (
        date(2028, 6, 1),
        "麒组延〔2026〕1号",
        2,
    )
    with refused(StaleVersion, f"“{term}”已被他人修改（您看到的是第1版，现为第2版），请重新打开此页再改"):
        extend_term(term=term, to=date(2028, 6, 1), document="x", by=None, version=1)


def test_a_term_says_how_it_stands_on_a_day(term):
    assert term.state_on(date(2027, 5, 31)) == ""
    assert term.state_on(date(2027, 6, 11)) == "已届满 10 天，应换届"
    extended = extend_term(term=term, to=date(2028, 6, 1), document="麒组延〔2026〕1号", by=None)
    assert extended.state_on(date(2027, 6, 11)) == "延期中"


def test_a_term_ended_early_takes_its_posts_with_it(term, branch):
    with refused(InvalidValue, "须写明终止的原因", field="reason"):
        end_term(term=term, on=TODAY, reason="", by=None, today=TODAY)
    with refused(InvalidValue, f"终止日期 2026-11-24 在今天（{TODAY}）之后", field="on"):
        end_term(term=term, on=date(2026, 11, 24), reason="全体辞职", by=None, today=TODAY)

    ended = end_term(term=term, on=date(2026, 1, 1), reason="全体辞职", by=None, today=TODAY, version=1)

    assert (ended.until, ended.ended_reason, ended.version) == (date(2026, 1, 1), "全体辞职", 2)
    post = Post.objects.get()
    assert (post.until, post.ended_reason) == (date(2026, 1, 1), "全体辞职")
    for again in (
        lambda: end_term(term=term, on=TODAY, reason="x", by=None, today=TODAY),
        lambda: extend_term(term=term, to=date(2028, 6, 1), document="x", by=None),
    ):
        with refused(PostRule, "这一届已于 2026-01-01 终止（全体辞职）"):
            again()


def test_a_term_without_posts_does_not_end_on_its_first_day(term):
    Post.objects.update(until=date(2024, 6, 2), ended_reason="去世")
    Post.objects.update(until=date(2024, 6, 2))

    with refused(InvalidValue, f"{DAY} 不晚于 王秀英 任“鼓楼支部”书记的起始日期 {DAY}", field="on"):
        end_term(term=term, on=DAY, reason="x", by=None, today=TODAY)
    Post.objects.all().update(since=date(2024, 6, 1))
    other = Term.objects.create(
        branch=factories.branch(unit=term.branch.unit), since=DAY, years=3, due_on=TODAY
    )
    with refused(InvalidValue, f"{DAY} 不晚于这一届的选举日期 {DAY}", field="on"):
        end_term(term=other, on=DAY, reason="x", by=None, today=TODAY)


def test_a_term_is_usually_five_years_under_a_community_and_three_elsewhere(branch, community):
    street = factories.branch(unit=community.parent, kind=Kind.STREET)
    direct = factories.branch(unit=community, kind=Kind.DISTRICT_DIRECT)

    assert [usual_years(each) for each in (branch, street, direct)] == [5, 3, 3]


def test_years_after_a_leap_day():
    assert years_after(date(2024, 2, 29), 3) == date(2027, 3, 1)
    assert years_after(date(2024, 2, 29), 4) == date(2028, 2, 29)
