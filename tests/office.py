"""Fixtures of the admin's tests: a small district that could leak, and browsers of who works in it."""

from types import SimpleNamespace

import pytest
from django.test import Client

from tests import factories
from tests.worlds import told_once


@told_once
def town(db):
    """Ours (南宁街道) and theirs (建宁街道), each with a community and a branch, on the tests' day."""
    district = factories.unit(name="麒麟区")
    ours, our_community = factories.lineage("南宁街道", "鼓楼社区", below=district)
    theirs, their_community = factories.lineage("建宁街道", "文昌社区", below=district)
    return SimpleNamespace(
        district=district,
        ours=ours,
        our_community=our_community,
        theirs=theirs,
        their_community=their_community,
        our_branch=factories.branch(unit=our_community, name="中共鼓楼社区离退休党支部"),
        their_branch=factories.branch(unit=their_community, name="中共文昌社区离退休党支部"),
    )


@pytest.fixture
def enter():
    """Log an account in and give a browser of its own."""

    def log_in(account):
        client = Client()
        client.force_login(account, backend="branches.gates.AppointmentBackend")
        return client

    return log_in


@told_once
def officer_account(town):
    return factories.account(role="district_officer", unit=town.district, name="区管理员")


@pytest.fixture
def officer(officer_account, enter):
    """The browser of a district officer."""
    return enter(officer_account)


@told_once
def clerk_account(town):
    return factories.account(role="street_clerk", unit=town.ours, name="街道经办")


@pytest.fixture
def clerk(clerk_account, enter):
    """The browser of our street's clerk."""
    return enter(clerk_account)


def told(response):
    """What the person was told after a redirect."""
    return [str(message) for message in response.context["messages"]]


def errors_of(response):
    """What is wrong, by field, in the form shown."""
    shown = response.context.get("adminform")
    form = shown.form if shown else response.context["form"]
    return {field: list(errors) for field, errors in form.errors.items()}


def rows_of(response):
    """The rows of a list page."""
    return list(response.context["cl"].result_list)
