"""An import taken back as a whole: what stays, and what is on record."""

from datetime import date

import pytest
from django.db import connection

from branches.models import Employer
from core.models import AuditEntry
from members.models import Member, Phone
from members.operations import (
    MemberChanges,
    amend_member,
    save_phones,
    undo_registration,
)
from tests import factories
from tests.factories import TODAY
from tests.members.sheets import rosters
from tests.members.sheets.conftest import counts, rows_of

# Undo.


def test_undo_sets_back_what_was_changed_and_leaves_what_changed_since(desk):
    people = rosters.people(2, desk.branch)
    desk.apply(desk.send_rows(*people))
    file = desk.apply(
        desk.send_rows(*[person | {"现居住地": "新巷", "手机号码": "13912345678"} for person in people])
    )
    first = Member.objects.get(name=people[0]["姓名"])
    amend_member(member=first, changes=MemberChanges({"address": "更新的巷"}), by=None, today=TODAY)

    undone = desk.undo(file)

    assert (undone.state, undone.found["stays"]) == ("undone", 1)
    assert [row["left_out"] for row in rows_of(undone)] == [["“现居住地址”后来又改过，保留现在的内容"], []]
    assert sorted(Member.objects.values_list("address", flat=True)) == ["更新的巷", "鼓楼巷2号"]
    assert not Phone.objects.filter(number="13912345678").exists()


def employers():
    return sorted(Employer.objects.values_list("name", flat=True))


# What was registered in one transaction came together, so each step is one here.
@pytest.mark.django_db(transaction=True)
def test_undo_takes_the_employers_back_that_came_with_it_and_nobody_has(desk):
    factories.employer(name="早有的厂")
    named = ["新厂", "早有的厂", "别人也写了的厂", "留下的厂"]
    rows = [
        row | {"原工作单位": name} for row, name in zip(rosters.people(4, desk.branch), named, strict=True)
    ]
    file = desk.apply(desk.send_rows(*rows))
    factories.member(branch=desk.branch, employer=Employer.objects.get(name="别人也写了的厂"))
    stays = Member.objects.get(name=rows[3]["姓名"])
    amend_member(member=stays, changes=MemberChanges({"note": "住院"}), by=None, today=TODAY)

    undone = desk.undo(file)

    assert employers() == ["别人也写了的厂", "早有的厂", "留下的厂"]
    assert undone.found["stays"] == 1
    [entry] = AuditEntry.objects.filter(verb="employer.undone")
    assert (entry.by, entry.reason) == (desk.clerk, "撤销名册导入")


def test_an_employer_that_only_a_change_brought_is_taken_back_with_it(desk):
    [row] = rosters.people(1, desk.branch)
    desk.apply(desk.send_rows(row))
    before = employers()

    desk.undo(desk.apply(desk.send_rows(row | {"原工作单位": "后来的厂"})))

    assert employers() == before
    assert str(Member.objects.get(name=row["姓名"]).employer) == row["原工作单位"]


def test_undo_names_whom_something_later_rests_on(desk):
    file = desk.apply(desk.send_rows(*rosters.people(2, desk.branch), since=date(2019, 1, 1)))
    circle = factories.branch(unit=desk.community, kind="temporary")
    factories.affiliation(
        member=Member.objects.get(name=rosters.person(1, desk.branch)["姓名"]), branch=circle
    )

    undone = desk.undo(file)

    assert undone.found["stays"] == 1
    assert "参加临时党组织 1 条" in rows_of(undone)[0]["left_out"][0]
    assert Member.objects.registered().count() == 1


@pytest.mark.parametrize("later", ["note", "phone", "employer"])
def test_undo_leaves_whom_somebody_has_changed_since_she_was_registered(desk, later):
    file = desk.apply(desk.send_rows(*rosters.people(2, desk.branch)))
    first = Member.objects.get(name=rosters.person(1, desk.branch)["姓名"])
    if later == "phone":
        save_phones(member=first, phones=[("13912345678", "self", "")], by=None)
    else:
        values = {"note": {"note": "住院"}, "employer": {"employer": None}}[later]
        amend_member(member=first, changes=MemberChanges(values), by=None, today=TODAY)

    undone = desk.undo(file)

    assert undone.found["stays"] == 1
    assert [row["left_out"] for row in rows_of(undone)] == [["登记之后又修改过，保留现在的内容"], []]
    assert list(Member.objects.registered()) == [first]


def test_undo_says_of_who_was_taken_back_already_that_she_was(desk):
    file = desk.apply(desk.send_rows(*rosters.people(2, desk.branch)))
    first = Member.objects.order_by("pk").first()
    undo_registration(member=first, reason="重复登记了", by=None)

    undone = desk.undo(file)

    assert undone.found["stays"] == 1
    assert "已作为录入错误撤回" in rows_of(undone)[0]["left_out"][0]
    assert not Member.objects.registered().exists()


def test_what_cannot_be_set_back_keeps_nobody_else_from_it(desk):
    people = rosters.people(2, desk.branch)
    desk.apply(desk.send_rows(*people))
    changed = desk.apply(desk.send_rows(*[person | {"现居住地": "新巷"} for person in people]))
    first, second = Member.objects.order_by("pk")
    undo_registration(member=first, reason="重复登记了", by=None)

    undone = desk.undo(changed)

    assert (undone.state, undone.found["stays"]) == ("undone", 1)
    assert [bool(row["left_out"]) for row in rows_of(undone)] == [True, False]
    second.refresh_from_db()
    assert second.address == "鼓楼巷2号"


def test_who_was_taken_back_can_be_imported_again(desk):
    content = rosters.book(rosters.people(2, desk.branch))
    desk.undo(desk.apply(desk.send(content)))

    assert counts(desk.send(content)) == {"new": 2}


# On record.


def test_the_audit_says_who_imported_what_and_nothing_personal(desk):
    desk.apply(desk.send_rows(rosters.person(1, desk.branch)))

    verbs = list(
        AuditEntry.objects.filter(verb__startswith="importfile").order_by("pk").values_list("verb", "by")
    )
    assert verbs == [
        ("importfile.received", desk.clerk.pk),
        ("importfile.apply_asked", desk.clerk.pk),
        ("importfile.applied", desk.clerk.pk),
    ]
    assert AuditEntry.objects.get(verb="member.registered").by == desk.clerk


def test_nothing_personal_of_a_file_lies_open_in_the_database(desk):
    number = rosters.person(1, desk.branch)["公民身份号码"]
    desk.send_rows(
        rosters.person(1, desk.branch), rosters.person(3, desk.branch) | {"公民身份号码": number[:-1]}
    )

    with connection.cursor() as cursor:
        for table in ("members_importfile", "members_importrow", "core_auditentry", "procrastinate_jobs"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            text = cursor.fetchone()[0] or ""
            assert number[:14] not in text, table
            assert number[:14].encode().hex() not in text, table
