"""Days of which sometimes only the month or the year is known."""

import os
import time
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import clock
from core.errors import InvalidValue
from core.precision import PartialDate


@pytest.mark.parametrize(
    ("typed", "day", "precision", "written"),
    [
        ("1958-07-12", date(1958, 7, 12), "D", "1958-07-12"),
        ("1958.7.12", date(1958, 7, 12), "D", "1958-07-12"),
        ("1958/7/12", date(1958, 7, 12), "D", "1958-07-12"),
        ("1958年7月12日", date(1958, 7, 12), "D", "1958-07-12"),
        ("19580712", date(1958, 7, 12), "D", "1958-07-12"),
        ("１９５８．７．１２", date(1958, 7, 12), "D", "1958-07-12"),
        (" 1958 - 07 - 12 ", date(1958, 7, 12), "D", "1958-07-12"),
        ("1958-07", date(1958, 7, 1), "M", "1958-07"),
        ("1958.7", date(1958, 7, 1), "M", "1958-07"),
        ("1958年7月", date(1958, 7, 1), "M", "1958-07"),
        ("195807", date(1958, 7, 1), "M", "1958-07"),
        ("1958", date(1958, 1, 1), "Y", "1958"),
        ("1958年", date(1958, 1, 1), "Y", "1958"),
        ("1952-02-29", date(1952, 2, 29), "D", "1952-02-29"),
    ],
)
def test_a_day_a_month_or_a_year_is_read_as_no_more_than_it_is(typed, day, precision, written):
    parsed = PartialDate.parse(typed)

    assert (parsed.day, parsed.precision, str(parsed)) == (day, precision, written)


@pytest.mark.parametrize(
    "typed",
    ["", "无", "58-07-12", "1900-02-29", "1949-05-00", "1949-13", "195800", "19490500", "一九五八年",
     "冬月初三", "1958-07-12 08:00", "1958--7", "21000", "0000"],
)  # fmt: skip
def test_what_is_no_day_is_refused_with_the_value(typed):
    with pytest.raises(InvalidValue) as refusal:
        PartialDate.parse(typed, field="birth_on")

    assert refusal.value.detail == f"“{typed}”不是有效的日期，请写成 1958-07-12、1958-07 或 1958"
    assert refusal.value.field == "birth_on"


DAYS = st.dates(date(1900, 1, 1), date(2030, 12, 31))


@settings(max_examples=300, deadline=None)
@given(DAYS, st.sampled_from(["%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日"]))
def test_every_way_of_writing_a_day_gives_that_day_and_is_written_back_the_same(day, form):
    parsed = PartialDate.parse(day.strftime(form))

    assert parsed == PartialDate(day)
    assert PartialDate.parse(str(parsed)) == parsed


# At these midnights the clocks of Shanghai went forward: the hour from 0:00 did not exist.
MISSING_MIDNIGHTS = [
    date(1919, 4, 13), date(1940, 6, 1), date(1941, 3, 15), date(1942, 1, 31),
    date(1946, 5, 15), date(1947, 4, 15), date(1948, 5, 1), date(1949, 5, 1),
]  # fmt: skip


@pytest.fixture(params=["UTC", "Asia/Shanghai", "Asia/Urumqi"])
def process_zone(request):
    """The process runs in another time zone than the application's."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


@pytest.mark.parametrize("day", MISSING_MIDNIGHTS)
def test_a_day_without_a_midnight_is_a_day_like_any_other(process_zone, day):
    for each in (day - timedelta(days=1), day, day + timedelta(days=1)):
        assert PartialDate.parse(each.isoformat()).day == each


def test_today_is_the_day_it_is_in_shanghai(process_zone, monkeypatch):
    # 23:30 in UTC is half past seven of the next morning here.
    moment = clock.datetime(2026, 11, 22, 23, 30, tzinfo=clock.timezone.get_fixed_timezone(0))
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    assert clock.today() == date(2026, 11, 23)
    assert clock.now() == moment
