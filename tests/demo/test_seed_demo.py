"""The article's district: its published figures come out of rows, and its people keep every rule."""

from collections import Counter
from datetime import date
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Q
from django.test import Client

from branches.models import Affinity, Appointment, Branch, Kind, Role, Unit
from branches.scope import Scope, scope_of
from core import clock
from core.identity import parse_id_number
from core.models import AuditEntry, User
from demo import story
from demo.accounts import DEMO_ACCOUNTS
from demo.handing_over import ENTERPRISE_OF_NOW
from demo.names import BEYOND_BMP, OTHERWISE_READ
from demo.people import Likeness, People
from demo.telling import NotYet, tell
from members.models import Affiliation, Member, Membership, Phone, RosterIn, SignIn, Transfer
from members.operations.rules import complaints, warnings
from members.states import TransferState
from tests import factories
from tests.worlds import told_once
from volunteering.models import (
    Certificate,
    Claim,
    HourEntry,
    ServiceItem,
    ServiceOrder,
    ServicePost,
    Team,
    TeamMembership,
    Turn,
)

PUBLISHED_ON = date(2020, 12, 31)
PASSWORD = "demo"
pytestmark = pytest.mark.usefixtures("told")


@told_once
def told(db):
    """The whole story."""
    call_command("seed_demo", password=PASSWORD)


def ask(username, what, **query):
    """What the API answers a demo account."""
    client = Client()
    client.force_login(User.objects.get(username=username), backend="branches.gates.AppointmentBackend")
    response = client.get(f"/api/v1/statistics/{what}/", query)
    assert response.status_code == 200, response.content
    return response.json()


def figures(unit="530302", on=PUBLISHED_ON, **query):
    answer = ask("district", "rollup", unit=unit, on=on.isoformat(), depth=0, **query)
    return {code: figure["total"] for code, figure in answer["indicators"].items()}


def on_roster(day):
    return Membership.objects.on(day)


UNPUBLISHED = {
    "members.roster",
    "branches.all",
    "members.affiliated",
    "members.on_posts",
    "members.paired",
    "carriers.all",
    "households.paired",
    "matters.settled",
    "matters.in_time",
}


def test_the_published_figures_are_counted_from_rows():
    found = figures()

    assert {code: found[code] for code in found if code not in UNPUBLISHED} == {
        "branches.district_direct": 36,
        "branches.local": 47,
        "branches.affinity": 15,
        "members.settled": 4481,
        "members.participating": 899,
        "teams.volunteer": 12,
    }
    assert found["members.roster"] == on_roster(PUBLISHED_ON).count() > 5000


def test_the_published_figures_hold_in_plain_counts_too():
    in_being = Branch.objects.on(PUBLISHED_ON)
    kinds = Counter(in_being.values_list("kind", flat=True))
    settled = Membership.objects.filter(began_by=RosterIn.HANDOVER, since__lte=PUBLISHED_ON)
    verified = SignIn.objects.filter(verified_by__isnull=False, on__year=2020)

    assert kinds[Kind.DISTRICT_DIRECT] == 36
    assert kinds[Kind.STREET] + kinds[Kind.COMMUNITY] == 47
    assert kinds[Kind.TEMPORARY] == 15
    assert settled.values("member").distinct().count() == 4481
    assert on_roster(PUBLISHED_ON).filter(member__in=verified.values("affiliation__member")).count() == 899


def test_another_day_gives_other_figures():
    days = [date(2019, 12, 31), PUBLISHED_ON, date(2021, 12, 31), story.LAST_DAY]
    by_day = [figures(on=day) for day in days]

    for code in ("members.roster", "members.settled", "members.participating", "branches.affinity"):
        assert len({found[code] for found in by_day}) >= 3, code


def test_the_moved_community_counts_where_it_was_or_where_it_is():
    linjiang = Unit.objects.get(code="530302003003")
    before, moved = date(2023, 6, 30), date(2023, 7, 1)

    def streets(**query):
        return [figures(unit, **query)["members.roster"] for unit in ("530302003", "530302002")]

    moving = figures(linjiang.code, before)["members.roster"]
    then, now = streets(on=before), streets(on=before, tree="now")

    assert linjiang.parent.name == "建宁街道"
    assert moving > 100
    assert now == [then[0] - moving, then[1] + moving]
    assert streets(on=moved) == streets(on=moved, tree="now")


def test_what_is_told_of_the_years_after_is_there():
    closed, renamed = Unit.objects.get(closed_on=date(2022, 1, 1)), Unit.objects.get(code="530302009202")
    moved = Branch.objects.get(short_name="区审计局离退休党支部").placements.order_by("since")

    assert closed.name == "越州第3小组第3网格"
    assert list(renamed.placements.order_by("since").values_list("name", flat=True)) == [
        "冷家屯村民委员会",
        "冷家屯社区居民委员会",
    ]
    assert [placement.unit.name for placement in moved] == ["麒麟区", "南宁街道"]
    assert list(
        Branch.objects.exclude(dissolved_on=None)
        .order_by("dissolved_on")
        .values_list("dissolved_on", flat=True)
    ) == [date(2020, 10, 31), date(2022, 12, 31)]


def test_letters_wait_in_every_state_on_the_day_the_demo_is_loaded():
    today = clock.today()
    letters = list(Transfer.objects.select_related("letter"))

    assert {each.state_on(today) for each in letters} == set(TransferState)
    overdue = [each for each in letters if each.receipt_due_on and each.receipt_due_on < today]
    assert len(overdue) == 2


def test_the_teams_are_those_in_being_and_some_have_lost_people_whom_nobody_took_out():
    teams = Team.objects.on(PUBLISHED_ON)
    joined = TeamMembership.objects.on(factories.TODAY)

    assert teams.count() == 12
    assert Team.objects.count() == 15
    assert Team.objects.exclude(dissolved_on=None).count() == 2
    assert 0 < TeamMembership.objects.serving(factories.TODAY).count() < joined.count()
    assert min(Counter(joined.values_list("team", flat=True)).values()) >= 7


def test_services_are_ordered_and_done_and_the_desk_is_not_empty():
    statuses = Counter(ServiceOrder.objects.values_list("status", flat=True))
    in_2020 = HourEntry.objects.verified().filter(on__year=2020).values("member")

    assert ServiceItem.objects.count() == 5
    assert statuses["closed"] > 40
    assert {"waiting", "dispatched", "accepted", "started", "reported"} <= set(statuses)
    assert ServiceOrder.objects.late(factories.TODAY).exists()
    assert HourEntry.objects.verified().filter(order__isnull=False).count() == statuses["closed"]
    # They took part before: the published figure holds with them and without.
    assert in_2020.exclude(member__affiliations__sign_ins__on__year=2020).count() == 0


def test_posts_are_claimed_turns_served_and_certificates_issued():
    posts, claims = ServicePost.objects.with_taken(), Claim.objects
    served = HourEntry.objects.verified().filter(turn__isnull=False)

    assert posts.count() == len(story.POSTS)
    assert all(post.taken <= post.seats for post in posts)
    assert {"applied", "invited", "serving"} <= set(claims.values_list("status", flat=True))
    assert served.count() == Turn.objects.filter(status="done").count() > 5
    assert served.filter(on__lte=PUBLISHED_ON).count() == 0
    assert Turn.objects.filter(status="asked").count() == 1
    assert Counter(Certificate.objects.values_list("status", flat=True)) == {"issued": 1, "announced": 1}


def test_no_person_breaks_a_rule_of_the_roster():
    wrong = {
        member.name: [error.detail for error in complaints(member, factories.TODAY)]
        for member in Member.objects.all()
        if complaints(member, factories.TODAY)
    }

    assert wrong == {}


def test_every_id_number_is_valid_sealed_and_its_own():
    members = list(Member.objects.filter(id_number__isnull=False))
    parsed = {
        parse_id_number(member.get_sealed("id_number"), today=factories.TODAY): member for member in members
    }

    assert len(parsed) == len(members)
    assert all(
        (number.sex, number.born_on, number.number[-4:]) == (member.sex, member.id_born_on, member.id_last4)
        for number, member in parsed.items()
    )


def test_few_archives_differ_from_the_id_number():
    warned = [member for member in Member.objects.all() if any("档案" in text for text in warnings(member))]

    assert 0.005 < len(warned) / Member.objects.count() < 0.03


def test_no_branch_is_larger_than_the_rules_allow_and_none_but_the_groups_is_empty():
    sizes = Counter(on_roster(PUBLISHED_ON).values_list("branch", flat=True))
    direct = Branch.objects.filter(kind=Kind.DISTRICT_DIRECT).annotate(
        filed=Count("memberships", filter=Q(memberships__since=date(2018, 1, 1)))
    )
    holding = set(Branch.objects.on(PUBLISHED_ON).holding().values_list("pk", flat=True))

    assert set(sizes) == holding
    assert max(sizes.values()) <= 50
    assert {20 <= branch.filed <= 45 for branch in direct} == {True}


def test_what_was_handed_over_came_from_enterprises_into_communities():
    settled = Membership.objects.filter(began_by=RosterIn.HANDOVER)

    assert set(settled.values_list("branch__kind", flat=True)) == {Kind.COMMUNITY, Kind.HANDOVER, Kind.MIXED}
    told = {handover.enterprise for handover in story.HANDOVERS} | {ENTERPRISE_OF_NOW}
    assert set(settled.values_list("handed_over_by__name", flat=True)) == told


def test_all_three_affinities_and_all_four_places_are_met():
    gatherings = Branch.objects.on(PUBLISHED_ON).temporary()

    assert set(gatherings.values_list("affinity", flat=True)) == set(Affinity.values)
    assert set(gatherings.values_list("place_type", flat=True)) == {
        "community",
        "estate",
        "enterprise",
        "plaza",
    }


def test_nobody_takes_part_outside_the_days_of_her_affiliation():
    outside = SignIn.objects.filter(Q(on__lt=F("affiliation__since")) | Q(on__gte=F("affiliation__until")))
    elsewhere = Affiliation.objects.filter(
        Q(since__lt=F("branch__founded_on")) | Q(branch__dissolved_on__isnull=False, until=None)
    )

    assert not outside.exists()
    assert not elsewhere.exists()


def test_the_roster_shows_everything_that_a_clerk_has_to_deal_with():
    members = Member.objects.all()
    namesakes = members.on_roster().values("branch", "name").annotate(number=Count("pk")).filter(number__gt=1)
    shared = Phone.objects.values("number").annotate(number_of=Count("member")).filter(number_of__gt=1)

    assert namesakes.count() >= 20
    assert shared.count() >= 20
    assert members.filter(name__contains="·").count() >= 5
    assert members.filter(Q(*[("name__contains", rare) for rare in BEYOND_BMP], _connector=Q.OR)).exists()
    assert members.filter(
        Q(*[("name__startswith", name) for name in OTHERWISE_READ], _connector=Q.OR)
    ).exists()
    assert (
        members.filter(retire_kind="lixiu", birth_on__year__lte=1930, worked_on__lt=date(1949, 10, 1)).count()
        == 22
    )
    assert members.filter(joined_on__year__range=(1970, 1976), full_on=None).exists()
    assert members.filter(standing="probationary", on_roster=True).count() == 5
    assert members.filter(standing="suspended", on_roster=False).exists()
    assert members.filter(memberships__began_by=RosterIn.RESTORED, on_roster=True).exists()
    assert members.filter(standing="exited").exists()
    assert members.filter(lost_since__isnull=False, on_roster=True).exists()
    assert members.filter(floating_since__isnull=False).exclude(floating_to="").exists()
    assert members.filter(id_number__isnull=True).exists()
    assert {"03", "07"} < set(members.values_list("ethnic_group", flat=True))


def test_the_retirees_are_as_old_as_retirees_are():
    ages = [held.member.age(PUBLISHED_ON) for held in on_roster(PUBLISHED_ON).select_related("member")]

    assert min(ages) >= 60
    assert max(ages) <= 97


def test_each_account_answers_for_its_own_place():
    district, street = Unit.objects.get(code="530302"), Unit.objects.get(code="530302002")
    community = Unit.objects.get(name="瑞和社区居民委员会")
    branch = Branch.objects.get(short_name="瑞和社区离退休党支部")
    held = {
        appointment.user.username: (appointment.role, appointment.unit or appointment.branch)
        for appointment in Appointment.objects.on(factories.TODAY)
    }

    assert held == {
        "district": (Role.DISTRICT_OFFICER, district),
        "street": (Role.STREET_CLERK, street),
        "community": (Role.COMMUNITY_CLERK, community),
        "secretary": (Role.BRANCH_SECRETARY, branch),
        "auditor": (Role.AUDITOR, district),
        "system": (Role.SYSTEM_ADMINISTRATOR, district),
    }
    assert community.path.startswith(street.path)
    assert branch.unit == community
    assert {user.username for user in User.objects.filter(is_staff=True)} == set(DEMO_ACCOUNTS)


def test_each_account_sees_the_roster_of_its_own_place():
    seen = {
        username: Member.objects.visible_in(
            scope_of(User.objects.get(username=username), to="members.view_member", on=factories.TODAY)
        ).count()
        for username in DEMO_ACCOUNTS
    }

    assert seen["district"] == seen["auditor"] == Member.objects.count()
    assert seen["district"] > seen["street"] > seen["community"] > seen["secretary"] > 20
    assert seen["system"] == 0
    system = User.objects.get(username="system")
    assert scope_of(system, to="reports.view_figures", on=factories.TODAY) == Scope()


def test_a_second_run_says_so_and_changes_nothing(capsys):
    def count():
        return [model.objects.count() for model in (Unit, Branch, Member, User, AuditEntry)]

    before = count()
    call_command("seed_demo", password="another")
    call_command("seed_scale", members=10)

    assert capsys.readouterr().out == (
        "库中已有数据，没有载入演示数据，也没有改动任何内容。\n库中已有数据，没有载入，也没有改动任何内容。\n"
    )
    assert count() == before
    assert User.objects.get(username="district").check_password(PASSWORD)


@pytest.mark.parametrize("command", [("seed_demo",), ("seed_scale", "--members", "10")])
def test_production_is_never_seeded(command, settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="生产环境不能载入"):
        call_command(*command)


def test_the_story_waits_for_its_last_day(monkeypatch):
    users = User.objects.count()
    day = date(2025, 6, 29)
    monkeypatch.setattr(clock, "today", lambda: day)
    monkeypatch.setattr("demo.management.commands.seed_demo.registry_is_empty", lambda: True)

    with pytest.raises(NotYet):
        tell(today=day)
    with pytest.raises(CommandError, match="演示数据讲到 2025-06-30 为止，今天（2025-06-29）还不能载入"):
        call_command("seed_demo")
    assert User.objects.count() == users


def test_the_same_chance_invents_the_same_people():
    def crowd(seed):
        people = People(Random(seed))
        return [people.person(Likeness(veteran=serial % 9 == 0)) for serial in range(60)]

    assert crowd(5) == crowd(5)
    assert crowd(5) != crowd(6)


def test_people_take_part_until_the_day_it_is_loaded():
    assert figures(on=factories.TODAY)["members.participating"] > 30
