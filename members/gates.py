"""What the doors share: who may do which step of a transfer, how much of an ID number is shown, and to whom
is told whose it is."""

from contextlib import contextmanager

from branches.gates import may, scope_for
from core import clock
from core.identity import parse_id_number
from core.privacy import last_four
from members.models import Member, Transfer, id_index
from members.models.transfer import BEFORE_THE_LETTER
from members.operations.people import IdNumberTaken
from members.operations.transfers import last_step
from members.states import STANDING_NAMES, TRANSFER_MOVES, Route, Standing, TransferMove

MOST_NAMESAKES = 3
PROPOSE, ISSUE = "members.propose_transfer", "members.issue_transfer"
RECEIVE, ACCEPT = "members.receive_transfer", "members.accept_transfer"
# What these allow is asked of the branch she leaves; the others of the committee or branch that takes her.
SENDING = (PROPOSE, ISSUE)
VERBS = {
    TransferMove.AGREE: PROPOSE,
    TransferMove.ISSUE: ISSUE,
    TransferMove.REISSUE: ISSUE,
    TransferMove.LOSE: ISSUE,
    TransferMove.CANCEL: ISSUE,
    TransferMove.RECEIVE: RECEIVE,
    TransferMove.RETURN: RECEIVE,
    TransferMove.CLOSE: RECEIVE,
    TransferMove.ACCEPT: ACCEPT,
    # Of nothing: who may begin may ask.
    TransferMove.UNDO: PROPOSE,
}


def verb_of(move: str, transfer) -> str:
    """The verb that a step asks for; to take a step back asks the same as to do it."""
    step = last_step(transfer) if move == TransferMove.UNDO else None
    move, state = (step.move, step.before) if step else (move, transfer.state)
    if move == TransferMove.CANCEL:
        return _verb_to_withdraw(transfer.route, state)
    verb = VERBS[TransferMove(move)]
    # Nobody of ours is at the other end: who sent the letter writes down what became of it.
    return ISSUE if transfer.route == Route.OUT and verb == RECEIVE else verb


def _verb_to_withdraw(route, state) -> str:
    if route == Route.IN:
        return RECEIVE
    return PROPOSE if state in BEFORE_THE_LETTER else ISSUE


def may_do(user, verb: str, transfer) -> bool:
    """Whether the account has the verb on the side of the transfer to which it belongs."""
    scope, row = scope_for(user, verb), Transfer.objects.filter(pk=transfer.pk)
    return (row.sent_from(scope) if verb in SENDING else row.sent_to(scope)).exists()


def may_step(user, move: str, transfer) -> bool:
    """Whether the account may do the step to this transfer."""
    return may_do(user, verb_of(move, transfer), transfer)


def comes_untimely(user, move: str, transfer) -> bool:
    """Whether the step is not legal as the transfer stands, and the account could do it in its right state.

    Then how the transfer stands is for the operation to say: to whom it is addressed is a side of it already,
    though the letter is not yet on its way there.
    """
    verb = verb_of(move, transfer)
    if verb in SENDING or move in _legal(transfer):
        return False
    scope, addressed = scope_for(user, verb), (transfer.to_unit, transfer.to_branch)
    return any(place is not None and scope.covers(place.path) for place in addressed)


def steps_open(user, transfer) -> list[str]:
    """The steps that the transfer allows as it stands and that the account may do."""
    asked = {move: verb_of(move, transfer) for move in _legal(transfer)}
    held = {verb for verb in set(asked.values()) if may_do(user, verb, transfer)}
    return [str(move) for move in TransferMove if asked.get(move) in held]


def phone_shown(user, transfer) -> str:
    """The phone on the letter: whole for who has a step to do or keeps her contacts, else its last four."""
    keeps = transfer.member is not None and may(user, "members.change_contact", transfer.member)
    return transfer.phone if keeps or steps_open(user, transfer) else last_four(transfer.phone)


def _legal(transfer) -> list[TransferMove]:
    moves = TRANSFER_MOVES[Route(transfer.route)]
    legal = [move for state, move in moves if state == transfer.state]
    return [*legal, TransferMove.UNDO] if last_step(transfer) else legal


def letter_id_shown(user, transfer) -> str:
    """As `id_shown`: the last four for who may see whole numbers on a side of the letter that he sees.

    The paper bears the whole number, as its form asks, and is printed whole only by who issues it and while
    it is on its way; everywhere else her birth date or age stands beside it.
    """
    scope = scope_for(user, "members.reveal_id_number")
    revealed = Transfer.objects.filter(pk=transfer.pk).visible_in(scope).exists()
    return _known(transfer.id_last4, revealed=revealed)


def id_shown(user, last4, *, path, branch) -> str:
    """What `masked_for` tells of one person."""
    return masked_for(user)(last4, path, branch)


def masked_for(user):
    """What the account may be told of ID numbers, as a call with the last four, and her path and branch.

    The last four for who may see the whole number of this person, for others that there is one: a birth date
    stands beside it, and with a guess at the region the two would make the whole number.
    """
    scope = scope_for(user, "members.reveal_id_number")
    return lambda last4, path, branch: _known(last4, revealed=scope.reaches(path, branch))


def _known(last4, *, revealed) -> str:
    if revealed:
        return last_four(last4)
    return "已登记" if last4 else ""


def namesakes_seen(member, *, user) -> list[str]:
    """Whom the account may see and who may be the same person, entered before; in words, a few of them."""
    seen = Member.objects.visible_in(scope_for(user, "members.view_member"))
    return [_maybe_the_same(each) for each in seen.namesakes_of(member)[:MOST_NAMESAKES]]


def _maybe_the_same(other) -> str:
    born = other.partial("birth") or "出生日期未登记"
    return (
        f"名册里已有一位{other.name}（{other.branch or '无组织关系'}，{born}），请核对是不是同一人；"
        "是重复登记的，请撤回这次登记"
    )


@contextmanager
def saying_who_has(id_number, *, user):
    """Around registering: whose the ID number is already, and where, if the account may see that member.

    To who may not, the operation's own words stay, which say as much of everybody.
    """
    try:
        yield
    except IdNumberTaken as refusal:
        index = id_index(parse_id_number(id_number, today=clock.today()).number)
        seen = Member.objects.registered().visible_in(scope_for(user, "members.view_member"))
        found = seen.filter(id_index=index).select_related("branch").first()
        if found is None:
            raise
        raise IdNumberTaken(_whose(found), field=refusal.field) from None


def _whose(member) -> str:
    if member.on_roster:
        where = f"在“{member.branch.name}”"
    else:
        last = f"原在“{member.branch.name}”，" if member.branch else ""
        where = f"{last}现为“{STANDING_NAMES[Standing(member.standing)]}”，已不在册"
    return f"该身份证号已登记为“{member.name}”，{where}，不能重复登记"
