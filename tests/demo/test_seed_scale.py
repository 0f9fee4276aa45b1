"""Bulk districts: written by COPY, and yet as the operations would have left them."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F

from branches.models import Branch, BranchPlacement, Kind, Level, Unit, UnitPlacement
from branches.operations import add_unit, open_branch
from core.pinyin import name_keys
from members.models import Affiliation, Member, Membership, Phone, SignIn, id_index
from members.operations.rules import complaints
from tests import factories
from tests.worlds import told_once

MEMBERS, UNITS = 600, 700
pytestmark = pytest.mark.usefixtures("raised")


@told_once
def raised(db):
    """A small district of the kind."""
    call_command("seed_scale", members=MEMBERS, units=UNITS)


def test_as_many_people_and_units_as_asked_for():
    levels = dict(Unit.objects.values_list("level").annotate(number=Count("pk")).order_by())

    assert Member.objects.count() == MEMBERS
    assert Unit.objects.count() == UNITS
    assert [levels[level] for level in (Level.DISTRICT, Level.STREET, Level.COMMUNITY)] == [1, 16, 143]
    assert min(levels.values()) > 0
    for table in (Unit, Branch):
        assert not table.objects.filter(syllables="").exists()


def test_no_person_breaks_a_rule_of_the_roster():
    assert [member.name for member in Member.objects.all() if complaints(member, factories.TODAY)] == []


def test_every_relation_has_one_place_and_every_copy_of_it_is_true():
    latest = (
        Membership.objects.order_by("member_id", "-since")
        .distinct("member_id")
        .select_related("branch", "member")
    )

    assert len(latest) == MEMBERS
    for held in latest:
        member = held.member
        assert (member.branch_id, member.path, member.on_roster) == (
            held.branch_id,
            held.branch.path,
            held.until is None,
        )
        assert (member.standing == "deceased") == (member.died_on is not None) == (not member.on_roster)
    assert Membership.objects.count() > MEMBERS > Member.objects.on_roster().count()


def test_every_unit_and_branch_is_placed_where_it_stands():
    assert not UnitPlacement.objects.exclude(path=F("unit__path")).exists()
    assert UnitPlacement.objects.values("unit").distinct().count() == UNITS
    assert BranchPlacement.objects.filter(unit=F("branch__unit")).count() == Branch.objects.count()
    assert not Branch.objects.exclude(path=F("unit__path")).exists()


def test_people_are_found_by_their_spellings_numbers_and_phones():
    member = Member.objects.filter(id_number__isnull=False, phones__isnull=False).first()

    assert all(member in Member.objects.search(key) for key in name_keys(member.name))
    assert member.id_index == id_index(member.get_sealed("id_number"))
    assert member in Member.objects.search(member.get_sealed("id_number"))
    assert member in Member.objects.search(member.phones.first().number)
    assert Phone.objects.count() > MEMBERS / 2


def test_who_takes_part_was_confirmed_within_her_affiliation():
    affiliations = Affiliation.objects.count()

    assert affiliations > MEMBERS / 50
    assert SignIn.objects.verified().filter(on__gt=F("affiliation__since")).count() == affiliations
    assert set(Affiliation.objects.values_list("branch__kind", flat=True)) == {Kind.TEMPORARY}


def test_the_history_has_every_row():
    assert Member.pgh_event_model.objects.filter(pgh_label="insert").count() == MEMBERS
    assert not Member.pgh_event_model.objects.exclude(pgh_label="insert").exists()


def test_operations_go_on_where_the_copying_ended():
    community = Unit.objects.filter(level=Level.COMMUNITY).first()
    told = {"by": None, "today": factories.TODAY}

    group = add_unit(parent=community, values={"name": "新小组", "opened_on": date(2020, 1, 1)}, **told)
    branch = open_branch(
        unit=group,
        values={"name": "新支部", "category": "631", "kind": "community", "founded_on": date(2020, 1, 1)},
        **told,
    )
    member = factories.member(branch=branch, since=date(2020, 1, 1))

    assert group.path.startswith(community.path)
    assert Branch.objects.filter(code__gte=branch.code).get() == branch
    assert member.pk > Member.objects.exclude(pk=member.pk).order_by("-pk").first().pk


def test_figures_by_unit_add_up_to_the_whole():
    district = Unit.objects.get(level=Level.DISTRICT)
    own = Member.objects.on_roster().filter(path=district.path).count()
    below = sum(
        Member.objects.on_roster().within(street).count()
        for street in Unit.objects.filter(level=Level.STREET)
    )

    assert own + below == Member.objects.on_roster().count()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"members": 0}, "--members：人数须大于0，现为 0"),
        ({"members": 5, "units": 12}, "--units 至少为 160：区、街道和社区本身就有这么多"),
    ],
)
def test_sizes_that_cannot_be_are_refused(options, said, monkeypatch):
    monkeypatch.setattr("demo.management.commands.seed_scale.registry_is_empty", lambda: True)

    with pytest.raises(CommandError) as refused:
        call_command("seed_scale", **options)

    assert str(refused.value) == said
