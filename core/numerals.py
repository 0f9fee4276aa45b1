"""Numbers in Chinese capitals (大写), which cannot be changed by a stroke of the pen."""

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
LARGEST = 9999


def capitals(number: int) -> str:
    """A number from 0 to 9999 as it is said: 30 is 叁拾, 11 is 壹拾壹, 105 is 壹佰零伍."""
    if not 0 <= number <= LARGEST:
        raise ValueError(f"{number} is not between 0 and {LARGEST}")
    said, gap = "", False
    for place in range(len(PLACES) - 1, -1, -1):
        digit = number // 10**place % 10
        if digit:
            said += ("零" if gap and said else "") + DIGITS[digit] + PLACES[place]
        gap = digit == 0
    return said or DIGITS[0]


def capital_digits(number: int) -> str:
    """The digits one by one, as years are written: 2026 is 贰零贰陆."""
    return "".join(DIGITS[int(digit)] for digit in str(number))
