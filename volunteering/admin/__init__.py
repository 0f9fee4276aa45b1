from volunteering.admin.buildings import BuildingAdmin
from volunteering.admin.carriers import CarrierAdmin, CarrierBuildingAdmin, CarrierDutyAdmin
from volunteering.admin.certificates import CertificateAdmin
from volunteering.admin.claims import ClaimAdmin
from volunteering.admin.hours import HourEntryAdmin
from volunteering.admin.matters import GridMatterAdmin, MatterPhotoAdmin, TimeLimitAdmin
from volunteering.admin.neighbours import HouseholdAdmin, PairingAdmin, VisitAdmin
from volunteering.admin.offers import OfferAdmin
from volunteering.admin.orders import ServiceItemAdmin, ServiceOrderAdmin
from volunteering.admin.posts import ServicePostAdmin
from volunteering.admin.teams import TeamAdmin, TeamMembershipAdmin
from volunteering.admin.turns import TurnAdmin

__all__ = [
    "BuildingAdmin",
    "CarrierAdmin",
    "CarrierBuildingAdmin",
    "CarrierDutyAdmin",
    "CertificateAdmin",
    "ClaimAdmin",
    "GridMatterAdmin",
    "HourEntryAdmin",
    "HouseholdAdmin",
    "MatterPhotoAdmin",
    "OfferAdmin",
    "PairingAdmin",
    "ServiceItemAdmin",
    "ServiceOrderAdmin",
    "ServicePostAdmin",
    "TeamAdmin",
    "TeamMembershipAdmin",
    "TimeLimitAdmin",
    "TurnAdmin",
    "VisitAdmin",
]
