"""Verbs of the letter at the sender's: issue it or another one, write down its loss, take it back."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from branches.models import Unit
from core.audit import record
from core.changes import check, locked, not_after, words_of
from core.errors import DomainError, InvalidValue, refuse_all
from members.models import Letter, PhoneOwner
from members.models.transfer import MOST_DAYS
from members.operations.arrivals import FACTS
from members.operations.transfers.steps import Doing, not_before, opened, place_of, standing_relation, taken
from members.states import TransferMove, TransferState

# Dues may be paid ahead, but hardly longer.
MOST_MONTHS_AHEAD = 12
DERIVED_FACTS = ("sort_key", "spellings", "id_index", "id_last4", "id_born_on")


@dataclass(frozen=True)
class LetterFacts:
    """What is written on a letter: day, days of validity, dues paid to (any day of the month), number.

    Without a number the next one of the committee's year is taken.
    """

    issued_on: date
    valid_days: int
    dues_paid_to: date
    number: str = ""

    def columns(self) -> dict:
        """The columns of `Letter`."""
        return {
            "issued_on": self.issued_on,
            "valid_days": self.valid_days,
            "dues_paid_to": self.dues_paid_to.replace(day=1),
            "number": self.number.strip(),
        }


@transaction.atomic
def issue_letter(*, transfer, facts, by, today, version=None):
    """The sending committee issues the letter; what it says of the person is read from her record now."""
    transfer = opened(transfer, TransferMove.ISSUE, version)
    agreed = transfer.steps.filter(move=TransferMove.AGREE).last()
    not_before(
        facts.issued_on, agreed and agreed.on, field="issued_on", label="开具日期", after="支部同意日期"
    )
    return _issued(transfer, TransferMove.ISSUE, facts, by=by, today=today)


@transaction.atomic
def reissue_letter(*, transfer, facts, by, today, version=None):
    """Issue another letter in place of one that ran out or was lost. A valid one is not replaced."""
    transfer = opened(transfer, TransferMove.REISSUE, version)
    old = transfer.letter
    if transfer.state == TransferState.ISSUED and old.valid_until >= today:
        raise InvalidValue(
            f"介绍信“{old}”有效期至 {old.valid_until}，尚未过期；如已遗失请先登记遗失", field="issued_on"
        )
    not_before(
        facts.issued_on, old.issued_on, field="issued_on", label="开具日期", after="原介绍信的开具日期"
    )
    return _issued(transfer, TransferMove.REISSUE, facts, by=by, today=today)


@transaction.atomic
def lose_letter(*, transfer, on, by, today, note="", version=None):
    """Write down that the letter is lost: it is void, and another one may be issued."""
    transfer = opened(transfer, TransferMove.LOSE, version)
    not_after(on, today, field="on", label="日期")
    not_before(on, transfer.letter.issued_on, field="on", label="遗失日期", after="开具日期")
    return taken(transfer, Doing(TransferMove.LOSE, on, by, note), {})


@transaction.atomic
def cancel_transfer(*, transfer, on, by, today, note="", version=None):
    """Withdraw the transfer before it was received; a letter that was issued is void. Asks a reason."""
    transfer = opened(transfer, TransferMove.CANCEL, version)
    not_after(on, today, field="on", label="日期")
    note = words_of(note, "请写明撤销的原因", field="note")
    return taken(transfer, Doing(TransferMove.CANCEL, on, by, note), {})


@transaction.atomic
def letter_in_full(*, transfer, by) -> str:
    """The whole ID number for the paper that is printed, after writing down who printed it."""
    record(
        "transfer.printed",
        transfer,
        by=by,
        fields=["id_number"],
        reason=f"打印介绍信 {transfer.letter}",
        place=place_of(transfer),
    )
    return transfer.get_sealed("id_number")


def _issued(transfer, move, facts, *, by, today):
    standing_relation(transfer)
    refuse_all(letter_complaints(facts, today) + _dues_complaints(facts))
    # One after the other, so that each gets its own number.
    issuer = locked(Unit.objects.committee_over(transfer.from_branch.path))
    letter = Letter(
        issuer=issuer, year=facts.issued_on.year, replaces=transfer.letter, **facts.columns()
    )  # fmt: skip
    letter.number = letter.number or _next_number(issuer, letter.year)
    check(letter)
    letter.save()
    copy_person(transfer, transfer.member)
    return taken(transfer, Doing(move, facts.issued_on, by), {"letter": letter})


def copy_person(transfer, member):
    """Let the letter say of the member what her record says today."""
    for name in (*FACTS, *DERIVED_FACTS):
        setattr(transfer, name, getattr(member, name))
    transfer.set_sealed("id_number", member.get_sealed("id_number"))
    own = member.phones.filter(owner=PhoneOwner.SELF).first()
    transfer.phone = own.number if own else ""


def letter_complaints(facts, today) -> list[DomainError]:
    """Everything that is wrong with a letter's day, validity and dues."""
    wrong = []
    if facts.issued_on > today:
        wrong.append(InvalidValue(f"开具日期 {facts.issued_on} 在今天（{today}）之后", field="issued_on"))
    if not 1 <= facts.valid_days <= MOST_DAYS:
        words = f"有效期 {facts.valid_days} 天，须在1至{MOST_DAYS}天之间（组通字〔2006〕45号）"
        wrong.append(InvalidValue(words, field="valid_days"))
    if _months(facts.dues_paid_to) > _months(facts.issued_on) + MOST_MONTHS_AHEAD:
        words = f"党费交到 {facts.dues_paid_to:%Y-%m}，比开具日期晚一年以上，请核对"
        wrong.append(InvalidValue(words, field="dues_paid_to"))
    return wrong


def _dues_complaints(facts) -> list[DomainError]:
    if _months(facts.dues_paid_to) >= _months(facts.issued_on):
        return []
    words = f"党费只交到 {facts.dues_paid_to:%Y-%m}，应交到转接的当月（{facts.issued_on:%Y-%m}）"
    return [InvalidValue(words, field="dues_paid_to")]


def _months(day) -> int:
    return day.year * 12 + day.month


def _next_number(issuer, year) -> str:
    taken_ones = set(issuer.letters.filter(year=year).values_list("number", flat=True))
    serial = len(taken_ones) + 1
    while (number := f"{issuer.name}组转〔{year}〕{serial}号") in taken_ones:
        serial += 1
    return number
