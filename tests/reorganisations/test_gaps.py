"""Nobody belongs to a branch, and nothing of it begins or goes on, while it was dissolved for a time."""

from datetime import date
from importlib import import_module

import pytest
from django.db import connection

from branches.models import Branch
from branches.operations import dissolve_branch
from branches.operations.presence import stands
from core.errors import InvalidValue
from core.voiding import StillNeeded
from members.obligations import Leaving
from members.operations import (
    Entry,
    Holding,
    StandingChange,
    affiliate,
    all_settled,
    change_standing,
    correct_membership,
    end_affiliation,
    end_term,
    enrol,
    fill_post,
    reopen_affiliation,
    undo_post,
    undo_standing,
    undo_term,
)
from members.operations.transfers import Destination, undo_step
from tests import factories
from tests.factories import TODAY
from tests.factories.transfers import transfer
from tests.ledger import refused
from tests.reorganisations.conftest import do, fresh, refusals, take_back
from tests.worlds import told_once
from volunteering.operations import found_team

WHO = {"by": None, "today": TODAY}
LEFT, GONE, BETWEEN, AGAIN = date(2021, 6, 1), date(2022, 1, 1), date(2023, 3, 1), date(2024, 6, 1)
BEFORE_IT = "恢复日期 2024-06-01（此前曾撤销）"
WORDS = f"起始日期 2023-03-01 早于“中共南门党支部”的{BEFORE_IT}"


@told_once
def hall(town):
    """A branch that is about to be dissolved."""
    return factories.branch(unit=town.drum, name="中共南门党支部")


def interrupted(branch):
    """The branch, dissolved and there again."""
    do("branch", "close", branches=[branch], on=GONE)
    do("branch", "reopen", branches=[branch], to_unit=branch.unit, on=AGAIN)
    return fresh(branch)


@told_once
def again(hall):
    """The branch after it was dissolved and is there again."""
    return interrupted(hall)


@pytest.mark.parametrize(
    ("since", "until", "there"),
    [
        (date(1999, 12, 31), None, False),
        (date(1999, 12, 31), date(2001, 1, 1), False),
        (date(2000, 1, 1), None, False),
        (date(2000, 1, 1), GONE, True),
        (date(2000, 1, 1), date(2022, 1, 2), False),
        (date(2021, 12, 31), GONE, True),
        (GONE, BETWEEN, False),
        (BETWEEN, AGAIN, False),
        (BETWEEN, None, False),
        (date(2024, 5, 31), TODAY, False),
        (AGAIN, None, True),
        (AGAIN, TODAY, True),
    ],
)
def test_on_which_days_it_stands(again, since, until, there):
    assert stands(again, since, until) == there


def test_it_may_move_and_still_stands_on_all_days(hall, town):
    do("branch", "move", branches=[hall], to_unit=town.kylin, on=LEFT)
    branch = interrupted(fresh(hall))

    assert stands(branch, date(2020, 1, 1), date(2021, 12, 1))
    assert not stands(branch, date(2020, 1, 1), date(2022, 2, 1))


def test_it_stood_before_whatever_became_of_it_since(again, town):
    do("branch", "move", branches=[again], to_unit=town.kylin, on=date(2025, 1, 1))
    do("branch", "close", branches=[fresh(again)], on=date(2025, 6, 1))
    do("branch", "reopen", branches=[fresh(again)], to_unit=town.kylin, on=date(2026, 1, 1))
    branch = fresh(again)

    assert stands(branch, date(2010, 1, 1), date(2015, 1, 1))
    assert stands(branch, date(2010, 1, 1), GONE)
    assert stands(branch, AGAIN, date(2025, 6, 1))
    assert not stands(branch, date(2010, 1, 1), date(2025, 1, 1))
    assert not stands(branch, date(2025, 6, 1), date(2025, 7, 1))


def test_a_dissolved_branch_stands_until_then(hall):
    do("branch", "close", branches=[hall], on=GONE)
    branch = fresh(hall)

    assert [stands(branch, LEFT, day) for day in (GONE, BETWEEN, None)] == [True, False, False]


def test_who_is_reopened_on_the_day_of_its_end_was_never_away(hall):
    do("branch", "close", branches=[hall], on=GONE)
    do("branch", "reopen", branches=[hall], to_unit=hall.unit, on=GONE)

    assert fresh(hall).resumed_on is None
    factories.member(branch=fresh(hall), name="王小燕", since=LEFT)


def test_a_reopening_taken_back_leaves_no_day_of_it(hall):
    do("branch", "close", branches=[hall], on=GONE)
    plan = do("branch", "reopen", branches=[hall], to_unit=hall.unit, on=AGAIN)
    assert fresh(hall).resumed_on == AGAIN

    take_back(plan)

    assert (fresh(hall).resumed_on, fresh(hall).dissolved_on) == (None, GONE)


# The 组织关系.


def test_nobody_is_registered_or_enrolled_for_days_between(again, town):
    loose = town.people[6]
    transfer(member=loose, to=Destination(outside="昆明"), state="closed", on=LEFT)

    for begin in (
        lambda: factories.member(branch=again, name="王小燕", since=BETWEEN),
        lambda: enrol(member=loose, entry=Entry(again, BETWEEN), **WHO),
    ):
        with refused(InvalidValue, WORDS, field="since"):
            begin()
    assert factories.member(branch=again, name="王小燕", since=AGAIN).branch == again


def corrected(relation, **values):
    return correct_membership(membership=relation, values=values, evidence="档案", **WHO)


def test_no_relation_is_corrected_onto_days_between(hall, town):
    once = factories.member(branch=hall, name="李建国", since=date(2010, 1, 1))
    transfer(member=once, to=Destination(outside="昆明"), state="closed", on=LEFT)
    branch = interrupted(hall)
    [ended], [here] = once.memberships.all(), town.people[4].memberships.all()

    assert corrected(ended, since=date(2009, 1, 1)).since == date(2009, 1, 1)
    with refused(InvalidValue, WORDS.replace("2023-03-01", "2010-01-05"), field="since"):
        corrected(here, branch=branch)


def test_no_death_is_taken_back_into_a_branch_that_was_away_since(hall):
    member = factories.member(branch=hall, name="李建国", since=date(2010, 1, 1))
    change_standing(member=member, change=StandingChange("decease", LEFT), **WHO)
    interrupted(hall)

    words = f"“中共南门党支部”曾经撤销，到 {AGAIN} 才恢复，不能从 {LEFT} 起恢复"
    with refused(StillNeeded, words):
        undo_standing(event=member.standing_events.get(), reason="认错人了", by=None)


def test_a_death_is_taken_back_once_the_branch_is_there_again_from_the_day_of_its_end(hall):
    member = factories.member(branch=hall, name="李建国", since=date(2010, 1, 1))
    change_standing(member=member, change=StandingChange("decease", LEFT), **WHO)
    dissolve_branch(branch=hall, on=GONE, document="", **WHO)

    with pytest.raises(StillNeeded, match=f"或由“组织变动”自 {GONE} 起恢复它"):
        undo_standing(event=member.standing_events.get(), reason="认错人了", by=None)
    do("branch", "reopen", branches=[fresh(hall)], to_unit=hall.unit, on=GONE)
    undo_standing(event=member.standing_events.get(), reason="认错人了", by=None)
    assert member.memberships.get().until is None


def test_no_transfer_is_taken_back_into_a_branch_that_was_away_since(hall):
    member = factories.member(branch=hall, name="李建国", since=date(2010, 1, 1))
    made = transfer(member=member, to=Destination(outside="昆明"), state="closed", on=LEFT)
    interrupted(hall)

    words = f"“中共南门党支部”曾经撤销，到 {AGAIN} 才恢复，不能从 {LEFT} 起恢复"
    with refused(StillNeeded, words):
        undo_step(transfer=made, reason="点错了", **WHO)


def test_nobody_goes_over_to_it_on_days_between(again, town):
    assert refusals("whole", branches=[town.second], to_branch=again, on=BETWEEN) == [
        f"“中共鼓楼第二党支部”：“中共南门党支部”的{BEFORE_IT}，2023-03-01 时还没有它"
    ]


# What is beside it: taking part, posts, groups, teams.


def test_taking_part_begins_and_goes_on_only_while_the_organisation_stands(town):
    end_affiliation(affiliation=town.part, on=LEFT, **WHO)
    choir = interrupted(town.choir)

    words = f"“中共合唱临时党支部”的存续期为 {AGAIN} 至 今，不含 {BETWEEN}"
    with refused(InvalidValue, words, field="since"):
        affiliate(member=town.people[1], branch=choir, values={"since": BETWEEN}, **WHO)
    with refused(StillNeeded, f"“中共合唱临时党支部”曾经撤销，到 {AGAIN} 才恢复，不能恢复参加"):
        reopen_affiliation(affiliation=fresh(town.part), reason="点错了", by=None)


def test_what_ended_with_a_death_goes_on_except_where_the_organisation_was_away(town):
    member = town.people[0]
    post = factories.post(town.choir, member, since=date(2020, 5, 1))
    settled = all_settled(member, on=LEFT, leaving=Leaving.DEATH, reason="去世")
    change_standing(member=member, change=StandingChange("decease", LEFT, settle=settled), **WHO)
    interrupted(town.choir)

    stays = undo_standing(event=member.standing_events.get(), reason="认错人了", by=None).stays

    away = f"“中共合唱临时党支部”曾经撤销，到 {AGAIN} 才恢复"
    assert stays == [away, f"“中共合唱临时党支部”书记：{away}"]
    assert (fresh(town.part).until, fresh(post).until) == (LEFT, LEFT)


def test_no_post_is_filled_for_days_between(town):
    end_affiliation(affiliation=town.part, on=LEFT, **WHO)
    choir = interrupted(town.choir)

    with refused(InvalidValue, f"{BETWEEN} 早于“中共合唱临时党支部”的{BEFORE_IT}", field="since"):
        fill_post(branch=choir, holding=Holding(town.people[1], "secretary", BETWEEN), **WHO)


def test_a_term_taken_back_lets_no_earlier_one_last_over_the_days_between(hall):
    secretary = factories.member(branch=hall, name="李建国", since=date(2010, 1, 1))
    earlier = factories.term(hall, secretary, on=date(2018, 5, 1))
    later = factories.term(hall, secretary, on=date(2021, 5, 1))
    undo_post(post=later.posts.get(), reason="误录", by=None)
    end_term(term=later, on=LEFT, reason="调整", **WHO)
    transfer(member=secretary, to=Destination(outside="昆明"), state="closed", on=LEFT)
    interrupted(hall)

    stays = undo_term(term=later, reason="误录", by=None).stays

    assert stays[0] == f"“中共南门党支部”曾经撤销，到 {AGAIN} 才恢复"
    assert fresh(earlier).until == date(2021, 5, 1)


def test_no_group_is_founded_on_days_between(again):
    said = f"党小组的成立（恢复）日期不能早于所属党支部的{BEFORE_IT}"

    with refused(InvalidValue, said, field="founded_on"):
        factories.branch(unit=again.unit, parent=again, category="641", founded_on=BETWEEN)
    factories.branch(unit=again.unit, parent=again, category="641", founded_on=AGAIN)


def test_a_group_comes_back_with_its_branch_and_not_before(hall):
    group = factories.branch(unit=hall.unit, parent=hall, category="641", name="南门第一党小组")
    do("branch", "close", branches=[group], on=LEFT)
    interrupted(hall)

    assert refusals("reopen", branches=[group], to_unit=hall.unit, on=BETWEEN) == [
        f"“南门第一党小组”：党小组的成立（恢复）日期不能早于所属党支部的{BEFORE_IT}"
    ]
    do("branch", "reopen", branches=[group], to_unit=hall.unit, on=AGAIN)
    assert fresh(group).dissolved_on is None


def test_a_group_comes_back_to_where_its_branch_is(hall, town):
    group = factories.branch(unit=hall.unit, parent=hall, category="641", name="南门第一党小组")
    do("branch", "close", branches=[group], on=LEFT)

    assert refusals("reopen", branches=[group], to_unit=town.wen, on=AGAIN) == [
        "“南门第一党小组”：党小组须设在所属党支部所在的“鼓楼社区”或其下级单位，“文昌社区”不在其中"
    ]


def test_no_team_is_founded_on_days_between(again):

    with refused(InvalidValue, f"成立日期 {BETWEEN} 早于“中共南门党支部”的{BEFORE_IT}", field="founded_on"):
        found_team(branch=again, values={"name": "红马甲", "founded_on": BETWEEN}, **WHO)
    team = found_team(branch=again, values={"name": "红马甲", "founded_on": AGAIN}, **WHO)
    assert team.branch == again


def test_it_is_not_there_again_while_another_had_its_name(hall, town):
    do("branch", "close", branches=[hall], on=GONE)
    other = factories.branch(unit=town.kylin, name="中共南门党支部", founded_on=BETWEEN)
    do("branch", "close", branches=[other], on=date(2025, 1, 1))

    assert refusals("reopen", branches=[hall], to_unit=hall.unit, on=AGAIN) == [
        "另有“中共南门党支部”，到 2025-01-01 撤销，同名的成立（恢复）日期不能早于那一天"
    ]


# Those that were there again before they told since when.


def test_those_of_before_tell_it_too_and_can_still_be_taken_back(hall, town):
    do("branch", "close", branches=[hall], on=GONE)
    plan = do("branch", "reopen", branches=[hall], to_unit=hall.unit, on=AGAIN)
    do("branch", "move", branches=[town.second], to_unit=town.kylin, on=LEFT)
    events = Branch.pgh_event_model.objects.filter(pgh_obj=hall.pk)
    Branch.objects.update(resumed_on=None)
    events.latest("pgh_id").delete()
    events.update(resumed_on=None)

    import_module("branches.migrations.0007_since_when_they_stand").tell(None, connection.schema_editor())

    assert list(Branch.objects.exclude(resumed_on=None)) == [hall]
    assert fresh(hall).resumed_on == AGAIN
    assert list(events.order_by("pgh_id").values_list("resumed_on", flat=True)) == [None, None, AGAIN]
    take_back(plan)
    assert (fresh(hall).resumed_on, fresh(hall).dissolved_on) == (None, GONE)
