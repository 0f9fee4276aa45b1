"""What may be due, in the order in which the kinds are listed."""

from reorganisations.tasks import PLANS
from reports.tasks.handovers import HANDOVER
from reports.tasks.letters import AGREE, LETTER, PLACE, RECEIPT, RECEIVE, SEND, STRANDED
from reports.tasks.neighbours import CARRIER, UNPAIRED, VISIT
from reports.tasks.organisations import TEMPORARY, TERM
from reports.tasks.people import BIRTHDAY, MEDAL, PROBATION
from reports.tasks.postings import CLAIM, FEEDBACK, INVITATION, SEAT, SWAP, TURN
from reports.tasks.services import MATTER, OFFERED, ORDER
from reports.tasks.verifying import HOURS, SIGN_IN, VISIT_MADE

SOURCES = (
    ORDER,
    OFFERED,
    CLAIM,
    INVITATION,
    SWAP,
    TURN,
    SEAT,
    FEEDBACK,
    MATTER,
    HOURS,
    SIGN_IN,
    VISIT,
    VISIT_MADE,
    UNPAIRED,
    CARRIER,
    RECEIVE,
    PLACE,
    HANDOVER,
    AGREE,
    SEND,
    LETTER,
    STRANDED,
    RECEIPT,
    TERM,
    TEMPORARY,
    PLANS,
    PROBATION,
    BIRTHDAY,
    MEDAL,
)
