"""Every route is classified, and what is not public shows nothing to who has no account or no appointment."""

from django.test import Client

from tests.scope.census import CENSUS
from tests.scope.routes import every_route
from tests.scope.world import marks_in

ROUTES = {route.pattern: route for route in every_route()}
CLASSES = {pattern: name for name, patterns in CENSUS.items() for pattern in patterns}


def test_every_route_is_classified_once_and_no_other():
    listed = [pattern for patterns in CENSUS.values() for pattern in patterns]

    assert sorted(listed) == sorted(ROUTES)


def addresses(world, *names):
    member = world.members[0].pk
    return [
        (route, route.path(member))
        for pattern, route in ROUTES.items()
        if CLASSES[pattern] in names and "(" not in pattern
    ]


def test_without_an_account_everything_that_is_not_public_asks_for_one(world):
    client = Client()
    for route, address in addresses(world, "login", "scoped", "aggregate", "audited"):
        response = client.get(address)
        asked = response.status_code in (401, 403) if route.pattern.startswith("api/v1/") else (
            response.status_code in (301, 302)
        )  # fmt: skip
        assert asked, (address, response.status_code)
        assert marks_in(response) == (set(), set()), address


def test_what_is_public_holds_nothing_about_anybody(world):
    for _, address in addresses(world, "public"):
        assert marks_in(Client().get(address)) == (set(), set()), address


def test_an_account_without_an_appointment_sees_nothing_anywhere(world):
    client = Client()
    client.force_login(world.people["nobody"], backend="branches.gates.AppointmentBackend")
    for _, address in addresses(world, "login", "scoped", "aggregate", "audited"):
        response = client.get(address)
        assert marks_in(response) == (set(), set()), address
        assert response.status_code != 500, address
