from members.operations.affiliations import affiliate, end_affiliation, record_sign_in, verify_sign_in
from members.operations.arrivals import Admission, admission_complaints, admit, admit_all, fill_arrival
from members.operations.disclosure import reveal_health_note, reveal_id_number
from members.operations.imports import (
    Upload,
    apply_import,
    cancel_import,
    explain_headers,
    receive_import,
    undo_import,
)
from members.operations.memberships import Entry, correct_membership, enrol
from members.operations.obligations import (
    ObligationsOpen,
    all_settled,
    open_obligations,
    open_obligations_of,
    settle_obligations,
)
from members.operations.people import (
    MemberChanges,
    Newcomer,
    amend_contact,
    amend_member,
    amend_members,
    register_member,
    register_members,
    save_phones,
)
from members.operations.posts import Holding, fill_post, relieve_post
from members.operations.standing import StandingChange, change_standing
from members.operations.terms import Election, end_term, extend_term, hold_election
from members.operations.undoing import (
    reopen_affiliation,
    undo_affiliation,
    undo_enrolment,
    undo_registration,
    undo_registrations,
    undo_sign_in,
    undo_standing,
)
from members.operations.whole import Passage, arrive_together, leave_together

__all__ = [
    "Admission",
    "Election",
    "Entry",
    "Holding",
    "MemberChanges",
    "Newcomer",
    "ObligationsOpen",
    "Passage",
    "StandingChange",
    "Upload",
    "admission_complaints",
    "admit",
    "admit_all",
    "affiliate",
    "all_settled",
    "amend_contact",
    "amend_member",
    "amend_members",
    "apply_import",
    "arrive_together",
    "cancel_import",
    "change_standing",
    "correct_membership",
    "end_affiliation",
    "end_term",
    "enrol",
    "explain_headers",
    "extend_term",
    "fill_arrival",
    "fill_post",
    "hold_election",
    "leave_together",
    "open_obligations",
    "open_obligations_of",
    "receive_import",
    "record_sign_in",
    "register_member",
    "register_members",
    "relieve_post",
    "reopen_affiliation",
    "reveal_health_note",
    "reveal_id_number",
    "save_phones",
    "settle_obligations",
    "undo_affiliation",
    "undo_enrolment",
    "undo_import",
    "undo_registration",
    "undo_registrations",
    "undo_sign_in",
    "undo_standing",
    "verify_sign_in",
]
