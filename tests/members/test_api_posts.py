"""Terms and posts by REST: elections, appointments, their ends; strict, versioned and within scope."""

from datetime import date

from members.models import Post
from tests import factories
from tests.callers import refusals, words
from tests.ledger import fingerprint
from tests.worlds import told_once


@told_once
def li(streets):
    return factories.member(branch=streets.people().here, name="李国强")


def election(streets, *holders, **more):
    listed = [{"member": member.pk, "post": post} for member, post in holders]
    return {"branch": streets.here.pk, "on": "2026-05-01", "years": 5, "holders": listed, **more}


def test_an_election_makes_a_term_and_its_posts(streets, li):
    clerk = streets.clerk
    body = election(streets, (streets.wang, "secretary"), (li, "organisation"), document="麒组复〔2026〕1号")

    answer = clerk.post("terms/", body)

    shown = answer.json()
    assert (answer.status_code, shown["due_on"], shown["years"], shown["until"]) == (
        201, "2031-05-01", 5, None
    )  # fmt: skip
    posts = clerk.get("posts/", term=shown["id"]).json()["results"]
    assert [(post["member_name"], post["post"], post["origin"]) for post in posts] == [
        ("王秀英", "secretary", "elected"),
        ("李国强", "organisation", "elected"),
    ]
    assert clerk.get(f"terms/{shown['id']}/").json() == shown


def test_everything_wrong_with_an_election_is_said_at_once(streets, li):
    clerk = streets.clerk
    before = fingerprint()

    answer = clerk.post("terms/", election(streets, (li, "organisation"), (li, "organisation")))

    assert refusals(answer) == (400, [("invalid", "holders"), ("invalid", "holders.1")])
    assert words(answer)[1] == ["须选出书记", "李国强 任组织委员写了两次"]
    assert refusals(clerk.post("terms/", election(streets, years=4)))[0] == 400
    assert fingerprint() == before


def test_a_foreign_branch_or_person_is_answered_as_one_that_never_was(streets, li):
    clerk = streets.clerk
    for body, place in (
        ({**election(streets, (li, "secretary")), "branch": streets.there.pk}, "branch"),
        ({**election(streets, (li, "secretary")), "branch": 999999}, "branch"),
        (election(streets, (streets.li, "secretary")), "holders.0.member"),
    ):
        assert refusals(clerk.post("terms/", body)) == (400, [("does_not_exist", place)])


def test_a_term_is_extended_and_ended_by_its_version(streets, li):
    clerk, term = streets.clerk, factories.term(streets.here, li)
    path = f"terms/{term.pk}/"
    body = {"to": "2028-06-01", "document": "麒组延〔2026〕1号"}

    assert clerk.post(f"{path}extend/", body).status_code == 428
    extended = clerk.post(f"{path}extend/", body, If_Match='"v1"')
    assert (extended.status_code, extended.json()["due_on"], extended["ETag"]) == (200, "2028-06-01", '"v2"')
    assert clerk.post(f"{path}extend/", body, If_Match='"v1"').status_code == 412
    ended = clerk.post(f"{path}end/", {"on": "2026-05-01", "reason": "全体辞职"}, If_Match='"v2"')
    assert (ended.status_code, ended.json()["until"]) == (200, "2026-05-01")
    assert Post.objects.get().until == date(2026, 5, 1)


def test_a_post_is_filled_and_its_holder_relieved(streets, li):
    clerk = streets.clerk
    body = {
        "branch": streets.here.pk, "member": li.pk, "post": "secretary", "origin": "acting",
        "since": "2026-05-01",
    }  # fmt: skip

    filled = clerk.post("posts/", body)
    assert (filled.status_code, filled.json()["member_name"]) == (201, "李国强")
    again = clerk.post("posts/", {**body, "member": streets.wang.pk})
    assert words(again) == (409, ["“中共鼓楼社区第一党支部”的书记自 2026-05-01 起是 李国强，须先免去"])
    path = f"posts/{filled.json()['id']}/"
    relieved = clerk.post(f"{path}relieve/", {"until": "2026-06-01", "reason": "年龄原因"}, If_Match='"v1"')
    assert (relieved.status_code, relieved.json()["ended_reason"]) == (200, "年龄原因")


def test_a_post_entered_by_mistake_is_taken_back_as_it_was_read(streets, li):
    post = factories.post(streets.here, li)
    path = f"posts/{post.pk}/undo/"

    assert streets.clerk.post(path, {"reason": "认错了人"}).status_code == 428
    assert streets.clerk.post(path, {"reason": "认错了人"}, If_Match='"v2"').status_code == 412
    undone = streets.clerk.post(path, {"reason": "认错了人"}, If_Match='"v1"')

    assert (undone.status_code, undone.json()) == (200, {"undone": post.pk})
    assert not Post.objects.exists()


def test_a_post_is_seen_from_the_holders_side_and_relieved_only_from_its_own(streets):
    post = factories.post(streets.circle_there, streets.people().wang)
    path, body = f"posts/{post.pk}/relieve/", {"until": "2026-06-01", "reason": "年龄原因"}
    ours, theirs = streets.clerk, streets.caller("street_clerk", unit=streets.jianning)
    before = fingerprint()

    assert ours.get(f"posts/{post.pk}/").status_code == 200
    assert ours.post(path, body, If_Match='"v1"').status_code == 403
    mistake = {"reason": "认错了人"}
    assert ours.post(f"posts/{post.pk}/undo/", mistake, If_Match='"v1"').status_code == 403
    assert fingerprint() == before
    assert theirs.post(path, body, If_Match='"v1"').status_code == 200


def test_lists_are_narrowed_and_kept_within_scope(streets, li):
    factories.term(streets.here, li)
    factories.term(streets.there, streets.li)

    assert streets.officer.get("terms/").json()["count"] == streets.officer.get("posts/").json()["count"] == 2
    assert streets.clerk.get("terms/").json()["count"] == streets.clerk.get("posts/").json()["count"] == 1
    for query, count in (
        ({"unit": streets.wenchang.code}, 1),
        ({"branch": streets.here.pk}, 1),
        ({"on": "2024-05-31"}, 0),
        ({"since__gte": "2024-06-01"}, 2),
    ):
        assert streets.officer.get("terms/", **query).json()["count"] == count
        assert streets.officer.get("posts/", **query).json()["count"] == count
    assert streets.officer.get("posts/", post="deputy_secretary").json()["count"] == 0
    assert streets.officer.get("terms/", due_on__lte="2027-06-01").json()["count"] == 2
    assert refusals(streets.clerk.get("posts/", member=streets.li.pk))[0] == 400


def test_a_secretary_looks_and_does_not_elect(streets, li):
    term = factories.term(streets.here, li)
    secretary = streets.secretary

    assert secretary.get(f"terms/{term.pk}/").status_code == 200
    assert secretary.post("terms/", election(streets, (li, "secretary"))).status_code == 403
    body = {"on": "2026-05-01", "reason": "x"}
    assert secretary.post(f"terms/{term.pk}/end/", body, If_Match='"v1"').status_code == 403
    assert streets.consumer.get("posts/").status_code == 403
