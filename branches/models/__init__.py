from branches.models.appointment import Appointment, Role
from branches.models.branch import (
    Affinity,
    Branch,
    BranchPlacement,
    Category,
    Employer,
    EmployerNature,
    Kind,
    PlaceType,
)
from branches.models.pledge import MEASURES, Delivery, Pledge, PledgeKind, PledgeState
from branches.models.unit import LEVEL_NAMES, Level, Reorganisation, ReorganisationKind, Unit, UnitPlacement

__all__ = [
    "LEVEL_NAMES",
    "MEASURES",
    "Affinity",
    "Appointment",
    "Branch",
    "BranchPlacement",
    "Category",
    "Delivery",
    "Employer",
    "EmployerNature",
    "Kind",
    "Level",
    "PlaceType",
    "Pledge",
    "PledgeKind",
    "PledgeState",
    "Reorganisation",
    "ReorganisationKind",
    "Role",
    "Unit",
    "UnitPlacement",
]
