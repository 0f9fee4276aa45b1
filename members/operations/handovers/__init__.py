from members.operations.handovers.answers import (
    Acceptance,
    Answer,
    accept_people,
    miss_people,
    reopen_people,
    return_people,
    undo_acceptance,
)
from members.operations.handovers.batches import (
    amend_handover,
    close_handover,
    open_handover,
    reopen_handover,
)
from members.operations.handovers.lists import Listed, append_people, correct_person, faulty_rows

__all__ = [
    "Acceptance",
    "Answer",
    "Listed",
    "accept_people",
    "amend_handover",
    "append_people",
    "close_handover",
    "correct_person",
    "faulty_rows",
    "miss_people",
    "open_handover",
    "reopen_handover",
    "reopen_people",
    "return_people",
    "undo_acceptance",
]
