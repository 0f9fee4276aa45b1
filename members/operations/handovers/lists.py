"""Verbs of an enterprise's list: add its names to a batch, put a line right, give the faulty ones back."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from json import dumps, loads

from django.db import transaction

from core.audit import audit_entry, record, record_all
from core.changes import locked
from core.copying import copy
from core.errors import InvalidValue
from core.sealing import blind_index
from members.models import HandoverPerson, Member
from members.models.arrival import Arrival
from members.operations.arrivals import FACTS, fill_arrival
from members.operations.handovers.batches import HandoverRule, open_for_work
from members.operations.handovers.cells import LABELS, as_kept, kept_more, number_index, read_cells
from members.operations.handovers.places import Places
from members.operations.people import TAKEN
from members.operations.rules import complaints
from members.states import GOOD_STANDING, OUTCOME_NAMES, Outcome, OutcomeMove, Standing, outcome_after

MOST_ROWS = 5_000
# The column of a list given back for correction that says which line it is.
LINE_NUMBER = "line"
LINE_LABEL = "更正编号"
REASONS_LABEL = "问题（请更正后整份重新上传）"
LINE_KEY = "members.handover_line"
# What of a line its own reading sets; everything else is how it was answered.
READ_COLUMNS = [
    *(field.name for field in Arrival._meta.fields if field.name != "uid"),
    "unit", "branch", "home", "wanted_unit", "wanted_branch", "address", "archives_at", "more", "raw",
    "complaints",
]  # fmt: skip
ANSWER_COLUMNS = ["outcome", "answered_on", "answered_by", "version"]


@dataclass
class Listed:
    """What came of adding names: how many lines are new in each outcome, put right, or were there already."""

    pending: int = 0
    faulty: int = 0
    already_here: int = 0
    mended: int = 0
    unchanged: int = 0

    @property
    def added(self) -> int:
        """Lines that were not in the batch before."""
        return self.pending + self.faulty + self.already_here


@dataclass(frozen=True)
class Work:
    """Who reads a list, on which day, and how far she reaches."""

    scope: object
    by: object
    today: date


@transaction.atomic
def append_people(*, handover, rows, scope, by, today) -> Listed:
    """Add the rows, {column: text} each, to the batch. A row that is there already changes nothing.

    A row that cannot be read, or whose ID number is known out of `scope`, is kept with every complaint. A row
    bearing the number of a faulty line, or the name and birth date of one, puts that line right.
    """
    handover = open_for_work(handover)
    _check_length(rows)
    lines, unchanged = _lines_for(handover, rows, scope, today)
    settle(lines, Work(scope, by, today))
    if not lines:
        return Listed(unchanged=unchanged)
    new, mended = _save(lines, by)
    handover.version += 1
    handover.save(update_fields=["version"])
    record("handover.listed", handover, by=by, fields=["people"], place=handover.unit.path)
    outcomes = Counter(str(line.outcome) for line in new)
    return Listed(**outcomes, mended=len(mended), unchanged=unchanged)


def _check_length(rows):
    if len(rows) > MOST_ROWS:
        raise InvalidValue(f"一次最多 {MOST_ROWS} 行，现有 {len(rows)} 行，请分几次添加", field="rows")
    if not rows:
        raise InvalidValue("名单是空的：没有一行有内容", field="rows")


def _save(lines, by):
    """Write the lines; give those that are new and those put right."""
    new, mended = [], []
    for line in lines:
        (mended if line.pk else new).append(line)
    copy(new)
    HandoverPerson.objects.bulk_update(mended, [*READ_COLUMNS, *ANSWER_COLUMNS])
    record_all(_mended_entry(line, by) for line in mended)
    return new, mended


def _lines_for(handover, rows, scope, today) -> tuple[list[HandoverPerson], int]:
    """The lines that the rows make or put right, as read, and how many rows were there already."""
    book, places = Book(handover), Places(handover, scope)
    lines, unchanged = [], 0
    for cells in rows:
        line = book.line_for(cells, number_index(cells, today))
        if line is None:
            unchanged += 1
        else:
            draw(line, cells, places, book, today)
            lines.append(line)
    return lines, unchanged


@transaction.atomic
def correct_person(*, person, cells, scope, by, today, version=None):
    """Put a waiting line right: `cells` are the columns that change; an ID number left empty stays.

    Where the line is wanted may be anywhere in the batch that `scope` reaches.
    """
    handover = open_for_work(person.handover)
    line = locked(person, version=version)
    if outcome_after(line.outcome, OutcomeMove.MEND) is None:
        raise HandoverRule(
            f"“{line}”{OUTCOME_NAMES[Outcome(line.outcome)]}，不能更正；确需更正请先重新待接收"
        )
    book = Book(handover, without=line)
    draw(line, raw_cells(line) | cells, Places(handover, scope), book, today)
    settle([line], Work(scope, by, today))
    line.save()
    record_all([_mended_entry(line, by)])
    return line


def _mended_entry(line, by):
    return audit_entry("handover_person.mended", line, by=by, place=line.unit.path)


@transaction.atomic
def faulty_rows(*, handover, scope, by) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the lines to be put right in `scope`, as they came, each with all its reasons.

    They bear whole ID numbers, so giving them out is put on record.
    """
    lines = list(handover.people.visible_in(scope).filter(outcome=Outcome.FAULTY).order_by("serial"))
    record("handover.exported", handover, by=by, fields=["people"], place=handover.unit.path)
    rows = []
    for line in lines:
        cells = raw_cells(line)
        reasons = "；".join(each["detail"] for each in line.complaints)
        rows.append([str(line.serial), *(cells.get(name, "") for name in LABELS), reasons])
    return [LINE_LABEL, *LABELS.values(), REASONS_LABEL], rows


def raw_cells(line) -> dict[str, str]:
    """The line as it came, with what has been put right since."""
    return loads(line.get_sealed("raw") or "{}")


class Book:
    """What is on the list of a batch already, so that a row is known again."""

    def __init__(self, handover, without=None):
        self.handover = handover
        people = handover.people.exclude(pk=without.pk) if without else handover.people.all()
        lines = list(people.order_by("serial"))
        self.by_key = {line.key: line for line in lines}
        self.by_index = {line.id_index: line for line in filter(_is_identified, lines)}
        self.by_number = {str(line.serial): line for line in lines}
        self.unidentified = [(line, raw_cells(line)) for line in filter(_is_unidentified, lines)]
        self.last = lines[-1].serial if lines else 0

    def line_for(self, cells, index) -> HandoverPerson | None:
        """The line that the row is about: a new one, a faulty one that it puts right, or none if known.

        `index` is the blind index of the row's ID number, if it has a valid one.
        """
        key = key_of(cells)
        known = self._known(cells, index) or self.by_key.get(key)
        if known is None:
            self.last += 1
            new = HandoverPerson(handover=self.handover, serial=self.last, key=key)
            self.by_key[key] = new
            return new
        is_news = known.pk and known.outcome == Outcome.FAULTY and _said(raw_cells(known)) != _said(cells)
        return known if is_news else None

    def _known(self, cells, index) -> HandoverPerson | None:
        numbered = self.by_number.get(_bare(cells, LINE_NUMBER))
        same_number = self.by_index.get(index)
        if same_number is not None and same_number.name != _bare(cells, "name"):
            same_number = None
        return numbered or same_number or self._same_unidentified(cells)

    def _same_unidentified(self, cells):
        same = [line for line, raw in self.unidentified if _same_person(raw, cells)]
        return same[0] if len(same) == 1 else None

    def claim(self, line) -> HandoverPerson | None:
        """The other line that has this one's ID number already; from now on the number is this line's."""
        other = self.by_index.get(line.id_index)
        if other is not None and other is not line and other.id_index == line.id_index:
            return other
        if line.id_index:
            self.by_index[line.id_index] = line
        return None


def _is_identified(line) -> bool:
    return bool(line.id_index)


def _is_unidentified(line) -> bool:
    return line.outcome == Outcome.FAULTY and not line.id_index


def _said(cells) -> dict:
    """What a row says, without the number by which it was given back."""
    return {name: str(text) for name, text in cells.items() if text and name != LINE_NUMBER}


def _same_person(one, other) -> bool:
    return all(_bare(one, name) == _bare(other, name) != "" for name in ("name", "birth_on"))


def _bare(cells, name) -> str:
    return "".join(str(cells.get(name, "")).split())


def key_of(cells) -> str:
    """By which the same row is known again: name, birth date and ID number as they are written."""
    return blind_index(
        "|".join(_bare(cells, name) for name in ("name", "birth_on", "id_number")), purpose=LINE_KEY
    )


def draw(line, cells, places, book, today) -> None:
    """Set everything that the cells say of the line, and what speaks against it."""
    _forget(line)
    read = read_cells(cells, today)
    wrong = read.wrong + fill_arrival(line, read.person, today)
    for name, value in read.texts.items():
        setattr(line, name, value)
    line.more = kept_more(read.more)
    wrong += _complaints_of_all(line, read, today)
    unit, line.branch, lost = places.find(line.wanted_unit, line.wanted_branch)
    line.unit = line.unit if lost and line.unit_id else unit
    line.home, homeless = places.home(line.unit, str(cells.get("home", "")).strip())
    other = book.claim(line)
    if other is not None:
        wrong.append(InvalidValue(f"身份证号与本批第 {other.serial} 号“{other}”相同", field="id_number"))
        line.id_index = None
    line.listed_on = line.listed_on or today
    line.set_sealed(
        "raw", dumps({name: str(text) for name, text in cells.items() if text}, ensure_ascii=False)
    )
    line.complaints = as_kept(_once(wrong + lost + homeless), cells)


def _forget(line):
    """What was read of the line before."""
    for field in Arrival._meta.fields:
        if field.name != "uid":
            setattr(line, field.attname, None if field.null else field.get_default())


def _complaints_of_all(line, read, today):
    """What the rules of the roster say with everything known of her."""
    facts = {name: getattr(line, name) for name in FACTS}
    found = complaints(Member(**facts, **read.more), today)
    if line.joined_on is None and not any(each.field == "joined_on" for each in read.wrong):
        found.append(InvalidValue("没有写明加入党组织日期", field="joined_on"))
    return found


def _once(wrong):
    return list({each.detail: each for each in wrong}.values())


def settle(lines, work) -> None:
    """Decide what becomes of lines just read: who is on a roster within reach is here already.

    An ID number known elsewhere speaks against the line, without saying where.
    """
    known = known_members(lines)
    seen = Member.objects.visible_in(work.scope).filter(pk__in=[each.pk for each in known.values()])
    reached = set(seen.values_list("pk", flat=True))
    for line in lines:
        _settle_one(line, known.get(line.id_index), reached, work)
        line.version += bool(line.pk)


def _settle_one(line, member, reached, work):
    line.outcome, line.answered_on, line.answered_by = Outcome.PENDING, None, None
    if member is not None and member.pk in reached and member.on_roster:
        line.outcome, line.answered_on, line.answered_by = Outcome.ALREADY_HERE, work.today, work.by
        return
    if member is not None and not _may_return(member, reached):
        line.complaints = [*line.complaints, {"field": "id_number", "detail": TAKEN}]
    if line.complaints:
        line.outcome = Outcome.FAULTY


def known_members(lines) -> dict[str, Member]:
    """The members who have the ID number of a line, by its blind index; a mistake taken back has none."""
    indexes = [line.id_index for line in lines if line.id_index]
    rows = (
        Member.objects.filter(id_index__in=indexes)
        .exclude(standing=Standing.VOID)
        .only("id_index", "on_roster", "standing")
    )
    return {member.id_index: member for member in rows}


def _may_return(member, reached) -> bool:
    """Whether somebody known and without a relation may be given one here."""
    return member.pk in reached and member.standing in GOOD_STANDING
