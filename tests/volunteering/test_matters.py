"""Grid matters: what may be reported, by when it must be settled, how it climbs, what duplicates share."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from branches.operations import close_unit
from branches.scope import scope_of
from core import clock
from core.errors import DomainError, InvalidValue, StaleVersion
from members.obligations import Leaving, Settlement
from members.operations import StandingChange, change_standing, open_obligations
from members.operations.obligations import ObligationsOpen
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused
from tests.volunteering.matters import again, brought, move, tick
from tests.worlds import told_once
from volunteering.models import GridMatter, TimeLimit
from volunteering.operations import (
    NewLimit,
    assign_matter,
    climb,
    link_matter,
    refer_matter,
    reopen_matter,
    report_matter,
    separate_matter,
    set_time_limit,
    settle_matter,
    take_matter,
)
from volunteering.operations.matters import MatterRule
from volunteering.states.matters import MatterMove, MatterStatus

DAY = timedelta(days=1)


@told_once
def matter(grid, branch):
    return factories.grid_matter(unit=grid, branch=branch)


def report(unit, **values):
    values = {"kind": "resident", "subject": "噪音", "unit": unit, **values}
    return report_matter(values=values, by=None, today=TODAY)


# Reporting.


@pytest.mark.parametrize(
    ("kind", "urgency", "days"),
    [
        ("public", "ordinary", 7),
        ("resident", "urgent", 2),
        ("dispute", "ordinary", 15),
        ("dispute", "critical", 2),
    ],
)
def test_the_day_to_settle_comes_from_kind_and_urgency(kind, urgency, days, grid):
    matter = report(grid, kind=kind, urgency=urgency)

    assert (matter.due_on, matter.desk_until) == (TODAY + days * DAY,) * 2
    assert matter.desk.name == ("鼓楼社区" if kind == "dispute" else "第一网格")


def test_the_branch_of_the_place_has_it_unless_another_there_is_named(grid, branch):
    assert report(grid).branch == branch


def test_a_resident_needs_neither_an_account_nor_a_name(grid):
    assert report(grid, reporter="", reporter_phone="").get_sealed("reporter") == ""
    assert (
        report(grid, reporter="赵大娘", reporter_phone="137 0000 1234").get_sealed("reporter_phone")
        == "13700001234"
    )


def closed_grid(grid, wang):
    close_unit(unit=grid, on=TODAY, document="", by=None, today=TODAY)
    return {"unit": grid}


def member_who_left(grid, wang):
    change = StandingChange("decease", TODAY)
    change_standing(member=wang, change=change, by=None, today=TODAY)
    return {"channel": "volunteer", "brought_by": wang}


def elsewhere(grid, wang):
    street = grid.parent.parent.parent
    return {"branch": factories.branch(unit=factories.unit(parent=street), name="文昌支部")}


BAD_REPORTS = [
    (closed_grid, "unit", "“第一网格”已于 2026-11-23 撤销"),
    (lambda grid, wang: {"unit": wang.branch.unit.parent}, "unit",
     "请选择社区、小组或网格，“南宁街道”范围太大"),
    (lambda grid, wang: {"subject": "  "}, "subject", "请用一句话写明事项"),
    (lambda grid, wang: {"reporter_phone": "12"}, "reporter_phone",
     "电话“12”不是11位手机号，也不是“区号-号码”的固定电话（如 0874-3123456）"),
    (lambda grid, wang: {"channel": "volunteer"}, "brought_by", "志愿者反映的，请选择志愿者"),
    (member_who_left, "brought_by", "王秀英 已不在册"),
    (elsewhere, "branch", "“文昌支部”不在“第一网格”"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "field", "words"), BAD_REPORTS)
def test_a_wrong_report_is_refused_in_words(wrong, field, words, grid, wang):
    values = wrong(grid, wang)

    with refused(detail=words, field=field):
        report(**{"unit": grid, **values})


def test_several_faults_are_told_at_once(grid):
    with refused(
        Exception, errors=[("subject", "请用一句话写明事项"), ("brought_by", "志愿者反映的，请选择志愿者")]
    ):
        report(grid, subject="", channel="volunteer")


# Handling.


def test_settling_needs_words_and_other_moves_their_reason(matter, wang):
    working = brought(MatterStatus.WORKING, matter, wang)
    with refused(InvalidValue, "办结须写明办理结果", field="outcome"):
        settle_matter(matter=working, outcome=" ", by=None, today=TODAY)
    with refused(InvalidValue, "上报上级须写明原因", field="reason"):
        refer_matter(matter=working, reason="", by=None, today=TODAY)


def test_nobody_off_the_roster_sees_to_it(matter, wang):
    taken = brought(MatterStatus.TAKEN, matter, wang)
    change_standing(member=wang, change=StandingChange("decease", TODAY), by=None, today=TODAY)
    with refused(MatterRule, "王秀英 已不在册，不能承办", field="handler"):
        assign_matter(matter=taken, handler=wang, by=None, today=TODAY)


def test_another_may_follow_and_a_stale_page_is_refused(matter, wang, branch):
    working = brought(MatterStatus.WORKING, matter, wang)
    li = factories.member(branch=branch, name="李玉兰")
    assert assign_matter(matter=working, handler=li, by=None, today=TODAY).handler == li
    with pytest.raises(StaleVersion):
        settle_matter(matter=working, outcome="好", by=None, today=TODAY, version=working.version)


def test_reopening_is_logged_and_counts_the_days_anew(matter, wang):
    settled = brought(MatterStatus.SETTLED, matter, wang)
    later = TODAY + 15 * DAY
    opened = reopen_matter(matter=settled, reason="又坏了", by=None, today=later)

    assert (opened.reopened, opened.handler, opened.outcome, opened.settled_on) == (1, None, "", None)
    assert opened.due_on == later + 7 * DAY
    steps = [(step.move, step.words) for step in opened.steps.all()]
    assert steps == [("take", ""), ("assign", "王秀英"), ("settle", "灯已换好"), ("reopen", "又坏了")]


def test_after_its_days_it_is_reported_anew(matter, wang):
    settled = brought(MatterStatus.CLOSED, matter, wang)
    with refused(MatterRule, "2026-11-23 办结，2026-12-08 后不能重开，请另行上报"):
        reopen_matter(matter=settled, reason="又坏了", by=None, today=TODAY + 16 * DAY)


# The clock.


def test_what_is_left_too_long_climbs_one_level_a_time_up_to_the_district(matter):
    desks, day = [], TODAY + 7 * DAY
    assert tick(matter, day).desk.name == "第一网格"
    for _ in range(6):
        day += 3 * DAY
        desks.append(tick(matter, day).desk.name)

    assert desks == ["第一小组", "鼓楼社区", "南宁街道", "麒麟区", "麒麟区", "麒麟区"]
    assert again(matter).due_on == TODAY + 7 * DAY
    assert [step.move for step in matter.steps.all()] == ["climb"] * 4
    assert list(GridMatter.objects.left(day + 99 * DAY)) == []


def test_what_begins_anew_on_the_desk_of_the_district_stays_there(matter, wang):
    for _ in range(4):
        move(again(matter), MatterMove.REFER, wang)
    settled = brought(MatterStatus.SETTLED, again(matter), wang)
    opened = reopen_matter(matter=settled, reason="又坏了", by=None, today=TODAY)

    assert (opened.desk.name, opened.desk_until) == ("麒麟区", None)
    assert list(GridMatter.objects.left(TODAY + 99 * DAY)) == []


def test_a_day_without_the_clock_climbs_one_level_only(matter):
    late = TODAY + 30 * DAY

    assert (tick(matter, late).desk.name, tick(matter, late).desk.name) == ("第一小组", "第一小组")


@pytest.mark.parametrize(
    "status", [MatterStatus.SETTLED, MatterStatus.CLOSED, MatterStatus.RETURNED, MatterStatus.LINKED]
)
def test_the_clock_leaves_alone_what_is_done(status, matter, wang):
    before = brought(status, matter, wang)

    assert climb(matter=matter, today=TODAY + 99 * DAY).version == before.version


def test_a_desk_refers_upwards_and_not_beyond_the_district(matter, wang):
    move(matter, MatterMove.REFER, wang)
    assert (again(matter).desk.name, again(matter).desk_until) == ("第一小组", TODAY + 7 * DAY)
    for _ in range(3):
        move(again(matter), MatterMove.REFER, wang)
    with refused(MatterRule, "“麒麟区”已是最高一级，不能再上报"):
        move(again(matter), MatterMove.REFER, wang)


def test_the_command_may_run_as_often_as_it_likes(matter, grid, monkeypatch):
    factories.grid_matter(unit=grid, kind="dispute")
    monkeypatch.setattr(clock, "today", lambda: TODAY + 8 * DAY)
    said = StringIO()
    call_command("move_left_matters", stdout=said)
    call_command("move_left_matters", stdout=said)

    assert said.getvalue() == f"{matter}：现由第一小组办\n共上报 1 件。\n共上报 0 件。\n"


def test_one_that_fails_does_not_stop_the_others(matter, monkeypatch):
    def refuse(**_):
        raise MatterRule("不行")

    monkeypatch.setattr("volunteering.management.commands.move_left_matters.climb", refuse)
    monkeypatch.setattr(clock, "today", lambda: TODAY + 8 * DAY)
    said, wrong = StringIO(), StringIO()
    call_command("move_left_matters", stdout=said, stderr=wrong)

    assert (said.getvalue(), wrong.getvalue()) == ("共上报 0 件。\n", f"{matter}：不行\n")


# Duplicates.


def test_duplicates_share_the_outcome_of_the_one_they_are_linked_to(matter, grid, wang):
    first, second, third = (factories.grid_matter(unit=grid) for _ in "123")
    link_matter(matter=third, original=second, by=None, today=TODAY)
    link_matter(matter=second, original=first, by=None, today=TODAY)
    brought(MatterStatus.SETTLED, first, wang)

    assert {again(each).leading.outcome for each in (first, second, third)} == {"灯已换好"}
    separate_matter(matter=again(second), by=None, today=TODAY)
    assert (again(second).status, again(second).outcome) == ("reported", "")


def test_only_the_same_thing_at_the_same_place_is_a_duplicate(matter, grid, community):
    told = {"matter": matter, "by": None, "today": TODAY}
    with refused(InvalidValue, "不能并入自己", field="original"):
        link_matter(original=matter, **told)
    elsewhere = factories.unit(parent=community.parent)
    other = factories.grid_matter(unit=elsewhere, kind="dispute")
    with refused(
        errors=[
            ("original", "类别不同，公共事务不能并入矛盾纠纷"),
            ("original", f"网格事项第{other.pk}件不在同一社区，不能并入"),
        ],
    ):
        link_matter(original=other, **told)
    returned = brought(MatterStatus.RETURNED, factories.grid_matter(unit=grid), None)
    with refused(MatterRule, f"{returned}已退回，不能并入", field="original"):
        link_matter(original=returned, **told)


# Who sees it.


@pytest.mark.parametrize("kind", ["public", "dispute"])
def test_a_dispute_is_seen_by_its_community_the_mediators_branch_and_the_desk_only(
    kind, grid, branch, community
):
    other = factories.branch(unit=community, name="鼓楼第二支部")
    mediator = factories.member(branch=other, name="李玉兰")
    matter = factories.grid_matter(unit=grid, kind=kind)
    take_matter(matter=matter, by=None, today=TODAY)
    assign_matter(matter=matter, handler=mediator, by=None, today=TODAY)
    street = community.parent
    people = {
        "district": factories.account(role="district_officer", unit=street.parent),
        "street": factories.account(role="street_clerk", unit=street),
        "auditor": factories.account(role="auditor", unit=street.parent),
        "community": factories.account(role="community_clerk", unit=community),
        "grid": factories.account(role="community_clerk", unit=grid),
        "elsewhere": factories.account(role="community_clerk", unit=factories.unit(parent=street)),
        "branch of the place": factories.account(role="branch_secretary", branch=branch),
        "branch of the mediator": factories.account(role="branch_secretary", branch=other),
    }

    def who_sees():
        scopes = {
            who: scope_of(each, to="volunteering.view_gridmatter", on=TODAY) for who, each in people.items()
        }
        return {who for who, scope in scopes.items() if GridMatter.objects.visible_in(scope).exists()}

    few = {"community", "branch of the mediator"}
    assert who_sees() == (few if kind == "dispute" else set(people) - {"elsewhere"})
    refer_matter(matter=matter, reason="需要协调", by=None, today=TODAY)
    if kind == "dispute":
        assert who_sees() == few | {"street"}


# Who is gone.


@pytest.mark.parametrize("successor", [True, False])
def test_what_the_dead_saw_to_is_given_to_another_or_back_to_the_desk(successor, matter, wang, branch):
    brought(MatterStatus.WORKING, matter, wang)
    li = factories.member(branch=branch, name="李玉兰")
    with pytest.raises(ObligationsOpen):
        change_standing(member=wang, change=StandingChange("decease", TODAY), by=None, today=TODAY)
    settle = (Settlement(f"matter-{matter.pk}", "去世", successor=li if successor else None),)
    change_standing(member=wang, change=StandingChange("decease", TODAY, settle=settle), by=None, today=TODAY)

    found = again(matter)
    assert (found.status, found.handler) == (("working", li) if successor else ("taken", None))
    assert open_obligations(wang, on=TODAY, leaving=Leaving.DEATH) == []


# The days there are.


def test_other_days_hold_from_a_day_on_and_promises_stay(matter, grid):
    limit = TimeLimit.objects.get(code="matter.public.ordinary")
    changed = set_time_limit(limit=limit, new=NewLimit(5, TODAY, "街道通知"), by=None, today=TODAY)

    assert (again(matter).due_on, factories.grid_matter(unit=grid).due_on) == (
        TODAY + 7 * DAY,
        TODAY + 5 * DAY,
    )
    assert TimeLimit.objects.by_code(TODAY - DAY)["matter.public.ordinary"].days == 7
    assert TimeLimit.objects.by_code(date(1900, 1, 1))["matter.public.ordinary"].days == 7
    assert str(changed) == "公共事务（一般）办结：5天"
    told = {"by": None, "today": TODAY}
    with refused(DomainError, f"“公共事务（一般）办结：7天”已于 {TODAY} 被替代，请改现行的"):
        set_time_limit(limit=limit, new=NewLimit(4, TODAY, "通知"), **told)
    with refused(InvalidValue, f"起始日期 {TODAY} 必须晚于现行规定的起始日期 {TODAY}", field="since"):
        set_time_limit(limit=changed, new=NewLimit(4, TODAY, "通知"), **told)
    with refused(InvalidValue, "须写明依据", field="source"):
        set_time_limit(limit=changed, new=NewLimit(4, TODAY + DAY, " "), by=None, today=TODAY + DAY)
