"""Who comes with a paper is registered, or enrolled when she is known, and never a second time."""

from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext

from branches.scope import Scope
from core.errors import SeveralRefusals
from members.models import Member
from members.models.arrival import Arrival
from members.operations import (
    Admission,
    Entry,
    StandingChange,
    admission_complaints,
    admit_all,
    change_standing,
    fill_arrival,
)
from members.operations import admit as admit_one
from members.operations.people import TAKEN, IdNumberTaken
from members.operations.rules import RosterRule
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused
from tests.worlds import told_once

SINCE = date(2026, 5, 1)
EVERYWHERE = Scope(paths=("",))


class Line(Arrival):
    """A line of some paper."""

    class Meta:
        app_label = "nowhere"


def number(serial):
    return factories.id_number(serial)


def line(serial=1, **person):
    person = {
        "name": "李玉兰",
        "sex": "F",
        "joined_on": date(1971, 7, 1),
        "id_number": number(serial),
        **person,
    }
    arrival = Line()
    assert fill_arrival(arrival, person, TODAY) == []
    return arrival


def admission(branch, serial=1, **person):
    return Admission(line(serial, **person), Entry(branch, SINCE, "transfer_in", document="转〔2026〕1号"))


def admit(admission, scope=EVERYWHERE):
    return admit_one(admission=admission, scope=scope, by=None, today=TODAY)


def details(complaints):
    return [[each.detail for each in found] for found in complaints]


def test_what_a_paper_says_is_kept_sealed_and_found_by_every_spelling():
    arrival = line(phone="138 0000 0001")

    assert arrival.get_sealed("id_number") == number(1)
    assert (arrival.id_last4, arrival.birth_on) == (number(1)[-4:], date(1949, 12, 31))
    assert (arrival.phone, arrival.sort_key) == ("13800000001", "liyulan")
    assert {"liyulan", "lyl"} <= set(arrival.spellings.split())
    assert (str(arrival), str(arrival.partial("joined"))) == ("李玉兰", "1971-07-01")
    assert arrival.partial("full") is None


def test_everything_wrong_with_a_paper_is_said_at_once():
    wrong = fill_arrival(
        Line(),
        {"name": "李2", "sex": "M", "joined_on": date(2099, 1, 1), "id_number": "53", "phone": "12"},
        TODAY,
    )

    assert {each.field for each in wrong} == {"name", "id_number", "phone", "joined_on", "full_on"}


def test_a_stranger_is_registered_with_what_the_paper_says_and_what_else_is_known(branch):
    firm = factories.employer()
    paper = admission(branch, phone="13800000001")

    member = admit(Admission(paper.arrival, paper.entry, {"employer": firm}))

    fresh = Member.objects.get(pk=member.pk)
    assert (fresh.name, fresh.branch, fresh.on_roster, fresh.employer) == ("李玉兰", branch, True, firm)
    assert fresh.get_sealed("id_number") == number(1)
    assert [phone.number for phone in fresh.phones.all()] == ["13800000001"]
    held = fresh.memberships.get()
    assert (held.since, held.began_by, held.began_document) == (SINCE, "transfer_in", "转〔2026〕1号")


@told_once
def returner(branch):
    """Known here, and without a relation since she left."""
    member = factories.member(branch=branch, id_number=number(1))
    member.memberships.update(until=date(2020, 1, 1), ended_by="transfer_out")
    return member


def test_who_is_known_and_has_no_relation_is_enrolled_and_not_registered_again(branch, returner):
    other = factories.branch(unit=branch.unit)

    member = admit(admission(other))

    assert member == returner
    assert (member.branch, member.on_roster, Member.objects.count()) == (other, True, 1)


def test_who_is_on_a_roster_is_refused_without_saying_where(branch):
    factories.member(branch=branch, id_number=number(1))

    with refused(IdNumberTaken, TAKEN, field="id_number"):
        admit(admission(branch))


def test_who_is_known_only_elsewhere_is_refused_in_the_same_words(branch, returner):
    foreign = factories.unit(parent=branch.unit.parent)

    with refused(IdNumberTaken, TAKEN, field="id_number"):
        admit(admission(branch), scope=Scope(paths=(foreign.path,)))


def test_who_left_the_party_is_not_enrolled_by_a_paper(branch, returner):
    gone = StandingChange("exit", SINCE, "expelled")
    change_standing(member=returner, change=gone, by=None, today=TODAY)

    with refused(RosterRule, "王秀英 的党籍为“出党”，不能建立组织关系"):
        admit(admission(branch))


def test_a_relation_does_not_begin_before_the_last_one_ended(branch, returner):
    returner.memberships.update(until=date(2026, 6, 1))

    with refused(
        RosterRule,
        "王秀英 自 2010-01-01 起已在“鼓楼支部”有组织关系，一人只能有一个",
        field="branch",
    ):
        admit(admission(branch))


def test_complaints_stand_where_the_admissions_stand_and_nothing_is_written(branch):
    factories.member(branch=branch, id_number=number(3))
    nobody = Line()
    fill_arrival(nobody, {"name": "张三", "sex": "M", "joined_on": date(1970, 5, 1)}, TODAY)
    late = Admission(line(4), Entry(branch, date(2026, 12, 1), "transfer_in"))

    found = admission_complaints(
        [
            admission(branch, 1),
            admission(branch, 2),
            admission(branch, 1),
            admission(branch, 3),
            Admission(nobody, Entry(branch, SINCE)),
            late,
        ],
        scope=EVERYWHERE,
        today=TODAY,
    )

    assert details(found) == [
        [],
        [],
        ["李玉兰 的身份证号重复出现"],
        [TAKEN],
        ["张三 没有身份证号，不能接收"],
        ["组织关系起始日期 2026-12-01 在今天（2026-11-23）之后"],
    ]
    assert Member.objects.count() == 1


def test_of_several_all_are_admitted_or_none(branch):
    factories.member(branch=branch, id_number=number(2))

    wrong = [("id_number", "李玉兰 的身份证号重复出现"), ("id_number", TAKEN)]
    with refused(SeveralRefusals, errors=wrong):
        admit_all(
            admissions=[admission(branch, 5), admission(branch, 5), admission(branch, 2)],
            scope=EVERYWHERE,
            by=None,
            today=TODAY,
        )


def test_members_come_back_in_the_order_of_their_admissions(branch, returner):
    admissions = [admission(branch, 7), admission(branch, 1), admission(branch, 8)]

    members = admit_all(admissions=admissions, scope=EVERYWHERE, by=None, today=TODAY)

    assert members[1] == returner
    assert [member.id_last4 for member in members] == [number(each)[-4:] for each in (7, 1, 8)]


def test_many_strangers_are_admitted_with_as_many_questions_as_few(branch):
    def asked(serials):
        admissions = [admission(branch, serial) for serial in serials]
        with CaptureQueriesContext(connection) as caught:
            admit_all(admissions=admissions, scope=EVERYWHERE, by=None, today=TODAY)
        return len(caught)

    assert asked(range(10, 12)) == asked(range(20, 60))
