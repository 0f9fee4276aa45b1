"""What was entered by mistake is taken back with a reason, as long as nothing rests on it."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from core.models import AuditEntry
from core.voiding import StillNeeded
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused
from tests.office import told
from tests.volunteering.lives import brought_to
from tests.volunteering.test_admin_orders import page
from volunteering.models import HourEntry, TeamMembership
from volunteering.operations import (
    Worked,
    appoint_leader,
    leave_team,
    record_hours,
    undo_hours,
    undo_joining,
)
from volunteering.states import OrderStatus

WORKED = Worked(TODAY, time(9), time(10))


def test_joining_a_team_by_mistake_is_taken_back(wang, team, writer):
    membership = factories.team_membership(team=team, member=wang)
    with refused(errors=[("reason", "请写明撤回的原因")]):
        undo_joining(membership=membership, reason=" ", by=writer)
    undo_joining(membership=membership, reason="认错人", by=writer)

    assert not TeamMembership.objects.exists()
    entry = AuditEntry.objects.get(verb="team.joining_undone")
    assert (entry.reason, entry.by, entry.subject_text) == ("认错人", writer, str(wang))


def test_who_leads_or_was_given_orders_stays_in_the_team(order, helper, team):
    membership = helper.team_memberships.get()
    appoint_leader(team=team, membership=membership, by=None, today=TODAY)
    with refused(StillNeeded, f"{helper} 是“{team}”的队长，请先另设队长"):
        undo_joining(membership=membership, reason="认错人", by=None)
    brought_to(OrderStatus.DISPATCHED, order, helper)
    left = leave_team(
        membership=membership, on=TODAY + timedelta(days=1), by=None, today=TODAY + timedelta(days=1)
    )
    with refused(StillNeeded, f"{helper} 在这段时间已派过 1 单，不能撤回，请办理离队"):
        undo_joining(membership=left, reason="认错人", by=None)


def test_what_came_before_or_after_does_not_keep_a_time_in_the_team(order, helper, team, branch):
    brought_to(OrderStatus.DISPATCHED, order, helper)
    other = factories.team(branch=branch, name="古城服务队")
    membership = factories.team_membership(team=other, member=helper, since=date(2019, 1, 1))
    membership = leave_team(membership=membership, on=date(2019, 6, 1), by=None, today=TODAY)
    undo_joining(membership=membership, reason="认错人", by=None)
    assert helper.team_memberships.get().team == team


def test_hours_told_by_mistake_are_taken_back_and_those_of_an_order_are_not(order, helper, wang):
    entry = record_hours(member=wang, worked=WORKED, by=None, today=TODAY)
    undo_hours(entry=entry, reason="日期写错", by=None)
    assert not HourEntry.objects.exists()
    brought_to(OrderStatus.REPORTED, order, helper)
    entry = HourEntry.objects.get()
    with refused(StillNeeded, f"这段时间由“{order}”登记，随它保留，不能单独撤回"):
        undo_hours(entry=entry, reason="日期写错", by=None)


def test_both_are_taken_back_on_their_pages(clerk, town):
    wang = factories.member(branch=town.our_branch)
    membership = factories.team_membership(team=factories.team(branch=town.our_branch), member=wang)
    entry = record_hours(member=wang, worked=WORKED, by=None, today=TODAY)
    reason = {"reason": "登记有误", "version": 1}
    assert told(clerk.post(page(entry, "undo"), reason, follow=True)) == [
        "“王秀英”2026-11-23 的服务时间已撤回"
    ]
    answer = clerk.post(page(membership, "undo"), reason)
    assert answer.url == reverse("admin:members_member_change", args=[wang.pk])
    assert not TeamMembership.objects.exists()


@pytest.mark.parametrize("what", ["team-memberships", "hour-entries"])
def test_both_are_taken_back_by_rest(streets, what):
    streets.people()
    team = factories.team(branch=streets.here)
    row = {
        "team-memberships": lambda: factories.team_membership(team=team, member=streets.wang),
        "hour-entries": lambda: record_hours(member=streets.wang, worked=WORKED, by=None, today=TODAY),
    }[what]()
    answer = streets.clerk.post(f"{what}/{row.pk}/undo/", {"reason": "登记有误"}, If_Match='"v1"')
    assert (answer.status_code, answer.json()) == (200, {"member": streets.wang.pk})
    assert streets.clerk.get(f"{what}/{row.pk}/").status_code == 404
