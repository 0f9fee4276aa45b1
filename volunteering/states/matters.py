"""The legal moves of a grid matter (上报 - 受理 - 分派 - 办结 - 回访), as a table."""

from enum import StrEnum


class MatterStatus(StrEnum):
    REPORTED = "reported"
    TAKEN = "taken"
    WORKING = "working"
    SETTLED = "settled"
    CLOSED = "closed"
    REOPENED = "reopened"
    RETURNED = "returned"
    LINKED = "linked"


class MatterMove(StrEnum):
    TAKE = "take"
    RETURN = "return"
    ASSIGN = "assign"
    REFER = "refer"
    CLIMB = "climb"
    SETTLE = "settle"
    RELEASE = "release"
    FOLLOW_UP = "follow_up"
    REOPEN = "reopen"
    LINK = "link"
    SEPARATE = "separate"


MATTER_NAMES = {
    MatterStatus.REPORTED: "上报",
    MatterStatus.TAKEN: "受理",
    MatterStatus.WORKING: "处置",
    MatterStatus.SETTLED: "办结",
    MatterStatus.CLOSED: "已回访",
    MatterStatus.REOPENED: "重开",
    MatterStatus.RETURNED: "退回",
    MatterStatus.LINKED: "并案",
}
MATTER_MOVE_NAMES = {
    MatterMove.TAKE: "受理",
    MatterMove.RETURN: "退回",
    MatterMove.ASSIGN: "分派",
    MatterMove.REFER: "上报上级",
    MatterMove.CLIMB: "逾期上报",
    MatterMove.SETTLE: "办结",
    MatterMove.RELEASE: "收回分派",
    MatterMove.FOLLOW_UP: "回访",
    MatterMove.REOPEN: "重开",
    MatterMove.LINK: "并案",
    MatterMove.SEPARATE: "分案",
}
# Nobody has said yet that it will be seen to.
NEW = (MatterStatus.REPORTED, MatterStatus.REOPENED)
OPEN_MATTERS = (*NEW, MatterStatus.TAKEN, MatterStatus.WORKING)
DONE_MATTERS = (MatterStatus.SETTLED, MatterStatus.CLOSED)

MATTER_MOVES = {
    **{(status, MatterMove.TAKE): MatterStatus.TAKEN for status in NEW},
    **{(status, MatterMove.RETURN): MatterStatus.RETURNED for status in (*NEW, MatterStatus.TAKEN)},
    # Whoever sees to it may be another than before.
    **{
        (status, MatterMove.ASSIGN): MatterStatus.WORKING
        for status in (MatterStatus.TAKEN, MatterStatus.WORKING)
    },
    # The desk changes, not how far it has come.
    **{(status, move): status for status in OPEN_MATTERS for move in (MatterMove.REFER, MatterMove.CLIMB)},
    **{(status, MatterMove.LINK): MatterStatus.LINKED for status in OPEN_MATTERS},
    **{(status, MatterMove.REOPEN): MatterStatus.REOPENED for status in DONE_MATTERS},
    (MatterStatus.WORKING, MatterMove.SETTLE): MatterStatus.SETTLED,
    (MatterStatus.WORKING, MatterMove.RELEASE): MatterStatus.TAKEN,
    (MatterStatus.SETTLED, MatterMove.FOLLOW_UP): MatterStatus.CLOSED,
    (MatterStatus.LINKED, MatterMove.SEPARATE): MatterStatus.REPORTED,
}


def matter_after(status: str, move: str) -> MatterStatus | None:
    """The status after `move`, or None when the move is not legal."""
    return MATTER_MOVES.get((MatterStatus(status), MatterMove(move)))
