"""Acts on a member: only legal moves are offered, refusals are in words, nothing out of scope is reached."""

from datetime import date

import pytest
from django.urls import reverse

from members.models import Affiliation, Member, Membership, StandingEvent
from members.operations import (
    MemberChanges,
    StandingChange,
    amend_member,
    change_standing,
    end_affiliation,
    undo_registration,
)
from members.states import MOVES, Standing, StandingMove
from tests import factories
from tests.ledger import fingerprint
from tests.members.admin.pages import errors_of, told

NOT_THERE = "没有这一项，或不在您的管辖范围内"
DAY = date(2026, 5, 1)


def page_of(member, name="change"):
    return reverse(f"admin:members_member_{name}", args=[member.pk])


def stood(branch, standing):
    """A member of the branch with this standing."""
    if standing == Standing.PROBATIONARY:
        return factories.member(branch=branch, standing="probationary", joined_on=date(2025, 3, 1))
    member = factories.member(branch=branch)
    if standing == Standing.VOID:
        return undo_registration(member=member, reason="重复登记", by=None)
    move, reason = {
        Standing.FULL: ("", ""),
        Standing.SUSPENDED: ("suspend", "lost_contact"),
        Standing.EXITED: ("exit", "expelled"),
        Standing.DECEASED: ("decease", ""),
    }[standing]
    if move:
        change = StandingChange(move, date(2026, 1, 1), reason=reason)
        change_standing(member=member, change=change, by=None, today=factories.TODAY)
    return Member.objects.get(pk=member.pk)


def filled(member, **values):
    return {"version": member.version, "on": DAY.isoformat(), "document": "麒组〔2026〕3号", **values}


def refused(browser, member, act, values):
    before = fingerprint()
    answer = browser.post(page_of(member, act), values)
    assert answer.status_code == 200
    assert fingerprint() == before
    return errors_of(answer)


@pytest.mark.parametrize("standing", list(Standing))
def test_only_the_legal_moves_of_the_standing_are_offered(clerk, town, standing):
    member = stood(town.our_branch, standing)

    offered = {act["link"].split("/")[-2] for act in clerk.get(page_of(member)).context["acts"]}

    assert offered & set(StandingMove) == {move for state, move in MOVES if state == standing}


@pytest.mark.parametrize(("standing", "move"), sorted(MOVES))
def test_every_legal_move_can_be_done_on_its_page(clerk, town, standing, move):
    member = stood(town.our_branch, standing)
    reasons = {"suspend": "settled_abroad", "exit": "expelled"}
    more = {"reason": reasons[move]} if move in reasons else {}
    if (standing, move) == (Standing.PROBATIONARY, StandingMove.EXIT):
        more["reason"] = "probation_cancelled"
    if move == StandingMove.RESTORE:
        more["branch"] = town.our_branch.pk

    answer = clerk.post(page_of(member, move), filled(member, **more))

    assert answer.url == page_of(member)
    event = StandingEvent.objects.filter(member=member, move=move).get()
    assert (event.on, event.document, event.after, event.by.name) == (
        DAY,
        "麒组〔2026〕3号",
        MOVES[standing, move],
        "街道经办",
    )


@pytest.mark.parametrize(
    ("standing", "move"),
    sorted((state, move) for state in Standing for move in StandingMove if (state, move) not in MOVES),
)
def test_an_illegal_move_is_refused_in_words_even_when_asked_by_hand(clerk, town, standing, move):
    member = stood(town.our_branch, standing)
    more = {"reason": {"suspend": "settled_abroad", "exit": "expelled"}.get(move, "")}
    if move == StandingMove.RESTORE:
        more["branch"] = town.our_branch.pk

    errors = refused(clerk, member, move, filled(member, **more))

    assert [list(errors), "不能办理" in errors["__all__"][0]] == [["__all__"], True]


def test_leaving_ends_the_relation_and_taking_part_on_the_day(clerk, town):
    member = stood(town.our_branch, Standing.FULL)
    circle = factories.branch(unit=town.ours, kind="temporary", name="书画临时支部")
    part = factories.affiliation(member=member, branch=circle)
    line = f"settle.affiliation-{part.pk}"

    field = clerk.get(page_of(member, "decease")).context["form"][line]
    assert (field.label, field.value()) == ("参加“书画临时支部”（2020-01-01 起）", "去世")
    clerk.post(page_of(member, "decease"), filled(member, **{line: "去世"}))

    assert (Membership.objects.get().until, Membership.objects.get().ended_by) == (DAY, "death")
    assert Affiliation.objects.get().until == DAY


def test_what_is_open_only_on_the_day_given_is_looked_at_before_it_is_settled(clerk, town):
    member = stood(town.our_branch, Standing.FULL)
    circle = factories.branch(unit=town.ours, kind="temporary", name="书画临时支部")
    part = factories.affiliation(member=member, branch=circle)
    end_affiliation(affiliation=part, on=date(2026, 6, 1), by=None, today=factories.TODAY)
    line = f"settle.affiliation-{part.pk}"
    assert line not in clerk.get(page_of(member, "decease")).context["form"].fields

    before = fingerprint()
    answer = clerk.post(page_of(member, "decease"), filled(member))
    assert errors_of(answer) == {line: ["按填写的日期还有这一项，请过目后再办理"]}
    assert answer.context["form"][line].value() == "去世"
    assert fingerprint() == before

    assert errors_of(clerk.post(page_of(member, "decease"), filled(member, on="x"))) == {
        "on": ["请写成有效的日期，如 2026-01-31。"]
    }
    clerk.post(page_of(member, "decease"), filled(member, **{line: "去世"}))
    assert Affiliation.objects.get().until == DAY


def test_what_may_be_kept_at_a_suspension_is_kept_until_somebody_writes_why_not(clerk, town):
    for number, (reason, until) in enumerate([("", None), ("长期不参加", DAY)]):
        member = stood(town.our_branch, Standing.FULL)
        circle = factories.branch(unit=town.ours, kind="temporary", name=f"书画临时支部{number}")
        part = factories.affiliation(member=member, branch=circle)
        line = f"settle.affiliation-{part.pk}"
        assert clerk.get(page_of(member, "suspend")).context["form"][line].value() == ""

        clerk.post(page_of(member, "suspend"), filled(member, reason="lost_contact", **{line: reason}))

        part.refresh_from_db()
        assert part.until == until


@pytest.mark.parametrize(
    ("standing", "move", "values", "errors"),
    [
        ("full", "decease", {"on": "2026-12-31"}, {"on": ["日期 2026-12-31 在今天（2026-11-23）之后"]}),
        ("full", "decease", {"on": "1930-01-01"}, {"on": ["去世日期 1930-01-01 早于出生日期 1949-12-31"]}),
        (
            "full",
            "decease",
            {"on": "2010-01-01"},
            {"on": ["2010-01-01 不晚于组织关系的起始日期 2010-01-01，请先更正起始日期"]},
        ),
        ("probationary", "confirm", {"on": "2026-02-28"}, {"on": ["预备期为一年，2026-03-01 起才能转正"]}),
        ("full", "suspend", {"reason": ""}, {"reason": ["该字段是必填项。"]}),
        (
            "full",
            "exit",
            {"reason": "probation_cancelled"},
            {"reason": ["选择一个有效的选项。 probation_cancelled 不在可用的选项中。"]},
        ),
        ("suspended", "restore", {"branch": ""}, {"branch": ["该字段是必填项。"]}),
    ],
)
def test_each_refusal_stands_beside_its_field(clerk, town, standing, move, values, errors):
    member = stood(town.our_branch, Standing(standing))

    assert refused(clerk, member, move, filled(member, **values)) == errors


def test_a_move_on_a_row_that_somebody_has_changed_meanwhile_is_refused(clerk, town):
    member = stood(town.our_branch, Standing.FULL)
    changes = MemberChanges({"address": "新地址"})
    amend_member(member=member, changes=changes, by=None, today=factories.TODAY)

    errors = refused(clerk, member, "decease", filled(member))

    assert errors == {"__all__": ["“王秀英”已被他人修改（您看到的是第1版，现为第2版），请重新打开此页再改"]}


@pytest.mark.parametrize("act", ["restore", "enrol"])
def test_a_foreign_branch_is_refused_exactly_as_an_unknown_one(clerk, town, act):
    member = stood(town.our_branch, Standing.SUSPENDED)

    def answer(number):
        values = filled(member, branch=number, since="2026-05-01", began_by="transfer_in")
        return refused(clerk, member, act, values)

    assert answer(town.their_branch.pk) == answer(999999)
    assert answer(town.their_branch.pk) == {"branch": [NOT_THERE]}


def test_a_secretary_proposes_a_transfer_and_an_auditor_does_no_act(enter, town):
    member = stood(town.our_branch, Standing.FULL)
    for role, place, offered in (
        ("branch_secretary", {"branch": town.our_branch}, ["转接组织关系"]),
        ("auditor", {"unit": town.district}, []),
    ):
        browser = enter(factories.account(role=role, **place))
        acts = browser.get(page_of(member)).context["acts"]
        assert [act["title"] for act in acts] == offered
        assert browser.post(page_of(member, "decease"), filled(member)).status_code == 403


def test_who_has_no_relation_is_enrolled_from_her_page(clerk, town):
    member = stood(town.our_branch, Standing.FULL)
    Membership.objects.filter(member=member).update(until=date(2026, 1, 1), ended_by="transfer_out")
    member.refresh_from_db()
    assert "enrol" in [act["link"].split("/")[-2] for act in clerk.get(page_of(member)).context["acts"]]

    values = {
        "version": member.version,
        "branch": town.our_branch.pk,
        "since": "2026-02-01",
        "began_by": "transfer_in",
    }
    answer = clerk.post(page_of(member, "enrol"), values, follow=True)

    assert told(answer) == ["“王秀英”的组织关系自 2026-02-01 起落在“中共鼓楼社区离退休党支部”"]
    assert Membership.objects.in_force().get().since == date(2026, 2, 1)


def test_who_has_a_relation_is_not_enrolled_again(clerk, town):
    member = stood(town.our_branch, Standing.FULL)
    values = {
        "version": member.version,
        "branch": town.our_branch.pk,
        "since": "2026-02-01",
        "began_by": "transfer_in",
    }

    assert refused(clerk, member, "enrol", values) == {
        "branch": ["王秀英 自 2010-01-01 起已在“中共鼓楼社区离退休党支部”有组织关系，一人只能有一个"]
    }
    assert refused(clerk, member, "enrol", {**values, "version": 9}) == {
        "__all__": ["“王秀英”已被他人修改，请重新打开此页再办理"]
    }


def test_a_member_takes_part_in_a_temporary_organisation_from_her_page(clerk, town):
    member = stood(town.our_branch, Standing.FULL)
    ours = factories.branch(unit=town.our_community, kind="temporary", name="书画临时支部")
    theirs = factories.branch(unit=town.their_community, kind="temporary", name="外临时支部")

    for number in (theirs.pk, 999999, town.our_branch.pk):
        assert refused(clerk, member, "affiliate", {"branch": number, "since": "2026-01-01"}) == {
            "branch": [NOT_THERE]
        }

    answer = clerk.post(page_of(member, "affiliate"), {"branch": ours.pk, "since": "2026-01-01"}, follow=True)
    assert told(answer) == ["“王秀英”自 2026-01-01 起参加“书画临时支部”"]
    assert refused(clerk, member, "affiliate", {"branch": ours.pk, "since": "2026-02-01"}) == {
        "branch": ["王秀英 已参加“书画临时支部”，不能重复登记"]
    }


def test_after_an_act_the_filtered_list_is_found_again(clerk, town):
    member = stood(town.our_branch, Standing.FULL)
    kept = "?_changelist_filters=age%3D76-79"

    links = [act["link"] for act in clerk.get(page_of(member) + kept).context["acts"]]
    answer = clerk.post(page_of(member, "decease") + kept, filled(member))

    assert [link for link in links if not link.endswith(kept)] == []
    assert answer.url == page_of(member) + kept


def test_a_mistaken_registration_is_taken_back_on_its_page_with_a_reason(clerk, town):
    member = factories.member(branch=town.our_branch)
    offered = {act["link"].split("/")[-2] for act in clerk.get(page_of(member)).context["acts"]}
    assert "undo-registration" in offered

    answer = clerk.post(
        page_of(member, "undo-registration"), {"version": 1, "reason": "认错了人"}, follow=True
    )

    assert told(answer) == [f"“{member}”的登记已撤回，标为录入错误，不再计入名册；身份证号可以重新登记"]
    assert Member.objects.get().standing == Standing.VOID
    assert answer.context["acts"] == []
    assert not answer.context["has_change_permission"]
    roster = reverse("admin:members_member_changelist")
    assert [
        len(clerk.get(f"{roster}?state={state}").context["cl"].result_list) for state in ("all", "void")
    ] == [
        0,
        1,
    ]


def test_what_rests_on_a_registration_is_named_on_the_page(clerk, town):
    member = factories.member(branch=town.our_branch)
    factories.affiliation(member=member, branch=factories.branch(unit=town.ours, kind="temporary"))

    errors = refused(clerk, member, "undo-registration", {"version": 1, "reason": "认错了人"})

    assert errors == {"__all__": [f"{member} 登记之后还有参加临时党组织 1 条，不能撤回登记，请先撤回这些"]}


def test_a_death_recorded_of_the_wrong_person_is_taken_back_from_her_page(clerk, town):
    member = stood(town.our_branch, Standing.DECEASED)

    def offered():
        return {act["title"]: act["link"] for act in clerk.get(page_of(member)).context["acts"]}

    clerk.post(offered()["撤回“去世”"], {"reason": "登记到别人名下"})

    assert Member.objects.get().standing == Standing.FULL
    assert "撤回“去世”" not in offered()


def test_nobody_fills_in_a_form_that_can_only_be_refused(clerk, town):
    member = stood(town.our_branch, Standing.DECEASED)

    answer = clerk.get(page_of(member, "transfer"))

    assert answer.url == page_of(member)
    assert told(clerk.get(answer.url)) == ["“王秀英”现在不能办理“转接组织关系”"]
