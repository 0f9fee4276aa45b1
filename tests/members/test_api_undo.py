"""Taking back over the API: verbs on the row, with its version and a reason."""

from members.models import Affiliation, Membership, StandingEvent
from members.operations import StandingChange, change_standing
from tests import factories
from tests.callers import refusals, words
from tests.factories import TODAY

REASON = {"reason": "登记错了人"}


def test_the_latest_move_of_a_standing_is_taken_back(streets):
    streets.people()
    clerk, path = streets.clerk, f"members/{streets.wang.pk}/"
    change_standing(member=streets.wang, change=StandingChange("decease", TODAY), by=None, today=TODAY)

    answer = clerk.post(f"{path}undo-standing/", REASON, If_Match=clerk.etag(path))

    assert (answer.status_code, answer.json()["standing"], answer.json()["on_roster"]) == (200, "full", True)
    assert StandingEvent.objects.count() == 0
    again = clerk.post(f"{path}undo-standing/", REASON, If_Match=answer["ETag"])
    assert words(again) == (409, ["王秀英 没有党籍变动，无可撤回"])


def test_an_enrolment_is_taken_back(streets):
    streets.people()
    clerk = streets.clerk
    Membership.objects.filter(member=streets.wang).update(until="2024-01-01", ended_by="transfer_out")
    body = {
        "member": streets.wang.pk,
        "branch": streets.here.pk,
        "since": "2025-01-01",
        "began_by": "transfer_in",
    }
    made = clerk.post("memberships/", body)
    path = f"memberships/{made.json()['id']}/"

    answer = clerk.post(f"{path}undo/", REASON, If_Match=made["ETag"])

    assert (answer.status_code, answer.json()) == (200, {"undone": made.json()["id"]})
    assert clerk.get(path).status_code == 404


def test_taking_part_and_its_end_are_taken_back(streets):
    streets.people()
    clerk = streets.clerk
    affiliation = factories.affiliation(member=streets.wang, branch=streets.circle_here)
    path = f"affiliations/{affiliation.pk}/"
    ended = clerk.post(f"{path}end/", {"until": "2025-01-01"}, If_Match=clerk.etag(path))

    reopened = clerk.post(f"{path}reopen/", REASON, If_Match=ended["ETag"])
    assert (reopened.status_code, reopened.json()["until"]) == (200, None)

    assert refusals(clerk.post(f"{path}undo/", {}, If_Match=reopened["ETag"])) == (
        400,
        [("required", "reason")],
    )
    assert clerk.post(f"{path}undo/", REASON, If_Match=reopened["ETag"]).status_code == 200
    assert not Affiliation.objects.exists()


def test_what_is_out_of_sight_is_not_taken_back(streets):
    streets.people()
    theirs = factories.affiliation(member=streets.li, branch=streets.circle_there)

    for path in (f"affiliations/{theirs.pk}/undo/", f"members/{streets.li.pk}/undo-standing/"):
        assert streets.clerk.post(path, REASON, If_Match='"v1"').status_code == 404
