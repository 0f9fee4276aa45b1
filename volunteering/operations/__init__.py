from volunteering.operations.dispatching import (
    HeldOrders,
    accept_order,
    decline_order,
    dispatch_order,
    move_overdue,
    overdue,
    release_order,
)
from volunteering.operations.hours import (
    Said,
    Worked,
    complete_order,
    confirm_order,
    record_hours,
    start_order,
    verify_hours,
)
from volunteering.operations.items import amend_item, offer_item
from volunteering.operations.orders import cancel_order, reject_order, request_order
from volunteering.operations.ranking import candidates
from volunteering.operations.teams import (
    LedTeams,
    TeamChanges,
    amend_team,
    appoint_leader,
    dissolve_team,
    found_team,
    join_team,
    leave_team,
)

__all__ = [
    "HeldOrders",
    "LedTeams",
    "Said",
    "TeamChanges",
    "Worked",
    "accept_order",
    "amend_item",
    "amend_team",
    "appoint_leader",
    "cancel_order",
    "candidates",
    "complete_order",
    "confirm_order",
    "decline_order",
    "dispatch_order",
    "dissolve_team",
    "found_team",
    "join_team",
    "leave_team",
    "move_overdue",
    "offer_item",
    "overdue",
    "record_hours",
    "reject_order",
    "release_order",
    "request_order",
    "start_order",
    "verify_hours",
]
