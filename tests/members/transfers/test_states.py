"""Every move of a transfer, legal or refused, on every route."""

from itertools import product

import pytest

from members.states import (
    FIRST_STATES,
    TRANSFER_MOVE_NAMES,
    TRANSFER_MOVES,
    TRANSFER_STATE_NAMES,
    Route,
    TransferMove,
    TransferState,
    transfer_after,
)

# On each route, from each state: what may follow.
LEGAL = {
    "within": {"draft": "accept>accepted cancel>cancelled"},
    "between": {
        "draft": "agree>agreed cancel>cancelled",
        "agreed": "issue>issued cancel>cancelled",
        "issued": "receive>received return>returned reissue>issued lose>lost cancel>cancelled",
        "received": "accept>accepted return>returned",
        "accepted": "close>closed",
        "returned": "agree>agreed cancel>cancelled",
        "lost": "reissue>issued cancel>cancelled",
    },
    "in": {
        "issued": "receive>received return>returned cancel>cancelled",
        "received": "accept>accepted return>returned",
        "accepted": "close>closed",
    },
    "out": {
        "draft": "agree>agreed cancel>cancelled",
        "agreed": "issue>issued cancel>cancelled",
        "issued": "close>closed return>returned reissue>issued lose>lost cancel>cancelled",
        "returned": "agree>agreed cancel>cancelled",
        "lost": "reissue>issued cancel>cancelled",
    },
}


@pytest.mark.parametrize(("route", "state", "move"), list(product(Route, TransferState, TransferMove)))
def test_a_move_is_legal_where_the_table_says_so_and_nowhere_else(route, state, move):
    legal = dict(each.split(">") for each in LEGAL[route].get(state, "").split())

    assert transfer_after(route, state, move) == legal.get(move)


def test_every_state_and_move_has_a_name():
    assert set(TRANSFER_STATE_NAMES) == set(TransferState)
    assert set(TRANSFER_MOVE_NAMES) == set(TransferMove)
    assert set(TRANSFER_MOVES) == set(FIRST_STATES) == set(Route)
