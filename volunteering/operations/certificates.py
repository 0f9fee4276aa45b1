"""Verbs of a certificate: announce it, issue it under the year's next number, withdraw or revoke it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from branches.models import Unit
from core.audit import record
from core.changes import check, locked, not_after, save_change, words_of
from core.errors import DomainError, InvalidValue, refuse_all
from core.sealing import blind_index
from volunteering.models import Certificate, CertificateBook
from volunteering.states import CERTIFICATE_MOVE_NAMES, CERTIFICATE_MOVES, CertificateMove

# 谁记录谁证明: made public for so many days before it is issued.
ANNOUNCED_DAYS = 7
CODE_LENGTH = 12


class CertificateRule(DomainError):
    """A certificate may not be announced, issued or revoked like that."""

    code = "certificate_rule"


@dataclass(frozen=True)
class Span:
    """A period of service, both ends included."""

    first: date
    last: date


@transaction.atomic
def announce_certificate(*, member, unit, span, by, today):
    """Make public how long the member served in the period, by the hours that others have verified."""
    member = locked(member)
    unit = Unit.objects.get(pk=unit.pk)
    refuse_all(_complaints(member, unit, span, today))
    minutes, times = _verified(member, span)
    if not times:
        raise CertificateRule(f"{member} 在 {span.first}—{span.last} 没有经他人核实的服务时间", field="first")
    certificate = Certificate(
        member=member, unit=unit, first=span.first, last=span.last, minutes=minutes, times=times,
        announced_on=today,
    )  # fmt: skip
    check(certificate)
    certificate.save()
    record("certificate.announced", certificate, by=by, fields=["minutes"], place=member.path)
    return certificate


@transaction.atomic
def issue_certificate(*, certificate, by, today, version=None):
    """Give it the year's next number, once it has been public for a week and still says what is verified."""
    member = locked(certificate.member)
    certificate = locked(certificate, version=version)
    _refuse_step(certificate, CertificateMove.ISSUE)
    ready = issuable_from(certificate)
    if today < ready:
        raise CertificateRule(f"公示满{ANNOUNCED_DAYS}天才能出具：{ready} 起（今天 {today}）")
    if _verified(member, certificate) != (certificate.minutes, certificate.times):
        raise CertificateRule("公示后核实的服务时间有变化，请撤回后重新公示")
    book = _book_of(today.year)
    book.last += 1
    book.save()
    certificate.year, certificate.serial = book.year, book.last
    certificate.issued_on, certificate.issued_by = today, by
    return _stepped(certificate, CertificateMove.ISSUE, by)


@transaction.atomic
def withdraw_certificate(*, certificate, reason, by, version=None):
    """Take back what was announced, because somebody objected or it was wrong."""
    return _ended(certificate, CertificateMove.WITHDRAW, reason, by, version)


@transaction.atomic
def revoke_certificate(*, certificate, reason, by, version=None):
    """Let it be valid no longer; its number is never given again and whoever checks it is told."""
    return _ended(certificate, CertificateMove.REVOKE, reason, by, version)


def issuable_from(certificate) -> date:
    """The day from which it may be issued; until then whoever objects is heard."""
    return certificate.announced_on + timedelta(days=ANNOUNCED_DAYS)


def code_of(certificate) -> str:
    """What stands on the paper beside the number: nobody can make it up, and it fits no other."""
    said = f"{certificate.year}-{certificate.serial}-{certificate.member_id}-{certificate.minutes}"
    return blind_index(said, purpose="certificate")[:CODE_LENGTH].upper()


def _refuse_step(certificate, move) -> None:
    if (certificate.status, move) not in CERTIFICATE_MOVES:
        status, name = certificate.get_status_display(), CERTIFICATE_MOVE_NAMES[move]
        raise CertificateRule(f"证书现为“{status}”，不能{name}")


def _stepped(certificate, move, by, reason=""):
    certificate.status = CERTIFICATE_MOVES[certificate.status, move]
    save_change(certificate)
    place = certificate.member.path
    deed = "numbered" if move == CertificateMove.ISSUE else move
    record(f"certificate.{deed}", certificate, by=by, fields=["status"], reason=reason, place=place)
    return certificate


def _ended(certificate, move, reason, by, version):
    locked(certificate.member)
    certificate = locked(certificate, version=version)
    _refuse_step(certificate, move)
    certificate.reason = words_of(reason, f"{CERTIFICATE_MOVE_NAMES[move]}须写明原因")
    return _stepped(certificate, move, by, certificate.reason)


def _book_of(year):
    """The register of the year, locked."""
    CertificateBook.objects.bulk_create([CertificateBook(year=year)], ignore_conflicts=True)
    return CertificateBook.objects.select_for_update().get(year=year)


def _verified(member, span) -> tuple[int, int]:
    """Minutes and number of the hours that somebody else has verified."""
    entries = member.hour_entries.verified().filter(on__range=(span.first, span.last))
    return sum(entry.minutes for entry in entries), len(entries)


def _complaints(member, unit, span, today) -> list[DomainError]:
    if span.last < span.first:
        return [InvalidValue(f"最后一天 {span.last} 早于第一天 {span.first}", field="last")]
    wrong = []
    if not (member.path or "").startswith(unit.path):
        wrong.append(InvalidValue(f"{member} 不在“{unit}”，不能由它出具", field="unit"))
    other = member.certificates.standing().filter(first__lte=span.last, last__gte=span.first).first()
    if other:
        words = f"已有证书（{other.number or '公示中'}）包括 {other.first}—{other.last}，不能重复计算"
        wrong.append(CertificateRule(words, field="first"))
    try:
        not_after(span.last, today, field="last", label="最后一天")
    except InvalidValue as error:
        wrong.append(error)
    return wrong
