"""Offers, posts, claims and turns by REST: either side's word, and every refusal in Chinese."""

from tests import factories
from tests.callers import refusals, words
from tests.factories import TODAY
from tests.ledger import fingerprint
from tests.volunteering.postings import fresh, offered, seated, service_post, turn_of
from tests.worlds import told_once
from volunteering.models import Claim, HourEntry


@told_once
def streets(streets):
    streets.people()
    streets.post = service_post(streets.gulou)
    return streets


def act(caller, row, verb, body=None, version=None):
    where = {"ServicePost": "service-posts", "Claim": "claims", "Turn": "turns", "Offer": "offers"}
    headers = {"If_Match": f'"v{version}"'} if version else {}
    return caller.post(f"{where[type(row).__name__]}/{row.pk}/{verb}/", body, **headers)


def test_a_post_is_set_up_claimed_and_served(streets):
    clerk, officer = streets.clerk, streets.officer
    body = {"name": "书法课", "unit": streets.gulou.pk, "duty": "教书法", "seats": 1, "since": "2026-11-23",
            "until": "2027-01-01"}  # fmt: skip
    made = clerk.post("service-posts/", body)
    assert (made.status_code, made.json()["status"], made.json()["taken"]) == (201, "draft", 0)
    path = f"service-posts/{made.json()['id']}/"
    assert clerk.patch(path, {"times": "周三"}, If_Match='"v1"').json()["times"] == "周三"
    assert clerk.post(f"{path}publish/", If_Match='"v2"').json()["status"] == "published"
    assert clerk.post(f"{path}open/", If_Match='"v3"').json()["status"] == "open"
    asked = clerk.post("claims/", {"post": made.json()["id"], "member": streets.wang.pk})
    claim = Claim.objects.get(pk=asked.json()["id"])
    assert act(clerk, claim, "agree", version=1).json()["status"] == "agreed"
    assert clerk.get(path).json()["status"] == "full"
    assert act(clerk, claim, "take-up", version=2).json()["status"] == "serving"
    told = act(clerk, claim, "feedback", {"on": TODAY.isoformat(), "words": "很好"})
    assert told.json()["feedback"] == [{"on": "2026-11-23", "words": "很好"}]
    rota = {"first": "2026-11-23", "last": "2026-11-23", "weekdays": [0], "began": "09:00", "ended": "10:00"}
    [turn] = clerk.post(f"{path}deal/", rota).json()["turns"]
    done = clerk.post(f"turns/{turn}/finish/", {"began": "09:00", "ended": "10:00"}, If_Match='"v1"')
    assert done.json()["status"] == "done"
    entry = HourEntry.objects.get()
    assert officer.post(f"hour-entries/{entry.pk}/verify/").json()["verified"] is True
    assert act(clerk, claim, "leave", {"on": TODAY.isoformat()}, version=3).json()["status"] == "left"
    assert clerk.post(f"{path}close/", If_Match='"v6"').json()["status"] == "closed"


def test_an_offer_is_made_found_and_withdrawn_and_its_member_invited(streets):
    clerk = streets.clerk
    body = {"member": streets.wang.pk, "skill": "理发", "unit": streets.gulou.pk, "since": "2026-11-01"}
    made = clerk.post("offers/", body)
    path = f"offers/{made.json()['id']}/"
    assert clerk.patch(path, {"times": "周末"}, If_Match='"v1"').json()["times"] == "周末"
    assert clerk.patch(path, {"skill": "书法"}, If_Match='"v2"').status_code == 400
    invited = clerk.post("claims/invite/", {"post": streets.post.pk, "offer": made.json()["id"]})
    assert (invited.status_code, invited.json()["status"]) == (201, "invited")
    claim = Claim.objects.get()
    assert act(streets.secretary, claim, "decline", version=1).json()["status"] == "declined"
    assert (
        clerk.post(f"{path}withdraw/", {"on": "2026-11-23"}, If_Match='"v2"').json()["until"] == "2026-11-23"
    )


def test_each_side_answers_for_its_own_only(streets):
    theirs = service_post(streets.wenchang)
    secretary, before = streets.secretary, fingerprint()
    assert act(secretary, streets.post, "close", version=3).status_code == 403
    assert secretary.get(f"service-posts/{theirs.pk}/").status_code == 200
    offer = offered(streets.li, streets.district)
    assert streets.clerk.post("claims/invite/", {"post": theirs.pk, "offer": offer.pk}).status_code == 403
    foreign = seated(theirs, streets.li)
    assert act(streets.clerk, foreign, "leave", {"on": "2026-11-23"}, version=2).status_code == 404
    assert refusals(secretary.post("claims/", {"post": streets.post.pk, "member": streets.li.pk})) == (
        400,
        [("does_not_exist", "member")],
    )
    claim = secretary.post("claims/", {"post": theirs.pk, "member": streets.wang.pk}).json()
    assert secretary.post(f"claims/{claim['id']}/agree/", If_Match='"v1"').status_code == 403
    assert secretary.post(f"claims/{claim['id']}/withdraw/", If_Match='"v1"').json()["status"] == "withdrawn"
    assert fingerprint() != before


def test_a_turn_is_swapped_by_her_word_only(streets):
    li = factories.member(branch=streets.here, name="李玉兰")
    seated(streets.post, streets.wang, li)
    turn = turn_of(fresh(streets.post))
    other = streets.wang if turn.member == li else li
    clerk = streets.clerk
    assert act(clerk, turn, "ask", {"to": other.pk}, version=1).json()["status"] == "asked"
    assert act(clerk, turn, "decline", version=2).json()["swap_to"] is None
    act(clerk, turn, "ask", {"to": other.pk}, version=3)
    assert act(streets.secretary, turn, "agree", version=4).json()["member"] == other.pk
    assert words(act(clerk, turn, "agree", version=5)) == (
        409,
        [f"“{fresh(turn)}”现为“待值”，不能同意换班"],
    )
    assert act(clerk, turn, "miss", version=5).json()["status"] == "missed"


def test_lists_are_filtered_and_what_is_over_the_seats_is_refused_in_words(streets):
    li, zhang = (factories.member(branch=streets.here, name=name) for name in ("李玉兰", "张建国"))
    seated(streets.post, li, zhang)
    clerk = streets.clerk
    assert words(clerk.post("claims/", {"post": streets.post.pk, "member": streets.wang.pk})) == (
        409,
        ["“四点半课堂”的 2 个名额已满"],
    )
    assert clerk.get("claims/", status="agreed", post=streets.post.pk).json()["count"] == 2
    assert clerk.get("service-posts/", on="2026-11-23", search="放学").json()["count"] == 1
    assert clerk.get("turns/", status__in="planned,done").json()["count"] == 0
    assert clerk.get("offers/", skill="理发").json()["count"] == 0
    turn = turn_of(fresh(streets.post))
    cancelled = act(clerk, turn, "cancel", {"reason": "停课"}, version=1)
    assert (cancelled.json()["status"], cancelled.json()["reason"]) == ("cancelled", "停课")
