"""A registration made by mistake is taken back while nothing later rests on it."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import InvalidValue, StaleVersion
from core.models import AuditEntry
from core.voiding import StillNeeded
from members.models import Member, Membership, StandingEvent
from members.operations import (
    Entry,
    MemberChanges,
    StandingChange,
    affiliate,
    amend_member,
    change_standing,
    enrol,
    save_phones,
    undo_registration,
    undo_registrations,
)
from members.operations.people import IdNumberTaken
from members.operations.rules import RosterRule
from members.operations.transfers import Destination, cancel_transfer
from members.states import Standing
from tests import factories
from tests.factories import TODAY
from tests.factories.transfers import transfer
from tests.ledger import refused
from tests.volunteering.postings import offered
from volunteering.operations import withdraw_offer

DAY = date(2025, 6, 1)


def undo(member, reason="重复登记", **asked):
    return undo_registration(member=member, reason=reason, by=None, **asked)


def test_who_was_registered_by_mistake_stays_as_a_row_and_leaves_the_roster(wang, branch):
    membership = wang.memberships.get()
    clerk = factories.account()

    undone = undo_registration(member=wang, reason=" 认错了人 ", by=clerk)

    assert (undone.standing, undone.on_roster, undone.branch, undone.version) == (
        Standing.VOID,
        False,
        branch,
        2,
    )
    assert not Membership.objects.exists()
    labels = Membership.pgh_event_model.objects.filter(pgh_obj_id=membership.pk).order_by("pgh_id")
    assert list(labels.values_list("pgh_label", flat=True)) == ["insert", "delete"]
    entry = AuditEntry.objects.get(verb="member.registration_undone")
    assert (entry.subject_id, entry.reason, entry.by, entry.place) == (
        str(wang.pk),
        "认错了人",
        clerk,
        branch.path,
    )


def test_her_id_number_is_free_to_be_registered_rightly(branch):
    number = factories.id_number(3)
    wrong = factories.member(branch=branch, name="李桂芬", id_number=number)
    with pytest.raises(IdNumberTaken):
        factories.member(branch=branch, name="李桂芳", id_number=number)

    undo(wrong)
    right = factories.member(branch=branch, name="李桂芳", id_number=number)

    assert list(Member.objects.registered().search(number)) == [right]
    assert set(Member.objects.search(number)) == {wrong, right}


def _affiliated(member):
    circle = factories.branch(unit=member.branch.unit, kind="temporary")
    affiliate(member=member, branch=circle, values={"since": DAY}, by=None, today=TODAY)


def _dead(member):
    change_standing(member=member, change=StandingChange("decease", DAY), by=None, today=TODAY)


def _ended(member):
    Membership.objects.filter(member=member).update(until=DAY, ended_by="transfer_out")


def _moved(member):
    _ended(member)
    other = factories.branch(unit=member.branch.unit)
    Membership.objects.create(member=member, branch=other, since=DAY, began_by="transfer_in")


@pytest.mark.parametrize(
    ("later", "named"),
    [
        (_affiliated, "参加临时党组织 1 条"),
        (_dead, "组织关系的终止（2025-06-01 去世）、党籍变动 1 条"),
        (_ended, "组织关系的终止（2025-06-01 转出组织关系）"),
        (_moved, "后来的组织关系 1 条"),
    ],
)
def test_what_came_later_is_named_and_must_be_taken_back_first(wang, later, named):
    later(wang)

    with refused(StillNeeded, f"王秀英 登记之后还有{named}，不能撤回登记，请先撤回这些"):
        undo(wang)


def test_what_is_taken_back_is_not_taken_back_again(wang):
    undo(wang)

    with refused(RosterRule, "王秀英 的登记已作为录入错误撤回"):
        undo(wang)


def test_a_reason_is_asked(wang):
    with refused(InvalidValue, "请写明撤回的原因", field="reason"):
        undo(wang, reason="  ")


def test_who_has_changed_her_meanwhile_is_heard(wang):
    amend_member(member=wang, changes=MemberChanges({"note": "新"}), by=None, today=TODAY)

    with refused(StaleVersion, "“王秀英”已被他人修改（您看到的是第1版，现为第2版），请重新打开此页再改"):
        undo(wang, version=1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda member: amend_member(
                member=member, changes=MemberChanges({"note": "新"}), by=None, today=TODAY
            ),
            "王秀英 的登记已作为录入错误撤回，不能再修改",
        ),
        (
            lambda member: save_phones(member=member, phones=[("13800000000", "self", "")], by=None),
            "王秀英 的登记已作为录入错误撤回，不能再修改",
        ),
        (
            lambda member: enrol(member=member, entry=Entry(member.branch, DAY), by=None, today=TODAY),
            "王秀英 的党籍为“录入错误”，不能建立组织关系",
        ),
    ],
)
def test_nothing_more_is_done_to_her(wang, change, words):
    undone = undo(wang)

    with refused(RosterRule, words):
        change(undone)


def test_many_are_taken_back_at_once_and_who_cannot_be_is_named(branch):
    members = [factories.member(branch=branch, name=f"王{serial}") for serial in "甲乙丙丁"]
    _dead(members[1])
    undo(members[2])

    undone = undo_registrations(members=members, reason="整批导错", by=None)

    assert undone.members == [members[0], members[3]]
    assert undone.refused == {
        members[
            1
        ]: "王乙 登记之后还有组织关系的终止（2025-06-01 去世）、党籍变动 1 条，不能撤回登记，请先撤回这些",
        members[2]: "王丙 的登记已作为录入错误撤回",
    }
    assert Member.objects.filter(standing=Standing.VOID).count() == 3
    assert Membership.objects.count() == 1


def test_what_came_to_nothing_does_not_keep_her(wang, branch):
    made = transfer(member=wang, to=Destination(outside="昆明"))
    cancel_transfer(transfer=made, on=TODAY, by=None, today=TODAY, note="填错了")
    offer = offered(wang, branch.unit, since=date(2025, 1, 1))
    withdraw_offer(offer=offer, on=TODAY, by=None, today=TODAY)

    undone = undo_registrations(members=[wang], reason="登记错了人", by=None)

    assert (undone.members, undone.refused) == ([wang], {})
    made.refresh_from_db()
    assert (made.member, made.state) == (wang, "cancelled")


def test_hundreds_take_no_more_queries_than_two(branch):
    counts = []
    for number in (2, 20):
        members = [factories.member(branch=branch) for _ in range(number)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            undo_registrations(members=members, reason="整批导错", by=None)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_nobody_asked_is_nobody_taken_back(db):
    undone = undo_registrations(members=[], reason="整批导错", by=None)

    assert (undone.members, undone.refused, StandingEvent.objects.count()) == ([], {}, 0)
