"""A term entered by mistake is taken back while nothing hangs on it, and what its election ended goes on."""

from datetime import date

import pytest
from django.urls import reverse

from branches.operations import dissolve_branch
from core.errors import InvalidValue, StaleVersion
from core.models import AuditEntry
from core.voiding import StillNeeded
from members.models import Post, Term
from members.operations import (
    Holding,
    StandingChange,
    change_standing,
    end_term,
    fill_post,
    undo_post,
    undo_term,
)
from members.operations.obligations import all_settled
from members.operations.posts import PostRule
from members.operations.standing import LEAVING
from tests import factories
from tests.factories import TODAY
from tests.ledger import fingerprint, refused
from tests.office import told
from tests.worlds import told_once

FIRST, SECOND = date(2020, 6, 1), date(2024, 6, 1)


@told_once
def li(branch):
    return factories.member(branch=branch, name="李国强", sex="M")


@told_once
def before(branch, wang, li):
    """What stood before the mistaken election: a term with two posts, and a post beside it."""
    term = factories.term(branch, wang, (li, "organisation"), on=FIRST, years=5)
    return term, factories.post(branch, li, "other", since=date(2021, 1, 1))


def back(term, reason="登记到了别的支部", **asked):
    return undo_term(term=term, reason=reason, by=None, **asked)


def posts_back(term):
    for post in term.posts.all():
        undo_post(post=post, reason="登记错了", by=None)


def standing(branch):
    """Every term and post of the branch, but for versions."""
    told = [("since", "until", "ended_reason"), ("member", "post", "since", "until", "ended_reason", "term")]
    return [
        list(rows.order_by("pk").values_list("pk", *names))
        for rows, names in zip((branch.terms, branch.posts), told, strict=True)
    ]


def test_a_mistaken_term_leaves_everything_as_it_was_before_its_election(branch, li, before):
    stood = standing(branch)
    mistaken = factories.term(branch, li, on=SECOND)
    assert standing(branch) != stood
    posts_back(mistaken)
    clerk = factories.account()

    done = undo_term(term=mistaken, reason="登记到了别的支部", by=clerk, version=1)

    assert (done.row, done.stays) == (branch, [])
    assert standing(branch) == stood
    entry = AuditEntry.objects.get(verb="term.undone")
    assert (entry.by, entry.reason, entry.place) == (clerk, "登记到了别的支部", branch.path)
    labels = Term.pgh_event_model.objects.filter(pgh_obj_id=mistaken.pk).order_by("pgh_id")
    assert list(labels.values_list("pgh_label", flat=True)) == ["insert", "delete"]


def test_the_posts_of_a_term_are_named_and_taken_back_first(branch, wang, li):
    term = factories.term(branch, wang, (li, "organisation"))

    with refused(StillNeeded, "这一届还有职务：书记 王秀英、组织委员 李国强，请先逐个撤回"):
        back(term)


def test_a_later_term_is_taken_back_first(branch, wang, li):
    first = factories.term(branch, wang, on=FIRST)
    factories.term(branch, li, on=SECOND)

    with refused(StillNeeded, f"“鼓楼支部”后来于 {SECOND} 又换届，请先撤回后来的一届"):
        back(first)


def test_it_asks_a_reason_the_version_and_a_branch_in_being(branch, wang):
    term = factories.term(branch, wang)
    with refused(InvalidValue, "请写明撤回的原因", field="reason"):
        back(term, reason=" ")
    with refused(StaleVersion, f"“{term}”已被他人修改（您看到的是第3版，现为第1版），请重新打开此页再改"):
        back(term, version=3)
    gone = factories.branch(unit=branch.unit, name="撤销支部")
    hu = factories.member(branch=gone, name="胡军")
    over = factories.term(gone, hu)
    change_standing(
        member=hu,
        change=StandingChange("decease", date(2025, 1, 1), settle=settled(hu, date(2025, 1, 1))),
        by=None,
        today=TODAY,
    )
    end_term(term=over, on=date(2025, 1, 2), reason="并入", by=None, today=TODAY)
    dissolve_branch(branch=gone, on=date(2025, 2, 1), document="", by=None, today=TODAY)
    posts_back(over)
    with refused(PostRule, "“撤销支部”已于 2025-02-01 撤销"):
        back(over)


def settled(member, on, move="decease"):
    return all_settled(member, on=on, leaving=LEAVING[move], reason="随之结束")


@pytest.mark.django_db(transaction=True)
def test_who_has_left_or_been_followed_since_does_not_hold_again_and_is_named(branch, wang, li, before):
    mistaken = factories.term(branch, li, on=SECOND)
    posts_back(mistaken)
    change_standing(
        member=wang,
        change=StandingChange("decease", date(2025, 1, 1), settle=settled(wang, date(2025, 1, 1))),
        by=None,
        today=TODAY,
    )
    hu = factories.member(branch=branch, name="胡军")
    acting = Holding(hu, "other", date(2025, 3, 1))
    fill_post(branch=branch, holding=acting, by=None, today=TODAY)

    done = back(mistaken)

    assert done.stays == ["“鼓楼支部”书记 王秀英 的组织关系后来有变动"]
    held = branch.posts.in_force().order_by("pk").values_list("member__name", "post")
    assert list(held) == [("李国强", "organisation"), ("李国强", "other"), ("胡军", "other")]
    assert branch.terms.get().until is None
    reason = AuditEntry.objects.get(verb="term.undone").reason
    assert reason == "登记到了别的支部（没有恢复：“鼓楼支部”书记 王秀英 的组织关系后来有变动）"


# Doors.


def test_it_is_taken_back_on_its_page_and_what_stays_is_said(clerk, town):
    wang, li = (factories.member(branch=town.our_branch, name=name) for name in ("王秀英", "李国强"))
    factories.term(town.our_branch, wang, on=FIRST)
    mistaken = factories.term(town.our_branch, li, on=SECOND)
    page = reverse("admin:members_term_undo", args=[mistaken.pk])
    before = fingerprint()
    answer = clerk.post(page, {"version": 1, "reason": "登记错了"})
    assert answer.context["form"].errors["__all__"] == ["这一届还有职务：书记 李国强，请先逐个撤回"]
    assert fingerprint() == before
    posts_back(mistaken)
    factories.post(town.our_branch, li, since=date(2025, 1, 1))

    answer = clerk.post(page, {"version": 1, "reason": "登记错了"}, follow=True)

    name = "“中共鼓楼社区离退休党支部”"
    stays = f"没有随之恢复，需要时请另行办理：{name}书记自 2025-01-01 起是 李国强"
    assert told(answer) == [f"{name}2024-06-01 选举的一届已撤回，此前的班子照旧。{stays}"]
    assert answer.redirect_chain[-1][0] == "/admin/members/term/"


def test_it_is_taken_back_by_rest_as_it_was_read(streets):
    wang = streets.people().wang
    first = factories.term(streets.here, wang, on=FIRST)
    mistaken = factories.term(streets.here, wang, on=SECOND)
    path, body = f"terms/{mistaken.pk}/undo/", {"reason": "登记错了"}
    posts_back(mistaken)
    assert streets.clerk.post(path, body).status_code == 428
    theirs = streets.caller("street_clerk", unit=streets.jianning)
    assert theirs.post(path, body, If_Match='"v1"').status_code == 404
    assert streets.secretary.post(path, body, If_Match='"v1"').status_code == 403

    answer = streets.clerk.post(path, body, If_Match='"v1"')

    assert (answer.status_code, answer.json()) == (200, {"undone": mistaken.pk, "stays_closed": []})
    assert list(Term.objects.values_list("pk", "until")) == [(first.pk, None)]
    assert Post.objects.get().until is None
