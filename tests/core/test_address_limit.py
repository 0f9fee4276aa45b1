"""Many failed logins from one address close it for every name; fewer close nothing to others."""

import pytest

from tests import factories

LOGIN = "/admin/login/"
LIMIT = 12


@pytest.fixture
def few(settings, db):
    """A limit that a test reaches quickly."""
    settings.ADDRESS_FAILURE_LIMIT = LIMIT


def fail(client, number, **extra):
    return client.post(LOGIN, {"username": f"nobody{number}", "password": "wrong"}, **extra)


def enter(client, account, **extra):
    return client.post(
        LOGIN, {"username": account.username, "password": factories.PASSWORD}, **extra
    ).status_code


def test_one_password_tried_on_many_names_closes_the_address_to_all_names(few, client):
    account = factories.account(role="district_officer", unit=factories.unit())

    answers = [fail(client, number).status_code for number in range(LIMIT)]

    assert answers == [200] * LIMIT
    assert enter(client, account) == 429
    assert enter(client, account, REMOTE_ADDR="10.0.0.9") == 302


def test_below_the_limit_the_others_of_the_office_log_in(few, client):
    account = factories.account(role="district_officer", unit=factories.unit())

    for number in range(LIMIT - 1):
        fail(client, number)

    assert enter(client, account) == 302
