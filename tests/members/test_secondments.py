"""Who is sent to help: with an end, by one sender, and never twice in one role at one host at a time."""

from datetime import date

import pytest

from branches.scope import Scope
from core.errors import InvalidValue, StaleVersion
from core.models import AuditEntry
from members.models import Secondment
from members.obligations import Leaving, Settlement
from members.operations import (
    ObligationsOpen,
    StandingChange,
    amend_secondment,
    change_standing,
    end_secondment,
    open_obligations,
)
from members.operations.rules import RosterRule
from tests import factories
from tests.factories import TODAY
from tests.factories.handovers import seconded
from tests.ledger import refused, refused_by_database
from tests.worlds import told_once

TWICE = "同一人在同一单位的同一职务，时间不能重叠"


@told_once
def firm(db):
    return factories.employer(name="滇东第一机械厂")


def test_an_instructor_is_sent_by_an_enterprise_for_a_time(community, firm):
    sent = seconded(community, employer=firm, person_name=" 赵 志明")

    assert (sent.who, sent.sender, str(sent)) == ("赵志明", firm, "赵志明 → 鼓楼社区（党建工作指导员）")


def test_a_member_is_sent_by_a_unit_and_both_units_and_her_own_branch_see_it(community, wang):
    street, other = community.parent, factories.unit(parent=community.parent, name="麒麟社区")
    sent = seconded(other, member=wang, sent_by=community, role="cross_post")

    def sees(**scope):
        return list(Secondment.objects.visible_in(Scope(**scope)))

    assert sent.who == "王秀英"
    assert sees(paths=(other.path,)) == sees(paths=(community.path,)) == sees(paths=(street.path,)) == [sent]
    assert sees(branch_ids=(wang.branch_id,)) == [sent]
    assert sees() == []
    assert list(Secondment.objects.of_unit(community)) == [sent]


@pytest.mark.parametrize(
    ("changed", "field", "detail"),
    [
        ({"until": None}, "until", "选派和交叉任职须写明终止日期"),
        ({"until": date(2026, 1, 1)}, "until", "终止日期 2026-01-01 必须晚于起始日期 2026-01-01"),
        ({"person_name": ""}, "member", "党员和工作人员姓名须且只能填一个"),
        ({"employer": None}, "sent_by", "派出单位和派出企业须且只能填一个"),
        ({"person_name": "赵3"}, "person_name", "姓名“赵3”中不能有数字或符号"),
    ],
)
def test_a_secondment_that_says_too_little_or_too_much_is_refused(community, firm, changed, field, detail):
    with refused(InvalidValue, detail, field=field):
        seconded(community, employer=changed.pop("employer", firm), **changed)


def test_the_host_is_a_live_community_or_above_and_not_the_sender(community):
    group = factories.unit(parent=community, name="第一小组")
    with refused(InvalidValue, "任职单位须是区、街道或社区", field="host"):
        seconded(group, sent_by=community)
    with refused(InvalidValue, "派出单位和任职单位不能是同一个", field="sent_by"):
        seconded(community, sent_by=community)
    type(community).objects.filter(pk=community.pk).update(closed_on=date(2026, 1, 1))
    with refused(InvalidValue, "“鼓楼社区”已于 2026-01-01 撤销", field="host"):
        seconded(community, sent_by=community.parent)


@pytest.mark.parametrize("who", ["name", "member"])
def test_one_person_holds_a_role_at_a_host_once_at_a_time(community, firm, wang, who):
    person = {"person_name": "赵志明"} if who == "name" else {"member": wang}
    seconded(community, employer=firm, **person)

    with refused(RosterRule, f"“{'赵志明' if who == 'name' else '王秀英'}”：{TWICE}", field="since"):
        seconded(community, employer=firm, since=date(2027, 12, 31), until=date(2029, 1, 1), **person)
    seconded(community, employer=firm, role="cross_post", **person)
    seconded(community.parent, employer=firm, **person)
    seconded(community, employer=firm, since=date(2028, 1, 1), until=date(2029, 1, 1), **person)
    name = f"secondment_once_of_a_{who}"
    with refused_by_database(name):
        Secondment.objects.filter(since=date(2028, 1, 1)).update(since=date(2027, 1, 1))


def test_two_people_of_the_same_office_are_two(community, firm):
    for name in ("赵志明", "钱志明"):
        seconded(community, employer=firm, person_name=name)

    assert Secondment.objects.count() == 2


def test_a_secondment_is_corrected_as_it_was_read(community, firm):
    sent = seconded(community, employer=firm)

    done = amend_secondment(secondment=sent, values={"duty": "指导"}, by=None, version=1)

    assert (done.duty, done.version) == ("指导", 2)
    assert amend_secondment(secondment=done, values={"duty": "指导"}, by=None).version == 2
    with refused(StaleVersion, f"“{done}”已被他人修改（您看到的是第1版，现为第2版），请重新打开此页再改"):
        amend_secondment(secondment=sent, values={"duty": ""}, by=None, version=1)


def test_a_secondment_may_end_before_its_time_and_only_within_it(community, firm):
    sent = seconded(community, employer=firm)
    for on in (date(2026, 1, 1), date(2028, 1, 1)):
        with refused(
            InvalidValue,
            f"结束日期 {on} 须晚于起始日期 2026-01-01、早于原定的终止日期 2028-01-01",
            field="on",
        ):
            end_secondment(secondment=sent, on=on, by=None)

    assert end_secondment(secondment=sent, on=date(2027, 1, 1), by=None).until == date(2027, 1, 1)


# Who leaves.

LEFT = date(2026, 6, 1)
SENT = "在“鼓楼社区”任{}（{} 至 2028-01-01）"


def die(member, *settle):
    change = StandingChange("decease", LEFT, settle=settle)
    return change_standing(member=member, change=change, by=None, today=TODAY)


def test_nobody_is_sent_who_is_on_no_roster(community, firm, wang):
    sent = seconded(community, employer=firm, member=wang, until=LEFT)
    die(wang)

    with refused(RosterRule, "王秀英 已不在册，不能选派或交叉任职", field="member"):
        seconded(community.parent, employer=firm, member=wang)
    with refused(RosterRule, "王秀英 已不在册，不能选派或交叉任职", field="member"):
        amend_secondment(secondment=sent, values={"until": TODAY}, by=None)
    done = amend_secondment(secondment=sent, values={"duty": "指导", "until": date(2026, 5, 1)}, by=None)
    assert (done.until, Secondment.objects.count()) == (date(2026, 5, 1), 1)


def test_a_secondment_hangs_on_the_member_and_may_go_on_when_she_moves_in_the_district(community, firm, wang):
    sent = seconded(community, employer=firm, member=wang)
    seconded(community.parent, employer=firm, member=wang, until=LEFT)
    seconded(community.parent, employer=firm)

    for leaving in Leaving:
        [hanging] = open_obligations(wang, on=LEFT, leaving=leaving)
        assert hanging.key == f"secondment-{sent.pk}"
        assert hanging.words == "在“鼓楼社区”任党建工作指导员（2026-01-01 至 2028-01-01）"
        assert hanging.keepable is (leaving == Leaving.TRANSFER)


def test_who_dies_is_sent_no_longer_and_what_had_not_begun_is_taken_out(community, firm, wang):
    sent = seconded(community, employer=firm, member=wang)
    later = seconded(community, employer=firm, member=wang, since=LEFT, role="cross_post")
    keys = [f"secondment-{row.pk}" for row in (sent, later)]
    with refused(
        ObligationsOpen,
        errors=[
            (
                f"settle.{keys[0]}",
                f"{SENT.format('党建工作指导员', '2026-01-01')}，尚未了结：请写明原因予以了结",
            ),
            (f"settle.{keys[1]}", f"{SENT.format('交叉任职', '2026-06-01')}，尚未了结：请写明原因予以了结"),
        ],
    ):
        die(wang)

    die(wang, *(Settlement(key, "去世") for key in keys))

    assert list(Secondment.objects.values_list("pk", "until", "version")) == [(sent.pk, LEFT, 2)]
    entry = AuditEntry.objects.about(wang).get(verb="secondment.undone")
    assert (entry.reason, entry.place) == ("去世", community.path)


def test_the_database_refuses_two_persons_and_two_senders_in_one_row(community, firm, wang):
    seconded(community, employer=firm)
    with refused_by_database("secondment_of_one_person"):
        Secondment.objects.update(member=wang)
    with refused_by_database("secondment_sent_by_one"):
        Secondment.objects.update(sent_by=community.parent)
