"""Personal values at rest: bound to their row, unreadable without the key, quiet when nothing changes."""

from datetime import date

import pytest
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import connection

from core.sealing import SealBroken, blind_index, seal, seal_bytes, unseal
from members.models import ExportFile, Member
from members.operations import MemberChanges, amend_member
from tests import factories
from tests.factories import TODAY
from tests.worlds import told_once

NUMBER = "11010519491231002X"


@told_once
def branch(db):
    return factories.branch(unit=factories.lineage("麒麟区", "南宁街道", "鼓楼社区")[-1])


@told_once
def wang(branch):
    return factories.member(branch=branch, id_number=NUMBER, health_note="高血压")


def test_what_was_sealed_is_read_back_in_its_place_only():
    sealed = seal("王秀英", context="members.name|1")

    assert unseal(sealed, context="members.name|1") == "王秀英"
    with pytest.raises(SealBroken, match="密文无法解开"):
        unseal(sealed, context="members.name|2")


def test_the_same_value_in_the_same_place_gives_the_same_bytes_and_elsewhere_others():
    assert seal("x", context="a") == seal("x", context="a")
    assert seal("x", context="a") != seal("x", context="b")
    assert seal("x", context="a") != seal("y", context="a")


def test_one_changed_bit_is_noticed():
    sealed = bytearray(seal("王秀英", context="a"))
    sealed[-1] ^= 1

    with pytest.raises(SealBroken):
        unseal(bytes(sealed), context="a")


def test_a_file_lies_packed_and_comes_out_as_it_was():
    content = "王秀英,鼓楼社区\n".encode() * 1000
    file = ExportFile()

    file.keep_content(content)

    assert len(file.content) < len(content) // 10
    assert file.open_content() == content


def test_a_file_kept_before_files_were_packed_still_opens():
    file = ExportFile()
    file.content = seal_bytes(b"PK", context=file.context_of("content"))

    assert file.open_content() == b"PK"


def test_another_key_opens_nothing(settings):
    sealed = seal("王秀英", context="a")
    settings.DATA_KEY = "another key altogether"

    with pytest.raises(SealBroken):
        unseal(sealed, context="a")


def test_a_blind_index_says_equal_of_equals_and_only_for_its_purpose_and_key(settings):
    first = blind_index(NUMBER, purpose="id")

    assert blind_index(NUMBER, purpose="id") == first
    assert blind_index(NUMBER, purpose="other") != first
    assert blind_index(NUMBER[:-1] + "1", purpose="id") != first
    settings.DATA_KEY = "another key altogether"
    assert blind_index(NUMBER, purpose="id") != first


def test_a_sealed_value_moved_to_another_row_is_refused(branch, wang):
    other = factories.member(branch=branch, name="李玉兰")
    Member.objects.filter(pk=other.pk).update(id_number=bytes(wang.id_number))

    with pytest.raises(SealBroken):
        Member.objects.get(pk=other.pk).get_sealed("id_number")
    assert Member.objects.get(pk=wang.pk).get_sealed("id_number") == NUMBER


def test_a_sealed_value_moved_to_another_column_is_refused(wang):
    Member.objects.filter(pk=wang.pk).update(health_note=bytes(wang.id_number))

    with pytest.raises(SealBroken):
        Member.objects.get(pk=wang.pk).get_sealed("health_note")


def test_an_empty_text_clears_the_column(wang):
    wang.set_sealed("health_note", "")

    assert wang.health_note is None
    assert wang.get_sealed("health_note") == ""


def test_no_column_of_the_row_holds_the_number_or_the_note_in_clear(wang):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m::text FROM members_member m UNION ALL SELECT e::text FROM members_memberevent e"
        )
        stored = "\n".join(row[0] for row in cursor.fetchall())

    assert NUMBER[:14] not in stored
    assert NUMBER.encode().hex() not in stored
    assert "高血压" not in stored
    assert "高血压".encode().hex() not in stored


def test_saving_the_same_value_again_is_no_event(wang):
    events = Member.pgh_event_model.objects.filter(pgh_obj_id=wang.pk)
    before = events.count()

    amend_member(
        member=wang,
        changes=MemberChanges({"id_number": NUMBER.lower(), "health_note": "高血压"}),
        by=None,
        today=TODAY,
    )
    fresh = Member.objects.get(pk=wang.pk)
    fresh.set_sealed("id_number", NUMBER)
    fresh.save()

    assert events.count() == before
    amend_member(member=wang, changes=MemberChanges({"health_note": "糖尿病"}), by=None, today=TODAY)
    assert events.count() == before + 1


@pytest.mark.parametrize("lookup", ["exact", "in", "contains", "startswith", "gt"])
def test_a_sealed_column_cannot_be_searched(db, lookup):
    value = [b"x"] if lookup == "in" else b"x"

    with pytest.raises(FieldError, match="blind index"):
        Member.objects.filter(**{f"id_number__{lookup}": value}).exists()


def test_whether_a_sealed_column_is_filled_may_be_asked(branch, wang):
    bare = factories.member(branch=branch, name="李玉兰")

    assert list(Member.objects.filter(id_number__isnull=True)) == [bare]


def test_a_dump_carries_the_sealed_bytes_never_the_text(wang):
    dumped = serializers.serialize("json", Member.objects.filter(pk=wang.pk))

    assert bytes(wang.id_number).hex() in dumped
    assert NUMBER not in dumped
    wang.health_note = None
    assert wang._meta.get_field("health_note").value_to_string(wang) == ""


def test_the_birthday_that_the_number_says_stands_beside_it(branch):
    li = factories.member(branch=branch, birth_on=None, id_number=NUMBER, joined_on=date(1970, 5, 1))

    assert (li.id_born_on, li.birth_on, li.id_last4) == (date(1949, 12, 31), date(1949, 12, 31), "002X")
