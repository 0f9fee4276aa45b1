from volunteering.admin.claims import ClaimAdmin
from volunteering.admin.hours import HourEntryAdmin
from volunteering.admin.offers import OfferAdmin
from volunteering.admin.orders import ServiceItemAdmin, ServiceOrderAdmin
from volunteering.admin.posts import ServicePostAdmin
from volunteering.admin.teams import TeamAdmin, TeamMembershipAdmin
from volunteering.admin.turns import TurnAdmin

__all__ = [
    "ClaimAdmin",
    "HourEntryAdmin",
    "OfferAdmin",
    "ServiceItemAdmin",
    "ServiceOrderAdmin",
    "ServicePostAdmin",
    "TeamAdmin",
    "TeamMembershipAdmin",
    "TurnAdmin",
]
