from members.models.codes import (
    EDUCATION_BANDS,
    ETHNIC_GROUPS,
    HAN,
    Education,
    ExitType,
    PhoneOwner,
    RetireKind,
    RosterIn,
    RosterOut,
    Sex,
    SuspendReason,
)
from members.models.member import Member, NameKey, Phone, id_index, without_probation
from members.models.membership import Affiliation, Membership, SignIn, StandingEvent

__all__ = [
    "EDUCATION_BANDS",
    "ETHNIC_GROUPS",
    "HAN",
    "Affiliation",
    "Education",
    "ExitType",
    "Member",
    "Membership",
    "NameKey",
    "Phone",
    "PhoneOwner",
    "RetireKind",
    "RosterIn",
    "RosterOut",
    "Sex",
    "SignIn",
    "StandingEvent",
    "SuspendReason",
    "id_index",
    "without_probation",
]
