from members.models.codes import (
    ETHNIC_GROUPS,
    HAN,
    Education,
    ExitType,
    PhoneOwner,
    RetireKind,
    ReturnReason,
    RosterIn,
    RosterOut,
    Sex,
    SuspendReason,
    TransferChannel,
    TransferReason,
)
from members.models.exports import ExportFile, ExportKind, ExportLayout
from members.models.handover import DAYS_TO_ANSWER, Handover, HandoverPerson
from members.models.imports import HeaderMapping, ImportFile, ImportKind, ImportRow
from members.models.member import Member, Phone, id_index, without_probation
from members.models.membership import Affiliation, Membership, SignIn, StandingEvent
from members.models.post import PartyPost, Post, PostOrigin, Term, TermYears
from members.models.secondment import Secondment, SecondmentRole
from members.models.transfer import Letter, Transfer, TransferStep

__all__ = [
    "DAYS_TO_ANSWER",
    "ETHNIC_GROUPS",
    "HAN",
    "Affiliation",
    "Education",
    "ExitType",
    "ExportFile",
    "ExportKind",
    "ExportLayout",
    "Handover",
    "HandoverPerson",
    "HeaderMapping",
    "ImportFile",
    "ImportKind",
    "ImportRow",
    "Letter",
    "Member",
    "Membership",
    "PartyPost",
    "Phone",
    "PhoneOwner",
    "Post",
    "PostOrigin",
    "RetireKind",
    "ReturnReason",
    "RosterIn",
    "RosterOut",
    "Secondment",
    "SecondmentRole",
    "Sex",
    "SignIn",
    "StandingEvent",
    "SuspendReason",
    "Term",
    "TermYears",
    "Transfer",
    "TransferChannel",
    "TransferReason",
    "TransferStep",
    "id_index",
    "without_probation",
]
