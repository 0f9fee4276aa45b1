"""Finding a member by what people type: name, pinyin, initials, ID number, phone, whole or the last four."""

from importlib import import_module

import pytest
from django.apps import apps

from branches.models import Branch, Unit
from members.models import Member
from members.operations.transfers import Destination
from tests import factories
from tests.factories.handovers import cells, handover
from tests.factories.transfers import arriving_person, transfer
from tests.worlds import told_once

NUMBER = "11010519491231002X"


@told_once
def people(branch, community):
    """Four people, of whom the last two are in another branch."""
    other = factories.branch(unit=community)
    factories.member(branch=branch, name="单玉兰", id_number=NUMBER, phones=[("13887400001", "self", "")])
    factories.member(branch=branch, name="吕英", phones=[("0874-3123456", "self", "")])
    factories.member(branch=other, name="阿依古丽·买买提", phones=[("13987401234", "child", "")])
    factories.member(branch=other, name="王\U00020bb7英", id_number=factories.id_number(3))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("单", {"单玉兰"}),
        ("玉兰", {"单玉兰"}),
        ("英", {"吕英", "王\U00020bb7英"}),
        ("\U00020bb7", {"王\U00020bb7英"}),
        ("shan", {"单玉兰"}),
        ("SHANYULAN", {"单玉兰"}),
        ("danyulan", {"单玉兰"}),
        ("syl", {"单玉兰"}),
        ("ｓｙｌ", {"单玉兰"}),
        ("lvying", {"吕英"}),
        ("luying", {"吕英"}),
        ("lyuying", {"吕英"}),
        ("002X", {"单玉兰"}),
        ("002x", {"单玉兰"}),
        ("0001", {"单玉兰"}),
        ("3456", {"吕英"}),
        (NUMBER, {"单玉兰"}),
        (NUMBER.lower(), {"单玉兰"}),
        ("13887400001", {"单玉兰"}),
        ("0874-3123456", {"吕英"}),
        ("138874", set()),
        ("0874-312", set()),
        ("单 0001", {"单玉兰"}),
        ("单　玉兰", {"单玉兰"}),
        ("单 3456", set()),
        ("买买提", {"阿依古丽·买买提"}),
        ("阿依古丽·买买提", {"阿依古丽·买买提"}),
        ("11010519491231", set()),
        ("1101 0519 4912 31002x", {"单玉兰"}),
        ("110105491231002", {"单玉兰"}),
        ("138 8740 0001", {"单玉兰"}),
        ("+86 138-8740-0001", {"单玉兰"}),
        ("08743123456", {"吕英"}),
        ("0874 3123456", {"吕英"}),
        ("3123456", {"吕英"}),
        ("312-3456", {"吕英"}),
        ("吕英 3123456", {"吕英"}),
        ("312345", set()),
        ("123456", set()),
        ("7401234", set()),
        ("阿依古丽买买提", {"阿依古丽·买买提"}),
        ("阿依古丽.买买提", {"阿依古丽·买买提"}),
        ("古丽买", {"阿依古丽·买买提"}),
        ("lv ying", {"吕英"}),
        ("单 13887400001", {"单玉兰"}),
        (f"单 {NUMBER}", {"单玉兰"}),
        ("吕 13887400001", set()),
        ("shan yu", {"单玉兰"}),
        ("shan ying", set()),
        ("%", set()),
        ("_", set()),
        ("不存在", set()),
        ("", {"单玉兰", "吕英", "阿依古丽·买买提", "王\U00020bb7英"}),
    ],
)
def test_a_member_is_found_by_what_people_type(people, typed, found):
    assert {member.name for member in Member.objects.search(typed)} == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("英 金色朝阳", {"王\U00020bb7英"}),
        ("金色朝阳 英", {"王\U00020bb7英"}),
        ("wy 金色朝阳 支部", {"王\U00020bb7英"}),
        ("英 支部", {"吕英", "王\U00020bb7英"}),
        ("吕英 金色朝阳", set()),
        ("金色朝阳", set()),
        ("金色朝阳 支部", set()),
    ],
)
def test_words_beside_the_person_s_may_be_her_branch_s(people, typed, found):
    Branch.objects.filter(members__name="王\U00020bb7英").update(name="中共金色朝阳支部")

    assert {member.name for member in Member.objects.search(typed)} == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("wy glsq", {"王\U00020bb7英"}),
        ("GulouSQ wy", {"王\U00020bb7英"}),
        ("英 gl", {"吕英", "王\U00020bb7英"}),
        ("wy lousq", set()),
        ("wy g", set()),
        ("wy wcsq", set()),
        ("glsq", set()),
        ("glsq gl", set()),
    ],
)
def test_words_beside_the_person_s_may_be_the_pinyin_of_her_branch_s_unit(people, typed, found):
    assert {member.name for member in Member.objects.search(typed)} == found


def test_a_very_long_name_is_kept_and_found(branch):
    member = factories.member(branch=branch, name="张" * 60)

    assert list(Member.objects.search("张" * 60)) == [member]
    assert len(member.sort_key) == 200


def test_a_syllable_typed_twice_is_two(branch):
    twice, _once = (factories.member(branch=branch, name=name) for name in ("王英英", "王英"))

    assert list(Member.objects.search("wang ying ying")) == [twice]


def test_a_member_with_several_matching_keys_is_found_once(people):
    assert [member.name for member in Member.objects.search("l")] == ["吕英"]


def test_the_roster_without_those_who_left(people):
    left = Member.objects.get(name="吕英")
    left.memberships.update(until=factories.TODAY, ended_by="other_out")

    assert {member.name for member in Member.objects.on_roster()} == {
        "单玉兰", "阿依古丽·买买提", "王\U00020bb7英",
    }  # fmt: skip


def test_people_are_listed_by_pinyin(people):
    names = [member.name for member in Member.objects.filter(name__in=["单玉兰", "吕英"])]

    assert names == ["吕英", "单玉兰"]


@pytest.mark.parametrize("typed", ["a" * 201, "wangxiuying" * 300, "wxy wxy " * 400])
def test_words_that_are_longer_than_any_name_find_nobody(people, typed):
    assert not Member.objects.search(typed).exists()


def test_a_name_with_very_many_letters_is_found_by_its_beginning(branch):
    # 庄 is read zhuang: a hundred of them make 600 letters.
    long = factories.member(branch=branch, name="庄" * 100)

    assert [Member.objects.search(typed).first() for typed in ("zhuang" * 30, "z" * 100)] == [long, long]


def test_who_was_registered_before_is_found_by_all_readings_of_the_surname_after_the_migration(branch):
    member = factories.member(branch=branch, name="薄一波")
    committee = Unit.objects.get(name="南宁街道")
    letter = transfer(to=Destination(committee, branch), person=arriving_person(name="单于飞"))
    line = handover(committee, cells(1, name="宿玉兰")).people.get()
    untouched = factories.member(branch=branch, name="王秀英")
    for row in (member, letter, line):
        type(row).objects.filter(pk=row.pk).update(sort_key="baoyibo", spellings="baoyibo byb baoyb")
    events = Member.pgh_event_model.objects.count()

    import_module("members.migrations.0008_surnames_in_all_readings").tell_anew(apps, None)

    for row, asked, key in (
        (member, "boyb", "boyibo"),
        (letter, "syf", "chanyufei"),
        (line, "xyl", "suyulan"),
    ):
        assert [(each.pk, each.sort_key) for each in type(row).objects.search(asked)] == [(row.pk, key)]
    assert list(Member.objects.search("wxy")) == [untouched]
    assert Member.pgh_event_model.objects.count() == events
