"""The verb that takes back the last step of a transfer while nothing later rests on it."""

from django.db import transaction

from core.audit import record
from core.changes import check, locked
from core.voiding import StillNeeded, reason_given, void
from members.models import TransferStep
from members.obligations import Leaving
from members.operations.locks import lock_branches_of
from members.operations.obligations import open_obligations
from members.operations.transfers.steps import (
    DONE,
    Doing,
    TransferRule,
    changed_by,
    locked_transfer,
    place_of,
    refuse_stale,
)
from members.operations.undoing.registrations import undo_registration
from members.operations.undoing.resting import refuse_dissolved
from members.operations.undoing.resuming import (
    TakenBack,
    ended_at,
    not_resumed,
    resume,
    stays_closed,
)
from members.states import Route, TransferMove

BEGINNINGS = (TransferMove.DRAFT, TransferMove.RECORD)
# The steps by which her relation moved.
SETTLING = {
    *((TransferMove.ACCEPT, route) for route in (Route.WITHIN, Route.BETWEEN, Route.IN)),
    (TransferMove.CLOSE, Route.OUT),
}


def last_step(transfer) -> TransferStep | None:
    """The step that could be taken back: the last one that stands, if it is not the beginning."""
    step = transfer.steps.standing().exclude(move=TransferMove.UNDO).last()
    return None if step is None or step.move in BEGINNINGS else step


@transaction.atomic
def undo_step(*, transfer, reason, by, today, version=None) -> TakenBack:
    """Take back the last step as if it had not been done, and keep both on record.

    What ended with it goes on, or is given in words if it stays so. Raise StillNeeded naming what rests on
    it: a later relation, an event of the standing, another transfer.
    """
    transfer = locked_transfer(transfer)
    refuse_stale(transfer, version)
    reason = reason_given(reason)
    step = _to_take_back(transfer)
    settled = (step.move, transfer.route) in SETTLING
    stays = []
    if settled:
        _refuse_later(transfer)
        stays = _resume(transfer) + stays_closed(step.settled)
    note = f"撤回“{DONE[step.move]}”：{reason}{not_resumed(stays)}"
    member, membership, letter = transfer.member, transfer.membership, transfer.letter
    step.undone = True
    step.save(update_fields=["undone"])
    changed_by(transfer, Doing(TransferMove.UNDO, today, by, note), _as_before(transfer, step))
    why = {"by": by, "reason": note, "place": place_of(transfer)}
    if settled:
        _give_back(member, membership, why, reopen=transfer.route != Route.IN)
    if step.move in (TransferMove.ISSUE, TransferMove.REISSUE):
        void(letter, verb="letter.voided", **why)
    return TakenBack(transfer, stays)


def _to_take_back(transfer) -> TransferStep:
    step = last_step(transfer)
    if step is None:
        raise TransferRule(f"“{transfer}”的转接没有可以撤回的步骤；不再办理请“撤销转接”")
    _refuse_another(transfer, step)
    return step


def _give_back(member, membership, why, *, reopen):
    """The relation that the step began goes, and the one that it ended stands again."""
    if membership and _her_only(membership):
        undo_registration(member=member, reason=why["reason"], by=why["by"])
    elif membership:
        void(membership, verb="membership.voided", **why)
    if reopen:
        _reopen(member)
    record("transfer.undo", member, fields=["branch"], **why)


def _her_only(membership) -> bool:
    """Whether the registration came with the relation, and so goes with it."""
    return not membership.member.memberships.exclude(pk=membership.pk).exists()


def _resume(transfer) -> list[str]:
    """What ended with her old relation goes on; what does not, in words."""
    member, on = transfer.member, transfer.accepted_on
    lock_branches_of(member)
    old = member.memberships.filter(until=on).first()
    return resume(member, on=on, moment=ended_at(old)) if old else []


def _as_before(transfer, step) -> dict:
    """The columns as they stood before the step."""
    values = {}
    for name, (old, _) in step.changed.items():
        column = next(each for each in transfer._meta.fields if each.attname == name)
        values[name] = column.to_python(old)
    return values


def _refuse_another(transfer, step):
    """A step back makes the transfer open again; the member must not have another one."""
    if transfer.is_open or transfer.member is None:
        return
    other = transfer.member.transfers.open().exclude(pk=transfer.pk).first()
    if other:
        raise StillNeeded(
            f"{transfer} 另有一项未办结的转接（{other.get_state_display()}），不能撤回“{DONE[step.move]}”"
        )
    if step.move == TransferMove.CANCEL and not _stands_where_it_began(transfer):
        raise StillNeeded(f"{transfer} 的组织关系已不在“{transfer.from_branch}”，不能撤回“{DONE[step.move]}”")


def _stands_where_it_began(transfer) -> bool:
    return transfer.member.memberships.in_force().filter(branch=transfer.from_branch).exists()


def _refuse_later(transfer):
    later = _later(transfer) or _ended(transfer)
    if later:
        raise StillNeeded(f"{transfer} 之后还有{'、'.join(later)}，请先撤回")


def _later(transfer) -> list[str]:
    """Everything that came after she was accepted and rests on it, in words."""
    member, on = transfer.member, transfer.accepted_on
    later = [
        f"{each.since} 起在“{each.branch}”的组织关系"
        for each in member.memberships.filter(since__gte=on).exclude(pk=transfer.membership_id)
    ]
    later += [
        f"{each.on} 的党籍变动（{each.get_move_display()}）"
        for each in member.standing_events.filter(on__gte=on).order_by("on")
    ]
    # Who came from outside is in no branch again, where nothing may be kept.
    leaving = Leaving.TRANSFER_OUT if transfer.route == Route.IN else Leaving.TRANSFER
    opened = open_obligations(member, on=on, leaving=leaving)
    return later + [each.words for each in opened if not each.keepable]


def _ended(transfer) -> list[str]:
    """That the relation which the transfer began has ended, if nothing else tells it."""
    begun = transfer.membership
    if begun is None or begun.until is None:
        return []
    return [f"在“{begun.branch}”组织关系的终止（{begun.until} {begun.get_ended_by_display()}）"]


def _reopen(member):
    """Her last relation stands again, as if it had not ended."""
    old = member.memberships.select_for_update(of=("self",)).order_by("-since").first()
    refuse_dissolved(locked(old.branch), old.group and locked(old.group), since=old.until)
    old.until, old.ended_by, old.ended_document = None, "", ""
    old.version += 1
    check(old)
    old.save()
