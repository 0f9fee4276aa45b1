"""Seeing what is sealed asks a reason and leaves a trace before anything is shown."""

import pytest

from core.errors import DomainError, InvalidValue
from core.models import AuditEntry
from core.privacy import last_four
from members.models import Member
from members.operations import reveal_health_note, reveal_id_number
from tests import factories
from tests.ledger import refused
from tests.worlds import told_once

NUMBER = "11010519491231002X"


@told_once
def li(branch):
    return factories.member(branch=branch, name="李玉兰", id_number=NUMBER, health_note="高血压")


@pytest.mark.parametrize(
    ("reveal", "column", "value"),
    [(reveal_id_number, "id_number", NUMBER), (reveal_health_note, "health_note", "高血压")],
)
def test_a_look_is_written_down_and_then_shown(li, reveal, column, value):
    clerk = factories.account()

    assert reveal(member=li, reason="核对医保", by=clerk) == value

    entry = AuditEntry.objects.about(li).get(verb="member.revealed")
    assert (entry.by, entry.fields, entry.reason, entry.place) == (clerk, [column], "核对医保", li.path)


@pytest.mark.parametrize("reveal", [reveal_id_number, reveal_health_note])
@pytest.mark.parametrize("reason", ["", "   ", "看一下", " 看一下 "])
def test_a_look_without_a_reason_shows_and_writes_nothing(li, reveal, reason):
    with refused(InvalidValue, "请写明查看事由（至少4个字）", field="reason"):
        reveal(member=li, reason=reason, by=None)


@pytest.mark.parametrize(
    ("reveal", "what"), [(reveal_id_number, "公民身份号码"), (reveal_health_note, "健康状况")]
)
def test_where_nothing_is_kept_there_is_no_look_to_write_down(wang, reveal, what):
    with refused(DomainError, f"王秀英 没有登记{what}"):
        reveal(member=wang, reason="核对医保", by=None)

    assert not AuditEntry.objects.about(wang).filter(verb="member.revealed").exists()


def test_when_the_trace_cannot_be_written_nothing_is_shown(li, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("no trace")

    monkeypatch.setattr("members.operations.disclosure.record", fail)
    monkeypatch.setattr(Member, "get_sealed", lambda *args: pytest.fail("was unsealed"))

    with pytest.raises(RuntimeError):
        reveal_id_number(member=li, reason="核对医保", by=None)


@pytest.mark.parametrize(("number", "shown"), [(NUMBER, "****002X"), ("", "")])
def test_elsewhere_only_the_last_four_are_shown(number, shown):
    assert last_four(number) == shown
