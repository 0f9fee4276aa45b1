from volunteering.api.claims import ClaimViewSet, TurnViewSet
from volunteering.api.hours import HourEntryViewSet
from volunteering.api.orders import ServiceItemViewSet, ServiceOrderViewSet
from volunteering.api.posts import OfferViewSet, ServicePostViewSet
from volunteering.api.teams import TeamMembershipViewSet, TeamViewSet

__all__ = [
    "ClaimViewSet",
    "HourEntryViewSet",
    "OfferViewSet",
    "ServiceItemViewSet",
    "ServiceOrderViewSet",
    "ServicePostViewSet",
    "TeamMembershipViewSet",
    "TeamViewSet",
    "TurnViewSet",
]
