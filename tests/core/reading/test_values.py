"""Every usual way to write nothing, and a day, month or year."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidValue
from core.reading import is_nothing, read_date
from core.reading.values import CHINESE_DATE


@pytest.mark.parametrize(
    "text", ["", " ", "无", "—", "——", "－", "-", "/", "0", "不详", "未知", "　", "#N/A"]
)
def test_a_paper_form_s_words_for_none_are_nothing(text):
    assert is_nothing(text)


@pytest.mark.parametrize("text", ["无锡路1号", "10", "否", "a", "0874-3123456"])
def test_other_words_are_something(text):
    assert not is_nothing(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1958-07-12", "1958-07-12"),
        ("1958. 7. 12.", "1958-07-12"),
        ("1958 - 07 - 12", "1958-07-12"),
        ("1958 年 7 月 12 日", "1958-07-12"),
        ("1958年七月十二", "1958-07-12"),
        ("1958年07月12日", "1958-07-12"),
        ("1958年7月12号", "1958-07-12"),
        ("1958/7/12", "1958-07-12"),
        ("1958.7.12", "1958-07-12"),
        ("1958、7、12", "1958-07-12"),
        ("1958。7。12", "1958-07-12"),
        ("1958，7，12", "1958-07-12"),
        ("1958–07–12", "1958-07-12"),
        ("1958年七月", "1958-07"),
        ("19580712", "1958-07-12"),
        ("１９５８年７月１２日", "1958-07-12"),
        ("1958-07-12 00:00:00", "1958-07-12"),
        ("1958-07-12T00:00:00.000", "1958-07-12"),
        ("21378", "1958-07-12"),
        ("21378.0", "1958-07-12"),
        ("195807", "1958-07"),
        ("1958.07", "1958-07"),
        ("1958年7月", "1958-07"),
        ("1958年7月份", "1958-07"),
        ("一九五八年七月份", "1958-07"),
        ("1951年元月", "1951-01"),
        ("1951年元月份", "1951-01"),
        ("1951 年 元月 3 日", "1951-01-03"),
        ("1951年元月三日", "1951-01-03"),
        ("一九五一年元月一日", "1951-01-01"),
        ("1949-05-00", "1949-05"),
        ("1958", "1958"),
        ("1958年", "1958"),
        ("一九五八年七月", "1958-07"),
        ("一九五八年七月十二日", "1958-07-12"),
        ("二〇〇一年十二月二十三日", "2001-12-23"),
        ("一九四九年十月廿一日", "1949-10-21"),
        ("二○○○年〇三月卅日", "2000-03-30"),
        ("一九五八年", "1958"),
        ("1952-02-29", "1952-02-29"),
    ],
)
def test_a_day_is_understood_in_every_usual_writing(text, day):
    assert str(read_date(text)) == day


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("58.7.12", "年份只有两位"),
        ("58年7月", "年份只有两位"),
        ("五八年七月", "年份只有两位"),
        ("1900-02-29", "不是有效的日期"),
        ("1958-13", "不是有效的日期"),
        ("1949-13-00", "不是有效的日期"),
        ("农历1949年腊月初八", "农历日期"),
        ("一九四九年腊月初八", "农历日期"),
        ("去年", "不是有效的日期"),
        ("1958年初", "不是确切的日期"),
        ("约1958年", "不是确切的日期"),
        ("1958年7月上旬", "不是确切的日期"),
        ("1958年夏", "不是确切的日期"),
    ],
)
def test_what_is_no_day_is_refused_with_the_value(text, words):
    with pytest.raises(InvalidValue, match=words) as refused:
        read_date(text)

    assert text in refused.value.detail


def test_a_number_that_may_have_lost_a_zero_is_asked_about():
    with pytest.raises(InvalidValue, match="可能是1月，也可能是10月"):
        read_date("1958.1", fraction=True)

    assert str(read_date("1958.1")) == "1958-01"
    assert str(read_date("1958.7", fraction=True)) == "1958-07"


def test_every_day_from_1900_is_read_back_from_its_usual_writings():
    day, last = date(1927, 5, 18), date(2030, 12, 31)
    while day <= last:
        serial = (day - date(1899, 12, 30)).days
        for text in (f"{day}", f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日", str(serial)):
            assert read_date(text).day == day, text
        day += timedelta(days=1)


# Whatever else is written with these, it is a day or refused in words.
LETTERS = "〇零○一二三四五六七八九十廿卅初元正冬腊闰年月日号份约0123456789-./、T: ０９Ｏ"


@given(st.text(LETTERS, max_size=14) | st.from_regex(CHINESE_DATE, fullmatch=True))
@settings(max_examples=1_000)
def test_anything_like_a_date_is_read_or_refused_in_words(text):
    with suppress(InvalidValue):
        assert date.min <= read_date(text).day <= date.max
