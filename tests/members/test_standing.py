"""The moves of a member's standing: every one is legal or refused, and the roster follows."""

from datetime import date, timedelta

import pytest

from branches.models import Kind
from core.errors import InvalidValue, StaleVersion
from core.models import AuditEntry
from members.models import ExitType, Member, StandingEvent, SuspendReason
from members.operations import Entry, StandingChange, change_standing, enrol, undo_registration, undo_standing
from members.operations.rules import RosterRule
from members.states import MOVE_NAMES, MOVES, STANDING_NAMES, Standing, StandingMove, after
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused

DAY = date(2025, 6, 1)
# What brings a full member (or, for the first, nobody yet) to each standing.
WAY = {
    Standing.PROBATIONARY: [],
    Standing.FULL: [],
    Standing.SUSPENDED: [StandingMove.SUSPEND],
    Standing.EXITED: [StandingMove.EXIT],
    Standing.DECEASED: [StandingMove.DECEASE],
    Standing.VOID: [],
}
REASON = {StandingMove.SUSPEND: SuspendReason.LOST_CONTACT, StandingMove.EXIT: ExitType.EXPELLED}
CANCELLED = ExitType.PROBATION_CANCELLED


def change(member, move, on=DAY, **asked):
    asked = {"reason": REASON.get(move, ""), **asked}
    return change_standing(member=member, change=StandingChange(move, on, **asked), by=None, today=TODAY)


def member_in(standing, branch):
    joined = date(2023, 1, 1) if standing == Standing.PROBATIONARY else date(1970, 5, 1)
    start = Standing.PROBATIONARY if standing == Standing.PROBATIONARY else Standing.FULL
    member = factories.member(branch=branch, standing=start, joined_on=joined)
    for move in WAY[standing]:
        change(member, move, on=date(2024, 1, 1))
    if standing == Standing.VOID:
        undo_registration(member=member, reason="重复登记", by=None)
    return Member.objects.get(pk=member.pk)


@pytest.mark.parametrize("move", StandingMove)
@pytest.mark.parametrize("standing", Standing)
def test_every_move_from_every_standing_is_done_or_refused_as_the_table_says(branch, standing, move):
    member = member_in(standing, branch)
    to = MOVES.get((standing, move))
    assert after(standing, move) == to

    if to is None:
        with refused(RosterRule, f"王秀英 现为“{STANDING_NAMES[standing]}”，不能办理“{MOVE_NAMES[move]}”"):
            change(member, move, branch=branch)
        return
    reason = {"reason": CANCELLED} if (standing, move) == (Standing.PROBATIONARY, StandingMove.EXIT) else {}
    event = change(member, move, branch=branch, **reason)

    fresh = Member.objects.get(pk=member.pk)
    assert fresh.standing == to
    assert (event.before, event.after, event.on, event.move) == (standing, to, DAY, move)
    assert fresh.version == member.version + 1
    assert fresh.on_roster is (to in (Standing.PROBATIONARY, Standing.FULL))


def test_the_table_names_every_standing_and_every_move():
    assert {standing for standing, _ in MOVES} == set(Standing) - {Standing.DECEASED, Standing.VOID}
    assert {move for _, move in MOVES} == set(StandingMove)
    assert set(STANDING_NAMES) == set(Standing)
    assert set(MOVE_NAMES) == set(StandingMove)


def test_a_change_is_written_down_with_who_why_and_by_which_document(branch, wang):
    clerk = factories.account()
    asked = StandingChange("suspend", DAY, "lost_contact", "组〔2025〕1号", "多次寻找未果", version=1)
    event = change_standing(member=wang, change=asked, by=clerk, today=TODAY)

    assert (event.by, event.reason, event.document, event.note) == (
        clerk, "lost_contact", "组〔2025〕1号", "多次寻找未果",
    )  # fmt: skip
    assert str(event) == "王秀英 停止党籍 2025-06-01"
    entry = AuditEntry.objects.about(wang).get(verb="standing.suspend")
    assert (entry.by, entry.fields, entry.reason) == (clerk, ["standing"], "组〔2025〕1号")


# 转正.


def test_who_is_confirmed_is_full_from_that_day(branch):
    new = member_in(Standing.PROBATIONARY, branch)

    change(new, StandingMove.CONFIRM)

    fresh = Member.objects.get(pk=new.pk)
    assert (fresh.full_on, fresh.full_precision, fresh.party_age_since) == (DAY, "D", DAY)


@pytest.mark.parametrize(
    ("joined", "earliest"),
    [(date(2024, 3, 1), date(2025, 3, 1)), (date(2024, 2, 29), date(2025, 3, 1))],
)
def test_a_probation_lasts_a_year_at_least(branch, joined, earliest):
    new = factories.member(branch=branch, standing="probationary", joined_on=joined)

    with refused(InvalidValue, f"预备期为一年，{earliest} 起才能转正", field="on"):
        change(new, StandingMove.CONFIRM, on=date(2025, 2, 28))
    assert change(new, StandingMove.CONFIRM, on=earliest).after == Standing.FULL


@pytest.mark.parametrize(
    ("joined", "extended", "earliest"),
    [
        # From the end of the year, or from the day on which it was extended later.
        (date(2024, 3, 1), date(2025, 2, 1), date(2025, 9, 1)),
        (date(2024, 3, 1), date(2025, 3, 10), date(2025, 9, 10)),
        (date(2024, 8, 31), date(2025, 8, 31), date(2026, 3, 1)),
        (None, date(2025, 3, 10), date(2025, 9, 10)),
    ],
)
def test_an_extension_lasts_six_months_at_least(branch, joined, extended, earliest):
    new = member_in(Standing.PROBATIONARY, branch)
    Member.objects.filter(pk=new.pk).update(joined_on=joined)
    change(new, StandingMove.EXTEND, on=extended)

    said = f"预备期已于 {extended} 延长，延长期至少 6 个月，{earliest} 起才能转正"
    with refused(InvalidValue, said, field="on"):
        change(new, StandingMove.CONFIRM, on=earliest - timedelta(days=1))
    assert change(new, StandingMove.CONFIRM, on=earliest).after == Standing.FULL


def test_who_joined_on_an_unknown_day_is_confirmed_on_any(branch):
    new = member_in(Standing.PROBATIONARY, branch)
    Member.objects.filter(pk=new.pk).update(joined_on=None)

    assert change(new, StandingMove.CONFIRM).after == Standing.FULL


# Leaving the roster and coming back.


def test_a_probation_is_extended_once_and_again_only_when_that_was_taken_back(branch):
    new = factories.member(branch=branch, standing="probationary", joined_on=date(2024, 3, 1))
    extended = change(new, StandingMove.EXTEND, on=date(2025, 2, 1))

    with refused(RosterRule, f"{new} 已于 2025-02-01 延长过预备期，只能延长一次", field="on"):
        change(new, StandingMove.EXTEND)
    assert new.standing_events.count() == 1
    undo_standing(event=extended, reason="办错了", by=None)
    assert change(new, StandingMove.EXTEND).after == Standing.PROBATIONARY


@pytest.mark.parametrize(
    ("move", "ended_by"),
    [
        (StandingMove.SUSPEND, "suspend"),
        (StandingMove.EXIT, "exit"),
        (StandingMove.DECEASE, "death"),
    ],
)
def test_the_relation_ends_on_the_day_of_leaving(wang, move, ended_by):
    change(wang, move, document="组〔2025〕1号")

    held = wang.memberships.get()
    assert (held.until, held.ended_by, held.ended_document, held.version) == (
        DAY, ended_by, "组〔2025〕1号", 2,
    )  # fmt: skip
    assert not Member.objects.get(pk=wang.pk).on_roster


def test_the_copy_of_the_branch_stays_with_who_has_left(wang, branch):
    change(wang, StandingMove.DECEASE)

    fresh = Member.objects.get(pk=wang.pk)
    assert (fresh.branch, fresh.path, fresh.died_on) == (branch, branch.path, DAY)


def test_who_is_restored_begins_anew_in_the_branch_named(wang, branch, community):
    other = factories.branch(unit=community)
    change(wang, StandingMove.SUSPEND)

    change(wang, StandingMove.RESTORE, on=TODAY, branch=other, document="组〔2026〕1号")

    again = wang.memberships.get(until=None)
    assert (again.branch, again.since, again.began_by) == (other, TODAY, "restored")
    assert again.began_document == "组〔2026〕1号"
    fresh = Member.objects.get(pk=wang.pk)
    assert (fresh.branch, fresh.on_roster, fresh.standing) == (other, True, "full")


def test_a_restoring_needs_a_branch_that_may_hold_members(wang, community):
    temporary = factories.branch(unit=community, kind=Kind.TEMPORARY, name="书画临时支部")
    change(wang, StandingMove.SUSPEND)

    with refused(InvalidValue, "恢复党籍须写明编入的党支部", field="branch"):
        change(wang, StandingMove.RESTORE, on=TODAY)
    said = (
        "“书画临时支部”是三缘型临时党组织，不能接收组织关系，请登记为“参加临时党组织”（支部工作条例第八条）"
    )
    with refused(InvalidValue, said, field="branch"):
        change(wang, StandingMove.RESTORE, on=TODAY, branch=temporary)


def test_a_suspended_member_dies_without_a_relation_to_end(wang):
    change(wang, StandingMove.SUSPEND, on=date(2024, 1, 1))
    change(wang, StandingMove.DECEASE)

    assert wang.memberships.get().until == date(2024, 1, 1)
    assert Member.objects.get(pk=wang.pk).died_on == DAY


def test_a_relation_does_not_end_on_its_first_day(branch):
    new = factories.member(branch=branch, since=DAY)

    said = "2025-06-01 不晚于组织关系的起始日期 2025-06-01，请先更正起始日期"
    with refused(InvalidValue, said, field="on"):
        change(new, StandingMove.EXIT)


# Days and reasons.


def test_no_change_lies_ahead_or_before_the_last_one(wang):
    with refused(InvalidValue, f"日期 2026-11-24 在今天（{TODAY}）之后", field="on"):
        change(wang, StandingMove.DECEASE, on=date(2026, 11, 24))
    change(wang, StandingMove.SUSPEND)
    with refused(InvalidValue, "2025-05-31 早于上一次党籍变动 2025-06-01（停止党籍）", field="on"):
        change(wang, StandingMove.DECEASE, on=date(2025, 5, 31))
    assert change(wang, StandingMove.DECEASE).after == Standing.DECEASED


def test_nobody_dies_before_being_born(wang):
    with refused(InvalidValue, "去世日期 1949-12-30 早于出生日期 1949-12-31", field="on"):
        change(wang, StandingMove.DECEASE, on=date(1949, 12, 30))


def test_a_suspension_and_an_exit_say_why_from_their_own_list_and_nothing_else_does(wang):
    said = "正式党员办理“停止党籍”，情形须是：失去联系、出国定居、出国学习研究超过5年"
    with refused(InvalidValue, said, field="reason"):
        change(wang, StandingMove.SUSPEND, reason="expelled")
    labels = "、".join(each.label for each in ExitType if each != CANCELLED)
    with refused(InvalidValue, f"正式党员办理“出党”，情形须是：{labels}", field="reason"):
        change(wang, StandingMove.EXIT, reason="")
    with refused(InvalidValue, "该事项不需要填写情形", field="reason"):
        change(wang, StandingMove.DECEASE, reason="lost_contact")


@pytest.mark.parametrize("standing", [Standing.FULL, Standing.SUSPENDED])
def test_only_a_probation_is_cancelled(branch, standing):
    member = member_in(standing, branch)
    labels = "、".join(each.label for each in ExitType if each != CANCELLED)

    with refused(InvalidValue, f"{STANDING_NAMES[standing]}办理“出党”，情形须是：{labels}", field="reason"):
        change(member, StandingMove.EXIT, reason=CANCELLED)


@pytest.mark.parametrize("reason", sorted(set(ExitType) - {CANCELLED}))
def test_a_probation_is_cancelled_and_ends_in_no_other_exit(branch, reason):
    new = member_in(Standing.PROBATIONARY, branch)

    with refused(InvalidValue, "预备党员办理“出党”，情形须是：取消预备党员资格", field="reason"):
        change(new, StandingMove.EXIT, reason=reason)


def test_who_was_suspended_is_struck_off_as_absent_after_two_years_and_otherwise_at_once(branch):
    lost, expelled = member_in(Standing.SUSPENDED, branch), member_in(Standing.SUSPENDED, branch)
    absent = {"reason": ExitType.STRUCK_ABSENT}

    said = "停止党籍（2024-01-01）满两年仍无法取得联系的，2026-01-01 起才能按自行脱党除名"
    with refused(InvalidValue, said, field="on"):
        change(lost, StandingMove.EXIT, on=date(2025, 12, 31), **absent)
    assert change(lost, StandingMove.EXIT, on=date(2026, 1, 1), **absent).after == Standing.EXITED
    assert change(expelled, StandingMove.EXIT, on=date(2024, 2, 1)).after == Standing.EXITED
    full = factories.member(branch=branch)
    assert change(full, StandingMove.EXIT, on=date(2025, 1, 1), **absent).after == Standing.EXITED


def test_a_version_that_has_passed_is_refused(wang):
    Member.objects.filter(pk=wang.pk).update(version=2)

    with refused(StaleVersion, "“王秀英”已被他人修改（您看到的是第1版，现为第2版），请重新打开此页再改"):
        change(wang, StandingMove.DECEASE, version=1)


def test_a_change_that_would_break_the_members_own_data_is_refused(branch):
    old = factories.member(branch=branch)
    change(old, StandingMove.SUSPEND)
    Member.objects.filter(pk=old.pk).update(joined_on=date(1990, 1, 1))

    said = "正式党员须填写转正日期（1969年4月1日至1977年8月11日入党的除外，当时无预备期）"
    with refused(InvalidValue, said, field="full_on"):
        change(old, StandingMove.RESTORE, on=TODAY, branch=branch)


def test_who_has_left_cannot_be_enrolled(wang, branch):
    change(wang, StandingMove.EXIT)

    with refused(RosterRule, "王秀英 的党籍为“出党”，不能建立组织关系"):
        enrol(member=wang, entry=Entry(branch, TODAY), by=None, today=TODAY)


def test_events_are_ordered_newest_first(wang):
    change(wang, StandingMove.SUSPEND)
    change(wang, StandingMove.DECEASE, on=TODAY)

    assert [event.move for event in StandingEvent.objects.all()] == ["decease", "suspend"]


def test_a_death_before_the_end_of_an_ended_relation_is_refused(wang):
    relation = wang.memberships.get()
    relation.until, relation.ended_by = date(2024, 8, 1), "other_out"
    relation.save()

    with refused(
        InvalidValue,
        f"2024-07-01 早于在“{relation.branch}”的组织关系终止之日 2024-08-01，请先核对",
        field="on",
    ):
        change(wang, StandingMove.DECEASE, date(2024, 7, 1))

    assert not StandingEvent.objects.filter(member=wang).exists()


def test_party_age_stops_at_death(wang):
    change(wang, StandingMove.DECEASE, date(2024, 4, 30))

    dead = Member.objects.get(pk=wang.pk)
    assert dead.party_age(TODAY) == dead.party_age(date(2024, 4, 30))


@pytest.mark.parametrize("later", [[], [StandingMove.EXIT], [StandingMove.EXIT, StandingMove.DECEASE]])
@pytest.mark.parametrize("first", [StandingMove.SUSPEND, StandingMove.EXIT])
def test_party_age_stops_with_the_standing_whatever_came_later(branch, first, later):
    wang = factories.member(branch=branch, since=date(2000, 1, 1), joined_on=date(1970, 5, 1))
    change(wang, first, date(2004, 4, 30))
    for year, move in enumerate([move for move in later if move != first], start=2010):
        change(wang, move, date(year, 1, 1))

    left = Member.objects.get(pk=wang.pk)
    assert left.party_age(TODAY) == 33
    assert left.party_age(date(2000, 5, 1)) == 30


def test_party_age_counts_on_when_the_standing_is_restored(branch):
    wang = factories.member(branch=branch, since=date(2000, 1, 1), joined_on=date(1970, 5, 1))
    change(wang, StandingMove.SUSPEND, date(2004, 4, 30))
    change(wang, StandingMove.RESTORE, date(2010, 1, 1), branch=branch)

    assert Member.objects.get(pk=wang.pk).party_age(date(2020, 5, 1)) == 50

    change(wang, StandingMove.DECEASE, date(2021, 5, 1))
    assert Member.objects.get(pk=wang.pk).party_age(TODAY) == 51
