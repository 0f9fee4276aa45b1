"""A large roster is written in the background: followed, stopped, fetched by who asked, soon gone."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from branches.models import Role
from branches.operations import relieve
from core import clock
from core.errors import InvalidValue
from core.models import AuditEntry
from core.reading import read_table
from members import tasks
from members.gates import masked_for
from members.models import ExportFile, Member
from members.operations import Wanted, ask_export, cancel_export, expire_exports
from members.operations.imports import ImportRule
from members.sheets import outgoing
from members.sheets.progress import BeingDone, Cancelled, another_connection
from members.states import ExportState
from tests import factories
from tests.callers import Caller
from tests.factories import TODAY
from tests.members.sheets import rosters

ROSTER = reverse("admin:members_member_export")


class Steps:
    """Progress that is looked at, and that somebody may stop."""

    def __init__(self, stop=False):
        self.told, self.stop = [], stop

    def report(self, file, done, total):
        self.told.append((done, total))
        if self.stop:
            raise Cancelled


@pytest.fixture
def people(desk, monkeypatch):
    """Six people of a street, of whom two are many; and one elsewhere."""
    monkeypatch.setattr("members.operations.exports.AT_ONCE_PEOPLE", 2)
    monkeypatch.setattr("members.admin.exports.AT_ONCE_PEOPLE", 2)
    monkeypatch.setattr(outgoing, "AT_ONCE", 2)
    desk.apply(desk.send_rows(*rosters.people(6, desk.branch)))
    factories.member(branch=desk.foreign, name="李国强")
    return Member.objects.filter(branch=desk.branch).order_by("sort_key", "pk")


def scope_of(desk):
    return outgoing.scope_of(desk.clerk, to=outgoing.VIEW, on=TODAY)


def ask(desk, people, **wanted):
    numbers = people.values_list("pk", flat=True)
    return ask_export(wanted=Wanted(**wanted), people=numbers, scope=scope_of(desk), by=desk.clerk)


def write(file, progress=None):
    outgoing.write(file.pk, today=TODAY, masked=masked_for, progress=progress)
    return ExportFile.objects.get(pk=file.pk)


def names(file):
    (sheet,) = read_table(file.open_content(), f"x.{file.kind}")
    first = 4 if file.layout == "rollup" else 1
    rows = [line.cells for line in sheet if line.number > first]
    return [cells[1 if file.layout == "rollup" else 0] for cells in rows if len(cells) > 1 and cells[1]]


@pytest.mark.parametrize(("layout", "kind"), [("roster", "xlsx"), ("roster", "csv"), ("rollup", "xlsx")])
def test_the_people_are_written_in_their_order_and_how_far_it_is_is_told(desk, people, layout, kind):
    steps = Steps()

    file = write(ask(desk, people, layout=layout, kind=kind), steps)

    assert (file.state, file.left_out, file.people) == (ExportState.READY, 0, [])
    assert steps.told == [(2, 6), (4, 6), (6, 6)]
    assert names(file) == list(people.values_list("name", flat=True))


def test_the_file_is_sealed_and_what_was_taken_out_is_on_record(desk, people):
    file = write(ask(desk, people, kind="csv", whole=True, reason="核对名册"))

    assert people[0].get_sealed("id_number").encode() in file.open_content()
    assert people[0].get_sealed("id_number").encode() not in bytes(file.content)
    entry = AuditEntry.objects.get(verb="member.exported")
    assert (entry.subject_text, "核对" in entry.reason, "完整号码" in entry.reason) == (
        "南宁街道",
        True,
        True,
    )


def test_who_has_left_the_scope_meanwhile_is_left_out(desk, people):
    asked = ask(desk, people, kind="csv")
    gone = people.first()
    gone.memberships.update(branch=desk.foreign)

    file = write(asked)

    assert (file.state, file.left_out) == (ExportState.READY, 1)
    assert gone.pk not in people.values_list("pk", flat=True)
    assert names(file) == list(people.values_list("name", flat=True))


def test_whose_right_has_ended_meanwhile_gets_no_file(desk, people):
    asked = ask(desk, people)
    relieve(appointment=desk.clerk.appointments.get(), on=TODAY, by=None)

    assert (write(asked).state, write(asked).content) == (ExportState.CANCELLED, None)


def test_whole_numbers_need_a_reason_and_nobody_is_nothing_to_write(desk, people):
    with pytest.raises(InvalidValue) as refusal:
        ask(desk, people, whole=True)
    assert refusal.value.field == "reason"
    with pytest.raises(InvalidValue):
        ask(desk, people.none())
    assert not ExportFile.objects.exists()


def test_writing_is_stopped_at_the_next_step_and_leaves_no_file(desk, people):
    asked = ask(desk, people)
    cancel_export(file=asked, by=desk.clerk)

    file = write(asked, Steps(stop=True))

    assert (file.state, file.content) == (ExportState.CANCELLED, None)
    with pytest.raises(ImportRule):
        cancel_export(file=file, by=desk.clerk)
    assert outgoing.write(file.pk, today=TODAY, masked=masked_for) is False


def test_the_worker_writes_it_and_gives_up_what_it_cannot(desk, people, monkeypatch):
    monkeypatch.setattr(tasks, "told", lambda: nullcontext(Steps()))
    first, second = ask(desk, people), ask(desk, people)
    tasks.write_export(first.pk)

    monkeypatch.setattr(outgoing, "telling", _broken)
    with pytest.raises(RuntimeError):
        tasks.write_export(second.pk)

    states = [ExportFile.objects.get(pk=file.pk).state for file in (first, second)]
    assert states == [ExportState.READY, ExportState.CANCELLED]


def test_a_file_is_kept_for_a_week(desk, people):
    file, young = write(ask(desk, people)), write(ask(desk, people))
    ExportFile.objects.filter(pk=file.pk).update(asked_at=clock.now() - timedelta(days=7))
    ExportFile.objects.filter(pk=young.pk).update(asked_at=clock.now() - timedelta(days=6))

    assert expire_exports(today=timezone.localtime(clock.now()).date()) == 1

    file.refresh_from_db()
    assert (file.state, file.content) == (ExportState.EXPIRED, None)


# Pages.


@pytest.fixture
def clerk(desk, client):
    client.force_login(desk.clerk, backend="branches.gates.AppointmentBackend")
    return client


def test_many_are_written_behind_a_page_that_tells_how_far_it_is(desk, people, clerk):
    response = clerk.post(ROSTER, {"layout": "roster", "kind": "xlsx"})

    file = ExportFile.objects.get()
    page = reverse("admin:members_exportfile_change", args=[file.pk])
    assert response.url == page
    assert "正在排队，共 6 人" in clerk.get(page).content.decode()
    progress = reverse("admin:members_exportfile_progress", args=[file.pk])
    assert "HX-Refresh" not in clerk.get(progress)
    assert clerk.get(reverse("admin:members_exportfile_file", args=[file.pk])).url == page
    write(file)
    assert clerk.get(progress)["HX-Refresh"] == "true"
    assert "下载文件" in clerk.get(page).content.decode()
    sent = clerk.get(reverse("admin:members_exportfile_file", args=[file.pk]))
    assert sent.content == ExportFile.objects.get().open_content()
    assert AuditEntry.objects.filter(verb="exportfile.downloaded").count() == 1


def test_the_writing_is_stopped_from_the_page(desk, people, clerk):
    file = ask(desk, people)
    address = reverse("admin:members_exportfile_cancel", args=[file.pk])
    assert "停止导出" in clerk.get(address).content.decode()

    clerk.post(address, {"version": file.version})

    file.refresh_from_db()
    assert file.cancel_asked


def test_an_export_is_seen_by_nobody_but_who_asked(desk, people, client):
    file = write(ask(desk, people))
    other = factories.account(role=Role.STREET_CLERK, unit=desk.street)
    client.force_login(other, backend="branches.gates.AppointmentBackend")

    assert str(file) not in client.get(reverse("admin:members_exportfile_changelist")).content.decode()
    assert client.get(reverse("admin:members_exportfile_file", args=[file.pk])).status_code == 302
    assert Caller(other).get(f"exports/{file.pk}/file/").status_code == 404
    assert Caller(desk.clerk).get(f"exports/{file.pk}/").json()["state"] == "ready"


# The API.


def test_a_program_asks_waits_and_fetches(desk, people):
    api = Caller(desk.clerk)
    asked = {"kind": "csv", "filters": {"unit": desk.street.code, "ordering": "name"}}
    sent = api.post("exports/", asked)
    assert (sent.status_code, sent.json()["state"], sent.json()["total"]) == (201, "writing", 6)
    address = f"exports/{sent.json()['id']}/"
    assert api.get(f"{address}file/").status_code == 400

    write(ExportFile.objects.get())

    assert api.get(address).json()["state"] == "ready"
    content = api.get(f"{address}file/").content.decode("utf-8-sig")
    assert people[0].name in content
    assert people[0].get_sealed("id_number") not in content
    assert api.get("exports/?state=ready").json()["count"] == 1


def test_few_are_written_at_once(desk, people):
    asked = {"filters": {"search": people[0].name}}

    assert Caller(desk.clerk).post("exports/", asked).json()["state"] == "ready"


def test_a_program_stops_what_it_asked_for(desk, people):
    file = ask(desk, people)
    stopped = Caller(desk.clerk).post(f"exports/{file.pk}/cancel/", {}, If_Match='"1"')

    file.refresh_from_db()
    assert (stopped.status_code, file.cancel_asked) == (200, True)


@pytest.mark.parametrize(
    ("body", "status", "attr"),
    [
        ({"filters": {"colour": "red"}}, 400, "filters.colour"),
        ({"filters": {"sex": "Q"}}, 400, "filters.sex"),
        ({"whole": True}, 400, "reason"),
        ({"layout": "rollup", "kind": "csv"}, 400, "kind"),
    ],
)
def test_what_cannot_be_given_is_refused_by_its_name(desk, people, body, status, attr):
    answer = Caller(desk.clerk).post("exports/", body)

    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (status, attr)
    assert not ExportFile.objects.exists()


def test_whole_numbers_are_for_who_may_see_whole_rosters(desk, people):
    community = factories.account(role=Role.COMMUNITY_CLERK, unit=desk.community)
    body = {"whole": True, "reason": "核对名册"}

    assert Caller(community).post("exports/", body).status_code == 403
    assert Caller(desk.clerk).post("exports/", body).status_code == 201


def test_two_hands_do_not_write_one_file(desk, people):
    file, other = ask(desk, people), another_connection()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [outgoing.LOCK, file.pk])

    with pytest.raises(BeingDone):
        outgoing.write(file.pk, today=TODAY, masked=masked_for)

    other.close()


def _broken(**_):
    raise RuntimeError
