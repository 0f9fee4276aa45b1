"""The pages of posts: the board, each act of a post, a claim and a turn, and what is hidden from whom."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from tests import factories
from tests.factories import TODAY
from tests.ledger import fingerprint
from tests.office import errors_of, rows_of, told
from tests.volunteering.postings import claim_in, fresh, offered, rota, seated, service_post, turn_of
from tests.volunteering.test_admin_orders import page
from tests.worlds import told_once
from volunteering.models import Claim, HourEntry, Offer, ServicePost, Turn
from volunteering.operations import close_post, deal_turns
from volunteering.states import ClaimStatus, PostStatus, TurnStatus

BOARD = "admin:volunteering_servicepost_board"
PARTS = ("asked", "open_posts", "swaps", "unsettled", "turns")


@pytest.fixture
def secretary(town, enter):
    return enter(factories.account(role="branch_secretary", branch=town.our_branch))


@told_once
def wang(town):
    return factories.member(branch=town.our_branch, skills="书法")


@told_once
def li(town):
    return factories.member(branch=town.our_branch, name="李玉兰")


@told_once
def post(town):
    return service_post(town.our_community)


def board(browser):
    context = browser.get(reverse(BOARD)).context
    return {name: list(context[name]) for name in PARTS if list(context[name])}


def test_a_post_is_set_up_made_public_opened_and_closed_page_by_page(clerk, town):
    form = {
        "name": "书法课", "unit": town.our_community.pk, "duty": "教书法", "skill": "书法", "seats": "0",
        "times": "周三上午", "since": "2026-11-23", "until": "2026-11-23",
    }  # fmt: skip
    add, before = reverse("admin:volunteering_servicepost_add"), fingerprint()
    assert errors_of(clerk.post(add, form)) == {
        "seats": ["名额至少1个：没有名额的岗位不能设"],
        "until": ["结束日期 2026-11-23 必须晚于起始日期 2026-11-23"],
    }
    assert fingerprint() == before
    clerk.post(add, {**form, "seats": "1", "until": "2027-01-01"})
    post = ServicePost.objects.get()
    for act, status in (("publish", PostStatus.PUBLISHED), ("open", PostStatus.OPEN)):
        clerk.post(page(post, act), {"version": fresh(post).version})
        assert fresh(post).status == status
    changed = {**form, "seats": "2", "until": "2027-01-01", "version": fresh(post).version}
    clerk.post(page(post), changed)
    assert fresh(post).seats == 2
    clerk.post(page(post, "close"), {"version": fresh(post).version, "reason": "停办"})
    assert fresh(post).status == PostStatus.CLOSED
    assert "岗位：结束" in clerk.get(page(post, "history")).content.decode()


def test_a_member_is_named_and_the_community_answers(clerk, post, wang):
    assert board(clerk) == {"open_posts": [post]}
    answer = clerk.post(page(post, "claim"), {"member": wang.pk, "version": post.version}, follow=True)
    assert told(answer) == ["已为“王秀英”申请“四点半课堂（鼓楼社区）”，等待设岗社区答复"]
    claim = Claim.objects.get()
    assert board(clerk) == {"asked": [claim], "open_posts": [post]}
    clerk.post(page(claim, "agree"), {"version": 1})
    clerk.post(page(claim, "take-up"), {"version": 2})
    clerk.post(page(claim, "feedback"), {"on": "2026-11-23", "words": "很有耐心"})
    assert "很有耐心" in clerk.get(page(claim)).content.decode()
    clerk.post(page(claim, "leave"), {"on": "2026-11-23", "version": 3, "reason": "身体不适"})
    assert fresh(claim).status == ClaimStatus.LEFT


def test_whom_the_list_names_is_invited_and_her_secretary_answers(clerk, enter, town, post, wang):
    offer = offered(wang, town.our_community)
    assert "王秀英" in clerk.get(page(post, "invite")).content.decode()
    clerk.post(page(post, "invite"), {"offer": offer.pk, "version": post.version})
    claim = Claim.objects.get()
    # The clerk of the street speaks for both sides; the community's own asks, and cannot answer for others'.
    secretary = enter(factories.account(role="branch_secretary", branch=town.our_branch))
    assert board(secretary)["asked"] == [claim]
    secretary.post(page(claim, "decline"), {"version": 1, "reason": ""})
    assert fresh(claim).status == ClaimStatus.DECLINED


def test_a_secretary_asks_for_her_own_and_answers_for_nobody_else(secretary, town, post, wang):
    stranger = factories.member(branch=town.their_branch, name="赵建国")
    refused = secretary.post(page(post, "claim"), {"member": stranger.pk, "version": post.version})
    assert errors_of(refused) == {"member": ["没有这一项，或不在您的管辖范围内"]}
    secretary.post(page(post, "claim"), {"member": wang.pk, "version": post.version})
    claim = Claim.objects.get()

    assert secretary.post(page(claim, "agree"), {"version": 1}).status_code == 403
    assert [act["title"] for act in secretary.get(page(claim)).context["acts"]] == ["撤回"]
    secretary.post(page(claim, "withdraw"), {"version": 1, "reason": ""})
    assert fresh(claim).status == ClaimStatus.WITHDRAWN


def test_what_is_public_is_read_by_all_and_kept_where_it_is(secretary, town):
    theirs = service_post(town.their_community)
    draft = service_post(town.their_community, name="书法课", status=PostStatus.DRAFT)
    stranger = factories.member(branch=town.their_branch, name="赵建国")
    seated(theirs, stranger)
    shown = secretary.get(page(theirs))

    assert [act["title"] for act in shown.context["acts"]] == ["认领"]
    assert "赵建国" not in shown.content.decode()
    assert secretary.post(page(theirs, "close"), {"version": 1}).status_code == 403
    assert rows_of(secretary.get(reverse("admin:volunteering_servicepost_changelist"))) == [theirs]
    assert secretary.get(page(draft), follow=True).redirect_chain
    close_post(post=draft, by=None, today=TODAY)
    assert rows_of(secretary.get(reverse("admin:volunteering_servicepost_changelist"))) == [theirs]
    assert secretary.get(page(draft), follow=True).redirect_chain
    assert secretary.get(page(Claim.objects.get()), follow=True).redirect_chain


def test_a_rota_is_dealt_and_what_is_wrong_is_said_in_its_field(clerk, post, wang, li):
    seated(post, wang, li)
    form = {
        "first": "2026-11-23", "last": "2026-12-06", "weekdays": ["1", "3"], "began": "16:30",
        "ended": "16:00", "people": "1", "version": fresh(post).version,
    }  # fmt: skip
    assert errors_of(clerk.post(page(post, "deal"), form)) == {
        "ended": ["结束时间 16:00 必须晚于开始时间 16:30"]
    }
    answer = clerk.post(page(post, "deal"), {**form, "ended": "18:00"}, follow=True)
    assert told(answer) == ["已排 4 个班次"]
    again = clerk.post(page(post, "deal"), {**form, "ended": "18:00"}, follow=True)
    assert told(again) == ["已排 0 个班次；另有 4 个原已排好，或没有人有空"]
    assert "2026-11-24" in clerk.get(page(post)).content.decode()


def test_a_turn_is_swapped_with_the_others_word(clerk, post, wang, li):
    seated(post, wang, li)
    turn = turn_of(fresh(post))
    other = wang if turn.member == li else li
    clerk.post(page(turn, "ask"), {"to": other.pk, "against": "", "version": 1})
    assert board(clerk)["swaps"] == [turn]
    clerk.post(page(turn, "decline"), {"version": 2})
    clerk.post(page(turn, "ask"), {"to": other.pk, "against": "", "version": 3})
    answer = clerk.post(page(turn, "agree"), {"version": 4}, follow=True)
    assert told(answer)[-1] == f"已换班，2026-11-23 由“{other}”值"
    assert fresh(turn).member == other


def test_what_became_of_a_turn_is_written_down(clerk, post, wang, monkeypatch):
    seated(post, wang)
    turns = [turn_of(fresh(post), on=TODAY + timedelta(days=each)) for each in range(3)]
    clerk.post(page(turns[0], "finish"), {"began": "16:30", "ended": "17:30", "version": 1})
    assert HourEntry.objects.get().minutes == 60
    clerk.post(page(turns[2], "cancel"), {"reason": "放假", "version": 1})
    monkeypatch.setattr(clock, "today", lambda: TODAY + timedelta(days=2))
    assert board(clerk)["unsettled"] == [turns[1]]
    clerk.post(page(turns[1], "miss"), {"reason": "", "version": 1})
    assert [fresh(turn).status for turn in turns] == [
        TurnStatus.DONE,
        TurnStatus.MISSED,
        TurnStatus.CANCELLED,
    ]
    found = reverse("admin:volunteering_turn_changelist")
    for when, rows in (("", []), ("unsettled", []), ("missed", [turns[1]]), ("all", turns)):
        assert rows_of(clerk.get(found, {"when": when})) == rows


def test_what_members_offer_is_kept_where_they_belong(clerk, town, wang):
    add = reverse("admin:volunteering_offer_add")
    form = {
        "member": wang.pk,
        "skill": "书法",
        "times": "周末",
        "unit": town.our_community.pk,
        "since": "2026-11-20",
    }
    clerk.post(add, form)
    offer = Offer.objects.get()
    assert errors_of(clerk.post(add, form)) == {"skill": ["王秀英 已登记过“书法”"]}
    clerk.post(page(offer), {"times": "周一", "unit": town.our_community.pk, "version": 1})
    assert fresh(offer).times == "周一"
    found = reverse("admin:volunteering_offer_changelist")
    assert rows_of(clerk.get(found, {"q": "书"})) == rows_of(clerk.get(found, {"q": "王秀"})) == [offer]
    clerk.post(page(offer, "withdraw"), {"on": "2026-11-23", "version": 2})
    assert fresh(offer).until == TODAY


def test_an_offer_from_elsewhere_is_found_but_not_changed(clerk, town):
    stranger = factories.member(branch=town.their_branch, name="赵建国")
    offer = offered(stranger, town.district)
    assert rows_of(clerk.get(reverse("admin:volunteering_offer_changelist"))) == [offer]
    assert clerk.post(page(offer, "withdraw"), {"on": "2026-11-23", "version": 1}).status_code == 403


def test_posts_and_claims_are_filtered_by_state(clerk, post, wang):
    claim_in(ClaimStatus.APPLIED, post, wang)
    found = reverse("admin:volunteering_servicepost_changelist")
    for state, rows in (("", [post]), ("open", [post]), ("full", []), ("all", [post])):
        assert rows_of(clerk.get(found, {"state": state})) == rows
    assert rows_of(clerk.get(found, {"q": "课堂 放学"})) == [post]


def test_the_board_asks_as_often_for_many_as_for_one(clerk, town, wang, li):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            assert clerk.get(reverse(BOARD)).status_code == 200
        return len(caught)

    def another(number):
        post = service_post(town.our_community, name=f"岗位{number}", seats=3)
        seated(post, wang)
        claim_in(ClaimStatus.APPLIED, post, li)
        deal_turns(post=fresh(post), rota=rota(first=TODAY + timedelta(days=number)), by=None, today=TODAY)

    another(0)
    before = queries()
    for number in (1, 2, 3):
        another(number)
    assert queries() == before


def test_who_has_no_part_in_it_sees_no_board(town, enter):
    browser = enter(factories.account(role="statistics_consumer", unit=town.district))
    assert browser.get(reverse(BOARD)).status_code == 403
    assert Turn.objects.count() == 0
