"""Everybody on a list is answered for once, in bulk, all or none; who comes late is told who was first."""

from datetime import date, timedelta

import pytest

from branches.operations import dissolve_branch
from branches.scope import Scope
from core.errors import InvalidValue, SeveralRefusals
from core.voiding import StillNeeded
from members.models import Affiliation, HandoverPerson, Member, Membership, RosterIn
from members.operations import (
    Acceptance,
    Answer,
    accept_people,
    correct_membership,
    miss_people,
    reopen_people,
    return_people,
    undo_acceptance,
    undo_enrolment,
)
from members.operations.handovers.batches import HandoverRule
from members.operations.people import TAKEN, IdNumberTaken
from members.operations.rules import RosterRule
from members.states import OUTCOME_MOVES, Outcome, OutcomeMove
from reports.indicators import INDICATORS
from tests import factories
from tests.factories import TODAY
from tests.factories.handovers import cells, handover
from tests.ledger import fingerprint, refused, refused_by_database
from tests.worlds import told_once

NOT_HERE = Answer(TODAY, "not_resident", "已迁居昆明")


def numbers(place, **condition):
    return [line.pk for line in place.lines(**condition)]


def accept(place, people=None, *, branch="branch", on=TODAY, group=None, scope=None):
    return accept_people(
        handover=place.handover,
        people=numbers(place) if people is None else people,
        acceptance=Acceptance(on, branch and getattr(place, branch), group),
        scope=scope or place.everywhere,
        by=None,
        today=TODAY,
    )


def correct(held, **values):
    return correct_membership(membership=held, values=values, evidence="档案", by=None, today=TODAY)


def send_back(place, people=None, answer=NOT_HERE, by=None):
    people = numbers(place) if people is None else people
    return return_people(handover=place.handover, people=people, answer=answer, by=by, today=TODAY)


def test_acceptance_registers_the_people_in_the_branch_as_handed_over_by_the_enterprise(place):
    place.list(cells(1, former_title="班组长", address="和谐园3栋"), cells(2))

    answered = accept(place, group=place.group)

    assert (len(answered.accepted), answered.already_here) == (2, [])
    for line in place.lines():
        held = line.membership
        assert (line.outcome, line.answered_on, line.branch, line.group) == (
            "accepted", TODAY, place.branch, place.group,
        )  # fmt: skip
        assert (held.branch, held.group, held.since) == (place.branch, place.group, TODAY)
        assert (held.began_by, held.began_document) == (RosterIn.HANDOVER, place.handover.document)
        assert held.handed_over_by == place.employer
    member = place.lines()[0].membership.member
    assert (member.name, member.former_title, member.address) == ("杨英秀", "班组长", "和谐园3栋")
    assert (member.employer, member.residence) == (place.employer, place.gulou)
    assert [str(phone) for phone in member.phones.all()] == ["****0001"]


def test_who_is_accepted_is_counted_as_settled_and_who_is_returned_is_not(place):
    place.list(cells(1), cells(2), cells(3))
    first, *others = numbers(place)

    accept(place, others)
    send_back(place, [first])

    assert INDICATORS["members.settled"].entries(TODAY).count() == 2


def test_without_a_branch_each_comes_into_the_one_that_the_list_wants(place):
    second = factories.branch(unit=place.gulou, name="中共鼓楼社区第二党支部")
    place.list(
        cells(1, wanted_branch="鼓楼社区第一党支部"),
        cells(2, wanted_branch="鼓楼社区第二党支部"),
        cells(3),
    )
    people = numbers(place)
    with refused(InvalidValue, "名单没有写明党支部的，请选择接收到哪个党支部：3号 王强秀", field="branch"):
        accept(place, branch=None)

    accept(place, people[:2], branch=None)

    assert [line.membership.branch for line in place.lines(outcome="accepted")] == [place.branch, second]


def test_who_came_onto_a_roster_meanwhile_is_noted_and_the_others_are_accepted(place):
    place.list(cells(1), cells(2))
    factories.member(branch=place.foreign, id_number=cells(1)["id_number"], sex="M", birth_on=None)

    answered = accept(place)

    assert [str(line) for line in answered.already_here] == ["杨英秀"]
    assert [line.outcome for line in place.lines()] == ["already_here", "accepted"]
    assert Member.objects.filter(id_index=place.lines()[0].id_index).count() == 1


def test_who_is_on_a_roster_out_of_reach_is_refused_by_name_and_nobody_is_accepted(place):
    place.list(cells(1), cells(2))
    factories.member(branch=place.foreign, id_number=cells(1)["id_number"], sex="M", birth_on=None)

    with refused(IdNumberTaken, f"1号 杨英秀：{TAKEN}", field="people"):
        accept(place, scope=Scope(paths=(place.gulou.path,)))


def test_who_is_known_and_has_no_relation_is_enrolled_again(place):
    back = factories.member(branch=place.foreign, id_number=cells(1)["id_number"], sex="M", birth_on=None)
    back.memberships.update(until=date(2020, 1, 1), ended_by="transfer_out")
    place.list(cells(1))

    accept(place)

    assert Member.objects.count() == 1
    assert back.memberships.count() == 2


def test_what_is_wrong_with_the_branch_is_said_once_for_all(place):
    place.list(cells(1), cells(2))
    place.future = factories.branch(unit=place.gulou, name="未来支部", founded_on=TODAY)
    type(place.future).objects.filter(pk=place.future.pk).update(founded_on=date(2026, 12, 1))
    place.future.refresh_from_db()
    with refused(InvalidValue, f"起始日期 {TODAY} 早于“未来支部”的成立日期 2026-12-01", field="since"):
        accept(place, branch="future")


def test_several_refusals_are_told_together(place):
    place.list(cells(1), cells(2))
    for serial in (1, 2):
        factories.member(branch=place.foreign, id_number=cells(serial)["id_number"], birth_on=None,
                         sex="FM"[serial % 2])  # fmt: skip
    place.list(cells(3))

    with refused(
        SeveralRefusals,
        errors=[("people", f"1号 杨英秀：{TAKEN}"), ("people", f"2号 张国秀：{TAKEN}")],
    ):
        accept(place, scope=Scope(paths=(place.gulou.path,)))


# Days and numbers.


@pytest.mark.parametrize(
    ("on", "detail"),
    [
        (TODAY + timedelta(days=1), f"办理日期 2026-11-24 在今天（{TODAY}）之后"),
        (date(2026, 10, 31), "办理日期 2026-10-31 早于移交日期 2026-11-01"),
    ],
)
def test_an_answer_is_given_on_a_day_between_the_hand_over_and_today(place, on, detail):
    place.list(cells(1))
    with refused(InvalidValue, detail, field="on"):
        accept(place, on=on)
    with refused(InvalidValue, detail, field="on"):
        send_back(place, answer=Answer(on, "not_resident"))


def test_nobody_and_people_of_another_batch_are_refused(place):
    other = handover(place.district, cells(9), document="另一批")
    with refused(InvalidValue, "没有选中任何人", field="people"):
        accept(place, [])
    with refused(InvalidValue, "所选的人中有 1 个不在这批名单里", field="people"):
        accept(place, [other.people.get().pk])


# Returning.


def test_a_return_names_its_reason_and_other_reasons_need_words(place):
    place.list(cells(1))
    with refused(
        InvalidValue,
        "退回须写明原因：抬头或去向有误、超过有效期、信息不全、身份存疑需核查、党员档案缺失、不在本辖区居住、重复转接、"
        "本人撤回、其他",
        field="reason",
    ):
        send_back(place, answer=Answer(TODAY))
    with refused(InvalidValue, "退回原因为“其他”时须写明说明", field="remark"):
        send_back(place, answer=Answer(TODAY, "other", " "))

    send_back(place)

    [line] = place.lines()
    assert (line.outcome, line.reason, line.remark) == ("returned", "not_resident", "已迁居昆明")


def test_a_branch_dissolved_since_the_page_was_opened_receives_nobody(place):
    place.list(cells(1))
    place.second = factories.branch(unit=place.gulou, name="中共鼓楼社区第二党支部")
    dissolve_branch(branch=place.second, on=TODAY, document="", by=None, today=TODAY)
    before = fingerprint()

    with refused(InvalidValue, f"“中共鼓楼社区第二党支部”已于 {TODAY} 撤销", field="branch"):
        accept(place, branch="second")
    assert fingerprint() == before


def test_who_is_not_found_has_no_reason_of_return(place):
    place.list(cells(1))
    people = numbers(place)
    about = {"handover": place.handover, "people": people, "by": None, "today": TODAY}
    with refused(InvalidValue, "查无此人不需要填写退回原因", field="reason"):
        miss_people(answer=NOT_HERE, **about)

    miss_people(answer=Answer(TODAY, remark="走访三次"), **about)

    assert [(line.outcome, line.remark) for line in place.lines()] == [("not_found", "走访三次")]


def test_whoever_comes_late_is_told_who_was_first_and_what_she_did(place):
    place.list(cells(1), cells(2))
    clerk = factories.account(name="李经办")
    first = numbers(place)[0]
    send_back(place, [first], by=clerk)

    with refused(
        HandoverRule,
        f"不能办理“接收”，没有做任何改动：1号 杨英秀 已由 李经办 于 {TODAY} 办理，结果为“已退回”",
        field="people",
    ):
        accept(place)


# The table of moves.


def put(place, outcome):
    """A line in this outcome, whatever way leads there."""
    HandoverPerson.objects.all().delete()
    bad = {"phone": "1"} if outcome == Outcome.FAULTY else {}
    if outcome == Outcome.ALREADY_HERE:
        factories.member(branch=place.foreign, id_number=cells(1)["id_number"], sex="M", birth_on=None)
    place.list(cells(1, **bad))
    if outcome == Outcome.ACCEPTED:
        accept(place)
    elif outcome == Outcome.RETURNED:
        send_back(place)
    elif outcome == Outcome.NOT_FOUND:
        miss_people(
            handover=place.handover, people=numbers(place), answer=Answer(TODAY), by=None, today=TODAY
        )
    return place.lines()[0]


def move(place, line, move):
    about = {"handover": place.handover, "people": [line.pk], "by": None}
    if move == OutcomeMove.ACCEPT:
        accept(place)
    elif move == OutcomeMove.RETURN:
        send_back(place)
    elif move == OutcomeMove.MISS:
        miss_people(answer=Answer(TODAY), today=TODAY, **about)
    elif move == OutcomeMove.REOPEN:
        reopen_people(**about)
    else:
        undo_acceptance(person=line, reason="录错了", by=None)


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize(
    "asked", [each for each in OutcomeMove if each not in (OutcomeMove.MEND, OutcomeMove.FIND)]
)
def test_only_the_moves_of_the_table_are_made(place, outcome, asked):
    line = put(place, outcome)
    assert line.outcome == outcome

    if (outcome, asked) in OUTCOME_MOVES:
        move(place, line, asked)
        assert place.lines()[0].outcome == OUTCOME_MOVES[outcome, asked]
    else:
        with pytest.raises(HandoverRule):
            move(place, line, asked)
        assert place.lines()[0].outcome == outcome


def test_who_was_returned_with_faults_waits_again_as_faulty(place):
    place.list(cells(1, phone="1"))
    send_back(place)

    reopen_people(handover=place.handover, people=numbers(place), by=None)

    [line] = place.lines()
    assert (line.outcome, line.reason, line.remark, line.answered_on) == ("faulty", "", "", None)


# Taking an acceptance back.


def test_an_acceptance_is_taken_back_while_nothing_rests_on_it(place):
    place.list(cells(1))
    accept(place)
    [line] = place.lines()

    undo_acceptance(person=line, reason="编错了支部", by=None, version=line.version)

    [line] = place.lines()
    assert (line.outcome, line.membership, line.answered_on) == ("pending", None, None)
    assert Membership.objects.count() == 0
    accept(place)
    assert Membership.objects.count() == 1


@told_once
def returned(place):
    """The line of 杨英秀, who had left the district, was known still, and is accepted from the list."""
    known = factories.member(
        branch=place.branch, since=date(2020, 1, 1), id_number=cells(1)["id_number"], sex="M", birth_on=None
    )
    known.memberships.update(until=date(2024, 1, 1), ended_by="transfer_out")
    place.list(cells(1))
    accept(place)
    [line] = place.lines()
    assert line.membership.member == known
    return line


def test_the_acceptance_of_somebody_known_before_takes_back_her_new_relation_alone(place, returned):
    member = returned.membership.member

    undo_acceptance(person=returned, reason="认错了人", by=None, version=returned.version)

    [line] = place.lines()
    assert (line.outcome, line.membership) == ("pending", None)
    member.refresh_from_db()
    assert (member.standing, member.on_roster) == ("full", False)
    assert [relation.until for relation in member.memberships.all()] == [date(2024, 1, 1)]
    accept(place)
    assert member.memberships.count() == 2


def test_the_other_door_says_that_an_acceptance_is_taken_back_on_the_list(place, returned):
    relation = returned.membership

    with refused(RosterRule, "这段组织关系由接收企业移交名单建立，请在移交名单里撤回接收"):
        undo_enrolment(membership=relation, reason="认错了人", by=None)
    assert place.lines()[0].membership == relation


def test_an_acceptance_stays_when_something_rests_on_it(place):
    circle = factories.branch(unit=place.gulou, kind="temporary", name="书画临时党支部")
    place.list(cells(1))
    accept(place)
    [line] = place.lines()
    factories.affiliation(member=line.membership.member, branch=circle, since=TODAY)

    with refused(StillNeeded, "杨英秀 登记之后还有参加临时党组织 1 条，不能撤回登记，请先撤回这些"):
        undo_acceptance(person=line, reason="编错了支部", by=None)
    assert Affiliation.objects.count() == 1


# The database's own word.


def test_the_database_refuses_an_acceptance_without_a_relation_and_a_return_without_reason(place):
    place.list(cells(1))
    rows = HandoverPerson.objects.all()
    with refused_by_database("handover_accepted_has_membership"):
        rows.update(outcome="accepted", answered_on=TODAY)
    with refused_by_database("handover_returned_has_reason"):
        rows.update(outcome="returned", answered_on=TODAY)
    with refused_by_database("handover_answer_has_day"):
        rows.update(outcome="not_found")
    with refused_by_database("handover_pending_has_id_number"):
        rows.update(id_index=None)


def test_who_waits_over_a_month_is_overdue(place):
    place.list(cells(1), cells(2), today=TODAY - timedelta(days=31))
    place.list(cells(3), today=TODAY - timedelta(days=30))
    send_back(place, numbers(place)[:1])

    figures = place.handover.people.figures(TODAY)

    assert (figures["overdue"], figures["waiting"], figures["done"], figures["percent"]) == (1, 2, 1, 33)
    assert [line.serial for line in place.handover.people.overdue(TODAY)] == [2]


def test_progress_adds_up_by_street_and_community(place):
    place.list(
        cells(1), cells(2, wanted_unit="麒麟社区"), cells(3, wanted_unit="文昌社区"), cells(4, wanted_unit="")
    )

    streets = place.handover.people.progress(TODAY)

    assert [(street["unit"].name, street["total"], street["faulty"]) for street in streets] == [
        ("麒麟区", 1, 1), ("南宁街道", 2, 0), ("建宁街道", 1, 0),
    ]  # fmt: skip
    assert [row["unit__name"] for row in streets[1]["communities"]] == ["鼓楼社区", "麒麟社区居民委员会"]


def test_what_the_list_says_is_not_corrected_in_the_roster_alone(place):
    place.list(cells(1))
    accept(place)
    held = Membership.objects.get()

    said = "由接收企业移交名单建立，{}不能更正，请在移交名单里撤回接收"
    labels = {
        "since": held._meta.get_field("since").verbose_name,
        "branch": "党支部",
        "began_by": "增加方式",
        "handed_over_by": "移交企业",
    }
    with refused(errors=[(name, said.format(label)) for name, label in labels.items()]):
        correct(held, since=date(2026, 11, 2), branch=place.foreign, began_by="other_in", handed_over_by=None)
    assert correct(held, group=place.group, began_document="9号").group == place.group
