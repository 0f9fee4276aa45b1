"""Headers of rosters: found, explained, remembered; and what one row cannot the others can."""

from datetime import date

import pytest

from branches.models import Employer
from core.errors import InvalidValue
from members.models import HeaderMapping, Member
from members.operations import (
    apply_import,
    explain_headers,
)
from members.operations.imports import ImportRule
from members.operations.people import TAKEN
from members.sheets import work
from tests import factories
from tests.core.reading import files
from tests.factories import TODAY
from tests.ledger import refused
from tests.members.sheets import rosters
from tests.members.sheets.conftest import counts, faults, rows_of

# Headers.


def test_an_unknown_header_is_shown_explained_and_remembered_for_the_unit(desk):
    header = [*rosters.HEADER[:-1], "门牌"]
    row = rosters.person(1, desk.branch) | {"门牌": "鼓楼巷9号"}
    file = desk.send_rows(row, header=header)
    assert file.found["sheets"][0]["unknown"] == ["门牌"]

    explain_headers(file=file, mapping={"门牌": "address"}, by=desk.clerk)
    work.check(file.pk, today=TODAY)

    assert desk.again(file).found["sheets"][0]["unknown"] == []
    again = desk.send_rows(row, header=header)
    assert again.found["sheets"][0]["unknown"] == []
    assert again.found["sheets"][0]["explained"] == [["门牌", "address"]]
    desk.apply(again)
    assert Member.objects.get().address == "鼓楼巷9号"
    assert HeaderMapping.objects.get().unit == desk.street


def test_what_was_said_of_a_header_may_be_said_otherwise(desk):
    row = rosters.person(1, desk.branch) | {"门牌": "鼓楼巷9号", "旧名": "王小英"}
    file = desk.send_rows(row, header=[*rosters.HEADER[:-1], "门牌", "旧名"])
    for mapping in ({"门牌": "", "旧名": "address"}, {"门牌": "address", "旧名": "former_name"}):
        explain_headers(file=desk.again(file), mapping=mapping, by=desk.clerk)
        work.check(file.pk, today=TODAY)

    told = desk.again(file).found["sheets"][0]
    assert sorted(told["explained"]) == [["旧名", "former_name"], ["门牌", "address"]]
    desk.apply(desk.again(file))
    assert Member.objects.values_list("address", "former_name").get() == ("鼓楼巷9号", "王小英")


def test_a_sheet_of_headers_that_nobody_knows_is_shown_to_be_explained(desk):
    person = rosters.person(1, desk.branch)
    rows = [["离退休人员一览"], ["人名", "证件号", "备考"], [person["姓名"], person["公民身份号码"], "好"]]
    file = desk.send(files.xlsx(("表", rows)))

    assert (file.state, file.found["unsure"], file.rows.count()) == ("checked", True, 0)
    assert file.found["sheets"][0]["unknown"] == ["人名", "证件号", "备考"]
    with refused(ImportRule, "还没有认出表头，请先说明表头"):
        apply_import(file=file, only_good=False, by=desk.clerk)

    explain_headers(file=file, mapping={"人名": "name", "证件号": "id_number", "备考": ""}, by=desk.clerk)
    work.check(file.pk, today=TODAY)

    assert rows_of(desk.again(file))[0]["title"] == person["姓名"]
    assert not desk.again(file).found["unsure"]


@pytest.mark.parametrize(
    ("kind", "header", "label"),
    [
        ("members", ["党组织全称", "组织类别", "成立日期", "联系电话"], "党支部名册"),
        ("branches", ["姓名", "公民身份号码", "性别", "党支部名称", "联系电话"], "党员名册"),
    ],
)
def test_a_sheet_of_the_other_kind_is_told_so(desk, kind, header, label):
    file = desk.send(files.xlsx(("表", [header, ["甲"] * len(header)])), kind=kind)

    assert file.found["refused"] == f"这份表是{label}的样子，请重新上传，“内容”选“{label}”"


def test_a_roster_whose_names_stand_under_a_word_of_its_own_is_no_list_of_branches(desk):
    rows = [["党员", "党支部名称", "联系电话", "出生日期"], ["王秀英", desk.branch.name, "", "1950-01-01"]]

    file = desk.send(files.xlsx(("表", rows)))

    assert (file.state, file.found.get("unsure")) == ("checked", True), file.found
    assert file.found["sheets"][0]["unknown"] == ["党员"]


@pytest.mark.parametrize(
    "header",
    [
        ["姓名", "支部名称", "联系电话", "地址", "联系人"],
        ["姓名", "党支部名称", "联系人", "联系电话", "通讯地址", "街道", "社区"],
        ["人名", "党支部名称", "联系人", "联系电话"],
    ],
)
def test_a_roster_of_few_columns_is_a_roster(desk, header):
    assert desk.send(files.xlsx(("表", [header, ["王秀英"] * len(header)]))).state == "checked"


def test_explaining_a_header_brings_in_no_other_sheet(desk):
    row = rosters.person(1, desk.branch) | {"门牌": "九号"}
    header = [*rosters.HEADER[:-1], "门牌"]
    book = files.xlsx(
        ("名册", [header, [row[title] for title in header]]),
        ("退出名单", [["姓名", "原因"], ["李一", "去世"]]),
    )
    file = desk.send(book)
    explain_headers(file=file, mapping={"门牌": "address"}, by=desk.clerk)
    work.check(file.pk, today=TODAY)

    assert (counts(desk.again(file)), desk.again(file).found["skipped"]) == ({"new": 1}, ["退出名单"])


def test_a_header_too_long_that_is_left_out_hinders_nobody(desk):
    long = "很长的表头" * 41
    header = [*rosters.HEADER[:-1], "门牌", long]
    file = desk.send_rows(rosters.person(1, desk.branch) | {"门牌": "九号"}, header=header)

    explain_headers(file=file, mapping={"门牌": "address", long: ""}, by=desk.clerk)
    assert HeaderMapping.objects.get().header == "门牌"


def test_a_header_too_long_to_be_remembered_is_refused(desk):
    long = "很长的表头" * 41
    file = desk.send_rows(rosters.person(1, desk.branch), header=[*rosters.HEADER, long])

    with refused(InvalidValue, f"表头“{long[:20]}…”超过 200 字，记不下来，请在表中改短", field="mapping"):
        explain_headers(file=file, mapping={long: "note"}, by=desk.clerk)


def test_a_sheet_without_a_header_is_refused_in_words(desk):
    file = desk.send(files.xlsx(("表", [["甲", "乙"], ["1", "2"]])))

    assert file.state == "refused"
    assert "没有找到表头" in file.found["refused"]
    assert file.content is None


def test_a_sheet_of_few_columns_that_are_known_says_of_each_row_what_it_lacks(desk):
    file = desk.send(files.xlsx(("表", [["姓名", "性别"], ["王秀英", "女"], ["李国强", "男"]])))

    assert (file.state, counts(file)) == ("checked", {"faulty": 2})
    assert not file.found["unsure"]


def test_an_empty_workbook_is_said_to_be_empty(desk):
    assert desk.send(files.xlsx(("表", []))).found["refused"] == "表里没有内容"


def test_a_sheet_of_instructions_beside_the_roster_is_passed_over(desk):
    rows = [rosters.HEADER, [rosters.person(1, desk.branch)[title] for title in rosters.HEADER]]
    file = desk.send(files.xlsx(("填表说明", [["一、姓名按身份证填写"]]), ("名册", rows)))

    assert (counts(file), file.found["skipped"]) == ({"new": 1}, ["填表说明"])


# 同上.


def test_a_ditto_is_read_as_what_stands_above_and_is_told(desk):
    one, other = rosters.people(2, desk.branch)
    ditto = dict.fromkeys(("所在党支部", "原工作单位", "现居住地"), "同上")

    file = desk.send_rows({**one, "现居住地": "建设路1号"}, {**other, **ditto})

    assert (counts(file), faults(file)) == ({"new": 2}, [])
    told = [f"{title}“同上”按上一行读取，请核对" for title in ditto]
    assert rows_of(file)[1]["warnings"] == told
    desk.apply(file)
    assert set(Member.objects.values_list("branch", "address")) == {(desk.branch.pk, "建设路1号")}
    assert set(Employer.objects.values_list("name", flat=True)) == {one["原工作单位"]}


def test_a_ditto_below_the_header_or_below_nothing_is_refused(desk):
    one, other, third = rosters.people(3, desk.branch)

    file = desk.send_rows({**one, "现居住地": "同上"}, {**other, "现居住地": ""}, {**third, "现居住地": "〃"})

    assert faults(file) == [
        (2, "address", "“同上”的上一行这一栏没有内容，请写明"),
        (4, "address", "“〃”的上一行这一栏没有内容，请写明"),
    ]


def test_of_two_people_none_has_the_other_s_number_for_a_ditto(desk):
    one, other = rosters.people(2, desk.branch)

    file = desk.send_rows(one, {**other, "公民身份号码": "同上"})

    assert counts(file) == {"faulty": 2}


# What one row cannot, the others can.


def test_a_joining_day_after_her_relation_is_named_at_its_row(desk):
    one, other = rosters.people(2, desk.branch)
    desk.apply(desk.send_rows(one, other, since=date(2000, 1, 1)))

    file = desk.send_rows(
        {**one, "加入党组织日期": "2003-05-01", "转为正式党员日期": "2004-05-01"},
        {**other, "现居住地": "新地址1号"},
    )

    said = "组织关系起始日期 2000-01-01 早于入党日期 2003-05-01"
    assert faults(file) == [(2, "joined_on", said)]
    desk.apply(file, only_good=True)
    assert Member.objects.filter(address="新地址1号").count() == 1


def test_a_number_that_somebody_was_given_meanwhile_keeps_that_row_alone_out(desk):
    whole, other = rosters.people(2, desk.branch)
    bare = {title: "" if title == "公民身份号码" else value for title, value in whole.items()}
    desk.apply(desk.send_rows(bare, other, since=date(2000, 1, 1)))
    file = desk.send_rows(whole, {**other, "现居住地": "新地址1号"})
    assert counts(file) == {"changed": 2}
    number, sex = whole["公民身份号码"], {"男": "M", "女": "F"}[whole["性别"]]
    factories.member(branch=desk.foreign, name="别人", id_number=number, sex=sex)

    done = desk.apply(file, only_good=True)

    assert (done.state, counts(done)) == ("applied", {"faulty": 1, "changed": 1})
    assert [row["left_out"] for row in rows_of(done)] == [[TAKEN], []]
    assert Member.objects.filter(address="新地址1号").count() == 1
