"""The desk of matters, the report, each move as a page, and what is hidden from whom."""

from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.models import AuditEntry
from tests import factories
from tests.factories import TODAY
from tests.ledger import fingerprint
from tests.office import errors_of, rows_of, told
from tests.volunteering.matters import again, brought, photo
from tests.worlds import told_once
from volunteering.models import GridMatter, TimeLimit
from volunteering.operations import add_photo
from volunteering.states.matters import MatterStatus

DESK, MATTERS = "admin:volunteering_gridmatter_desk", "admin:volunteering_gridmatter_changelist"


def page(row, name="change"):
    return reverse(f"admin:volunteering_{row._meta.model_name}_{name}", args=[row.pk])


@told_once
def wang(town):
    return factories.member(branch=town.our_branch, residence=town.our_community)


@told_once
def ours(town, wang):
    return factories.grid_matter(
        unit=town.our_community,
        channel="volunteer",
        brought_by=wang,
        reporter="赵大娘",
        reporter_phone="13700001234",
    )


@told_once
def theirs(town):
    return factories.grid_matter(unit=town.their_community, subject="路面塌陷")


def parts(response):
    found = {
        each["title"]: [matter.pk for matter in each["matters"]] for each in response.context["sections"]
    }
    return {title: rows for title, rows in found.items() if rows}


def test_a_matter_is_found_by_its_number_in_reach_only(clerk, ours, theirs):
    second = factories.grid_matter(unit=ours.unit, subject="井盖破损")

    def found(text):
        return rows_of(clerk.get(reverse(MATTERS), {"q": text}))

    assert found(str(second.pk)) == [second]
    assert found(str(theirs.pk)) == []
    assert found("井盖") == [second]


def test_the_desk_shows_what_waits_and_what_is_late(clerk, ours, theirs, wang, monkeypatch):
    for status, part in [(MatterStatus.REPORTED, "待受理"), (MatterStatus.TAKEN, "待分派"),
                         (MatterStatus.WORKING, "处置中"), (MatterStatus.SETTLED, "待回访")]:  # fmt: skip
        matter = brought(status, factories.grid_matter(unit=ours.unit), wang)
        assert matter.pk in parts(clerk.get(reverse(DESK)))[part]
    monkeypatch.setattr(clock, "today", lambda: TODAY + timedelta(days=8))
    answer = clerk.get(reverse(DESK))
    assert ours.pk in parts(answer)["逾期"]
    assert "路面塌陷" not in answer.content.decode()


def test_a_report_says_what_is_wrong_in_its_field(clerk, town):
    add = reverse("admin:volunteering_gridmatter_add")
    form = {
        "kind": "resident", "urgency": "urgent", "subject": "噪音", "unit": town.our_community.pk, "spot": "",
        "detail": "", "channel": "volunteer", "reporter": "", "reporter_phone": "12", "brought_by": "",
        "branch": "",
    }  # fmt: skip
    before = fingerprint()
    assert set(errors_of(clerk.post(add, form))) == {"reporter_phone", "brought_by"}
    assert fingerprint() == before
    assert errors_of(clerk.post(add, {**form, "unit": town.their_community.pk}))["unit"] == [
        "没有这一项，或不在您的管辖范围内"
    ]
    right = {
        **form,
        "channel": "resident",
        "reporter_phone": "",
        "uid": "6f1c0f2e-6a53-4a57-9b1e-3f1f6a0e7c11",
    }
    for _ in range(2):
        clerk.post(add, right)
    assert GridMatter.objects.get().due_on == TODAY + timedelta(days=2)


def test_who_reports_twice_what_she_may_not_see_is_told_that_it_is_there(town, enter):
    street = enter(factories.account(role="street_clerk", unit=town.ours))
    add = reverse("admin:volunteering_gridmatter_add")
    form = {
        "kind": "dispute", "urgency": "ordinary", "subject": "争吵", "unit": town.our_community.pk,
        "spot": "", "detail": "", "channel": "resident", "reporter": "", "reporter_phone": "",
        "brought_by": "",
        "branch": "", "uid": str(UUID(int=1)),
    }  # fmt: skip
    street.post(add, form)

    again = street.post(add, form, follow=True)

    assert told(again)[-1].startswith("刚才的内容已登记，没有重复登记。按规定您以后看不到它")
    assert GridMatter.objects.count() == 1


def test_a_number_sent_with_a_form_that_has_none_is_nothing(town, enter):
    district = enter(factories.account(role="district_officer", unit=town.district))
    answer = district.post(reverse("admin:branches_unit_add"), {"uid": str(UUID(int=1))})
    assert "name" in errors_of(answer)


def test_a_matter_is_brought_to_its_end_page_by_page(clerk, ours, wang):
    steps = [
        ("take", {}, "已受理，请分派承办人"),
        ("assign", {"handler": wang.pk}, "已分派给“王秀英”，请在 2026-11-30 前办结"),
        ("settle", {"outcome": "灯已换好"}, "已办结，请回访反映人"),
        ("follow-up", {"satisfied": "no", "words": "又灭了"}, "已回访"),
        ("reopen", {"reason": "又灭了"}, "已重开，重新计算办结期限"),
        ("refer", {"reason": "要换线路"}, "已上报，现由“南宁街道”办"),
        ("take", {}, "已受理，请分派承办人"),
        ("assign", {"handler": wang.pk}, "已分派给“王秀英”，请在 2026-11-30 前办结"),
        ("release", {}, "已收回，请另行分派"),
        ("return", {"reason": "物业已修"}, "已退回"),
    ]
    for version, (name, values, said) in enumerate(steps, start=1):
        answer = clerk.post(page(ours, name), {**values, "version": version}, follow=True)
        assert told(answer) == [said]
    shown = answer.content.decode()
    assert "回访：不满意：又灭了" in shown
    assert "重开：又灭了" in shown
    history = clerk.get(page(ours, "history")).content.decode()
    assert "网格事项：重开" in history
    assert "网格事项：收回分派" in history
    assert "赵大娘" not in history


def test_a_duplicate_is_linked_and_separated_on_its_page(clerk, ours, wang):
    second = factories.grid_matter(unit=ours.unit, subject="楼道没灯")
    answer = clerk.post(page(second, "link"), {"original": ours.pk, "version": 1}, follow=True)
    assert told(answer) == [f"已并入第{ours.pk}件，办理结果一并告知"]
    brought(MatterStatus.SETTLED, ours, wang)
    assert "灯已换好" in clerk.get(page(second)).content.decode()
    assert "楼道没灯" in clerk.get(page(ours)).content.decode()
    clerk.post(page(second, "separate"), {"version": 2})
    assert again(second).status == "reported"


def test_choices_are_those_in_reach(clerk, ours, theirs, town):
    li = factories.member(branch=town.their_branch, name="李国强")
    taken = brought(MatterStatus.TAKEN, ours, None)
    said = {"handler": ["没有这一项，或不在您的管辖范围内"]}
    assert errors_of(clerk.post(page(taken, "assign"), {"handler": li.pk, "version": 2})) == said
    wrong = clerk.post(page(taken, "link"), {"original": theirs.pk, "version": 2})
    assert errors_of(wrong) == {"original": ["没有这一项，或不在您的管辖范围内"]}
    asked = {"app_label": "volunteering", "model_name": "gridmatter", "field_name": "duplicate_of"}
    found = clerk.get("/admin/autocomplete/", asked).json()["results"]
    assert [each["text"] for each in found] == [f"第{ours.pk}件 楼道灯不亮"]


def test_an_auditor_sees_the_matter_but_not_who_reported_it(enter, ours, town):
    auditor = enter(factories.account(role="auditor", unit=town.district))
    answer = auditor.get(page(ours))
    assert "赵**" in answer.content.decode()
    assert "赵大娘" not in answer.content.decode()
    assert "13700001234" not in answer.content.decode()
    assert answer.context["acts"] == []
    assert "上报事项" not in auditor.get(reverse(DESK)).content.decode()


def test_a_secretary_reports_and_settles_but_runs_no_desk(enter, ours, town, wang):
    working = brought(MatterStatus.WORKING, ours, wang)
    secretary = enter(factories.account(role="branch_secretary", branch=town.our_branch))
    acts = [act["title"] for act in secretary.get(page(working)).context["acts"]]
    assert acts == ["办结", "添加照片"]
    assert secretary.post(page(working, "refer"), {"reason": "x", "version": 3}).status_code == 403
    statistics = enter(factories.account(role="statistics_consumer", unit=town.district))
    assert statistics.get(reverse(DESK)).status_code == 403


def test_a_branch_that_only_brought_a_matter_sees_it_and_settles_nothing(enter, town, wang, ours):
    li = factories.member(branch=town.their_branch, name="李国强")
    elsewhere = factories.grid_matter(
        unit=town.their_community, channel="volunteer", brought_by=wang, reporter_phone="13900004321"
    )
    working = brought(MatterStatus.WORKING, elsewhere, li)
    hers = enter(factories.account(role="branch_secretary", branch=town.our_branch))
    answer = hers.get(page(working))
    assert [act["title"] for act in answer.context["acts"]] == ["添加照片"]
    assert "13900004321" not in answer.content.decode()
    before = fingerprint()
    settling = {"outcome": "灯已换好", "version": working.version}
    assert hers.post(page(working, "settle"), settling).status_code == 403
    assert fingerprint() == before

    given = enter(factories.account(role="branch_secretary", branch=town.their_branch))
    assert given.post(page(working, "settle"), settling).status_code == 302
    assert again(working).status == MatterStatus.SETTLED


def test_who_reported_is_revealed_with_a_reason_that_is_written_down(clerk, enter, town, ours):
    shown = clerk.get(page(ours)).content.decode()
    assert "赵**" in shown
    assert "13700001234" not in shown
    reveal = page(ours, "reporter")
    assert reveal in shown
    assert "联系反映人核实情况" in clerk.get(reveal).content.decode()
    assert "请写明查看事由（至少4个字）" in clerk.post(reveal, {"reason": "看"}).content.decode()
    assert AuditEntry.objects.filter(verb="matter.revealed").count() == 0
    answer = clerk.post(reveal, {"reason": "核实情况"})
    assert "13700001234" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert AuditEntry.objects.get(verb="matter.revealed").reason == "核实情况"
    auditor = enter(factories.account(role="auditor", unit=town.district))
    assert reveal not in auditor.get(page(ours)).content.decode()
    assert auditor.post(reveal, {"reason": "核实情况"}).status_code == 403


def test_without_a_name_and_a_phone_there_is_nothing_to_reveal(clerk, theirs, town):
    unnamed = factories.grid_matter(unit=town.our_community, reporter="", reporter_phone="")
    shown = clerk.get(page(unnamed)).content.decode()
    assert "没有留名" in shown
    assert page(unnamed, "reporter") not in shown
    assert "一句话，如" not in shown


def test_no_picture_is_read_where_none_is_shown(clerk, ours):
    kept = add_photo(matter=ours, content=photo(), by=None, today=TODAY)
    for address in (page(ours), page(kept), reverse("admin:volunteering_matterphoto_changelist")):
        with CaptureQueriesContext(connection) as caught:
            assert clerk.get(address).status_code == 200
        assert [query for query in caught if '"volunteering_matterphoto"."content"' in query["sql"]] == []


def test_lists_are_filtered_by_state(clerk, ours, wang, monkeypatch):
    address = reverse(MATTERS)
    brought(MatterStatus.REOPENED, ours, wang)
    for state, found in [("", [ours]), ("reopened", [ours]), ("all", [ours]), ("closed", []), ("late", [])]:
        assert rows_of(clerk.get(address, {"state": state})) == found
    assert rows_of(clerk.get(address, {"q": "楼道"})) == [ours]


def test_the_days_are_changed_by_the_district_from_a_day_on(officer, town):
    limit = TimeLimit.objects.get(code="matter.reopen")
    form = {"days": 20, "since": TODAY.isoformat(), "source": "区委通知", "version": 1}
    answer = officer.post(page(limit, "set"), form, follow=True)
    assert told(answer) == [f"自 {TODAY} 起：办结后可以重开：20天"]
    assert rows_of(officer.get(reverse("admin:volunteering_timelimit_changelist"), {"q": "重开"}))


def test_who_reports_a_dispute_is_told_that_it_is_there_though_she_does_not_see_it(clerk, town):
    form = {
        "kind": "dispute", "urgency": "ordinary", "subject": "楼道堆物", "unit": town.our_community.pk,
        "spot": "", "detail": "", "channel": "resident", "reporter": "", "reporter_phone": "",
        "brought_by": "", "branch": "",
    }  # fmt: skip

    answer = clerk.post(reverse("admin:volunteering_gridmatter_add"), form, follow=True)

    matter = GridMatter.objects.get()
    assert told(answer) == [f"已登记“{matter}”。按规定您以后看不到它，办理由有权的人接手，不必重复登记。"]
    assert answer.redirect_chain[-1][0] == reverse(MATTERS)
