"""ID numbers, names and phones of people in China: what is read, what is refused and why."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidValue
from core.identity import check_character, normalise_name, normalise_phone, parse_id_number
from tests.factories import TODAY, id_number

# The test vectors of GB 11643-1999.
WOMAN, MAN = "11010519491231002X", "440524188001010014"


def read(text):
    return parse_id_number(text, today=TODAY)


def why_not(text, *, parse=read):
    with pytest.raises(InvalidValue) as refusal:
        parse(text)
    return refusal.value.detail


def test_the_numbers_of_the_standard_say_birthday_and_sex():
    woman, man = read(WOMAN), read(MAN)

    assert (woman.number, woman.born_on, woman.sex, woman.legacy) == (WOMAN, date(1949, 12, 31), "F", False)
    assert (man.number, man.born_on, man.sex, man.legacy) == (MAN, date(1880, 1, 1), "M", False)


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        "11010519491231002×",
        "11010519491231002Ｘ",
        "１１０１０５１９４９１２３１００２Ｘ",
        " 110105 19491231 002X ",
        "110105-19491231-002X",
        "'11010519491231002X",
        "\ufeff11010519491231002X\u200b\n",
    ],
)
def test_a_number_is_read_however_it_was_typed(typed):
    assert read(typed).number == WOMAN


def test_a_number_of_fifteen_places_is_completed_and_called_legacy():
    parsed = read("110105491231002")

    assert (parsed.number, parsed.legacy, parsed.born_on) == (WOMAN, True, date(1949, 12, 31))


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (
            "5.30302E+17",
            "身份证号“5.30302E+17”被表格软件改成了科学计数法，末几位已丢失，请按证件重新输入",
        ),
        ("1101051949", "身份证号“1101051949”应为18位（17位数字加1位数字或X），现为10位"),
        ("", "身份证号“”应为18位（17位数字加1位数字或X），现为0位"),
        ("11010519491231X02X", "身份证号“11010519491231X02X”应为18位（17位数字加1位数字或X），现为18位"),
        # A Cyrillic Х and Arabic digits look right and are not.
        (
            "11010519491231002\u0425",
            "身份证号“11010519491231002\u0425”应为18位（17位数字加1位数字或X），现为18位",
        ),
        (
            "\u0661\u0661010519491231002X",
            "身份证号“\u0661\u0661010519491231002X”应为18位（17位数字加1位数字或X），现为18位",
        ),
        ("110105194912310021", "身份证号“110105194912310021”的校验位不对（GB 11643），请核对是否输错"),
        ("110105491331002", "身份证号“110105491331002”中的出生日期 19491331 不存在"),
    ],
)
def test_a_wrong_number_is_refused_with_the_value_and_the_reason(typed, why):
    assert why_not(typed) == why


@pytest.mark.parametrize("day", ["19000229", "19491301", "19500431"])
def test_a_birthday_that_never_was_is_refused(day):
    seventeen = f"110105{day}002"
    number = seventeen + check_character(seventeen)

    assert why_not(number) == f"身份证号“{number}”中的出生日期 {day} 不存在"


def test_a_birthday_may_be_today_but_not_tomorrow():
    assert read(id_number(born=TODAY)).born_on == TODAY
    tomorrow = id_number(born=date(2026, 11, 24))
    assert why_not(tomorrow) == f"身份证号“{tomorrow}”中的出生日期 2026-11-24 在今天之后"


def test_the_29th_of_february_is_a_birthday_in_a_leap_year():
    assert read(id_number(born=date(1952, 2, 29))).born_on == date(1952, 2, 29)


def test_region_digits_of_the_first_registration_are_taken():
    assert read(id_number(region="532201")).number.startswith("532201")


def test_the_field_refused_is_named():
    with pytest.raises(InvalidValue) as refusal:
        parse_id_number("1", today=TODAY, field="证件号码")
    assert refusal.value.field == "证件号码"


@settings(max_examples=300, deadline=None)
@given(
    born=st.dates(date(1900, 1, 1), date(2020, 12, 31)),
    serial=st.integers(0, 499),
    sex=st.sampled_from("FM"),
)
def test_every_valid_number_is_read_back_and_any_one_wrong_digit_is_noticed(born, serial, sex):
    number = id_number(serial, born=born, sex=sex)
    parsed = read(number)

    assert (parsed.number, parsed.born_on, parsed.sex) == (number, born, sex)
    other = str((int(number[3]) + 1) % 10)
    assert why_not(number[:3] + other + number[4:])


# Names.


@pytest.mark.parametrize("dot", "·•‧・･．∙⋅.")
def test_every_separator_that_people_type_becomes_the_one_of_the_rule(dot):
    assert normalise_name(f"阿依古丽{dot}买买提") == "阿依古丽·买买提"


def test_padding_between_the_characters_of_a_name_is_taken_out():
    assert normalise_name("　张　 三\u200b\ufeff ") == "张三"


# 䶮, four characters beyond the BMP, a private-use one, and three that NFC would replace.
@pytest.mark.parametrize(
    "character",
    ["\u4dae", "\U00020bb7", "\U0002cc56", "\U00030edd", "\ue863", "\uf9dc", "\ufa19", "\U0002f81a"],
)
def test_a_rare_character_is_kept_as_it_was_typed(character):
    name = f"王{character}"

    assert normalise_name(name) == name
    assert len(normalise_name(name)) == 2


def test_an_ideographic_variation_is_kept():
    assert normalise_name("葛\U000e0100") == "葛\U000e0100"


def test_a_name_of_fifty_characters_is_taken():
    assert normalise_name("阿" * 49 + "·") == "阿" * 49 + "·"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "姓名不能为空"),
        ("　 \u200b", "姓名不能为空"),
        ("张3", "姓名“张3”中不能有数字或符号"),
        ("张三☆", "姓名“张三☆”中不能有数字或符号"),
        ("张\x07三", "姓名“张\x07三”中不能有数字或符号"),
        ("张,三", "姓名“张,三”中不能有标点符号（姓名间隔号请用“·”）"),
        ("=cmd|x", "姓名“=cmd|x”中不能有标点符号（姓名间隔号请用“·”）"),
    ],
)
def test_a_name_with_something_else_in_it_is_refused(typed, why):
    assert why_not(typed, parse=normalise_name) == why


LETTERS = st.characters(categories=["Lo"], min_codepoint=0x3400)


@settings(max_examples=300, deadline=None)
@given(st.text(LETTERS, min_size=1, max_size=50))
def test_no_letter_of_a_name_is_changed_and_normalising_twice_changes_nothing(name):
    # U+3164 and the like are letters that count as blank; Python's split leaves them, and so do we.
    kept = normalise_name(name)

    assert kept == name
    assert normalise_name(kept) == kept
    assert unicodedata.normalize("NFC", kept) == unicodedata.normalize("NFC", name)


# Phones.


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13887400001", "13887400001"),
        ("１３８８７４００００１", "13887400001"),
        ("138 8740 0001", "13887400001"),
        ("138-8740-0001", "13887400001"),
        ("+86 13887400001", "13887400001"),
        ("86-13887400001", "13887400001"),
        ("0086 13887400001", "13887400001"),
        ("13887400001.0", "13887400001"),
        ("0874-3123456", "0874-3123456"),
        ("08743123456", "0874-3123456"),
        ("(0874) 3123456", "0874-3123456"),
        ("（0874）3123456", "0874-3123456"),
        ("010-65251234-801", "010-65251234-801"),
    ],
)
def test_a_phone_is_kept_in_one_form_however_it_was_typed(typed, kept):
    assert normalise_phone(typed) == kept
    assert normalise_phone(kept) == kept


def test_a_landline_that_lost_its_first_zero_is_told_so():
    with pytest.raises(InvalidValue, match="电话“8743123456”像是区号前的 0 被表格去掉了"):
        normalise_phone("8743123456")


@pytest.mark.parametrize("typed", ["", "无", "3123456", "12345678901", "1388740000", "138874000011"])
def test_what_is_no_phone_is_refused(typed):
    assert why_not(typed, parse=normalise_phone) == (
        f"电话“{typed}”不是11位手机号，也不是“区号-号码”的固定电话（如 0874-3123456）"
    )


def test_a_phone_that_the_spreadsheet_rounded_is_told_so():
    assert why_not("1.38874E+10", parse=normalise_phone) == (
        "电话“1.38874E+10”被表格软件改成了科学计数法，末几位已丢失，请重新输入"
    )
