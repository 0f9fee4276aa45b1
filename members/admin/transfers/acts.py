"""The steps of a transfer as pages, offered to the side and the role that may do them."""

from functools import partial

from branches.admin.forms import UndoForm
from branches.gates import Act, scope_for
from core import clock
from members import gates
from members.admin.acts import what_stays
from members.admin.transfers.forms import (
    AcceptForm,
    AgreeForm,
    CancelForm,
    LetterForm,
    NotedForm,
    ReceiveForm,
    ReturnForm,
    close_form,
)
from members.operations import transfers as doing
from members.states import (
    TRANSFER_MOVE_NAMES,
    TRANSFER_STATE_NAMES,
    TransferMove,
    TransferState,
    transfer_after,
)


def _accept(*, transfer, values, request, **who):
    settle = values.get("settle", ())
    scope = scope_for(request.user, gates.ACCEPT)
    into = doing.Acceptance(values["branch"], values["on"], values["group"], scope, settle)
    return doing.accept_transfer(transfer=transfer, into=into, **who)


def _return(*, transfer, values, request, **who):
    return doing.return_letter(transfer=transfer, back=doing.SentBack(**values), **who)


def _close(*, transfer, values, request, **who):
    return doing.close_transfer(transfer=transfer, answer=doing.Receipt(**values), **who)


def plainly(operation):
    """An operation that takes what was filled in as it stands."""

    def do(*, transfer, values, request, **who):
        return operation(transfer=transfer, **values, **who)

    return do


def is_legal(transfer, *, move) -> bool:
    """Whether the transfer allows the step as it stands today."""
    if move == TransferMove.UNDO:
        return doing.last_step(transfer) is not None
    if transfer_after(transfer.route, transfer.state, move) is None:
        return False
    expired = transfer.state_on(clock.today()) == TransferState.EXPIRED
    # A valid letter is not replaced.
    return move != TransferMove.REISSUE or expired or transfer.state == TransferState.LOST


NOTES = {
    TransferMove.AGREE: "支部已讨论同意转出。被退回的，可在这里改写去向后重新办理。",
    TransferMove.ISSUE: "开具后介绍信即可打印，接收单位同时看到；在对方编入支部以前，仍由原支部管理和计数。",
    TransferMove.REISSUE: "原介绍信已过期或遗失，由新的代替；过期的须有党支部证明和本人申请。",
    TransferMove.RECEIVE: "介绍信在有效期内才能接收；当时已收到、现在补登的，写实际接收的日期。"
    "接收后编入党支部，组织关系才转过来。",
    TransferMove.ACCEPT: "编入后组织关系当天落到新的党支部，原支部同日减少；名下的未了事项一并了结。",
    TransferMove.CLOSE: "接收单位应在编入后一个月内寄出回执；回执贴在存根上备查。",
    TransferMove.RETURN: "不得无故拒转拒接；退回须写明原因，党员仍由转出单位管理和计数。",
    TransferMove.LOSE: "登记后原介绍信作废，可重新开具，并告知接收单位。",
    TransferMove.CANCEL: "在对方接收以前可以撤销；已开具的介绍信作废，应收回。",
    TransferMove.UNDO: "只用于点错、填错：上一步如同没有办理，记录仍保留。之后已有其他事项的，须先撤回那些。",
}
STEPS = {
    TransferMove.AGREE: (AgreeForm, plainly(doing.agree_transfer), "thumb_up"),
    TransferMove.ISSUE: (LetterForm, plainly(doing.issue_letter), "mail"),
    TransferMove.REISSUE: (LetterForm, plainly(doing.reissue_letter), "forward_to_inbox"),
    TransferMove.RECEIVE: (ReceiveForm, plainly(doing.receive_letter), "move_to_inbox"),
    TransferMove.ACCEPT: (AcceptForm, _accept, "how_to_reg"),
    TransferMove.CLOSE: (close_form, _close, "mark_email_read"),
    TransferMove.RETURN: (ReturnForm, _return, "undo"),
    TransferMove.LOSE: (NotedForm, plainly(doing.lose_letter), "report"),
    TransferMove.CANCEL: (CancelForm, plainly(doing.cancel_transfer), "cancel"),
    TransferMove.UNDO: (UndoForm, plainly(doing.undo_step), "settings_backup_restore"),
}
ASIDE = {TransferMove.RETURN, TransferMove.LOSE, TransferMove.CANCEL, TransferMove.UNDO}


def _perform(transfer, values, request, *, move, do):
    who = {"by": request.user, "today": clock.today(), "version": values.pop("version")}
    done = do(transfer=transfer, values=values, request=request, **who)
    row, stays = (done.row, done.stays) if move == TransferMove.UNDO else (done, [])
    state = TRANSFER_STATE_NAMES[TransferState(row.state)]
    return f"“{row}”：{TRANSFER_MOVE_NAMES[move]}，现为“{state}”{what_stays(stays)}"


def _act(move, form, do, icon):
    return Act(
        str(move),
        TRANSFER_MOVE_NAMES[move],
        form,
        partial(gates.verb_of, move),
        partial(_perform, move=move, do=do),
        icon=icon,
        offered=partial(is_legal, move=move),
        note=NOTES[move],
        aside=move in ASIDE,
    )


ACTS = [_act(move, *step) for move, step in STEPS.items()]
