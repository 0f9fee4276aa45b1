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
from volunteering.models.post import Claim, Feedback, Offer, ServicePost
from volunteering.models.team import Team, TeamMembership, VolunteerType
from volunteering.models.turn import Turn

__all__ = [
    "Answer",
    "Channel",
    "Claim",
    "Confirmation",
    "Dispatch",
    "Feedback",
    "HourEntry",
    "Offer",
    "ServiceItem",
    "ServiceOrder",
    "ServicePost",
    "Slot",
    "Team",
    "TeamMembership",
    "Turn",
    "VolunteerType",
]
