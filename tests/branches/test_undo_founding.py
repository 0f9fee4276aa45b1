"""An organisation founded by mistake is taken back while nothing rests on it."""

from datetime import date

import pytest
from django.urls import reverse

from branches.models import Appointment, Branch, BranchPlacement, Category
from branches.operations import appoint, dissolve_branch, move_branch, open_branch, undo_founding
from core.errors import InvalidValue, StaleVersion
from core.models import AuditEntry
from core.voiding import StillNeeded
from members.operations.rules import RosterRule
from tests import factories
from tests.callers import words
from tests.factories import TODAY
from tests.ledger import refused
from tests.worlds import told_once

NAME = "中共鼓楼离退休党支部"


@told_once
def community(db):
    return factories.lineage("麒麟区", "南宁街道", "鼓楼社区")[-1]


@told_once
def branch(community):
    values = {"name": NAME, "category": Category.BRANCH, "kind": "community", "founded_on": date(2024, 6, 1)}
    return open_branch(unit=community, values=values, by=None, today=TODAY)


def undo(branch, reason="重复录入", **asked):
    return undo_founding(branch=branch, reason=reason, by=None, **asked)


def test_it_goes_with_its_place_and_its_name_and_code_are_free(branch, community):
    clerk = factories.account()
    undo_founding(branch=branch, reason=" 重复录入 ", by=clerk, version=1)

    assert not Branch.objects.exists()
    assert not BranchPlacement.objects.exists()
    kept = Branch.pgh_event_model.objects.filter(code=branch.code).order_by("pgh_id")
    assert list(kept.values_list("pgh_label", flat=True)) == ["insert", "delete"]
    entry = AuditEntry.objects.get(verb="branch.founding_undone")
    assert (entry.by, entry.reason, entry.place) == (clerk, "重复录入", community.path)
    again = factories.branch(unit=community, name=NAME, code=branch.code)
    assert again.pk != branch.pk


def hold_a_member(branch):
    factories.member(branch=branch, since=TODAY)


def have_a_group(branch):
    factories.branch(
        unit=branch.unit, name="第一党小组", category=Category.GROUP, parent=branch, founded_on=TODAY
    )


def have_a_secretary(branch):
    secretary = {"role": "branch_secretary", "branch": branch, "since": branch.founded_on}
    appoint(user=factories.account(), values=secretary, by=None)


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        (hold_a_member, "组织关系 1 条"),
        (have_a_group, "下级党组织 1 个"),
        (have_a_secretary, "任职授权 1 条"),
    ],
)
def test_what_rests_on_it_is_named_and_keeps_it(branch, rest, words):
    rest(branch)
    with pytest.raises(StillNeeded, match=words):
        undo(branch)
    assert Branch.objects.filter(pk=branch.pk).exists()


def test_what_was_moved_or_dissolved_since_is_no_mistake_any_more(branch, community):
    elsewhere = factories.unit(parent=community.parent, name="麒麟社区")
    move_branch(branch=branch, to=elsewhere, on=date(2025, 1, 1), document="", by=None, today=TODAY)
    with refused(StillNeeded, f"“{NAME}”成立之后还有迁移 1 次，不能撤回；确已不用的，请办理撤销"):
        undo(branch)
    dissolve_branch(branch=branch, on=date(2025, 2, 1), document="", by=None, today=TODAY)
    with refused(StillNeeded, f"“{NAME}”成立之后还有撤销（2025-02-01），不能撤回"):
        undo(branch)


def test_what_a_larger_act_founded_is_taken_back_with_it(branch, community):
    act = branch.placements.get().reorganisation
    other = factories.branch(unit=community, name="中共另一支部")
    other.placements.update(reorganisation=act)

    with refused(StillNeeded, f"“{NAME}”是由组织变动“{act}”成立的，请撤回那次变动"):
        undo(branch)


def test_whoever_comes_second_is_told_that_it_is_gone(branch):
    undo(Branch.objects.get(pk=branch.pk))
    with refused(StaleVersion, f"“{NAME}”刚被撤回，已经没有了，请返回列表"):
        undo(branch)
    with refused(RosterRule, "所选的党组织刚被撤回，已经没有了，请重新选择", field="branch"):
        factories.member(branch=branch, since=TODAY)


def test_a_reason_and_the_version_read_are_asked(branch):
    with refused(InvalidValue, "请写明撤回的原因", field="reason"):
        undo(branch, reason=" ")
    with pytest.raises(StaleVersion):
        undo(branch, version=7)


def test_on_its_page_it_is_done_and_the_list_comes_back(officer, town):
    wrong = factories.branch(unit=town.our_community, name="中共误建支部")

    def offered(branch):
        page = officer.get(reverse("admin:branches_branch_change", args=[branch.pk]))
        return "撤回（误建）" in [act["title"] for act in page.context["acts"]]

    held = factories.member(branch=town.our_branch).branch
    assert [offered(branch) for branch in (held, wrong)] == [False, True]

    page = officer.post(
        reverse("admin:branches_branch_undo", args=[wrong.pk]), {"version": 1, "reason": "重复录入"}
    )

    assert page.url == reverse("admin:branches_branch_changelist")
    assert not Branch.objects.filter(pk=wrong.pk).exists()


def test_the_api_takes_it_back_for_who_may_found_there(streets):
    group = factories.branch(
        unit=streets.gulou, name="第一党小组", category=Category.GROUP, parent=streets.here
    )
    address, body = f"branches/{group.pk}/undo/", {"reason": "重复录入"}
    as_read = {"If_Match": streets.clerk.etag(f"branches/{group.pk}/")}

    assert streets.secretary.post(address, body, **as_read).status_code == 403
    assert streets.clerk.post(f"branches/{streets.there.pk}/undo/", body).status_code == 404
    answer = streets.clerk.post(address, body, **as_read)
    assert (answer.status_code, answer.json()) == (200, {"undone": group.pk})
    status, told = words(streets.clerk.post(f"branches/{streets.here.pk}/undo/", body, If_Match='"v1"'))
    assert status == 409
    assert "成立之后还有" in told[0]
    assert Appointment.objects.filter(branch=streets.here).exists()
