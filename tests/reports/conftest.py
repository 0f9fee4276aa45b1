"""A small district with a person of every role."""

from datetime import date
from types import SimpleNamespace

import pytest

from members.operations import record_sign_in, verify_sign_ins
from tests import factories
from tests.worlds import told_once


@told_once
def district(db):
    """Two streets; branches on the district, a street and communities; people at each; one temporary one."""
    root, south, drum = factories.lineage("麒麟区", "南宁街道", "鼓楼社区")
    north = factories.unit(parent=root, name="建宁街道")
    tower = factories.unit(parent=north, name="古城社区")
    it = SimpleNamespace(root=root, south=south, drum=drum, north=north, tower=tower)
    it.organ = factories.branch(unit=root, kind="district_direct", name="中共麒麟区财政局离退休党支部")
    it.street = factories.branch(unit=south, kind="street", name="中共南宁街道离退休党支部")
    it.first = factories.branch(unit=drum, name="中共鼓楼社区第一离退休党支部")
    it.second = factories.branch(unit=tower, name="中共古城社区离退休党支部")
    it.group = factories.branch(unit=drum, name="东门党小组", category="641", parent=it.first)
    it.choir = factories.branch(unit=drum, name="中共滨江合唱团临时党支部", kind="temporary")
    it.fund = factories.employer(name="滇东机械厂")
    for number, branch in enumerate([it.organ, it.street, it.first, it.first, it.second], start=1):
        handed = (
            {"began_by": "handover", "handed_over_by": it.fund} if branch in (it.first, it.second) else {}
        )
        member = factories.member(
            branch=branch,
            name="王秀" + "英兰珍芳梅"[number - 1],
            sex="FM"[number % 2],
            since=date(2010, 1, number),
            **handed,
        )
        setattr(it, f"member{number}", member)
    it.squad = factories.team(branch=it.first, name="鼓楼银发先锋志愿服务队")
    it.officer = factories.account(role="district_officer", unit=root)
    for number, member in enumerate([it.member3, it.member5], start=1):
        taking_part = factories.affiliation(member=member, branch=it.choir)
        sign_in = record_sign_in(
            affiliation=taking_part, on=date(2020, 6, number), by=None, today=factories.TODAY
        )
        verify_sign_ins(sign_ins=[sign_in], by=it.officer)
    return it


def log_in(client, account):
    """Let the client act as the account; logging in anew for each request would take most of the time."""
    if getattr(client, "account", None) != account:
        client.force_login(account, backend="branches.gates.AppointmentBackend")
        client.account = account


@pytest.fixture
def ask(client):
    """Ask the statistics as an account: `ask(account, "rollup", depth=2)` gives the response."""

    def asked(account, endpoint, **parameters):
        log_in(client, account)
        return client.get(f"/api/v1/statistics/{endpoint}/", parameters)

    return asked
