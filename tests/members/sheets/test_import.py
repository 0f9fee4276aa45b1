"""A roster is checked, applied, sent again and undone."""

from datetime import date
from time import perf_counter

import pytest

from branches.models import Category, Unit
from branches.operations import dissolve_branch
from core.errors import InvalidValue
from core.models import AuditEntry
from members.models import Member, Membership, Phone
from members.operations import (
    MemberChanges,
    Upload,
    amend_member,
    apply_import,
    cancel_import,
    receive_import,
)
from members.operations.imports import ImportRule
from members.sheets import work
from members.sheets.progress import Cancelled
from tests import factories
from tests.factories import TODAY
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
