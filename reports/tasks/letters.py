"""Tasks about transfers: letters to send, letters that run out, people to receive and to place, receipts."""

from dataclasses import replace

from django.db.models import Q
from django.urls import reverse

from members.models import Transfer
from members.states import Route, TransferState
from reports.tasks.sources import AHEAD, Task, TaskSource

PROPOSES = "members.propose_transfer"
ISSUES, RECEIVES, PLACES = "members.issue_transfer", "members.receive_transfer", "members.accept_transfer"
# What the lines read; what is sealed stays in the database.
READ = ("name", "route", "state", "from_outside", "to_outside", "destination", "received_on", "accepted_on")


def _open():
    rows = Transfer.objects.select_related("letter", "from_branch", "to_branch", "to_unit")
    return rows.only(*READ, "letter", "from_branch", "to_branch", "to_unit")


def _task(transfer, kind, words, asking, due_on):
    return Task(
        kind=kind,
        about=transfer.name,
        words=f"{words}，{asking.counted_days(due_on)}",
        url=reverse("admin:members_transfer_change", args=[transfer.pk]),
        due_on=due_on,
        place=f"{transfer.comes_from} → {transfer.goes_to}",
        level=asking.level("letter", due_on),
    )


def _sent(asking, scope):
    """Letters of ours that nobody received: they run out in these days, or ran out."""
    waiting = _open().sent_from(scope).filter(state=TransferState.ISSUED)
    for transfer in waiting.filter(letter__valid_until__lte=asking.until("letter.lead")):
        until = transfer.letter.valid_until
        expired = until < asking.on
        kind, words = ("stranded", "介绍信过期，组织关系挂空") if expired else ("letter", "介绍信将到期")
        yield _task(transfer, kind, f"{words}（有效期至 {until}）", asking, until)


def _only(find, kind):
    """The tasks of one kind among those that `find` finds."""
    return lambda asking, scope: [task for task in find(asking, scope) if task.kind == kind]


def _to_send(asking, scope):
    """What we began and is not on its way: also a letter that came back or was lost."""
    for transfer in _open().to_send(scope).with_last_step():
        begun_on = transfer.last_step_on
        words = f"{transfer.get_state_display()}（{begun_on} 起），待转出"
        task = _task(transfer, "send", words, asking, begun_on)
        fresh = transfer.state in (TransferState.DRAFT, TransferState.AGREED)
        yield replace(task, level=AHEAD) if fresh else task


def _to_agree(asking, scope):
    """Drafts that wait for the word of a branch: who sends them is told of them as what is to be sent."""
    sends = _open().to_send(asking.scope(ISSUES))
    waiting = _open().to_send(scope).filter(state=TransferState.DRAFT).exclude(pk__in=sends.values("pk"))
    for transfer in waiting.with_last_step():
        begun_on = transfer.last_step_on
        task = _task(transfer, "agree", f"{begun_on} 起草，待支部同意", asking, begun_on)
        yield replace(task, level=AHEAD)


def _to_receive(asking, scope):
    for transfer in _open().to_receive(scope, on=asking.on):
        until = transfer.letter.valid_until
        words = "介绍信已过期，请退回或请对方另开" if until < asking.on else "介绍信待接收"
        yield _task(transfer, "receive", f"{words}（有效期至 {until}）", asking, until)


def _to_place(asking, scope):
    for transfer in _open().to_place(scope).with_last_step():
        if transfer.route == Route.WITHIN:
            begun_on = transfer.last_step_on
            task = _task(transfer, "place", f"{begun_on} 提出，待编入支部", asking, begun_on)
            yield replace(task, level=AHEAD)
            continue
        until = max(transfer.letter.valid_until, transfer.received_on)
        yield _task(transfer, "place", f"{transfer.received_on} 接收，待编入支部", asking, until)


def _receipts(asking, scope):
    """Receipts that should have been back: from outside, or to be sent by us."""
    sends = asking.scope(RECEIVES)
    ours = Q(pk__in=_open().sent_from(scope).filter(route=Route.OUT).values("pk"))
    theirs = Q(pk__in=_open().sent_to(sends).filter(state=TransferState.ACCEPTED).values("pk"))
    for transfer in _open().receipt_owed().filter(ours | theirs):
        due_on = transfer.receipt_due_on
        if due_on <= asking.on:
            yield _task(transfer, "receipt", f"回执应于 {due_on} 前办结", asking, due_on)


AGREE = TaskSource("agree", "待支部同意", PROPOSES, _to_agree)
SEND = TaskSource("send", "待转出", ISSUES, _to_send)
LETTER = TaskSource("letter", "介绍信将到期", ISSUES, _only(_sent, "letter"))
STRANDED = TaskSource("stranded", "介绍信过期（挂空）", ISSUES, _only(_sent, "stranded"))
RECEIVE = TaskSource("receive", "待接收", RECEIVES, _to_receive)
PLACE = TaskSource("place", "待编入支部", PLACES, _to_place)
RECEIPT = TaskSource("receipt", "回执未回", ISSUES, _receipts)
