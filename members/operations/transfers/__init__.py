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
    lose_letter,
    reissue_letter,
)
from members.operations.transfers.receiving import (
    Acceptance,
    Departure,
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
    "Departure",
    "Destination",
    "Draft",
    "LetterFacts",
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
    "lose_letter",
    "receive_letter",
    "record_incoming",
    "reissue_letter",
    "return_letter",
    "undo_step",
]
