"""Nothing begins at a closed place, and no place is closed while something there goes on."""

from datetime import date, time

from branches.models import Unit
from branches.operations import close_unit, dissolve_branch, move_branch, move_unit
from branches.operations.appointments import AppointmentRule
from members.models import Member
from reorganisations.operations import order_of, rehearse
from tests import factories
from tests.factories import TODAY
from tests.ledger import refused
from tests.volunteering.matters import again, brought, move
from tests.volunteering.postings import offered, service_post
from tests.worlds import told_once
from volunteering.operations import (
    Span,
    Worked,
    announce_certificate,
    record_hours,
    verify_hours,
    withdraw_certificate,
)
from volunteering.operations.claims import close_if_over
from volunteering.operations.places import low_place_complaints
from volunteering.states import PostStatus
from volunteering.states.matters import MatterMove, MatterStatus

GONE = date(2026, 1, 1)


def test_a_closed_unit_is_named():
    closed = Unit(name="甲", level=3, closed_on=GONE)

    assert [each.detail for each in low_place_complaints(closed, needed="须是")] == [
        "“甲”已于 2026-01-01 撤销"
    ]


def test_no_carrier_is_founded_where_there_is_nothing_left(branch, wang, grid):
    close_unit(unit=grid, on=GONE, document="", by=None, today=TODAY)
    about = {"kind": "station", "branch": branch, "unit": grid, "member": wang, "building": None}

    with refused(detail="“第一网格”已于 2026-01-01 撤销", field="unit"):
        factories.carrier(**about)
    empty = factories.branch(unit=branch.unit, name="中共老楼党支部", short_name="")
    dissolve_branch(branch=empty, on=GONE, document="", by=None, today=TODAY)
    with refused(detail="“中共老楼党支部”已于 2026-01-01 撤销", field="branch"):
        factories.carrier(**about | {"branch": empty, "unit": branch.unit})


def test_the_clock_leaves_a_post_that_is_not_over(community):
    post = service_post(community)

    assert close_if_over(post=post, today=TODAY).status == post.status


@told_once
def group(community, branch, wang, item):
    """第一小组, where something of every kind goes on."""
    group = factories.unit(parent=community, name="第一小组")
    factories.pairing(household=factories.household(building=factories.building(unit=group)), member=wang)
    factories.carrier(branch=branch, unit=group, member=wang)
    factories.team(branch=branch, unit=group)
    service_post(group, status=PostStatus.DRAFT)
    factories.service_order(item=item, unit=group)
    factories.grid_matter(unit=group)
    factories.service_item(unit=group, name="家政服务")
    offered(wang, group)
    return group


OPEN_THERE = [
    "楼栋", "载体", "志愿服务队", "服务项目", "服务单", "服务意愿", "认领岗位", "网格事项",
]  # fmt: skip


def test_a_unit_is_not_closed_while_anything_there_goes_on(group):
    open_there = "、".join(f"{what} 1 条" for what in OPEN_THERE)
    words = f"“第一小组”在 {TODAY} 还有{open_there}没有结束，请先办理"
    with refused(AppointmentRule, words):
        close_unit(unit=group, on=TODAY, document="", by=None, today=TODAY)

    wizard = order_of({"about": "unit", "kind": "close", "on": TODAY, "units": [group]})
    assert rehearse(order=wizard, by=None, today=TODAY)["refusals"] == [words]


def test_a_unit_whose_posts_and_matters_are_over_is_closed(community, wang):
    group = factories.unit(parent=community, name="第一小组")
    service_post(group, status=PostStatus.CLOSED)
    brought(MatterStatus.SETTLED, factories.grid_matter(unit=group), wang)

    assert close_unit(unit=group, on=TODAY, document="", by=None, today=TODAY)


def test_a_unit_is_not_closed_while_something_from_elsewhere_lies_on_its_desk(community, wang):
    here = factories.unit(parent=community.parent, name="北关社区")
    group = factories.unit(parent=here, name="北关小组")
    matter = factories.grid_matter(unit=group)
    move(matter, MatterMove.REFER, wang)
    move_unit(unit=group, to=community, on=TODAY, document="", by=None, today=TODAY)

    with refused(AppointmentRule, f"“北关社区”在 {TODAY} 还有网格事项 1 条没有结束，请先办理"):
        close_unit(unit=here, on=TODAY, document="", by=None, today=TODAY)
    move(again(matter), MatterMove.RETURN, wang)
    assert close_unit(unit=here, on=TODAY, document="", by=None, today=TODAY)


def test_a_unit_issues_what_it_announced_before_it_is_closed(community, branch, wang, second):
    served = Worked(TODAY, time(9), time(10))
    verify_hours(entry=record_hours(member=wang, worked=served, by=None, today=TODAY), by=second)
    told = {"on": TODAY, "document": "", "by": None, "today": TODAY}
    announced = announce_certificate(
        member=wang, unit=community, span=Span(TODAY, TODAY), by=None, today=TODAY
    )
    move_branch(branch=branch, to=factories.unit(parent=community.parent), **told)
    Member.objects.update(residence=None)

    with refused(AppointmentRule, f"“鼓楼社区”在 {TODAY} 还有服务证书 1 条没有结束，请先办理"):
        close_unit(unit=community, **told)
    withdraw_certificate(certificate=announced, reason="单位撤销", by=None)
    assert close_unit(unit=community, **told)
