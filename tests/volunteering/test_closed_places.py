"""Nothing begins at a unit that is closed or a branch that is dissolved."""

from datetime import date

import pytest

from branches.models import Branch, Unit
from tests.factories import TODAY
from tests.volunteering.postings import service_post
from volunteering.models import Building, Carrier, ServicePost
from volunteering.operations import carriers, neighbours, posts
from volunteering.operations.claims import close_if_over

GONE = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("complaints", "row"),
    [
        (carriers._complaints, Carrier(branch=Branch(), unit=Unit(name="甲", level=3, closed_on=GONE))),
        (neighbours._place_complaints, Building(unit=Unit(name="甲", level=3, closed_on=GONE))),
        (
            posts._complaints,
            ServicePost(unit=Unit(name="甲", level=3, closed_on=GONE), name="岗", since=GONE, until=TODAY),
        ),
    ],
)
def test_a_closed_unit_is_named(complaints, row):
    assert "“甲”已于 2026-01-01 撤销" in [each.detail for each in complaints(row)]


def test_a_dissolved_branch_is_named():
    row = Carrier(branch=Branch(name="乙", dissolved_on=GONE), unit=Unit(name="甲", level=3))

    assert any("已于 2026-01-01 撤销" in each.detail for each in carriers._complaints(row))


def test_the_clock_leaves_a_post_that_is_not_over(community):
    post = service_post(community)

    assert close_if_over(post=post, today=TODAY).status == post.status
