"""What may hang on a person, in the order in which it is listed: one source for each thing people hold."""

from members.operations.affiliations import Affiliations
from members.operations.posts import Posts
from members.operations.secondments import Secondments
from members.operations.transfers import Transfers
from volunteering.operations import (
    CarrierDuties,
    HeldClaims,
    HeldMatters,
    HeldOrders,
    HeldTurns,
    LedTeams,
    Pairings,
)

SOURCES = (
    Transfers(),
    Posts(),
    Affiliations(),
    Secondments(),
    HeldOrders(),
    HeldTurns(),
    HeldClaims(),
    HeldMatters(),
    LedTeams(),
    CarrierDuties(),
    Pairings(),
)
