from volunteering.api.carriers import CarrierBuildingViewSet, CarrierDutyViewSet, CarrierViewSet
from volunteering.api.certificates import CertificateViewSet
from volunteering.api.claims import ClaimViewSet, TurnViewSet
from volunteering.api.hours import HourEntryViewSet
from volunteering.api.matters import GridMatterViewSet, MatterPhotoViewSet, TimeLimitViewSet
from volunteering.api.neighbours import BuildingViewSet, HouseholdViewSet, PairingViewSet, VisitViewSet
from volunteering.api.orders import ServiceItemViewSet, ServiceOrderViewSet
from volunteering.api.posts import OfferViewSet, ServicePostViewSet
from volunteering.api.teams import TeamMembershipViewSet, TeamViewSet

__all__ = [
    "BuildingViewSet",
    "CarrierBuildingViewSet",
    "CarrierDutyViewSet",
    "CarrierViewSet",
    "CertificateViewSet",
    "ClaimViewSet",
    "GridMatterViewSet",
    "HourEntryViewSet",
    "HouseholdViewSet",
    "MatterPhotoViewSet",
    "OfferViewSet",
    "PairingViewSet",
    "ServiceItemViewSet",
    "ServiceOrderViewSet",
    "ServicePostViewSet",
    "TeamMembershipViewSet",
    "TeamViewSet",
    "TimeLimitViewSet",
    "TurnViewSet",
    "VisitViewSet",
]
