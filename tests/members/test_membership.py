"""组织关系: one at a time, begun by an entry, corrected by its rules, and copied to the member."""

from datetime import date

import pytest

from branches.models import Category, Kind
from branches.operations import dissolve_branch
from core.errors import InvalidValue, StaleVersion
from core.models import AuditEntry
from members.models import Member, Membership
from members.operations import (
    Entry,
    StandingChange,
    change_standing,
    correct_membership,
    enrol,
    relieve_post,
    undo_post,
)
from members.operations.rules import RosterRule
from members.operations.transfers import Destination
from tests import factories
from tests.factories import TODAY
from tests.factories.transfers import arriving_person, transfer
from tests.ledger import fingerprint, refused, refused_by_database
from tests.worlds import told_once

SINCE, LEFT = date(2010, 1, 1), date(2025, 6, 1)


@told_once
def other(community):
    return factories.branch(unit=factories.unit(parent=community.parent, name="麒麟社区"), name="麒麟支部")


@told_once
def back(wang, branch):
    """王秀英 after a suspension and a restoring elsewhere in time: her first relation has ended."""
    for move, on, more in (
        ("suspend", LEFT, {"reason": "lost_contact"}),
        ("restore", date(2026, 1, 1), {"branch": branch}),
    ):
        change = StandingChange(move, on, **more)
        change_standing(member=wang, change=change, by=None, today=TODAY)
    return Member.objects.get(pk=wang.pk)


def without_relation(branch):
    """Somebody on whom the roster has only a person: no operation makes her, an import of old data may."""
    member = factories.member(branch=branch, name="李玉兰")
    held = Membership.objects.filter(member=member)
    held.update(until=LEFT, ended_by="other_out")
    return Member.objects.get(pk=member.pk)


def begin(member, branch, since=LEFT, **more):
    return enrol(member=member, entry=Entry(branch, since, **more), by=None, today=TODAY)


def correct(membership, version=None, evidence="介绍信存根", **values):
    return correct_membership(
        membership=membership, values=values, by=None, today=TODAY, version=version, evidence=evidence
    )


# Beginning.


def test_a_relation_begins_on_the_day_the_last_one_ended_but_not_before(branch, other):
    li = without_relation(branch)
    assert not li.on_roster

    said = "李玉兰 自 2010-01-01 起已在“鼓楼支部”有组织关系，一人只能有一个"
    with refused(RosterRule, said, field="branch"):
        begin(li, other, since=date(2025, 5, 31))
    held = begin(li, other, document="转〔2025〕1号")

    fresh = Member.objects.get(pk=li.pk)
    assert (fresh.branch, fresh.path, fresh.on_roster) == (other, other.path, True)
    assert (held.since, held.until, held.began_document) == (LEFT, None, "转〔2025〕1号")
    entry = AuditEntry.objects.about(li).get(verb="membership.began")
    assert (entry.place, entry.fields, entry.reason) == (other.path, ["branch"], "转〔2025〕1号")


def test_who_has_a_relation_gets_no_second_one(wang, other):
    said = "王秀英 自 2010-01-01 起已在“鼓楼支部”有组织关系，一人只能有一个"
    with refused(RosterRule, said, field="branch"):
        begin(wang, other)
    with refused(RosterRule, said, field="branch"):
        begin(wang, other, since=date(2005, 1, 1))


def test_an_entry_keeps_the_rules_of_registering(branch, community):
    li = without_relation(branch)
    temporary = factories.branch(unit=community, kind=Kind.TEMPORARY, name="书画临时支部")

    said = (
        "“书画临时支部”是三缘型临时党组织，不能接收组织关系，请登记为“参加临时党组织”（支部工作条例第八条）"
    )
    with refused(InvalidValue, said, field="branch"):
        begin(li, temporary)
    with refused(InvalidValue, f"组织关系起始日期 2026-11-24 在今天（{TODAY}）之后", field="since"):
        begin(li, branch, since=date(2026, 11, 24))


# Correcting.


def test_a_relation_entered_in_the_wrong_branch_is_corrected_and_the_copy_follows(wang, other):
    held = correct(wang.memberships.get(), 1, branch=other, since=date(2011, 1, 1))

    fresh = Member.objects.get(pk=wang.pk)
    assert (held.version, fresh.branch, fresh.path) == (2, other, other.path)
    entry = AuditEntry.objects.about(wang).get(verb="membership.corrected")
    assert (entry.fields, entry.place, entry.reason) == (
        ["branch", "since"],
        other.path,
        "依据：介绍信存根",
    )
    events = Membership.pgh_event_model.objects.filter(pgh_obj_id=held.pk).order_by("pgh_id")
    assert [(event.pgh_label, event.since) for event in events] == [
        ("insert", SINCE),
        ("update", date(2011, 1, 1)),
    ]


def test_what_is_written_gives_way_only_to_evidence_and_what_is_empty_needs_none(wang, branch, other):
    held = wang.memberships.get()
    with refused(
        InvalidValue,
        "更正党支部、起始日期须写明依据，如档案审核意见、文件名称和文号",
        field="evidence",
    ):
        correct(held, evidence=" ", branch=other, since=date(2011, 1, 1))

    group = factories.branch(unit=branch.unit, category="641", parent=branch)
    held = correct(held, evidence="", group=group, began_document="9号")

    assert (held.group, held.began_document) == (group, "9号")


def test_correcting_nothing_writes_nothing(wang):
    held = wang.memberships.get()
    before = fingerprint()

    correct(held, 1, since=SINCE)

    assert fingerprint() == before


def test_a_correction_of_the_past_leaves_the_copy_with_the_latest_relation(back, branch, other):
    first = back.memberships.get(until=LEFT)

    correct(first, branch=other)

    assert Member.objects.get(pk=back.pk).branch == branch


def test_a_correction_onto_another_relation_is_refused(branch, other):
    li = without_relation(branch)
    first, second = li.memberships.get(), begin(li, other, since=date(2026, 1, 1))

    with refused(InvalidValue, "该党员在这段时间已有组织关系"):
        correct(second, since=date(2025, 5, 31))
    assert correct(second, since=LEFT).since == LEFT
    for too_late in (LEFT, TODAY):
        said = f"起始日期 {too_late} 必须早于终止日期 {LEFT}"
        with refused(InvalidValue, said, field="since"):
            correct(first, since=too_late)


def test_a_day_that_something_else_says_too_is_taken_back_and_not_corrected(back, branch, other):
    restored = back.memberships.get(until=None)
    with refused(RosterRule, "由恢复党籍建立，起始日期不能更正，请撤回该项党籍变动", field="since"):
        correct(restored, since=date(2026, 2, 1))

    li = without_relation(branch)
    begun = begin(li, other, began_by="transfer_in_whole")
    said = "李玉兰 在“鼓楼支部”的组织关系同日终止（其他减少），不能只更正一头，请先撤回该事项"
    with refused(RosterRule, said, field="since"):
        correct(begun, since=TODAY)


def test_the_day_of_being_accepted_from_outside_is_taken_back_and_not_corrected(branch):
    committee = branch.unit.parent
    accepted = transfer(
        person=arriving_person(), to=Destination(committee, branch), state="accepted", into=branch
    ).membership

    with refused(RosterRule, "由组织关系转接编入，起始日期不能更正，请撤回该次转接", field="since"):
        correct(accepted, since=LEFT)
    assert correct(accepted, began_document="9号").began_document == "9号"


def test_who_came_before_there_was_a_register_gets_another_day(branch):
    held = factories.member(branch=branch, began_by="transfer_in").memberships.get()

    assert correct(held, since=LEFT).since == LEFT


def test_no_branch_is_corrected_under_an_open_transfer(wang, branch, other):
    transfer(member=wang, to=Destination(other.unit.parent, other))

    said = "王秀英 有组织关系转接没有办结（草稿），请先办结或撤销"
    with refused(RosterRule, said, field="branch"):
        correct(wang.memberships.get(), branch=other)
    assert correct(wang.memberships.get(), since=LEFT).branch == branch


@pytest.mark.parametrize("where", ["branch", "group"])
def test_no_branch_is_corrected_under_a_post_held_there(wang, branch, other, where):
    group = factories.branch(unit=branch.unit, name="本组", category=Category.GROUP, parent=branch)
    if where == "group":
        correct(wang.memberships.get(), group=group)
        held = factories.post(group, wang, post="group_leader")
    else:
        held = factories.post(branch, wang)

    said = f"王秀英 任“{held.branch}”{held.get_post_display()}（2024-06-01 {{}}），请先撤回该职务"
    with refused(RosterRule, said.format("起"), field="branch"):
        correct(wang.memberships.get(), branch=other, group=None)
    relieve_post(post=held, on=TODAY, reason="更正", by=None, today=TODAY)
    with refused(RosterRule, said.format(f"至 {TODAY}"), field="branch"):
        correct(wang.memberships.get(), branch=other, group=None)
    undo_post(post=held, reason="误录", by=None)
    assert correct(wang.memberships.get(), branch=other, group=None).branch == other


def test_no_relation_is_corrected_to_begin_after_what_she_did_under_it(wang, branch, community):
    circle = factories.branch(unit=community, kind=Kind.TEMPORARY, name="书画临时支部")
    factories.affiliation(member=wang, branch=circle, since=date(2020, 1, 1))
    factories.post(branch, wang, since=date(2015, 1, 1))
    held = wang.memberships.get()

    late = [
        ("since", "王秀英 自 2020-01-01 起参加“书画临时支部”，起始日期不能晚于那一天"),
        ("since", "王秀英 自 2015-01-01 起任“鼓楼支部”书记，起始日期不能晚于那一天"),
    ]
    with refused(errors=late):
        correct(held, since=date(2020, 1, 2))
    with refused(errors=late[1:]):
        correct(held, since=date(2020, 1, 1))
    assert correct(held, since=date(2015, 1, 1)).since == date(2015, 1, 1)


def test_what_a_transfer_said_is_not_corrected_in_one_place_alone(branch, other):
    committee = branch.unit.parent
    made = transfer(
        person=arriving_person(), to=Destination(committee, branch), state="accepted", into=branch
    )

    said = "由组织关系转接编入，{}不能更正，请撤回该次转接"
    both = [("branch", said.format("党支部")), ("began_by", said.format("增加方式"))]
    with refused(errors=both):
        correct(made.membership, branch=other, began_by="other_in")


def test_a_restored_standing_and_its_relation_are_not_parted(back, other):
    restored, first = back.memberships.get(until=None), back.memberships.exclude(until=None).get()

    said = "由恢复党籍建立，增加方式不能更正，请撤回该项党籍变动"
    with refused(RosterRule, said, field="began_by"):
        correct(restored, began_by="other_in")
    with refused(RosterRule, "“恢复党籍”由党籍变动建立，不能在更正时选择", field="began_by"):
        correct(first, began_by="restored")
    assert correct(restored, branch=other).branch == other


def test_a_post_of_another_time_keeps_no_relation_where_it_is(back, branch, other):
    factories.post(branch, back, since=date(2026, 2, 1))

    assert correct(back.memberships.exclude(until=None).get(), branch=other).branch == other


def test_a_correction_keeps_the_rules_of_an_entry_and_the_version(wang, community):
    held = wang.memberships.get()
    committee = factories.branch(unit=community, category=Category.COMMITTEE, name="鼓楼党委")

    with refused(InvalidValue, "组织关系只能落在党支部或联合党支部，“鼓楼党委”是党委", field="branch"):
        correct(held, branch=committee)
    with refused(InvalidValue, "“企业移交”须填写移交企业", field="handed_over_by"):
        correct(held, began_by="handover")
    works = factories.employer()
    assert correct(held, 1, began_by="handover", handed_over_by=works).handed_over_by == works
    stale = f"“{Membership.objects.get()}”已被他人修改（您看到的是第1版，现为第2版），请重新打开此页再改"
    with refused(StaleVersion, stale):
        correct(held, 1, since=date(2011, 1, 1))


def test_a_group_is_given_by_correction_and_must_be_of_the_branch(wang, branch, other):
    group = factories.branch(unit=branch.unit, name="本组", category=Category.GROUP, parent=branch)
    held = correct(wang.memberships.get(), group=group)

    assert held.group == group
    with refused(InvalidValue, "“本组”不是“麒麟支部”的党小组", field="group"):
        correct(held, branch=other)


def test_a_branch_dissolved_meanwhile_receives_no_correction(wang, other):
    dissolve_branch(branch=other, on=TODAY, document="", by=None, today=TODAY)

    with refused(InvalidValue, f"“麒麟支部”已于 {TODAY} 撤销", field="branch"):
        correct(wang.memberships.get(), branch=type(other).objects.get(pk=other.pk))


def test_a_relation_says_itself(wang):
    assert str(wang.memberships.get()) == "王秀英 @ 鼓楼支部（2010-01-01—）"


# What the database itself refuses, whoever writes.


def row(member, branch, **values):
    return Membership(
        **{"member": member, "branch": branch, "since": TODAY, "began_by": "other_in", **values}
    )


def test_the_database_refuses_a_second_relation_at_one_time(wang, other):
    with refused_by_database("one_branch_at_a_time"):
        Membership.objects.bulk_create([row(wang, other)])
    with refused_by_database("one_branch_at_a_time"):
        Membership.objects.bulk_create(
            [row(wang, other, since=date(2000, 1, 1), until=date(2010, 1, 2), ended_by="other_out")]
        )
    before = row(wang, other, since=date(2000, 1, 1), until=SINCE, ended_by="other_out")
    assert Membership.objects.bulk_create([before])


@pytest.mark.parametrize("kind", ["temporary", "group", "committee"])
def test_the_database_refuses_a_relation_with_what_cannot_hold_members(wang, branch, community, kind):
    where = {
        "temporary": {"kind": Kind.TEMPORARY},
        "group": {"category": Category.GROUP, "parent": branch},
        "committee": {"category": Category.COMMITTEE},
    }[kind]
    wrong = factories.branch(unit=community, **where)
    Membership.objects.update(until=LEFT, ended_by="other_out")

    with refused_by_database("组织关系只能落在党支部或联合党支部"):
        Membership.objects.bulk_create([row(wang, wrong)])
    with refused_by_database("组织关系只能落在党支部或联合党支部"):
        Membership.objects.update(branch=wrong)


def test_the_database_refuses_a_group_of_another_branch(wang, other):
    group = factories.branch(unit=other.unit, name="外组", category=Category.GROUP, parent=other)

    with refused_by_database("membership_group_is_of_its_branch"):
        wang.memberships.update(group=group)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"until": LEFT}, "membership_says_how_it_ended"),
        ({"ended_by": "exit"}, "membership_says_how_it_ended"),
        ({"until": SINCE, "ended_by": "exit"}, "since_before_until"),
    ],
)
def test_the_database_refuses_a_relation_that_does_not_say_how_it_ended(wang, values, constraint):
    with refused_by_database(constraint):
        wang.memberships.update(**values)


def test_the_database_refuses_an_enterprise_without_a_handover(wang):
    with refused_by_database("membership_handover_names_enterprise"):
        wang.memberships.update(handed_over_by=factories.employer())


def test_the_copy_follows_plain_writes_to_the_relation(wang, other):
    wang.memberships.update(branch=other)
    assert Member.objects.get(pk=wang.pk).path == other.path

    wang.memberships.update(until=LEFT, ended_by="other_out")
    assert not Member.objects.get(pk=wang.pk).on_roster
