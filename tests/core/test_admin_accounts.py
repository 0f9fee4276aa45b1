"""Accounts, appointments, keys and the audit trail in the admin."""

import re
from datetime import date

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from branches.models import Appointment
from core.audit import record
from core.models import ApiKey, AuditEntry, User
from tests import factories
from tests.office import errors_of, rows_of, told
from tests.worlds import told_once

ACCOUNTS = reverse("admin:core_user_changelist")
APPOINTMENTS = reverse("admin:branches_appointment_changelist")
LOGIN = reverse("admin:login")
KEYS = reverse("admin:core_apikey_changelist")
AUDIT = reverse("admin:core_auditentry_changelist")
STRONG = "滇池 边的 red lanterns 9"


def test_who_sends_a_form_after_her_session_has_ended_is_told_that_nothing_was_saved(town, client):
    form = reverse("admin:members_member_add")

    answer = client.post(form, {"name": "王秀英"}, follow=True)

    assert answer.redirect_chain[0][0].startswith(LOGIN)
    assert told(answer)[0].startswith("登录已过期，刚才提交的内容没有保存")
    assert told(client.get(form, follow=True)) == []


@pytest.fixture
def administrator(town, enter):
    """The browser of the district's system administrator."""
    account = factories.account(
        role="system_administrator", unit=town.district, username="root", name="系统管理员"
    )
    return enter(account)


@told_once
def key(town):
    machine = User.objects.create(username="key-1", is_machine=True)
    return ApiKey.objects.create_key(name="统计平台", user=machine)[0]


def account_page(account, name="change"):
    return reverse(f"admin:core_user_{name}", args=[account.pk])


def test_only_the_house_s_own_pages_are_on_the_site():
    apps = {model._meta.app_label for model in admin.site._registry}

    assert apps <= {"core", "branches", "members", "volunteering", "reports", "reorganisations"}


def test_a_superuser_sets_up_accounts_and_sees_no_roster(enter, town):
    browser = enter(User.objects.create_superuser("setup", password=STRONG))

    assert browser.get(ACCOUNTS).status_code == 200
    assert browser.get(reverse("admin:members_member_changelist")).status_code == 403


@pytest.mark.parametrize("role", ["district_officer", "street_clerk", "statistics_consumer"])
def test_accounts_are_the_system_administrator_s(enter, town, role):
    browser = enter(factories.account(role=role, unit=town.ours))

    assert [browser.get(url).status_code for url in (ACCOUNTS, KEYS, AUDIT)] == [403, 403, 403]


def test_an_administrator_of_one_street_sees_its_accounts_and_those_without_any_place(enter, town):
    ours = factories.account(role="street_clerk", unit=town.ours, username="ours")
    free = factories.account(username="free")
    theirs = factories.account(role="street_clerk", unit=town.theirs, username="theirs")
    own = factories.account(role="system_administrator", unit=town.ours, username="own")
    browser = enter(own)

    assert rows_of(browser.get(ACCOUNTS)) == [free, ours, own]
    assert browser.get(account_page(theirs)).status_code == 302
    assert browser.get(account_page(theirs, "password")).status_code == 302


def test_an_account_is_opened_with_a_password_and_may_do_nothing_yet(administrator):
    form = {"username": "wang", "name": "王经办", "password": STRONG, "password_again": STRONG}
    administrator.post(reverse("admin:core_user_add"), form)

    account = User.objects.get(username="wang")
    assert account.check_password(STRONG)
    assert (account.is_staff, account.is_superuser, account.get_all_permissions()) == (True, False, set())
    assert AuditEntry.objects.about(account).get().verb == "account.opened"


@pytest.mark.parametrize(
    ("password", "again", "field"),
    [
        ("12345678901234", "12345678901234", "password"),
        ("short", "short", "password"),
        (STRONG, "other", "password_again"),
    ],
)
def test_a_weak_or_mistyped_password_opens_no_account(administrator, password, again, field):
    form = {"username": "wang", "name": "王经办", "password": password, "password_again": again}

    page = administrator.post(reverse("admin:core_user_add"), form)

    assert list(errors_of(page)) == [field]
    assert not User.objects.filter(username="wang").exists()


def test_a_password_is_set_and_recorded_without_its_value(administrator):
    account = factories.account(username="wang")

    administrator.post(account_page(account, "password"), {"password": STRONG, "password_again": STRONG})

    entry = AuditEntry.objects.about(account).get()
    assert User.objects.get(pk=account.pk).check_password(STRONG)
    assert (entry.verb, entry.fields) == ("account.password_set", ["password"])


def test_a_program_s_account_has_no_password_to_set(administrator, key):
    page = administrator.post(
        account_page(key.user, "password"), {"password": STRONG, "password_again": STRONG}
    )

    assert errors_of(page) == {"__all__": ["接口账号没有密码，请使用接口密钥"]}


def test_nobody_closes_the_account_she_works_with(administrator):
    own = User.objects.get(username="root")

    page = administrator.post(account_page(own), {"username": "root", "name": "系统管理员"})

    assert errors_of(page) == {"is_active": ["不能停用自己的账号"]}


def test_rights_cannot_be_slipped_in_with_a_form(administrator):
    account = factories.account(username="wang")

    administrator.post(
        account_page(account),
        {"username": "wang", "name": "王", "is_active": "on", "is_superuser": "on", "is_staff": ""},
    )

    account.refresh_from_db()
    assert (account.name, account.is_superuser, account.is_staff) == ("王", False, True)


def test_appointing_and_relieving(administrator, town):
    account = factories.account(username="wang")
    form = {"user": account.pk, "role": "street_clerk", "unit": town.ours.pk, "since": "2020-01-01"}
    administrator.post(reverse("admin:branches_appointment_add"), form)
    made = Appointment.objects.get(user=account)

    administrator.post(reverse("admin:branches_appointment_relieve", args=[made.pk]), {"until": "2021-01-01"})

    made.refresh_from_db()
    assert (made.unit, made.until) == (town.ours, date(2021, 1, 1))
    assert [entry.verb for entry in AuditEntry.objects.about(made).order_by("pk")] == [
        "appointment.made",
        "appointment.ended",
    ]


def test_an_appointment_is_ended_but_never_changed(administrator, town):
    made = factories.account(role="street_clerk", unit=town.ours).appointments.get()
    url = reverse("admin:branches_appointment_change", args=[made.pk])

    assert administrator.post(url, {"role": "district_officer"}).status_code == 403
    assert "结束授权" in administrator.get(url).content.decode()


def test_a_street_s_administrator_appoints_nobody_beyond_the_street(enter, town):
    browser = enter(factories.account(role="system_administrator", unit=town.ours))
    account = factories.account(username="wang")
    form = {"user": account.pk, "role": "street_clerk", "since": "2020-01-01"}

    foreign = browser.post(reverse("admin:branches_appointment_add"), {**form, "unit": town.theirs.pk})
    unknown = browser.post(reverse("admin:branches_appointment_add"), {**form, "unit": 999999})

    assert errors_of(foreign) == errors_of(unknown) == {"unit": ["没有这一项，或不在您的管辖范围内"]}
    assert not account.appointments.exists()


def test_appointments_are_filtered_by_place_and_by_day(administrator, town):
    ours = factories.account(role="branch_secretary", branch=town.our_branch).appointments.get()
    over = factories.account(role="street_clerk", unit=town.theirs).appointments.get()
    Appointment.objects.filter(pk=over.pk).update(until=date(2020, 1, 1))

    assert rows_of(administrator.get(APPOINTMENTS, {"unit": town.ours.pk})) == [ours]
    assert rows_of(administrator.get(APPOINTMENTS, {"state": "over"})) == [over]


def test_a_key_is_revoked_for_good(administrator, key):
    """By the links that a person follows: from the list to the key, and to its button."""
    listed = administrator.get(KEYS).content.decode()
    assert "前缀" in listed
    assert "Prefix" not in listed
    page = administrator.get(re.search(rf'href="({KEYS}[^"?]+/change/)', listed)[1])
    assert date_format(localtime(key.created), "DATETIME_FORMAT") in page.content.decode()
    [button] = page.context["acts"]
    url = button["link"]

    assert told(administrator.post(url, follow=True)) == ["密钥“统计平台”已吊销"]
    assert AuditEntry.objects.about(key.user).get().verb == "key.revoked"
    assert errors_of(administrator.post(url)) == {"__all__": ["密钥“统计平台”已经吊销"]}


def test_a_name_is_taken_in_whatever_capitals(administrator):
    factories.account(username="wangfang")
    form = {"username": "WangFang", "name": "王芳", "password": STRONG, "password_again": STRONG}

    page = administrator.post(reverse("admin:core_user_add"), form)
    assert errors_of(page) == {"username": ["用户名“WangFang”已有账号使用（不分大小写）"]}


def test_another_password_opens_an_account_that_was_locked(administrator, client):
    account = factories.account(username="wangfang")
    told_wrong = {"username": "wangfang", "password": "wrong"}
    while client.post(LOGIN, told_wrong).status_code == 200:
        pass
    administrator.post(account_page(account, "password"), {"password": STRONG, "password_again": STRONG})

    assert client.post(LOGIN, {"username": "wangfang", "password": STRONG}).status_code == 302


def test_keys_are_seen_but_not_made_here(administrator, key):
    assert rows_of(administrator.get(KEYS)) == [key]
    assert administrator.get(reverse("admin:core_apikey_change", args=[key.pk])).status_code == 200
    assert administrator.get(reverse("admin:core_apikey_add")).status_code == 403


def test_an_auditor_reads_the_trail_of_her_own_places(enter, town):
    AuditEntry.objects.all().delete()
    ours = record("unit.amended", town.our_community, by=None, fields=["alias"])
    record("unit.amended", town.their_community, by=None, fields=["alias"])
    record("employer.registered", factories.employer(), by=None)
    browser = enter(factories.account(role="auditor", unit=town.ours))
    AuditEntry.objects.filter(verb__startswith="appointment").delete()

    page = browser.get(AUDIT)
    assert rows_of(page) == [ours]
    assert "别名" in page.content.decode()


def test_the_trail_is_filtered_by_what_and_by_whom(enter, town):
    auditor = factories.account(role="auditor", unit=town.district)
    record("unit.amended", town.ours, by=auditor)
    revealed = record("member.revealed", town.ours, by=auditor, reason="核对")
    browser = enter(auditor)

    assert rows_of(browser.get(AUDIT, {"by": auditor.pk, "deed": "revealed"})) == [revealed]
    assert [row.verb for row in rows_of(browser.get(AUDIT, {"by": auditor.pk, "about": "unit"}))] == [
        "unit.amended"
    ]


def test_the_trail_is_filtered_by_day(enter, town):
    browser = enter(factories.account(role="auditor", unit=town.district))
    entry = record("unit.amended", town.ours, by=None)
    AuditEntry.objects.exclude(pk=entry.pk).update(at="2020-01-01T00:00:00+08:00")

    for asked in ({"at_from": "2021-01-01"}, {"at_from": str(entry.at.date()), "at_to": "2999-12-31"}):
        assert rows_of(browser.get(AUDIT, asked)) == [entry]
    assert rows_of(browser.get(AUDIT, {"at_from": "2021年1月1日"})) == [entry]
    assert len(rows_of(browser.get(AUDIT, {"at_from": "", "at_to": "2999-12-31"}))) > 1
    page = browser.get(AUDIT, {"at_from": "soon", "at_to": "2026-12-31"})
    assert rows_of(page) == []
    assert [str(each) for each in page.context["messages"]] == ["筛选“时间”：“soon”不是日期"]


def test_the_trail_can_be_neither_added_to_nor_changed(enter, town):
    browser = enter(factories.account(role="auditor", unit=town.district))
    entry = AuditEntry.objects.first()
    url = reverse("admin:core_auditentry_change", args=[entry.pk])

    assert browser.get(url).status_code == 200
    assert browser.post(url, {"verb": "x"}).status_code == 403
    assert browser.get(reverse("admin:core_auditentry_add")).status_code == 403


@pytest.mark.parametrize("more", [0, 2])
def test_each_list_asks_as_much_for_one_row_as_for_three(
    administrator,
    town,
    django_assert_num_queries,
    more,
):
    for number in range(more):
        factories.account(role="street_clerk", unit=town.ours)
        machine = User.objects.create(username=f"machine{number}", is_machine=True)
        ApiKey.objects.create_key(name="统计平台", user=machine)
    administrator.get(ACCOUNTS)

    with django_assert_num_queries(5):
        administrator.get(ACCOUNTS)
    with django_assert_num_queries(4):
        administrator.get(APPOINTMENTS)
    with django_assert_num_queries(4):
        assert len(rows_of(administrator.get(KEYS))) == more


@pytest.mark.parametrize("more", [1, 3])
def test_the_trail_asks_as_much_for_one_row_as_for_three(
    enter,
    town,
    django_assert_num_queries,
    more,
):
    auditor = factories.account(role="auditor", unit=town.district)
    factories.account(role="auditor", unit=town.district)
    browser = enter(auditor)
    for _ in range(more):
        record("unit.amended", town.ours, by=auditor)
    browser.get(AUDIT)

    with django_assert_num_queries(4):
        browser.get(AUDIT)
