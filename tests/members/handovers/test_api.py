"""Hand-overs, promises and secondments by REST: each within the caller's reach, in words, by version."""

from types import SimpleNamespace

import pytest

from members.models import Handover, HandoverPerson
from tests import factories
from tests.callers import refusals, words
from tests.factories import TODAY
from tests.factories.handovers import cells, handover, promised, seconded
from tests.ledger import fingerprint
from tests.worlds import told_once

DAY = TODAY.isoformat()
NOT_YOURS = "有 1 个编号不在这批名单里，或不在您的管辖范围内"


@told_once
def batch(streets):
    """A batch of the district with one person for here and one for there."""
    return handover(
        streets.district,
        cells(1, wanted_unit="鼓楼社区", wanted_branch="中共鼓楼社区第一党支部"),
        cells(2, wanted_unit="文昌社区"),
        cells(3, wanted_unit="鼓楼社区", phone="1"),
    )


@told_once
def lines(batch):
    here, there, faulty = batch.people.order_by("serial")
    return SimpleNamespace(here=here, there=there, faulty=faulty)


@pytest.fixture
def community(streets):
    return streets.caller("community_clerk", unit=streets.gulou)


def test_a_batch_is_opened_filled_and_followed(streets):
    firm = factories.employer(name="滇东第一机械厂")
    clerk = streets.clerk
    body = {"employer": firm.pk, "unit": streets.nanning.pk, "document": "移1号", "opened_on": DAY}

    made = clerk.post("handovers/", body)
    address = f"handovers/{made.json()['id']}/"
    rows = {"rows": [cells(1), cells(2, phone="1")]}
    listed, again = clerk.post(f"{address}people/", rows), clerk.post(f"{address}people/", rows)
    progress = clerk.get(f"{address}progress/").json()

    assert made.status_code == 201
    assert listed.json() == {"pending": 1, "faulty": 1, "already_here": 0, "mended": 0, "unchanged": 0}
    assert again.json()["unchanged"] == 2
    assert progress["figures"]["percent"] == 0
    assert [(unit["name"], unit["pending"], unit["faulty"]) for unit in progress["units"]] == [
        ("鼓楼社区", 1, 1)
    ]


def test_a_batch_is_changed_closed_and_opened_again_by_version(streets):
    batch = handover(streets.nanning)
    clerk, address = streets.clerk, f"handovers/{batch.pk}/"

    assert clerk.patch(address, {"note": "甲"}).status_code == 428
    assert clerk.patch(address, {"note": "甲"}, If_Match='"v1"').json()["note"] == "甲"
    assert refusals(clerk.patch(address, {"employer": 1}, If_Match='"v2"')) == (
        400, [("not_writable", "employer")]
    )  # fmt: skip
    assert clerk.post(f"{address}close/", {"on": DAY}, If_Match='"v2"').json()["closed_on"] == DAY
    assert clerk.post(f"{address}reopen/", If_Match='"v3"').json()["closed_on"] is None


def test_a_clerk_whose_people_are_on_the_list_sees_the_batch_but_does_not_keep_it(streets, batch):
    clerk = streets.clerk

    assert clerk.get(f"handovers/{batch.pk}/").status_code == 200
    for action, body in (("people/", {"rows": [cells(9)]}), ("close/", {"on": DAY})):
        assert clerk.post(f"handovers/{batch.pk}/{action}", body, If_Match='"v2"').status_code == 403
    assert clerk.get(f"handovers/{batch.pk}/progress/").json()["figures"]["total"] == 2


def test_a_community_accepts_its_own_and_a_foreign_line_is_unknown(streets, batch, lines, community):
    before = fingerprint()
    address = f"handovers/{batch.pk}/accept/"
    for people in ([lines.there.pk], [999_999]):
        assert words(community.post(address, {"people": people, "on": DAY})) == (400, [NOT_YOURS])
    assert fingerprint() == before

    done = community.post(address, {"people": [lines.here.pk], "on": DAY})

    assert done.json() == {"accepted": [lines.here.pk], "already_here": []}
    [shown] = community.get("handover-people/", outcome="accepted").json()["results"]
    assert (shown["name"], shown["branch"], shown["answered_on"]) == ("杨英秀", streets.here.pk, DAY)


def test_people_are_returned_missed_and_let_wait_again(batch, lines, community):
    address = f"handovers/{batch.pk}/"
    people = [lines.here.pk, lines.faulty.pk]

    assert refusals(community.post(f"{address}return/", {"people": people, "on": DAY})) == (
        400, [("required", "reason")]
    )  # fmt: skip
    body = {"people": people, "on": DAY, "reason": "file_missing"}
    assert community.post(f"{address}return/", body).json() == {"people": people}
    late = community.post(f"{address}not-found/", {"people": people, "on": DAY})
    assert late.status_code == 409
    assert "结果为“已退回”" in late.json()["errors"][0]["detail"]
    assert community.post(f"{address}wait-again/", {"people": people}).json() == {"people": people}
    assert community.post(f"{address}not-found/", {"people": people, "on": DAY}).status_code == 200
    outcomes = HandoverPerson.objects.filter(pk__in=people).values_list("outcome", flat=True)
    assert set(outcomes) == {"not_found"}


def test_a_line_is_put_right_by_version_and_an_acceptance_taken_back(batch, lines, community):
    address = f"handover-people/{lines.faulty.pk}/"
    shown = community.get(address).json()
    assert [each["field"] for each in shown["complaints"]] == ["phone"]
    assert community.patch(address, {"phone": ""}).status_code == 428
    assert refusals(community.patch(address, {"outcome": "accepted"}, If_Match='"v1"')) == (
        400, [("not_writable", "outcome")]
    )  # fmt: skip

    assert community.patch(address, {"phone": ""}, If_Match='"v1"').json()["outcome"] == "pending"

    community.post(f"handovers/{batch.pk}/accept/", {"people": [lines.here.pk], "on": DAY})
    undone = community.post(f"handover-people/{lines.here.pk}/undo/", {"reason": "编错了"}, If_Match='"v2"')
    assert undone.json()["outcome"] == "pending"


def test_who_may_not_receive_sees_neither_complaints_nor_numbers(streets, lines):
    auditor = streets.caller("auditor", unit=streets.district)

    shown = auditor.get(f"handover-people/{lines.faulty.pk}/").json()

    assert (shown["complaints"], shown["id_masked"]) == ([], "已登记")
    assert auditor.patch(f"handover-people/{lines.faulty.pk}/", {"phone": ""}).status_code == 403


def test_a_secretary_sees_who_is_wanted_in_her_branch(streets, batch, lines):
    secretary = streets.secretary

    assert [row["id"] for row in secretary.get("handover-people/").json()["results"]] == [lines.here.pk]
    assert secretary.get(f"handover-people/{lines.there.pk}/").status_code == 404
    body = {"people": [lines.here.pk], "on": DAY}
    assert secretary.post(f"handovers/{batch.pk}/accept/", body).status_code == 403


@pytest.mark.parametrize(
    ("query", "serials"),
    [
        ({"outcome__in": "pending,faulty"}, [1, 2, 3]),
        ({"overdue": "true"}, []),
        ({"overdue": "false"}, [1, 2, 3]),
        ({"search": "yyx"}, [1]),
        ({"unit": "530302001"}, []),
        ({"ordering": "-serial"}, [3, 2, 1]),
    ],
)
def test_people_are_found(streets, lines, query, serials):
    if "unit" in query:
        query = {"unit": streets.jianning.code}
        serials = [2]
    found = streets.officer.get("handover-people/", **query).json()["results"]

    assert [row["serial"] for row in found] == serials


# Promises.


def test_a_promise_is_made_kept_and_corrected(streets):
    firm, clerk = factories.employer(name="机械厂"), streets.clerk
    body = {"employer": firm.pk, "unit": streets.gulou.pk, "kind": "money", "what": "经费",
            "amount": "100.00", "due_on": "2027-01-01"}  # fmt: skip

    made = clerk.post("pledges/", body)
    address = f"pledges/{made.json()['id']}/"
    came = clerk.post(f"{address}deliver/", {"on": DAY, "amount": "40"}, If_Match='"v1"').json()
    too_much = clerk.post(f"{address}deliver/", {"on": DAY, "amount": "60.01"}, If_Match='"v2"')

    assert (came["state"], came["delivered"], len(came["deliveries"])) == ("partly", "40.00", 1)
    assert too_much.status_code == 409
    assert clerk.patch(address, {"amount": "40.00"}, If_Match='"v2"').json()["state"] == "kept"
    assert refusals(clerk.patch(address, {"delivered": "1"}, If_Match='"v3"')) == (
        400, [("not_writable", "delivered")]
    )  # fmt: skip
    assert clerk.get("pledges/", state="kept").json()["count"] == 1
    assert clerk.get("pledges/", state="overdue").json()["count"] == 0


def test_a_promise_to_a_foreign_unit_is_as_unknown(streets):
    firm, row = factories.employer(), promised(streets.wenchang)
    body = {"employer": firm.pk, "kind": "money", "what": "经费", "amount": "1", "due_on": DAY}
    clerk = streets.clerk

    for unit in (streets.wenchang.pk, 999_999):
        answer = clerk.post("pledges/", {**body, "unit": unit})
        assert words(answer) == (400, [f"没有“{unit}”这条记录，或不在您的管辖范围内"])
    assert clerk.get(f"pledges/{row.pk}/").status_code == 404


# Secondments.


def test_a_secondment_is_made_corrected_and_ended_by_the_side_that_is_helped(streets):
    clerk, firm = streets.clerk, factories.employer(name="机械厂")
    body = {"person_name": "赵志明", "role": "instructor", "host": streets.gulou.pk, "employer": firm.pk,
            "since": "2026-01-01", "until": "2028-01-01"}  # fmt: skip

    made = clerk.post("secondments/", body)
    address = f"secondments/{made.json()['id']}/"

    assert (made.status_code, made.json()["sender_name"]) == (201, "机械厂")
    assert clerk.patch(address, {"duty": "指导"}, If_Match='"v1"').json()["duty"] == "指导"
    assert clerk.post(f"{address}end/", {"on": "2027-01-01"}, If_Match='"v2"').json()["until"] == "2027-01-01"
    assert clerk.get("secondments/", unit=streets.nanning.code).json()["count"] == 1
    assert clerk.get("secondments/", unit=streets.nanning.code, on="2025-01-01").json()["count"] == 0


def test_the_sending_side_sees_a_secondment_and_does_not_change_it(streets):
    row = seconded(streets.wenchang, sent_by=streets.gulou)
    clerk = streets.clerk

    assert clerk.get(f"secondments/{row.pk}/").json()["host_name"] == "文昌社区"
    assert clerk.patch(f"secondments/{row.pk}/", {"duty": "甲"}, If_Match='"v1"').status_code == 403
    body = {"person_name": "赵志明", "role": "instructor", "sent_by": streets.gulou.pk, "since": DAY,
            "until": "2028-01-01", "host": streets.wenchang.pk}  # fmt: skip
    assert words(clerk.post("secondments/", body)) == (
        400,
        [f"没有“{streets.wenchang.pk}”这条记录，或不在您的管辖范围内"],
    )


def test_nothing_of_a_hand_over_is_deleted(streets, batch, lines):
    officer = streets.officer
    for address in (f"handovers/{batch.pk}/", f"handover-people/{lines.here.pk}/"):
        assert officer.delete(address).status_code == 405
    assert Handover.objects.count() == 1
