"""Branches, groups and temporary organisations: what may be founded, moved and dissolved; and employers."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from branches.models import Branch, BranchPlacement, Category, Employer, Kind, Unit
from branches.operations import (
    BranchChanges,
    amend_branch,
    amend_employer,
    close_unit,
    dissolve_branch,
    move_branch,
    open_branch,
    set_branch_back,
    undo_founding,
)
from branches.operations.branches import BranchRule
from branches.operations.units import TreeRule, next_serial
from core.errors import InvalidValue, SeveralRefusals, StaleVersion
from core.models import AuditEntry
from members.operations import end_affiliation
from tests import factories
from tests.factories import LONG_AGO, TODAY
from tests.ledger import refused, refused_by_database
from tests.worlds import told_once

DAY, TOMORROW = date(2024, 6, 1), date(2026, 11, 24)
LABELS = {
    "affinity": "三缘类型",
    "place_type": "依托场所",
    "sponsor": "依托（发起）单位",
    "approved_by": "批准单位",
    "approved_on": "批准日期",
    "expected_end_on": "预计结束日期",
}


@told_once
def community(db):
    return factories.lineage("麒麟区", "南宁街道", "鼓楼社区")[-1]


@told_once
def elsewhere(community):
    return factories.unit(parent=community.parent, name="麒麟社区")


def found(unit, **values):
    values = {
        "name": "中共鼓楼离退休党支部", "category": Category.BRANCH, "kind": Kind.COMMUNITY,
        "founded_on": DAY, **values,
    }  # fmt: skip
    return open_branch(unit=unit, values=values, by=None, today=TODAY)


def move(branch, to, on=DAY):
    return move_branch(branch=branch, to=to, on=on, document="老干〔2024〕1号", by=None, today=TODAY)


def dissolve(branch, on=DAY):
    return dissolve_branch(branch=branch, on=on, document="老干〔2024〕2号", by=None, today=TODAY)


def group_of(branch, **values):
    name = {"name": "第一党小组", "category": Category.GROUP, "parent": branch, "kind": branch.kind}
    return factories.branch(**{"unit": branch.unit, **name, **values})


# Founding.


def test_a_branch_sits_on_its_unit_from_the_day_it_was_founded(community):
    clerk = factories.account()
    values = {
        "name": "中共鼓楼离退休党支部", "category": Category.BRANCH, "kind": Kind.COMMUNITY,
        "founded_on": DAY, "founding_document": "老干〔2024〕1号",
    }  # fmt: skip
    branch = open_branch(unit=community, values=values, by=clerk, today=TODAY)

    assert (branch.unit, branch.path, branch.version) == (community, community.path, 1)
    place = branch.placements.get()
    assert (place.unit, place.since, place.until) == (community, DAY, None)
    act = place.reorganisation
    assert (act.kind, act.document, act.by) == ("establish", "老干〔2024〕1号", clerk)
    entry = AuditEntry.objects.about(branch).get()
    assert (entry.verb, entry.place, entry.reason) == ("branch.opened", community.path, "老干〔2024〕1号")


def test_branches_are_numbered_one_after_the_other_unless_a_code_is_given(community):
    assert found(community).code == "053030000001"
    found(community, name="中共第二支部", code="053030000041")
    assert found(community, name="中共第三支部").code == "053030000042"


@pytest.mark.parametrize("code", ["53030000001", "05303000000A", "０５３０３００００００１"])
def test_a_code_has_twelve_digits_with_the_zeroes_in_front(community, code):
    with refused(InvalidValue, "党组织代码应为12位数字（保留前面的0）", field="code"):
        found(community, code=code[:12])


def test_a_code_and_a_live_name_are_used_once(community):
    branch = found(community)
    with refused(InvalidValue, "该党组织代码已被使用", field="code"):
        found(community, name="另一支部", code=branch.code)
    with refused(InvalidValue, "已有同名的党组织", field="name"):
        found(community)
    dissolve(branch, on=date(2025, 1, 1))
    assert found(community, founded_on=date(2025, 1, 1)).pk != branch.pk


def test_a_branch_is_founded_no_later_than_today_and_no_earlier_than_its_unit(community):
    with refused(InvalidValue, f"成立日期 {TOMORROW} 在今天（{TODAY}）之后", field="founded_on"):
        found(community, founded_on=TOMORROW)
    with refused(InvalidValue, "1989-12-31 早于上级“鼓楼社区”的设立日期 1990-01-01", field="founded_on"):
        found(community, founded_on=date(1989, 12, 31))
    assert found(community, founded_on=LONG_AGO).founded_on == LONG_AGO


def test_no_branch_is_founded_on_a_closed_unit(community):
    close_unit(unit=community, on=DAY, document="", by=None, today=TODAY)

    with refused(TreeRule, "上级“鼓楼社区”已于 2024-06-01 撤销", field="founded_on"):
        found(community, founded_on=date(2025, 1, 1))


# Groups.


def test_a_group_belongs_to_a_branch(community):
    branch = factories.branch(unit=community)

    assert group_of(branch).parent == branch
    with refused(InvalidValue, "党小组必须填写所属党支部", field="parent"):
        found(community, name="无主小组", category=Category.GROUP)


def test_a_group_does_not_belong_to_a_group_a_committee_or_a_dissolved_branch(community):
    branch = factories.branch(unit=community)
    group = group_of(branch)
    committee = factories.branch(unit=community, category=Category.COMMITTEE, name="中共鼓楼社区委员会")
    gone = factories.branch(unit=community, name="撤销支部")
    dissolve(gone)

    with refused(InvalidValue, "党小组须属于党支部，“第一党小组”是党小组", field="parent"):
        found(community, name="组下组", category=Category.GROUP, parent=group)
    with refused(InvalidValue, "党小组须属于党支部，“中共鼓楼社区委员会”是党委", field="parent"):
        found(community, name="委下组", category=Category.GROUP, parent=committee)
    with refused(InvalidValue, "所属党支部“撤销支部”已于 2024-06-01 撤销", field="parent"):
        found(community, name="亡下组", category=Category.GROUP, parent=gone, founded_on=TODAY)


def test_a_group_is_not_older_than_its_branch(community):
    branch = found(community)

    said = "党小组的成立（恢复）日期不能早于所属党支部的成立日期 2024-06-01"
    with refused(InvalidValue, said, field="founded_on"):
        found(community, name="早组", category=Category.GROUP, parent=branch, founded_on=date(2024, 5, 31))
    assert group_of(branch, founded_on=DAY).founded_on == DAY


def test_a_group_is_of_the_kind_of_its_branch_and_sits_with_it_or_below(community, elsewhere):
    branch = factories.branch(unit=community, name="鼓楼支部")
    below, other = factories.unit(parent=community, name="第一小组"), factories.branch(unit=elsewhere)
    group = {"category": Category.GROUP, "parent": branch}

    said = "党小组的类型须与所属党支部一致：“鼓楼支部”是社区离退休党支部"
    with refused(InvalidValue, said, field="kind"):
        found(community, name="混合组", kind=Kind.MIXED, **group)
    said = f"党小组须设在所属党支部所在的“鼓楼社区”或其下级单位，“{elsewhere}”不在其中"
    with refused(InvalidValue, said, field="unit"):
        found(elsewhere, name="远组", **group)
    assert found(below, name="近组", **group).path.startswith(branch.path)
    assert found(elsewhere, name="别组", category=Category.GROUP, parent=other).unit == elsewhere


def test_a_group_is_nowhere_on_days_on_which_its_branch_sat_elsewhere(community, elsewhere):
    branch = factories.branch(unit=elsewhere, name="鼓楼支部")
    move(branch, community, on=date(2025, 1, 1))
    branch.refresh_from_db()
    grid = factories.unit(parent=community, name="第一小组")
    group = {"name": "新组", "category": Category.GROUP, "parent": branch}

    said = "所属党支部“鼓楼支部”在 2025-01-01 迁移过，党小组的日期不能早于那一天"
    with refused(InvalidValue, said, field="unit"):
        found(grid, **group, founded_on=date(2024, 12, 31))
    made = found(grid, **group, founded_on=date(2025, 1, 1))
    assert move(made, community, on=date(2025, 1, 2)).unit == community


def test_a_group_that_sits_with_its_branch_sat_where_that_did(community, elsewhere):
    branch = factories.branch(unit=elsewhere, name="鼓楼支部")
    move(branch, community, on=date(2025, 1, 1))
    branch.refresh_from_db()

    group = found(community, name="老组", category=Category.GROUP, parent=branch, founded_on=date(2010, 1, 1))

    seats = list(group.placements.order_by("since").values_list("unit", "since", "until"))
    assert seats == [
        (elsewhere.pk, date(2010, 1, 1), date(2025, 1, 1)), (community.pk, date(2025, 1, 1), None),
    ]  # fmt: skip
    undo_founding(branch=group, reason="误建", by=None)
    assert not Branch.objects.filter(pk=group.pk).exists()


def test_a_group_moves_only_within_the_place_of_its_branch_and_goes_along_with_it(community, elsewhere):
    branch = factories.branch(unit=community)
    first, second = (factories.unit(parent=community, name=f"第{nth}小组") for nth in "一二")
    group = group_of(branch, unit=first)

    said = f"党小组须设在所属党支部所在的“鼓楼社区”或其下级单位，“{elsewhere}”不在其中"
    with refused(InvalidValue, said, field="to"):
        move(group, elsewhere)
    assert move(group, second).unit == second
    move(branch, elsewhere, on=TODAY)
    group.refresh_from_db()
    assert group.unit == elsewhere


def test_a_branch_that_moves_up_leaves_its_groups_where_they_are(community):
    branch = factories.branch(unit=community)
    group = group_of(branch, unit=factories.unit(parent=community, name="第一小组"))
    beside = group_of(branch, name="第二党小组")
    move(branch, community.parent)

    group.refresh_from_db()
    beside.refresh_from_db()
    assert (group.unit.name, beside.unit) == ("第一小组", community.parent)


def test_a_branch_belongs_to_a_committee_or_a_general_branch_and_not_to_a_branch(community):
    committee = factories.branch(unit=community, category=Category.COMMITTEE, name="中共鼓楼社区委员会")
    branch = found(community, parent=committee)

    assert branch.parent == committee
    said = "只有党小组可以属于党支部；党支部的上级须是党总支部或党委"
    with refused(InvalidValue, said, field="parent"):
        found(community, name="支部下支部", parent=branch)


# Temporary organisations.


def test_a_temporary_organisation_that_is_complete_is_founded(community):
    branch = factories.branch(unit=community, kind=Kind.TEMPORARY)

    assert branch.is_temporary
    assert list(Branch.objects.temporary()) == [branch]
    assert list(Branch.objects.formal()) == []


@pytest.mark.parametrize("missing", sorted(LABELS))
def test_a_temporary_organisation_lacking_one_thing_is_refused(community, missing):
    values = {**factories.TEMPORARY, "kind": Kind.TEMPORARY}
    values.pop(missing)

    with refused(InvalidValue, f"三缘型临时党组织必须填写“{LABELS[missing]}”", field=missing):
        found(community, **values)


def test_everything_that_a_temporary_organisation_lacks_is_said_at_once(community):
    said = [(name, f"三缘型临时党组织必须填写“{label}”") for name, label in LABELS.items()]

    with refused(SeveralRefusals, errors=said):
        found(community, kind=Kind.TEMPORARY, category=Category.TEMPORARY_BRANCH)


@pytest.mark.parametrize("name", ["affinity", "place_type", "expected_end_on"])
def test_what_belongs_to_temporary_organisations_is_refused_elsewhere(community, name):
    value = {name: factories.TEMPORARY[name]}

    with refused(InvalidValue, f"“{LABELS[name]}”只用于三缘型临时党组织", field=name):
        found(community, **value)


def test_temporary_categories_go_with_the_temporary_kind_and_with_no_other(community):
    said = "临时类别只用于三缘型临时党组织，三缘型临时党组织也只用临时类别"
    with refused(InvalidValue, said, field="category"):
        found(community, category=Category.TEMPORARY_BRANCH)
    with refused(InvalidValue, said, field="category"):
        found(community, **{**factories.TEMPORARY, "kind": Kind.TEMPORARY, "category": Category.BRANCH})


def test_a_temporary_organisation_ends_after_it_begins(community):
    values = {**factories.TEMPORARY, "kind": Kind.TEMPORARY, "expected_end_on": DAY}

    with refused(InvalidValue, "预计结束日期必须晚于成立日期", field="expected_end_on"):
        found(community, **values)
    tomorrow = TODAY + timedelta(days=1)
    wrong = [
        ("expected_end_on", "预计结束日期必须晚于成立日期"),
        ("approved_on", f"批准日期 {tomorrow} 在今天（{TODAY}）之后"),
    ]
    with refused(SeveralRefusals, errors=wrong):
        found(community, **{**values, "approved_on": tomorrow})


# Amending.


def amend(branch, version=None, **values):
    return amend_branch(branch=branch, changes=BranchChanges(values, version), by=None, today=TODAY)


def test_amending_changes_a_branchs_own_data(community):
    branch = amend(found(community), version=1, contact="赵桂兰", short_name="鼓楼支部")

    fresh = Branch.objects.get(pk=branch.pk)
    assert (fresh.contact, str(fresh), fresh.version) == ("赵桂兰", "鼓楼支部", 2)
    entry = AuditEntry.objects.about(branch).get(verb="branch.amended")
    assert entry.fields == ["contact", "short_name"]


def test_a_dissolved_branch_is_not_amended(community):
    branch = found(community)
    dissolve(branch, on=date(2025, 1, 1))

    with refused(BranchRule, f"“{branch}”已于 2025-01-01 撤销"):
        amend(branch, name="中共新名党支部")


def test_a_temporary_organisation_lasts_longer_only_by_a_new_approval_that_has_come(community):
    circle = factories.branch(unit=community, kind=Kind.TEMPORARY)
    ends, approved = factories.TEMPORARY["expected_end_on"], factories.TEMPORARY["approved_on"]
    later = ends + timedelta(days=365)

    said = f"延长到 {later} 须经批准：请同时填写这次批准的日期（上次是 {approved}）"
    for given in ({}, {"approved_on": approved}):
        with refused(InvalidValue, said, field="approved_on"):
            amend(circle, expected_end_on=later, **given)
    tomorrow = TODAY + timedelta(days=1)
    with refused(InvalidValue, f"批准日期 {tomorrow} 在今天（{TODAY}）之后", field="approved_on"):
        amend(circle, expected_end_on=later, approved_on=tomorrow)
    assert amend(circle, expected_end_on=later, approved_on=TODAY).expected_end_on == later
    assert amend(circle, expected_end_on=ends).expected_end_on == ends
    back = BranchChanges({"expected_end_on": later})
    assert set_branch_back(branch=circle, changes=back, by=None, today=TODAY).expected_end_on == later


def test_after_the_last_number_those_that_are_free_are_given(community):
    found(community, code="053030999999")

    assert found(community, name="中共第二党支部").code == "053030000001"
    assert next_serial({1, 2, 3, 5, 6, 7, 8, 9}, 1, of="编号") == "4"
    with refused(InvalidValue, "编号已用完，请自行填写代码", field="code"):
        next_serial(set(range(1, 10)), 1, of="编号")


def test_amending_nothing_writes_nothing(community):
    amend(found(community), contact="", kind=Kind.COMMUNITY)

    assert not AuditEntry.objects.filter(verb="branch.amended").exists()


def test_what_makes_a_branch_this_branch_is_not_amended(community, elsewhere):
    branch = found(community)
    said = [
        ("category", "“组织类别”在成立后不能直接修改"),
        ("founded_on", "“成立日期”在成立后不能直接修改"),
        ("kind", "“类型”在成立后不能直接修改"),
        ("unit", "“所在单位”在成立后不能直接修改"),
    ]

    with refused(SeveralRefusals, errors=said):
        amend(
            branch, kind=Kind.STREET, category=Category.JOINT_BRANCH, founded_on=TODAY, unit=elsewhere,
            contact="甲",
        )  # fmt: skip


def test_amending_keeps_the_rules_of_founding_and_the_version(community):
    branch = found(community)
    with refused(InvalidValue, "“三缘类型”只用于三缘型临时党组织", field="affinity"):
        amend(branch, affinity="place")
    amend(branch, version=1, contact="甲")
    stale = f"“{branch}”已被他人修改（您看到的是第1版，现为第2版），请重新打开此页再改"
    with refused(StaleVersion, stale):
        amend(branch, version=1, contact="乙")


# Moving.


def test_a_branch_moves_with_its_members_and_leaves_its_old_place_to_the_past(community, elsewhere):
    branch = factories.branch(unit=community)
    wang = factories.member(branch=branch)

    move(branch, elsewhere)

    wang.refresh_from_db()
    fresh = Branch.objects.get(pk=branch.pk)
    assert (fresh.unit, fresh.path, wang.path, fresh.version) == (
        elsewhere,
        elsewhere.path,
        elsewhere.path,
        2,
    )
    places = [(place.unit, place.since, place.until) for place in branch.placements.order_by("since")]
    assert places == [(community, date(2000, 1, 1), DAY), (elsewhere, DAY, None)]
    assert BranchPlacement.objects.as_known_on(date(2024, 5, 31)).get().unit == community
    assert BranchPlacement.objects.as_known_on(DAY).get().unit == elsewhere


def test_a_move_that_cannot_be_is_refused(community, elsewhere):
    branch = found(community)
    with refused(InvalidValue, f"生效日期 {TOMORROW} 在今天（{TODAY}）之后", field="on"):
        move(branch, elsewhere, on=TOMORROW)
    with refused(BranchRule, f"“{branch}”已经在“鼓楼社区”", field="to"):
        move(branch, community, on=TODAY)
    with refused(BranchRule, f"“{branch}”在 2024-06-01 已有变动，新的变动须晚于那一天", field="on"):
        move(branch, elsewhere)
    with refused(InvalidValue, "1989-12-31 早于上级“麒麟社区”的设立日期 1990-01-01", field="to"):
        move(branch, elsewhere, on=date(1989, 12, 31))
    close_unit(unit=elsewhere, on=DAY, document="", by=None, today=TODAY)
    with refused(TreeRule, "上级“麒麟社区”已于 2024-06-01 撤销", field="to"):
        move(branch, elsewhere, on=TODAY)


def test_a_dissolved_branch_does_not_move(community, elsewhere):
    branch = factories.branch(unit=community)
    dissolve(branch)

    with refused(BranchRule, f"“{branch}”已于 2024-06-01 撤销"):
        move(branch, elsewhere, on=TODAY)


# Dissolving.


def test_a_dissolved_branch_is_there_until_the_day_before(community):
    branch = factories.branch(unit=community)

    dissolve(branch)

    fresh = Branch.objects.get(pk=branch.pk)
    assert (fresh.dissolved_on, fresh.dissolving_document, fresh.version) == (DAY, "老干〔2024〕2号", 2)
    assert branch.placements.get().until == DAY
    assert list(Branch.objects.on(date(2024, 5, 31))) == [branch]
    assert list(Branch.objects.on(DAY)) == list(Branch.objects.live()) == []
    assert list(Branch.objects.on(date(1999, 12, 31))) == []


def test_a_branch_with_groups_or_members_is_not_dissolved(community):
    branch = factories.branch(unit=community)
    group = group_of(branch)
    factories.member(branch=branch)

    with refused(BranchRule, f"“{branch}”之下还有 1 个未撤销的党组织，请先撤销它们"):
        dissolve(branch)
    dissolve(group)
    with refused(BranchRule, f"“{branch}”在 2024-06-01 还有 1 名党员，请先转接组织关系"):
        dissolve(branch)


def test_a_branch_is_not_dissolved_before_its_groups(community):
    branch = found(community)
    dissolve(group_of(branch, founded_on=DAY), on=date(2025, 3, 1))

    said = "“第一党小组”到 2025-03-01 才撤销，所属党组织的撤销日期不能早于那一天"
    with refused(BranchRule, said, field="on"):
        dissolve(branch, on=date(2025, 2, 28))
    dissolve(branch, on=date(2025, 3, 1))

    assert Branch.objects.get(pk=branch.pk).dissolved_on == date(2025, 3, 1)


def test_no_two_organisations_were_founded_with_one_name_for_the_same_day(community):
    dissolve(found(community), on=date(2025, 3, 1))

    said = "另有“中共鼓楼离退休党支部”，到 2025-03-01 撤销，同名的成立（恢复）日期不能早于那一天"
    with refused(InvalidValue, said, field="founded_on"):
        found(community, founded_on=date(2025, 2, 28))
    assert found(community, founded_on=date(2025, 3, 1)).dissolved_on is None


def test_a_group_with_members_is_not_dissolved(community):
    branch = factories.branch(unit=community)
    group = group_of(branch)
    factories.member(branch=branch, group=group)

    with refused(BranchRule, "“第一党小组”在 2024-06-01 还有 1 名党员，请先转接组织关系"):
        dissolve(group)


def test_a_temporary_organisation_is_dissolved_when_nobody_takes_part_any_more(community):
    home, temporary = factories.branch(unit=community), factories.branch(unit=community, kind=Kind.TEMPORARY)
    part = factories.affiliation(member=factories.member(branch=home), branch=temporary)

    with refused(BranchRule, f"“{temporary}”在 2024-06-01 还有 1 人参加，请先结束参加"):
        dissolve(temporary)
    end_affiliation(affiliation=part, on=DAY, by=None, today=TODAY)
    assert dissolve(temporary).dissolved_on == DAY


def test_a_dissolving_that_cannot_be_is_refused(community, elsewhere):
    branch = found(community)
    with refused(InvalidValue, f"撤销日期 {TOMORROW} 在今天（{TODAY}）之后", field="on"):
        dissolve(branch, on=TOMORROW)
    with refused(InvalidValue, "撤销日期 2024-06-01 必须晚于成立日期 2024-06-01", field="on"):
        dissolve(branch)
    move(branch, elsewhere, on=date(2025, 1, 1))
    with refused(BranchRule, f"“{branch}”在 2025-01-01 已有变动，撤销须晚于那一天", field="on"):
        dissolve(branch, on=date(2024, 12, 31))
    dissolve(branch, on=date(2025, 1, 2))
    with refused(BranchRule, f"“{branch}”已于 2025-01-02 撤销"):
        dissolve(branch, on=TODAY)


# Questions.


def test_branches_are_found_by_every_word_of_name_short_name_or_code(community):
    branch = found(community, short_name="鼓楼支部")

    assert list(Branch.objects.named_like("离退休 鼓楼支部")) == [branch]
    assert list(Branch.objects.named_like(branch.code)) == [branch]
    assert list(Branch.objects.named_like("鼓楼 不存在")) == []


def test_branches_and_employers_are_found_by_pinyin(community):
    branch, factory = (
        found(community, name="中共鼓楼社区第二离退休党支部"),
        factories.employer(name="曲靖卷烟厂"),
    )

    for typed in ("gl", "gulou", "glsqdeltx", "第二 gl"):
        assert list(Branch.objects.named_like(typed)) == [branch]
    assert list(Branch.objects.named_like("wc")) == list(Branch.objects.named_like("第一 gl")) == []
    for typed in ("jyc", "qujingjy", "曲靖 jyc"):
        assert list(Employer.objects.named_like(typed)) == [factory]
    amend_employer(employer=factory, values={"name": "曲靖化肥厂"}, by=None)
    assert list(Employer.objects.named_like("jyc")) == []
    assert list(Employer.objects.named_like("hfc")) == [factory]


def test_what_was_registered_before_is_told_its_pinyin_by_the_migration(community):
    branch, factory = found(community, name="中共鼓楼支部"), factories.employer(name="曲靖卷烟厂")
    tables = (Unit, Branch, Employer)
    for table in tables:
        table.objects.update(syllables="")

    import_module("branches.migrations.0005_syllables_of_titles").tell(apps, None)

    assert [list(table.objects.named_like("glzb")) for table in tables] == [[], [branch], []]
    assert list(Employer.objects.named_like("jyc")) == [factory]
    assert Unit.objects.named_like("glsq").get() == community


def test_members_may_be_held_by_branches_and_joint_branches_only(community):
    branch = factories.branch(unit=community)
    joint = factories.branch(unit=community, category=Category.JOINT_BRANCH)
    factories.branch(unit=community, category=Category.COMMITTEE)
    factories.branch(unit=community, kind=Kind.TEMPORARY)
    group_of(branch)

    assert set(Branch.objects.holding()) == {branch, joint}


def test_a_placement_says_itself(community):
    branch = found(community, short_name="鼓楼支部")

    assert str(branch.placements.get()) == "鼓楼支部 @ 鼓楼社区（2024-06-01—）"


# What the database itself refuses, whoever writes.


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"path": "00001/"}, "branch_path_is_its_units"),
        ({"kind": Kind.TEMPORARY}, "branch_temporary_is_complete"),
        ({"affinity": "place"}, "branch_temporary_is_complete"),
        ({"category": Category.GROUP}, "branch_group_has_a_branch"),
        ({"dissolved_on": DAY}, "branch_dissolved_after_founded"),
        ({"code": "053030000099"}, "branch_code_is_unique"),
    ],
)
def test_the_database_refuses_a_false_branch(community, values, constraint):
    found(community, name="别的支部", code="053030000099")
    branch = found(community)

    with refused_by_database(constraint):
        Branch.objects.filter(pk=branch.pk).update(**values)


def test_the_database_refuses_a_branch_in_two_places_at_once(community, elsewhere):
    branch = found(community)

    with refused_by_database("branch_in_one_place_at_a_time"):
        BranchPlacement.objects.create(branch=branch, unit=elsewhere, since=TODAY)
