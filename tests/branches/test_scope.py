"""Scope: what somebody reaches is computed from appointments in force, and nothing reaches nothing."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser

from branches.gates import may, scope_for
from branches.models import Branch, Category, Employer, Kind, Role, Unit
from branches.operations import move_unit, relieve
from branches.scope import NOWHERE, Scope, scope_of, verbs_of
from core import clock
from members.models import Affiliation, Member, Membership, SignIn, StandingEvent
from members.operations import record_sign_in
from tests import factories
from tests.factories import TODAY
from tests.worlds import told_once

SEE = "members.view_member"


@told_once
def places(db):
    """Two streets of two communities each, a branch with one member in each community."""
    district = factories.unit(name="麒麟区")
    places = {"区": district}
    for street in "甲乙":
        places[street] = factories.unit(parent=district, name=f"{street}街道")
        for number in "12":
            name = f"{street}{number}"
            places[name] = factories.unit(parent=places[street], name=f"{name}社区")
            places[f"{name}支部"] = factories.branch(unit=places[name], name=f"{name}支部")
            factories.member(branch=places[f"{name}支部"], name=f"{street}{'一二'[number == '2']}")
    return places


def seen_by(user, model=Member, verb=SEE):
    return {str(row) for row in model.objects.visible_in(scope_of(user, to=verb, on=TODAY))}


@pytest.mark.parametrize(
    ("role", "at", "seen"),
    [
        (Role.DISTRICT_OFFICER, "区", {"甲一", "甲二", "乙一", "乙二"}),
        (Role.STREET_CLERK, "甲", {"甲一", "甲二"}),
        (Role.COMMUNITY_CLERK, "甲1", {"甲一"}),
        (Role.AUDITOR, "乙", {"乙一", "乙二"}),
        (Role.STATISTICS_CONSUMER, "区", set()),
        (Role.SYSTEM_ADMINISTRATOR, "区", set()),
    ],
)
def test_a_role_at_a_unit_sees_the_people_there_and_below_if_it_sees_people_at_all(places, role, at, seen):
    assert seen_by(factories.account(role=role, unit=places[at])) == seen


def test_a_secretary_sees_her_branch_and_no_other(places):
    secretary = factories.account(role=Role.BRANCH_SECRETARY, branch=places["甲1支部"])

    assert seen_by(secretary) == {"甲一"}
    assert seen_by(secretary, Branch, "branches.view_branch") == {"甲1支部"}
    assert seen_by(secretary, Unit, "branches.view_unit") == {"甲1社区"}


def test_a_secretary_sees_the_groups_of_her_branch_and_not_what_else_hangs_on_it(places):
    home = places["甲1支部"]
    factories.branch(unit=places["甲1"], name="甲1小组", category=Category.GROUP, parent=home)
    factories.branch(unit=places["甲1"], name="邻居支部")
    secretary = factories.account(role=Role.BRANCH_SECRETARY, branch=home)

    assert seen_by(secretary, Branch, "branches.view_branch") == {"甲1支部", "甲1小组"}


def test_no_appointment_no_rows_and_no_verbs(places):
    for nobody in (factories.account(), AnonymousUser()):
        assert scope_of(nobody, to=SEE, on=TODAY) == NOWHERE
        assert not scope_of(nobody, to=SEE, on=TODAY)
        assert verbs_of(nobody, on=TODAY) == frozenset()
        assert seen_by(nobody) == set()
    for model in (Unit, Branch, Employer, Membership, Affiliation, SignIn, StandingEvent):
        assert list(model.objects.visible_in(NOWHERE)) == []


def test_an_inactive_account_has_nothing(places):
    clerk = factories.account(role=Role.STREET_CLERK, unit=places["甲"])
    clerk.is_active = False

    assert seen_by(clerk) == set()
    assert not clerk.has_perm(SEE)


def test_a_superuser_sets_the_system_up_everywhere_and_sees_no_person(places):
    root = factories.account(is_superuser=True)

    assert seen_by(root) == set()
    assert scope_of(root, to="branches.add_appointment", on=TODAY).paths == ("",)
    assert "branches.add_appointment" in verbs_of(root, on=TODAY)
    assert not root.has_perm(SEE)
    assert root.has_perm("branches.add_appointment")


@pytest.mark.parametrize(
    ("day", "seen"),
    [
        (date(2023, 12, 31), set()),
        (date(2024, 1, 1), {"甲一", "甲二"}),
        (date(2024, 5, 31), {"甲一", "甲二"}),
        (date(2024, 6, 1), set()),
    ],
)
def test_an_appointment_counts_from_its_first_day_until_the_day_before_its_end(places, day, seen):
    clerk = factories.account()
    clerk.appointments.create(
        role=Role.STREET_CLERK, unit=places["甲"], since=date(2024, 1, 1), until=date(2024, 6, 1)
    )

    reached = scope_of(clerk, to=SEE, on=day)
    assert {row.name for row in Member.objects.visible_in(reached)} == seen


def test_several_appointments_reach_all_their_places_and_the_outermost_is_enough(places):
    clerk = factories.account(role=Role.COMMUNITY_CLERK, unit=places["甲1"])
    clerk.appointments.create(role=Role.STREET_CLERK, unit=places["甲"], since=TODAY)
    clerk.appointments.create(role=Role.BRANCH_SECRETARY, branch=places["乙2支部"], since=TODAY)

    assert seen_by(clerk) == {"甲一", "甲二", "乙二"}
    reached = scope_of(clerk, to=SEE, on=TODAY)
    assert reached == Scope((places["甲"].path,), (places["乙2支部"].pk,))
    assert reached.covers(places["甲1"].path)
    assert not reached.covers(places["乙"].path)


def test_a_verb_is_asked_where_its_own_role_holds_and_not_elsewhere(places):
    clerk = factories.account(role=Role.COMMUNITY_CLERK, unit=places["甲1"])
    clerk.appointments.create(role=Role.AUDITOR, unit=places["乙"], since=TODAY)

    assert seen_by(clerk) == {"甲一", "乙一", "乙二"}
    assert seen_by(clerk, verb="members.change_member") == {"甲一"}
    assert seen_by(clerk, verb="core.view_auditentry") == {"乙一", "乙二"}


def test_scope_follows_a_unit_that_moves(places):
    clerk = factories.account(role=Role.STREET_CLERK, unit=places["甲"])
    assert seen_by(clerk) == {"甲一", "甲二"}

    move_unit(unit=places["甲1"], to=places["乙"], on=TODAY, document="", by=None, today=TODAY)

    assert seen_by(clerk) == {"甲二"}
    assert seen_by(factories.account(role=Role.STREET_CLERK, unit=places["乙"])) == {"甲一", "乙一", "乙二"}


def test_a_path_that_only_begins_alike_is_not_within(places):
    assert not Scope(("00001/",)).covers("000010/")
    assert Member.objects.visible_in(Scope(("00001",))).count() == Member.objects.filter(
        path__startswith="00001"
    ).count()  # fmt: skip


def test_affiliations_and_sign_ins_are_seen_from_both_sides(places):
    temporary = factories.branch(unit=places["乙1"], kind=Kind.TEMPORARY, name="乙1临时支部")
    part = factories.affiliation(member=Member.objects.get(name="甲一"), branch=temporary)
    sign_in = record_sign_in(affiliation=part, on=TODAY, by=None, today=TODAY)

    def sees(**at):
        user = factories.account(**at)
        reached = scope_of(user, to="members.view_affiliation", on=TODAY)
        return (list(Affiliation.objects.visible_in(reached)), list(SignIn.objects.visible_in(reached)))

    both, none = ([part], [sign_in]), ([], [])
    assert sees(role=Role.STREET_CLERK, unit=places["甲"]) == both
    assert sees(role=Role.STREET_CLERK, unit=places["乙"]) == both
    assert sees(role=Role.BRANCH_SECRETARY, branch=temporary) == both
    assert sees(role=Role.BRANCH_SECRETARY, branch=places["甲1支部"]) == both
    assert sees(role=Role.COMMUNITY_CLERK, unit=places["甲2"]) == none
    assert sees(role=Role.BRANCH_SECRETARY, branch=places["乙1支部"]) == none


def test_employers_are_for_everybody_who_reaches_anything(places):
    employer = factories.employer()

    assert list(Employer.objects.visible_in(Scope(("00001/",)))) == [employer]
    assert list(Employer.objects.visible_in(Scope((), (1,)))) == [employer]


# The doors' question.


def test_may_asks_anywhere_or_of_one_row(places):
    clerk = factories.account(role=Role.STREET_CLERK, unit=places["甲"])
    mine, foreign = Member.objects.get(name="甲一"), Member.objects.get(name="乙一")

    assert may(clerk, SEE)
    assert may(clerk, SEE, mine)
    assert may(clerk, SEE, Member())
    assert not may(clerk, SEE, foreign)
    assert not may(clerk, "core.view_auditentry")
    assert scope_for(clerk, SEE) == scope_of(clerk, to=SEE, on=clock.today())


def test_permissions_are_the_verbs_of_the_appointments_and_groups_give_none(places):
    clerk = factories.account(role=Role.COMMUNITY_CLERK, unit=places["甲1"])

    assert clerk.get_all_permissions() == verbs_of(clerk, on=clock.today())
    assert clerk.get_all_permissions(places["甲1"]) == set()
    assert clerk.has_perm(SEE, Member.objects.get(name="甲一"))
    assert not clerk.has_perm(SEE, Member.objects.get(name="乙一"))
    assert clerk.has_module_perms("members")
    assert not clerk.has_module_perms("core")


def test_a_relieved_clerk_sees_nothing_at_the_next_request(places):
    clerk = factories.account(role=Role.STREET_CLERK, unit=places["甲"])
    relieve(appointment=clerk.appointments.get(), on=TODAY, by=None)

    again = type(clerk).objects.get(pk=clerk.pk)
    assert seen_by(again) == set()
    assert not again.has_perm(SEE)


def test_appointments_are_read_once_for_an_account_and_a_day(places, django_assert_num_queries):
    clerk = factories.account(role=Role.STREET_CLERK, unit=places["甲"])

    with django_assert_num_queries(1):
        for _ in range(3):
            scope_of(clerk, to=SEE, on=TODAY)
            verbs_of(clerk, on=TODAY)
