from branches.operations.accounts import amend_account, open_account, revoke_key, set_password
from branches.operations.appointments import appoint, relieve, withdraw_appointment
from branches.operations.branches import (
    BranchChanges,
    amend_branch,
    dissolve_branch,
    founds_for_the_district,
    move_branch,
    open_branch,
    set_branch_back,
)
from branches.operations.divisions import load_divisions
from branches.operations.employers import amend_employer, register_employer
from branches.operations.pledges import amend_pledge, deliver, pledge
from branches.operations.undoing import undo_founding
from branches.operations.units import add_unit, amend_unit, close_unit, move_unit, rename_unit, set_contact

__all__ = [
    "BranchChanges",
    "add_unit",
    "amend_account",
    "amend_branch",
    "amend_employer",
    "amend_pledge",
    "amend_unit",
    "appoint",
    "close_unit",
    "deliver",
    "dissolve_branch",
    "founds_for_the_district",
    "load_divisions",
    "move_branch",
    "move_unit",
    "open_account",
    "open_branch",
    "pledge",
    "register_employer",
    "relieve",
    "rename_unit",
    "revoke_key",
    "set_branch_back",
    "set_contact",
    "set_password",
    "undo_founding",
    "withdraw_appointment",
]
