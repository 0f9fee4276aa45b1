"""What was entered by mistake about standing, relations and taking part is taken back, as if it never was."""

from datetime import date

import pytest

from branches.operations import close_unit, dissolve_branch
from core.errors import InvalidValue
from core.models import AuditEntry
from core.voiding import StillNeeded
from members.models import (
    Affiliation,
    Member,
    Membership,
    Post,
    Secondment,
    SignIn,
    StandingEvent,
    Term,
)
from members.obligations import Leaving
from members.operations import (
    Entry,
    Holding,
    MemberChanges,
    StandingChange,
    affiliate,
    amend_member,
    change_standing,
    end_affiliation,
    enrol,
    fill_post,
    record_sign_in,
    relieve_post,
    reopen_affiliation,
    undo_affiliation,
    undo_enrolment,
    undo_post,
    undo_sign_in,
    undo_standing,
)
from members.operations.obligations import all_settled
from members.operations.rules import RosterRule
from members.operations.standing import LEAVING
from members.operations.transfers import Destination, Draft, Receipt, close_transfer, draft_transfer
from members.states import Standing
from tests import factories
from tests.factories import TODAY
from tests.factories.handovers import seconded
from tests.factories.transfers import transfer
from tests.ledger import refused
from tests.worlds import told_once
from volunteering.operations import appoint_leader

DAY = date(2025, 6, 1)
GONE_SINCE = "“{0}”已于 {1} 撤销，组织关系不能恢复，请先撤回该撤销，或由“组织变动”自 {1} 起恢复它"
REASON = {"suspend": "lost_contact", "exit": "expelled"}
AS_IT_WAS = (
    "standing", "died_on", "full_on", "full_precision", "on_roster", "branch_id", "path"
)  # fmt: skip


def moved(member, move, on=DAY, **asked):
    if move in LEAVING:
        asked["settle"] = all_settled(member, on=on, leaving=LEAVING[move], reason="随之结束")
    change = StandingChange(move, on, reason=REASON.get(move, ""), **asked)
    return change_standing(member=member, change=change, by=None, today=TODAY)


def undone(event, reason="登记错了人"):
    return undo_standing(event=event, reason=reason, by=None)


def picture(member):
    """All that a move of the standing may touch."""
    fresh = Member.objects.get(pk=member.pk)
    return (
        {name: getattr(fresh, name) for name in AS_IT_WAS},
        list(Membership.objects.filter(member=member).values_list("pk", "branch", "until", "ended_by")),
        list(Affiliation.objects.filter(member=member).values_list("pk", "until").order_by("pk")),
        list(StandingEvent.objects.filter(member=member).values_list("pk", flat=True)),
    )


@pytest.mark.parametrize("move", ["suspend", "exit", "decease"])
def test_a_move_that_ended_her_relation_is_taken_back_whole(branch, move):
    member = factories.member(branch=branch)
    factories.affiliation(member=member, branch=factories.branch(unit=branch.unit, kind="temporary"))
    before = picture(member)

    undone(moved(member, move))

    assert picture(member) == before
    entry = AuditEntry.objects.get(verb="standing.undone")
    assert (entry.subject_text, entry.reason) == ("王秀英", "登记错了人")


@pytest.mark.parametrize("move", ["confirm", "extend"])
def test_a_move_of_a_probationary_member_is_taken_back(branch, move):
    member = factories.member(branch=branch, standing="probationary", joined_on=date(2024, 3, 1))
    before = picture(member)

    undone(moved(member, move))

    assert picture(member) == before


def test_a_restored_standing_is_taken_back_with_the_relation_it_began(wang, branch):
    moved(wang, "suspend")
    before = picture(wang)

    undone(moved(wang, "restore", on=date(2025, 9, 1), branch=branch))

    assert picture(wang) == before


@pytest.mark.django_db(transaction=True)
def test_what_had_ended_later_than_the_death_ends_later_again(branch):
    member = factories.member(branch=branch)
    circle = factories.branch(unit=branch.unit, kind="temporary")
    affiliation = factories.affiliation(member=member, branch=circle)
    end_affiliation(affiliation=affiliation, on=date(2025, 8, 1), by=None, today=TODAY)
    before = picture(member)

    undone(moved(member, "decease"))

    assert picture(member) == before


def as_secretary(member, branch):
    holding = Holding(member, "secretary", date(2025, 1, 1))
    return fill_post(branch=branch, holding=holding, by=None, today=TODAY)


def test_the_post_that_ended_with_the_standing_is_held_again(wang, branch):
    post = as_secretary(wang, branch)
    event = moved(wang, "decease")
    assert Post.objects.get().until == DAY

    undone(event)

    post.refresh_from_db()
    assert (post.until, post.ended_reason) == (None, "")


def _taken(post):
    successor = factories.member(branch=post.branch, name="李玉兰", id_number=factories.id_number(5))
    holding = Holding(successor, "secretary", date(2025, 8, 1))
    fill_post(branch=post.branch, holding=holding, by=None, today=TODAY)
    return "书记自 2025-08-01 起是 李玉兰"


def _term_over(post):
    term = Term.objects.create(branch=post.branch, since=date(2024, 1, 1), years=3, due_on=date(2027, 1, 1))
    Post.objects.filter(pk=post.pk).update(term=term)
    Term.objects.update(until=date(2025, 8, 1), ended_reason="换届")
    return "书记的任期已经结束"


@pytest.mark.parametrize("meanwhile", [_taken, _term_over])
def test_a_post_that_cannot_be_held_again_is_named_on_record(wang, branch, meanwhile):
    post = as_secretary(wang, branch)
    event = moved(wang, "decease")
    words = meanwhile(post)

    undone(event)

    assert Post.objects.get(pk=post.pk).until == DAY
    why = AuditEntry.objects.get(verb="standing.undone").reason
    assert why == f"登记错了人（没有恢复：“鼓楼支部”{words}）"


@pytest.mark.django_db(transaction=True)
def test_a_post_that_others_may_hold_too_is_held_again_to_the_day_on_which_it_had_ended(wang, branch):
    holding = Holding(wang, "member", date(2025, 1, 1))
    post = fill_post(branch=branch, holding=holding, by=None, today=TODAY)
    relieve_post(post=post, on=date(2025, 9, 1), reason="工作调整", by=None, today=TODAY)
    event = moved(wang, "decease")
    other = factories.member(branch=branch, name="李玉兰", id_number=factories.id_number(5))
    fill_post(branch=branch, holding=Holding(other, "member", DAY), by=None, today=TODAY)

    undone(event)

    post.refresh_from_db()
    assert (post.until, post.ended_reason) == (date(2025, 9, 1), "工作调整")


def _host_closed(sent):
    close_unit(unit=sent.host, on=date(2026, 1, 1), document="", by=None, today=TODAY)
    return [f"在“{sent.host}”任党建工作指导员：“{sent.host}”已经撤销"]


def _nothing(sent):
    return []


@pytest.mark.parametrize("meanwhile", [_nothing, _host_closed])
def test_who_was_sent_goes_on_being_sent_unless_that_is_over(wang, meanwhile):
    host = factories.unit(parent=wang.branch.unit.parent, name="麒麟社区")
    sent = seconded(host, member=wang, since=date(2025, 1, 1), until=date(2026, 5, 1))
    event = moved(wang, "suspend")
    assert (Secondment.objects.get().until, event.settled) == (
        DAY,
        [
            {
                "key": f"secondment-{sent.pk}",
                "words": "在“麒麟社区”任党建工作指导员（2025-01-01 至 2026-05-01）",
            }
        ],
    )
    stays = meanwhile(sent)

    done = undone(event)

    assert done.stays == stays
    assert Secondment.objects.get(pk=sent.pk).until == (DAY if stays else date(2026, 5, 1))


def test_what_else_was_settled_stays_and_is_named(wang, community):
    draft = Draft(Destination(outside="昆明"))
    draft_transfer(member=wang, draft=draft, by=None, today=TODAY)
    host = factories.unit(parent=community.parent, name="麒麟社区")
    seconded(host, member=wang, since=date(2025, 9, 1), until=date(2026, 9, 1))
    team = factories.team(branch=wang.branch, name="鼓楼服务队")
    serving = factories.team_membership(team=team, member=wang)
    appoint_leader(team=team, membership=serving, by=None, today=TODAY)

    done = undone(moved(wang, "decease"))

    assert done.stays == [
        "组织关系转接（草稿，去昆明）",
        "在“麒麟社区”任党建工作指导员（2025-09-01 至 2026-09-01）",
        "任“鼓楼服务队”队长",
    ]
    assert AuditEntry.objects.get(verb="standing.undone").reason == (
        f"登记错了人（没有恢复：{'、'.join(done.stays)}）"
    )


def test_taking_part_goes_on_no_longer_than_its_branch(branch):
    member = factories.member(branch=branch)
    circle = factories.branch(unit=branch.unit, kind="temporary")
    factories.affiliation(member=member, branch=circle)
    event = moved(member, "decease")
    dissolve_branch(branch=circle, on=date(2025, 7, 1), document="", by=None, today=TODAY)

    undone(event)

    assert Affiliation.objects.get().until == date(2025, 7, 1)


def test_only_the_latest_move_is_taken_back(wang):
    first = moved(wang, "suspend")
    moved(wang, "decease", on=date(2025, 9, 1))

    with refused(StillNeeded, "王秀英 后来于 2025-09-01 又办理了去世，请先撤回后来的党籍变动"):
        undone(first)


def test_a_relation_with_a_dissolved_branch_does_not_come_back(wang, branch):
    event = moved(wang, "decease")
    dissolve_branch(branch=branch, on=date(2025, 7, 1), document="", by=None, today=TODAY)

    with refused(StillNeeded, GONE_SINCE.format("鼓楼支部", "2025-07-01")):
        undone(event)


def _moved_on(member, branch):
    restored = member.memberships.in_force().get()
    Membership.objects.filter(pk=restored.pk).update(until=date(2025, 10, 1), ended_by="transfer_out")
    Membership.objects.create(member=member, branch=branch, since=date(2025, 10, 1), began_by="transfer_in")


def _gone(member, branch):
    member.memberships.in_force().update(until=date(2025, 10, 1), ended_by="transfer_out")


@pytest.mark.parametrize(
    ("later", "words"),
    [
        (_moved_on, "王秀英 自 2025-10-01 起在“鼓楼支部”有后来的组织关系，请先撤回"),
        (_gone, "恢复的组织关系已于 2025-10-01 终止，请先撤回该事项"),
    ],
)
def test_what_became_of_a_restored_relation_must_be_taken_back_first(wang, branch, later, words):
    moved(wang, "suspend")
    event = moved(wang, "restore", on=date(2025, 9, 1), branch=branch)
    later(wang, branch)

    with refused(StillNeeded, words):
        undone(event)


# Relations.


@told_once
def returned(wang, branch):
    """王秀英, who left the district and was enrolled again."""
    wang.memberships.update(until=date(2024, 1, 1), ended_by="transfer_out")
    return enrol(member=wang, entry=Entry(branch, DAY, began_by="transfer_in"), by=None, today=TODAY)


def back(membership, reason="建错支部"):
    return undo_enrolment(membership=membership, reason=reason, by=None)


def test_an_enrolment_is_taken_back(returned):
    member = back(returned)

    assert (member.on_roster, member.standing) == (False, Standing.FULL)
    assert list(Membership.objects.values_list("until", flat=True)) == [date(2024, 1, 1)]
    assert AuditEntry.objects.get(verb="membership.undone").reason == "建错支部"


def test_what_the_registration_began_is_not_an_enrolment(wang):
    with refused(RosterRule, "这段组织关系是登记时建立的，请更正，或撤回登记"):
        back(wang.memberships.get())


def test_what_a_restored_standing_began_is_not_an_enrolment(wang, branch):
    moved(wang, "suspend")
    moved(wang, "restore", on=date(2025, 9, 1), branch=branch)

    with refused(RosterRule, "这段组织关系由恢复党籍建立，请撤回该项党籍变动"):
        back(wang.memberships.in_force().get())


def test_what_a_transfer_began_is_not_an_enrolment(wang, branch):
    _moved_on(wang, branch)

    with refused(RosterRule, "这段组织关系由组织关系转接建立，请撤回该次转接"):
        back(wang.memberships.in_force().get())


def test_an_enrolment_that_has_ended_is_not_taken_back(returned):
    moved(returned.member, "decease", on=date(2025, 9, 1))

    with refused(StillNeeded, "这段组织关系已于 2025-09-01 终止（去世），请先撤回该事项"):
        back(returned)


def test_taking_part_since_then_must_be_taken_back_before_the_enrolment(returned):
    circle = factories.branch(unit=returned.branch.unit, kind="temporary", name="书画临时支部")
    affiliate(member=returned.member, branch=circle, values={"since": DAY}, by=None, today=TODAY)

    words = "参加“书画临时支部”（2025-06-01 起）"
    with refused(StillNeeded, f"王秀英 自 2025-06-01 以后还有{words}，请先撤回或了结"):
        back(returned)


def _as_secretary(member, branch):
    fill_post(branch=branch, holding=Holding(member, "secretary", TODAY), by=None, today=TODAY)
    return f"任“鼓楼支部”书记（{TODAY} 起）"


def _under_way(member, branch):
    draft = Draft(Destination(outside="昆明"))
    draft_transfer(member=member, draft=draft, by=None, today=TODAY)
    return "组织关系转接（草稿，去昆明）"


@pytest.mark.parametrize("hanging", [_as_secretary, _under_way])
def test_nobody_without_a_relation_is_left_with_what_rests_on_it(returned, branch, hanging):
    words = hanging(Member.objects.get(pk=returned.member_id), branch)

    with refused(StillNeeded, f"王秀英 自 2025-06-01 以后还有{words}，请先撤回或了结"):
        back(returned)


@pytest.mark.parametrize("hanging", [_as_secretary, _under_way])
def test_a_restored_standing_stays_while_something_rests_on_its_relation(wang, branch, hanging):
    moved(wang, "suspend")
    event = moved(wang, "restore", branch=branch)
    words = hanging(Member.objects.get(pk=wang.pk), branch)

    with refused(StillNeeded, f"王秀英 自 2025-06-01 以后还有{words}，请先撤回或了结"):
        undone(event)


def test_taking_part_from_before_a_suspension_outlives_a_restored_standing_taken_back(taking_part, branch):
    member = taking_part.member
    change = StandingChange("suspend", DAY, reason="lost_contact")
    change_standing(member=member, change=change, by=None, today=TODAY)
    before = picture(member)

    undone(moved(member, "restore", on=date(2025, 9, 1), branch=branch))

    assert picture(member) == before


# Taking part.


@told_once
def taking_part(wang):
    circle = factories.branch(unit=wang.branch.unit, kind="temporary", name="书画临时支部")
    return factories.affiliation(member=wang, branch=circle)


def test_taking_part_is_taken_back(taking_part):
    undo_affiliation(affiliation=taking_part, reason="认错人", by=None)

    assert not Affiliation.objects.exists()
    assert AuditEntry.objects.get(verb="affiliation.undone").subject_text == "王秀英"


def test_a_sign_in_is_taken_back_before_the_taking_part(taking_part):
    sign_in = record_sign_in(affiliation=taking_part, on=DAY, by=None, today=TODAY)
    with refused(StillNeeded, f"“{taking_part}”还有参加记录 1 条，不能撤回"):
        undo_affiliation(affiliation=taking_part, reason="认错人", by=None)

    undo_sign_in(sign_in=sign_in, reason="认错人", by=None)
    undo_affiliation(affiliation=taking_part, reason="认错人", by=None)

    assert (SignIn.objects.count(), Affiliation.objects.count()) == (0, 0)


def ended(affiliation, on=DAY):
    return end_affiliation(affiliation=affiliation, on=on, by=None, today=TODAY)


def reopened(affiliation):
    return reopen_affiliation(affiliation=affiliation, reason="结束错了人", by=None)


@told_once
def elected(branch):
    """Somebody who was confirmed in 2025 and elected on the day after."""
    member = factories.member(
        branch=branch, standing="probationary", joined_on=date(2024, 5, 1), name="李国强"
    )
    moved(member, "confirm", on=DAY)
    return factories.term(branch, member, on=date(2025, 6, 2)).posts.get()


def test_who_was_elected_as_a_full_member_was_one(elected):
    member = elected.member
    post = f"{member} 自 2025-06-02 起经选举任“{elected.branch}”书记"

    with refused(StillNeeded, f"{post}，预备党员没有被选举权，请先撤回该职务"):
        undone(member.standing_events.get())
    late = MemberChanges({"full_on": date(2025, 6, 3)}, evidence="档案")
    with refused(RosterRule, f"{post}，转正日期不能晚于那一天", field="full_on"):
        amend_member(member=member, changes=late, by=None, today=TODAY)
    just = MemberChanges({"full_on": date(2025, 6, 2)}, evidence="档案")
    assert amend_member(member=member, changes=just, by=None, today=TODAY).full_on == date(2025, 6, 2)
    undo_post(post=elected, reason="误录", by=None)
    assert undone(member.standing_events.get()).row.standing == Standing.PROBATIONARY


def test_the_end_of_taking_part_is_taken_back(taking_part):
    assert reopened(ended(taking_part)).until is None
    assert AuditEntry.objects.get(verb="affiliation.reopened").reason == "结束错了人"


def test_what_has_not_ended_is_not_reopened(taking_part):
    with refused(RosterRule, "没有结束参加，不需要恢复"):
        reopened(taking_part)


def test_what_ended_with_the_standing_comes_back_only_with_it(taking_part):
    moved(taking_part.member, "decease")

    with refused(StillNeeded, "王秀英 的党籍为“去世”，请先撤回该项党籍变动"):
        reopened(taking_part)


def test_taking_part_in_a_dissolved_organisation_is_not_reopened(taking_part):
    ended(taking_part)
    dissolve_branch(branch=taking_part.branch, on=date(2025, 7, 1), document="", by=None, today=TODAY)

    with refused(StillNeeded, "“书画临时支部”已于 2025-07-01 撤销，不能恢复参加"):
        reopened(taking_part)


def test_who_is_suspended_may_take_part_again(taking_part):
    moved(taking_part.member, "suspend")

    assert reopened(ended(taking_part)).until is None


def test_who_has_left_the_district_takes_part_no_longer(taking_part):
    member = taking_part.member
    settle = all_settled(member, on=DAY, leaving=Leaving.TRANSFER_OUT, reason="迁走")
    made = transfer(member=member, to=Destination(outside="昆明"), state="issued", on=date(2025, 5, 1))
    close_transfer(transfer=made, answer=Receipt(DAY, DAY, settle), by=None, today=TODAY)

    words = "王秀英 在 2025-06-01 已没有组织关系，不能恢复参加；后来又来的请重新登记参加"
    with refused(StillNeeded, words):
        reopened(Affiliation.objects.get())


def test_who_takes_part_again_has_that_taken_back_first(taking_part):
    ended(taking_part)
    affiliate(
        member=taking_part.member, branch=taking_part.branch, values={"since": DAY}, by=None, today=TODAY
    )

    with refused(StillNeeded, "王秀英 自 2025-06-01 起又参加“书画临时支部”，请先撤回"):
        reopened(taking_part)


@pytest.mark.parametrize(
    "deed",
    [
        lambda row: undo_affiliation(affiliation=row, reason=" ", by=None),
        lambda row: reopen_affiliation(affiliation=row, reason="", by=None),
        lambda row: undo_enrolment(membership=row.member.memberships.get(), reason="", by=None),
    ],
)
def test_each_asks_a_reason(taking_part, deed):
    with refused(InvalidValue, "请写明撤回的原因", field="reason"):
        deed(taking_part)
