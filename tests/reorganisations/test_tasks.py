"""A plan is told as due a week before its day, and until it is carried out."""

from datetime import timedelta

from branches.scope import Scope
from reorganisations.operations import cancel, make_plan
from reports.tasks import AHEAD, OVER, due
from tests.factories import TODAY
from tests.reorganisations.conftest import order


def told(town, *, on):
    tasks = due(lambda verb: Scope((town.root.path,)), on=on, kinds=["plan"])
    return [(task.about, task.words, task.place, task.level) for task in tasks]


def test_a_plan_is_due_from_a_week_before_its_day_until_it_is_done_or_cancelled(town):
    day = TODAY + timedelta(days=38)
    move = order("unit", "move", on=day, units=[town.drum], to_unit=town.north)
    plan = make_plan(order=move, by=None, today=TODAY)

    assert told(town, on=day - timedelta(days=8)) == []
    [soon] = told(town, on=day - timedelta(days=7))
    assert soon == (plan.title, f"{day} 生效，还有 7 天，尚未办理", "麒麟区", AHEAD)
    assert told(town, on=day)[0][3] == OVER
    cancel(plan=plan, by=None)
    assert told(town, on=day) == []
