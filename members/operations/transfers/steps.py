"""What every step of a transfer does: lock, refuse, set, write the step down."""

from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from core.audit import record
from core.changes import check, locked
from core.errors import DomainError, InvalidValue, StaleVersion
from core.models import User
from members.models import Membership, Transfer, TransferStep
from members.states import TRANSFER_MOVE_NAMES, TransferMove, transfer_after

# How a step is told to whoever comes too late.
DONE = {
    TransferMove.DRAFT: "起草",
    TransferMove.RECORD: "登记",
    TransferMove.AGREE: "同意",
    TransferMove.ISSUE: "开具介绍信",
    TransferMove.RECEIVE: "接收",
    TransferMove.ACCEPT: "编入支部",
    TransferMove.CLOSE: "登记回执",
    TransferMove.RETURN: "退回",
    TransferMove.REISSUE: "重新开具介绍信",
    TransferMove.LOSE: "登记遗失",
    TransferMove.CANCEL: "撤销",
    TransferMove.UNDO: "撤回上一步",
}


class TransferRule(DomainError):
    """A step that the transfer, as it stands, does not allow."""

    code = "transfer_rule"


def locked_transfer(transfer) -> Transfer:
    """The transfer as it is now, locked, and the member before it, as everywhere."""
    if transfer.member_id:
        locked(transfer.member)
    return locked(transfer)


def opened(transfer, move, version) -> Transfer:
    """The transfer, locked for a step. Whoever comes too late is told who did what, and when."""
    transfer = locked_transfer(transfer)
    if transfer_after(transfer.route, transfer.state, move) is None:
        raise TransferRule(f"{_as_it_stands(transfer)}，不能再“{TRANSFER_MOVE_NAMES[move]}”")
    refuse_stale(transfer, version)
    return transfer


def refuse_stale(transfer, version):
    """Refuse if the transfer is not in the version that the person saw."""
    if version is not None and transfer.version != int(version):
        raise StaleVersion(f"{_as_it_stands(transfer)}，请重新打开此页再办理")


def _as_it_stands(transfer) -> str:
    state = transfer.get_state_display()
    step = transfer.steps.select_related("by").last()
    moment = timezone.localtime(step.at)
    who = step.by or "系统"
    return f"“{transfer}”的转接已由 {who} 于 {moment:%Y-%m-%d %H:%M} {DONE[step.move]}，现为“{state}”"


def standing_relation(transfer) -> Membership:
    """Her relation with the sending branch, locked; TransferRule if it does not stand any more."""
    found = transfer.member.memberships.in_force().select_for_update(of=("self",)).first()
    if found is None or found.branch_id != transfer.from_branch_id:
        raise TransferRule(f"{transfer} 的组织关系已不在“{transfer.from_branch}”，请退回或撤销本次转接")
    return found


@dataclass(frozen=True)
class Doing:
    """A step as it is done: which, on which day, by whom, with what words, and what was settled with it."""

    move: str
    on: date
    by: User | None
    note: str = ""
    settled: list[dict] = field(default_factory=list)


def begun(transfer, doing) -> Transfer:
    """Write a new transfer and its first step."""
    check(transfer, constraints=False)
    transfer.save()
    _write_down(transfer, doing, before="", changed={})
    return transfer


def taken(transfer, doing, values) -> Transfer:
    """Set the values and the state that the move leads to, as the next version, and write the step down."""
    after = transfer_after(transfer.route, transfer.state, doing.move)
    return changed_by(transfer, doing, {**values, "state": after})


def changed_by(transfer, doing, values) -> Transfer:
    """Set the values as the next version and write the step down."""
    before = transfer.state
    changed = {}
    for name, value in values.items():
        column = transfer._meta.get_field(name).attname
        old = getattr(transfer, column)
        setattr(transfer, name, value)
        changed[column] = [plain(old), plain(getattr(transfer, column))]
    transfer.version += 1
    check(transfer, constraints=False)
    transfer.save()
    _write_down(transfer, doing, before=before, changed=changed)
    return transfer


def plain(value):
    """A value as JSON has it."""
    return value.isoformat() if isinstance(value, date) else value


def _write_down(transfer, doing, *, before, changed):
    told = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
    TransferStep.objects.create(
        transfer=transfer, before=before, after=transfer.state, changed=told, **vars(doing)
    )
    why = {"reason": doing.note, "place": place_of(transfer)}
    record(f"transfer.{doing.move}", transfer, by=doing.by, fields=told, **why)


def place_of(transfer) -> str:
    """Where the audit entry belongs: with the sender, or with the receiver of somebody from outside."""
    return transfer.from_branch.path if transfer.from_branch else transfer.to_unit.path


def not_before(day, earliest, *, field, label, after):
    """Refuse a day before that of an earlier step."""
    if earliest and day < earliest:
        raise InvalidValue(f"{label} {day} 早于{after} {earliest}", field=field)
