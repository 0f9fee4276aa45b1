"""Amending a member: only what differs is written, by the version read, and within each one's right."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from branches.models import Unit
from branches.operations import close_unit
from branches.operations.appointments import AppointmentRule
from core.errors import InvalidValue, SeveralRefusals, StaleVersion, refusal_of
from core.models import AuditEntry
from members.models import Member
from members.operations import (
    MemberChanges,
    StandingChange,
    amend_contact,
    amend_member,
    change_standing,
    save_phones,
)
from members.operations.people import CONTACT_FIELDS, IdNumberTaken
from members.states import StandingMove
from tests import factories
from tests.factories import TODAY
from tests.ledger import fingerprint, refused
from tests.worlds import told_once

NUMBER = "11010519491231002X"
TAKEN = "该身份证号已登记，不能重复登记；如在别处，请联系上级办理组织关系转接"


def amend(member, version=None, *, by=None, evidence="", **values):
    return amend_member(member=member, changes=MemberChanges(values, version, evidence), by=by, today=TODAY)


def amended_fields(member):
    return AuditEntry.objects.about(member).filter(verb="member.amended").latest("pk").fields


def test_joining_is_not_moved_behind_the_first_relation(branch):
    member = factories.member(branch=branch, since=date(2010, 1, 1))
    changes = MemberChanges({"joined_on": date(2015, 1, 1), "full_on": date(2016, 1, 1)}, evidence="档案")

    with refused(InvalidValue, "组织关系起始日期 2010-01-01 早于入党日期 2015-01-01", field="joined_on"):
        amend_member(member=member, changes=changes, by=None, today=TODAY)


def test_an_amendment_writes_what_differs_as_the_next_version(wang):
    clerk = factories.account()
    amend(wang, 1, by=clerk, name="王秀瑛", sex="F", note="甲", retired_on=date(2005, 1, 1))

    fresh = Member.objects.get(pk=wang.pk)
    assert (fresh.name, fresh.note, fresh.retired_on, fresh.version) == ("王秀瑛", "甲", date(2005, 1, 1), 2)
    assert amended_fields(wang) == ["name", "note", "retired_on"]


def test_an_amendment_of_nothing_writes_nothing(wang):
    wang = amend(wang, id_number=NUMBER, health_note="高血压")
    before = fingerprint()

    amend(wang, 2, name="王秀英", note="", id_number=NUMBER.lower(), health_note="高血压")

    assert fingerprint() == before


def test_a_version_that_has_passed_is_refused(wang):
    amend(wang, 1, note="甲")

    with refused(StaleVersion, "“王秀英”已被他人修改（您看到的是第1版，现为第2版），请重新打开此页再改"):
        amend(wang, 1, note="乙")


def test_a_new_name_is_found_by_its_own_spellings_and_no_longer_by_the_old(wang):
    amend(wang, name="单玉兰")

    assert [Member.objects.search(word).count() for word in ("shanyul", "syl", "dyl")] == [1, 1, 1]
    assert [Member.objects.search(word).count() for word in ("w", "wangxiuying", "yulan")] == [0, 0, 0]
    assert Member.objects.get(pk=wang.pk).sort_key == "shanyulan"


def test_who_is_amended_is_found_as_before(wang):
    amend(wang, note="甲")

    assert Member.objects.search("wxy").get() == wang


def test_an_id_number_is_set_and_changed_but_not_taken_away(wang):
    amend(wang, id_number=NUMBER)
    assert amended_fields(wang) == ["id_number"]
    other = factories.id_number(7)
    assert amend(wang, id_number=other, evidence="户籍证明").get_sealed("id_number") == other

    with refused(InvalidValue, "身份证号已登记，不能清空；有误请改为正确的号码", field="id_number"):
        amend(wang, id_number="")

    wang.refresh_from_db()
    assert wang.get_sealed("id_number") == other


def test_another_id_number_needs_evidence_and_the_same_one_changes_nothing(wang):
    known = amend(wang, id_number=NUMBER)

    assert amend(wang, id_number=NUMBER).version == known.version
    words = "更正公民身份号码须写明依据，如档案审核意见、文件名称和文号"
    with refused(InvalidValue, words, field="evidence"):
        amend(wang, name="李桂花", id_number=factories.id_number(7))
    wang.refresh_from_db()
    assert (wang.name, wang.get_sealed("id_number")) == ("王秀英", NUMBER)


def test_the_sex_cannot_be_changed_against_the_id_number(wang):
    amend(wang, id_number=NUMBER)

    with refused(InvalidValue, "性别与身份证号不一致：身份证第17位表示女", field="sex"):
        amend(wang, sex="M")


def test_an_id_number_that_another_has_is_refused(wang, branch):
    factories.member(branch=branch, name="李玉兰", id_number=NUMBER)

    with refused(IdNumberTaken, TAKEN, field="id_number"):
        amend(wang, id_number=NUMBER)


def test_an_amendment_keeps_every_rule_and_says_all_that_is_wrong(wang):
    said = [
        ("name", "姓名不能为空"),
        ("joined_on", "入党日期必须晚于出生日期（1949-12-31，1949-12-31）"),
        ("full_on", "正式党员须填写转正日期（1969年4月1日至1977年8月11日入党的除外，当时无预备期）"),
    ]
    with refused(SeveralRefusals, errors=said):
        amend(wang, name=" ", joined_on=date(1949, 12, 31))
    with refused(InvalidValue, "性别与身份证号不一致：身份证第17位表示女", field="sex"):
        amend(wang, sex="M", id_number=NUMBER)
    with refused(InvalidValue, "值 'x' 不是有效选项。", field="education"):
        amend(wang, education="x")


def test_the_standing_is_never_amended(wang):
    amend(wang, standing="exited", note="甲")

    assert Member.objects.get(pk=wang.pk).standing == "full"
    assert amended_fields(wang) == ["note"]


def test_what_only_the_database_refuses_is_not_taken_for_a_number_registered_twice(wang):
    with pytest.raises(IntegrityError, match="member_dead_is_deceased") as caught, transaction.atomic():
        amend(wang, died_on=date(2020, 1, 1))

    assert refusal_of(caught.value).detail == "数据有冲突，可能有人同时做了修改，请刷新后重试"


# The secretary's amendments.


@pytest.mark.parametrize("field", sorted(CONTACT_FIELDS - {"residence"}))
def test_a_secretary_amends_contact_and_participation(wang, field):
    value = date(2026, 1, 1) if field.endswith("since") else "南宁街道1号"

    amend_contact(member=wang, changes=MemberChanges({field: value}, 1), by=None, today=TODAY)

    assert getattr(Member.objects.get(pk=wang.pk), field) == value


def test_a_secretary_amends_where_somebody_lives(wang, community):
    amend_contact(member=wang, changes=MemberChanges({"residence": community}), by=None, today=TODAY)

    assert Member.objects.get(pk=wang.pk).residence == community


# Where she lives.


@told_once
def closed(community):
    """A group that was closed."""
    group = factories.unit(parent=community, name="第一小组")
    close_unit(unit=group, on=date(2024, 6, 1), document="", by=None, today=TODAY)
    return Unit.objects.get(pk=group.pk)


NO_HOME = "居住地“第一小组”已于 2024-06-01 撤销，请选择现有的单位"


def test_a_closed_unit_is_nobody_s_new_home(wang, closed):
    with refused(InvalidValue, NO_HOME, field="residence"):
        amend(wang, residence=closed)
    with refused(InvalidValue, NO_HOME, field="residence"):
        factories.member(branch=wang.branch, name="李国强", residence=closed)


def test_a_home_that_is_closed_stays_while_other_things_change(wang, closed):
    Member.objects.filter(pk=wang.pk).update(residence=closed)

    amend(wang, residence=closed, skills="书法")

    found = Member.objects.get(pk=wang.pk)
    assert (found.residence, found.skills) == (closed, "书法")


def test_a_unit_where_somebody_lives_is_not_closed(wang, community):
    group = factories.unit(parent=community, name="第一小组")
    amend(wang, residence=group)
    decided = {"on": date(2024, 6, 1), "document": "", "by": None, "today": TODAY}

    with refused(AppointmentRule, "“第一小组”在 2024-06-01 还有党员居住登记 1 条没有结束，请先办理"):
        close_unit(unit=group, **decided)
    # Of who has left the roster it is no longer asked.
    death = StandingChange(StandingMove.DECEASE, date(2024, 5, 1))
    change_standing(member=wang, change=death, by=None, today=TODAY)
    assert close_unit(unit=group, **decided)


OTHERS = sorted(
    {field.name for field in Member._meta.concrete_fields} - CONTACT_FIELDS - {"id", "version", "uid"}
)


@pytest.mark.parametrize("field", [*OTHERS, "nothing"])
def test_a_secretary_amends_no_other_column(wang, field):
    said = "支部书记只能修改联系方式和参与情况，身份信息请联系街道"

    with refused(InvalidValue, said, field=field):
        amend_contact(member=wang, changes=MemberChanges({field: "x", "note": "甲"}), by=None, today=TODAY)


# Phones.


def phones(member, *rows, by=None):
    save_phones(member=member, phones=rows, by=by)
    return [(phone.number, phone.owner, phone.note) for phone in member.phones.all()]


def test_phones_become_exactly_what_is_given_and_those_that_stay_keep_their_row(wang):
    phones(wang, ("13887400001", "self", ""), ("13887400002", "child", "子"))
    kept = wang.phones.get(number="13887400002").pk

    found = phones(wang, ("138 8740 0002", "child", "女儿"), ("13887400003", "spouse", ""))

    assert found == [("13887400002", "child", "女儿"), ("13887400003", "spouse", "")]
    assert wang.phones.get(number="13887400002").pk == kept


def test_the_same_phones_again_write_nothing(wang):
    phones(wang, ("13887400001", "self", ""))
    before = fingerprint()

    phones(wang, ("13887400001", "self", ""))

    assert fingerprint() == before


def test_each_change_of_phones_is_written_down_without_the_number(wang):
    for rows in ([("13887400001", "self", "")], [("13887400001", "child", "")], []):
        phones(wang, *rows)

    entries = AuditEntry.objects.about(wang).filter(verb="member.phones_changed")
    assert [entry.fields for entry in entries] == [["phones"]] * 3
    assert wang.phones.count() == 0


def test_a_wrong_phone_changes_none(wang):
    phones(wang, ("13887400001", "self", ""))
    said = [("phones", "第1个电话“1”不是11位手机号，也不是“区号-号码”的固定电话（如 0874-3123456）")]

    with refused(errors=said):
        save_phones(member=wang, phones=[("1", "self", "")], by=None)


def test_a_family_may_share_one_phone(wang, branch):
    factories.member(branch=branch, name="李玉兰", phones=[("13887400001", "spouse", "")])

    assert phones(wang, ("13887400001", "self", "")) == [("13887400001", "self", "")]


def test_an_id_number_that_is_not_known_may_stay_empty(wang):
    assert amend(wang, id_number="").version == wang.version


@pytest.mark.parametrize(
    ("column", "first", "second", "label"),
    [
        ("birth_on", None, date(1950, 1, 1), "出生日期"),
        ("birth_precision", None, "M", "出生日期"),
        ("worked_on", date(1968, 1, 1), date(1969, 1, 1), "参加工作日期"),
        ("joined_on", None, date(1971, 5, 1), "入党日期"),
        ("full_on", date(1971, 5, 1), date(1971, 6, 1), "转正日期"),
        ("education", "21", "22", "学历"),
        ("retire_kind", None, "neitui", "离退休类别"),
    ],
)
def test_a_disputed_fact_is_filled_freely_but_changed_only_on_evidence(wang, column, first, second, label):
    if first:
        amend(wang, **{column: first})
        assert amended_fields(wang) == [column]

    with refused(InvalidValue, f"更正{label}须写明依据，如档案审核意见、文件名称和文号", field="evidence"):
        amend(wang, evidence="  ", **{column: second})
    amend(wang, evidence=" 干部履历表 ", **{column: second})

    entry = AuditEntry.objects.about(wang).get(verb="member.corrected")
    assert (entry.fields, entry.reason) == ([column], "依据：干部履历表")


def test_several_disputed_facts_are_named_at_once(wang):
    said = "更正出生日期、入党日期须写明依据，如档案审核意见、文件名称和文号"
    with refused(InvalidValue, said, field="evidence"):
        amend(wang, birth_on=date(1950, 1, 1), joined_on=date(1971, 5, 1))


def test_evidence_beside_a_change_that_needs_none_is_kept_too(wang):
    amend(wang, evidence="本人来电", address="新址")

    assert AuditEntry.objects.about(wang).get(verb="member.amended").reason == "依据：本人来电"
