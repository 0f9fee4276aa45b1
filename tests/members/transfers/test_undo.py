"""The last step is taken back while nothing later rests on it; what rests on it is named."""

from datetime import timedelta

import pytest

from branches.operations import dissolve_branch
from core.errors import InvalidValue, StaleVersion
from core.models import AuditEntry
from core.voiding import StillNeeded
from members.models import Affiliation, Letter, Member, Membership, Post, Transfer
from members.obligations import Leaving, Settlement
from members.operations import (
    Holding,
    StandingChange,
    all_settled,
    change_standing,
    fill_post,
    open_obligations,
    undo_standing,
)
from members.operations.transfers import (
    Acceptance,
    Destination,
    Receipt,
    SentBack,
    TransferRule,
    accept_transfer,
    agree_transfer,
    cancel_transfer,
    close_transfer,
    issue_letter,
    last_step,
    lose_letter,
    receive_letter,
    reissue_letter,
    return_letter,
    undo_step,
)
from members.states import Standing
from tests import factories
from tests.factories import TODAY
from tests.factories.transfers import arriving_person, paper, transfer
from tests.ledger import refused
from tests.worlds import told_once

WHO = {"by": None, "today": TODAY}
WEEK_AGO = TODAY - timedelta(days=7)
WHY = "点错了"
GONE_SINCE = "“{0}”已于 {1} 撤销，组织关系不能恢复，请先撤回该撤销，或由“组织变动”自 {1} 起恢复它"


def fresh(row):
    return Transfer.objects.get(pk=row.pk)


def undo(row):
    return undo_step(transfer=row, reason=WHY, **WHO).row


def columns(row):
    """What a transfer holds, but for its version."""
    names = [each.attname for each in Transfer._meta.concrete_fields if each.name != "version"]
    return {
        name: bytes(value) if isinstance(value := getattr(fresh(row), name), memoryview) else value
        for name in names
    }


def relations(member):
    rows = member.memberships.order_by("since")
    return [(each.branch_id, each.since, each.until, each.ended_by, each.ended_document) for each in rows]


STEPS = ["agreed", "issued", "received", "accepted", "closed"]


@pytest.mark.parametrize("state", STEPS)
def test_a_step_taken_back_leaves_everything_as_it_was_before(places, wang, state):
    to = Destination(places.jianning)
    made = transfer(member=wang, to=to, state=["draft", *STEPS][STEPS.index(state)], into=places.away)
    before, held, letters = columns(made), relations(wang), list(Letter.objects.all())
    continued(made, state, places)
    assert fresh(made).state == state

    undo(made)

    assert columns(made) == before
    assert relations(wang) == held
    assert list(Letter.objects.all()) == letters
    assert [step.undone for step in made.steps.all()][-2:] == [True, False]


def continued(made, state, places):
    """The next step."""
    {
        "agreed": lambda: agree_transfer(transfer=made, on=TODAY, **WHO),
        "issued": lambda: issue_letter(transfer=made, facts=paper(), **WHO),
        "received": lambda: receive_letter(transfer=made, on=TODAY, **WHO),
        "accepted": lambda: accept_transfer(transfer=made, into=Acceptance(places.away, TODAY), **WHO),
        "closed": lambda: close_transfer(transfer=made, answer=Receipt(TODAY), **WHO),
    }[state]()


def test_an_acceptance_taken_back_puts_her_where_she_was_and_stays_on_record(places, wang):
    clerk = factories.account(name="建宁经办")
    made = transfer(member=wang, to=Destination(places.jianning), state="accepted", into=places.away)
    begun = fresh(made).membership_id

    undo_step(transfer=made, reason=WHY, by=clerk, today=TODAY)

    now = Member.objects.get(pk=wang.pk)
    assert (now.branch, now.on_roster) == (places.home, True)
    assert not Membership.objects.filter(pk=begun).exists()
    labels = Membership.pgh_event_model.objects.filter(pgh_obj_id=begun).order_by("pgh_id")
    assert list(labels.values_list("pgh_label", flat=True)) == ["insert", "delete"]
    words = "撤回“编入支部”：点错了"
    assert fresh(made).steps.last().note == words
    assert AuditEntry.objects.get(verb="membership.voided").reason == words
    assert AuditEntry.objects.about(wang).get(verb="transfer.undo").by == clerk
    # And she can be accepted again.
    accept_transfer(transfer=made, into=Acceptance(places.away, TODAY), **WHO)


def test_the_number_of_a_letter_taken_back_is_free_again(places, wang):
    made = transfer(member=wang, to=Destination(places.jianning), state="issued", number="12号")

    undo(made)

    assert issue_letter(transfer=made, facts=paper(number="12号"), **WHO).letter.number == "12号"


def test_a_replacement_taken_back_leaves_the_old_letter(places, wang):
    made = transfer(member=wang, to=Destination(places.jianning), state="issued")
    old = fresh(made).letter
    lose_letter(transfer=made, on=TODAY, **WHO)
    reissue_letter(transfer=made, facts=paper(), **WHO)

    undo(made)
    assert (fresh(made).state, fresh(made).letter) == ("lost", old)
    undo(made)
    assert fresh(made).state == "issued"


def test_a_departure_taken_back_brings_her_back(places, wang):
    held = relations(wang)
    made = transfer(member=wang, to=Destination(outside="昆明"), state="closed", on=WEEK_AGO)

    undo(made)

    assert relations(wang) == held
    assert Member.objects.get(pk=wang.pk).on_roster
    assert (fresh(made).state, fresh(made).accepted_on) == ("issued", None)


@pytest.mark.parametrize("outside", ["", "昆明"])
def test_what_ended_with_her_old_relation_goes_on_again(places, wang, outside):
    circle = factories.branch(unit=places.gulou, kind="temporary")
    part = factories.affiliation(member=wang, branch=circle)
    holding = Holding(wang, "secretary", WEEK_AGO)
    post = fill_post(branch=places.home, holding=holding, **WHO)
    to = Destination(outside=outside) if outside else Destination(branch=places.next_door)
    made = transfer(member=wang, to=to, state="issued" if outside else "draft")
    leaving = Leaving.TRANSFER_OUT if outside else Leaving.TRANSFER
    hanging = open_obligations(wang, on=TODAY, leaving=leaving)
    settle = tuple(Settlement(each.key, "搬走了") for each in hanging)
    if outside:
        close_transfer(transfer=made, answer=Receipt(TODAY, TODAY, settle), **WHO)
    else:
        accept_transfer(transfer=made, into=Acceptance(places.next_door, TODAY, settle=settle), **WHO)
    ends = [row.until for row in (Affiliation.objects.get(), Post.objects.get())]
    assert ends == [TODAY, TODAY]

    undo(made)

    for row in (part, post):
        row.refresh_from_db()
        assert row.until is None


def test_where_she_takes_part_again_the_first_time_does_not_go_on(places, wang):
    circle = factories.branch(unit=places.gulou, kind="temporary", name="书画临时支部", short_name="")
    part = factories.affiliation(member=wang, branch=circle)
    made = transfer(member=wang, to=Destination(branch=places.next_door))
    settle = (Settlement(f"affiliation-{part.pk}", "搬走了"),)
    accept_transfer(transfer=made, into=Acceptance(places.next_door, TODAY, settle=settle), **WHO)
    factories.affiliation(member=wang, branch=circle, since=TODAY)

    undo(made)

    words = "撤回“编入支部”：点错了（没有恢复：“书画临时支部”又重新参加）"
    assert fresh(made).steps.last().note == words
    part.refresh_from_db()
    assert part.until == TODAY


def test_what_does_not_go_on_is_named_in_the_step_that_takes_back(places, wang):
    holding = Holding(wang, "secretary", WEEK_AGO)
    fill_post(branch=places.home, holding=holding, **WHO)
    successor = factories.member(branch=places.home, name="李玉兰", id_number=factories.id_number(5))
    made = transfer(member=wang, to=Destination(branch=places.next_door))
    [post] = open_obligations(wang, on=TODAY, leaving=Leaving.TRANSFER)
    into = Acceptance(places.next_door, TODAY, settle=(Settlement(post.key, "搬走了", successor),))
    accept_transfer(transfer=made, into=into, **WHO)

    undo(made)

    words = f"撤回“编入支部”：点错了（没有恢复：“鼓楼支部”书记自 {TODAY} 起是 李玉兰）"
    assert fresh(made).steps.last().note == words


def test_an_arrival_taken_back_is_off_the_roster_and_can_be_accepted_again(places):
    made = transfer(to=Destination(places.jianning), state="received")
    into = Acceptance(places.away, TODAY, scope=places.everywhere)
    accept_transfer(transfer=made, into=into, **WHO)
    member = Member.objects.get()

    undo(made)

    assert not Member.objects.get(pk=member.pk).on_roster
    assert (fresh(made).member, fresh(made).state) == (None, "received")
    accept_transfer(transfer=made, into=into, **WHO)
    assert Member.objects.on_roster().get() != member


def test_an_arrival_taken_back_takes_her_registration_with_it_and_another_street_can_register_her(places):
    made = transfer(to=Destination(places.jianning), state="received")
    accept_transfer(transfer=made, into=Acceptance(places.away, TODAY), **WHO)

    undo(made)

    assert Member.objects.get().standing == Standing.VOID
    cancelled = return_letter(transfer=made, back=SentBack("incomplete", TODAY), **WHO)
    assert not cancelled.is_open
    elsewhere = transfer(
        to=Destination(places.nanning), state="accepted", into=places.home, number="昆组转〔2026〕8号"
    )
    assert fresh(elsewhere).member.branch == places.home


def test_who_was_known_before_she_arrived_stays_registered_when_that_is_taken_back(places, wang):
    transfer(member=wang, to=Destination(outside="昆明"), state="closed", on=WEEK_AGO)
    made = transfer(person=arriving_person(9), to=Destination(places.jianning), state="received")
    into = Acceptance(places.away, TODAY, scope=places.everywhere)
    accept_transfer(transfer=made, into=into, **WHO)

    undo(made)

    now = Member.objects.get()
    assert (now.standing, now.on_roster, now.memberships.count()) == (Standing.FULL, False, 1)


def test_what_an_arrival_takes_part_in_must_be_taken_back_first(places):
    made = transfer(to=Destination(places.jianning), state="received")
    accept_transfer(transfer=made, into=Acceptance(places.away, TODAY), **WHO)
    circle = factories.branch(unit=places.gulou, kind="temporary", name="书画临时支部")
    factories.affiliation(member=fresh(made).member, branch=circle, since=TODAY)

    with refused(StillNeeded, f"李玉兰 之后还有参加“书画临时支部”（{TODAY} 起），请先撤回"):
        undo(made)


def test_a_return_and_a_withdrawal_are_taken_back(places, wang):
    made = transfer(member=wang, to=Destination(places.jianning), state="received")
    before = columns(made)
    return_letter(transfer=made, back=SentBack("incomplete", TODAY), **WHO)
    undo(made)
    assert columns(made) == before

    undo(made)
    cancel_transfer(transfer=made, on=TODAY, note="不转了", **WHO)
    undo(made)
    assert fresh(made).state == "issued"


# What is refused.


def test_the_beginning_is_not_taken_back_but_withdrawn(places, wang):
    made = transfer(member=wang, to=Destination(places.jianning))

    assert last_step(made) is None
    with refused(TransferRule, "“王秀英”的转接没有可以撤回的步骤；不再办理请“撤销转接”"):
        undo(made)


def test_taking_back_asks_a_reason_and_the_version_that_was_seen(places, wang):
    made = transfer(member=wang, to=Destination(places.jianning), state="agreed")

    with refused(InvalidValue, "请写明撤回的原因", field="reason"):
        undo_step(transfer=made, reason=" ", **WHO)
    with pytest.raises(StaleVersion, match="支部同意"):
        undo_step(transfer=made, reason=WHY, version=1, **WHO)


@told_once
def accepted(places, wang):
    return transfer(
        member=wang, to=Destination(places.jianning), state="accepted", into=places.away, on=WEEK_AGO
    )


def test_a_later_relation_is_named(places, wang, accepted):
    beside = factories.branch(unit=places.wenchang, name="文昌第二支部")
    transfer(member=wang, to=Destination(branch=beside), state="accepted")

    with refused(StillNeeded, f"王秀英 之后还有{TODAY} 起在“文昌第二支部”的组织关系，请先撤回"):
        undo(accepted)


def test_a_later_event_of_the_standing_is_named(wang, accepted):
    change_standing(member=wang, change=StandingChange("decease", TODAY), **WHO)

    with refused(StillNeeded, f"王秀英 之后还有{TODAY} 的党籍变动（去世），请先撤回"):
        undo(accepted)


def test_that_she_has_left_the_district_since_is_named(places, wang, accepted):
    transfer(member=wang, to=Destination(outside="昆明"), state="closed")

    with refused(StillNeeded, f"王秀英 之后还有在“文昌支部”组织关系的终止（{TODAY} 转出组织关系），请先撤回"):
        undo(accepted)


def test_another_transfer_begun_since_is_named(places, wang, accepted):
    transfer(member=wang, to=Destination(branch=factories.branch(unit=places.wenchang)))

    with refused(StillNeeded, "王秀英 另有一项未办结的转接（草稿），不能撤回“编入支部”"):
        undo(accepted)


def test_a_branch_that_is_gone_takes_nobody_back(places, wang, accepted):
    dissolve_branch(branch=places.home, on=TODAY, document="", **WHO)

    with refused(StillNeeded, GONE_SINCE.format("鼓楼支部", TODAY)):
        undo(accepted)


def test_a_group_that_is_gone_takes_nobody_back(places):
    group = factories.branch(unit=places.gulou, name="第一党小组", category="641", parent=places.home)
    member = factories.member(branch=places.home, group=group)
    to = Destination(places.jianning)
    accepted = transfer(member=member, to=to, state="accepted", into=places.away, on=WEEK_AGO)
    dissolve_branch(branch=group, on=TODAY, document="", **WHO)

    with refused(StillNeeded, GONE_SINCE.format("第一党小组", TODAY)):
        undo(accepted)


def test_a_withdrawal_is_not_taken_back_beside_another_transfer(places, wang):
    first = transfer(member=wang, to=Destination(places.jianning))
    cancel_transfer(transfer=first, on=TODAY, note="不转了", **WHO)
    transfer(member=wang, to=Destination(branch=places.next_door))

    with refused(StillNeeded, "王秀英 另有一项未办结的转接（草稿），不能撤回“撤销”"):
        undo(first)


def test_a_withdrawal_is_not_taken_back_when_she_is_not_there_any_more(places, wang):
    made = transfer(member=wang, to=Destination(places.jianning))
    settle = all_settled(wang, on=TODAY, leaving=Leaving.DEATH, reason="去世")
    death = change_standing(member=wang, change=StandingChange("decease", TODAY, settle=settle), **WHO)

    with refused(StillNeeded, "王秀英 的组织关系已不在“鼓楼支部”，不能撤回“撤销”"):
        undo(made)
    undo_standing(event=death, reason=WHY, by=None)
    undo(made)
    assert fresh(made).state == "draft"
