"""What would become of a row of an uploaded table, before anything is written."""

from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import TextChoices


class Fate(TextChoices):
    NEW = "new", "新增"
    CHANGED = "changed", "有变化"
    UNCHANGED = "unchanged", "无变化"
    CONFLICTING = "conflicting", "有冲突"
    FAULTY = "faulty", "有错误"


GOOD = (Fate.NEW, Fate.CHANGED, Fate.UNCHANGED)
WRITTEN, LEFT_OUT = (Fate.NEW, Fate.CHANGED), (Fate.CONFLICTING, Fate.FAULTY)


class Fault(NamedTuple):
    """What is wrong with a row: the key of the column, and the words for the person."""

    key: str
    words: str


class Change(NamedTuple):
    """A value that would be another: its label, and both sides as people read them."""

    label: str
    before: str
    after: str


@dataclass
class Draft:
    """A row drawn up: whom it is about, what would change, and what speaks against it.

    `values` is what the row says, by column; `row` the one of ours that it was matched with, and
    `matched_by` how.
    """

    sheet: str
    number: int
    title: str = ""
    fate: str = Fate.NEW
    faults: list[Fault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    values: dict = field(default_factory=dict)
    row: object | None = None
    matched_by: str = ""
    # A value would be replaced that may not be without saying on what ground.
    asks_evidence: bool = False

    def refuse(self, key: str, words: str) -> None:
        """The row says something that cannot be so."""
        self.faults.append(Fault(key, words))
        self.fate = Fate.FAULTY

    def contradict(self, key: str, words: str) -> None:
        """The row and the register say different things, and a person has to decide."""
        self.faults.append(Fault(key, words))
        if self.fate != Fate.FAULTY:
            self.fate = Fate.CONFLICTING


class Place(NamedTuple):
    """Where a row stands in the file, and whom or what it is about."""

    sheet: str
    number: int
    title: str

    def seen_from(self, sheet: str) -> str:
        """How the row is named to who looks at a row of the sheet."""
        row = f"第 {self.number} 行"
        return row if self.sheet == sheet else f"工作表“{self.sheet}”{row}"


class Repeats:
    """The rows of one file by what each is about."""

    def __init__(self):
        self._first: dict = {}

    def before(self, draft: Draft, key) -> Place | None:
        """The first row about `key`, if it is not this one."""
        place = Place(draft.sheet, draft.number, draft.title)
        first = self._first.setdefault(key, place)
        return None if first == place else first

    def first(self, key) -> Place | None:
        """The first row about `key` so far."""
        return self._first.get(key)


@dataclass
class Staged:
    """A drawn-up row on its way into the register, or out of it again.

    `target` is the number of the row it is about; `before` what stood there; `refused` why it was left out.
    """

    number: int
    fate: str
    title: str
    values: dict
    target: int | None = None
    seen_version: int | None = None
    before: dict = field(default_factory=dict)
    evidence: str = ""
    refused: list[str] = field(default_factory=list)
