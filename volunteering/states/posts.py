"""The legal moves of a claimed post (认领岗位), of a claim to it, and of a turn of its rota, as tables."""

from enum import StrEnum


class PostStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    OPEN = "open"
    FULL = "full"
    CLOSED = "closed"


class PostMove(StrEnum):
    PUBLISH = "publish"
    OPEN = "open"
    FILL = "fill"
    FREE = "free"
    CLOSE = "close"


POST_NAMES = {
    PostStatus.DRAFT: "草稿",
    PostStatus.PUBLISHED: "公示",
    PostStatus.OPEN: "招领",
    PostStatus.FULL: "满员",
    PostStatus.CLOSED: "结束",
}
POST_MOVE_NAMES = {
    PostMove.PUBLISH: "公示",
    PostMove.OPEN: "开始招领",
    PostMove.FILL: "满员",
    PostMove.FREE: "重新招领",
    PostMove.CLOSE: "结束",
}
POST_MOVES = {
    (PostStatus.DRAFT, PostMove.PUBLISH): PostStatus.PUBLISHED,
    (PostStatus.PUBLISHED, PostMove.OPEN): PostStatus.OPEN,
    (PostStatus.OPEN, PostMove.FILL): PostStatus.FULL,
    (PostStatus.FULL, PostMove.FREE): PostStatus.OPEN,
    **{(status, PostMove.CLOSE): PostStatus.CLOSED for status in PostStatus if status != PostStatus.CLOSED},
}


class ClaimStatus(StrEnum):
    APPLIED = "applied"
    INVITED = "invited"
    AGREED = "agreed"
    SERVING = "serving"
    LEFT = "left"
    EXPIRED = "expired"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ClaimMove(StrEnum):
    AGREE = "agree"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    TAKE_UP = "take_up"
    LEAVE = "leave"
    EXPIRE = "expire"


CLAIM_NAMES = {
    ClaimStatus.APPLIED: "申请",
    ClaimStatus.INVITED: "邀请",
    ClaimStatus.AGREED: "同意",
    ClaimStatus.SERVING: "在岗",
    ClaimStatus.LEFT: "退出",
    ClaimStatus.EXPIRED: "期满",
    ClaimStatus.DECLINED: "未同意",
    ClaimStatus.WITHDRAWN: "撤回",
}
CLAIM_MOVE_NAMES = {
    ClaimMove.AGREE: "同意",
    ClaimMove.DECLINE: "不同意",
    ClaimMove.WITHDRAW: "撤回",
    ClaimMove.TAKE_UP: "到岗",
    ClaimMove.LEAVE: "退出",
    ClaimMove.EXPIRE: "期满",
}
# One side has spoken, and the other not yet.
PENDING_CLAIMS = (ClaimStatus.APPLIED, ClaimStatus.INVITED)
# These take a seat.
SEATED = (ClaimStatus.AGREED, ClaimStatus.SERVING)
CLAIM_MOVES = {
    **{(status, ClaimMove.AGREE): ClaimStatus.AGREED for status in PENDING_CLAIMS},
    **{(status, ClaimMove.DECLINE): ClaimStatus.DECLINED for status in PENDING_CLAIMS},
    **{(status, ClaimMove.WITHDRAW): ClaimStatus.WITHDRAWN for status in PENDING_CLAIMS},
    (ClaimStatus.AGREED, ClaimMove.TAKE_UP): ClaimStatus.SERVING,
    **{(status, ClaimMove.LEAVE): ClaimStatus.LEFT for status in SEATED},
    **{(status, ClaimMove.EXPIRE): ClaimStatus.EXPIRED for status in SEATED},
}


class TurnStatus(StrEnum):
    PLANNED = "planned"
    ASKED = "asked"
    DONE = "done"
    MISSED = "missed"
    CANCELLED = "cancelled"


class TurnMove(StrEnum):
    ASK = "ask"
    AGREE = "agree"
    DECLINE = "decline"
    FINISH = "finish"
    MISS = "miss"
    CANCEL = "cancel"
    HAND = "hand"


TURN_NAMES = {
    TurnStatus.PLANNED: "待值",
    TurnStatus.ASKED: "待换班",
    TurnStatus.DONE: "已值",
    TurnStatus.MISSED: "未值",
    TurnStatus.CANCELLED: "取消",
}
TURN_MOVE_NAMES = {
    TurnMove.ASK: "请求换班",
    TurnMove.AGREE: "同意换班",
    TurnMove.DECLINE: "不换",
    TurnMove.FINISH: "值班完毕",
    TurnMove.MISS: "未值",
    TurnMove.CANCEL: "取消",
    TurnMove.HAND: "交给他人",
}
# Somebody is still to stand in for it.
UPCOMING = (TurnStatus.PLANNED, TurnStatus.ASKED)
TURN_MOVES = {
    (TurnStatus.PLANNED, TurnMove.ASK): TurnStatus.ASKED,
    (TurnStatus.ASKED, TurnMove.AGREE): TurnStatus.PLANNED,
    (TurnStatus.ASKED, TurnMove.DECLINE): TurnStatus.PLANNED,
    # A swap that nobody answered in time is no swap.
    **{(status, TurnMove.FINISH): TurnStatus.DONE for status in UPCOMING},
    **{(status, TurnMove.MISS): TurnStatus.MISSED for status in UPCOMING},
    **{(status, TurnMove.CANCEL): TurnStatus.CANCELLED for status in UPCOMING},
    **{(status, TurnMove.HAND): TurnStatus.PLANNED for status in UPCOMING},
}
