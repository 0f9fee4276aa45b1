from members.operations.undoing.employers import withdraw_employers
from members.operations.undoing.registrations import undo_registration, undo_registrations
from members.operations.undoing.relations import (
    reopen_affiliation,
    undo_affiliation,
    undo_enrolment,
    undo_sign_in,
)
from members.operations.undoing.resuming import TakenBack
from members.operations.undoing.standing import undo_standing
from members.operations.undoing.terms import undo_term

__all__ = [
    "TakenBack",
    "reopen_affiliation",
    "undo_affiliation",
    "undo_enrolment",
    "undo_registration",
    "undo_registrations",
    "undo_sign_in",
    "undo_standing",
    "undo_term",
    "withdraw_employers",
]
