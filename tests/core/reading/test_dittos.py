"""同上 is what stands above, and never the words themselves."""

import pytest

from core.errors import InvalidValue
from core.reading import Dittos, Line, refuse_ditto
from core.reading.dittos import is_ditto


def filled(*rows):
    dittos = Dittos()
    return [dittos.filled(Line(number, tuple(row))) for number, row in enumerate(rows, start=1)]


@pytest.mark.parametrize("text", ["同上", "同 上", " 〃 ", "″", '"', "同前"])
def test_a_ditto_is_one(text):
    assert is_ditto(text)


@pytest.mark.parametrize("text", ["", "上同", "同上街道", "同", "同心同德", '5"', "无"])
def test_other_words_are_none(text):
    assert not is_ditto(text)


def test_a_ditto_says_what_stands_above_it_however_far():
    first, second, third = filled(["王", "鼓楼支部", ""], ["李", "同上", "医生"], ["张", "〃", "同上"])

    assert second.cells == ("李", "鼓楼支部", "医生")
    assert third.cells == ("张", "鼓楼支部", "医生")
    assert (first.repeated, second.repeated, third.repeated) == ((), (1,), (1, 2))


def test_under_nothing_it_stays_and_is_refused():
    line, *_ = filled(["王", "同上"])

    assert (line.cells, line.repeated) == (("王", "同上"), ())
    with pytest.raises(InvalidValue, match="“同上”的上一行这一栏没有内容，请写明"):
        refuse_ditto(line.cell(1), "branch")


def test_a_shorter_row_above_has_nothing_there():
    assert filled(["王"], ["李", "同上"])[1].cells == ("李", "同上")


def test_a_number_that_may_be_two_stays_so_below():
    dittos = Dittos()
    dittos.filled(Line(1, ("1958.1",), fractions=(0,)))

    assert dittos.filled(Line(2, ("同上",))).fractions == (0,)
