"""What the doors share: who may be named as a candidate, and who keeps a line of the catalogue."""

from branches.gates import scope_for
from core import clock
from volunteering.models import TeamMembership
from volunteering.operations import candidates

VIEW_ITEM, CHANGE_ITEM = "volunteering.view_serviceitem", "volunteering.change_serviceitem"
DISPATCH = "volunteering.dispatch_serviceorder"


def candidates_for(user, order) -> list:
    """The ranking of today, without who serves out of the person's sight."""
    seen = TeamMembership.objects.visible_in(scope_for(user, "volunteering.view_teammembership"))
    return candidates(order, on=clock.today(), members=seen.values("member"))


def keeps_item(user, item) -> bool:
    """Whether the person answers for the place where the item is offered."""
    return scope_for(user, CHANGE_ITEM).covers(item.unit.path)
