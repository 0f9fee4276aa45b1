"""What hangs on a person is settled in the step by which she leaves, or she does not leave."""

from datetime import date

import pytest

from core.errors import InvalidValue
from core.models import AuditEntry
from members.models import Affiliation, ExitType, Member, SuspendReason
from members.obligations import LEAVING_NAMES, Leaving, Obligation, Settlement
from members.operations import (
    ObligationsOpen,
    StandingChange,
    all_settled,
    change_standing,
    open_obligations,
    open_obligations_of,
)
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused
from tests.worlds import told_once

DAY = date(2025, 6, 1)
SAID = "参加“书画临时支部”（2020-01-01 起）"
REASONS = {"suspend": SuspendReason.LOST_CONTACT, "exit": ExitType.EXPELLED}


@told_once
def circle(community):
    return factories.branch(unit=community, kind="temporary", name="书画临时支部")


@told_once
def part(wang, circle):
    return factories.affiliation(member=wang, branch=circle)


def leave(member, move="decease", on=DAY, settle=()):
    change = StandingChange(move, on, REASONS.get(move, ""), settle=tuple(settle))
    return change_standing(member=member, change=change, by=None, today=TODAY)


def test_every_way_of_leaving_has_a_name():
    assert set(LEAVING_NAMES) == set(Leaving)


def test_taking_part_must_be_ended_at_death_and_exit_and_may_go_on_otherwise(wang, part):
    keepable = {leaving: open_obligations(wang, on=DAY, leaving=leaving)[0].keepable for leaving in Leaving}

    assert keepable == {
        Leaving.TRANSFER: True,
        Leaving.TRANSFER_OUT: False,
        Leaving.DEATH: False,
        Leaving.EXIT: False,
        Leaving.SUSPENSION: True,
    }
    assert open_obligations(wang, on=DAY, leaving=Leaving.EXIT) == [
        Obligation("affiliation", part.pk, wang.pk, SAID)
    ]


def test_many_members_are_asked_at_once(wang, part, branch, django_assert_num_queries):
    li = factories.member(branch=branch, name="李国强")

    with django_assert_num_queries(2):  # which kinds there are, and the one kind
        found = open_obligations_of([wang, li], on=DAY, leaving=Leaving.DEATH)

    assert {member: [each.key for each in opened] for member, opened in found.items()} == {
        wang.pk: [f"affiliation-{part.pk}"],
        li.pk: [],
    }


@pytest.mark.parametrize("move", ["exit", "decease"])
def test_nobody_leaves_while_something_hangs_on_her_and_each_thing_is_named(wang, part, community, move):
    other = factories.branch(unit=community, kind="temporary", name="合唱临时支部")
    second = factories.affiliation(member=wang, branch=other, since=date(2021, 1, 1))
    unsettled = "，尚未了结：请写明原因予以了结"

    errors = [
        (f"settle.affiliation-{part.pk}", SAID + unsettled),
        (f"settle.affiliation-{second.pk}", f"参加“合唱临时支部”（2021-01-01 起）{unsettled}"),
    ]
    with refused(ObligationsOpen, errors=errors):
        leave(wang, move)
    with refused(ObligationsOpen, errors=errors[1:]):
        leave(wang, move, settle=[Settlement(f"affiliation-{part.pk}", "去世")])


@pytest.mark.parametrize("move", ["exit", "decease"])
def test_what_is_settled_ends_on_the_day_she_leaves_and_is_put_on_record(wang, part, move):
    clerk = factories.account()
    settle = (Settlement(f"affiliation-{part.pk}", "办理后不再参加"),)
    change = StandingChange(move, DAY, REASONS.get(move, ""), settle=settle)

    change_standing(member=wang, change=change, by=clerk, today=TODAY)

    part.refresh_from_db()
    assert (part.until, part.version) == (DAY, 2)
    entry = AuditEntry.objects.about(wang).get(verb="obligation.settled")
    assert (entry.by, entry.reason) == (clerk, f"{SAID}：办理后不再参加")


def test_taking_part_goes_on_through_a_suspension_unless_it_is_ended_with_a_reason(wang, part, branch):
    leave(wang, "suspend")
    part.refresh_from_db()
    assert part.until is None

    li = factories.member(branch=branch, name="李国强")
    other = factories.affiliation(member=li, branch=part.branch)
    leave(li, "suspend", settle=[Settlement(f"affiliation-{other.pk}", "失去联系")])
    other.refresh_from_db()
    assert other.until == DAY


def test_what_ended_later_than_the_day_now_known_is_open_on_it(wang, part):
    Affiliation.objects.update(until=date(2026, 1, 1))

    with refused(
        ObligationsOpen,
        errors=[(f"settle.affiliation-{part.pk}", f"{SAID}，尚未了结：请写明原因予以了结")],
    ):
        leave(wang)
    leave(wang, settle=all_settled(wang, on=DAY, leaving=Leaving.DEATH, reason="去世"))
    part.refresh_from_db()
    assert part.until == DAY


def test_who_began_to_take_part_on_that_day_cannot_leave_on_it(wang, circle):
    part = factories.affiliation(member=wang, branch=circle, since=DAY)

    said = "2025-06-01 不晚于参加“书画临时支部”的起始日期 2025-06-01"
    with refused(InvalidValue, said, field="on"):
        leave(wang, settle=[Settlement(f"affiliation-{part.pk}", "去世")])


@pytest.mark.parametrize(
    ("key", "reason", "said"),
    [
        ("affiliation-0", "去世", "“affiliation-0”在这一天不是此人名下的未了事项，请重新查看清单"),
        ("nonsense", "去世", "“nonsense”在这一天不是此人名下的未了事项，请重新查看清单"),
        ("own", " ", "须写明了结的原因"),
        ("own", "长" * 201, "原因不能超过200个字"),
    ],
)
def test_what_is_named_wrongly_is_refused_in_words(wang, part, key, reason, said):
    key = f"affiliation-{part.pk}" if key == "own" else key

    with refused(InvalidValue, said, field=f"settle.{key}"):
        leave(wang, settle=[Settlement(key, reason)])


def test_a_thing_is_settled_once_and_taking_part_is_not_handed_on(wang, part, branch):
    key, li = f"affiliation-{part.pk}", factories.member(branch=branch, name="李国强")

    with refused(InvalidValue, f"“{key}”写了两次", field=f"settle.{key}"):
        leave(wang, settle=[Settlement(key, "去世"), Settlement(key, "去世")])
    with refused(InvalidValue, f"{SAID}，不能交给他人", field=f"settle.{key}"):
        leave(wang, settle=[Settlement(key, "去世", li)])


def test_what_belongs_to_somebody_else_is_answered_as_what_never_was(wang, part, branch):
    li = factories.member(branch=branch, name="李国强")
    key = f"affiliation-{part.pk}"

    with refused(
        InvalidValue, f"“{key}”在这一天不是此人名下的未了事项，请重新查看清单", field=f"settle.{key}"
    ):
        leave(li, settle=[Settlement(key, "去世")])


def test_a_move_that_nobody_leaves_by_settles_nothing(branch):
    new = factories.member(branch=branch, standing="probationary", joined_on=date(2023, 1, 1))

    with refused(InvalidValue, "办理“转正”没有要了结的事项", field="settle"):
        leave(new, "confirm", settle=[Settlement("affiliation-1", "转正")])
    assert leave(new, "confirm").after == Member.objects.get(pk=new.pk).standing == "full"
