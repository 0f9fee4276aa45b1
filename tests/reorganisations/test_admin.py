"""The wizard and the list of plans: choose, fill in, see, confirm - and never beyond one's scope."""

from datetime import timedelta

import pytest
from django.urls import reverse

from branches.models import Branch, Unit
from reorganisations.models import Plan
from tests import factories
from tests.factories import TODAY
from tests.ledger import fingerprint
from tests.office import errors_of, rows_of, told
from tests.office import town as town_of_two_streets
from tests.reorganisations.conftest import fresh

LIST = reverse("admin:reorganisations_plan_changelist")
ADD = reverse("admin:reorganisations_plan_add")
AHEAD = TODAY + timedelta(days=38)
NOT_THERE = ["没有这一项，或不在您的管辖范围内"]
town = town_of_two_streets


def page_of(plan, name="change"):
    return reverse(f"admin:reorganisations_plan_{name}", args=[plan.pk])


def filled(browser, what, step="try", query="", **values):
    """What the wizard answers to a form filled in."""
    return browser.post(f"{ADD}?what={what}{query}", {"on": TODAY, "step": step, **values}, follow=True)


def offered(page):
    return [choice.title for _, choices in page.context["groups"] for choice, _ in choices]


def test_everything_that_can_happen_is_offered_and_of_a_row_what_fits_it(officer, town):
    every = ["迁移", "合并", "拆分", "更名", "设立", "撤销", "恢复"]
    of_branches = ["合并", "拆分", "整建制转接", "迁移", "撤销", "恢复"]

    assert offered(officer.get(ADD)) == every + of_branches
    assert offered(officer.get(ADD, {"units": town.our_community.pk})) == every[:-1]
    assert offered(officer.get(ADD, {"branches": town.our_branch.pk})) == of_branches[:-1]


@pytest.mark.parametrize("number", ["foreign", "999999", "abc", "９９", "9" * 40])
def test_a_foreign_row_is_as_one_that_never_was(clerk, town, number):
    asked = town.theirs.pk if number == "foreign" else number

    page = clerk.get(ADD, {"units": asked})

    assert "发生了什么变动？" in page.content.decode()
    assert "建宁" not in page.content.decode()
    assert "建宁" not in clerk.get(f"{ADD}?what=unit-split&units={asked}").content.decode()


def test_a_community_moves_in_four_steps_and_nothing_is_written_before_the_last(officer, town):
    factories.member(branch=town.our_branch)
    form = {"units": town.our_community.pk, "to_unit": town.theirs.pk, "document": "麒政复18号"}
    before = fingerprint()

    preview = filled(officer, "unit-move", **form)

    assert fingerprint() == before
    assert preview.context["outcome"]["lines"][0][0] == "麒麟区"
    assert "确认办理" in preview.content.decode()
    done = filled(officer, "unit-move", "confirm", **form)
    assert told(done) == ["已办理：迁移：鼓楼社区 → 建宁街道"]
    assert fresh(town.our_community).parent == town.theirs
    assert Plan.objects.get().reorganisation.document == "麒政复18号"


def test_who_goes_back_finds_the_form_as_it_was(officer, town):
    page = filled(officer, "unit-rename", "back", units=town.ours.pk, name="南宁新街道")

    assert page.context["form"]["name"].value() == "南宁新街道"
    assert not Plan.objects.exists()


def test_what_refuses_is_shown_all_at_once_and_cannot_be_confirmed(officer, town):
    for name in ("第一小组", "第二小组"):
        for community in (town.our_community, town.their_community):
            factories.unit(parent=community, name=name)
    form = {"units": [town.our_community.pk], "to_unit": town.their_community.pk}

    page = filled(officer, "unit-merge", **form)

    assert page.context["outcome"]["refusals"] == [
        f"“{name}”：同一上级下已有同名单位" for name in ("第一小组", "第二小组")
    ]
    assert "确认办理" not in page.content.decode()
    before = fingerprint()
    again = filled(officer, "unit-merge", "confirm", **form)
    assert len(errors_of(again)["__all__"]) == 2
    assert fingerprint() == before


def test_a_day_ahead_becomes_a_plan_that_may_be_cancelled(officer, town):
    form = {"units": town.ours.pk, "name": "南宁新街道", "on": AHEAD}
    assert "列入计划" in filled(officer, "unit-rename", **form).content.decode()

    page = filled(officer, "unit-rename", "confirm", **form)

    plan = Plan.objects.get()
    assert told(page) == [f"已列入计划，{AHEAD} 自动办理：更名：南宁街道 → 南宁新街道"]
    assert [act["title"] for act in page.context["acts"]] == ["取消计划"]
    officer.post(page_of(plan, "cancel"), {"version": plan.version})
    assert fresh(plan).state == "cancelled"


def test_a_branch_is_split_by_ticking_who_goes(clerk, town):
    group = factories.branch(
        unit=town.our_community, name="东门党小组", category="641", parent=town.our_branch
    )
    wang = factories.member(branch=town.our_branch, name="王秀英")
    factories.member(branch=town.our_branch, name="李玉兰", group=group)
    stranger = factories.member(branch=town.their_branch, name="赵国强")
    query = f"&branches={town.our_branch.pk}"

    page = clerk.get(f"{ADD}?what=branch-split{query}").content.decode()
    assert "王秀英" in page
    assert "东门党小组" in page
    assert "赵国强" not in page
    wrong = filled(clerk, "branch-split", "confirm", query, name="中共东门党支部", part_members=[stranger.pk])
    assert errors_of(wrong) == {"part_members": NOT_THERE}
    filled(
        clerk, "branch-split", "confirm", query, name="中共东门党支部", part_members=[wang.pk],
        part_branches=[group.pk],
    )  # fmt: skip

    assert fresh(wang).branch == Branch.objects.get(name="中共东门党支部")
    assert town.our_branch.memberships.in_force().count() == 0


def test_whose_parts_are_to_be_chosen_is_asked_first(clerk, town):
    page = clerk.get(f"{ADD}?what=branch-split")

    assert page.context["asks_subject"]
    assert 'name="name"' not in page.content.decode()


def test_a_closed_unit_is_picked_from_the_closed_ones(officer, town):
    group = factories.unit(parent=town.our_community, name="第一小组")
    filled(officer, "unit-close", "confirm", units=group.pk)
    assert fresh(group).closed_on == TODAY
    assert offered(officer.get(ADD, {"units": group.pk})) == ["恢复"]

    filled(officer, "unit-reopen", "confirm", units=group.pk, to_unit=town.our_community.pk)

    assert fresh(group).closed_on is None


# Who may.


def test_a_clerk_reorganises_groups_and_not_communities(clerk, town):
    group, other = (factories.unit(parent=town.our_community, name=name) for name in ("甲小组", "乙小组"))

    page = filled(clerk, "unit-rename", units=town.our_community.pk, name="新名")
    filled(clerk, "unit-merge", "confirm", units=[group.pk], to_unit=other.pk)

    assert errors_of(page) == {"units": ["“鼓楼社区”的这类变动不归您办理，请报上级"]}
    assert fresh(group).closed_on == TODAY


@pytest.mark.parametrize("field", ["units", "to_unit"])
def test_a_clerk_cannot_reach_a_foreign_unit(clerk, town, field):
    group = factories.unit(parent=town.our_community, name="第一小组")
    form = {"units": group.pk, "to_unit": town.our_community.pk, field: town.their_community.pk}

    page = filled(clerk, "unit-move", **form)

    assert errors_of(page) == {field: NOT_THERE}
    assert "文昌" not in page.content.decode()


def test_plans_are_seen_where_they_reach_and_decided_by_who_may(officer, enter, town):
    filled(officer, "unit-rename", "confirm", units=town.ours.pk, name="南宁新街道")
    renamed = Plan.objects.get()
    clerk = enter(factories.account(role="street_clerk", unit=town.ours))

    assert rows_of(clerk.get(LIST)) == [renamed]
    assert clerk.get(page_of(renamed)).context["acts"] == []
    assert clerk.get(page_of(renamed, "undo")).status_code == 403
    stranger = enter(factories.account(role="street_clerk", unit=town.theirs))
    assert rows_of(stranger.get(LIST)) == []


def test_what_was_done_is_undone_from_its_page(officer, town):
    filled(officer, "unit-rename", "confirm", units=town.ours.pk, name="南宁新街道")
    plan = Plan.objects.get()

    page = officer.post(page_of(plan, "undo"), {"version": plan.version}, follow=True)

    assert told(page) == ["已撤回“更名：南宁街道 → 南宁新街道”，一切恢复到办理之前"]
    assert fresh(town.ours).name == "南宁街道"


def test_what_cannot_be_undone_says_why(officer, town):
    filled(officer, "unit-rename", "confirm", units=town.ours.pk, name="甲街道")
    first = Plan.objects.get()
    filled(officer, "unit-rename", "confirm", units=town.ours.pk, name="乙街道")

    page = officer.post(page_of(first, "undo"), {"version": first.version})

    assert set(errors_of(page)["__all__"]) == {"“乙街道”后来又有变动，不能撤回"}
    assert Unit.objects.get(pk=town.ours.pk).name == "乙街道"


def test_a_plan_that_is_due_can_be_carried_out_by_hand(officer, town, monkeypatch):
    filled(officer, "unit-rename", "confirm", units=town.ours.pk, name="南宁新街道", on=AHEAD)
    plan = Plan.objects.get()
    monkeypatch.setattr("core.clock.today", lambda: AHEAD)

    assert "已到期，待办理" in officer.get(LIST).content.decode()
    page = officer.post(page_of(plan, "carry-out"), {"version": plan.version}, follow=True)

    assert told(page) == ["已办理“更名：南宁街道 → 南宁新街道”"]
    assert fresh(town.ours).name == "南宁新街道"
