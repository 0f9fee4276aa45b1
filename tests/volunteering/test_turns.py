"""The rota: turns are dealt out fairly, swapped with somebody's word, and their hours verified by another."""

from datetime import date, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from core.errors import InvalidValue
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused, refused_by_database
from tests.volunteering.postings import NEXT_YEAR, fresh, rota, seated, service_post, turn_of
from tests.worlds import told_once
from volunteering.models import HourEntry, Turn
from volunteering.operations import (
    Worked,
    agree_to_swap,
    ask_swap,
    cancel_turn,
    deal_turns,
    decline_swap,
    finish_turn,
    leave_post,
    miss_turn,
    record_hours,
    verify_hours,
)
from volunteering.operations.hours import HoursRule
from volunteering.operations.posts import PostRule
from volunteering.states import PostStatus, TurnStatus

TOMORROW = TODAY + timedelta(days=1)


@told_once
def post(community):
    return service_post(community, seats=5)


@told_once
def people(branch):
    return [factories.member(branch=branch, name=name) for name in ("王秀英", "李玉兰", "张建国")]


def dealt(turns):
    return [(turn.on, turn.member.name) for turn in turns]


def test_turns_go_round_in_the_same_order_each_time(post, people):
    seated(post, *people)
    turns = deal_turns(post=fresh(post), rota=rota(), by=None, today=TODAY)

    days = [date(2026, 11, 24), date(2026, 11, 26), date(2026, 12, 1), date(2026, 12, 3)]
    assert dealt(turns) == list(zip(days, ["李玉兰", "王秀英", "张建国", "李玉兰"], strict=True))
    assert deal_turns(post=fresh(post), rota=rota(), by=None, today=TODAY) == []
    more = deal_turns(post=fresh(post), rota=rota(people=2), by=None, today=TODAY)
    assert dealt(more) == list(zip(days, ["王秀英", "张建国"] * 2, strict=True))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    number=some.integers(1, 5), each=some.integers(1, 3), weekdays=some.sets(some.integers(0, 6), min_size=1)
)
def test_nobody_has_two_turns_more_than_another(number, each, weekdays, community, branch, in_a_transaction):
    with in_a_transaction():
        post = service_post(community, seats=5)
        seated(post, *[factories.member(branch=branch) for _ in range(number)])
        plan = rota(weekdays=tuple(weekdays), people=each, last=TODAY + timedelta(days=20))
        turns = deal_turns(post=fresh(post), rota=plan, by=None, today=TODAY)

        had = [sum(turn.member_id == claim.member_id for turn in turns) for claim in post.claims.all()]
        assert max(had) - min(had) <= 1
        assert len(turns) == len(plan.days) * min(number, each)


def test_who_is_elsewhere_at_that_time_is_passed_over(post, people, community):
    other = service_post(community, name="书法课")
    seated(post, *people[:2])
    seated(other, people[1])
    turn_of(fresh(other), on=date(2026, 11, 24))
    [turn] = deal_turns(post=fresh(post), rota=rota(last=date(2026, 11, 24)), by=None, today=TODAY)
    assert turn.member == people[0]
    assert len(deal_turns(
        post=fresh(post), rota=rota(last=date(2026, 11, 24), people=2), by=None, today=TODAY
    )) == 0  # fmt: skip


def test_who_begins_later_has_no_turn_before(post, people):
    seated(post, people[0], since=date(2026, 12, 1))
    turns = deal_turns(post=fresh(post), rota=rota(), by=None, today=TODAY)
    assert [turn.on for turn in turns] == [date(2026, 12, 1), date(2026, 12, 3)]


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"ended": time(16)}, "ended", "结束时间 16:00 必须晚于开始时间 16:30"),
        ({"weekdays": ()}, "weekdays", "请选择星期几"),
        ({"people": 0}, "people", "每班至少1人"),
        ({"last": date(2026, 11, 22)}, "last", "最后一天 2026-11-22 早于第一天 2026-11-23"),
        ({"first": date(2026, 11, 20)}, "first", "第一天 2026-11-20 已过（今天 2026-11-23）"),
        ({"last": date(2027, 11, 24)}, "last", "一次最多排一年"),
        ({"last": NEXT_YEAR}, "first", f"排班须在岗位的 2026-11-01—{NEXT_YEAR} 之内"),
    ],
)
def test_a_rota_that_makes_no_sense_is_refused(post, people, values, field, words):
    seated(post, people[0])
    with refused(InvalidValue, words, field=field):
        deal_turns(post=fresh(post), rota=rota(**values), by=None, today=TODAY)


def test_turns_are_dealt_only_where_somebody_serves(post, community):
    with refused(PostRule, "“四点半课堂”还没有人认领，不能排班"):
        deal_turns(post=post, rota=rota(), by=None, today=TODAY)
    draft = service_post(community, status=PostStatus.DRAFT, name="书法课")
    with refused(PostRule, "“书法课”现为“草稿”，不能排班"):
        deal_turns(post=draft, rota=rota(), by=None, today=TODAY)


def test_the_database_lets_nobody_have_two_turns_at_once(post, people, community):
    seated(post, people[0])
    turn = turn_of(fresh(post))
    other = service_post(community, name="书法课")
    with refused_by_database("turns_of_a_member_do_not_overlap"):
        Turn.objects.create(post=other, member=turn.member, on=TODAY, began=time(17), ended=time(19))


# Swaps.


@told_once
def two(post, people):
    """A turn of 李玉兰 tomorrow, and one of 王秀英 the day after."""
    seated(post, *people)
    days = rota(first=TOMORROW, last=TOMORROW + timedelta(days=1), weekdays=tuple(range(7)))
    return deal_turns(post=fresh(post), rota=days, by=None, today=TODAY)


def test_a_turn_changes_hands_with_the_others_word_only(two, people):
    turn, hers = two
    asked = ask_swap(turn=turn, to=people[0], against=hers, by=None)
    assert (fresh(turn).member, asked.status) == (people[1], TurnStatus.ASKED)
    agree_to_swap(turn=asked, by=None, today=TODAY)

    assert (fresh(turn).member, fresh(hers).member) == (people[0], people[1])
    assert {fresh(each).status for each in two} == {TurnStatus.PLANNED}
    assert fresh(turn).swap_to is None


def test_without_it_the_turn_stays_whose_it_is(two, people):
    turn = decline_swap(turn=ask_swap(turn=two[0], to=people[2], by=None), by=None)
    assert (turn.member, turn.status, turn.swap_to) == (people[1], TurnStatus.PLANNED, None)


def test_a_swap_with_who_cannot_is_refused(two, people, wang, community):
    turn, hers = two
    with refused(InvalidValue, "不能与自己换班", field="to"):
        ask_swap(turn=turn, to=people[1], by=None)
    with refused(InvalidValue, f"{wang} 在 {TOMORROW} 不在“四点半课堂”岗位，不能换班", field="to"):
        ask_swap(turn=turn, to=wang, by=None)
    with refused(InvalidValue, f"“{hers}”不是 张建国 在这个岗位待值的班次", field="against"):
        ask_swap(turn=turn, to=people[2], against=hers, by=None)


def test_a_swap_that_is_no_longer_possible_is_refused_when_she_agrees(two, people, community):
    asked = ask_swap(turn=two[0], to=people[2], by=None)
    other = service_post(community, name="书法课")
    seated(other, people[2])
    turn_of(fresh(other), on=TOMORROW)
    with refused(PostRule, f"张建国 在 {TOMORROW} 这段时间已有别的班次，不能重叠", field="to"):
        agree_to_swap(turn=asked, by=None, today=TODAY)
    late = TOMORROW + timedelta(days=1)
    with refused(PostRule, f"{TOMORROW} 的班次已过，不能再换"):
        agree_to_swap(turn=asked, by=None, today=late)


def test_i_cannot_take_hers_where_i_am_elsewhere(two, people, community):
    turn, hers = two
    asked = ask_swap(turn=turn, to=people[0], against=hers, by=None)
    other = service_post(community, name="书法课")
    seated(other, people[1])
    turn_of(fresh(other), on=hers.on)
    with refused(PostRule, f"李玉兰 在 {hers.on} 这段时间已有别的班次，不能重叠", field="to"):
        agree_to_swap(turn=asked, by=None, today=TODAY)


def test_who_leaves_the_post_is_asked_no_longer(two, people, post):
    asked = ask_swap(turn=two[0], to=people[2], by=None)
    claim = post.claims.get(member=people[2])
    leave_post(claim=claim, on=TODAY, by=None, today=TODAY)
    assert (fresh(asked).status, fresh(asked).swap_to) == (TurnStatus.PLANNED, None)


# Hours.


def test_a_turn_that_was_served_makes_hours_that_another_verifies(post, people, writer, second):
    seated(post, people[0])
    turn = finish_turn(turn=turn_of(fresh(post)), by=writer, today=TODAY)
    entry = HourEntry.objects.get(turn=turn)

    assert (entry.minutes, entry.occasion, entry.verified_by) == (90, "四点半课堂", None)
    with refused(HoursRule, "登记人不能核实自己登记的服务时间"):
        verify_hours(entry=entry, by=writer)
    assert verify_hours(entry=entry, by=second).verified_by == second


def test_other_times_than_planned_are_written_as_they_were(post, people):
    seated(post, people[0])
    turn = turn_of(fresh(post))
    with refused(InvalidValue, f"服务日期 {TOMORROW} 不是班次的 {TODAY}", field="on"):
        finish_turn(turn=turn, worked=Worked(TOMORROW, time(16), time(17)), by=None, today=TOMORROW)
    finish_turn(turn=turn, worked=Worked(TODAY, time(16), time(17)), by=None, today=TODAY)
    assert HourEntry.objects.get().minutes == 60


def test_hours_of_a_turn_do_not_overlap_others_and_nothing_is_done_before_its_day(post, people):
    seated(post, people[0])
    turn = turn_of(fresh(post), on=TOMORROW)
    with refused(PostRule, f"班次在 {TOMORROW}，今天（{TODAY}）还没有到"):
        finish_turn(turn=turn, by=None, today=TODAY)
    with refused(PostRule, f"班次在 {TOMORROW}，今天（{TODAY}）还没有到"):
        miss_turn(turn=turn, by=None, today=TODAY)
    with refused(InvalidValue, "取消须写明原因", field="reason"):
        cancel_turn(turn=turn, reason=" ", by=None)
    record_hours(member=people[0], worked=Worked(TOMORROW, time(17), time(19)), by=None, today=TOMORROW)
    with refused(HoursRule, "与已登记的 17:00—19:00 重叠", field="began"):
        finish_turn(turn=turn, by=None, today=TOMORROW)
    assert list(Turn.objects.unsettled(TOMORROW + timedelta(days=1))) == [turn]
