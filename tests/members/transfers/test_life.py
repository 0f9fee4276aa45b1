"""The life of a transfer on its four routes: who counts the member when, and what each step leaves behind."""

from datetime import date, timedelta

import pytest

from branches.operations import move_unit
from core.errors import InvalidValue, SeveralRefusals, StaleVersion
from core.models import AuditEntry
from members.models import Letter, Member, Transfer
from members.operations import Entry, StandingChange, change_standing, enrol
from members.operations.people import TAKEN, IdNumberTaken
from members.operations.rules import RosterRule
from members.operations.transfers import (
    Acceptance,
    Arriving,
    Destination,
    Draft,
    LetterFacts,
    Receipt,
    SentBack,
    TransferRule,
    accept_transfer,
    agree_transfer,
    cancel_transfer,
    close_transfer,
    draft_transfer,
    issue_letter,
    lose_letter,
    receive_letter,
    record_incoming,
    reissue_letter,
    return_letter,
)
from members.states import Route, TransferState
from tests import factories
from tests.factories import TODAY
from tests.factories.transfers import FROM, arriving_person, paper, transfer
from tests.ledger import refused, refused_by_database
from tests.worlds import told_once

WHO = {"by": None, "today": TODAY}
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
WEEK_AGO = TODAY - timedelta(days=7)


def fresh(row):
    return Transfer.objects.get(pk=row.pk)


def relations(member):
    """(branch, since, until, how it began, how it ended) of each 组织关系, the first first."""
    rows = member.memberships.order_by("since").select_related("branch")
    return [(str(each.branch), each.since, each.until, each.began_by, each.ended_by) for each in rows]


def steps(row):
    return [(step.move, step.before, step.after) for step in row.steps.all()]


# Within one committee: no letter.


def test_within_one_committee_the_relation_moves_without_a_letter(places, wang):
    made = transfer(member=wang, to=Destination(branch=places.next_door))
    assert (made.route, made.state, made.to_unit, made.channel) == (
        Route.WITHIN, "draft", places.nanning, "internal",
    )  # fmt: skip
    assert relations(wang)[-1][0] == "鼓楼支部"

    accept_transfer(transfer=made, into=Acceptance(places.next_door, YESTERDAY), **WHO)

    assert relations(wang) == [
        ("鼓楼支部", date(2010, 1, 1), YESTERDAY, "initial_load", "transfer_out"),
        ("鼓楼第二支部", YESTERDAY, None, "transfer_in", ""),
    ]
    now = Member.objects.get(pk=wang.pk)
    assert (now.branch, now.on_roster) == (places.next_door, True)
    made = fresh(made)
    assert (made.state, made.accepted_on, made.letter, made.is_open) == ("accepted", YESTERDAY, None, False)
    assert steps(made) == [("draft", "", "draft"), ("accept", "draft", "accepted")]


def test_a_group_may_be_named_and_must_be_the_branchs_own(places, wang):
    group = factories.branch(unit=places.gulou, category="641", parent=places.next_door, name="东门组")
    foreign = factories.branch(unit=places.gulou, category="641", parent=places.home, name="西门组")
    made = transfer(member=wang, to=Destination(branch=places.next_door))

    with refused(InvalidValue, "“西门组”不是“鼓楼第二支部”的党小组", field="group"):
        accept_transfer(transfer=made, into=Acceptance(places.next_door, TODAY, foreign), **WHO)

    accept_transfer(transfer=made, into=Acceptance(places.next_door, TODAY, group), **WHO)
    assert wang.memberships.get(until=None).group == group


# Between streets.


def test_between_streets_the_sender_counts_her_until_a_branch_has_accepted_her(places, wang):
    made = transfer(member=wang, to=Destination(places.jianning), state="received", on=WEEK_AGO)
    assert relations(wang) == [("鼓楼支部", date(2010, 1, 1), None, "initial_load", "")]

    accept_transfer(transfer=made, into=Acceptance(places.away, YESTERDAY), **WHO)

    assert relations(wang) == [
        ("鼓楼支部", date(2010, 1, 1), YESTERDAY, "initial_load", "transfer_out"),
        ("文昌支部", YESTERDAY, None, "transfer_in", ""),
    ]
    made = fresh(made)
    assert made.membership == wang.memberships.get(until=None)
    assert made.membership.began_document == "南宁街道组转〔2026〕1号"
    assert (made.receipt_due_on, made.goes_to, made.comes_from) == (
        date(2026, 12, 22),
        "文昌支部",
        "鼓楼支部",
    )
    close_transfer(transfer=made, answer=Receipt(TODAY), **WHO)
    made = fresh(made)
    assert (made.state, made.receipt_on, made.receipt_due_on, made.version) == ("closed", TODAY, None, 6)
    assert steps(made) == [
        ("draft", "", "draft"), ("agree", "draft", "agreed"), ("issue", "agreed", "issued"),
        ("receive", "issued", "received"), ("accept", "received", "accepted"),
        ("close", "accepted", "closed"),
    ]  # fmt: skip


def test_the_branch_agrees_when_she_belongs_to_it_and_the_letter_is_issued_after(places):
    member = factories.member(branch=places.home, since=YESTERDAY)
    made = transfer(member=member, to=Destination(places.jianning))

    with refused(InvalidValue, f"同意日期 {WEEK_AGO} 早于组织关系起始日期 {YESTERDAY}", field="on"):
        agree_transfer(transfer=made, on=WEEK_AGO, **WHO)
    agree_transfer(transfer=made, on=TODAY, **WHO)
    with refused(InvalidValue, f"开具日期 {YESTERDAY} 早于支部同意日期 {TODAY}", field="issued_on"):
        issue_letter(transfer=fresh(made), facts=paper(YESTERDAY), **WHO)
    assert issue_letter(transfer=fresh(made), facts=paper(TODAY), **WHO).state == "issued"


def test_what_was_sent_back_is_agreed_to_anew_and_no_step_is_before_the_last(places, wang):
    made = transfer(member=wang, to=Destination(places.jianning), state="issued", on=WEEK_AGO)
    receive_letter(transfer=fresh(made), on=YESTERDAY, **WHO)

    with refused(InvalidValue, f"退回日期 {WEEK_AGO} 早于收到日期 {YESTERDAY}", field="on"):
        return_letter(transfer=fresh(made), back=SentBack("not_resident", WEEK_AGO), **WHO)
    return_letter(transfer=fresh(made), back=SentBack("not_resident", TODAY), **WHO)
    with refused(InvalidValue, f"同意日期 {YESTERDAY} 早于退回日期 {TODAY}", field="on"):
        agree_transfer(transfer=fresh(made), on=YESTERDAY, **WHO)
    assert agree_transfer(transfer=fresh(made), on=TODAY, **WHO).state == "agreed"


def test_to_a_district_direct_branch_the_district_receives(places, wang):
    made = transfer(member=wang, to=Destination(branch=places.direct))

    assert (made.route, made.to_unit) == (Route.BETWEEN, places.district)


def test_the_letter_says_of_her_what_her_record_says_when_it_is_issued(places):
    phones = [("13800000001", "child", ""), ("13800000002", "self", "")]
    member = factories.member(branch=places.home, id_number=factories.id_number(5), phones=phones)
    made = transfer(member=member, to=Destination(places.jianning), state="agreed")
    Member.objects.filter(pk=member.pk).update(ethnic_group="07")

    issue_letter(transfer=made, facts=paper(), **WHO)

    made = fresh(made)
    assert (made.name, made.sex, made.ethnic_group, made.phone) == ("王秀英", "F", "07", "13800000002")
    assert made.get_sealed("id_number") == factories.id_number(5)
    assert Transfer.objects.search("wxy").get() == made


def test_every_step_says_who_what_when_and_is_audited_at_the_senders(places, wang):
    clerk = factories.account(name="街道经办")
    made = transfer(member=wang, to=Destination(places.jianning), state="issued", by=clerk)

    step = made.steps.last()
    assert (step.move, step.on, step.by) == ("issue", TODAY, clerk)
    assert step.changed == {"letter_id": [None, made.letter_id], "state": ["agreed", "issued"]}
    entry = AuditEntry.objects.get(verb="transfer.issue")
    assert (entry.by, entry.place, entry.fields) == (clerk, places.home.path, ["letter_id", "state"])


# What may not be.


def test_a_member_is_transferred_once_at_a_time(places, wang):
    transfer(member=wang, to=Destination(places.jianning), state="issued")

    with refused(RosterRule, "王秀英 已有一项未办结的转接（已开具）", field="member"):
        transfer(member=wang, to=Destination(branch=places.next_door))


def test_the_database_refuses_a_second_open_transfer_too(places, wang):
    first = transfer(member=wang, to=Destination(places.jianning))
    second = Transfer(
        **{
            each.attname: getattr(first, each.attname)
            for each in Transfer._meta.concrete_fields
            if each.name not in ("id", "uid")
        }
    )

    with refused_by_database("one_open_transfer_a_member"):
        second.save()


def test_who_has_no_relation_is_not_transferred(places, wang):
    change_standing(member=wang, change=StandingChange("suspend", TODAY, "lost_contact"), **WHO)

    with refused(RosterRule, "王秀英 现在没有组织关系，不能转接", field="member"):
        transfer(member=wang, to=Destination(places.jianning))


BAD_ENDS = [
    (lambda p: Destination(), "to_unit", "须写明转到哪里"),
    (lambda p: Destination(p.jianning, outside="昆明"), "to_outside", "区内和区外的去向只能填写一处"),
    (lambda p: Destination(p.nanning), "to_branch", "在本党（工）委内转接，须写明转入哪个党支部"),
    (lambda p: Destination(branch=p.home), "to_branch", "已在“鼓楼支部”，不需要转接"),
    (lambda p: Destination(p.nanning, p.away), "to_branch", "“文昌支部”属于建宁街道，不属于南宁街道"),
    (
        lambda p: Destination(p.away.unit),
        "to_unit",
        "组织关系只能转到区或街道党（工）委，“文昌社区”是社区",
    ),
    (
        lambda p: Destination(gone(p.jianning, "closed_on")),
        "to_unit",
        "“建宁街道”已于 2026-11-23 撤销，不能接收",
    ),
    (
        lambda p: Destination(branch=gone(p.away, "dissolved_on")),
        "to_branch",
        "“文昌支部”已于 2026-11-23 撤销，不能接收",
    ),
    (
        lambda p: Destination(
            branch=factories.branch(unit=p.away.unit, category="641", parent=p.away, name="甲组")
        ),
        "to_branch",
        "组织关系只能落在党支部或联合党支部，“甲组”是党小组",
    ),
]


def gone(place, last_day):
    """The place as it is once it was closed today."""
    setattr(place, last_day, TODAY)
    return place


@pytest.mark.parametrize(("to", "field", "words"), BAD_ENDS)
def test_a_bad_end_is_refused_in_words(places, wang, to, field, words):
    end = to(places)
    with refused(InvalidValue, words, field=field):
        transfer(member=wang, to=end)


BAD_LETTERS = [
    (LetterFacts(TOMORROW, 30, TODAY), "issued_on", "开具日期 2026-11-24 在今天（2026-11-23）之后"),
    (LetterFacts(TODAY, 0, TODAY), "valid_days", "有效期 0 天，须在1至90天之间（组通字〔2006〕45号）"),
    (LetterFacts(TODAY, 91, TODAY), "valid_days", "有效期 91 天，须在1至90天之间（组通字〔2006〕45号）"),
    (
        LetterFacts(TODAY, 30, date(2026, 10, 31)),
        "dues_paid_to",
        "党费只交到 2026-10，应交到转接的当月（2026-11）",
    ),
    (
        LetterFacts(TODAY, 30, date(2027, 12, 1)),
        "dues_paid_to",
        "党费交到 2027-12，比开具日期晚一年以上，请核对",
    ),
]


@pytest.mark.parametrize(("facts", "field", "words"), BAD_LETTERS)
def test_a_bad_letter_is_refused_in_words(places, wang, facts, field, words):
    made = transfer(member=wang, to=Destination(places.jianning), state="agreed")

    with refused(InvalidValue, words, field=field):
        issue_letter(transfer=made, facts=facts, **WHO)


@pytest.mark.parametrize("days", [1, 90])
def test_a_letter_is_valid_for_one_to_ninety_days(places, wang, days):
    made = transfer(member=wang, to=Destination(places.jianning), state="agreed")

    letter = issue_letter(transfer=made, facts=LetterFacts(TODAY, days, TODAY), **WHO).letter

    assert Letter.objects.get(pk=letter.pk).valid_until == TODAY + timedelta(days=days)


def test_letters_are_numbered_by_committee_and_year_and_a_number_is_used_once(places, wang):
    numbers = {"李甲": "", "李乙": "南宁街道组转〔2026〕3号", "李丙": "", "李丁": "滇组0012号"}
    to = Destination(places.jianning)
    issued = [
        transfer(
            member=factories.member(branch=places.home, name=name), to=to, state="issued", number=number
        ).letter.number
        for name, number in numbers.items()
    ]
    assert issued == [
        "南宁街道组转〔2026〕1号", "南宁街道组转〔2026〕3号", "南宁街道组转〔2026〕4号", "滇组0012号",
    ]  # fmt: skip
    agreed = transfer(member=wang, to=to, state="agreed")

    with refused(InvalidValue, "该编号今年已经用过", field="number"):
        issue_letter(transfer=agreed, facts=paper(number="滇组0012号"), **WHO)


def test_a_letter_is_received_on_its_last_day_and_not_after(places, wang):
    on = TODAY - timedelta(days=30)
    made = transfer(member=wang, to=Destination(places.jianning), state="issued", on=on)

    assert made.state_on(TODAY) == TransferState.ISSUED
    assert made.state_on(TOMORROW) == TransferState.EXPIRED
    receive_letter(transfer=made, on=TODAY, **WHO)


@told_once
def expired(places, wang):
    """A letter whose thirty days ran out yesterday."""
    on = TODAY - timedelta(days=31)
    return transfer(member=wang, to=Destination(places.jianning), state="issued", on=on)


def test_an_expired_letter_is_not_received_and_asked_for_by_the_day(places, expired):
    assert list(Transfer.objects.expired(on=TODAY)) == [expired]
    assert list(Transfer.objects.expired(on=YESTERDAY)) == []
    assert list(Transfer.objects.waiting("expired", on=TODAY)) == [expired]
    assert list(Transfer.objects.waiting("issued", on=TODAY)) == []
    assert list(Transfer.objects.waiting("issued", on=YESTERDAY)) == [expired]
    assert list(Transfer.objects.waiting("draft", on=TODAY)) == []

    words = "介绍信有效期至 2026-11-22，已经过期，不能接收；请退回，由转出单位重新开具"
    with refused(InvalidValue, words, field="on"):
        receive_letter(transfer=expired, on=TODAY, **WHO)


def test_an_expired_letter_is_replaced_and_the_new_one_names_the_old(expired):
    old = expired.letter

    made = reissue_letter(transfer=expired, facts=paper(), **WHO)

    assert (made.letter.replaces, made.state, made.state_on(TODAY)) == (old, "issued", "issued")
    assert steps(made)[-1] == ("reissue", "issued", "issued")


def test_a_valid_letter_is_not_replaced_unless_it_is_lost(places, wang):
    made = transfer(member=wang, to=Destination(places.jianning), state="issued")
    words = "介绍信“南宁街道组转〔2026〕1号”有效期至 2026-12-23，尚未过期；如已遗失请先登记遗失"
    with refused(InvalidValue, words, field="issued_on"):
        reissue_letter(transfer=made, facts=paper(), **WHO)

    lose_letter(transfer=made, on=TODAY, note="路上丢失", **WHO)
    assert fresh(made).state == "lost"
    made = reissue_letter(transfer=made, facts=paper(), **WHO)

    assert (made.state, made.letter.number) == ("issued", "南宁街道组转〔2026〕2号")


def test_a_letter_goes_back_for_a_listed_reason_and_may_be_addressed_anew(places, wang):
    made = transfer(member=wang, to=Destination(places.jianning), state="received")

    with refused(InvalidValue, field="reason", detail=(
        "退回原因须是：抬头或去向有误、超过有效期、信息不全、身份存疑需核查、党员档案缺失、不在本辖区居住、重复转接、本人撤回、其他"
    )):  # fmt: skip
        return_letter(transfer=made, back=SentBack("不想接", TODAY), **WHO)
    with refused(InvalidValue, "原因为“其他”时须写明说明", field="note"):
        return_letter(transfer=made, back=SentBack("other", TODAY), **WHO)
    return_letter(transfer=made, back=SentBack("wrong_addressee", TODAY, "应去区直"), **WHO)
    returned = fresh(made)
    assert (returned.state, returned.return_reason, returned.return_note, returned.is_open) == (
        "returned", "wrong_addressee", "应去区直", True,
    )  # fmt: skip
    assert relations(wang)[-1][2] is None

    agree_transfer(transfer=made, on=TODAY, to=Destination(places.district), **WHO)
    again = issue_letter(transfer=made, facts=paper(), **WHO)

    assert (again.to_unit, again.return_reason, again.received_on) == (places.district, "", None)
    assert again.letter.replaces == returned.letter


def test_what_came_back_keeps_its_route(places, wang):
    made = transfer(member=wang, to=Destination(places.jianning), state="issued")
    return_letter(transfer=made, back=SentBack("not_resident", TODAY), **WHO)

    with refused(InvalidValue, "“区内转接”的转接不能改为其他方式，请撤销后重新起草", field="to_unit"):
        agree_transfer(transfer=made, on=TODAY, to=Destination(outside="昆明市委组织部"), **WHO)


@pytest.mark.parametrize("state", ["draft", "agreed", "issued"])
def test_a_transfer_is_withdrawn_with_a_reason_until_it_is_received(places, wang, state):
    made = transfer(member=wang, to=Destination(places.jianning), state=state)
    with refused(InvalidValue, "请写明撤销的原因", field="note"):
        cancel_transfer(transfer=made, on=TODAY, **WHO)

    cancel_transfer(transfer=made, on=TODAY, note="本人不走了", **WHO)

    assert fresh(made).state == "cancelled"
    transfer(member=wang, to=Destination(places.jianning))


def test_days_run_forward(places, wang):
    made = transfer(member=wang, to=Destination(places.jianning), state="received", on=WEEK_AGO)
    earlier = WEEK_AGO - timedelta(days=1)

    with refused(InvalidValue, f"编入日期 {earlier} 早于接收日期 {WEEK_AGO}", field="on"):
        accept_transfer(transfer=made, into=Acceptance(places.away, earlier), **WHO)
    with refused(InvalidValue, "编入日期 2026-11-24 在今天（2026-11-23）之后", field="on"):
        accept_transfer(transfer=made, into=Acceptance(places.away, TOMORROW), **WHO)
    with refused(InvalidValue, f"退回日期 {earlier} 早于开具日期 {WEEK_AGO}", field="on"):
        return_letter(transfer=made, back=SentBack("expired", earlier), **WHO)


def test_a_relation_does_not_end_on_its_first_day(places):
    newcomer = factories.member(branch=places.home, since=TODAY)
    made = transfer(member=newcomer, to=Destination(branch=places.next_door))

    words = f"{TODAY} 不晚于组织关系的起始日期 {TODAY}，请先更正起始日期"
    with refused(InvalidValue, words, field="on"):
        accept_transfer(transfer=made, into=Acceptance(places.next_door, TODAY), **WHO)


def test_she_is_accepted_only_into_a_branch_of_the_committee_addressed(places, wang):
    made = transfer(member=wang, to=Destination(places.jianning), state="received")

    with refused(InvalidValue, "“审计局支部”属于麒麟区，不属于建宁街道", field="branch"):
        accept_transfer(transfer=made, into=Acceptance(places.direct, TODAY), **WHO)


def test_a_letter_is_received_for_a_branch_of_the_committee_addressed(places, wang):
    made = transfer(member=wang, to=Destination(places.jianning), state="issued")
    with refused(InvalidValue, "“审计局支部”属于麒麟区，不属于建宁街道", field="branch"):
        receive_letter(transfer=made, on=TODAY, branch=places.direct, **WHO)

    assert receive_letter(transfer=made, on=TODAY, branch=places.away, **WHO).to_branch == places.away


def test_a_draft_within_may_not_lead_back_to_where_she_is(places, wang):
    made = transfer(member=wang, to=Destination(branch=places.next_door))

    with refused(InvalidValue, "已在“鼓楼支部”，不需要转接", field="branch"):
        accept_transfer(transfer=made, into=Acceptance(places.home, TODAY), **WHO)


def test_who_is_in_another_branch_meanwhile_is_not_accepted(places, wang):
    made = transfer(member=wang, to=Destination(places.jianning), state="received")
    # No operation moves her under an open transfer; the database lets it be written.
    wang.memberships.update(branch=places.next_door)

    with refused(TransferRule, "王秀英 的组织关系已不在“鼓楼支部”，请退回或撤销本次转接"):
        accept_transfer(transfer=made, into=Acceptance(places.away, TODAY), **WHO)


def test_nobody_goes_to_another_committee_without_a_letter_when_the_community_moved_meanwhile(places, wang):
    beside = factories.branch(unit=factories.unit(parent=places.nanning, name="寥廓社区"), name="寥廓支部")
    made = transfer(member=wang, to=Destination(branch=beside))
    move_unit(unit=places.gulou, to=places.jianning, on=TODAY, document="", **WHO)

    words = "“鼓楼支部”现属于建宁街道，转到南宁街道须开具介绍信，请撤销后重新起草"
    with refused(TransferRule, words):
        accept_transfer(transfer=fresh(made), into=Acceptance(beside, TODAY), **WHO)


def test_whoever_comes_too_late_is_told_who_did_what_and_when(places, wang):
    clerk = factories.account(name="建宁经办")
    made = transfer(member=wang, to=Destination(places.jianning), state="issued")
    seen = fresh(made)
    receive_letter(transfer=made, on=TODAY, by=clerk, today=TODAY)

    with pytest.raises(
        TransferRule,
        match=r"“王秀英”的转接已由 建宁经办 于 [-\d]{10} [:\d]{5} 接收，现为“已接收待编入”，不能再",
    ):
        receive_letter(transfer=seen, on=TODAY, **WHO)
    with pytest.raises(StaleVersion, match=r"已由 建宁经办 于 .* 接收.*请重新打开此页再办理"):
        return_letter(transfer=seen, back=SentBack("duplicate", TODAY), version=seen.version, **WHO)


# Out of the district.


def test_out_of_the_district_the_relation_ends_when_the_receipt_says_so(places, wang):
    made = transfer(
        member=wang, to=Destination(outside="中共昆明市五华区委组织部"), state="issued", on=WEEK_AGO
    )
    assert (made.route, made.to_unit, made.goes_to) == (Route.OUT, None, "中共昆明市五华区委组织部")
    assert made.receipt_due_on == WEEK_AGO + timedelta(days=60)
    assert list(Transfer.objects.receipt_owed()) == [made]

    with refused(InvalidValue, "转出区外的须填写对方接收日期，其他的不填", field="accepted_on"):
        close_transfer(transfer=made, answer=Receipt(TODAY), **WHO)
    with refused(
        InvalidValue, f"对方接收日期 {date(2026, 11, 1)} 早于开具日期 {WEEK_AGO}", field="accepted_on"
    ):
        close_transfer(transfer=made, answer=Receipt(TODAY, date(2026, 11, 1)), **WHO)
    with refused(InvalidValue, f"回执日期 {YESTERDAY} 早于对方接收日期 {TODAY}", field="receipt_on"):
        close_transfer(transfer=made, answer=Receipt(YESTERDAY, TODAY), **WHO)
    close_transfer(transfer=made, answer=Receipt(TODAY, YESTERDAY), **WHO)

    assert relations(wang) == [("鼓楼支部", date(2010, 1, 1), YESTERDAY, "initial_load", "transfer_out")]
    assert not Member.objects.get(pk=wang.pk).on_roster
    made = fresh(made)
    assert (made.state, made.accepted_on, made.receipt_on) == ("closed", YESTERDAY, TODAY)
    assert AuditEntry.objects.about(wang).filter(verb="transfer.close").count() == 1


# In from outside.


def test_from_outside_the_letter_is_written_in_and_the_arrival_registered_in_a_branch(places):
    made = transfer(to=Destination(places.jianning), state="received")
    assert (made.member, made.from_outside, made.comes_from, str(made)) == (None, FROM, FROM, "李玉兰")
    assert (made.letter.signed_by, made.letter.number) == (FROM, "昆组转〔2026〕7号")
    assert Member.objects.count() == 0

    into = Acceptance(places.away, TODAY, scope=places.everywhere)
    accept_transfer(transfer=made, into=into, **WHO)

    member = Member.objects.get()
    assert (member.name, member.branch, member.on_roster) == ("李玉兰", places.away, True)
    assert relations(member) == [("文昌支部", TODAY, None, "transfer_in", "")]
    made = fresh(made)
    assert (made.member, made.membership.began_document) == (member, "昆组转〔2026〕7号")


def test_who_left_and_comes_back_is_enrolled_and_not_registered_again(places, wang):
    transfer(member=wang, to=Destination(outside="昆明"), state="closed", on=WEEK_AGO)
    back = transfer(person=arriving_person(9), to=Destination(places.jianning), state="received")

    accept_transfer(transfer=back, into=Acceptance(places.away, TODAY, scope=places.everywhere), **WHO)

    assert Member.objects.get().memberships.count() == 2
    assert fresh(back).member == wang


def test_a_letter_from_outside_that_went_back_is_not_open(places):
    made = transfer(to=Destination(places.jianning), state="received")

    return_letter(transfer=made, back=SentBack("file_missing", TODAY), **WHO)

    assert not fresh(made).is_open
    assert list(Transfer.objects.open()) == []
    transfer(to=Destination(places.jianning), number="昆组转〔2026〕8号")


def test_everything_wrong_with_a_letter_from_outside_is_said_at_once(places):
    person = arriving_person(name="李2")
    person.pop("id_number")
    arriving = Arriving(person, " ", Destination(), LetterFacts(TODAY, 91, TODAY))

    with refused(
        SeveralRefusals,
        errors=[
            ("name", "姓名“李2”中不能有数字或符号"),
            ("valid_days", "有效期 91 天，须在1至90天之间（组通字〔2006〕45号）"),
            ("from_outside", "须写明从哪里转来"),
            ("number", "须填写来信的编号"),
            ("to_unit", "须写明由哪个党（工）委接收"),
            ("id_number", "须填写身份证号"),
        ],
    ):
        record_incoming(arriving=arriving, **WHO)


def test_who_is_on_a_roster_here_does_not_come_from_outside(places, wang):
    with refused(IdNumberTaken, TAKEN, field="id_number"):
        transfer(person=arriving_person(9), to=Destination(places.jianning))


def test_a_second_open_letter_for_one_id_number_is_refused(places):
    transfer(to=Destination(places.jianning))

    with refused(RosterRule, "该身份证号已有一封未办结的来信", field="id_number"):
        transfer(to=Destination(places.nanning), number="另一封")


def test_the_branch_named_in_a_letter_belongs_to_the_committee_addressed(places):
    with refused(InvalidValue, "“文昌支部”属于建宁街道，不属于南宁街道", field="to_branch"):
        transfer(to=Destination(places.nanning, places.away))


def test_who_was_enrolled_by_hand_meanwhile_is_not_accepted_twice(places, wang):
    transfer(member=wang, to=Destination(outside="昆明"), state="closed", on=WEEK_AGO)
    back = transfer(person=arriving_person(9), to=Destination(places.jianning), state="received")
    enrol(member=wang, entry=Entry(places.home, TODAY), **WHO)

    with refused(IdNumberTaken, TAKEN, field="id_number"):
        accept_transfer(transfer=back, into=Acceptance(places.away, TODAY, scope=places.everywhere), **WHO)


def test_a_draft_may_say_its_channel_and_its_note(places, wang):
    draft = Draft(Destination(places.jianning, text="文昌社区支部"), "retired", "online_national", "照顾老伴")

    made = draft_transfer(member=wang, draft=draft, **WHO)

    assert (made.reason, made.channel, made.note, made.goes_to) == (
        "retired", "online_national", "照顾老伴", "文昌社区支部",
    )  # fmt: skip
