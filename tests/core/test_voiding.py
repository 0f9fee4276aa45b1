"""A row entered by mistake leaves through one door, and leaves a trace."""

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from core.models import AuditEntry
from core.voiding import StillNeeded, void
from members.models import Member, Membership, Phone
from tests import factories
from tests.worlds import told_once


@told_once
def wang(db):
    _, _, community = factories.lineage("麒麟区", "南宁街道", "鼓楼社区")
    return factories.member(branch=factories.branch(unit=community), phones=[("13800000000", "self", "")])


def taken_back(row, by=None):
    void(row, verb="membership.voided", by=by, reason="录入错误")


def test_a_voided_row_is_gone_and_its_history_stays(wang):
    membership = wang.memberships.get()

    taken_back(membership)

    assert not Membership.objects.exists()
    events = Membership.pgh_event_model.objects.filter(pgh_obj_id=membership.pk)
    assert list(events.order_by("pgh_id").values_list("pgh_label", flat=True)) == ["insert", "delete"]
    entry = AuditEntry.objects.get(verb="membership.voided")
    assert (entry.reason, entry.subject_id) == ("录入错误", str(membership.pk))


def test_who_loses_her_only_relation_is_off_the_roster_and_found_where_she_was(wang):
    taken_back(wang.memberships.get())

    now = Member.objects.get(pk=wang.pk)
    assert (now.on_roster, now.branch_id, now.path) == (False, wang.branch_id, wang.path)


def test_who_loses_her_latest_relation_belongs_where_she_was_before(wang):
    first = wang.memberships.get()
    other = factories.branch(unit=wang.branch.unit)
    Membership.objects.filter(pk=first.pk).update(until="2020-01-01", ended_by="transfer_out")
    second = Membership.objects.create(member=wang, branch=other, since="2020-01-01", began_by="transfer_in")
    assert Member.objects.get(pk=wang.pk).branch == other

    taken_back(second)
    Membership.objects.filter(pk=first.pk).update(until=None, ended_by="")

    now = Member.objects.get(pk=wang.pk)
    assert (now.on_roster, now.branch) == (True, wang.branch)


def test_what_is_still_needed_stays_and_says_by_what(wang):
    with pytest.raises(StillNeeded, match=r"党员 1 条.*组织关系 1 条"):
        taken_back(wang.branch)

    assert AuditEntry.objects.filter(verb="membership.voided").count() == 0


def test_the_application_takes_out_through_the_door_alone(wang):
    role = connection.settings_dict["APPLICATION"]
    if role == connection.settings_dict["USER"] and connection.settings_dict.get("OWNER") is None:
        pytest.skip("这个数据库只有一个角色（DATABASE_URL），没有应用角色可测")
    membership = wang.memberships.get()
    with connection.cursor() as cursor:
        cursor.execute(f'SET ROLE "{role}"')
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        membership.delete()

    taken_back(membership)

    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert not Membership.objects.exists()


@pytest.mark.parametrize("table", ["core_auditentry", "members_importrow", 'members_member"; --', "nowhere"])
def test_only_tables_that_keep_their_history_have_the_door(db, table):
    with (
        pytest.raises(ProgrammingError, match="keeps no history"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT void_row(%s, 1)", [table])


def test_a_row_that_is_not_there_is_not_taken_out_in_silence(wang):
    phone = Phone.objects.get()
    phone.delete()
    phone.pk = 987654

    with pytest.raises(DatabaseError, match="no row"), transaction.atomic():
        taken_back(phone)
