"""Posts in the 待办 list: each question is told to the side that has to answer it."""

from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.gates import scope_for
from reports.tasks import due
from tests import factories
from tests.factories import TODAY
from tests.volunteering.inbox import inbox
from tests.volunteering.postings import claim_in, fresh, rota, seated, service_post
from tests.worlds import told_once
from volunteering.operations import ask_swap, deal_turns, give_feedback, leave_post
from volunteering.states import ClaimStatus

KINDS = ["claim", "invitation", "swap", "turn", "seat", "feedback"]


@told_once
def clerk(community):
    return factories.account(role="community_clerk", unit=community)


@told_once
def secretary(branch):
    return factories.account(role="branch_secretary", branch=branch)


def told(account, days=0, kinds=KINDS):
    return [(task.kind, task.words) for task in inbox(account, *kinds, days=days)]


def test_an_application_is_the_communitys_and_an_invitation_hers(community, wang, clerk, secretary, branch):
    post = service_post(community)
    claim_in(ClaimStatus.APPLIED, post, wang)
    li = factories.member(branch=branch, name="李玉兰")
    claim_in(ClaimStatus.INVITED, fresh(post), li)

    kinds = ["claim", "invitation"]
    assert told(secretary, kinds=kinds) == [("invitation", "邀请待答复，还有 7 天")]
    assert told(clerk, kinds=["claim"]) == [("claim", "申请待答复，还有 7 天")]
    stranger = factories.account(role="community_clerk", unit=factories.unit(parent=community.parent))
    assert told(stranger) == []


def test_a_swap_is_told_to_her_side_and_a_turn_of_the_past_to_the_community(
    community, wang, clerk, secretary, branch
):
    post = service_post(community)
    li = factories.member(branch=branch, name="李玉兰")
    seated(post, wang, li)
    [turn, *_] = deal_turns(post=fresh(post), rota=rota(), by=None, today=TODAY)
    other = wang if turn.member == li else li
    ask_swap(turn=turn, to=other, by=None)

    assert told(secretary) == [("swap", f"请 {other} 换班，待答复，还有 1 天")]
    assert ("turn", "值了没有，还没有登记，已过 1 天") in told(clerk, days=2)
    assert "turn" not in {kind for kind, _ in told(secretary, days=2)}


def test_seats_that_nobody_took_are_the_communitys(community, wang, clerk, secretary):
    post = service_post(community)
    assert told(clerk) == [("seat", "还空 2 个名额，还有 8 天")]
    assert told(secretary) == []
    seated(post, wang)
    assert told(clerk) == [("seat", "还空 1 个名额，还有 8 天")]


QUARTER = date(2026, 12, 31)


def untold(account, day):
    tasks = due(lambda verb: scope_for(account, verb), on=day, kinds=["feedback"])
    return [task.words for task in tasks]


def test_the_community_is_reminded_once_a_quarter_to_tell_the_home_branch(community, wang, clerk, secretary):
    claim = seated(service_post(community), wang, since=date(2026, 11, 1))
    words = "本季度（至 2026-12-31）还没有向所在党支部反馈"

    assert untold(clerk, date(2026, 11, 30)) == []
    assert untold(clerk, date(2026, 12, 1)) == [f"{words}，还有 30 天"]
    assert untold(clerk, date(2027, 2, 1)) == [f"{words}，已过 32 天"]
    assert untold(secretary, QUARTER) == []
    [task] = due(lambda verb: scope_for(clerk, verb), on=QUARTER, kinds=["feedback"])
    assert task.url == reverse("admin:volunteering_claim_feedback", args=[claim.pk])

    give_feedback(claim=claim, words="很认真", on=TODAY, by=None, today=TODAY)
    assert untold(clerk, QUARTER) == []
    assert untold(clerk, date(2027, 3, 1)) == ["本季度（至 2027-03-31）还没有向所在党支部反馈，还有 30 天"]


def test_nobody_is_reminded_of_who_is_not_at_the_post(community, wang, clerk, branch):
    post = service_post(community)
    late = seated(post, wang, since=date(2026, 12, 2))
    assert untold(clerk, QUARTER) == []
    leave_post(claim=late, on=TODAY, by=None, today=TODAY)
    claim_in(ClaimStatus.APPLIED, fresh(post), factories.member(branch=branch, name="李玉兰"))
    assert untold(clerk, date(2027, 3, 31)) == []


def test_as_many_questions_are_asked_for_many_claims_as_for_one(community, wang, clerk, branch):
    def asked():
        with CaptureQueriesContext(connection) as caught:
            return len(told(clerk, days=60)), len(caught)

    asked()
    seated(service_post(community), wang)
    one, few = asked()
    for name in ("李玉兰", "赵国强"):
        seated(service_post(community, name=f"{name}的岗"), factories.member(branch=branch, name=name))
    assert (one, asked()) == (2, (6, few))
