"""组织设置体检: ten branches, each wrong in its way, and the exact list; putting the data right clears it."""

from datetime import date

import pytest

from branches.models import Branch, Category, Kind
from branches.operations import BranchChanges, amend_branch
from core.errors import InvalidValue
from members.models import Membership
from members.operations import end_term, relieve_post
from reports.findings import KINDS, findings
from reports.models import Threshold
from reports.operations import Setting, set_threshold
from tests import factories
from tests.callers import Caller, refusals
from tests.factories import TODAY
from tests.worlds import told_once

RULES = "中国共产党支部工作条例（试行）"


@told_once
def town(db):
    return Town()


class Town:
    """Ten organisations of one community; only the first is in order."""

    def __init__(self):
        self.district, self.street, self.community = factories.lineage("麒麟区", "南宁街道", "鼓楼社区")
        self.sound = self.branch("一", 8, committee=3)
        self.small = self.branch("二", 2)
        self.large = self.branch("三", 51, committee=3)
        self.bare = self.branch("四", 7)
        self.crowded = self.branch("五", 8, committee=8)
        self.needless = self.branch("六", 4, committee=3)
        self.late = self.branch("七", 3, on=date(2020, 6, 1))
        self.headless = self.branch("八", 3, led=False)
        self.circle = factories.branch(
            unit=self.community, kind=Kind.TEMPORARY, name="九临时支部", expected_end_on=TODAY
        )
        factories.post(self.circle, self.sound.memberships.first().member)
        self.group = factories.branch(
            unit=self.community, category=Category.GROUP, parent=self.sound, name="十党小组"
        )
        self.joint = self.branch("十一", 6, category=Category.JOINT_BRANCH, employers=6)

    def branch(self, name, people, *, committee=1, on=date(2024, 6, 1), led=True, employers=0, **more):
        branch = factories.branch(unit=self.community, name=f"{name}支部", **more)
        works = [factories.employer() for _ in range(employers)]
        members = [
            factories.member(branch=branch, name="王秀英", employer=works[serial] if works else None)
            for serial in range(people)
        ]
        posts = ["organisation", "publicity", "discipline", "women", "youth", "secrecy", "mass_work"]
        if led:
            others = zip(members[1:], posts[: committee - 1], strict=False)
            factories.term(branch, members[0], *others, on=on, years=5)
        return branch


def found(branches=None, **asked):
    branches = Branch.objects.all() if branches is None else branches
    return [
        (finding.branch.name, finding.kind.code, finding.words, finding.source)
        for finding in findings(branches, on=TODAY, **asked)
    ]


EXPECTED = [
    (
        "二支部", "few_full_members", "正式党员 2 名，不足 3 名，应及时调整或并入联合党支部",
        f"{RULES}第四条、第七条",
    ),
    ("三支部", "too_many_members", "党员 51 名，一般不超过 50 名，应考虑分设", f"{RULES}第四条"),
    ("四支部", "no_committee", "正式党员 7 名，7 名以上应设立支部委员会", RULES),
    ("五支部", "committee_size", "支部委员会 8 人，应为 3 至 7 人", RULES),
    ("六支部", "committee_not_needed", "正式党员 4 名，不足 7 名，只设书记，必要时设副书记", RULES),
    ("七支部", "term_over", "已届满 540 天，应换届", f"{RULES}、中国共产党基层组织选举工作条例"),
    ("八支部", "no_secretary", "没有书记", RULES),
    ("九临时支部", "temporary_over", "预计 2026-11-23 结束，应撤销或重新批准", f"{RULES}第八条"),
    ("十党小组", "group_without_leader", "没有组长", RULES),
    ("十一支部", "joint_of_many", "党员来自 6 个单位，联合党支部覆盖的单位一般不超过 5 个", f"{RULES}第五条"),
]  # fmt: skip


def test_each_of_ten_branches_is_found_wrong_in_its_way_and_the_sound_one_is_not(town):
    assert found() == EXPECTED


def test_putting_the_data_right_clears_the_finding(town):
    member = factories.member(branch=town.small, name="李国强")
    Membership.objects.filter(branch=town.large).order_by("-pk")[:1].get().member.posts.all()
    leaving = Membership.objects.filter(branch=town.large, member__posts=None).last()
    Membership.objects.filter(pk=leaving.pk).update(until=TODAY, ended_by="other_out")
    bare = [relation.member for relation in town.bare.memberships.order_by("pk")]
    factories.post(town.bare, bare[1], "organisation")
    factories.post(town.bare, bare[2], "publicity")
    for posts in (town.crowded.posts.filter(post="women"), town.needless.posts.exclude(post="secretary")):
        for post in posts:
            relieve_post(post=post, on=TODAY, reason="调整", by=None, today=TODAY)
    factories.term(town.late, town.late.memberships.first().member, on=date(2026, 6, 1))
    factories.post(town.headless, town.headless.memberships.first().member)
    ends = BranchChanges({"expected_end_on": date(2027, 1, 1), "approved_on": TODAY})
    amend_branch(branch=town.circle, changes=ends, by=None, today=TODAY)
    factories.post(town.group, town.sound.memberships.last().member, "group_leader")
    for relation in town.joint.memberships.all()[:1]:
        type(relation.member).objects.filter(pk=relation.member_id).update(employer=None)

    assert found() == []
    assert member.branch == town.small


def test_a_branch_that_is_gone_is_not_checked_and_one_led_from_elsewhere_is(town):
    post = town.sound.posts.get(post="secretary")
    Membership.objects.filter(member=post.member).update(branch=town.small)
    term = town.late.terms.get()
    end_term(term=term, on=TODAY, reason="撤销", by=None, today=TODAY)
    Branch.objects.filter(pk=town.late.pk).update(dissolved_on=TODAY)

    assert [row[:3] for row in found(Branch.objects.filter(pk__in=[town.sound.pk, town.late.pk]))] == [
        ("一支部", "led_from_elsewhere", "1 名任职人员的组织关系不在本支部")
    ]


def test_a_joint_branch_that_is_too_small_is_adjusted_and_not_joined(town):
    joint = town.branch("十二", 1, category=Category.JOINT_BRANCH)

    assert found(Branch.objects.filter(pk=joint.pk))[0][2] == "正式党员 1 名，不足 3 名，应及时调整"


def test_a_committee_of_two_is_too_small(town):
    branch = town.branch("十三", 7, committee=2)

    assert [row[1] for row in found(Branch.objects.filter(pk=branch.pk))] == ["committee_size"]


def test_the_numbers_are_those_in_force_on_the_day(town):
    threshold = Threshold.objects.get(code="branch.most_members")
    setting = Setting(60, TODAY, "新的条例")

    set_threshold(threshold=threshold, setting=setting, by=None, today=TODAY)

    assert found(kinds=["too_many_members"]) == []
    assert Threshold.objects.by_code(date(2026, 1, 1))["branch.most_members"].value == 50


def test_as_many_questions_are_asked_for_many_branches_as_for_one(town, django_assert_num_queries):
    with django_assert_num_queries(5):
        findings(Branch.objects.filter(pk=town.small.pk), on=TODAY)
    with django_assert_num_queries(5):
        findings(Branch.objects.all(), on=TODAY)


# Doors.


def test_the_api_gives_the_findings_of_the_scope_narrowed_and_counted(town):
    clerk = Caller(factories.account(role="street_clerk", unit=town.street))
    rows = clerk.get("findings/").json()
    assert rows["count"] == len(EXPECTED)
    first = rows["results"][0]
    assert (first["branch"]["name"], first["kind"], first["words"], first["source"]) == EXPECTED[0]
    assert clerk.get("findings/", kind="no_secretary").json()["count"] == 1
    assert clerk.get("findings/", branch=town.late.code).json()["results"][0]["kind"] == "term_over"
    assert clerk.get("findings/", unit=town.community.code).json()["count"] == len(EXPECTED)
    counts = {row["kind"]: row["count"] for row in clerk.get("findings/counts/").json()}
    assert counts == dict.fromkeys((row[1] for row in EXPECTED), 1)
    assert refusals(clerk.get("findings/", kind="x")) == (400, [("invalid", "kind")])
    assert refusals(clerk.get("findings/", on="2020-01-01")) == (400, [("invalid", "on")])


def test_nobody_is_told_of_branches_out_of_scope(town):
    elsewhere = factories.unit(parent=town.district, name="建宁街道")
    clerk = Caller(factories.account(role="street_clerk", unit=elsewhere))
    secretary = Caller(factories.account(role="branch_secretary", branch=town.sound))

    assert clerk.get("findings/").json()["count"] == 0
    assert clerk.get("findings/", branch=town.late.code).status_code == 404
    assert clerk.get("findings/", unit=town.community.code).status_code == 404
    # Her own branch, and its group.
    assert [row["kind"] for row in secretary.get("findings/").json()["results"]] == ["group_without_leader"]
    assert (
        Caller(factories.account(role="system_administrator", unit=town.district))
        .get("findings/")
        .status_code
        == 403
    )


def test_the_page_lists_them_and_the_branchs_own_page_too(town, client):
    account = factories.account(role="street_clerk", unit=town.street)
    client.force_login(account, backend="branches.gates.AppointmentBackend")

    page = client.get("/admin/findings/")
    assert [finding.words for finding in page.context["page"]] == [row[2] for row in EXPECTED]
    one = client.get("/admin/findings/", {"kind": "term_over", "unit": town.community.code})
    assert [finding.branch for finding in one.context["page"]] == [town.late]
    assert client.get("/admin/findings/", {"kind": "x"}).status_code == 400
    own = client.get(f"/admin/branches/branch/{town.late.pk}/change/")
    assert [finding.kind for finding in own.context["findings"]] == [KINDS["term_over"]]
    assert "没有发现问题" in client.get(f"/admin/branches/branch/{town.sound.pk}/change/").content.decode()
    system = factories.account(role="system_administrator", unit=town.district)
    client.force_login(system, backend="branches.gates.AppointmentBackend")
    assert client.get("/admin/findings/").status_code == 403
    assert client.get(f"/admin/branches/branch/{town.late.pk}/change/").context["findings"] is None


def test_a_number_says_on_which_ground_it_changes(town):
    threshold = Threshold.objects.get(code="branch.most_members")

    with pytest.raises(InvalidValue, match="须写明依据"):
        set_threshold(threshold=threshold, setting=Setting(60, TODAY, " "), by=None, today=TODAY)

    assert Threshold.objects.filter(code="branch.most_members").count() == 1
