"""A file is worked on only where whoever asked may work that day, whatever was in reach at its check."""

from branches.models import Branch
from branches.operations import move_unit
from members.models import Member
from tests import factories
from tests.factories import TODAY
from tests.members.sheets import rosters
from tests.members.sheets.conftest import rows_of
from tests.members.sheets.test_import_branches import branch_sheet
from tests.worlds import told_once

MOVED_SINCE, ELSEWHERE = ["检查之后名册有了变化，请重新检查"], ["现不在本单位，保留"]


@told_once
def near(desk):
    """A branch that stays in the street."""
    (community,) = factories.lineage("东门社区", below=desk.street)
    return factories.branch(unit=community, name="中共东门社区离退休党支部")


@told_once
def people(desk, near):
    """Somebody known and somebody new in a community that will leave the street; somebody new who stays."""
    known, new, stays = (
        rosters.person(1, desk.branch),
        rosters.person(3, desk.branch),
        rosters.person(5, near),
    )
    desk.apply(desk.send_rows(known))
    return [known | {"现居住地": "新巷"}, new, stays]


@told_once
def organisations(desk, near):
    """The same of Party organisations."""
    row = {"组织类别": "党支部", "离退休支部类型": "社区", "成立日期": "2015-03-01"}
    return [
        {"党组织全称": desk.branch.name, "联系人": "李某"},
        row | {"党组织全称": "中共鼓楼社区第三离退休党支部", "社区": "鼓楼社区"},
        row | {"党组织全称": "中共东门社区第二离退休党支部", "社区": "东门社区"},
    ]


def leave_the_street(desk):
    move_unit(unit=desk.community, to=desk.other_street, on=TODAY, document="", by=None, today=TODAY)


def left_out(file):
    return [row["left_out"] for row in rows_of(file)]


def addresses():
    return dict(Member.objects.on_roster().values_list("name", "address"))


def test_people_who_left_the_street_since_the_check_are_neither_amended_nor_registered(desk, people):
    before = addresses()
    whole, good = desk.send_rows(*people), desk.send_rows(*people)
    leave_the_street(desk)

    whole = desk.apply(whole)
    assert (whole.state, addresses()) == ("checked", before)
    assert MOVED_SINCE[0] in whole.found["stopped"]
    good = desk.apply(good, only_good=True)

    assert (good.state, left_out(good)) == ("applied", [MOVED_SINCE, MOVED_SINCE, []])
    assert addresses() == before | {people[2]["姓名"]: "鼓楼巷5号"}


def test_organisations_that_left_the_street_since_the_check_are_neither_amended_nor_founded(
    desk, organisations
):
    file = desk.send(branch_sheet(*organisations), kind="branches")
    leave_the_street(desk)

    file = desk.apply(file, only_good=True)

    assert (file.state, left_out(file)) == ("applied", [MOVED_SINCE, MOVED_SINCE, []])
    assert not Branch.objects.filter(contact="李某").exists()
    assert not Branch.objects.filter(name=organisations[1]["党组织全称"]).exists()
    assert Branch.objects.filter(name=organisations[2]["党组织全称"]).exists()


def test_undo_keeps_the_people_who_left_the_street_since(desk, people):
    file = desk.apply(desk.send_rows(*people))
    applied = addresses()
    leave_the_street(desk)

    undone = desk.undo(file)

    assert (undone.state, undone.found["stays"]) == ("undone", 2)
    assert left_out(undone) == [ELSEWHERE, ELSEWHERE, []]
    assert addresses() == {name: applied[name] for name in applied if name != people[2]["姓名"]}


def test_undo_keeps_what_the_organisations_that_left_the_street_say(desk, organisations):
    file = desk.apply(desk.send(branch_sheet(organisations[0]), kind="branches"))
    leave_the_street(desk)

    assert left_out(desk.undo(file)) == [ELSEWHERE]
    assert Branch.objects.get(pk=desk.branch.pk).contact == "李某"


def test_a_clerk_whose_appointment_has_ended_undoes_nothing(desk, people):
    file = desk.apply(desk.send_rows(*people))
    applied = addresses()
    desk.clerk.appointments.update(until=TODAY)

    stopped = desk.undo(file)

    assert (stopped.state, addresses()) == ("applied", applied)
    assert "已不能在“南宁街道”撤销导入" in stopped.found["stopped"]
