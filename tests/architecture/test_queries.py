"""Every list, page or resource, asks the database as often for many rows as for a few."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from branches.models import Appointment, Role
from branches.operations import appoint
from core.models import ApiKey
from members.operations.transfers import Destination
from reorganisations.operations import make_plan
from reports.models import Banded, Banding, Threshold
from tests import factories
from tests.factories import TODAY
from tests.factories.transfers import transfer
from tests.scope.routes import every_route
from tests.scope.world import World
from tests.worlds import told_once
from volunteering.models import TimeLimit

pytestmark = pytest.mark.long

LISTS = sorted(
    route.pattern
    for route in every_route()
    if not route.keys
    and "(" not in route.pattern
    and (
        (route.is_api and "get" in getattr(route.view, "actions", ()))
        or (route.pattern.count("/") == 3 and route.view.__name__ == "changelist_view")
    )
)

# Not a list but the tree, counted where its page is tested.
LISTS.remove("admin/branches/unit/")


@told_once
def told(db):
    """What each list asked and showed with a few rows and, in the same world grown, with many."""
    world = world_with_an_onlooker()
    ask_all(world)
    few = ask_all(world)
    for number in (1, 2, 3):
        more(world, number)
    return few, ask_all(world)


def world_with_an_onlooker():
    """A world, and in it somebody who may see every list."""
    world = World()
    world.everybody = world.people["officer"]
    for role in (Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR):
        values = {"role": role, "unit": world.district, "since": factories.LONG_AGO}
        appoint(user=world.everybody, values=values, by=None)
    # Nobody is given that in earnest: a community's lists are its own.
    Appointment.objects.create(
        user=world.everybody, role=Role.COMMUNITY_CLERK, unit=world.district, since=factories.LONG_AGO
    )
    more(world, 0)
    return world


def more(world, number):
    """Rows of every table, beside those there are."""
    unit = factories.unit(parent=world.jia, name=f"新社区{number}")
    home = factories.branch(unit=unit, name=f"新支部{number}")
    circle = factories.branch(unit=unit, kind="temporary", name=f"新临时支部{number}")
    factories.employer(name=f"新厂{number}")
    world.branches[:] = [home]
    world.circles[:] = [circle]
    phone = (f"1370000000{number}", "self", "")
    world.members[:] = [factories.member(branch=home, employer=world.employer, phones=[phone]) for _ in "12"]
    world._lives()
    world.send(0, home)
    world.take_out(world.everybody, f"第{number}次")
    for state in ("draft", "issued", "received"):
        transfer(member=factories.member(branch=home), to=Destination(world.yi), state=state)
    world.hand_over([(20 + number, home)])
    account = factories.account(role=Role.STREET_CLERK, unit=unit)
    ApiKey.objects.create_key(name=f"接口{number}", user=account)
    world.plan(unit, "", make_plan)
    rule = {"words": f"规则{number}", "value": 1, "measure": "名", "source": "区委通知", "since": TODAY}
    Threshold.objects.create(code=f"rule.{number}", **rule)
    period = {"since": date(1900 + number, 1, 1), "until": date(1901 + number, 1, 1)}
    Banding.objects.create(code=Banded.AGE, bands=[], source="区委通知", **period)
    limit = {"words": f"时限{number}", "days": 1, "source": "区委通知", "since": TODAY}
    TimeLimit.objects.create(code=f"limit.{number}", **limit)


def ask_all(world):
    """By list: how many questions it asked, and how many rows it showed."""
    return {pattern: asked(world, pattern) for pattern in LISTS}


def asked(world, pattern):
    """How many questions the list asked, and how many rows it showed."""
    if pattern.startswith("api/"):
        client = APIClient()
        client.force_authenticate(world.everybody)
    else:
        client = Client()
        client.force_login(world.everybody, backend="branches.gates.AppointmentBackend")
    world.everybody.__dict__.pop("appointments_by_day", None)
    with CaptureQueriesContext(connection) as caught:
        response = client.get(f"/{pattern}")
    assert response.status_code == 200, pattern
    if pattern.startswith("api/"):
        return len(caught), response.json()["count"]
    return len(caught), response.context["cl"].result_count


def test_there_are_lists_to_ask():
    assert len(LISTS) >= 17


@pytest.mark.parametrize("pattern", LISTS)
def test_a_list_asks_as_often_for_many_rows_as_for_a_few(db, told, pattern):
    few, many = (asked[pattern] for asked in told)

    assert many[1] > few[1]
    assert many[0] == few[0]
