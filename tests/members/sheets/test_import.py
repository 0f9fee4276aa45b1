"""A roster is checked, applied, sent again and undone."""

import io
from datetime import date, timedelta
from time import perf_counter

import pytest
from django.db import connection
from django.utils.timezone import localtime
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from xlsxwriter import Workbook

from branches.models import Branch, Category, Employer, Unit
from branches.operations import BranchChanges, amend_branch, close_unit, dissolve_branch, rename_unit
from core import clock
from core.errors import InvalidValue
from core.models import AuditEntry
from members.models import HeaderMapping, ImportFile, Member, Membership, Phone
from members.operations import (
    MemberChanges,
    StandingChange,
    Upload,
    amend_member,
    apply_import,
    cancel_import,
    change_standing,
    expire_imports,
    explain_headers,
    receive_import,
    save_phones,
    undo_registration,
)
from members.operations.imports import ImportRule
from members.operations.people import TAKEN
from members.sheets import work
from members.sheets.progress import Cancelled
from members.sheets.workbook import returned_workbook
from tests import factories
from tests.core.reading import files
from tests.factories import TODAY
from tests.ledger import refused
from tests.members.sheets import rosters
from tests.members.sheets.conftest import counts, faults, rows_of
from tests.members.sheets.errors import MISTYPED


def test_new_people_are_registered_and_the_same_upload_again_changes_nothing(desk):
    content = rosters.book(rosters.people(30, desk.branch))
    file = desk.send(content)
    assert faults(file) == []
    assert counts(file) == {"new": 30}
    assert not Member.objects.exists()

    applied = desk.apply(file)

    assert applied.state == "applied", applied.found
    assert (Member.objects.on_roster().count(), Membership.objects.count(), Phone.objects.count()) == (
        30,
        30,
        30,
    )
    again = desk.send(content)
    assert faults(again) == []
    assert counts(again) == {"unchanged": 30}


def test_undo_takes_all_of_it_back(desk):
    file = desk.apply(desk.send(rosters.book(rosters.people(5, desk.branch))))

    undone = desk.undo(file)

    assert (undone.state, undone.found["stays"]) == ("undone", 0)
    assert Member.objects.registered().count() == Membership.objects.count() == 0


def test_the_national_rollup_is_imported_with_no_hand_editing(desk):
    file = desk.send(rosters.rollup(rosters.people(40, desk.branch)))

    assert faults(file) == []
    assert counts(file) == {"new": 40}
    assert file.found["sheets"][0]["last_row"] == 4
    assert file.found["sheets"][0]["unknown"] == []
    assert desk.apply(file).state == "applied"
    assert Phone.objects.filter(number="13800000001").count() == 1


# Matching and comparing.


def test_changes_are_shown_old_and_new_and_only_they_are_written(desk):
    person = rosters.person(1, desk.branch)
    desk.apply(desk.send_rows(person))
    member = Member.objects.get()
    changed = {"民族": "回", "现居住地": "", "原工作单位": "曲靖第二机械厂", "手机号码": "13900000000"}

    file = desk.send_rows(person | changed)

    (row,) = rows_of(file)
    assert (row["fate"], row["matched_by"]) == ("changed", "身份证号")
    assert row["changes"] == [
        ["民族", "彝族", "回族"],
        ["原工作单位", "曲靖第一机械厂", "曲靖第二机械厂"],
        ["电话", "", "13900000000"],
    ]
    desk.apply(file)
    member.refresh_from_db()
    assert (member.get_ethnic_group_display(), member.address) == ("回族", "鼓楼巷1号")
    assert str(member.employer) == "曲靖第二机械厂"
    assert sorted(member.phones.values_list("number", flat=True)) == ["13800000001", "13900000000"]


def test_who_may_be_known_in_another_branch_is_pointed_out(desk):
    row = rosters.person(1, desk.branch)
    desk.apply(desk.send_rows(row | {"公民身份号码": ""}))
    foreign = rosters.person(3, desk.foreign)
    factories.member(
        branch=desk.foreign, name=foreign["姓名"], birth_on=date.fromisoformat(foreign["出生日期"])
    )

    file = desk.send_rows(
        row | {"所在党支部": desk.second.name},
        row | {"所在党支部": desk.second.name, "公民身份号码": "", "出生日期": "1940-01-01"},
        foreign | {"所在党支部": desk.branch.name, "公民身份号码": ""},
    )

    assert counts(file) == {"new": 3}
    words = f"“{desk.branch}”已有同名同生日的人，不能确定是不是同一人；是同一人的，请办理转接，不要重复登记"
    assert [row["warnings"] for row in rows_of(file)] == [[words], [], []]


@pytest.mark.parametrize(
    ("cell", "phones"),
    [
        ("13800000001（儿子）", [("13800000001", "child", "儿子")]),
        ("本人13800000001，女儿：13900000002",
         [("13800000001", "self", ""), ("13900000002", "child", "女儿")]),
        ("138-0000-0001 微信同号", [("13800000001", "self", "微信同号")]),
        ("家里 0874-3123456、老伴13800000001",
         [("0874-3123456", "self", "家里"), ("13800000001", "self", "老伴")]),
        ("13800000001 13900000002（配偶）", [("13800000001", "self", ""), ("13900000002", "spouse", "配偶")]),
        ("(0874)3123456", [("0874-3123456", "self", "")]),
    ],
)  # fmt: skip
def test_a_word_beside_a_number_says_whose_it_is(desk, cell, phones):
    desk.apply(desk.send_rows(rosters.person(1, desk.branch) | {"手机号码": cell}))

    assert list(Member.objects.get().phones.values_list("number", "owner", "note")) == phones


def test_a_cell_of_line_breaks_is_read_at_once(desk):
    began = perf_counter()
    file = desk.send_rows(rosters.person(1, desk.branch) | {"手机号码": "1" + "\n" * 1_900 + "!"})

    assert [key for _, key, _ in faults(file)] == ["phone"]
    assert perf_counter() - began < 5


@pytest.mark.parametrize(
    "cell", ["儿子", "13800000001儿子和女儿一起用的那一个手机", "儿子13800000001女儿", "1380000（子）"]
)
def test_a_cell_of_words_is_no_number(desk, cell):
    file = desk.send_rows(rosters.person(1, desk.branch) | {"手机号码": cell})

    assert [key for _, key, _ in faults(file)] == ["phone"]


def test_an_empty_cell_never_overwrites(desk):
    person = rosters.person(1, desk.branch)
    desk.apply(desk.send_rows(person))
    words = ["", "无", "—", "-", "不详"]
    emptied = dict(zip(["民族", "离退休类别", "原工作单位", "手机号码", "现居住地"], words, strict=True))

    assert counts(desk.send_rows(person | emptied)) == {"unchanged": 1}


def test_without_a_number_people_are_matched_by_name_birth_and_branch(desk):
    person = rosters.person(1, desk.branch) | {"公民身份号码": ""}
    desk.apply(desk.send_rows(person))
    numbered = rosters.person(1, desk.branch)

    (row,) = rows_of(desk.send_rows(numbered))

    assert (row["fate"], row["matched_by"]) == ("changed", "姓名、出生日期和党支部")
    assert row["changes"] == [["公民身份号码", "", f"****{numbered['公民身份号码'][-4:]}"]]


def test_a_number_that_contradicts_name_branch_or_standing_is_for_a_person_to_decide(desk):
    person = rosters.person(1, desk.branch)
    desk.apply(desk.send_rows(person))
    other = factories.id_number(77, born=date(1950, 5, 5), sex="F")

    file = desk.send_rows(
        person | {"姓名": "赵钱孙"},
        header=rosters.HEADER,
    )
    branch = desk.send_rows(person | {"所在党支部": desk.second.name})
    standing = desk.send_rows(person | {"人员类别": "预备党员", "转为正式党员日期": ""})
    number = desk.send_rows(
        person | {"公民身份号码": other, "出生日期": person["出生日期"], "性别": person["性别"]}
    )

    assert [counts(each) for each in (file, branch, standing, number)] == [{"conflicting": 1}] * 4
    assert "办理组织关系转接" in faults(branch)[0][2]


def test_two_of_one_name_and_birth_in_a_branch_are_not_guessed(desk):
    for _ in "12":
        factories.member(branch=desk.branch, name="王秀英", birth_on=date(1949, 12, 31))
    row = rosters.person(1, desk.branch) | {"姓名": "王秀英", "出生日期": "1949-12-31", "公民身份号码": ""}

    assert "有 2 人同名且同日出生" in faults(desk.send_rows(row))[0][2]


def known_without_number(desk, born="1943-10-16"):
    row = rosters.person(1, desk.branch) | {"姓名": "段一兰", "公民身份号码": "", "出生日期": born}
    desk.apply(desk.send_rows(row))
    return row


def test_two_rows_that_mean_one_person_do_not_overwrite_each_other(desk):
    row = known_without_number(desk)

    file = desk.send_rows(
        row | {"出生日期": "1943-10", "现居住地": "乙小区9号"}, row | {"现居住地": "丙小区9号"}
    )

    words = "都对应名册中的“段一兰”，请核对是谁"
    assert sorted(faults(file)) == [(2, "name", f"与第 3 行{words}"), (3, "name", f"与第 2 行{words}")]
    assert counts(file) == {"faulty": 2}


def test_a_disputed_fact_of_a_row_that_is_in_doubt_asks_for_no_evidence(desk):
    row = known_without_number(desk)

    file = desk.send_rows(row | {"出生日期": "1943-10", "加入党组织日期": "1971-07-01"}, row)

    assert file.found["disputed"] == 0


def test_who_is_born_as_exactly_as_the_row_says_is_meant(desk):
    row = known_without_number(desk)
    other = row | {"出生日期": "1943-10"}
    first = factories.member(
        branch=desk.branch, name="段一兰", sex="F", birth_on=date(1943, 10, 1), birth_precision="M"
    )

    file = desk.send_rows(row, other | {"现居住地": "乙小区9号"})

    assert [each["fate"] for each in rows_of(file)] == ["unchanged", "changed"]
    assert file.rows.get(number=3).target == first.pk


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"学历": "研究生"}, "学历“研究生”按“硕士研究生”登记，请核对"),
        ({"姓名": "李四(已故)"}, "姓名“李四(已故)”中有括号或拉丁字母，请核对"),
        ({"姓名": "Zhang"}, "姓名“Zhang”中有括号或拉丁字母，请核对"),
    ],
)
def test_what_may_be_meant_otherwise_is_pointed_out(desk, wrong, words):
    file = desk.send_rows(rosters.person(1, desk.branch) | wrong, header=[*rosters.HEADER, "学历"])

    [row] = rows_of(file)
    assert (row["fate"], row["warnings"]) == ("new", [words])


def test_a_branch_may_be_named_by_its_code_and_schooling_as_finished(desk):
    row = rosters.person(1, desk.branch) | {"所在党支部": desk.second.code, "学历": "初中毕业"}

    desk.apply(desk.send_rows(row, header=[*rosters.HEADER, "学历"]))

    member = Member.objects.get(name=row["姓名"])
    assert (member.branch, member.get_education_display()) == (desk.second, "初中")


def test_an_id_number_of_fifteen_places_is_to_be_looked_at(desk):
    row = rosters.person(1, desk.branch)
    whole = row["公民身份号码"]
    file = desk.send_rows(row | {"公民身份号码": whole[:6] + whole[8:17]})

    [told] = rows_of(file)
    assert told["warnings"] == ["身份证号填写的是15位旧号，已换算为18位（补19和校验码），请与现用证件核对"]


@pytest.mark.parametrize(("column", "key"), [("手机号码", "phone"), ("家属电话", "kin_phone")])
def test_of_somebody_new_a_masked_phone_is_no_phone(desk, column, key):
    row = rosters.person(1, desk.branch) | {column: "****9999"}

    file = desk.send_rows(row, header=list(dict.fromkeys([*rosters.HEADER, column])))

    assert faults(file) == [(2, key, "号码是隐去的后四位；新登记须写全号")]


def test_what_is_known_and_not_kept_is_told(desk):
    header = [*rosters.HEADER, "序号", "党内职务", "联系电话"]

    file = desk.send_rows(rosters.person(1, desk.branch) | {"党内职务": "书记"}, header=header)

    assert (file.left_out_headers, file.doubled_headers, file.unknown_headers) == (
        ["党内职务"], ["联系电话"], [],
    )  # fmt: skip


def test_a_masked_number_says_only_its_last_four(desk):
    person = rosters.person(1, desk.branch)
    desk.apply(desk.send_rows(person))
    masked = {"公民身份号码": f"****{person['公民身份号码'][-4:]}", "手机号码": "****0001"}

    assert counts(desk.send_rows(person | masked)) == {"unchanged": 1}
    assert counts(desk.send_rows(person | masked | {"公民身份号码": "****9999"})) == {"faulty": 1}


def test_who_is_elsewhere_is_refused_in_the_same_words_as_who_left(desk):
    number = factories.id_number(3)
    factories.member(branch=desk.foreign, name="李国强", id_number=number)
    person = rosters.person(1, desk.branch) | {"公民身份号码": number, "性别": "女", "出生日期": "1949-12-31"}

    told = faults(desk.send_rows(person))

    assert told == [
        (2, "id_number", "该身份证号已登记，不能重复登记；如在别处，请联系上级办理组织关系转接"),
    ]
    assert "李国强" not in str(rows_of(desk.again(desk.send_rows(person))))


def test_a_row_for_a_foreign_branch_does_not_say_whether_its_number_is_known(desk):
    number = factories.id_number(3)
    row = rosters.person(1, desk.foreign) | {"公民身份号码": number, "性别": "女", "出生日期": "1949-12-31"}
    before = faults(desk.send_rows(row))
    factories.member(branch=desk.foreign, name="李国强", id_number=number)

    assert faults(desk.send_rows(row)) == before != []


def test_every_error_of_a_row_is_told_at_once(desk):
    wrong = {"性别": "女", "学历": "博士后", "手机号码": "123", "所在党支部": "中共没有的支部",
             "转为正式党员日期": "1979-01-01", "加入党组织日期": "1980-07-01"}  # fmt: skip
    row = rosters.person(2, desk.branch) | wrong

    told = faults(desk.send_rows(row, header=[*rosters.HEADER, "学历"]))

    assert {key for _, key, _ in told} == {"sex", "education", "phone", "branch", "full_on"}
    assert len(told) == 5


def test_of_two_people_with_one_number_neither_is_taken(desk):
    first, other, *rest = rosters.people(4, desk.branch)
    other |= {key: first[key] for key in ("公民身份号码", "出生日期", "性别")}

    file = desk.send_rows(first, *rest, other)

    both = "重复，两人中至少一人有误"
    assert sorted(faults(file)) == [
        (2, "id_number", f"身份证号与第 5 行的“{other['姓名']}”{both}"),
        (5, "id_number", f"身份证号与第 2 行的“{first['姓名']}”{both}"),
    ]
    assert counts(file) == {"new": 2, "faulty": 2}
    desk.apply(file, only_good=True)
    assert not Member.objects.filter(name__in=[first["姓名"], other["姓名"]]).exists()


def test_whom_the_register_has_under_the_number_is_not_put_in_doubt_by_another_row(desk):
    [row] = rosters.people(1, desk.branch)
    desk.apply(desk.send_rows(row))

    file = desk.send_rows(row, row | {"姓名": "李国强"})

    assert counts(file) == {"unchanged": 1, "faulty": 1}


def test_what_a_mistyped_number_would_say_is_not_asked_for(desk):
    row = rosters.person(1, desk.branch) | {"公民身份号码": MISTYPED, "出生日期": "", "性别": ""}

    assert [key for _, key, _ in faults(desk.send_rows(row))] == ["id_number"]


def test_how_she_would_begin_is_judged_beside_a_cell_that_cannot_be_read(desk):
    row = rosters.person(1, desk.branch) | {
        "手机号码": "123",
        "组织关系转入日期": "2035-01-01",
        "党小组": "没有的",
    }

    told = faults(desk.send_rows(row, header=[*rosters.HEADER, "组织关系转入日期", "党小组"]))

    assert {key for _, key, _ in told} == {"phone", "since", "group"}


@pytest.mark.parametrize(
    ("known", "told", "fate"),
    [
        ("1953-05-12", "1953.05", "unchanged"),
        ("1953-05-12", "1953", "unchanged"),
        ("1953-05-12", "1953-06", "new"),
        ("1953-05", "1953-05-12", "changed"),
        ("1953", "1953-05", "changed"),
        ("1953-05", "1954", "new"),
    ],
)
def test_a_birth_date_told_less_exactly_is_the_same_birth_date(desk, known, told, fate):
    person = {"姓名": "王秀英", "性别": "女", "所在党支部": desk.branch.name, "人员类别": "正式党员",
              "加入党组织日期": "1975-07-01"}  # fmt: skip
    desk.apply(desk.send_rows(person | {"出生日期": known}))

    assert counts(desk.send_rows(person | {"出生日期": told})) == {fate: 1}


def test_the_numbers_tell_what_was_written_and_not_what_had_been_good(desk):
    first, second = (desk.send_rows(*rosters.people(2, desk.branch)) for _ in range(2))
    desk.apply(first)

    second = desk.apply(second, only_good=True)

    assert (second.state, counts(second)) == ("applied", {"faulty": 2})
    assert [row["fate"] for row in rows_of(second)] == ["faulty", "faulty"]


def test_a_foreign_branch_answers_as_one_that_never_was(desk):
    foreign, unknown = "中共文昌社区离退休党支部", "中共没有社区离退休党支部"
    words = [
        faults(desk.send_rows(rosters.person(1, desk.branch) | {"所在党支部": name}))[0][2].replace(name, "N")
        for name in (foreign, unknown)
    ]

    assert words[0] == words[1]


def test_of_a_branch_in_reach_in_which_nobody_can_begin_it_is_said_why(desk):
    temporary, resting, foreign = (
        factories.branch(unit=unit, name=name, short_name=name.removeprefix("中共"), **kind)
        for unit, name, kind in (
            (desk.community, "中共门球队临时党支部", {"kind": "temporary"}),
            (desk.community, "中共旧巷党支部", {}),
            (Unit.objects.get(name="文昌社区"), "中共老街党支部", {}),
        )
    )
    for branch in (resting, foreign):
        dissolve_branch(branch=branch, on=TODAY, document="", by=None, today=TODAY)
    about = {"category": Category.GROUP, "parent": desk.branch}
    group = factories.branch(unit=desk.community, name="中共桥东党小组", short_name="桥东党小组", **about)
    row = rosters.person(1, desk.branch)

    said = [
        faults(desk.send_rows(row | {"所在党支部": name}))
        for name in (temporary.name, resting.name, resting.code, foreign.name, group.name)
    ]

    to_take_part = "请登记为“参加临时党组织”（支部工作条例第八条）"
    ended = f"“旧巷党支部”已于 {TODAY} 撤销"
    assert [[words for _, _, words in each] for each in said] == [
        [f"“门球队临时党支部”是三缘型临时党组织，不能接收组织关系，{to_take_part}"],
        [ended],
        [ended],
        ["没有党支部“中共老街党支部”，或不在您的管辖范围内；请写全称，或先在“党支部”中登记"],
        ["组织关系只能落在党支部或联合党支部，“桥东党小组”是党小组"],
    ]


def test_a_disputed_fact_is_corrected_only_on_evidence_and_undone(desk):
    person = rosters.person(1, desk.branch)
    desk.apply(desk.send_rows(person))
    before = Member.objects.get().joined_on
    file = desk.send_rows(person | {"加入党组织日期": "1979年6月"})

    with pytest.raises(InvalidValue, match="须写明依据"):
        desk.apply(file)
    applied = desk.apply(file, evidence="麒组干〔2026〕1号")

    assert str(Member.objects.get().partial("joined")) == "1979-06"
    assert AuditEntry.objects.filter(verb="member.corrected", reason="依据：麒组干〔2026〕1号").count() == 1
    assert desk.undo(applied).found["stays"] == 0
    assert Member.objects.get().joined_on == before


# States.


def test_one_file_at_a_time_is_worked_on_for_a_unit(desk):
    upload = Upload("一.xlsx", rosters.book(rosters.people(1, desk.branch)), desk.street, "members", TODAY)
    first = receive_import(upload=upload, by=desk.clerk, today=TODAY)

    with pytest.raises(ImportRule, match="正在检查，请等它完成"):
        receive_import(upload=upload, by=desk.clerk, today=TODAY)
    work.check(first.pk, today=TODAY)
    receive_import(upload=upload, by=desk.clerk, today=TODAY)


def test_what_is_asked_to_stop_leaves_nothing(desk):
    class Impatient:
        def report(self, file, done, total):
            raise Cancelled

    file = desk.send(rosters.book(rosters.people(3, desk.branch)))
    apply_import(file=file, only_good=False, by=desk.clerk)
    work.apply(file.pk, today=TODAY, progress=Impatient())

    file = desk.again(file)
    assert (file.state, Member.objects.count()) == ("checked", 0)
    assert "没有写入任何内容" in file.found["stopped"]


def test_a_file_that_is_given_up_keeps_neither_content_nor_rows(desk):
    file = cancel_import(file=desk.send_rows(rosters.person(1, desk.branch)), by=desk.clerk)

    assert (file.state, file.content, file.rows.count()) == ("cancelled", None, 0)


def test_with_a_bad_row_all_or_nothing_is_refused(desk):
    file = desk.send_rows(rosters.person(1, desk.branch), rosters.person(3, desk.branch) | {"性别": "未定"})

    with pytest.raises(ImportRule, match="还有 1 行有错误或冲突"):
        desk.apply(file)
    assert desk.apply(file, only_good=True).state == "applied"
    assert Member.objects.count() == 1


def test_a_file_with_nothing_new_is_not_applied(desk):
    person = rosters.person(1, desk.branch)
    desk.apply(desk.send_rows(person))

    with pytest.raises(ImportRule, match="没有可以导入的行"):
        desk.apply(desk.send_rows(person))


def test_an_applied_file_is_not_applied_again(desk):
    file = desk.apply(desk.send_rows(rosters.person(1, desk.branch)))

    with pytest.raises(ImportRule, match="现为“已导入”，不能导入"):
        desk.apply(file)


def test_what_has_changed_since_the_check_stops_the_whole_or_is_left_out(desk):
    people = rosters.people(2, desk.branch)
    desk.apply(desk.send_rows(*people))
    wanted = [person | {"现居住地": "新巷"} for person in people]
    whole, good = desk.send_rows(*wanted), desk.send_rows(*wanted)
    member = Member.objects.get(name=people[0]["姓名"])
    amend_member(member=member, changes=MemberChanges({"note": "后来"}), by=None, today=TODAY)

    whole, good = desk.apply(whole), desk.apply(good, only_good=True)

    assert (whole.state, good.state) == ("checked", "applied")
    assert "检查之后有人修改了这名党员" in whole.found["stopped"]
    assert [row["left_out"] for row in rows_of(good)] == [["检查之后有人修改了这名党员，请重新检查"], []]
    assert sorted(Member.objects.values_list("address", flat=True)) == ["新巷", "鼓楼巷1号"]


def test_a_clerk_whose_appointment_has_ended_applies_nothing(desk):
    file = desk.send_rows(rosters.person(1, desk.branch))
    desk.clerk.appointments.update(until=TODAY)
    desk.clerk.__dict__.pop("_appointments_by_day", None)

    stopped = desk.apply(file)

    assert (stopped.state, Member.objects.count()) == ("checked", 0)
    assert "已不能在“南宁街道”导入" in stopped.found["stopped"]


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


# Undo.


def test_undo_sets_back_what_was_changed_and_leaves_what_changed_since(desk):
    people = rosters.people(2, desk.branch)
    desk.apply(desk.send_rows(*people))
    file = desk.apply(
        desk.send_rows(*[person | {"现居住地": "新巷", "手机号码": "13912345678"} for person in people])
    )
    first = Member.objects.get(name=people[0]["姓名"])
    amend_member(member=first, changes=MemberChanges({"address": "更新的巷"}), by=None, today=TODAY)

    undone = desk.undo(file)

    assert (undone.state, undone.found["stays"]) == ("undone", 1)
    assert [row["left_out"] for row in rows_of(undone)] == [["“现居住地址”后来又改过，保留现在的内容"], []]
    assert sorted(Member.objects.values_list("address", flat=True)) == ["更新的巷", "鼓楼巷2号"]
    assert not Phone.objects.filter(number="13912345678").exists()


def employers():
    return sorted(Employer.objects.values_list("name", flat=True))


# What was registered in one transaction came together, so each step is one here.
@pytest.mark.django_db(transaction=True)
def test_undo_takes_the_employers_back_that_came_with_it_and_nobody_has(desk):
    factories.employer(name="早有的厂")
    named = ["新厂", "早有的厂", "别人也写了的厂", "留下的厂"]
    rows = [
        row | {"原工作单位": name} for row, name in zip(rosters.people(4, desk.branch), named, strict=True)
    ]
    file = desk.apply(desk.send_rows(*rows))
    factories.member(branch=desk.branch, employer=Employer.objects.get(name="别人也写了的厂"))
    stays = Member.objects.get(name=rows[3]["姓名"])
    amend_member(member=stays, changes=MemberChanges({"note": "住院"}), by=None, today=TODAY)

    undone = desk.undo(file)

    assert employers() == ["别人也写了的厂", "早有的厂", "留下的厂"]
    assert undone.found["stays"] == 1
    [entry] = AuditEntry.objects.filter(verb="employer.undone")
    assert (entry.by, entry.reason) == (desk.clerk, "撤销名册导入")


def test_an_employer_that_only_a_change_brought_is_taken_back_with_it(desk):
    [row] = rosters.people(1, desk.branch)
    desk.apply(desk.send_rows(row))
    before = employers()

    desk.undo(desk.apply(desk.send_rows(row | {"原工作单位": "后来的厂"})))

    assert employers() == before
    assert str(Member.objects.get(name=row["姓名"]).employer) == row["原工作单位"]


def test_undo_names_whom_something_later_rests_on(desk):
    file = desk.apply(desk.send_rows(*rosters.people(2, desk.branch), since=date(2019, 1, 1)))
    circle = factories.branch(unit=desk.community, kind="temporary")
    factories.affiliation(
        member=Member.objects.get(name=rosters.person(1, desk.branch)["姓名"]), branch=circle
    )

    undone = desk.undo(file)

    assert undone.found["stays"] == 1
    assert "参加临时党组织 1 条" in rows_of(undone)[0]["left_out"][0]
    assert Member.objects.registered().count() == 1


@pytest.mark.parametrize("later", ["note", "phone", "employer"])
def test_undo_leaves_whom_somebody_has_changed_since_she_was_registered(desk, later):
    file = desk.apply(desk.send_rows(*rosters.people(2, desk.branch)))
    first = Member.objects.get(name=rosters.person(1, desk.branch)["姓名"])
    if later == "phone":
        save_phones(member=first, phones=[("13912345678", "self", "")], by=None)
    else:
        values = {"note": {"note": "住院"}, "employer": {"employer": None}}[later]
        amend_member(member=first, changes=MemberChanges(values), by=None, today=TODAY)

    undone = desk.undo(file)

    assert undone.found["stays"] == 1
    assert [row["left_out"] for row in rows_of(undone)] == [["登记之后又修改过，保留现在的内容"], []]
    assert list(Member.objects.registered()) == [first]


def test_undo_says_of_who_was_taken_back_already_that_she_was(desk):
    file = desk.apply(desk.send_rows(*rosters.people(2, desk.branch)))
    first = Member.objects.order_by("pk").first()
    undo_registration(member=first, reason="重复登记了", by=None)

    undone = desk.undo(file)

    assert undone.found["stays"] == 1
    assert "已作为录入错误撤回" in rows_of(undone)[0]["left_out"][0]
    assert not Member.objects.registered().exists()


def test_what_cannot_be_set_back_keeps_nobody_else_from_it(desk):
    people = rosters.people(2, desk.branch)
    desk.apply(desk.send_rows(*people))
    changed = desk.apply(desk.send_rows(*[person | {"现居住地": "新巷"} for person in people]))
    first, second = Member.objects.order_by("pk")
    undo_registration(member=first, reason="重复登记了", by=None)

    undone = desk.undo(changed)

    assert (undone.state, undone.found["stays"]) == ("undone", 1)
    assert [bool(row["left_out"]) for row in rows_of(undone)] == [True, False]
    second.refresh_from_db()
    assert second.address == "鼓楼巷2号"


def test_who_was_taken_back_can_be_imported_again(desk):
    content = rosters.book(rosters.people(2, desk.branch))
    desk.undo(desk.apply(desk.send(content)))

    assert counts(desk.send(content)) == {"new": 2}


# On record.


def test_the_audit_says_who_imported_what_and_nothing_personal(desk):
    desk.apply(desk.send_rows(rosters.person(1, desk.branch)))

    verbs = list(
        AuditEntry.objects.filter(verb__startswith="importfile").order_by("pk").values_list("verb", "by")
    )
    assert verbs == [
        ("importfile.received", desk.clerk.pk),
        ("importfile.apply_asked", desk.clerk.pk),
        ("importfile.applied", desk.clerk.pk),
    ]
    assert AuditEntry.objects.get(verb="member.registered").by == desk.clerk


def test_nothing_personal_of_a_file_lies_open_in_the_database(desk):
    number = rosters.person(1, desk.branch)["公民身份号码"]
    desk.send_rows(
        rosters.person(1, desk.branch), rosters.person(3, desk.branch) | {"公民身份号码": number[:-1]}
    )

    with connection.cursor() as cursor:
        for table in ("members_importfile", "members_importrow", "core_auditentry", "procrastinate_jobs"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            text = cursor.fetchone()[0] or ""
            assert number[:14] not in text, table
            assert number[:14].encode().hex() not in text, table


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


# What is kept only for a while.


@pytest.mark.parametrize(
    ("state", "then"),
    [
        ("checked", "cancelled"),
        ("applied", "settled"),
        ("undone", "undone"),
        ("cancelled", "cancelled"),
        ("refused", "refused"),
        ("applying", "applying"),
    ],
)
def test_a_file_and_what_its_rows_said_are_kept_for_thirty_days(desk, state, then):
    old, young = (desk.send_rows(*rosters.people(2, desk.branch)) for _ in "12")
    sent = clock.now()
    ImportFile.objects.filter(pk=old.pk).update(state=state, sent_at=sent - timedelta(days=31))
    ImportFile.objects.filter(pk=young.pk).update(sent_at=sent - timedelta(days=29))

    expire_imports(today=localtime(sent).date())

    old, young = desk.again(old), desk.again(young)
    gone = state != "applying"
    assert (old.state, old.open_content() is None, old.rows.exists()) == (then, gone, not gone)
    assert (young.state, young.rows.count()) == ("checked", 2)
    assert expire_imports(today=localtime(sent).date()) == 0


def test_who_is_dead_here_and_in_the_file_is_nothing_to_decide_about(desk):
    row = rosters.person(1, desk.branch)
    desk.apply(desk.send_rows(row, since=date(2020, 1, 1)))
    died = StandingChange("decease", TODAY)
    change_standing(member=Member.objects.get(), change=died, by=None, today=TODAY)

    told = [
        counts(
            desk.send_rows(row | {"人员类别": "", "党籍状态": state}, header=[*rosters.HEADER, "党籍状态"])
        )
        for state in ("去世", "正常")
    ]

    assert told == [{"unchanged": 1}, {"conflicting": 1}]


# The way back.


def test_a_second_column_of_one_meaning_is_named(desk):
    row = rosters.person(1, desk.branch) | {"手机号码": "", "联系电话": "13887654322"}

    file = desk.send_rows(row, header=[*rosters.HEADER, "联系电话"])

    assert file.found["sheets"][0]["doubled"] == ["联系电话"]


def test_where_every_header_is_known_none_is_explained(desk):
    file = desk.send_rows(rosters.person(1, desk.branch))

    with refused(InvalidValue, "“姓名”不是这个文件里不认识的列", field="mapping"):
        explain_headers(file=file, mapping={"姓名": ""}, by=desk.clerk)


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"姓名": ""}, "“姓名”不是这个文件里不认识的列"),
        ({"没有的表头": "note"}, "“没有的表头”不是这个文件里不认识的列"),
        ({"座机或手机": "phone"}, "“座机或手机”所选的项，表中另有一列已经是它；请先在表中并为一列"),
    ],
)
def test_only_a_header_that_nobody_knows_is_explained_and_as_what_is_missing(desk, mapping, words):
    file = desk.send_rows(rosters.person(1, desk.branch), header=[*rosters.HEADER, "座机或手机"])

    with refused(InvalidValue, words, field="mapping"):
        explain_headers(file=file, mapping=mapping, by=desk.clerk)

    assert not HeaderMapping.objects.exists()


def test_reasons_stand_beside_the_table_however_far_its_colours_reach(desk):
    book = load_workbook(io.BytesIO(rosters.book([rosters.person(1, desk.branch) | {"性别": "不明白"}])))
    book.active["CV3"].font = Font(bold=True)
    book.active.cell(2, len(rosters.HEADER) + 1).value = "另记"
    told = io.BytesIO()
    book.save(told)

    sheet = load_workbook(io.BytesIO(returned(desk, desk.send(told.getvalue())))).active

    assert [cell.column for cell in sheet[1] if cell.value == "检查结果"] == [len(rosters.HEADER) + 2]
    assert "无法识别" in sheet.cell(2, len(rosters.HEADER) + 2).value


def test_reasons_stand_behind_a_merged_header(desk):
    book = load_workbook(io.BytesIO(rosters.book([rosters.person(1, desk.branch) | {"性别": "不明白"}])))
    last = len(rosters.HEADER)
    book.active.merge_cells(start_row=1, end_row=1, start_column=last, end_column=last + 1)
    told = io.BytesIO()
    book.save(told)

    sheet = load_workbook(io.BytesIO(returned(desk, desk.send(told.getvalue())))).active

    assert [cell.column for cell in sheet[1] if cell.value == "检查结果"] == [last + 2]


def test_a_mended_workbook_comes_back_with_its_latest_marks_alone(desk):
    people = rosters.people(2, desk.branch)
    wrong = [people[0] | {"手机号码": "123"}, people[1] | {"性别": "不明白"}]
    book = load_workbook(io.BytesIO(returned(desk, desk.send_rows(*wrong))))
    sheet = book.active
    places = {cell.value: cell.column for cell in sheet[1]}
    assert sheet.cell(2, places["手机号码"]).comment
    sheet.cell(2, places["手机号码"]).value = people[0]["手机号码"]
    sheet.cell(3, places["姓名"]).comment = Comment("请再问一下", "王某")
    sheet.cell(3, places["姓名"]).value = "12"
    mended = io.BytesIO()
    book.save(mended)

    file = desk.send(mended.getvalue())
    again = load_workbook(io.BytesIO(returned(desk, file))).active

    assert file.found["sheets"][0]["unknown"] == []
    assert [cell.value for cell in again[1]].count("检查结果") == 1
    assert again.cell(2, places["手机号码"]).comment is None
    assert again.cell(2, places["手机号码"]).fill.fill_type is None
    assert "原批注：请再问一下" in again.cell(3, places["姓名"]).comment.text
    assert again.cell(2, places["检查结果"]).value == "新增"


def test_a_cell_far_away_keeps_the_marks_at_the_table(desk):
    book = load_workbook(io.BytesIO(rosters.book([rosters.person(1, desk.branch) | {"手机号码": "123"}] * 2)))
    book.active.cell(4, 16_000).fill = PatternFill("solid", start_color="FFFFFF00")
    far = io.BytesIO()
    book.save(far)

    content = returned(desk, desk.send(far.getvalue()))

    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet.cell(2, rosters.HEADER.index("手机号码") + 1).comment
    assert len(sheet._cells) < 200, "looking at a cell makes it"


def returned(desk, file):
    return returned_workbook(file, by=desk.clerk)[0]


@pytest.mark.long
def test_a_sheet_that_is_dressed_far_below_its_rows_comes_back_in_a_new_one(desk):
    told = io.BytesIO()
    with Workbook(told, {"constant_memory": True}) as book:
        sheet, dressed = book.add_worksheet("名册"), book.add_format({"border": 1})
        row = rosters.person(1, desk.branch) | {"姓名": ""}
        sheet.write_row(0, 0, rosters.HEADER)
        sheet.write_row(1, 0, [row[title] for title in rosters.HEADER])
        for number in range(2, 200_000):
            for place in range(6):
                sheet.write_blank(number, place, None, dressed)

    sheet = load_workbook(io.BytesIO(returned(desk, desk.send(told.getvalue())))).active

    assert sheet.max_row == 2
    assert "不能为空" in sheet.cell(2, len(rosters.HEADER) + 1).value
