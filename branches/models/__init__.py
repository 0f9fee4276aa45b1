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
from branches.models.unit import LEVEL_NAMES, Level, Reorganisation, ReorganisationKind, Unit, UnitPlacement

__all__ = [
    "LEVEL_NAMES",
    "Affinity",
    "Appointment",
    "Branch",
    "BranchPlacement",
    "Category",
    "Employer",
    "EmployerNature",
    "Kind",
    "Level",
    "PlaceType",
    "Reorganisation",
    "ReorganisationKind",
    "Role",
    "Unit",
    "UnitPlacement",
]
