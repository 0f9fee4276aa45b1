"""Hours and visits that nobody has verified yet stand in the 待办 list of whoever may verify them."""

from datetime import time, timedelta

from django.urls import reverse

from members.models import SignIn
from members.operations import Attended, record_sign_in, record_sign_ins, verify_sign_ins
from tests import factories
from tests.factories import TODAY
from tests.volunteering.inbox import inbox
from tests.volunteering.lives import brought_to
from volunteering.operations import Worked, record_hours, verify_hours, verify_visit
from volunteering.states import OrderStatus


def told(account):
    return [(task.kind, task.words, task.url) for task in inbox(account, "hours", "visit_made")]


def test_hours_wait_for_somebody_else_of_the_member_s_branch(wang, branch, community):
    served_on = TODAY - timedelta(days=9)
    entry = record_hours(member=wang, worked=Worked(served_on, time(9), time(11)), by=None, today=TODAY)
    secretary = factories.account(role="branch_secretary", branch=branch)
    elsewhere = factories.branch(unit=factories.unit(parent=community.parent), name="中共文昌社区党支部")
    stranger = factories.account(role="branch_secretary", branch=elsewhere)

    page = reverse("admin:volunteering_hourentry_verify", args=[entry.pk])
    assert told(secretary) == [("hours", "待登记人以外的人核实，已过 2 天", page)]
    assert told(stranger) == []
    verify_hours(entry=entry, by=secretary)
    assert told(secretary) == []


def test_hours_of_an_order_wait_for_who_asked_for_it(order, helper, branch):
    reported = brought_to(OrderStatus.REPORTED, order, helper)
    secretary = factories.account(role="branch_secretary", branch=branch)

    assert reported.hour_entries.filter(verified_by=None).exists()
    assert told(secretary) == []


def test_a_visit_waits_for_the_community_and_the_branch_and_for_nobody_above(wang, branch, community):
    home = factories.household(building=factories.building(unit=community))
    visit = factories.visit(pairing=factories.pairing(member=wang, household=home))
    clerk = factories.account(role="community_clerk", unit=community)
    secretary = factories.account(role="branch_secretary", branch=branch)
    street = factories.account(role="street_clerk", unit=community.parent)

    page = reverse("admin:volunteering_visit_verify", args=[visit.pk])
    for account in (clerk, secretary):
        assert told(account) == [("visit_made", "待登记人以外的人核实，还有 7 天", page)]
    assert told(street) == []
    verify_visit(visit=visit, by=clerk)
    assert told(secretary) == []


def test_an_urgent_visit_is_told_today(wang, community):
    home = factories.household(building=factories.building(unit=community))
    pairing = factories.pairing(member=wang, household=home)
    factories.visit(pairing=pairing, found="urgent", finding="摔倒了")
    clerk = factories.account(role="community_clerk", unit=community)

    [task] = inbox(clerk, "visit_made")

    assert (task.words, task.due_on, task.level) == (
        "情况紧急，待登记人以外的人核实", TODAY, "over"
    )  # fmt: skip


def test_sign_ins_wait_a_day_of_an_organisation_at_a_time(wang, branch, community):
    circle = factories.branch(unit=community, kind="temporary", name="书画临时支部")
    parts = [
        factories.affiliation(member=member, branch=circle)
        for member in (wang, factories.member(branch=branch))
    ]
    record_sign_ins(attended=[Attended(each, TODAY) for each in parts], by=None, today=TODAY)
    other = factories.branch(unit=factories.unit(parent=community.parent), kind="temporary", name="外支部")
    away = factories.affiliation(member=wang, branch=other)
    record_sign_in(affiliation=away, on=TODAY, by=None, today=TODAY)
    clerk = factories.account(role="community_clerk", unit=community)

    [task] = inbox(clerk, "sign_in")

    assert (task.about, task.words) == (
        "书画临时支部",
        f"{TODAY} 参加活动 2 人，待登记人以外的人核实，还有 7 天",
    )
    query = {"verified": "no", "branch": circle.pk, "on_from": TODAY, "on_to": TODAY}
    assert task.url == reverse("admin:members_signin_changelist", query=query)
    verify_sign_ins(sign_ins=SignIn.objects.filter(affiliation__in=parts), by=clerk)
    assert inbox(clerk, "sign_in") == []
