"""Taking part is kept from both sides: where she belongs and where she takes part, and from nowhere else."""

import pytest

from members.models import Affiliation
from tests import factories
from tests.callers import Caller
from tests.ledger import fingerprint
from tests.worlds import told_once

END, REASON = {"until": "2025-01-01"}, {"reason": "结束错了人"}
# Who calls, and what she may do: take part in the sign-ins, and keep the taking part itself.
SIDES = [
    ("street_clerk", {"unit": "nanning"}, True, True),
    ("community_clerk", {"unit": "gulou"}, True, True),
    ("branch_secretary", {"branch": "here"}, True, False),
    ("street_clerk", {"unit": "jianning"}, True, True),
    ("community_clerk", {"unit": "wenchang"}, True, True),
    ("branch_secretary", {"branch": "circle_there"}, True, False),
    ("auditor", {"unit": "district"}, False, False),
    ("street_clerk", {"unit": "elsewhere"}, None, None),
    # Who keeps no taking part at all is told so before she is told that there is nothing.
    ("branch_secretary", {"branch": "there"}, None, False),
]


@told_once
def part(streets):
    """王秀英 of 鼓楼 takes part in 文昌."""
    streets.people()
    streets.elsewhere = factories.unit(parent=streets.district, name="益宁街道")
    return factories.affiliation(member=streets.wang, branch=streets.circle_there)


@pytest.mark.parametrize(("role", "place", "signs", "keeps"), SIDES)
def test_each_side_does_what_its_role_may(streets, part, role, place, signs, keeps):
    where = {name: getattr(streets, at) for name, at in place.items()}
    caller, path = Caller(factories.account(role=role, **where)), f"affiliations/{part.pk}/"
    before = fingerprint()
    answers = {None: 404, False: 403, True: 200}

    signed = caller.post(f"{path}sign-in/", {"on": "2024-06-01"})
    assert signed.status_code == {**answers, True: 201}[signs]
    if not signs:
        assert fingerprint() == before
    ended = caller.post(f"{path}end/", END, If_Match='"v1"')
    assert ended.status_code == answers[keeps]
    assert (Affiliation.objects.get().until is not None) == bool(keeps)
    if not keeps:
        Affiliation.objects.update(until="2025-01-01", version=2)
    reopened = caller.post(f"{path}reopen/", REASON, If_Match='"v2"')
    assert reopened.status_code == answers[keeps]
    assert (Affiliation.objects.get().until is None) is bool(keeps)


@pytest.mark.parametrize("side", ["nanning", "jianning"])
def test_each_side_does_so_on_the_pages_too(streets, part, client, side):
    account = factories.account(role="street_clerk", unit=getattr(streets, side))
    client.force_login(account, backend="branches.gates.AppointmentBackend")
    page = f"/admin/members/affiliation/{part.pk}"

    offered = {act["link"].split("/")[-2] for act in client.get(f"{page}/change/").context["acts"]}
    assert offered == {"sign-in", "end", "undo"}
    client.post(f"{page}/end/", {"version": 1, "on": "2025-01-01"})
    assert str(Affiliation.objects.get().until) == "2025-01-01"
    client.post(f"{page}/reopen/", {"version": 2, **REASON})
    assert Affiliation.objects.get().until is None
