"""Taking back in the admin: on the row's page, with a reason, in words; gone rows stay in the history."""

from datetime import date

import pytest
from django.db import connection
from django.urls import reverse

from members.models import Affiliation, Member, Membership, SignIn, StandingEvent
from members.operations import (
    StandingChange,
    change_standing,
    end_affiliation,
    enrol,
    record_sign_in,
    verify_sign_ins,
)
from members.operations.memberships import Entry
from tests import factories
from tests.factories import TODAY
from tests.members.admin.pages import errors_of, told
from tests.worlds import told_once

DAY = "2026-05-01"


def page_of(row, name):
    return reverse(f"admin:members_{row._meta.model_name}_{name}", args=[row.pk])


def dead(member):
    change_standing(member=member, change=StandingChange("decease", TODAY), by=None, today=TODAY)
    return StandingEvent.objects.get()


@told_once
def wang(town):
    return factories.member(branch=town.our_branch)


@told_once
def taking_part(wang, town):
    circle = factories.branch(unit=town.ours, kind="temporary", name="书画临时支部")
    return factories.affiliation(member=wang, branch=circle)


def take_back(clerk, row, act="undo", **values):
    return clerk.post(page_of(row, act), {"reason": "登记错了人", **values}, follow=True)


def test_a_death_recorded_for_the_wrong_person_is_taken_back(clerk, wang):
    event = dead(wang)
    assert [act["title"] for act in clerk.get(page_of(event, "change")).context["acts"]] == ["撤回"]

    answer = take_back(clerk, event)

    assert told(answer) == ["已撤回“王秀英”的去世，现为正式党员"]
    assert (StandingEvent.objects.count(), Member.objects.get().on_roster) == (0, True)
    told_of = clerk.get(page_of(wang, "history")).content.decode()
    assert [words in told_of for words in ("党籍变动：撤回", "登记错了人", "去世")] == [True] * 3


def test_the_history_names_what_has_been_taken_back(clerk, wang, town):
    circle = factories.branch(unit=town.ours, kind="temporary", name="书画临时支部")
    row = factories.affiliation(member=wang, branch=circle)
    take_back(clerk, row, version=1)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM branches_branchplacement WHERE branch_id = %s", [circle.pk])
        cursor.execute("DELETE FROM branches_branch WHERE id = %s", [circle.pk])

    told_of = clerk.get(page_of(wang, "history")).content.decode()

    assert ["撤回参加临时党组织" in told_of, "书画临时支部" in told_of, f"#{circle.pk}" in told_of] == [
        True,
        True,
        False,
    ]


def test_an_enrolment_is_taken_back(clerk, wang, town):
    Membership.objects.update(until=DAY, ended_by="transfer_out")
    entry = Entry(town.our_branch, TODAY, began_by="transfer_in")
    membership = enrol(member=wang, entry=entry, by=None, today=TODAY)

    answer = take_back(clerk, membership, version=1)

    assert told(answer) == ["“王秀英”在“中共鼓楼社区离退休党支部”的组织关系已撤回"]
    assert Membership.objects.count() == 1


def test_taking_part_its_end_and_a_sign_in_are_taken_back(clerk, taking_part):
    sign_in = record_sign_in(affiliation=taking_part, on=TODAY, by=None, today=TODAY)
    end_affiliation(affiliation=taking_part, on=TODAY, by=None, today=TODAY)

    assert told(take_back(clerk, taking_part, "reopen", version=2)) == [
        "“王秀英”继续参加“书画临时支部”，没有中断"
    ]
    assert told(take_back(clerk, sign_in)) == [f"已撤回 {sign_in}"]
    assert told(take_back(clerk, taking_part, version=3)) == ["“王秀英”参加“书画临时支部”的登记已撤回"]
    assert (Affiliation.objects.count(), SignIn.objects.count()) == (0, 0)


def test_who_writes_sign_ins_down_takes_one_back_until_it_is_verified(enter, town, taking_part):
    secretary = factories.account(role="branch_secretary", branch=taking_part.branch)
    page, told_by = enter(secretary), {"affiliation": taking_part, "by": secretary, "today": TODAY}
    rows = [record_sign_in(on=day, **told_by) for day in (date(2026, 5, 1), TODAY)]
    verify_sign_ins(sign_ins=rows[:1], by=factories.account())

    take_back(page, rows[0])
    assert SignIn.objects.count() == 2
    assert told(take_back(page, rows[1])) == [f"已撤回 {rows[1]}"]
    assert list(SignIn.objects.all()) == rows[:1]


def test_what_rests_on_it_is_named(clerk, taking_part):
    record_sign_in(affiliation=taking_part, on=TODAY, by=None, today=TODAY)

    answer = take_back(clerk, taking_part, version=1)

    assert errors_of(answer) == {"__all__": [f"“{taking_part}”还有参加记录 1 条，不能撤回"]}


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_reason_is_asked(clerk, wang, reason):
    event = dead(wang)

    answer = take_back(clerk, event, reason=reason)

    assert list(errors_of(answer)) == ["reason"]
    assert StandingEvent.objects.count() == 1
