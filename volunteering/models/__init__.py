from volunteering.models.hours import HourEntry
from volunteering.models.order import (
    Answer,
    Channel,
    Confirmation,
    Dispatch,
    ServiceItem,
    ServiceOrder,
    Slot,
)
from volunteering.models.team import Team, TeamMembership, VolunteerType

__all__ = [
    "Answer",
    "Channel",
    "Confirmation",
    "Dispatch",
    "HourEntry",
    "ServiceItem",
    "ServiceOrder",
    "Slot",
    "Team",
    "TeamMembership",
    "VolunteerType",
]
