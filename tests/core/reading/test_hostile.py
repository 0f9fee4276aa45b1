"""Whatever is uploaded: an answer in seconds, little memory, words for the person, and no content of ours."""

import time

import pytest

from core.reading import Unreadable, read_table
from tests.core.reading.hostile import HOSTILE

pytestmark = pytest.mark.long


def answer(content, name) -> tuple[str, str]:
    """What was read, and what was refused."""
    try:
        return "".join(
            cell for sheet in read_table(content, name) for line in sheet for cell in line.cells
        ), ""
    except Unreadable as refusal:
        return "", refusal.detail


@pytest.mark.parametrize(
    ("name", "make", "words"), [pytest.param(*rest, id=title) for title, *rest in HOSTILE]
)
def test_a_hostile_file_ends_in_a_clear_answer(name, make, words):
    content = make()
    started = time.monotonic()

    told, refused = answer(content, name)

    if words is not None:
        assert words in refused
        assert bool(words) == bool(refused)
    assert "root:" not in told
    assert "lol" not in told
    assert time.monotonic() - started < 30


def test_there_are_three_dozen_kinds_of_them():
    assert len(HOSTILE) >= 36
