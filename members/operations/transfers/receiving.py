"""Verbs at the receiver's: receive the letter, place the member in a branch, send it back, the receipt."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from branches.models import Branch, Unit
from branches.scope import NOWHERE, Scope
from core.audit import record
from core.changes import not_after
from core.errors import InvalidValue, refuse_all
from members.models import Membership, ReturnReason, RosterIn, RosterOut
from members.obligations import Leaving, Settlement
from members.operations.arrivals import Admission, admit
from members.operations.locks import lock_branches_of
from members.operations.memberships import Entry, begin, end, entry_complaints
from members.operations.obligations import locked_people, settle_obligations
from members.operations.transfers.drafting import committee_complaints
from members.operations.transfers.steps import (
    Doing,
    TransferRule,
    not_before,
    opened,
    place_of,
    standing_relation,
    taken,
)
from members.states import Route, TransferMove


@dataclass(frozen=True)
class Acceptance:
    """Into which branch and group she comes, from which day.

    `scope` is where the receiver may enrol people: somebody from outside who is known there is enrolled.
    """

    branch: Branch
    on: date
    group: Branch | None = None
    scope: Scope = NOWHERE
    # What becomes of each thing that hangs on her.
    settle: tuple[Settlement, ...] = ()


@dataclass(frozen=True)
class SentBack:
    """For which of the listed reasons a letter goes back, on which day."""

    reason: str
    on: date
    note: str = ""


@dataclass(frozen=True)
class Receipt:
    """The receipt: its day, and from outside the district the day of acceptance there."""

    receipt_on: date
    accepted_on: date | None = None
    settle: tuple[Settlement, ...] = ()


@transaction.atomic
def receive_letter(*, transfer, on, by, today, branch=None, version=None):
    """The addressed committee has the letter in its days; `branch`: where it means to place her, if known."""
    transfer = opened(transfer, TransferMove.RECEIVE, version)
    not_after(on, today, field="on", label="接收日期")
    letter = transfer.letter
    not_before(on, letter.issued_on, field="on", label="接收日期", after="开具日期")
    if on > letter.valid_until:
        words = f"介绍信有效期至 {letter.valid_until}，已经过期，不能接收；请退回，由转出单位重新开具"
        raise InvalidValue(words, field="on")
    values = {"received_on": on}
    if branch is not None:
        refuse_all(committee_complaints(branch, transfer.to_unit))
        values["to_branch"] = branch
    return taken(transfer, Doing(TransferMove.RECEIVE, on, by), values)


@transaction.atomic
def accept_transfer(*, transfer, into, by, today, version=None):
    """Place her in a branch: her relation with the old one ends and the new one begins on the same day.

    Until now the sender counted her. Raise TransferRule, InvalidValue, ObligationsOpen, or what speaks
    against the branch.
    """
    _lock_people(transfer, into.settle)
    transfer = opened(transfer, TransferMove.ACCEPT, version)
    _lock_branches(transfer, into.branch, into.group)
    not_after(into.on, today, field="on", label="编入日期")
    not_before(into.on, transfer.received_on, field="on", label="编入日期", after="接收日期")
    refuse_all(committee_complaints(into.branch, transfer.to_unit))
    _refuse_without_letter(transfer)
    if into.branch == transfer.from_branch:
        raise InvalidValue(f"已在“{into.branch}”，不需要转接", field="branch")
    document = transfer.letter.number if transfer.letter else ""
    entry = Entry(into.branch, into.on, RosterIn.TRANSFER_IN, into.group, document)
    if transfer.route == Route.IN:
        begun, settled = _admitted(transfer, entry, into.scope, by, today), []
    else:
        begun, settled = _moved(transfer, entry, into.settle, by=by, today=today)
    values = {
        "member": begun.member,
        "membership": begun,
        "to_branch": into.branch,
        "to_group": into.group,
        "accepted_on": into.on,
    }
    taken(transfer, Doing(TransferMove.ACCEPT, into.on, by, settled=settled), values)
    record("transfer.accept", begun.member, by=by, fields=["branch"], place=into.branch.path)
    return transfer


def _refuse_without_letter(transfer):
    """Within a committee there is no letter: refuse when the sending branch has come under another since."""
    if transfer.route != Route.WITHIN:
        return
    own = Unit.objects.committee_over(transfer.from_branch.path)
    if own != transfer.to_unit:
        words = f"“{transfer.from_branch}”现属于{own}，转到{transfer.to_unit}须开具介绍信，请撤销后重新起草"
        raise TransferRule(words)


@transaction.atomic
def return_letter(*, transfer, back, by, today, version=None):
    """Send the letter back for a listed reason (A.25). The sender still counts her."""
    transfer = opened(transfer, TransferMove.RETURN, version)
    note = back.note.strip()
    not_after(back.on, today, field="on", label="退回日期")
    not_before(back.on, transfer.letter.issued_on, field="on", label="退回日期", after="开具日期")
    not_before(back.on, transfer.received_on, field="on", label="退回日期", after="收到日期")
    if back.reason not in ReturnReason.values:
        raise InvalidValue(f"退回原因须是：{'、'.join(ReturnReason.labels)}", field="reason")
    if back.reason == ReturnReason.OTHER and not note:
        raise InvalidValue("原因为“其他”时须写明说明", field="note")
    values = {"return_reason": back.reason, "return_note": note}
    return taken(transfer, Doing(TransferMove.RETURN, back.on, by, note), values)


@transaction.atomic
def close_transfer(*, transfer, answer, by, today, version=None):
    """The receipt has been sent, or has come back.

    Out of the district it says on which day she was accepted there: on that day her relation here ends.
    """
    _lock_people(transfer, answer.settle)
    transfer = opened(transfer, TransferMove.CLOSE, version)
    on = answer.receipt_on
    not_after(on, today, field="receipt_on", label="回执日期")
    if (transfer.route == Route.OUT) != (answer.accepted_on is not None):
        raise InvalidValue("转出区外的须填写对方接收日期，其他的不填", field="accepted_on")
    if transfer.route != Route.OUT:
        not_before(on, transfer.accepted_on, field="receipt_on", label="回执日期", after="编入日期")
        return taken(transfer, Doing(TransferMove.CLOSE, on, by), {"receipt_on": on})
    settled = _ended_here(transfer, answer, by=by, today=today)
    values = {"accepted_on": answer.accepted_on, "receipt_on": on}
    taken(transfer, Doing(TransferMove.CLOSE, on, by, settled=settled), values)
    record("transfer.close", transfer.member, by=by, fields=["branch"], place=place_of(transfer))
    return transfer


def _ended_here(transfer, answer, **who) -> list[dict]:
    """Her relation ends on the day on which she was accepted outside; give what was settled with it."""
    on, letter = answer.accepted_on, transfer.letter
    not_before(on, letter.issued_on, field="accepted_on", label="对方接收日期", after="开具日期")
    not_before(answer.receipt_on, on, field="receipt_on", label="回执日期", after="对方接收日期")
    leaving = {"settlements": answer.settle, "on": on, "leaving": Leaving.TRANSFER_OUT}
    _lock_branches(transfer)
    settled = settle_obligations(member=transfer.member, **leaving, **who)
    end(standing_relation(transfer), on=on, ended_by=RosterOut.TRANSFER_OUT, document=letter.number)
    return settled


def _lock_people(transfer, settlements):
    # Who takes something over is locked with her, in one order; who comes from outside holds nothing here.
    if transfer.member_id:
        locked_people(transfer.member, settlements)


def _lock_branches(transfer, *others):
    # Those she leaves with her posts, and the new one: two who change places must not wait in a ring.
    if transfer.member_id:
        lock_branches_of(transfer.member, *others)


def _moved(transfer, entry, settlements, **who) -> tuple[Membership, list[dict]]:
    """Her relation moves; give the new one, and what hung on her and is settled."""
    old, member = standing_relation(transfer), transfer.member
    refuse_all(entry_complaints(entry, who["today"]))
    settled = settle_obligations(
        member=member, settlements=settlements, on=entry.since, leaving=Leaving.TRANSFER, **who
    )
    end(old, on=entry.since, ended_by=RosterOut.TRANSFER_OUT, document=entry.document)
    return begin(member, entry, who["today"]), settled


def _admitted(transfer, entry, scope, by, today) -> Membership:
    member = admit(admission=Admission(transfer, entry), scope=scope, by=by, today=today)
    return member.memberships.in_force().get()
