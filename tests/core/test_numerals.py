"""Numbers in capitals, as they stand on papers that must not be changed by a stroke."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.numerals import DIGITS, PLACES, capital_digits, capitals


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "零"), (1, "壹"), (10, "壹拾"), (11, "壹拾壹"), (15, "壹拾伍"), (30, "叁拾"), (60, "陆拾"),
        (90, "玖拾"), (99, "玖拾玖"), (100, "壹佰"), (105, "壹佰零伍"), (110, "壹佰壹拾"), (1000, "壹仟"),
        (1005, "壹仟零伍"), (2026, "贰仟零贰拾陆"), (9990, "玖仟玖佰玖拾"), (9999, "玖仟玖佰玖拾玖"),
    ],
)  # fmt: skip
def test_a_number_is_said_in_capitals(number, said):
    assert capitals(number) == said


@given(st.integers(0, 9999))
def test_what_is_said_can_be_read_back(number):
    total, digit = 0, 0
    for character in capitals(number):
        if character in DIGITS:
            digit = DIGITS.index(character)
            total += digit
        else:
            total += digit * (10 ** PLACES.index(character) - 1)

    assert total == number


@pytest.mark.parametrize("number", [-1, 10_000])
def test_numbers_out_of_reach_are_refused(number):
    with pytest.raises(ValueError, match=str(number)):
        capitals(number)


def test_a_year_is_said_digit_by_digit():
    assert capital_digits(2026) == "贰零贰陆"
