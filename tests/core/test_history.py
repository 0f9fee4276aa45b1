"""What happened to a row is kept by the database, however it was written; the audit trail names no values."""

from datetime import date

from django.db import connection
from django.utils.timezone import localtime

from branches.models import Employer
from core.audit import record
from core.models import AuditEntry
from members.models import Member, Phone
from members.operations import MemberChanges, amend_member, reveal_id_number
from tests import factories
from tests.factories import TODAY
from tests.worlds import told_once

NUMBER = "11010519491231002X"


@told_once
def branch(db):
    return factories.branch(unit=factories.lineage("麒麟区", "南宁街道", "鼓楼社区")[-1])


@told_once
def wang(branch):
    return factories.member(branch=branch, id_number=NUMBER, phones=[("13887400001", "self", "")])


def labels(row):
    events = type(row).pgh_event_model.objects.filter(pgh_obj_id=row.pk)
    return [event.pgh_label for event in events.order_by("pgh_id")]


def test_an_operation_leaves_an_event_for_each_change(wang):
    assert labels(wang) == ["insert"]
    amend_member(member=wang, changes=MemberChanges({"note": "甲"}), by=None, today=TODAY)

    assert labels(wang) == ["insert", "update"]


def test_a_bulk_update_that_calls_no_operation_leaves_its_events_too(branch, wang):
    li = factories.member(branch=branch, name="李玉兰")

    Member.objects.all().update(note="统一备注")

    assert labels(wang) == labels(li) == ["insert", "update"]


def test_plain_sql_leaves_its_events_too(wang):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE members_member SET note = 'x' WHERE id = %s", [wang.pk])
        cursor.execute("DELETE FROM members_phone WHERE member_id = %s", [wang.pk])

    assert labels(wang) == ["insert", "update"]
    assert Phone.pgh_event_model.objects.filter(pgh_label="delete").count() == 1


def test_an_update_that_changes_nothing_is_no_event(wang):
    Member.objects.filter(pk=wang.pk).update(note=wang.note)

    assert labels(wang) == ["insert"]


def test_a_change_in_copied_columns_alone_is_no_event_of_the_member(branch, wang):
    Member.objects.filter(pk=wang.pk).update(on_roster=False)

    assert labels(wang) == ["insert"]


def test_the_event_keeps_the_values_as_they_became(wang):
    Member.objects.filter(pk=wang.pk).update(note="甲")
    Member.objects.filter(pk=wang.pk).update(note="乙")

    events = Member.pgh_event_model.objects.filter(pgh_obj_id=wang.pk).order_by("pgh_id")
    assert [event.note for event in events] == ["", "甲", "乙"]


def test_accounts_leave_no_password_in_their_history(db):
    user = factories.account()

    columns = {column.name for column in type(user).pgh_event_model._meta.fields}
    assert not {"password", "last_login"} & columns
    assert labels(user) == ["insert"]


# The audit trail.


def test_the_audit_trail_says_which_fields_changed_and_not_to_what(wang):
    clerk = factories.account(name="街道小李")
    amend_member(
        member=wang,
        changes=MemberChanges(
            {"note": "低保对象", "health_note": "高血压", "birth_on": date(1949, 12, 30)}, evidence="履历表"
        ),
        by=clerk,
        today=TODAY,
    )

    entry = AuditEntry.objects.about(wang).get(verb="member.corrected")
    assert entry.by == clerk
    assert entry.fields == ["birth_on", "health_note", "note"]
    assert (entry.subject_text, entry.place) == ("王秀英", wang.path)
    written = " ".join(str(value) for each in AuditEntry.objects.values() for value in each.values())
    for secret in ("低保对象", "高血压", "1949-12-30", NUMBER, "13887400001"):
        assert secret not in written


def test_the_audit_trail_about_one_row_is_not_about_another_of_the_same_number(wang):
    employer = Employer.objects.create(pk=wang.pk, name="曲靖机械厂", nature="organ")
    mine = record("employer.looked_at", employer, by=None)

    assert list(AuditEntry.objects.about(employer)) == [mine]
    assert {entry.verb for entry in AuditEntry.objects.about(wang)} == {"member.registered"}


def test_an_entry_takes_its_place_from_the_row_or_from_who_writes_it(wang):
    employer = factories.employer()

    assert record("a.b", wang, by=None).place == wang.path
    assert record("a.b", wang, by=None, place="00001/").place == "00001/"
    assert record("a.b", employer, by=None).place == ""


def test_an_entry_says_itself_in_one_line(wang):
    clerk = factories.account(name="街道小李")
    entry = record("member.amended", wang, by=clerk)

    assert str(entry) == f"{localtime(entry.at):%Y-%m-%d %H:%M} 街道小李 王秀英"


def test_a_look_at_a_sealed_value_is_written_down_with_its_reason(wang):
    clerk = factories.account(name="街道小李")

    assert reveal_id_number(member=wang, reason=" 核对医保身份 ", by=clerk) == NUMBER

    entry = AuditEntry.objects.about(wang).get(verb="member.revealed")
    assert (entry.by, entry.fields, entry.reason) == (clerk, ["id_number"], "核对医保身份")
