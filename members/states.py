"""The legal moves of a standing (党籍), of the transfer of a relation, and of an uploaded roster."""

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
# The 人员类别 of the forms: nobody else may begin a 组织关系; a move leads to every other standing.
GOOD_STANDING = (Standing.FULL, Standing.PROBATIONARY)
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


class Route(StrEnum):
    """Which way a 组织关系 is transferred."""

    WITHIN = "within"
    BETWEEN = "between"
    IN = "in"
    OUT = "out"


class TransferState(StrEnum):
    DRAFT = "draft"
    AGREED = "agreed"
    ISSUED = "issued"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    CLOSED = "closed"
    RETURNED = "returned"
    LOST = "lost"
    CANCELLED = "cancelled"
    # Never stored: a letter issued whose days have run out, asked for a day.
    EXPIRED = "expired"


class TransferMove(StrEnum):
    DRAFT = "draft"
    RECORD = "record"
    AGREE = "agree"
    ISSUE = "issue"
    RECEIVE = "receive"
    ACCEPT = "accept"
    CLOSE = "close"
    RETURN = "return"
    REISSUE = "reissue"
    LOSE = "lose"
    CANCEL = "cancel"
    UNDO = "undo"


ROUTE_NAMES = {
    Route.WITHIN: "本党（工）委内",
    Route.BETWEEN: "区内转接",
    Route.IN: "区外转入",
    Route.OUT: "转出区外",
}
TRANSFER_STATE_NAMES = {
    TransferState.DRAFT: "草稿",
    TransferState.AGREED: "支部同意",
    TransferState.ISSUED: "已开具",
    TransferState.RECEIVED: "已接收待编入",
    TransferState.ACCEPTED: "已编入支部",
    TransferState.CLOSED: "已回执",
    TransferState.RETURNED: "已退回",
    TransferState.LOST: "介绍信遗失",
    TransferState.CANCELLED: "已撤销",
    TransferState.EXPIRED: "已过期",
}
TRANSFER_MOVE_NAMES = {
    TransferMove.DRAFT: "起草",
    TransferMove.RECORD: "登记来信",
    TransferMove.AGREE: "支部同意",
    TransferMove.ISSUE: "开具介绍信",
    TransferMove.RECEIVE: "接收介绍信",
    TransferMove.ACCEPT: "编入支部",
    TransferMove.CLOSE: "登记回执",
    TransferMove.RETURN: "退回",
    TransferMove.REISSUE: "重新开具",
    TransferMove.LOSE: "登记遗失",
    TransferMove.CANCEL: "撤销转接",
    TransferMove.UNDO: "撤回上一步",
}

# How each route begins.
FIRST_STATES = {
    Route.WITHIN: TransferState.DRAFT,
    Route.BETWEEN: TransferState.DRAFT,
    Route.OUT: TransferState.DRAFT,
    # Typed in from the letter that somebody brought.
    Route.IN: TransferState.ISSUED,
}
# Until a branch of ours or the place outside has her, the sender can take the letter back.
_SENDING = {
    (TransferState.DRAFT, TransferMove.AGREE): TransferState.AGREED,
    (TransferState.DRAFT, TransferMove.CANCEL): TransferState.CANCELLED,
    (TransferState.AGREED, TransferMove.ISSUE): TransferState.ISSUED,
    (TransferState.AGREED, TransferMove.CANCEL): TransferState.CANCELLED,
    (TransferState.ISSUED, TransferMove.REISSUE): TransferState.ISSUED,
    (TransferState.ISSUED, TransferMove.LOSE): TransferState.LOST,
    (TransferState.ISSUED, TransferMove.CANCEL): TransferState.CANCELLED,
    (TransferState.ISSUED, TransferMove.RETURN): TransferState.RETURNED,
    (TransferState.LOST, TransferMove.REISSUE): TransferState.ISSUED,
    (TransferState.LOST, TransferMove.CANCEL): TransferState.CANCELLED,
    (TransferState.RETURNED, TransferMove.AGREE): TransferState.AGREED,
    (TransferState.RETURNED, TransferMove.CANCEL): TransferState.CANCELLED,
}
_RECEIVING = {
    (TransferState.ISSUED, TransferMove.RECEIVE): TransferState.RECEIVED,
    (TransferState.ISSUED, TransferMove.RETURN): TransferState.RETURNED,
    (TransferState.RECEIVED, TransferMove.ACCEPT): TransferState.ACCEPTED,
    (TransferState.RECEIVED, TransferMove.RETURN): TransferState.RETURNED,
    (TransferState.ACCEPTED, TransferMove.CLOSE): TransferState.CLOSED,
}
# 党员教育管理工作条例 article 25; 组通字〔2006〕45号.
TRANSFER_MOVES = {
    Route.WITHIN: {
        (TransferState.DRAFT, TransferMove.ACCEPT): TransferState.ACCEPTED,
        (TransferState.DRAFT, TransferMove.CANCEL): TransferState.CANCELLED,
    },
    Route.BETWEEN: {**_SENDING, **_RECEIVING},
    Route.IN: {**_RECEIVING, (TransferState.ISSUED, TransferMove.CANCEL): TransferState.CANCELLED},
    Route.OUT: {**_SENDING, (TransferState.ISSUED, TransferMove.CLOSE): TransferState.CLOSED},
}
# While a transfer stands in one of these, no other may be begun for the member.
OPEN_TRANSFERS = (
    TransferState.DRAFT,
    TransferState.AGREED,
    TransferState.ISSUED,
    TransferState.RECEIVED,
    TransferState.RETURNED,
    TransferState.LOST,
)
# What the sender has to do something for before it is on its way.
UNSENT_TRANSFERS = (
    TransferState.DRAFT,
    TransferState.AGREED,
    TransferState.RETURNED,
    TransferState.LOST,
)


def transfer_after(route: str, state: str, move: str) -> TransferState | None:
    """The state of a transfer after `move`, or None when the move is not legal."""
    return TRANSFER_MOVES[Route(route)].get((TransferState(state), TransferMove(move)))


class ImportState(StrEnum):
    CHECKING = "checking"
    CHECKED = "checked"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    SETTLED = "settled"


class ImportMove(StrEnum):
    RECHECK = "recheck"
    APPLY = "apply"
    UNDO = "undo"
    FINISH = "finish"
    STOP = "stop"
    REFUSE = "refuse"
    CANCEL = "cancel"
    EXPIRE = "expire"


IMPORT_NAMES = {
    ImportState.CHECKING: "正在检查",
    ImportState.CHECKED: "待确认",
    ImportState.APPLYING: "正在导入",
    ImportState.APPLIED: "已导入",
    ImportState.UNDOING: "正在撤销",
    ImportState.UNDONE: "已撤销",
    ImportState.CANCELLED: "已取消",
    ImportState.REFUSED: "不能读取",
    ImportState.SETTLED: "已导入，已归档",
}
# Somebody, or the worker, is at it; nothing else happens to the file meanwhile.
AT_WORK = (ImportState.CHECKING, ImportState.APPLYING, ImportState.UNDOING)
IMPORT_MOVES = {
    (ImportState.CHECKING, ImportMove.FINISH): ImportState.CHECKED,
    (ImportState.CHECKING, ImportMove.REFUSE): ImportState.REFUSED,
    (ImportState.CHECKING, ImportMove.STOP): ImportState.CANCELLED,
    (ImportState.CHECKED, ImportMove.RECHECK): ImportState.CHECKING,
    (ImportState.CHECKED, ImportMove.APPLY): ImportState.APPLYING,
    (ImportState.CHECKED, ImportMove.CANCEL): ImportState.CANCELLED,
    (ImportState.APPLYING, ImportMove.FINISH): ImportState.APPLIED,
    (ImportState.APPLYING, ImportMove.STOP): ImportState.CHECKED,
    (ImportState.APPLIED, ImportMove.UNDO): ImportState.UNDOING,
    (ImportState.UNDOING, ImportMove.FINISH): ImportState.UNDONE,
    (ImportState.UNDOING, ImportMove.STOP): ImportState.APPLIED,
    # The file and what it said are kept for a while only.
    (ImportState.CHECKED, ImportMove.EXPIRE): ImportState.CANCELLED,
    (ImportState.APPLIED, ImportMove.EXPIRE): ImportState.SETTLED,
    (ImportState.UNDONE, ImportMove.EXPIRE): ImportState.UNDONE,
    (ImportState.CANCELLED, ImportMove.EXPIRE): ImportState.CANCELLED,
    (ImportState.REFUSED, ImportMove.EXPIRE): ImportState.REFUSED,
}


class ExportState(StrEnum):
    WRITING = "writing"
    READY = "ready"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class ExportMove(StrEnum):
    FINISH = "finish"
    STOP = "stop"
    EXPIRE = "expire"


EXPORT_NAMES = {
    ExportState.WRITING: "正在导出",
    ExportState.READY: "可以下载",
    ExportState.CANCELLED: "已停止",
    ExportState.EXPIRED: "已过期",
}
EXPORT_MOVES = {
    (ExportState.WRITING, ExportMove.FINISH): ExportState.READY,
    (ExportState.WRITING, ExportMove.STOP): ExportState.CANCELLED,
    (ExportState.READY, ExportMove.EXPIRE): ExportState.EXPIRED,
}


class Outcome(StrEnum):
    """What has become of somebody on an enterprise's list."""

    FAULTY = "faulty"
    PENDING = "pending"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    NOT_FOUND = "not_found"
    ALREADY_HERE = "already_here"


class OutcomeMove(StrEnum):
    MEND = "mend"
    ACCEPT = "accept"
    RETURN = "return"
    MISS = "miss"
    FIND = "find"
    REOPEN = "reopen"
    UNDO = "undo"


OUTCOME_NAMES = {
    Outcome.FAULTY: "待更正",
    Outcome.PENDING: "待接收",
    Outcome.ACCEPTED: "已接收",
    Outcome.RETURNED: "已退回",
    Outcome.NOT_FOUND: "查无此人",
    Outcome.ALREADY_HERE: "已在册",
}
OUTCOME_MOVE_NAMES = {
    OutcomeMove.MEND: "更正",
    OutcomeMove.ACCEPT: "接收",
    OutcomeMove.RETURN: "退回",
    OutcomeMove.MISS: "查无此人",
    OutcomeMove.FIND: "认定已在册",
    OutcomeMove.REOPEN: "重新待接收",
    OutcomeMove.UNDO: "撤回接收",
}
# Who waits for an answer.
OPEN_OUTCOMES = (Outcome.FAULTY, Outcome.PENDING)
# Whoever is opened again goes back to 待更正 while anything still speaks against the line.
OUTCOME_MOVES = {
    (Outcome.FAULTY, OutcomeMove.MEND): Outcome.PENDING,
    (Outcome.FAULTY, OutcomeMove.FIND): Outcome.ALREADY_HERE,
    (Outcome.FAULTY, OutcomeMove.RETURN): Outcome.RETURNED,
    (Outcome.FAULTY, OutcomeMove.MISS): Outcome.NOT_FOUND,
    (Outcome.PENDING, OutcomeMove.MEND): Outcome.PENDING,
    (Outcome.PENDING, OutcomeMove.FIND): Outcome.ALREADY_HERE,
    (Outcome.PENDING, OutcomeMove.ACCEPT): Outcome.ACCEPTED,
    (Outcome.PENDING, OutcomeMove.RETURN): Outcome.RETURNED,
    (Outcome.PENDING, OutcomeMove.MISS): Outcome.NOT_FOUND,
    (Outcome.RETURNED, OutcomeMove.REOPEN): Outcome.PENDING,
    (Outcome.NOT_FOUND, OutcomeMove.REOPEN): Outcome.PENDING,
    (Outcome.ALREADY_HERE, OutcomeMove.REOPEN): Outcome.PENDING,
    (Outcome.ACCEPTED, OutcomeMove.UNDO): Outcome.PENDING,
}


def outcome_after(outcome: str, move: str) -> Outcome | None:
    """The outcome after `move`, or None when the move is not legal."""
    return OUTCOME_MOVES.get((Outcome(outcome), OutcomeMove(move)))
