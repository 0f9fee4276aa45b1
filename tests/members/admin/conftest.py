"""A small district that could leak: ours and theirs, each with a branch, and browsers of who works there."""

from types import SimpleNamespace

import pytest
from django.test import Client

from core import clock
from tests import factories


@pytest.fixture
def town(db, monkeypatch):
    """南宁街道 / 鼓楼社区 with our branch, and 建宁街道 / 文昌社区 with theirs, on the day of the tests."""
    monkeypatch.setattr(clock, "today", lambda: factories.TODAY)
    district, ours, our_community = factories.lineage("麒麟区", "南宁街道", "鼓楼社区")
    theirs, their_community = factories.lineage("建宁街道", "文昌社区", below=district)
    return SimpleNamespace(
        district=district,
        ours=ours,
        our_community=our_community,
        theirs=theirs,
        their_community=their_community,
        our_branch=factories.branch(unit=our_community, name="鼓楼社区离退休党支部"),
        their_branch=factories.branch(unit=their_community, name="文昌社区离退休党支部"),
    )


@pytest.fixture
def enter():
    """Call with an account: a browser in which it is logged in."""

    def browser_of(account):
        browser = Client()
        browser.force_login(account, backend="branches.gates.AppointmentBackend")
        return browser

    return browser_of


@pytest.fixture
def officer(enter, town):
    """The browser of a district officer."""
    return enter(factories.account(role="district_officer", unit=town.district, name="区管理员"))


@pytest.fixture
def clerk(enter, town):
    """The browser of our street's clerk."""
    return enter(factories.account(role="street_clerk", unit=town.ours, name="街道经办"))
