"""The legal moves of a service order (群众点单 - 支部派单 - 党员接单), as a table."""

from enum import StrEnum


class OrderStatus(StrEnum):
    WAITING = "waiting"
    DISPATCHED = "dispatched"
    ESCALATED = "escalated"
    ACCEPTED = "accepted"
    STARTED = "started"
    REPORTED = "reported"
    CLOSED = "closed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class OrderMove(StrEnum):
    DISPATCH = "dispatch"
    REJECT = "reject"
    CANCEL = "cancel"
    ACCEPT = "accept"
    DECLINE = "decline"
    HAND_ON = "hand_on"
    ESCALATE = "escalate"
    RELEASE = "release"
    START = "start"
    COMPLETE = "complete"
    CONFIRM = "confirm"


STATUS_NAMES = {
    OrderStatus.WAITING: "待审",
    OrderStatus.DISPATCHED: "已派",
    OrderStatus.ESCALATED: "超时升级",
    OrderStatus.ACCEPTED: "已接",
    OrderStatus.STARTED: "进行",
    OrderStatus.REPORTED: "待确认",
    OrderStatus.CLOSED: "完成",
    OrderStatus.REJECTED: "拒绝",
    OrderStatus.CANCELLED: "取消",
}
MOVE_NAMES = {
    OrderMove.DISPATCH: "派单",
    OrderMove.REJECT: "拒绝",
    OrderMove.CANCEL: "取消",
    OrderMove.ACCEPT: "接单",
    OrderMove.DECLINE: "谢绝",
    OrderMove.HAND_ON: "改派",
    OrderMove.ESCALATE: "升级",
    OrderMove.RELEASE: "退单",
    OrderMove.START: "开始服务",
    OrderMove.COMPLETE: "服务完毕",
    OrderMove.CONFIRM: "确认",
}
# On somebody's desk, to be dispatched or refused.
ON_DESK = (OrderStatus.WAITING, OrderStatus.ESCALATED)
# A member has said yes and is not yet done.
HELD = (OrderStatus.ACCEPTED, OrderStatus.STARTED)
OPEN = (*ON_DESK, OrderStatus.DISPATCHED, *HELD, OrderStatus.REPORTED)

MOVES = {
    **{(status, OrderMove.DISPATCH): OrderStatus.DISPATCHED for status in ON_DESK},
    **{(status, OrderMove.REJECT): OrderStatus.REJECTED for status in ON_DESK},
    **{(status, OrderMove.ESCALATE): OrderStatus.ESCALATED for status in (*ON_DESK, OrderStatus.DISPATCHED)},
    **{(status, OrderMove.RELEASE): OrderStatus.WAITING for status in HELD},
    **{
        (status, OrderMove.CANCEL): OrderStatus.CANCELLED
        for status in (*ON_DESK, OrderStatus.DISPATCHED, *HELD)
    },
    (OrderStatus.DISPATCHED, OrderMove.ACCEPT): OrderStatus.ACCEPTED,
    (OrderStatus.DISPATCHED, OrderMove.DECLINE): OrderStatus.WAITING,
    (OrderStatus.DISPATCHED, OrderMove.HAND_ON): OrderStatus.DISPATCHED,
    (OrderStatus.ACCEPTED, OrderMove.START): OrderStatus.STARTED,
    (OrderStatus.STARTED, OrderMove.COMPLETE): OrderStatus.REPORTED,
    (OrderStatus.REPORTED, OrderMove.CONFIRM): OrderStatus.CLOSED,
}


def after(status: str, move: str) -> OrderStatus | None:
    """The status after `move`, or None when the move is not legal."""
    return MOVES.get((OrderStatus(status), OrderMove(move)))
