"""Registering a member: person, 组织关系, phones and keys in one step, or nothing at all."""

from datetime import date

import pytest

from branches.models import Category, Kind
from branches.operations import dissolve_branch
from core.errors import InvalidValue, SeveralRefusals
from core.models import AuditEntry
from members.models import Member
from members.operations import Entry, correct_membership, register_member
from members.operations.people import IdNumberTaken
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused, refused_by_database

NUMBER = "11010519491231002X"
SINCE = date(2010, 1, 1)
TAKEN = "该身份证号已登记，不能重复登记；如在别处，请联系上级办理组织关系转接"


def register(branch, *, entry=None, phones=(), by=None, **person):
    person = {
        "name": "王秀英", "sex": "F", "birth_on": date(1949, 12, 31), "joined_on": date(1970, 5, 1), **person,
    }  # fmt: skip
    entry = Entry(branch, **{"since": SINCE, **(entry or {})})
    return register_member(person=person, entry=entry, by=by, today=TODAY, phones=phones)


def test_a_member_is_registered_with_everything_in_one_step(branch):
    clerk = factories.account()
    wang = register(
        branch,
        id_number=NUMBER,
        health_note="高血压",
        phones=[("138 8740 0001", "self", ""), ("0874-3123456", "child", "女儿")],
        entry={"document": "转〔2010〕1号"},
        by=clerk,
    )

    fresh = Member.objects.get(pk=wang.pk)
    assert (fresh.name, fresh.sort_key, fresh.standing) == ("王秀英", "wangxiuying", "full")
    assert (fresh.get_sealed("id_number"), fresh.id_last4) == (NUMBER, "002X")
    assert fresh.get_sealed("health_note") == "高血压"
    assert (fresh.branch, fresh.path, fresh.on_roster) == (branch, branch.path, True)
    assert (wang.branch_id, wang.path, wang.on_roster) == (branch.pk, branch.path, True)
    held = fresh.memberships.get()
    assert (held.branch, held.since, held.until, held.began_by) == (branch, SINCE, None, "initial_load")
    assert held.began_document == "转〔2010〕1号"
    assert [(phone.number, phone.owner, phone.note) for phone in fresh.phones.all()] == [
        ("13887400001", "self", ""),
        ("0874-3123456", "child", "女儿"),
    ]
    assert "'wxy'" in fresh.spellings.split()
    entry = AuditEntry.objects.about(fresh).get()
    assert (entry.verb, entry.by, entry.reason) == ("member.registered", clerk, "转〔2010〕1号")
    assert entry.place == branch.path


def test_an_id_number_is_registered_once_and_nobody_is_told_where(branch):
    factories.member(branch=branch, id_number=NUMBER)
    elsewhere = factories.branch(unit=branch.unit)

    with refused(IdNumberTaken, TAKEN, field="id_number"):
        register(elsewhere, name="另一人", id_number=NUMBER.lower())


def test_a_number_of_fifteen_places_and_its_longer_form_are_one_number(branch):
    factories.member(branch=branch, id_number="110105491231002")

    with refused(IdNumberTaken, TAKEN, field="id_number"):
        register(branch, id_number=NUMBER)


def test_people_without_an_id_number_may_be_many(branch):
    assert register(branch).pk != register(branch).pk


def test_everything_that_is_wrong_is_said_at_once(branch, community):
    temporary = factories.branch(unit=community, kind=Kind.TEMPORARY, name="书画临时支部")
    said = [
        ("name", "姓名“王3”中不能有数字或符号"),
        ("id_number", "身份证号“1”应为18位（17位数字加1位数字或X），现为1位"),
        ("joined_on", "入党日期必须晚于出生日期（1949-12-31，1940-01-01）"),
        (
            "branch",
            "“书画临时支部”是三缘型临时党组织，不能接收组织关系，请登记为“参加临时党组织”（支部工作条例第八条）",
        ),
        ("since", f"组织关系起始日期 2026-11-24 在今天（{TODAY}）之后"),
    ]

    with refused(SeveralRefusals, errors=said):
        register(
            temporary,
            name="王3",
            id_number="1",
            joined_on=date(1940, 1, 1),
            entry={"since": date(2026, 11, 24)},
        )


def test_sex_must_agree_with_the_id_number(branch):
    with refused(InvalidValue, "性别与身份证号不一致：身份证第17位表示女", field="sex"):
        register(branch, sex="M", id_number=NUMBER)


def test_a_coded_value_outside_its_list_is_refused(branch):
    with refused(InvalidValue, "值 '99' 不是有效选项。", field="ethnic_group"):
        register(branch, ethnic_group="99")


@pytest.mark.parametrize("standing", ["suspended", "exited", "deceased", "void"])
def test_nobody_is_registered_in_a_standing_that_a_move_leads_to(branch, standing):
    words = "登记时只能是正式党员或预备党员，其他情形请登记后办理党籍变动"
    with refused(InvalidValue, words, field="standing"):
        register(branch, standing=standing)


def test_nobody_belongs_to_a_branch_before_she_joined_the_party(branch):
    words = "组织关系起始日期 2010-01-01 早于入党日期 2015-05"
    with refused(InvalidValue, words, field="since"):
        factories.member(
            branch=branch, joined_on=date(2015, 5, 1), joined_precision="M", full_on=date(2016, 5, 1),
            since=date(2010, 1, 1),
        )  # fmt: skip
    late = {"joined_on": date(2015, 5, 1), "full_on": date(2016, 5, 1)}
    member = factories.member(branch=branch, **late, since=date(2015, 5, 1))
    with refused(InvalidValue, "组织关系起始日期 2015-04-30 早于入党日期 2015-05-01", field="since"):
        correct_membership(
            membership=member.memberships.get(), values={"since": date(2015, 4, 30)}, by=None, today=TODAY
        )


def test_an_unknown_birthday_is_taken_from_the_id_number(branch):
    wang = register(branch, birth_on=None, id_number=NUMBER)

    assert (wang.birth_on, wang.birth_precision, wang.id_born_on) == (
        date(1949, 12, 31), "D", date(1949, 12, 31),
    )  # fmt: skip


def test_a_birthday_of_the_archive_stands_beside_that_of_the_id_number(branch):
    wang = register(branch, birth_on=date(1949, 11, 1), birth_precision="M", id_number=NUMBER)

    assert (str(wang.partial("birth")), wang.id_born_on) == ("1949-11", date(1949, 12, 31))


def test_every_wrong_phone_is_named(branch):
    said = [
        ("phones", "第2个电话“12”不是11位手机号，也不是“区号-号码”的固定电话（如 0874-3123456）"),
        ("phones", "第3个电话“无”不是11位手机号，也不是“区号-号码”的固定电话（如 0874-3123456）"),
    ]

    with refused(errors=said):
        register(branch, phones=[("13887400001", "self", ""), ("12", "self", ""), ("无", "self", "")])


def test_one_number_given_twice_is_kept_once(branch):
    wang = register(branch, phones=[("13887400001", "self", ""), ("138-8740-0001", "child", "子")])

    assert [(phone.number, phone.owner) for phone in wang.phones.all()] == [("13887400001", "child")]


# Where and when.


def test_a_membership_stands_in_a_live_branch_from_its_founding_on(branch, community):
    committee = factories.branch(unit=community, category=Category.COMMITTEE, name="鼓楼党委")
    gone = factories.branch(unit=community, name="撤销支部")
    gone = dissolve_branch(branch=gone, on=date(2020, 1, 1), document="", by=None, today=TODAY)

    with refused(InvalidValue, "组织关系只能落在党支部或联合党支部，“鼓楼党委”是党委", field="branch"):
        register(committee)
    with refused(InvalidValue, "“撤销支部”已于 2020-01-01 撤销", field="branch"):
        register(gone)
    with refused(InvalidValue, "起始日期 1999-12-31 早于“鼓楼支部”的成立日期 2000-01-01", field="since"):
        register(branch, entry={"since": date(1999, 12, 31)})
    assert register(branch, entry={"since": date(2000, 1, 1)}).on_roster


def test_a_branch_dissolved_after_it_was_read_takes_nobody(branch):
    stale = type(branch).objects.get(pk=branch.pk)
    dissolve_branch(branch=branch, on=date(2020, 1, 1), document="", by=None, today=TODAY)

    with refused(InvalidValue, "“鼓楼支部”已于 2020-01-01 撤销", field="branch"):
        register(stale)


def test_the_group_is_a_live_group_of_the_branch(branch, community):
    other = factories.branch(unit=community, name="麒麟支部")
    group = {"category": Category.GROUP, "unit": community}
    own = factories.branch(name="本组", parent=branch, **group)
    foreign = factories.branch(name="外组", parent=other, **group)
    gone = factories.branch(name="撤组", parent=branch, **group)
    gone = dissolve_branch(branch=gone, on=date(2020, 1, 1), document="", by=None, today=TODAY)

    assert register(branch, entry={"group": own}).memberships.get().group == own
    with refused(InvalidValue, "“外组”不是“鼓楼支部”的党小组", field="group"):
        register(branch, entry={"group": foreign})
    with refused(InvalidValue, "“麒麟支部”不是“鼓楼支部”的党小组", field="group"):
        register(branch, entry={"group": other})
    with refused(InvalidValue, "党小组“撤组”已于 2020-01-01 撤销", field="group"):
        register(branch, entry={"group": gone})


def test_a_handover_names_the_enterprise_and_nothing_else_does(branch):
    works = factories.employer(name="曲靖机械厂")

    held = register(branch, entry={"began_by": "handover", "handed_over_by": works}).memberships.get()
    assert (held.began_by, held.handed_over_by) == ("handover", works)
    with refused(InvalidValue, "“企业移交”须填写移交企业", field="handed_over_by"):
        register(branch, entry={"began_by": "handover"})
    with refused(InvalidValue, "只有“企业移交”才填写移交企业", field="handed_over_by"):
        register(branch, entry={"handed_over_by": works})


# What the database itself refuses, whoever writes.


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"died_on": date(1940, 1, 1), "standing": "deceased"}, "member_dies_after_birth"),
        ({"died_on": date(2020, 1, 1)}, "member_dead_is_deceased"),
        ({"joined_on": date(1949, 12, 31)}, "member_joins_after_birth"),
        ({"full_on": date(1970, 4, 30)}, "member_full_after_joining"),
        ({"worked_on": date(2000, 1, 1), "retired_on": date(1999, 1, 1)}, "member_retires_after_work"),
        ({"path": "00001/"}, "member_path_is_its_branchs"),
    ],
)
def test_the_database_refuses_false_data_of_a_member(branch, values, constraint):
    wang = register(branch)

    with refused_by_database(constraint):
        Member.objects.filter(pk=wang.pk).update(**values)


def test_the_database_refuses_a_second_member_of_one_id_number(branch):
    wang, li = register(branch, id_number=NUMBER), register(branch, name="李玉兰")

    with refused_by_database("member_id_number_is_unique"):
        Member.objects.filter(pk=li.pk).update(id_index=wang.id_index)
    assert Member.objects.filter(pk=li.pk).update(id_index=wang.id_index, id_shared_reason="公安重号") == 1


def test_the_database_refuses_a_phone_twice(branch):
    wang = register(branch, phones=[("13887400001", "self", "")])

    with refused_by_database("phone_once_for_a_member"):
        wang.phones.create(number="13887400001")


def test_rows_say_themselves_without_what_is_personal_in_them(branch):
    wang = register(branch, phones=[("13887400001", "self", "")])

    assert (str(wang), str(wang.phones.get())) == ("王秀英", "****0001")
