"""Grid matters in the 待办 list: on a desk, near their day, or settled and not asked about."""

from datetime import timedelta

import pytest

from tests import factories
from tests.factories import TODAY
from tests.volunteering.inbox import inbox
from tests.volunteering.matters import brought
from volunteering.models import GridMatter


def told(account, days=0):
    return [(task.words, task.url.split("/")[-2]) for task in inbox(account, "matter", days=days)]


@pytest.mark.parametrize(
    ("status", "words", "page"),
    [
        ("reported", "公共事务，上报，2026-12-03 前须办结，还有 10 天", "take"),
        ("taken", "公共事务，受理，2026-12-03 前须办结，还有 10 天", "assign"),
        ("reopened", "公共事务，重开，2026-12-03 前须办结，还有 10 天", "take"),
        ("settled", "公共事务，办结，2026-11-30 前须回访，还有 7 天", "follow-up"),
    ],
)
def test_what_waits_for_the_desk_is_told_to_it_with_its_next_page(community, wang, status, words, page):
    brought(status, factories.grid_matter(unit=community), wang)
    clerk = factories.account(role="community_clerk", unit=community)
    beside = factories.account(role="community_clerk", unit=factories.unit(parent=community.parent))

    GridMatter.objects.update(due_on=TODAY + timedelta(days=10))
    assert told(clerk) == [(words, page)]
    assert told(beside) == []


def test_what_somebody_sees_to_is_told_two_days_before_its_day(community, wang):
    brought("working", factories.grid_matter(unit=community), wang)
    clerk = factories.account(role="community_clerk", unit=community)
    GridMatter.objects.update(due_on=TODAY + timedelta(days=10))

    assert told(clerk, days=7) == []
    assert told(clerk, days=8) == [("公共事务，处置，2026-12-03 前须办结，还有 2 天", "change")]


@pytest.mark.parametrize("status", ["closed", "returned", "linked"])
def test_what_is_over_is_told_to_nobody(community, wang, status):
    matter = brought(status, factories.grid_matter(unit=community), wang)
    GridMatter.objects.exclude(pk=matter.pk).update(status="closed", outcome="好了", settled_on=TODAY)

    assert told(factories.account(role="community_clerk", unit=community)) == []
