from members.operations.transfers.drafting import (
    Arriving,
    Destination,
    Draft,
    agree_transfer,
    draft_transfer,
    record_incoming,
)
from members.operations.transfers.hanging import Transfers
from members.operations.transfers.letters import (
    LetterFacts,
    cancel_transfer,
    issue_letter,
    letter_in_full,
    lose_letter,
    reissue_letter,
)
from members.operations.transfers.receiving import (
    Acceptance,
    Receipt,
    SentBack,
    accept_transfer,
    close_transfer,
    receive_letter,
    return_letter,
)
from members.operations.transfers.steps import TransferRule
from members.operations.transfers.undoing import last_step, undo_step

__all__ = [
    "Acceptance",
    "Arriving",
    "Destination",
    "Draft",
    "LetterFacts",
    "Receipt",
    "SentBack",
    "TransferRule",
    "Transfers",
    "accept_transfer",
    "agree_transfer",
    "cancel_transfer",
    "close_transfer",
    "draft_transfer",
    "issue_letter",
    "last_step",
    "letter_in_full",
    "lose_letter",
    "receive_letter",
    "record_incoming",
    "reissue_letter",
    "return_letter",
    "undo_step",
]
