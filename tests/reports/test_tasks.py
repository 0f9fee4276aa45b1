"""待办: what is due for whom and when, settled where it leads, and nothing of what is out of scope."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.gates import scope_for
from branches.models import Kind
from members.models import Member
from members.operations import StandingChange, change_standing
from members.operations.transfers import (
    Destination,
    SentBack,
    agree_transfer,
    lose_letter,
    receive_letter,
    return_letter,
)
from reports.models import Threshold
from reports.operations import Setting, set_threshold
from reports.tasks import AHEAD, OVER, SOON, URGENT, counted, due, sources
from reports.tasks.people import _born, medal_list
from tests import factories
from tests.callers import Caller, refusals
from tests.factories import TODAY
from tests.factories.handovers import cells, handover
from tests.factories.transfers import transfer
from tests.worlds import told_once


@told_once
def town(db):
    return Town()


class Town:
    """A branch of ours and one of theirs, and a clerk of each street."""

    def __init__(self):
        self.district, self.street, self.community = factories.lineage("麒麟区", "南宁街道", "鼓楼社区")
        self.jianning, self.wenchang = factories.lineage("建宁街道", "文昌社区", below=self.district)
        self.ours = factories.branch(unit=self.community, name="鼓楼支部")
        self.theirs = factories.branch(unit=self.wenchang, name="文昌支部")
        self.clerk = factories.account(role="street_clerk", unit=self.street)
        self.community_clerk = factories.account(role="community_clerk", unit=self.community)
        self.secretary = factories.account(role="branch_secretary", branch=self.ours)
        self.auditor = factories.account(role="auditor", unit=self.district)


def asked(account, *, on=TODAY, kind=None):
    tasks = due(lambda verb: scope_for(account, verb), on=on, kinds=[kind] if kind else None)
    return [(task.kind, task.about, task.words, task.level) for task in tasks]


def url_of(account, kind):
    [task] = due(lambda verb: scope_for(account, verb), on=TODAY, kinds=[kind])
    return task.url


# Elections.


@pytest.mark.parametrize(
    ("days", "level", "distance"),
    [
        (184, None, ""),
        (183, AHEAD, "还有 183 天"),
        (92, SOON, "还有 92 天"),
        (31, URGENT, "还有 31 天"),
        (0, OVER, "今天"),
        (-3, OVER, "已过 3 天"),
    ],
)
def test_an_election_is_due_half_a_year_ahead_and_nearer_each_time(town, days, level, distance):
    wang = factories.member(branch=town.ours)
    term = factories.term(town.ours, wang)
    day = term.due_on - timedelta(days=days)

    expected = [("term", "鼓楼支部", f"2024年选举的一届 2027-06-01 届满，{distance}", level)] if level else []
    assert asked(town.clerk, on=day, kind="term") == expected


def test_who_may_hold_the_election_is_led_to_it_and_others_to_the_branch(town):
    factories.term(town.ours, factories.member(branch=town.ours), on=date(2023, 12, 1))
    factories.term(town.theirs, factories.member(branch=town.theirs), on=date(2023, 12, 1))

    assert url_of(town.clerk, "term") == reverse("admin:branches_branch_elect", args=[town.ours.pk])
    assert url_of(town.secretary, "term") == reverse("admin:branches_branch_change", args=[town.ours.pk])


def test_a_term_that_was_followed_is_due_no_more(town):
    wang = factories.member(branch=town.ours)
    factories.term(town.ours, wang, on=date(2020, 6, 1))
    factories.term(town.ours, wang, on=date(2026, 6, 1))

    assert asked(town.clerk, kind="term") == []


# Temporary organisations.


@pytest.mark.parametrize(("days", "level"), [(31, None), (30, AHEAD), (0, OVER)])
def test_a_temporary_organisation_is_due_a_month_before_its_expected_end(town, days, level):
    ends = TODAY + timedelta(days=days)
    circle = factories.branch(
        unit=town.community, kind=Kind.TEMPORARY, name="书画临时支部", expected_end_on=ends
    )

    found = asked(town.clerk, kind="temporary")
    assert [(row[1], row[3]) for row in found] == ([("书画临时支部", level)] if level else [])
    if level:
        assert url_of(town.clerk, "temporary") == reverse("admin:branches_branch_change", args=[circle.pk])


# People.


def test_a_probation_is_due_a_month_before_its_year_is_full_and_later_when_extended(town):
    joined = date(2025, 12, 23)
    new = factories.member(branch=town.ours, name="陈新", standing="probationary", joined_on=joined)
    factories.member(
        branch=town.ours, name="赵明", standing="probationary", joined_on=joined + timedelta(days=1)
    )

    assert asked(town.clerk, kind="probation") == [
        ("probation", "陈新", "预备期 2026-12-23 满，还有 30 天", AHEAD)
    ]
    assert url_of(town.clerk, "probation") == reverse("admin:members_member_confirm", args=[new.pk])
    assert url_of(town.secretary, "probation") == reverse("admin:members_member_change", args=[new.pk])
    extend = StandingChange("extend", TODAY)
    change_standing(member=new, change=extend, by=None, today=TODAY)
    assert asked(town.clerk, kind="probation") == []
    confirmed_late = asked(town.clerk, on=date(2027, 12, 23), kind="probation")
    assert ("probation", "陈新", "预备期 2027-12-23 满，今天", OVER) in confirmed_late


def test_round_birthdays_are_told_a_week_ahead(town):
    for name, born in (
        ("今天", date(1946, 11, 23)),
        ("七日", date(1936, 11, 30)),
        ("八日", date(1946, 12, 1)),
        ("不整", date(1945, 11, 25)),
        ("七十", date(1956, 11, 25)),
    ):
        factories.member(branch=town.ours, name=name, birth_on=born, joined_on=date(1975, 5, 1))
    factories.member(branch=town.ours, name="年份", birth_on=date(1946, 11, 25), birth_precision="M")
    dead = factories.member(branch=town.ours, name="故人", birth_on=date(1946, 11, 25))
    change_standing(member=dead, change=StandingChange("decease", TODAY), by=None, today=TODAY)

    assert asked(town.secretary, kind="birthday") == [
        ("birthday", "今天", "2026-11-23 满 80 周岁", AHEAD),
        ("birthday", "七日", "2026-11-30 满 90 周岁", AHEAD),
    ]


@pytest.mark.parametrize(
    ("day", "age", "born"),
    [
        (date(2026, 2, 28), 90, [date(1936, 2, 28), date(1936, 2, 29)]),
        (date(2028, 2, 28), 80, [date(1948, 2, 28)]),
        (date(2028, 2, 29), 80, [date(1948, 2, 29)]),
        (date(2026, 2, 28), 80, [date(1946, 2, 28)]),
    ],
)
def test_a_leap_days_birthday_is_kept_on_the_28th_in_other_years(day, age, born):
    assert _born(day, age) == born


MEDAL = [
    # Joined when there was no probation: counts from joining (1969-04-01 to 1977-08-11).
    ("无预备期", {"joined_on": date(1975, 7, 2)}, True),
    ("截止日", {"joined_on": date(1976, 7, 1)}, True),
    ("差一天", {"joined_on": date(1976, 7, 2)}, False),
    ("上一年", {"joined_on": date(1975, 7, 1)}, False),
    # Joined before: counts from the day of becoming a full member, and is long past.
    ("有预备期", {"joined_on": date(1966, 3, 1), "full_on": date(1967, 3, 1)}, False),
    ("更正", {"joined_on": date(1976, 8, 1), "party_age_correction": 1}, True),
]


@pytest.mark.parametrize(("name", "facts", "listed"), MEDAL)
def test_fifty_years_in_the_party_are_full_on_the_1st_of_july_for_those_without_probation_too(
    town, name, facts, listed
):
    factories.member(branch=town.ours, name=name, **facts)

    found = medal_list(Member.objects.all(), 2026, years=50)
    assert [member.name for member in found] == ([name] if listed else [])


@pytest.mark.parametrize(("since", "listed"), [(date(2025, 7, 1), False), (date(2025, 7, 2), True)])
def test_who_came_onto_the_roster_with_fifty_years_since_the_last_list_is_on_the_next(town, since, listed):
    factories.member(
        branch=town.ours, name="周平", joined_on=date(1955, 3, 1), full_on=date(1956, 3, 1), since=since
    )

    found = medal_list(Member.objects.all(), 2026, years=50)
    assert [member.name for member in found] == (["周平"] if listed else [])


def test_the_lost_the_suspended_and_the_dead_are_not_on_the_medal_list(town):
    joined = {"branch": town.ours, "joined_on": date(1976, 5, 1)}
    factories.member(**joined, lost_since=date(2026, 1, 1))
    for move, reason in (("suspend", "lost_contact"), ("decease", "")):
        change = StandingChange(move, date(2026, 5, 1), reason)
        change_standing(member=factories.member(**joined), change=change, by=None, today=TODAY)

    assert medal_list(Member.objects.all(), 2026, years=50) == []


def test_the_medal_list_stands_open_from_march_to_the_1st_of_july(town):
    factories.member(branch=town.ours, joined_on=date(1976, 5, 1))
    words = "1976-05-01 起计算党龄，至 2026-07-01 满 50 年，请核查并报“光荣在党50年”名单"

    for on, listed in (
        (date(2026, 3, 2), False),
        (date(2026, 3, 3), True),
        (date(2026, 7, 1), True),
        (date(2026, 7, 2), False),
    ):
        found = asked(town.secretary, on=on, kind="medal")
        assert [row[:3] for row in found] == ([("medal", "王秀英", words)] if listed else [])


# Letters.


@told_once
def letters(town):
    """王秀英's transfer from our branch to their street, and the clerk who receives there."""
    town.wang = factories.member(branch=town.ours, id_number=factories.id_number(9))
    town.to = Destination(town.jianning)
    town.receiver = factories.account(role="street_clerk", unit=town.jianning)
    return town


def after(days):
    return TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "kind", "level", "words"),
    [
        (19, None, "", ""),
        (20, "letter", AHEAD, "介绍信将到期（有效期至 2026-12-23），还有 10 天"),
        (27, "letter", URGENT, "介绍信将到期（有效期至 2026-12-23），还有 3 天"),
        (30, "letter", OVER, "介绍信将到期（有效期至 2026-12-23），今天"),
        (31, "stranded", OVER, "介绍信过期，组织关系挂空（有效期至 2026-12-23），已过 1 天"),
    ],
)
def test_the_sender_is_told_before_a_letter_runs_out_and_of_who_is_stranded(
    letters, days, kind, level, words
):
    transfer(member=letters.wang, to=letters.to, state="issued")

    found = asked(letters.clerk, on=after(days))
    assert found == ([(kind, "王秀英", words, level)] if kind else [])


def test_the_receiver_is_told_of_who_is_to_be_received_and_then_placed(letters):
    made = transfer(member=letters.wang, to=letters.to, state="issued")
    assert asked(letters.receiver) == [
        ("receive", "王秀英", "介绍信待接收（有效期至 2026-12-23），还有 30 天", AHEAD)
    ]
    assert url_of(letters.receiver, "receive") == reverse("admin:members_transfer_change", args=[made.pk])
    receive_letter(transfer=made, on=TODAY, by=None, today=TODAY)
    assert [row[0] for row in asked(letters.receiver)] == ["place"]
    assert asked(letters.clerk) == asked(letters.secretary) == []


def test_a_draft_within_the_committee_waits_for_a_place_as_in_the_list(letters):
    second = factories.branch(unit=letters.community, name="鼓楼第二支部")
    transfer(member=letters.wang, to=Destination(branch=second))

    assert asked(letters.clerk) == [("place", "王秀英", "2026-11-23 提出，待编入支部，今天", AHEAD)]
    assert asked(letters.receiver) == []


@pytest.mark.parametrize(
    ("state", "words"),
    [("draft", "草稿（2026-11-23 起），待转出"), ("agreed", "支部同意（2026-11-23 起），待转出")],
)
def test_what_was_begun_and_not_sent_waits_at_the_sender(letters, state, words):
    transfer(member=letters.wang, to=letters.to, state=state)

    assert asked(letters.clerk) == [("send", "王秀英", f"{words}，今天", AHEAD)]
    assert asked(letters.receiver) == []


def test_a_draft_waits_for_the_word_of_the_branch(letters):
    made = transfer(member=letters.wang, to=letters.to)

    assert asked(letters.secretary) == [("agree", "王秀英", "2026-11-23 起草，待支部同意，今天", AHEAD)]
    agree_transfer(transfer=made, on=TODAY, by=None, today=TODAY)
    assert asked(letters.secretary) == []


def test_a_letter_that_came_back_or_was_lost_waits_at_the_sender(letters):
    back = transfer(member=letters.wang, to=letters.to, state="issued")
    sent_back = SentBack("not_resident", TODAY, "已迁居")
    return_letter(transfer=back, back=sent_back, by=None, today=TODAY)
    other = factories.member(branch=letters.ours, name="李强", id_number=factories.id_number(8))
    lost = transfer(member=other, to=letters.to, state="issued")
    lose_letter(transfer=lost, on=TODAY, note="途中遗失", by=None, today=TODAY)

    assert asked(letters.clerk, on=after(3)) == [
        ("send", "李强", "介绍信遗失（2026-11-23 起），待转出，已过 3 天", OVER),
        ("send", "王秀英", "已退回（2026-11-23 起），待转出，已过 3 天", OVER),
    ]
    assert asked(letters.receiver, on=after(3)) == []


def test_a_letter_from_outside_that_ran_out_stays_with_the_receiver(letters):
    transfer(to=letters.to)

    assert asked(letters.receiver, on=after(31)) == [
        ("receive", "李玉兰", "介绍信已过期，请退回或请对方另开（有效期至 2026-12-23），已过 1 天", OVER)
    ]
    assert asked(letters.clerk, on=after(31)) == []


def test_a_receipt_is_asked_after_on_its_day(letters):
    transfer(member=letters.wang, to=letters.to, state="accepted", into=letters.theirs)

    assert asked(letters.receiver, on=date(2026, 12, 22)) == []
    assert asked(letters.receiver, on=date(2026, 12, 23)) == [
        ("receipt", "王秀英", "回执应于 2026-12-23 前办结，今天", OVER)
    ]


def test_a_receipt_from_outside_is_asked_after_two_months(letters):
    out = Destination(outside="中共昆明市盘龙区拓东街道工作委员会")
    transfer(member=letters.wang, to=out, state="issued")

    assert [row[0] for row in asked(letters.clerk, on=after(60))] == ["receipt", "stranded"][::-1]


# Enterprises' lists.


def test_a_list_waits_for_an_answer_for_a_month_and_each_is_told_of_her_own_people(town):
    batch = handover(town.community, cells(0), cells(1))

    for account in (town.clerk, town.community_clerk):
        [(kind, about, words, level)] = asked(account, kind="handover")
        assert (kind, about, level) == ("handover", batch.employer.name, AHEAD)
        assert words.startswith("名单还有 2 人待接收，应于 2026-12-23 前答复，还有 30 天")
    assert asked(factories.account(role="street_clerk", unit=town.jianning), kind="handover") == []
    page = url_of(town.community_clerk, "handover")
    assert page == reverse("admin:members_handover_receive", args=[batch.pk])


# Everybody's own.


def test_the_days_ahead_are_thresholds(town):
    factories.term(town.ours, factories.member(branch=town.ours))
    threshold = Threshold.objects.get(code="term.lead")

    set_threshold(threshold=threshold, setting=Setting(365, TODAY, "区委通知"), by=None, today=TODAY)

    assert [row[0] for row in asked(town.clerk, kind="term")] == ["term"]


def test_everybody_is_told_of_her_own_scope_alone(town):
    for branch in (town.ours, town.theirs):
        factories.term(branch, factories.member(branch=branch), on=date(2020, 6, 1))
    nobody = factories.account()

    assert [row[1] for row in asked(town.clerk)] == ["鼓楼支部"]
    assert [row[1] for row in asked(town.secretary)] == ["鼓楼支部"]
    assert asked(nobody) == []
    assert Caller(town.auditor).get("tasks/").status_code == 403
    assert Caller(nobody).get("tasks/counts/").status_code == 403


def test_as_many_questions_are_asked_for_many_tasks_as_for_one(town):
    def ask():
        with CaptureQueriesContext(connection) as caught:
            return len(asked(town.clerk)), len(caught)

    # Her appointments are read once.
    ask()
    factories.term(town.ours, factories.member(branch=town.ours), on=date(2020, 6, 1))
    tasks, few = ask()
    for number in range(3):
        other = factories.branch(unit=town.community, name=f"第{number}支部")
        factories.term(other, factories.member(branch=other), on=date(2020, 6, 1))

    assert (tasks, ask()) == (1, (4, few))
    # The thresholds, and one for each kind.
    assert few <= 1 + len(sources())


def test_the_api_lists_and_counts_what_is_due(town):
    factories.term(town.ours, factories.member(branch=town.ours), on=date(2020, 6, 1))
    clerk = Caller(town.clerk)

    rows = clerk.get("tasks/").json()
    assert rows["count"] == 1
    assert rows["results"][0] == {
        "kind": "term",
        "name": "换届",
        "about": "鼓楼支部",
        "words": "2020年选举的一届 2023-06-01 届满，已过 1271 天",
        "due_on": "2023-06-01",
        "level": "over",
        "place": "鼓楼社区",
        "page": reverse("admin:branches_branch_elect", args=[town.ours.pk]),
    }
    assert clerk.get("tasks/counts/").json() == [{"kind": "term", "name": "换届", "count": 1}]
    assert clerk.get("tasks/", kind="birthday").json()["count"] == 0
    assert refusals(clerk.get("tasks/", kind="x")) == (400, [("invalid", "kind")])
    assert refusals(clerk.get("tasks/counts/", kind="term")) == (400, [("invalid", "kind")])
    assert counted([]) == {}


def test_the_page_and_the_front_page_show_what_is_due_and_lead_there(town, client):
    factories.term(town.ours, factories.member(branch=town.ours), on=date(2020, 6, 1))
    client.force_login(town.clerk, backend="branches.gates.AppointmentBackend")

    page = client.get("/admin/tasks/", {"kind": "term"})
    assert [task.about for task in page.context["page"]] == ["鼓楼支部"]
    assert client.get("/admin/tasks/", {"kind": "x"}).status_code == 400
    desk = client.get("/admin/").context["desk"]
    assert desk["tasks"]["lines"] == [{"name": "换届", "number": 1, "url": "/admin/tasks/?kind=term"}]
    assert {line["name"] for line in desk["findings"]["lines"]} >= {"届满未换届"}
    client.force_login(town.auditor, backend="branches.gates.AppointmentBackend")
    assert client.get("/admin/tasks/").status_code == 403
    assert "tasks" not in client.get("/admin/").context["desk"]


# The numbers of the rules.


def test_a_threshold_changes_from_a_day_on_by_a_source(town, client):
    threshold = Threshold.objects.get(code="branch.most_members")
    officer = factories.account(role="district_officer", unit=town.district)
    client.force_login(officer, backend="branches.gates.AppointmentBackend")
    page = reverse("admin:reports_threshold_set", args=[threshold.pk])
    values = {"version": 1, "value": 60, "since": TODAY, "source": "新的条例"}

    for wrong, field in (
        ({"since": date(2018, 10, 28)}, "since"),
        ({"since": TODAY + timedelta(days=1)}, "since"),
        ({"source": " "}, "source"),
        ({"value": -1}, "value"),
    ):
        answer = client.post(page, {**values, **wrong})
        assert list(answer.context["form"].errors) == [field]
    client.post(page, values)
    rows = Threshold.objects.filter(code="branch.most_members").order_by("since")
    assert [(row.value, row.until) for row in rows] == [(50, TODAY), (60, None)]
    again = client.post(page, {**values, "version": 2})
    said = "“党支部的党员一般不超过：50名”已于 2026-11-23 被替代，请改现行的"
    assert again.context["form"].errors["__all__"] == [said]
    assert str(rows[1]) == "党支部的党员一般不超过：60名"
    client.force_login(town.clerk, backend="branches.gates.AppointmentBackend")
    assert client.get(reverse("admin:reports_threshold_changelist")).status_code == 200
    assert client.post(page, values).status_code == 403
