from members.operations.undoing.registrations import undo_registration, undo_registrations
from members.operations.undoing.relations import (
    reopen_affiliation,
    undo_affiliation,
    undo_enrolment,
    undo_sign_in,
)
from members.operations.undoing.standing import undo_standing

__all__ = [
    "reopen_affiliation",
    "undo_affiliation",
    "undo_enrolment",
    "undo_registration",
    "undo_registrations",
    "undo_sign_in",
    "undo_standing",
]
