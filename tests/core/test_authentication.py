"""Keys for programs: issued once, kept as a hash, good until they expire or are revoked."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from branches.operations import close_unit
from core import clock
from core.models import ApiKey, AuditEntry, User
from tests import factories
from tests.ledger import fingerprint
from tests.worlds import told_once

REFUSED = {
    "type": "client_error",
    "errors": [{"code": "authentication_failed", "detail": "密钥无效、已过期或已吊销", "attr": None}],
}


@told_once
def street(db):
    return factories.lineage("麒麟区", "南宁街道")[-1]


def issue(**options):
    out = StringIO()
    call_command(
        "issue_key", stdout=out, **{"consumer": "统计平台", "role": "statistics_consumer", **options}
    )
    return out.getvalue()


def ask(key, path="units/"):
    return APIClient().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {key}"})


def test_the_command_prints_the_key_alone_and_keeps_only_its_hash(street):
    printed = issue(unit=street.code)

    key = printed.rstrip("\n")
    row = ApiKey.objects.get()
    assert printed == f"{key}\n"
    assert (key.partition(".")[0], row.name) == (row.prefix, "统计平台")
    assert key.partition(".")[2] not in row.hashed_key
    assert timedelta(days=364) < row.expiry_date - clock.now() < timedelta(days=365)


def test_a_key_acts_as_an_account_of_its_own_without_a_password(street):
    issue(unit=street.code)

    account, row = User.objects.get(), ApiKey.objects.get()
    assert (account.username, account.is_machine, account.is_staff) == (f"统计平台-{row.prefix}", True, False)
    assert not account.has_usable_password()
    assert [(a.role, a.unit, a.since) for a in account.appointments.all()] == [
        ("statistics_consumer", street, clock.today())
    ]


def test_issuing_and_revoking_are_audited(street):
    issue(unit=street.code)
    row = ApiKey.objects.get()
    call_command("revoke_key", row.prefix, stdout=StringIO())

    found = AuditEntry.objects.about(row.user).filter(verb__startswith="key.").order_by("pk")
    assert [(each.verb, each.reason, each.place) for each in found] == [
        ("key.issued", "统计平台", street.path),
        ("key.revoked", "统计平台", ""),
    ]


def test_a_key_opens_what_its_appointment_reaches_and_no_more(street):
    other = factories.unit(parent=street.parent, name="建宁街道")
    key = issue(unit=street.code).strip()

    assert [unit["name"] for unit in ask(key).json()["results"]] == ["南宁街道"]
    assert ask(key, f"units/{other.pk}/").status_code == 404
    assert ask(key, "members/").status_code == 403


def test_a_key_for_a_branch_reaches_that_branch_alone(street):
    ours, _ = factories.branch(unit=street), factories.branch(unit=street)
    key = issue(branch=ours.code, role="branch_secretary").strip()

    assert [branch["id"] for branch in ask(key, "branches/").json()["results"]] == [ours.pk]


@pytest.mark.parametrize(
    "worthless", ["wrong", "secret", "expired", "revoked", "closed", "empty", "no ascii"]
)
def test_a_worthless_key_gets_one_and_the_same_answer(street, worthless):
    key = issue(unit=street.code).strip()
    assert ask(key).status_code == 200
    if worthless == "expired":
        ApiKey.objects.update(expiry_date=clock.now() - timedelta(seconds=1))
    elif worthless == "revoked":
        call_command("revoke_key", key.partition(".")[0], stdout=StringIO())
    elif worthless == "closed":
        User.objects.update(is_active=False)
    else:
        key = {
            "wrong": "12345678.abc",
            "secret": key[:-1] + "?",
            "empty": "",
            "no ascii": "密钥".encode().decode("latin-1"),
        }[worthless]

    answer = ask(key)

    assert (answer.status_code, answer.json(), answer["WWW-Authenticate"]) == (401, REFUSED, "Bearer")


def test_without_a_key_or_a_session_nothing_is_told(street):
    answer = APIClient().get(f"/api/v1/units/{street.pk}/")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "not_authenticated")
    assert answer.json() == APIClient().get("/api/v1/units/999999/").json()


def test_a_session_must_show_the_csrf_token(street):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(
        factories.account(role="district_officer", unit=street.parent), "branches.gates.AppointmentBackend"
    )
    before = fingerprint(without=["core_user"])

    answer = client.post("/api/v1/employers/", {"name": "甲厂", "nature": "other"}, format="json")

    assert (answer.status_code, answer.json()["errors"][0]) == (
        403,
        {"code": "csrf_failed", "detail": "CSRF 校验未通过，请刷新页面后重试", "attr": None},
    )
    assert fingerprint(without=["core_user"]) == before


def test_a_key_needs_no_csrf_token(street):
    key = issue(unit=street.code, role="street_clerk").strip()
    client = APIClient(enforce_csrf_checks=True)

    answer = client.post(
        "/api/v1/employers/",
        {"name": "甲厂", "nature": "other"},
        format="json",
        headers={"Authorization": f"Bearer {key}"},
    )

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"unit": "999"}, "--unit：没有代码为“999”的现存单位"),
        ({"branch": "999"}, "--branch：没有代码为“999”的现存党组织"),
        ({"unit": "530302", "days": 0}, "--days：有效天数 0 应为1到3650"),
        ({"unit": "530302", "days": 3651}, "--days：有效天数 3651 应为1到3650"),
        ({"unit": "530302", "consumer": " "}, "--consumer：使用方名称“ ”应为1到50个字"),
        ({"unit": "530302", "consumer": "字" * 51}, f"--consumer：使用方名称“{'字' * 51}”应为1到50个字"),
        (
            {"unit": "530302", "consumer": "统计 平台"},
            "--consumer：使用方名称“统计 平台”只能有文字、数字和 @ . + - _，不能有空格",
        ),
        ({"unit": "530302", "role": "branch_secretary"}, "--role：支部书记须授权到党支部"),
    ],
)
def test_a_wrong_argument_is_named_and_nothing_is_made(street, options, words):
    before = fingerprint()

    with pytest.raises(CommandError) as refusal:
        issue(**options)

    assert str(refusal.value) == words
    assert fingerprint() == before


def test_an_unknown_role_is_named_with_those_that_are(street):
    with pytest.raises(CommandError, match=r"^--role：没有角色“boss”，可用的有：district_officer、"):
        issue(unit=street.code, role="boss")


def test_a_place_must_be_named(street):
    with pytest.raises(CommandError, match="--unit --branch"):
        issue()


def test_a_closed_unit_gets_no_key(street):
    close_unit(unit=street, on=date(2020, 1, 1), document="", by=None, today=factories.TODAY)

    with pytest.raises(CommandError, match=r"^--unit：没有代码为“.*”的现存单位$"):
        issue(unit=street.code)


@pytest.mark.parametrize("prefix", ["nothing", ""])
def test_revoking_an_unknown_key_says_so(db, prefix):
    with pytest.raises(CommandError, match=r"^prefix：没有前缀为“.*”的密钥$"):
        call_command("revoke_key", prefix)


def test_a_key_is_revoked_once(street):
    prefix = issue(unit=street.code).partition(".")[0]
    call_command("revoke_key", prefix, stdout=StringIO())

    with pytest.raises(CommandError, match=r"^prefix：密钥“统计平台”已经吊销$"):
        call_command("revoke_key", prefix)


def test_a_request_with_a_key_asks_three_questions_before_its_own(street, django_assert_num_queries):
    key = issue(unit=street.code).strip()

    # The key with its account, the appointments, the unit.
    with django_assert_num_queries(3):
        ask(key, f"units/{street.pk}/")
