"""What must be true of a member's data, what is only unusual, and from which day the 党龄 runs."""

from datetime import date

import pytest

from members.models import Member
from members.models.member import whole_years
from members.operations.rules import complaints, warnings
from tests.factories import TODAY

TOMORROW = date(2026, 11, 24)


def person(**values):
    usual = {
        "name": "王秀英", "standing": "full", "birth_on": date(1949, 12, 31),
        "joined_on": date(1980, 5, 1), "full_on": date(1981, 5, 1),
    }  # fmt: skip
    return Member(**{**usual, **values})


def said(**values):
    return [(error.field, error.detail) for error in complaints(person(**values), TODAY)]


def test_usual_data_break_no_rule():
    assert said() == []
    assert warnings(person()) == []


@pytest.mark.parametrize("name", ["ZhangSan", "王X英", "李四（已故）"])
def test_latin_letters_or_brackets_in_a_name_are_worth_a_second_look(name):
    assert said(name=name) == []
    assert warnings(person(name=name)) == [f"姓名“{name}”中有括号或拉丁字母，请核对"]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("birth_on", "出生日期"),
        ("joined_on", "入党日期"),
        ("full_on", "转正日期"),
        ("worked_on", "参加工作日期"),
        ("retired_on", "离退休日期"),
        ("lost_since", "失联日期"),
        ("floating_since", "流出日期"),
    ],
)
def test_no_day_of_a_life_lies_ahead(name, label):
    alone = {"birth_on": None, "joined_on": None, "full_on": None, name: TOMORROW}

    assert (name, f"{label} 2026-11-24 在今天（2026-11-23）之后") in said(**alone)
    assert said(**{**alone, "standing": "probationary" if name == "joined_on" else "full", name: TODAY}) == []


@pytest.mark.parametrize(
    ("first", "second", "rule", "same_day_too"),
    [
        ("birth_on", "joined_on", "入党日期必须晚于出生日期", True),
        ("birth_on", "worked_on", "参加工作日期必须晚于出生日期", True),
        ("birth_on", "died_on", "去世日期不能早于出生日期", False),
        ("joined_on", "full_on", "转正日期不能早于入党日期", False),
        ("worked_on", "retired_on", "离退休日期不能早于参加工作日期", False),
    ],
)
def test_the_days_of_a_life_are_in_order(first, second, rule, same_day_too):
    alone = {"birth_on": None, "joined_on": None, "full_on": None}
    wrong = [(second, f"{rule}（1975-06-02，1975-06-01）")]
    assert said(**{**alone, first: date(1975, 6, 2), second: date(1975, 6, 1)}) == wrong

    same = [(second, f"{rule}（1975-06-01，1975-06-01）")] if same_day_too else []
    assert said(**{**alone, first: date(1975, 6, 1), second: date(1975, 6, 1)}) == same


@pytest.mark.parametrize("months", [-601, 601, 32767])
def test_a_correction_of_more_than_half_a_century_is_a_slip(months):
    words = f"党龄校正值 {months} 超出 600 个月，请核对（单位是月）"

    assert said(party_age_correction=months) == [("party_age_correction", words)]
    assert said(party_age_correction=600 if months > 0 else -600) == []


def test_work_before_twelve_is_pointed_out():
    assert warnings(person(worked_on=date(1961, 12, 30))) == ["参加工作时（1961-12-30）未满12周岁，请核对"]
    assert warnings(person(worked_on=date(1961, 12, 31))) == []


@pytest.mark.parametrize("name", ["lost_since", "floating_since"])
def test_nobody_is_lost_or_away_before_she_is_born(name):
    assert [field for field, _ in said(**{name: date(1949, 1, 1)})] == [name]


def test_everything_wrong_is_said_at_once():
    fields = [field for field, _ in said(birth_on=TOMORROW, joined_on=TOMORROW, full_on=date(1981, 5, 1))]

    assert fields == ["birth_on", "joined_on", "joined_on", "full_on"]


# Probation.

MUST_SAY = "正式党员须填写转正日期（1969年4月1日至1977年8月11日入党的除外，当时无预备期）"


@pytest.mark.parametrize(
    ("joined", "needs_full_on"),
    [
        (date(1945, 4, 22), False),
        (date(1945, 4, 23), True),
        (date(1969, 3, 31), True),
        (date(1969, 4, 1), False),
        (date(1977, 8, 11), False),
        (date(1977, 8, 12), True),
    ],
)
def test_a_full_member_has_a_day_of_becoming_full_except_when_there_was_no_probation(joined, needs_full_on):
    born = date(1920, 1, 1)

    assert said(birth_on=born, joined_on=joined, full_on=None) == (
        [("full_on", MUST_SAY)] if needs_full_on else []
    )
    at_once = [("full_on", "转正日期与入党日期相同，而当时有预备期，请核对")] if needs_full_on else []
    assert said(birth_on=born, joined_on=joined, full_on=joined) == at_once


def test_a_probationary_member_has_not_become_full():
    wrong = [("full_on", "预备党员不能有转正日期")]

    assert said(standing="probationary") == wrong
    assert said(standing="probationary", full_on=None) == []


def test_a_member_whose_joining_day_is_unknown_is_not_asked_for_the_other():
    assert said(joined_on=None, full_on=None) == []


# 离休.


@pytest.mark.parametrize(
    ("worked", "right"),
    [(None, False), (date(1949, 9, 30), True), (date(1949, 10, 1), False)],
)
def test_who_is_lixiu_worked_before_the_first_of_october_1949(worked, right):
    wrong = [("worked_on", "离休须在1949年9月30日以前参加革命工作，请填写参加工作日期")]

    found = said(retire_kind="lixiu", worked_on=worked, birth_on=date(1930, 1, 1))
    assert found == ([] if right else wrong)


# What is unusual.


def test_a_birthday_that_differs_from_the_id_number_is_kept_and_pointed_out():
    differs = person(id_born_on=date(1950, 1, 1))

    assert warnings(differs) == ["档案出生日期 1949-12-31 与身份证上的 1950-01-01 不一致，两者都已保留"]
    assert complaints(differs, TODAY) == []


def test_a_birthday_known_to_the_month_agrees_with_any_day_of_it():
    known = {"birth_on": date(1949, 12, 1), "birth_precision": "M"}

    assert warnings(person(id_born_on=date(1949, 12, 31), **known)) == []
    assert len(warnings(person(id_born_on=date(1949, 11, 30), **known))) == 1


def test_joining_before_eighteen_is_pointed_out():
    young = {"birth_on": date(1962, 5, 2), "joined_on": date(1980, 5, 1)}

    assert warnings(person(**young)) == ["入党时（1980-05-01）未满18周岁，请核对"]
    assert warnings(person(**{**young, "birth_on": date(1962, 5, 1)})) == []


@pytest.mark.parametrize(
    ("full_on", "usual"),
    [
        (date(1981, 4, 30), False),
        (date(1981, 5, 1), True),
        (date(1982, 5, 31), True),
        (date(1982, 6, 1), False),
    ],
)
def test_a_probation_of_other_than_a_year_or_two_is_pointed_out(full_on, usual):
    found = warnings(person(full_on=full_on))

    assert found == ([] if usual else [f"入党到转正（1980-05-01—{full_on}）不在12至24个月之间，请核对"])


def test_without_probation_nothing_is_pointed_out():
    assert warnings(person(joined_on=date(1970, 5, 1), full_on=date(1970, 5, 1))) == []


# 党龄 and age.


@pytest.mark.parametrize(
    ("joined", "full", "since"),
    [
        (date(1944, 1, 1), None, date(1944, 1, 1)),
        (date(1956, 7, 1), date(1957, 7, 1), date(1957, 7, 1)),
        (date(1969, 3, 31), date(1970, 3, 31), date(1970, 3, 31)),
        (date(1969, 4, 1), None, date(1969, 4, 1)),
        (date(1969, 4, 1), date(1970, 4, 1), date(1969, 4, 1)),
        (date(1977, 8, 11), None, date(1977, 8, 11)),
        (date(1977, 8, 12), date(1978, 8, 12), date(1978, 8, 12)),
        (date(2025, 12, 1), None, None),
        (None, date(1981, 5, 1), date(1981, 5, 1)),
        (None, None, None),
    ],
)
def test_party_age_runs_from_becoming_full_or_from_joining_where_there_was_no_probation(joined, full, since):
    assert person(joined_on=joined, full_on=full).party_age_since == since


@pytest.mark.parametrize(
    ("on", "correction", "years"),
    [
        (date(2026, 4, 30), 0, 44),
        (date(2026, 5, 1), 0, 45),
        (date(2026, 5, 1), -1, 44),
        (date(2026, 4, 1), 1, 45),
        (date(2026, 5, 1), -12 * 50, 0),
        (date(1980, 1, 1), 0, 0),
    ],
)
def test_party_age_is_in_whole_years_with_the_correction_in_months(on, correction, years):
    assert person(party_age_correction=correction).party_age(on) == years


def test_party_age_of_fifty_years_is_reached_on_the_day():
    old = person(joined_on=date(1976, 7, 1), full_on=None)

    assert (old.party_age(date(2026, 6, 30)), old.party_age(date(2026, 7, 1))) == (49, 50)


def test_party_age_that_has_not_begun_is_unknown():
    assert person(standing="probationary", full_on=None).party_age(TODAY) is None


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(1949, 12, 31), date(2026, 12, 30), 76),
        (date(1949, 12, 31), date(2026, 12, 31), 77),
        (date(1952, 2, 29), date(2026, 2, 28), 73),
        (date(1952, 2, 29), date(2026, 3, 1), 74),
    ],
)
def test_age_is_in_whole_years(born, on, years):
    assert whole_years(born, on) == years
    assert person(birth_on=born).age(on) == years


def test_age_stops_at_death_and_is_unknown_without_a_birthday():
    assert person(died_on=date(2020, 1, 1)).age(TODAY) == 70
    assert person(birth_on=None).age(TODAY) is None


def test_a_day_is_written_with_the_precision_that_is_known():
    known = person(birth_precision="Y", joined_precision="M")

    assert (str(known.partial("birth")), str(known.partial("joined"))) == ("1949", "1980-05")
    assert known.partial("retired") is None


def test_nobody_on_a_roster_was_born_before_1900():
    assert said(birth_on=date(1899, 12, 31)) == [("birth_on", "出生日期 1899-12-31 早于1900年，请核对")]
    assert said(birth_on=date(1900, 1, 1)) == []


def test_nobody_retires_on_the_day_of_birth():
    assert said(birth_on=date(1950, 1, 1), retired_on=date(1950, 1, 1)) == [
        ("retired_on", "离退休日期必须晚于出生日期（1950-01-01，1950-01-01）")
    ]
