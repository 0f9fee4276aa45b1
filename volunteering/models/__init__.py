from volunteering.models.building import Building
from volunteering.models.carrier import Carrier, CarrierBuilding, CarrierDuty, CarrierKind
from volunteering.models.certificate import Certificate, CertificateBook, Knock
from volunteering.models.hours import HourEntry
from volunteering.models.limits import TimeLimit
from volunteering.models.matter import GridMatter, MatterChannel, MatterKind, MatterPhoto, MatterStep, Urgency
from volunteering.models.neighbour import (
    PAIRS_NEEDED,
    Consent,
    Found,
    Household,
    Pairing,
    Risk,
    Visit,
    VisitWay,
)
from volunteering.models.order import Answer, Channel, Confirmation, Dispatch, ServiceItem, ServiceOrder, Slot
from volunteering.models.post import Claim, Feedback, Offer, ServicePost
from volunteering.models.team import Team, TeamMembership, VolunteerType
from volunteering.models.turn import Turn

__all__ = [
    "PAIRS_NEEDED",
    "Answer",
    "Building",
    "Carrier",
    "CarrierBuilding",
    "CarrierDuty",
    "CarrierKind",
    "Certificate",
    "CertificateBook",
    "Channel",
    "Claim",
    "Confirmation",
    "Consent",
    "Dispatch",
    "Feedback",
    "Found",
    "GridMatter",
    "HourEntry",
    "Household",
    "Knock",
    "MatterChannel",
    "MatterKind",
    "MatterPhoto",
    "MatterStep",
    "Offer",
    "Pairing",
    "Risk",
    "ServiceItem",
    "ServiceOrder",
    "ServicePost",
    "Slot",
    "Team",
    "TeamMembership",
    "TimeLimit",
    "Turn",
    "Urgency",
    "Visit",
    "VisitWay",
    "VolunteerType",
]
