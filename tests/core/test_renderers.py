"""JSON as it leaves: by orjson, and escaped where orjson would give up."""

from datetime import date

from core.renderers import JsonRenderer


def test_days_and_chinese_are_written_as_they_are():
    assert JsonRenderer().render({"姓名": "王秀英", "on": date(2024, 6, 30)}) == (
        '{"姓名":"王秀英","on":"2024-06-30"}'.encode()
    )


def test_half_a_character_goes_back_escaped():
    assert JsonRenderer().render({"\ud800": 1}) == b'{"\\ud800": 1}'


def test_nothing_is_written_as_nothing():
    assert JsonRenderer().render(None) == b""
