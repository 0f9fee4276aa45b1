from volunteering.api.hours import HourEntryViewSet
from volunteering.api.orders import ServiceItemViewSet, ServiceOrderViewSet
from volunteering.api.teams import TeamMembershipViewSet, TeamViewSet

__all__ = [
    "HourEntryViewSet",
    "ServiceItemViewSet",
    "ServiceOrderViewSet",
    "TeamMembershipViewSet",
    "TeamViewSet",
]
