"""What may hang on a person, in the order in which it is listed and settled: one source for each thing."""

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
    # Who leaves a post loses her turns there: they are handed on first.
    HeldTurns(),
    HeldClaims(),
    HeldMatters(),
    LedTeams(),
    CarrierDuties(),
    Pairings(),
)
