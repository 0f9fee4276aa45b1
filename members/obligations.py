"""What hangs on a person: how each floor says what of its own must be settled before she leaves.

Every floor that gives people something to hold adds its source to the table `qilin_cadres.obligations`.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string


class Leaving(StrEnum):
    """In which way somebody leaves."""

    TRANSFER = "transfer"
    TRANSFER_OUT = "transfer_out"
    DEATH = "death"
    EXIT = "exit"
    SUSPENSION = "suspension"


# Also the reason that stands in a form until somebody writes a better one.
LEAVING_NAMES = {
    Leaving.TRANSFER: "区内转接组织关系",
    Leaving.TRANSFER_OUT: "组织关系转出本区",
    Leaving.DEATH: "去世",
    Leaving.EXIT: "出党",
    Leaving.SUSPENSION: "停止党籍",
}


@dataclass(frozen=True)
class Obligation:
    """Something open for a member on a day, in words.

    `keepable`: it may stay as it is on this kind of leaving. `transferable`: somebody else may take it over.
    """

    kind: str
    number: int
    member_id: int
    words: str
    keepable: bool = False
    transferable: bool = False

    @property
    def key(self) -> str:
        """The name by which it is settled; it stays the same from the list to the settling."""
        return f"{self.kind}-{self.number}"


@dataclass(frozen=True)
class Settlement:
    """What is done about one obligation: closed for a reason, or handed on to `successor`."""

    key: str
    reason: str
    successor: object | None = None


class Source(Protocol):
    """What a floor tells of the things it lets people hold. `kind` is a word without a hyphen."""

    kind: str

    def held(self, members, *, on: date, leaving: Leaving) -> QuerySet:
        """The rows by which something is open for these members (by number) on the day or later, in order."""

    def obligation(self, row, *, leaving: Leaving) -> Obligation:
        """What one of these rows leaves open on this kind of leaving."""

    def settle(self, number: int, settlement: Settlement, *, on: date, by, today: date) -> None:
        """Close it on the day or hand it on, in the caller's transaction; a DomainError if impossible."""


class KeptByAMove:
    """A source of what goes on when somebody moves within the district, and ends when she is gone.

    `holder` is the key by which a row says who holds it.
    """

    kind = ""
    holder = "member"
    transferable = True

    def words(self, row) -> str:
        """What the row is, as people call it."""
        raise NotImplementedError

    def may_be_handed_on(self, row) -> bool:
        """Whether somebody else may take this one over."""
        return self.transferable

    def obligation(self, row, *, leaving) -> Obligation:
        """As `Source` wants it."""
        return Obligation(
            kind=self.kind,
            number=row.pk,
            member_id=getattr(row, f"{self.holder}_id"),
            words=self.words(row),
            keepable=leaving == Leaving.TRANSFER,
            transferable=self.may_be_handed_on(row),
        )


@lru_cache
def sources() -> dict[str, Source]:
    """Every floor's sources, written on the top floor because it names every app."""
    return {source.kind: source for source in import_string(settings.OBLIGATION_SOURCES)}
