"""Offers, posts and claims: each side's word, the skill a post demands, its period, and what is refused."""

from datetime import date, timedelta

import pytest

from core.errors import InvalidValue, StaleVersion
from members.obligations import Leaving, Settlement
from members.operations import StandingChange, change_standing, open_obligations
from reports.indicators import INDICATORS
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused, refused_by_database
from tests.volunteering.postings import (
    NEXT_YEAR,
    claim_in,
    fresh,
    offered,
    rota,
    seated,
    service_post,
    turn_of,
)
from tests.worlds import told_once
from volunteering.models import Claim, Offer, ServicePost
from volunteering.operations import (
    add_post,
    agree_to_claim,
    amend_offer,
    amend_post,
    cancel_turn,
    claim_post,
    close_post,
    deal_turns,
    finish_turn,
    give_feedback,
    invite,
    leave_post,
    open_post,
    posts_over,
    take_up,
    withdraw_offer,
)
from volunteering.operations.claims import NoSeatLeft
from volunteering.operations.offers import OfferRule
from volunteering.operations.posts import PostRule
from volunteering.states import ClaimStatus, PostStatus, TurnStatus

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@told_once
def post(community):
    return service_post(community)


@told_once
def li(branch):
    return factories.member(branch=branch, name="李玉兰")


# Offers.


def test_an_offer_reaches_the_places_of_its_unit_while_she_is_on_the_roster(community, wang):
    grid = factories.unit(parent=factories.unit(parent=community))
    offer = offered(wang, community)

    assert list(Offer.objects.reaching(grid.path).standing(TODAY)) == [offer]
    assert not Offer.objects.reaching(community.parent.path).exists()
    change_standing(member=wang, change=StandingChange("decease", TODAY), by=None, today=TODAY)
    assert not Offer.objects.standing(TODAY).exists()
    assert Offer.objects.standing(YESTERDAY - timedelta(days=1)).count() == 0


def test_what_is_offered_is_corrected_and_withdrawn(community, wang):
    offer = offered(wang, community, since=YESTERDAY)
    offer = amend_offer(offer=offer, values={"times": "周末", "unit": community.parent}, by=None)
    assert (offer.times, offer.path, offer.version) == ("周末", community.parent.path, 2)
    assert amend_offer(offer=offer, values={"times": "周末"}, by=None).version == 2
    with refused(InvalidValue, "能提供的服务不能修改，请撤回后另行登记", field="skill"):
        amend_offer(offer=offer, values={"skill": "理发"}, by=None)
    with refused(InvalidValue, f"撤回日期 {YESTERDAY} 必须晚于起始日期 {YESTERDAY}", field="on"):
        withdraw_offer(offer=offer, on=YESTERDAY, by=None, today=TODAY)
    withdraw_offer(offer=offer, on=TODAY, by=None, today=TODAY)
    with refused(OfferRule, f"已于 {TODAY} 撤回"):
        amend_offer(offer=offer, values={"times": ""}, by=None)


def test_what_cannot_be_offered_is_refused(community, wang, branch):
    offered(wang, community)
    with refused(OfferRule, f"{wang} 已登记过“书法”", field="skill"):
        offered(wang, community, " 书法 ")
    closed = factories.unit(parent=community, name="旧小组", closed_on=None)
    closed.__class__.objects.filter(pk=closed.pk).update(closed_on=TODAY)
    with refused(InvalidValue, f"“{fresh(closed)}”已于 {TODAY} 撤销", field="unit"):
        offered(wang, fresh(closed), "理发")
    with refused(InvalidValue, f"“{fresh(closed)}”已于 {TODAY} 撤销", field="unit"):
        amend_offer(offer=wang.offers.get(), values={"unit": fresh(closed)}, by=None)
    change_standing(member=wang, change=StandingChange("decease", TODAY), by=None, today=TODAY)
    with refused(OfferRule, f"{wang} 现在没有组织关系，不能登记服务意愿", field="member"):
        offered(wang, community, "理发")


# Posts.


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"seats": 0}, "seats", "名额至少1个：没有名额的岗位不能设"),
        ({"until": date(2026, 11, 1)}, "until", "结束日期 2026-11-01 必须晚于起始日期 2026-11-01"),
        ({"unit": "street"}, "unit", "岗位设在社区、小组或网格，“南宁街道”范围太大"),
        ({"name": ""}, "name", "此字段不能为空。"),
    ],
)
def test_a_post_that_makes_no_sense_is_refused(community, values, field, words):
    place = community.parent if values.get("unit") == "street" else community
    told = {"name": "书法课", "duty": "教书法", "seats": 1, "since": date(2026, 11, 1), "until": NEXT_YEAR}
    with refused(InvalidValue, words, field=field):
        add_post(values={**told, **values, "unit": place}, by=None)


def test_a_post_keeps_its_place_and_has_never_fewer_seats_than_are_taken(post, wang, li, community):
    seated(post, wang, li)
    other = factories.unit(parent=community)
    with refused(InvalidValue, "设岗单位不能修改，请另设岗位", field="unit"):
        amend_post(post=post, values={"unit": other}, by=None)
    with refused(InvalidValue, "已有 2 人认领，名额不能少于这个数", field="seats"):
        amend_post(post=fresh(post), values={"seats": 1}, by=None)
    with refused(InvalidValue, "有人已认领的日期在新的起止日期之外", field="since"):
        amend_post(post=fresh(post), values={"since": TOMORROW}, by=None)
    wider = amend_post(post=fresh(post), values={"seats": 3}, by=None)
    assert (wider.status, wider.seats) == (PostStatus.OPEN, 3)
    assert amend_post(post=wider, values={"seats": 3}, by=None).version == wider.version
    with pytest.raises(StaleVersion):
        amend_post(post=wider, values={"seats": 4}, by=None, version=1)
    close_post(post=wider, by=None, today=TODAY)
    with refused(PostRule, "岗位已结束，不能修改"):
        amend_post(post=wider, values={"seats": 4}, by=None)


def test_a_post_is_not_shortened_over_turns_that_are_still_to_come(post, wang):
    seated(post, wang)
    turns = deal_turns(post=fresh(post), rota=rota(), by=None, today=TODAY)
    last = turns[-1]
    with refused(InvalidValue, "还有班次在新的起止日期之外，请先取消", field="until"):
        amend_post(post=fresh(post), values={"until": last.on}, by=None)
    cancel_turn(turn=last, reason="提前结束", by=None)
    assert amend_post(post=fresh(post), values={"until": last.on}, by=None).until == last.on


def test_the_database_lets_nobody_sit_where_no_seat_is(post, wang, li, branch):
    seated(post, wang, li)
    third = factories.member(branch=branch, name="张建国")
    with refused_by_database("名额 2 个，已满"):
        Claim.objects.create(post=post, member=third, since=TODAY, asked_on=TODAY, status=ClaimStatus.AGREED)
    with refused_by_database("名额 1 个，已满"):
        ServicePost.objects.filter(pk=post.pk).update(seats=1)


def test_a_post_whose_time_is_over_is_not_opened_and_closed_by_the_clock(community):
    past = service_post(community, status=PostStatus.PUBLISHED, until=TODAY)
    with refused(PostRule, f"岗位已于 {TODAY} 到期，不能招领"):
        open_post(post=past, by=None, today=TODAY)
    assert list(posts_over(TODAY)) == [past]
    assert not posts_over(YESTERDAY).exists()


def test_closing_a_post_settles_what_hangs_on_it(post, wang, li, branch):
    claim = seated(post, wang)
    waiting = claim_post(post=fresh(post), member=li, by=None, today=TODAY)
    [turn, *_] = deal_turns(post=fresh(post), rota=rota(), by=None, today=TODAY)
    close_post(post=fresh(post), by=None, today=TODAY, reason="停办")

    assert (fresh(claim).status, fresh(claim).reason) == (ClaimStatus.LEFT, "停办")
    assert fresh(waiting).status == ClaimStatus.WITHDRAWN
    assert (fresh(turn).status, fresh(turn).reason) == (TurnStatus.CANCELLED, "停办")


# Claims.


def test_the_member_asks_and_the_community_agrees(post, wang):
    claim = claim_post(post=post, member=wang, by=None, today=TODAY)
    assert (claim.status, claim.since) == (ClaimStatus.APPLIED, TODAY)
    claim = take_up(claim=agree_to_claim(claim=claim, by=None, today=TODAY), by=None, today=TODAY)

    assert list(Claim.objects.held(TODAY)) == [claim]
    assert [row.member for row in INDICATORS["members.on_posts"].entries(TODAY)] == [wang]
    assert not Claim.objects.held(YESTERDAY).exists()
    left = leave_post(claim=claim, on=TOMORROW, by=None, today=TOMORROW)
    assert (left.status, left.until) == (ClaimStatus.LEFT, TOMORROW)
    assert list(Claim.objects.held(TODAY)) == [claim]
    assert not Claim.objects.held(TOMORROW).exists()


def test_the_community_asks_whom_the_list_names_and_her_side_agrees(post, wang, community):
    offer = offered(wang, community)
    claim = invite(post=post, offer=offer, by=None, today=TODAY)
    assert (claim.status, claim.offer) == (ClaimStatus.INVITED, offer)
    assert agree_to_claim(claim=claim, by=None, today=TODAY).status == ClaimStatus.AGREED


def test_nobody_is_asked_beyond_the_reach_of_what_she_offers(post, wang, community):
    elsewhere = factories.unit(parent=community.parent)
    offer = offered(wang, elsewhere)
    with refused(PostRule, f"“{offer}”已撤回，或服务范围不含“{community}”", field="offer"):
        invite(post=post, offer=offer, by=None, today=TODAY)


def test_all_that_speaks_against_a_claim_is_said_at_once(community, branch):
    post = service_post(community, status=PostStatus.PUBLISHED, skill="法律调解")
    gone = factories.member(branch=branch, name="张建国")
    change_standing(member=gone, change=StandingChange("decease", TODAY), by=None, today=TODAY)
    said = [
        ("post", "“四点半课堂”现为“公示”，不能认领"),
        ("since", f"在岗日期 {NEXT_YEAR} 不在岗位的 2026-11-01—{NEXT_YEAR} 之内"),
        ("member", "“四点半课堂”要求“法律调解”特长，张建国 的名册上没有这一项"),
        ("member", f"张建国 在 {NEXT_YEAR} 没有组织关系，不能认领岗位"),
    ]
    with refused(errors=said):
        claim_post(post=post, member=gone, since=NEXT_YEAR, by=None, today=TODAY)


@pytest.mark.parametrize("skill", ["法律调解", "书法"])
def test_a_post_that_demands_a_skill_is_for_who_has_it(community, branch, wang, skill):
    post = service_post(community, skill=skill)
    able = factories.member(branch=branch, name="李玉兰", skills=f"养花、{skill}")
    with refused(PostRule, f"“四点半课堂”要求“{skill}”特长，{wang} 的名册上没有这一项", field="member"):
        claim_post(post=post, member=wang, by=None, today=TODAY)
    assert seated(post, able).status == ClaimStatus.AGREED


def test_nobody_claims_twice_or_before_the_post_begins(post, wang, community):
    claim_in(ClaimStatus.APPLIED, post, wang)
    with refused(PostRule, f"{wang} 已认领“四点半课堂”，不能重复认领", field="member"):
        claim_post(post=post, member=wang, by=None, today=TODAY)
    later = service_post(community, name="书法课", since=TOMORROW)
    claim = seated(later, wang)
    assert claim.since == TOMORROW
    with refused(PostRule, f"自 {TOMORROW} 起在岗，今天（{TODAY}）还没有开始"):
        take_up(claim=claim, by=None, today=TODAY)
    never = leave_post(claim=claim, on=TODAY, by=None, today=TODAY)
    assert (never.until, Claim.objects.held(TOMORROW).count()) == (None, 0)


def test_the_last_seat_goes_to_who_was_agreed_to_first(community, wang, li):
    post = service_post(community, seats=1)
    claims = [claim_post(post=post, member=each, by=None, today=TODAY) for each in (wang, li)]
    agree_to_claim(claim=claims[1], by=None, today=TODAY)
    with refused(NoSeatLeft, "“四点半课堂”的 1 个名额已满"):
        agree_to_claim(claim=claims[0], by=None, today=TODAY)


def test_nobody_leaves_before_a_turn_that_she_has_served(post, wang, writer):
    claim = seated(post, wang)
    finish_turn(turn=turn_of(fresh(post)), by=writer, today=TODAY)

    words = f"{wang} 在 {TODAY} 已值“四点半课堂”的班，退出日期不能早于那一天"
    with refused(PostRule, words, field="on"):
        leave_post(claim=claim, on=YESTERDAY, by=None, today=TODAY)
    assert leave_post(claim=claim, on=TODAY, by=None, today=TODAY).status == ClaimStatus.LEFT


def test_what_she_served_while_her_letter_travelled_keeps_nobody_from_leaving(post, wang, writer):
    claim = seated(post, wang)
    served = finish_turn(turn=turn_of(fresh(post)), by=writer, today=TODAY)
    settle = (Settlement(f"claim-{claim.pk}", "去世"),)

    died = StandingChange("decease", YESTERDAY, settle=settle)
    change_standing(member=wang, change=died, by=None, today=TODAY)

    assert (fresh(claim).status, fresh(served).status) == (ClaimStatus.LEFT, TurnStatus.DONE)


def test_a_post_does_not_end_before_a_turn_that_was_served(post, wang, writer):
    long = service_post(post.unit, name="长岗", since=YESTERDAY)
    seated(long, wang)
    finish_turn(turn=turn_of(fresh(long)), by=writer, today=TODAY)
    with refused(
        errors=[("since", "有人已认领的日期在新的起止日期之外"), ("until", "已值的班在新的起止日期之外")]
    ):
        amend_post(post=fresh(long), values={"until": TODAY}, by=None)


def test_nobody_is_invited_by_an_offer_withdrawn_in_the_same_moment(post, wang, community):
    offer = offered(wang, community, since=YESTERDAY)
    stale = Offer.objects.get(pk=offer.pk)
    withdraw_offer(offer=offer, on=TODAY, by=None, today=TODAY)

    with refused(PostRule, f"“{offer}”已撤回，或服务范围不含“{post.unit}”", field="offer"):
        invite(post=post, offer=stale, by=None, today=TODAY)


def test_nobody_leaves_after_the_post_has_ended(post, wang):
    claim = seated(post, wang)
    late = NEXT_YEAR + timedelta(days=1)
    with refused(InvalidValue, f"退出日期 {late} 在岗位结束日期 {NEXT_YEAR} 之后", field="on"):
        leave_post(claim=claim, on=late, by=None, today=late)


def test_the_home_branch_is_told_how_she_serves(post, wang, li, writer):
    claim = seated(post, wang)
    told = give_feedback(claim=claim, words="很有耐心 ", on=TODAY, by=writer, today=TODAY)
    assert (told.words, told.by) == ("很有耐心", writer)
    with refused(InvalidValue, f"日期 {YESTERDAY} 早于在岗日期 {TODAY}", field="on"):
        give_feedback(claim=claim, words="好", on=YESTERDAY, by=writer, today=TODAY)
    waiting = claim_in(ClaimStatus.APPLIED, fresh(post), li)
    with refused(PostRule, f"“{waiting}”现为“申请”，没有在岗，不能反馈"):
        give_feedback(claim=waiting, words="好", on=TODAY, by=writer, today=TODAY)


# Who is gone.


@pytest.mark.parametrize("as_named", [list, reversed])
def test_who_dies_leaves_her_posts_and_turns_in_whatever_order_they_are_named(as_named, post, wang, li):
    mine, hers = seated(post, wang, li)
    turns = deal_turns(post=fresh(post), rota=rota(), by=None, today=TODAY)
    own = [turn for turn in turns if turn.member_id == wang.pk]
    found = open_obligations(wang, on=TODAY, leaving=Leaving.DEATH)
    assert [each.key for each in found] == [
        *(f"turn-{turn.pk}" for turn in own), f"claim-{mine.pk}",
    ]  # fmt: skip
    settle = (
        Settlement(f"turn-{own[0].pk}", "请李玉兰代", successor=li),
        *(Settlement(f"turn-{turn.pk}", "去世") for turn in own[1:]),
        Settlement(f"claim-{mine.pk}", "去世"),
    )
    change = StandingChange("decease", TODAY, settle=tuple(as_named(settle)))
    change_standing(member=wang, change=change, by=None, today=TODAY)

    assert fresh(own[0]).member == li
    assert {fresh(turn).status for turn in own[1:]} == {TurnStatus.CANCELLED}
    assert fresh(mine).status == ClaimStatus.LEFT
    assert fresh(hers).status == ClaimStatus.AGREED
    assert fresh(post).status == PostStatus.OPEN


def test_who_dies_after_her_post_was_over_served_until_its_end(post, wang):
    claim = seated(post, wang)
    late = NEXT_YEAR + timedelta(days=9)
    settle = (Settlement(f"claim-{claim.pk}", "去世"),)
    change_standing(member=wang, change=StandingChange("decease", late, settle=settle), by=None, today=late)
    assert (fresh(claim).status, fresh(claim).until) == (ClaimStatus.LEFT, NEXT_YEAR)


def test_what_she_only_asked_for_is_withdrawn_and_a_move_within_the_district_keeps_all(post, wang):
    claim = claim_in(ClaimStatus.APPLIED, post, wang)
    [kept] = open_obligations(wang, on=TODAY, leaving=Leaving.TRANSFER)
    assert kept.keepable
    settle = (Settlement(f"claim-{claim.pk}", "去世"),)
    change_standing(member=wang, change=StandingChange("decease", TODAY, settle=settle), by=None, today=TODAY)
    assert fresh(claim).status == ClaimStatus.WITHDRAWN
