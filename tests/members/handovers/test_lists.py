"""An enterprise's list comes in whole: what can be read waits, what cannot is kept with every complaint."""

from collections import Counter

import pytest

from branches.scope import Scope
from core.errors import InvalidValue
from core.identity import parse_id_number
from members.models import HandoverPerson, Member
from members.operations import (
    append_people,
    close_handover,
    correct_person,
    faulty_rows,
    reopen_handover,
)
from members.operations.handovers.batches import HandoverRule
from members.operations.people import TAKEN
from members.sheets.handovers import pasted
from tests import factories
from tests.factories import TODAY
from tests.factories.handovers import bad_rows, cells
from tests.ledger import fingerprint, refused


def outcomes():
    return Counter(HandoverPerson.objects.values_list("outcome", flat=True))


def details(line):
    return [each["detail"] for each in line.complaints]


def correct(line, scope, **changed):
    return correct_person(person=line, cells=changed, scope=scope, by=None, today=TODAY)


def test_of_five_hundred_rows_with_twenty_bad_ones_480_wait_and_20_are_in_hand(place):
    good = [cells(serial) for serial in range(480)]

    listed = place.list(*good, *bad_rows())

    assert (listed.pending, listed.faulty, listed.added) == (480, 20, 500)
    assert outcomes() == {"pending": 480, "faulty": 20}
    assert all(line.complaints for line in place.lines(outcome="faulty"))
    assert not any(line.complaints for line in place.lines(outcome="pending"))


def test_the_same_list_again_changes_nothing_and_says_so(place):
    rows = [*(cells(serial) for serial in range(30)), *bad_rows()]
    place.list(*rows)
    before = fingerprint()

    again = place.list(*rows)

    assert (again.added, again.mended, again.unchanged) == (0, 0, 50)
    assert fingerprint() == before


def test_names_added_later_come_after_those_that_are_there(place):
    place.list(cells(0), cells(1))

    listed = place.list(cells(1), cells(2))

    assert (listed.pending, listed.unchanged) == (1, 1)
    assert [line.serial for line in place.lines()] == [1, 2, 3]


def test_everything_wrong_in_a_row_is_said_at_once_and_nothing_of_the_row_is_lost(place):
    row = cells(1, name="李2", id_number="53220119491231002", joined_on="1949-13-01", phone="12", 籍贯="云南")

    line = place.line(row)

    assert {each["field"] for each in line.complaints} == {"name", "id_number", "joined_on", "phone"}
    assert (line.outcome, str(line)) == ("faulty", "（姓名待更正）")
    [kept] = faulty_rows(handover=place.handover, scope=place.everywhere, by=None)[1]
    assert kept[:3] == ["1", "李2", "53220119491231002"]


def test_a_quotation_mark_alone_in_what_is_pasted_is_a_ditto_and_swallows_nobody():
    header = "姓名\t身份证号\t现居住地\n"
    people = [f"王{nth}\t{factories.id_number(place)}\t" for place, nth in enumerate("甲乙丙丁")]
    read = pasted(
        header + people[0] + "一厂\n" + people[1] + '"\n' + people[2] + '"\r\n' + people[3] + "二厂"
    )

    assert [row["name"] for row in read.rows] == ["王甲", "王乙", "王丙", "王丁"]
    assert [row["address"] for row in read.rows] == ["一厂", "一厂", "一厂", "二厂"]


def test_a_header_repeated_on_the_next_page_says_nothing_of_anybody():
    header = "姓名\t身份证号\t现居住地"
    lines = [header, f"王甲\t{factories.id_number(1)}\t一厂", header, f"王乙\t{factories.id_number(2)}\t同上"]

    read = pasted("\n".join(lines))

    assert [(row["name"], row["address"]) for row in read.rows] == [
        ("王甲", "一厂"),
        ("王乙", "一厂"),
    ]


def test_a_ditto_with_nothing_above_is_no_address(place):
    line = place.line(cells(1, address="同上"))

    assert details(line) == ["“同上”的上一行这一栏没有内容，请写明"]


def test_complaints_are_kept_without_the_id_number(place):
    line = place.line(cells(1, id_number="110105194912310021"))

    assert details(line) == ["身份证号“****0021”的校验位不对（GB 11643），请核对是否输错"]


def test_what_a_row_says_besides_is_kept_for_the_register(place):
    line = place.line(
        cells(
            1,
            ethnic_group="彝族",
            standing="中共党员",
            full_on="1971年7月",
            education="本科",
            retire_kind="内退",
            worked_on="1965",
            retired_on="30042",
            former_title="班组长",
            archives_at="市档案馆",
            wanted_branch="鼓楼社区第一党支部",
        )
    )

    assert (line.outcome, line.ethnic_group, str(line.partial("full"))) == ("pending", "07", "1971-07")
    assert line.branch == place.branch
    assert line.archives == "市档案馆"
    assert line.more == {
        "education": "21", "retire_kind": "neitui", "worked_on": "1965-01-01", "worked_precision": "Y",
        "retired_on": "1982-04-01", "retired_precision": "D", "former_title": "班组长",
    }  # fmt: skip


def test_the_file_is_kept_apart_from_the_branch_and_is_the_batch_s_unless_said_otherwise(place):
    assert place.line(cells(1)).archives == "区档案中心"


def test_the_sex_is_read_from_the_id_number_when_the_list_does_not_say_it(place):
    assert place.line(cells(1, sex=None)).sex == "M"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("鼓楼社区", "gulou"),
        ("鼓楼", "gulou"),
        ("鼓楼社区居委会", "gulou"),
        ("南宁街道鼓楼社区", "gulou"),
        ("南宁街道/麒麟社区居民委员会", "qilin"),
        ("麒麟区南宁街道麒麟社区", "qilin"),
        ("南宁街道", "street"),
        ("麒麟区南宁街道", "street"),
    ],
)
def test_a_community_is_found_by_what_people_call_it(place, wanted, found):
    line = place.line(cells(1, wanted_unit=wanted))

    assert (line.unit, line.outcome) == (getattr(place, found), "pending")


@pytest.mark.parametrize(
    ("changed", "detail"),
    [
        ({"wanted_unit": "没有的社区"}, "接收社区“没有的社区”不在“麒麟区”，请写全称或代码"),
        ({"wanted_unit": "建宁街道鼓楼社区"}, "接收社区“建宁街道鼓楼社区”不在“麒麟区”，请写全称或代码"),
        ({"wanted_unit": ""}, "没有写明接收社区或党支部"),
        ({"wanted_branch": "文昌社区第一党支部"}, "党支部“中共文昌社区第一党支部”不在“鼓楼社区”"),
        ({"home": "鼓楼第9网格"}, "“鼓楼社区”没有居住小组或网格“鼓楼第9网格”，可以留空"),
        ({"address": "长" * 201}, "现居住地超过 200 字，请缩短"),
        ({"name": "长" * 31}, "姓名超过 30 字，请核对"),
        ({"retire_kind": "离休"}, "离休须在1949年9月30日以前参加革命工作，请填写参加工作日期"),
        ({"sex": None, "id_number": None}, "没有写明性别，身份证号也看不出"),
    ],
)
def test_a_row_is_refused_in_words(place, changed, detail):
    line = place.line(cells(1, **changed))

    assert detail in details(line)
    assert line.outcome == "faulty"


def test_a_sex_written_wrongly_is_complained_of_once_when_the_number_does_not_say_it_either(place):
    line = place.line(cells(1, sex="妇", id_number="5.32201E+17"))

    assert [each["detail"] for each in line.complaints if each["field"] == "sex"] == [
        "性别“妇”应为“男”或“女”"
    ]


def test_namesakes_among_communities_are_told_apart_by_their_street(place):
    factories.unit(parent=place.other_street, name="鼓楼社区")

    line = place.line(cells(1))
    other = place.line(cells(2, wanted_unit="建宁街道鼓楼社区"))

    assert details(line) == ["接收社区“鼓楼社区”有 2 个同名，请写明街道或代码"]
    assert other.unit.parent == place.other_street


def test_a_branch_alone_says_the_community_too_and_a_grid_is_kept(place):
    group = factories.unit(parent=place.gulou, name="鼓楼第1小组")

    where = {"wanted_unit": "", "wanted_branch": "中共鼓楼社区第一党支部", "home": "鼓楼第1小组"}
    place.list(cells(1, **where), cells(2, **where))

    for line in place.lines():
        assert (line.unit, line.branch, line.home) == (place.gulou, place.branch, group)


def test_who_is_on_a_roster_within_reach_is_here_already(place):
    factories.member(branch=place.foreign, id_number=cells(1)["id_number"], sex="M", birth_on=None)

    line = place.line(cells(1))

    assert (line.outcome, line.answered_on, line.complaints) == ("already_here", TODAY, [])


def test_who_is_registered_out_of_reach_is_faulty_in_the_usual_words_and_not_said_where(place):
    factories.member(branch=place.foreign, id_number=cells(1)["id_number"], sex="M", birth_on=None)

    place.list(cells(1), scope=Scope(paths=(place.street.path,)))

    [line] = place.lines()
    assert (line.outcome, details(line)) == ("faulty", [TAKEN])


def test_who_is_known_and_has_no_relation_may_come_back_but_the_dead_may_not(place):
    for serial in (1, 2):
        factories.member(branch=place.branch, id_number=cells(serial)["id_number"], birth_on=None,
                         sex="FM"[serial % 2])  # fmt: skip
    first, second = Member.objects.order_by("pk")
    for member in (first, second):
        member.memberships.update(until=TODAY, ended_by="transfer_out")
    Member.objects.filter(pk=second.pk).update(standing="deceased")

    place.list(cells(1), cells(2))

    assert [line.outcome for line in place.lines()] == ["pending", "faulty"]


def test_two_rows_with_one_id_number_are_one_person_or_a_fault(place):
    listed = place.list(cells(1), cells(1, phone="13900000000"), cells(1, name="赵志明"))

    assert (listed.pending, listed.faulty, listed.unchanged) == (1, 1, 1)
    assert details(place.lines()[1]) == ["身份证号与本批第 1 号“杨英秀”相同"]
    assert place.list(cells(1, name="赵志明")).unchanged == 1


# Putting right.


def test_a_faulty_line_is_put_right_in_place(place):
    line = place.line(cells(1, id_number="110105194912310021"))

    correct(line, place.everywhere, id_number=cells(1)["id_number"])

    [line] = place.lines()
    assert (line.outcome, line.complaints, line.version) == ("pending", [], 2)
    assert parse_id_number(line.get_sealed("id_number"), today=TODAY).number == cells(1)["id_number"]
    assert place.list(cells(1, id_number="110105194912310021")).unchanged == 1


def test_a_line_that_is_still_wrong_stays_faulty_with_what_is_left(place):
    line = place.line(cells(1, id_number="11010519491231002", phone="1"))

    correct(line, place.everywhere, phone="13800000000")

    [line] = place.lines()
    assert (line.outcome, [each["field"] for each in line.complaints]) == ("faulty", ["id_number"])


def test_a_correction_keeps_what_it_does_not_mention(place):
    line = place.line(cells(1, wanted_branch="没有的支部", archives_at="市档案馆"))

    correct(line, place.everywhere, wanted_branch="")

    [line] = place.lines()
    assert (line.outcome, line.archives_at, line.unit) == ("pending", "市档案馆", place.gulou)


def test_whoever_corrects_cannot_send_a_line_out_of_her_reach(place):
    line = place.line(cells(1, phone="1"))

    correct(line, Scope(paths=(place.gulou.path,)), phone="", wanted_unit="文昌社区")

    [line] = place.lines()
    assert (line.outcome, line.unit) == ("faulty", place.gulou)


def test_the_faulty_ones_come_back_as_a_list_that_puts_them_right(place):
    place.list(cells(1), *bad_rows()[:3])
    header, rows = faulty_rows(handover=place.handover, scope=place.everywhere, by=None)
    number = header.index("公民身份号码")
    for serial, row in enumerate(rows, start=2):
        row[number] = factories.id_number(serial, sex="FM"[serial % 2])
        row[header.index("性别")] = ""
        row[header.index("出生日期")] = ""

    read = pasted("\n".join("\t".join(row) for row in [header, *rows]))
    listed = place.list(*read.rows)

    assert (listed.mended, listed.added) == (3, 0)
    assert outcomes() == {"pending": 4}


def test_a_list_put_right_elsewhere_finds_its_faulty_lines_by_name_and_birth_date(place):
    place.list(cells(1, id_number="110105194912310021"), cells(2, joined_on=""))

    listed = place.list(cells(1), cells(2))

    assert (listed.mended, listed.added) == (2, 0)
    assert outcomes() == {"pending": 2}


def test_a_faulty_line_may_not_take_the_number_of_another(place):
    place.list(cells(1), cells(2, id_number="110105194912310021"))

    correct(place.lines()[1], place.everywhere, id_number=cells(1)["id_number"], sex="男")

    assert details(place.lines()[1])[-1] == "身份证号与本批第 1 号“杨英秀”相同"


def test_a_line_that_was_answered_is_not_corrected(place):
    factories.member(branch=place.branch, id_number=cells(1)["id_number"], sex="M", birth_on=None)
    line = place.line(cells(1))

    with refused(HandoverRule, "“杨英秀”已在册，不能更正；确需更正请先重新待接收"):
        correct(line, place.everywhere, phone="")


# The batch.


def test_a_list_must_have_rows_and_not_too_many(place):
    for rows, words in (
        ([], "名单是空的：没有一行有内容"),
        ([{}] * 5001, "一次最多 5000 行，现有 5001 行，请分几次添加"),
    ):
        with refused(InvalidValue, words, field="rows"):
            append_people(handover=place.handover, rows=rows, scope=place.everywhere, by=None, today=TODAY)


def test_nothing_is_added_to_a_closed_batch_until_it_is_opened_again(place):
    close_handover(handover=place.handover, on=TODAY, by=None, today=TODAY)

    with refused(HandoverRule, f"该批次已于 {TODAY} 办结，补充名单或更改结果请先重新打开"):
        place.list(cells(1))
    reopen_handover(handover=place.handover, by=None)
    assert place.list(cells(1)).pending == 1
