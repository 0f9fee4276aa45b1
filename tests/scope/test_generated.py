"""No account reaches past its scope, whatever it asks: all routes, methods, accounts and sorts of rows."""

import pytest

from branches.scope import ScopedQuerySet
from tests.scope.sweep import Sweep

pytestmark = pytest.mark.long

# Accounts are asked in as many tests, so that several cores may do it.
SHARES = 4


@pytest.mark.parametrize("share", range(SHARES))
def test_nothing_foreign_is_shown_told_apart_or_changed(world, share):
    sweep = Sweep(world, only=list(world.people)[share::SHARES]).run()

    assert sweep.leaks == []
    assert sweep.differences == []
    assert sweep.changes == []
    assert sweep.crashes == []
    assert sweep.asked >= 5_000 / SHARES


def test_the_sweep_finds_the_leaks_of_a_system_without_scope(world, monkeypatch):
    sweep = Sweep(world, only=("clerk of 麒麟",))
    sights = {who: world.sight(user) for who, user in world.people.items()}
    monkeypatch.setattr(world, "sight", lambda user: sights["clerk of 麒麟"])
    seen = {}
    monkeypatch.setattr(
        "tests.scope.sweep.seen_rows", lambda world, model, user, view: seen.get(model, set())
    )
    monkeypatch.setattr(ScopedQuerySet, "visible_in", lambda rows, scope: rows.all())

    sweep.run()

    leaking = {address.split("?")[0] for _, _, address, _, _ in sweep.leaks}
    assert {
        "/api/v1/members/", "/api/v1/memberships/", "/api/v1/affiliations/", "/api/v1/branches/",
        "/admin/members/member/", "/admin/search/", "/admin/autocomplete/",
    } <= leaking  # fmt: skip
    assert len(sweep.differences) > 50
