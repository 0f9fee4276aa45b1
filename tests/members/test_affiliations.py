"""Taking part in temporary organisations, beside the 组织关系 and never instead of it; and sign-ins."""

from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext

from branches.models import Kind
from branches.operations import dissolve_branch
from core.errors import InvalidValue, SeveralRefusals, StaleVersion
from core.models import AuditEntry
from members.models import Affiliation, Member, SignIn
from members.obligations import Leaving
from members.operations import (
    Attended,
    StandingChange,
    affiliate,
    affiliate_all,
    all_settled,
    change_standing,
    end_affiliation,
    record_sign_in,
    record_sign_ins,
    undo_affiliation,
    verify_sign_ins,
)
from members.operations.rules import RosterRule
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused, refused_by_database
from tests.worlds import told_once

SINCE, END, TOMORROW = date(2020, 1, 1), date(2025, 1, 1), date(2026, 11, 24)


@told_once
def temporary(community):
    return factories.branch(unit=community, kind=Kind.TEMPORARY, name="书画临时支部")


@told_once
def part(wang, temporary):
    return factories.affiliation(member=wang, branch=temporary)


def join(member, branch, since=SINCE, **values):
    values = {"since": since, **values}
    return affiliate(member=member, branch=branch, values=values, by=None, today=TODAY)


def leave(part, on=END, version=None):
    return end_affiliation(affiliation=part, on=on, by=None, today=TODAY, version=version)


def sign(part, on=TODAY, by=None):
    return record_sign_in(affiliation=part, on=on, by=by, today=TODAY, occasion="书法课")


def test_taking_part_leaves_the_relation_where_it_is(wang, branch, temporary):
    part = join(wang, temporary, duty="召集人")

    fresh = Member.objects.get(pk=wang.pk)
    assert (fresh.branch, fresh.memberships.count()) == (branch, 1)
    assert str(part) == "王秀英 → 书画临时支部（2020-01-01—）"
    entry = AuditEntry.objects.about(wang).get(verb="affiliation.began")
    assert (entry.fields, entry.place) == (["affiliations"], temporary.path)


def test_a_member_may_take_part_in_several_but_once_in_each(wang, community, part, temporary):
    second = factories.branch(unit=community, kind=Kind.TEMPORARY)
    assert join(wang, second).branch == second

    with refused(RosterRule, "王秀英 已参加“书画临时支部”，不能重复登记", field="branch"):
        join(wang, temporary, since=TODAY)
    leave(part)
    assert join(wang, temporary, since=END).since == END


def test_one_takes_part_only_in_temporary_organisations(wang, branch):
    with refused(InvalidValue, "“鼓楼支部”不是三缘型临时党组织，不能登记参加", field="branch"):
        join(wang, branch)


def test_one_takes_part_while_the_organisation_exists(wang, temporary):
    said = "“书画临时支部”的存续期为 2000-01-01 至 今，不含 1999-12-31"
    with refused(InvalidValue, said, field="since"):
        join(wang, temporary, since=date(1999, 12, 31))
    with refused(InvalidValue, f"起始日期 2026-11-24 在今天（{TODAY}）之后", field="since"):
        join(wang, temporary, since=TOMORROW)
    dissolve_branch(branch=temporary, on=END, document="", by=None, today=TODAY)
    said = "“书画临时支部”的存续期为 2000-01-01 至 2025-01-01，不含 2020-01-01"
    with refused(InvalidValue, said, field="since"):
        join(wang, temporary)


def test_who_has_no_relation_on_the_day_takes_no_part(branch, temporary):
    new = factories.member(branch=branch, name="李玉兰", since=END)

    with refused(RosterRule, "李玉兰 在 2024-12-31 没有组织关系，不能参加临时党组织", field="member"):
        join(new, temporary, since=date(2024, 12, 31))
    assert join(new, temporary, since=END).member == new


def test_the_dead_take_no_part(wang, temporary):
    change_standing(member=wang, change=StandingChange("decease", END), by=None, today=TODAY)

    # Nor from a day before: nothing may be open for who has left.
    for since in (END, SINCE):
        with refused(RosterRule, "王秀英 已不在册，不能登记参加临时党组织", field="member"):
            join(wang, temporary, since=since)


def test_taking_part_ends_once_after_it_began_and_by_the_version_read(part):
    with refused(InvalidValue, f"结束日期 2026-11-24 在今天（{TODAY}）之后", field="until"):
        leave(part, on=TOMORROW)
    with refused(InvalidValue, "结束日期 2020-01-01 必须晚于起始日期 2020-01-01", field="until"):
        leave(part, on=SINCE)
    ended = leave(part, version=1)
    assert (ended.until, ended.version) == (END, 2)
    stale = f"“{ended}”已被他人修改（您看到的是第1版，现为第2版），请重新打开此页再改"
    with refused(StaleVersion, stale):
        leave(part, version=1)
    with refused(RosterRule, "已于 2025-01-01 结束参加", field="until"):
        leave(part)
    assert AuditEntry.objects.filter(verb="affiliation.ended").count() == 1


def test_taking_part_does_not_end_before_a_sign_in(part):
    sign(part, on=date(2025, 6, 1))

    words = "2025-06-01 还有参加“书画临时支部”的签到记录，结束日期不能早于那一天；误登的请先撤回"
    with refused(RosterRule, words, field="until"):
        leave(part, on=date(2025, 5, 31))
    assert leave(part, on=date(2025, 6, 1)).until == date(2025, 6, 1)


def test_what_she_took_part_in_later_keeps_nobody_from_leaving(part, wang):
    sign(part, on=date(2025, 6, 1))
    settle = all_settled(wang, on=date(2025, 5, 31), leaving=Leaving.DEATH, reason="去世")

    died = StandingChange("decease", date(2025, 5, 31), settle=settle)
    change_standing(member=wang, change=died, by=None, today=TODAY)

    assert Affiliation.objects.get().until == date(2025, 5, 31)
    assert SignIn.objects.count() == 1


def test_the_database_lets_nobody_verify_what_she_recorded(part):
    writer = factories.account()
    row = sign(part, by=writer)

    with refused_by_database("sign_in_verified_by_somebody_else"):
        SignIn.objects.filter(pk=row.pk).update(verified_by=writer)


# Sign-ins.


def test_a_sign_in_counts_when_another_has_verified_it(part):
    one, other = factories.account(), factories.account()
    sign_in = sign(part, by=one)
    assert str(sign_in) == f"王秀英 {TODAY}"
    assert list(SignIn.objects.verified()) == []

    with refused(RosterRule, f"{sign_in}：登记人不能核实自己登记的记录"):
        verify_sign_ins(sign_ins=[sign_in], by=one)
    verify_sign_ins(sign_ins=[sign_in], by=other)

    assert list(SignIn.objects.verified()) == [sign_in]
    entries = AuditEntry.objects.filter(verb__startswith="sign_in.").order_by("pk")
    assert list(entries.values_list("verb", "by", "subject_text", "place")) == [
        ("sign_in.recorded", one.pk, "王秀英", part.branch.path),
        ("sign_in.verified", other.pk, "王秀英", part.branch.path),
    ]
    with refused(RosterRule, f"{sign_in}：该记录已核实"):
        verify_sign_ins(sign_ins=[sign_in], by=other)


def test_a_sign_in_lies_within_the_days_of_taking_part(part):
    with refused(InvalidValue, f"日期 2026-11-24 在今天（{TODAY}）之后", field="on"):
        sign(part, on=TOMORROW)
    with refused(InvalidValue, "2019-12-31 不在 王秀英 的参加期间（2020-01-01 至 今）", field="on"):
        sign(part, on=date(2019, 12, 31))
    part = leave(part)
    with refused(InvalidValue, "2025-01-01 不在 王秀英 的参加期间（2020-01-01 至 2025-01-01）", field="on"):
        sign(part, on=END)
    assert [sign(part, on=day).on for day in (SINCE, date(2024, 12, 31))] == [SINCE, date(2024, 12, 31)]


def test_a_member_signs_in_once_a_day(part):
    sign(part)

    with refused(RosterRule, f"王秀英 在 {TODAY} 已登记", field="on"):
        sign(part)


def test_many_join_and_sign_in_with_as_many_statements_as_one(branch, temporary):
    def statements(count):
        joining = [(factories.member(branch=branch), {"since": SINCE}) for _ in range(count)]
        with CaptureQueriesContext(connection) as asked:
            begun = affiliate_all(joining=joining, branch=temporary, by=None, today=TODAY)
            record_sign_ins(attended=[Attended(each, TODAY) for each in begun], by=None, today=TODAY)
        return len(asked)

    assert statements(1) == statements(5)
    assert SignIn.objects.count() == Affiliation.objects.count() == 6


def test_nobody_is_named_twice_in_one_go(wang, temporary, part):
    circle = factories.branch(unit=temporary.unit, kind=Kind.TEMPORARY)
    with refused(RosterRule, "同一名党员选了两次", field="member"):
        affiliate_all(joining=[(wang, {"since": SINCE})] * 2, branch=circle, by=None, today=TODAY)
    with refused(RosterRule, f"王秀英 在 {TODAY} 已登记", field="on"):
        record_sign_ins(attended=[Attended(part, TODAY)] * 2, by=None, today=TODAY)


def test_nobody_signs_in_where_one_cannot(wang, branch, temporary, part):
    other = factories.affiliation(member=factories.member(branch=branch, name="李玉兰"), branch=temporary)
    sign(part)
    attended = [Attended(part, TODAY), Attended(other, date(2019, 12, 31)), Attended(other, TOMORROW)]

    wrong = [
        ("on", f"王秀英 在 {TODAY} 已登记"),
        ("on", "2019-12-31 不在 李玉兰 的参加期间（2020-01-01 至 今）"),
        ("on", f"日期 2026-11-24 在今天（{TODAY}）之后"),
    ]
    with refused(SeveralRefusals, errors=wrong):
        record_sign_ins(attended=attended, by=None, today=TODAY)
    undo_affiliation(affiliation=other, reason="登记有误", by=None)
    with refused(StaleVersion, "所选的参加刚被撤回，已经没有了，请重新选择"):
        record_sign_ins(attended=[Attended(other, TODAY)], by=None, today=TODAY)


# What the database itself refuses, whoever writes.


def test_the_database_refuses_taking_part_in_a_formal_branch_or_twice_at_once(wang, branch, part):
    with refused_by_database("只有三缘型临时党组织才能登记参加"):
        Affiliation.objects.bulk_create([Affiliation(member=wang, branch=branch, since=SINCE)])
    with refused_by_database("只有三缘型临时党组织才能登记参加"):
        Affiliation.objects.update(branch=branch)
    with refused_by_database("once_in_a_temporary_branch"):
        Affiliation.objects.bulk_create([Affiliation(member=wang, branch=part.branch, since=TODAY)])


def test_the_database_refuses_two_sign_ins_on_one_day(part):
    sign(part)

    with refused_by_database("one_sign_in_a_day"):
        SignIn.objects.create(affiliation=part, on=TODAY)
