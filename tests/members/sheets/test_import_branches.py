"""Party organisations brought in by a sheet, and rosters that name them."""

from datetime import date

import pytest

from branches.models import Branch, Employer
from branches.operations import BranchChanges, amend_branch, close_unit, rename_unit
from core.errors import InvalidValue
from members.models import Member, Membership
from members.operations import (
    Upload,
    apply_import,
    receive_import,
)
from members.sheets import work
from tests import factories
from tests.core.reading import files
from tests.factories import TODAY
from tests.ledger import refused
from tests.members.sheets import rosters
from tests.members.sheets.conftest import counts, faults, rows_of

# Party organisations.


def branch_sheet(*rows):
    header = [
        "党组织全称",
        "党组织代码",
        "组织类别",
        "离退休支部类型",
        "成立日期",
        "联系人",
        "联系电话",
        "社区",
        "上级党组织",
    ]
    return files.xlsx(("党支部", [header, *([row.get(title, "") for title in header] for row in rows)]))


def test_a_street_s_sheet_founds_no_branch_of_the_district(desk):
    row = {"党组织全称": "中共麒麟区财政局离退休党支部", "组织类别": "党支部", "离退休支部类型": "区直",
           "成立日期": "2015-03-01"}  # fmt: skip

    file = desk.send(branch_sheet(row), kind="branches")
    assert faults(file) == [(2, "kind", "“区直离退休党支部”由区一级成立，请报区里办理")]


def test_branches_are_founded_amended_and_left_alone_by_the_same_steps(desk):
    row = {"党组织全称": "中共鼓楼社区第三离退休党支部", "党组织代码": "053030999999", "组织类别": "党支部",
           "离退休支部类型": "社区", "成立日期": "2015年3月", "联系人": "王某", "联系电话": "0874-3123456",
           "社区": "鼓楼社区"}  # fmt: skip
    file = desk.apply(desk.send(branch_sheet(row), kind="branches"))
    assert file.state == "applied", file.found
    founded = Branch.objects.get(code="053030999999")
    assert (founded.unit, founded.founded_on) == (desk.community, date(2015, 3, 1))

    assert counts(desk.send(branch_sheet(row), kind="branches")) == {"unchanged": 1}
    changed = desk.send(branch_sheet(row | {"联系人": "李某"}), kind="branches")
    assert rows_of(changed)[0]["changes"] == [["联系人", "王某", "李某"]]
    changed = desk.apply(changed)
    founded.refresh_from_db()
    assert founded.contact == "李某"

    desk.undo(changed)
    founded.refresh_from_db()
    assert founded.contact == "王某"
    assert desk.undo(file).found["stays"] == 0
    assert not Branch.objects.filter(pk=founded.pk).exists()


def test_an_organisation_on_which_something_rests_stays_when_its_import_is_undone(desk):
    row = {"组织类别": "党支部", "离退休支部类型": "社区", "成立日期": "2015-03-01", "社区": "鼓楼社区"}
    names = ["中共甲支部", "中共乙支部", "中共丙支部"]
    rows = [row | {"党组织全称": name} for name in names]
    file = desk.apply(desk.send(branch_sheet(*rows), kind="branches"))
    held, changed, _ = Branch.objects.filter(name__in=names).order_by("code")
    factories.member(branch=held, since=TODAY)
    amend_branch(branch=changed, changes=BranchChanges({"contact": "李某"}), by=None, today=TODAY)

    undone = desk.undo(file)

    assert undone.found["stays"] == 2
    words = [row["left_out"] for row in rows_of(undone)]
    assert "成立之后还有" in words[0][0]
    assert "组织关系 1 条" in words[0][0]
    assert words[1:] == [["“中共乙支部”成立之后又修改过，保留现在的内容"], []]
    assert list(Branch.objects.filter(name__in=names).order_by("code")) == [held, changed]


def test_a_group_is_founded_below_the_branch_in_a_row_before_it(desk):
    row = {"离退休支部类型": "社区", "成立日期": "2015-03-01", "社区": "鼓楼社区"}
    branch = row | {"党组织全称": "中共甲支部", "组织类别": "党支部"}
    group = row | {"党组织全称": "甲支部第一党小组", "组织类别": "党小组", "上级党组织": "中共甲支部"}
    early = group | {"党组织全称": "甲支部第一党小组", "成立日期": "2014-01-01"}

    assert faults(desk.send(branch_sheet(branch, early), kind="branches")) == [
        (3, "founded_on", "党小组的成立（恢复）日期不能早于所属党支部的成立日期 2015-03-01")
    ]
    turned = desk.send(branch_sheet(group, branch), kind="branches")
    assert [key for _, key, _ in faults(turned)] == ["parent"]
    wrong = desk.send(branch_sheet(branch | {"组织类别": "小队"}, group), kind="branches")
    assert faults(wrong)[-1] == (3, "parent", "上级党组织“中共甲支部”（第 2 行）有错误，请先改正")
    file = desk.apply(desk.send(branch_sheet(branch, group), kind="branches"))

    assert file.state == "applied", file.found
    assert Branch.objects.get(name="甲支部第一党小组").parent.name == "中共甲支部"
    assert counts(desk.send(branch_sheet(branch, group), kind="branches")) == {"unchanged": 2}
    desk.undo(file)
    assert not Branch.objects.filter(name__startswith="甲支部").exists()


def test_a_file_founds_only_so_many_one_below_the_other(desk):
    names = [f"中共第{number}党委" for number in range(5)]
    row = {"组织类别": "党委", "离退休支部类型": "社区", "成立日期": "2015-03-01", "社区": "鼓楼社区"}
    rows = [
        row | {"党组织全称": name, "上级党组织": above}
        for name, above in zip(names, ["", *names], strict=False)
    ]

    told = faults(desk.send(branch_sheet(*rows), kind="branches"))

    assert told[0] == (5, "parent", "“中共第2党委”之上在本表中已有 3 级新建的党组织，请分两次导入")


@pytest.mark.parametrize("below", ["street", "other_street"])
def test_a_group_whose_branch_was_not_written_is_left_out(desk, below):
    row = {"离退休支部类型": "社区", "成立日期": "2015-03-01", "社区": "鼓楼社区"}
    branch = row | {"党组织全称": "中共甲支部", "组织类别": "党支部"}
    group = row | {"党组织全称": "甲支部第一党小组", "组织类别": "党小组", "上级党组织": "中共甲支部"}
    file = desk.send(branch_sheet(branch, group), kind="branches")
    # Somebody elsewhere takes the name meanwhile.
    (elsewhere,) = factories.lineage("东门社区", below=getattr(desk, below))
    factories.branch(unit=elsewhere, name="中共甲支部")

    apply_import(file=file, only_good=True, by=desk.clerk)
    work.apply(file.pk, today=TODAY)

    told = [row["left_out"] for row in rows_of(desk.again(file))]
    assert told == [["已有同名的党组织"], ["上级党组织“中共甲支部”没有写入"]]
    assert not Branch.objects.filter(name="甲支部第一党小组").exists()


def test_a_place_is_found_by_what_people_call_it(desk):
    rename_unit(
        unit=desk.community, name="鼓楼社区居民委员会", on=date(2025, 1, 1), document="", by=None, today=TODAY
    )
    row = {"组织类别": "党支部", "离退休支部类型": "社区", "成立日期": "2025-03-01"}
    organisations = branch_sheet(
        *(row | {"党组织全称": f"中共{name}支部", "社区": name} for name in ("鼓楼社区", "鼓楼居委会"))
    )
    desk.apply(desk.send(organisations, kind="branches"))
    people = rosters.person(1, desk.branch) | {"居住社区": "鼓楼 社区"}
    desk.apply(desk.send_rows(people, header=[*rosters.HEADER, "居住社区"]))

    assert {branch.unit for branch in Branch.objects.filter(founded_on=date(2025, 3, 1))} == {desk.community}
    assert Member.objects.get().residence == desk.community


def test_a_place_that_was_closed_since_the_check_takes_nobody_in(desk):
    group = factories.unit(parent=desk.community, name="第一小组")
    header = [*rosters.HEADER, "居住社区", "居住小组"]
    known = desk.apply(desk.send_rows(rosters.person(1, desk.branch)))
    people = [
        rosters.person(number, desk.branch) | {"居住社区": "鼓楼社区", "居住小组": "第一小组"}
        for number in (1, 2)
    ]
    file = desk.send_rows(*people, header=header)
    assert (counts(known), counts(file)) == ({"new": 1}, {"new": 1, "changed": 1})
    close_unit(unit=group, on=TODAY, document="", by=None, today=TODAY)

    desk.apply(file)

    assert not Member.objects.filter(residence=group).exists()


def test_what_the_rules_say_of_a_branch_is_found_in_the_dry_run(desk):
    row = {"组织类别": "党支部", "离退休支部类型": "社区", "社区": "鼓楼社区"}
    before = Branch.objects.count()
    file = desk.send(
        branch_sheet(
            row | {"党组织全称": "中共甲支部", "成立日期": "2035-01-01"},
            row | {"党组织全称": "中共乙临时党支部", "组织类别": "临时党支部",
                   "离退休支部类型": "三缘型临时党组织", "成立日期": "2019.5"},
            row | {"党组织全称": "中共丙支部", "成立日期": "2015-01-01"},
        ),
        kind="branches",
    )  # fmt: skip

    assert counts(file) == {"faulty": 2, "new": 1}
    assert (2, "founded_on") in [(line, key) for line, key, _ in faults(file)]
    assert len([key for line, key, _ in faults(file) if line == 3]) > 1
    assert Branch.objects.count() == before
    assert counts(desk.apply(file, only_good=True)) == {"faulty": 2, "new": 1}
    assert Branch.objects.count() == before + 1


def test_what_is_wrong_with_a_branch_is_located(desk):
    good = {
        "党组织全称": "中共甲支部",
        "组织类别": "党支部",
        "离退休支部类型": "社区",
        "成立日期": "2015-01-01",
    }
    file = desk.send(
        branch_sheet(
            good | {"组织类别": "小队"},
            good | {"党组织全称": "中共乙支部", "成立日期": ""},
            good | {"党组织全称": "中共丙支部", "党组织代码": 53030999999},
            good | {"党组织全称": "中共丁支部", "社区": "文昌社区"},
            good | {"党组织全称": desk.branch.name, "成立日期": "1999-01-01"},
            good | {"党组织全称": "中共戊支部", "上级党组织": "中共没有的支部"},
            good | {"党组织全称": "中共丁支部"},
        ),
        kind="branches",
    )

    assert [(row, key) for row, key, _ in faults(file)] == [
        (2, "category"), (3, "founded_on"), (4, "code"), (5, "community"), (6, "founded_on"), (7, "parent"),
        (8, "name"),
    ]  # fmt: skip


GOOD_BRANCH = {
    "党组织全称": "中共甲支部",
    "组织类别": "党支部",
    "离退休支部类型": "社区",
    "成立日期": "2015-01-01",
}


@pytest.mark.parametrize("name", ["中共麒麟区南宁街道工作委员会", "南宁街道", "区委"])
def test_a_committee_above_that_is_not_registered_keeps_no_branch_out(desk, name):
    file = desk.send(branch_sheet(GOOD_BRANCH | {"上级党组织": name}), kind="branches")

    [row] = rows_of(file)
    assert row["fate"] == "new"
    assert row["warnings"] == [f"上级党组织“{name}”没有在本系统登记，没有记下"]


def test_a_dissolved_branch_is_not_founded_by_a_sheet(desk):
    header = [*GOOD_BRANCH, "状态"]
    rows = [[*GOOD_BRANCH.values(), state] for state in ("撤销", "正常")]
    rows[1][0] = "中共乙支部"
    file = desk.send(files.xlsx(("表", [header, *rows])), kind="branches")

    assert faults(file) == [(2, "state", "状态“撤销”的党组织不能导入：只导入正常的党组织")]
    assert counts(file) == {"faulty": 1, "new": 1}


def test_one_branch_on_two_sheets_is_noticed_also_in_the_same_row(desk):
    lines = [["党组织全称", "组织类别", "离退休支部类型", "成立日期", "社区"],
             ["中共甲支部", "党支部", "社区", "2015-01-01", "鼓楼社区"]]  # fmt: skip

    file = desk.send(files.xlsx(("一", lines), ("二", lines)), kind="branches")

    assert faults(file) == [(2, "name", "与工作表“一”第 2 行重复")]


def test_an_employer_nobody_knew_is_registered_once(desk):
    desk.apply(desk.send_rows(*rosters.people(3, desk.branch)))

    assert list(Employer.objects.values_list("name", "nature")) == [("曲靖第一机械厂", "other")]


def test_a_first_day_in_the_future_is_refused(desk):
    upload = Upload("x.xlsx", b"x", desk.street, "members", date(2030, 1, 1))

    with refused(InvalidValue, "组织关系起始日期 2030-01-01 在今天（2026-11-23）之后", field="since"):
        receive_import(upload=upload, by=desk.clerk, today=TODAY)


def test_relations_without_a_first_day_begin_on_the_day_of_the_upload(desk):
    desk.apply(desk.send_rows(rosters.person(1, desk.branch), since=date(2020, 1, 1)))

    assert Membership.objects.get().since == date(2020, 1, 1)


WITHOUT_BRANCH = [header for header in rosters.HEADER if header != "所在党支部"]


def test_a_roster_without_a_branch_goes_to_the_one_that_was_chosen(desk):
    file = desk.send_rows(*rosters.people(2, desk.branch), header=WITHOUT_BRANCH, branch=desk.second)
    desk.apply(file)

    assert counts(file) == {"new": 2}
    assert set(Membership.objects.values_list("branch", flat=True)) == {desk.second.pk}
    again = desk.send_rows(*rosters.people(2, desk.branch), header=WITHOUT_BRANCH, branch=desk.second)
    assert counts(again) == {"unchanged": 2}


def test_without_a_branch_anywhere_the_rows_say_what_helps(desk):
    file = desk.send_rows(*rosters.people(2, desk.branch), header=WITHOUT_BRANCH)

    words = "所在党支部不能为空；整份表都是一个党支部的，可在上传时选定它"
    assert faults(file) == [(2, "branch", words), (3, "branch", words)]


def test_what_a_row_says_of_its_branch_goes_before_what_was_chosen(desk):
    named, silent = rosters.person(1, desk.branch), rosters.person(2, desk.branch) | {"所在党支部": ""}
    desk.apply(desk.send_rows(named, silent, branch=desk.second))

    branches = Membership.objects.order_by("member").values_list("branch", flat=True)
    assert list(branches) == [desk.branch.pk, desk.second.pk]


def test_who_stands_in_another_branch_than_the_chosen_one_is_a_contradiction(desk):
    desk.apply(desk.send_rows(rosters.person(1, desk.branch)))

    file = desk.send_rows(rosters.person(1, desk.branch), header=WITHOUT_BRANCH, branch=desk.second)

    assert counts(file) == {"conflicting": 1}


def test_a_branch_that_takes_nobody_is_not_chosen(desk):
    circle = factories.branch(unit=desk.community, kind="temporary", name="书法临时党支部")
    for branch in (desk.foreign, circle):
        words = f"“{branch}”不在“南宁街道”及其以下，或不能接收组织关系"
        with refused(InvalidValue, words, field="branch"):
            desk.send(b"x", branch=branch)
    with refused(InvalidValue, "只有党员名册可以指定登记到哪个党支部", field="branch"):
        desk.send(b"x", branch=desk.branch, kind="branches")


def test_a_ditto_among_organisations_is_told(desk):
    one, other = GOOD_BRANCH, {**GOOD_BRANCH, "党组织全称": "中共另一离退休党支部", "组织类别": "同上"}
    file = desk.send(branch_sheet(one, other), kind="branches")

    assert counts(file) == {"new": 2}
    assert [row["warnings"] for row in rows_of(file)][1] == ["组织类别“同上”按上一行读取，请核对"]
