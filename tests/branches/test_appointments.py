"""Who answers for what: appointments are made and ended, and nothing else gives rights."""

from datetime import date, timedelta
from functools import partial

import pytest

from branches.models import Appointment, Role
from branches.operations import (
    amend_account,
    appoint,
    close_unit,
    dissolve_branch,
    relieve,
    withdraw_appointment,
)
from branches.operations.appointments import AppointmentRule
from branches.scope import scope_of
from core.errors import InvalidValue
from core.models import AuditEntry
from tests import factories
from tests.ledger import fingerprint, refused, refused_by_database
from tests.worlds import told_once

DAY = date(2024, 6, 1)


@told_once
def street(db):
    return factories.lineage("麒麟区", "南宁街道")[-1]


@told_once
def account(db):
    return factories.account(name="小李")


def make(user, **values):
    return appoint(user=user, values={"role": Role.STREET_CLERK, "since": DAY, **values}, by=None)


def scope(user):
    return scope_of(user, to="branches.view_appointment", on=factories.TODAY)


def test_an_appointment_is_made_and_written_down_with_its_place(street, account):
    boss = factories.account(name="管理员")
    values = {"role": Role.STREET_CLERK, "unit": street, "since": DAY, "document": "任〔2024〕1号"}
    appointment = appoint(user=account, values=values, by=boss)

    assert list(account.appointments.on(DAY)) == [appointment]
    assert str(appointment) == "小李 街道党务 南宁街道"
    entry = AuditEntry.objects.about(appointment).get()
    assert (entry.verb, entry.by, entry.place) == ("appointment.made", boss, street.path)


def test_an_appointment_is_at_a_unit_or_at_a_branch_and_not_at_both_or_none(street, account):
    branch = factories.branch(unit=street)

    assert make(account, branch=branch).branch == branch
    for place in ({}, {"unit": street, "branch": branch}):
        with refused(InvalidValue, "单位和党支部须且只能填一个"):
            make(account, **place)


def test_nobody_is_appointed_where_nothing_is_or_was(street, account):
    community = factories.unit(parent=street, name="新社区", opened_on=date(2024, 6, 2))
    branch = factories.branch(unit=street, name="中共新支部", founded_on=date(2024, 6, 2))
    secretary = {"role": Role.BRANCH_SECRETARY, "branch": branch}

    with refused(InvalidValue, "起始日期 2024-06-01 时还没有“新社区”", field="since"):
        make(account, unit=community)
    with refused(InvalidValue, "起始日期 2024-06-01 时还没有“中共新支部”", field="since"):
        make(account, **secretary)
    close_unit(unit=community, on=date(2024, 6, 3), document="", by=None, today=factories.TODAY)
    dissolve_branch(branch=branch, on=date(2024, 6, 3), document="", by=None, today=factories.TODAY)
    with refused(InvalidValue, "“新社区”已于 2024-06-03 撤销", field="unit"):
        make(account, unit=community, since=date(2024, 7, 1))
    with refused(InvalidValue, "“中共新支部”已于 2024-06-03 撤销", field="branch"):
        make(account, **secretary, since=date(2024, 7, 1))


def test_a_secretary_is_appointed_to_a_branch(street, account):
    with refused(InvalidValue, "支部书记须授权到党支部"):
        make(account, role=Role.BRANCH_SECRETARY, unit=street)


def test_the_same_appointment_is_not_made_twice_for_one_day(street, account):
    first = make(account, unit=street)

    said = "小李 已有同一授权（2024-06-01 至 今），同一授权不能重叠"
    before, after = date(2020, 1, 1), date(2024, 6, 2)
    for since, until in ((after, None), (before, None), (before, after)):
        with refused(AppointmentRule, said, field="since"):
            make(account, unit=street, since=since, until=until)
    assert make(account, unit=street, since=date(2020, 1, 1), until=DAY).until == DAY
    relieve(appointment=first, on=date(2024, 6, 2), by=None)
    assert make(account, unit=street, since=date(2024, 6, 2)).pk != first.pk


def test_a_relieved_account_has_nothing_from_that_day_on(street, account):
    appointment = make(account, unit=street)
    relieve(appointment=appointment, on=date(2025, 1, 1), by=None)

    assert account.appointments.on(date(2024, 12, 31)).count() == 1
    assert account.appointments.on(date(2025, 1, 1)).count() == 0
    entry = AuditEntry.objects.get(verb="appointment.ended")
    assert (entry.fields, entry.place) == (["until"], street.path)


def test_an_appointment_ends_once_and_after_it_began_but_may_end_earlier_than_planned(street, account):
    appointment = make(account, unit=street, until=date(2030, 1, 1))
    said = "结束日期 2024-06-01 必须晚于起始日期 2024-06-01；授错了的请办理“撤回授权”"
    with refused(InvalidValue, said, field="until"):
        relieve(appointment=appointment, on=DAY, by=None)
    relieve(appointment=appointment, on=date(2025, 1, 1), by=None)
    with refused(AppointmentRule, "该授权自 2025-01-01 起不再有效，不能延长；需要时请重新授予"):
        relieve(appointment=appointment, on=date(2025, 1, 1), by=None)


def test_an_appointment_made_by_mistake_is_taken_back_and_stays_on_record(street, account):
    appointment = make(account, unit=street, since=factories.TODAY)
    with refused(InvalidValue, "请写明撤回的原因", field="reason"):
        withdraw_appointment(appointment=appointment, reason=" ", by=None)
    withdraw_appointment(appointment=appointment, reason="选错了人", by=None)

    assert not account.appointments.exists()
    assert not scope(account)
    entry = AuditEntry.objects.get(verb="appointment.voided")
    assert (entry.reason, entry.place) == ("选错了人", street.path)
    assert make(account, unit=street, since=factories.TODAY).pk != appointment.pk


@pytest.mark.parametrize(("role", "level"), [(Role.STREET_CLERK, "街道"), (Role.COMMUNITY_CLERK, "社区")])
def test_what_keeps_a_place_is_given_at_such_a_place_and_not_above(street, account, role, level):
    district, community = street.parent, factories.unit(parent=street, name="鼓楼社区")
    said = f"“{role.label}”授权到{level}或其下级单位，“麒麟区”范围太大"
    with refused(InvalidValue, said, field="unit"):
        make(account, role=role, unit=district)
    assert make(account, role=role, unit=community).unit == community


def test_what_ends_names_what_was_given_there_only_later(street, account):
    branch = factories.branch(unit=street, kind="street", name="南宁街道支部")
    late = make(account, role=Role.BRANCH_SECRETARY, branch=branch, since=date(2026, 12, 15))
    dissolve = partial(dissolve_branch, branch=branch, on=DAY, document="", by=None, today=factories.TODAY)

    said = "“南宁街道支部”有自 2026-12-15 起的“支部书记”授权，不早于 2024-06-01：请系统管理员先撤回该授权"
    with refused(AppointmentRule, said):
        dissolve()
    withdraw_appointment(appointment=late, reason="支部撤销", by=None)
    assert dissolve().dissolved_on == DAY


def test_an_appointment_that_ends_before_it_begins_is_refused(street, account):
    with refused(InvalidValue, "终止日期必须晚于起始日期"):
        make(account, unit=street, until=DAY)
    assert make(account, unit=street, until=DAY + timedelta(days=1)).until == date(2024, 6, 2)


def test_the_database_refuses_an_appointment_to_nothing_and_a_secretary_of_a_street(street, account):
    with refused_by_database("appointment_at_a_unit_or_a_branch"):
        Appointment.objects.create(user=account, role=Role.AUDITOR, since=DAY)
    with refused_by_database("appointment_secretary_at_a_branch"):
        Appointment.objects.create(user=account, role=Role.BRANCH_SECRETARY, unit=street, since=DAY)


def test_appointments_are_seen_where_their_unit_or_branch_lies(street, account):
    branch = factories.branch(unit=street)
    at_unit, at_branch = make(account, unit=street), make(account, branch=branch)
    other = make(account, unit=factories.unit(parent=street.parent, name="白石江街道"))
    admin = factories.account(role=Role.SYSTEM_ADMINISTRATOR, unit=street)

    seen = Appointment.objects.visible_in(scope(admin))
    assert set(seen) == {at_unit, at_branch, admin.appointments.get()}
    assert other not in seen
    assert list(Appointment.objects.visible_in(scope(account))) == []


def test_amending_nothing_of_an_account_writes_nothing(account):
    before = fingerprint()

    amend_account(account=account, values={"name": "小李", "is_active": True}, by=account)

    assert fingerprint() == before


def test_a_name_is_not_changed_into_one_that_is_taken_and_who_has_such_a_one_is_closed_all_the_same(account):
    twin = factories.account(username=account.username.upper())
    other = factories.account()

    said = f"用户名“{twin.username}”已有账号使用（不分大小写）"
    with refused(InvalidValue, said, field="username"):
        amend_account(account=other, values={"username": twin.username}, by=None)
    assert amend_account(account=other, values={"username": "wangfang"}, by=None).username == "wangfang"
    assert not amend_account(account=twin, values={"is_active": False}, by=None).is_active


def test_nobody_appoints_herself(street, account):
    with refused(AppointmentRule, "不能给自己授权，请由另一名管理员办理", field="user"):
        appoint(
            user=account, values={"role": Role.AUDITOR, "unit": street, "since": date(2024, 6, 1)}, by=account
        )

    assert not Appointment.objects.filter(user=account).exists()
