"""The legal moves of a member's standing (党籍), as a table."""

from enum import StrEnum


class Standing(StrEnum):
    PROBATIONARY = "probationary"
    FULL = "full"
    SUSPENDED = "suspended"
    EXITED = "exited"
    DECEASED = "deceased"
    # Registered by mistake and taken back: no move leads here or away.
    VOID = "void"


class StandingMove(StrEnum):
    CONFIRM = "confirm"
    EXTEND = "extend"
    SUSPEND = "suspend"
    RESTORE = "restore"
    EXIT = "exit"
    DECEASE = "decease"


STANDING_NAMES = {
    Standing.PROBATIONARY: "预备党员",
    Standing.FULL: "正式党员",
    Standing.SUSPENDED: "停止党籍",
    Standing.EXITED: "出党",
    Standing.DECEASED: "去世",
    Standing.VOID: "录入错误",
}
MOVE_NAMES = {
    StandingMove.CONFIRM: "转正",
    StandingMove.EXTEND: "延长预备期",
    StandingMove.SUSPEND: "停止党籍",
    StandingMove.RESTORE: "恢复党籍",
    StandingMove.EXIT: "出党",
    StandingMove.DECEASE: "去世",
}

# 党员教育管理工作条例 articles 24-25; 不合格党员组织处置办法 (2024).
MOVES = {
    (Standing.PROBATIONARY, StandingMove.CONFIRM): Standing.FULL,
    (Standing.PROBATIONARY, StandingMove.EXTEND): Standing.PROBATIONARY,
    (Standing.PROBATIONARY, StandingMove.EXIT): Standing.EXITED,
    (Standing.PROBATIONARY, StandingMove.DECEASE): Standing.DECEASED,
    (Standing.FULL, StandingMove.SUSPEND): Standing.SUSPENDED,
    (Standing.FULL, StandingMove.EXIT): Standing.EXITED,
    (Standing.FULL, StandingMove.DECEASE): Standing.DECEASED,
    (Standing.SUSPENDED, StandingMove.RESTORE): Standing.FULL,
    (Standing.SUSPENDED, StandingMove.EXIT): Standing.EXITED,
    (Standing.SUSPENDED, StandingMove.DECEASE): Standing.DECEASED,
    (Standing.EXITED, StandingMove.DECEASE): Standing.DECEASED,
}


def after(standing: str, move: str) -> Standing | None:
    """The standing after `move`, or None when the move is not legal."""
    return MOVES.get((Standing(standing), StandingMove(move)))
