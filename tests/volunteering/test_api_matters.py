"""Grid matters by REST: the verbs, who sees what, and every refusal in Chinese."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import AuditEntry
from tests import factories
from tests.callers import refusals, words
from tests.factories import TODAY
from tests.ledger import fingerprint
from tests.volunteering.matters import brought, photo
from tests.worlds import told_once
from volunteering.models import TimeLimit
from volunteering.operations import add_photo
from volunteering.states.matters import MatterStatus


@told_once
def streets(streets):
    streets.people()
    streets.matter = factories.grid_matter(
        unit=streets.gulou, reporter="赵大娘", reporter_phone="13700001234"
    )
    streets.foreign = factories.grid_matter(unit=streets.wenchang)
    return streets


def act(caller, matter, verb, body=None):
    path = f"grid-matters/{matter.pk}/"
    return caller.post(f"{path}{verb}/", body, if_match=caller.etag(path))


def test_a_matter_is_reported_and_brought_to_its_end(streets):
    clerk = streets.clerk
    body = {"kind": "dispute", "urgency": "urgent", "subject": "晾衣纠纷", "unit": streets.gulou.pk,
            "channel": "grid_worker"}  # fmt: skip
    made = clerk.post("grid-matters/", body)
    assert (made.status_code, made.json()["due_on"]) == (201, "2026-11-30")
    # A dispute is the community's: the street that wrote it down does not see it any more.
    assert clerk.get(f"grid-matters/{made.json()['id']}/").status_code == 404

    for verb, sent, status in [
        ("take", {}, "taken"), ("assign", {"handler": streets.wang.pk}, "working"),
        ("release", {}, "taken"), ("assign", {"handler": streets.wang.pk}, "working"),
        ("refer", {"reason": "要街道协调"}, "working"), ("settle", {"outcome": "已换灯"}, "settled"),
        ("follow-up", {"satisfied": True}, "closed"), ("reopen", {"reason": "又坏了"}, "reopened"),
        ("return", {"reason": "物业已修"}, "returned"),
    ]:  # fmt: skip
        answer = act(clerk, streets.matter, verb, sent)
        assert (answer.status_code, answer.json().get("status")) == (200, status), answer.json()
    shown = answer.json()
    assert (shown["desk_name"], shown["reopened"]) == ("南宁街道", 1)
    assert [step["move"] for step in shown["steps"]][-2:] == ["reopen", "return"]


def test_duplicates_show_the_outcome_they_share(streets):
    clerk = streets.clerk
    second = factories.grid_matter(unit=streets.gulou)
    act(clerk, second, "link", {"original": streets.matter.pk})
    act(clerk, streets.matter, "take")
    act(clerk, streets.matter, "assign", {"handler": streets.wang.pk})
    act(clerk, streets.matter, "settle", {"outcome": "已换灯"})
    assert clerk.get(f"grid-matters/{second.pk}/").json()["outcome"] == "已换灯"
    assert act(clerk, second, "separate").json()["status"] == "reported"


def test_what_is_foreign_is_not_there_and_what_may_not_be_done_is_403(streets):
    clerk, secretary = streets.clerk, streets.secretary
    before = fingerprint()
    assert clerk.get(f"grid-matters/{streets.foreign.pk}/").status_code == 404
    path = f"grid-matters/{streets.matter.pk}/take/"
    assert secretary.post(path, if_match='"v1"').status_code == 403
    assert refusals(clerk.post(path)) == (428, [("if_match_required", None)])
    assert refusals(act(clerk, streets.matter, "link", {"original": streets.foreign.pk})) == (
        400, [("does_not_exist", "original")]
    )  # fmt: skip
    assert words(act(clerk, streets.matter, "settle", {"outcome": "好"})) == (
        409, ["该事项现为“上报”，不能办结"]
    )  # fmt: skip
    assert fingerprint() == before


def test_a_branch_that_only_brought_a_matter_settles_nothing(streets):
    told = {"channel": "volunteer", "brought_by": streets.wang, "reporter_phone": "13900004321"}
    matter = factories.grid_matter(unit=streets.wenchang, **told)
    brought(MatterStatus.WORKING, matter, factories.member(branch=factories.branch(unit=streets.wenchang)))
    path = f"grid-matters/{matter.pk}/"
    secretary = streets.secretary
    assert secretary.get(path).json()["reporter_phone"] == "****4321"
    before = fingerprint()
    assert act(secretary, matter, "settle", {"outcome": "好"}).status_code == 403
    assert fingerprint() == before


def test_an_auditor_is_told_no_names(streets):
    auditor = streets.caller("auditor", unit=streets.district)
    shown = auditor.get(f"grid-matters/{streets.matter.pk}/").json()
    assert (shown["reporter"], shown["reporter_phone"]) == ("赵**", "****1234")
    assert act(auditor, streets.matter, "reveal", {"reason": "核实情况"}).status_code == 403


def test_who_reported_is_masked_until_revealed_with_a_reason(streets):
    clerk, path = streets.clerk, f"grid-matters/{streets.matter.pk}/"
    shown = clerk.get(path).json()
    assert (shown["reporter"], shown["reporter_phone"]) == ("赵**", "****1234")
    assert refusals(clerk.post(f"{path}reveal/", {"reason": "看"})) == (400, [("invalid", "reason")])
    answer = clerk.post(f"{path}reveal/", {"reason": "核实情况"})
    assert answer.json() == {"reporter": "赵大娘", "reporter_phone": "13700001234"}
    entry = AuditEntry.objects.get(verb="matter.revealed")
    assert (entry.reason, entry.fields, entry.by) == ("核实情况", ["reporter", "reporter_phone"], clerk.user)


def test_no_picture_is_read_with_its_matter(streets):
    clerk, path = streets.clerk, f"grid-matters/{streets.matter.pk}/"
    kept = add_photo(matter=streets.matter, content=photo(), by=None, today=TODAY)
    with CaptureQueriesContext(connection) as caught:
        assert clerk.get(path).json()["photos"] == [kept.pk]
    assert [query for query in caught if '"volunteering_matterphoto"."content"' in query["sql"]] == []


def test_lists_are_filtered(streets):
    clerk = streets.clerk
    for query, count in [({"kind": "public"}, 1), ({"kind": "dispute"}, 0), ({"reopened__gte": 1}, 0),
                         ({"reopened": 0}, 1), ({"due_on__lt": "2026-11-30"}, 0),
                         ({"status__in": "reported,taken"}, 1),
                         ({"unit": streets.gulou.code}, 1)]:  # fmt: skip
        assert clerk.get("grid-matters/", **query).json()["count"] == count, query


def test_the_days_there_are_change_from_a_day_on(streets):
    limit = TimeLimit.objects.get(code="matter.desk")
    path = f"time-limits/{limit.pk}/change/"
    body = {"days": 3, "since": TODAY.isoformat(), "source": "区委通知"}
    assert streets.clerk.post(path, body, if_match='"v1"').status_code == 403
    assert streets.officer.post(path, body, if_match='"v1"').json()["days"] == 3
    assert streets.clerk.get("time-limits/", code="matter.desk").json()["count"] == 2
