"""The work on an uploaded roster: check, apply, undo. Each is one transaction: whole, or never begun.

Whoever asked does little files at once; the worker does the others, and any that was left lying. Two never
work on one file: each takes its lock first and sees whether it is still to be done.
"""

from contextlib import suppress

import orjson
from django.db import connection, transaction

from branches.operations.acts import hold_the_tree
from branches.scope import scope_of
from core import clock
from core.audit import record
from core.copying import amend_tuples, bulk, copy, copy_tuples
from core.errors import DomainError
from core.reading import (
    GOOD,
    WRITTEN,
    Dittos,
    Draft,
    Fate,
    Staged,
    Unreadable,
    read_table,
)
from core.sealing import seal, unseal_bytes
from members.models import ImportFile, ImportKind, ImportRow
from members.models.imports import said_at
from members.operations.imports import ImportRule, is_little
from members.sheets.heading import heading, heading_told
from members.sheets.kinds import KINDS
from members.sheets.progress import BeingDone, Cancelled, Quiet
from members.sheets.reach import Reach
from members.states import AT_WORK, IMPORT_MOVES, ImportMove, ImportState

AT_ONCE = 1_000
# A number of ours among PostgreSQL's advisory locks.
LOCK = 530303
MOST_TOLD = 20
# Of what lies elsewhere by now nothing more is said.
MOVED_SINCE, ELSEWHERE = "检查之后名册有了变化，请重新检查", "现不在本单位，保留"


def check(number, *, today, progress=None) -> bool:
    """Read the file and draw up what would become of each row; whether it was still to be done."""
    return _work(number, ImportState.CHECKING, _check, today, progress)


def apply(number, *, today, progress=None) -> bool:
    """Write what was drawn up; whether it was still to be done."""
    return _work(number, ImportState.APPLYING, _apply, today, progress)


def undo(number, *, today, progress=None) -> bool:
    """Take back what was written, as far as nothing has changed since; whether it was still to be done."""
    return _work(number, ImportState.UNDOING, _undo, today, progress)


def _work(number, state, action, today, progress) -> bool:
    try:
        with transaction.atomic():
            file = _claimed(number, state)
            if file is None:
                return False
            with bulk():
                action(file, today, progress or Quiet())
            file.version += 1
            file.cancel_asked = False
            # Not how far the work is: that was told beside this transaction.
            file.save(update_fields=["state", "content", "found", "applied_at", "version", "cancel_asked"])
    except Cancelled:
        _stopped(number, "已按要求停止，没有写入任何内容")
    except DomainError as refusal:
        _stopped(number, "；".join(error.detail for error in refusal.errors[:MOST_TOLD]))
    return True


def _claimed(number, state) -> ImportFile | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, number])
        if not cursor.fetchone()[0]:
            raise BeingDone
    return (
        ImportFile.objects.select_related("unit", "branch", "asked_by").filter(pk=number, state=state).first()
    )


def give_up(number, words) -> None:
    """Leave a file that cannot be worked on, so that it holds up no others."""
    if ImportFile.objects.filter(pk=number, state__in=AT_WORK).exists():
        _stopped(number, words)


@transaction.atomic
def _stopped(number, words):
    """Back to where the file stood before the work, with the reason."""
    file = ImportFile.objects.select_for_update(of=("self",)).get(pk=number)
    file.state = IMPORT_MOVES[ImportState(file.state), ImportMove.STOP]
    file.found = {**file.found, "stopped": words}
    file.cancel_asked = False
    file.version += 1
    file.save()


def _finish(file):
    file.state = IMPORT_MOVES[ImportState(file.state), ImportMove.FINISH]


# Checking.


def _check(file, today, progress):
    file.rows.all().delete()
    try:
        sheets = read_table(file.open_content(), file.name)
        file.found = _drawn_up(file, sheets, today, progress)
    except Unreadable as refusal:
        file.found = {"refused": refusal.detail}
        file.state, file.content = IMPORT_MOVES[ImportState(file.state), ImportMove.REFUSE], None
        return
    _finish(file)


def _drawn_up(file, sheets, today, progress) -> dict:
    """Stage the rows of every sheet that has a header; what was found, in numbers and headers."""
    kind, head = KINDS[file.kind], heading(file, sheets)
    found = heading_told(file, sheets, head)
    if head.unsure:
        return found
    drafting = kind.drafting(scope=scope_of(file.asked_by, to=kind.verb, on=today), file=file, today=today)
    staging = Staging(file, drafting, progress, sum(len(sheet) for sheet, _ in head.sheets))
    for sheet, header in head.sheets:
        staging.take(sheet, header, kind, today)
    staging.finish()
    staging.think_again()
    return {**found, "counts": staging.counts, "warned": staging.warned, "disputed": staging.disputed}


class Staging:
    """Takes the rows of the sheets, a thousand at a time, and writes down what would become of them."""

    def __init__(self, file, drafting, progress, total):
        self.file, self.drafting, self.progress, self.total = file, drafting, progress, total
        self.counts, self.done, self.waiting = dict.fromkeys(Fate.values, 0), 0, []
        self.warned = self.disputed = 0

    def take(self, sheet, header, kind, today):
        """Every row below the header that says something of somebody."""
        dittos = Dittos()
        for line in sheet:
            said = None
            if header.has_below(line):
                said = kind.read_row(dittos.filled(line), header, today=today)
            self.done += 1
            if said is not None:
                self.waiting.append((Draft(sheet.name, line.number), said))
            if len(self.waiting) == AT_ONCE:
                self.finish()

    def finish(self):
        """Draw up and write what waits."""
        drafts = self.drafting.draw_up(self.waiting)
        copy_tuples(ImportRow, STAGED, (staged(self.file, draft) for draft in drafts))
        for draft in drafts:
            self.counts[draft.fate] += 1
            self.warned += bool(draft.warnings)
            self.disputed += draft.asks_evidence and draft.fate in GOOD
        self.waiting = []
        self.progress.report(self.file, self.done, self.total)

    def think_again(self):
        """Refuse the rows against which a later one spoke after they had been drawn up."""
        faults = self.drafting.second_thoughts
        rows = self.file.rows.filter(fate__in=WRITTEN, number__in={number for _, number in faults})
        refused = []
        for row in rows.iterator() if faults else ():
            fault = faults.get((row.sheet, row.number))
            if fault:
                said = orjson.loads(row.text(self.file.uid))
                row.say(_json(said | {"faults": [*said["faults"], fault], "values": {}}), self.file.uid)
                refused.append((row.pk, Fate.FAULTY, row.said))
                self.counts[row.fate] -= 1
                self.counts[Fate.FAULTY] += 1
                self.disputed -= said["asks_evidence"]
        amend_tuples(ImportRow, ("fate", "said"), refused)


STAGED = ("file_id", "sheet", "number", "fate", "target", "seen_version", "applied", "said")


def staged(file, draft: Draft) -> tuple:
    """The draft as a row of `STAGED`, with all that is of a person sealed."""
    said = {
        "title": draft.title,
        "faults": draft.faults,
        "warnings": draft.warnings,
        "changes": draft.changes,
        "values": draft.values if draft.fate in GOOD else {},
        "matched_by": draft.matched_by,
        "asks_evidence": draft.asks_evidence,
        "before": {},
        "left_out": [],
    }
    about = (None, None) if draft.row is None else (draft.row.pk, draft.row.version)
    sealed = seal(_json(said), context=said_at(file.uid, draft.sheet, draft.number))
    return file.pk, draft.sheet, draft.number, draft.fate, *about, False, sealed


# Applying and undoing.


def _apply(file, today, progress):
    kind = KINDS[file.kind]
    reach = _reach(file, kind, today, "导入")

    def write(rows, **who):
        kind.write(reach.leave_out(rows, kind, MOVED_SINCE), **who)

    rows = file.rows.filter(fate__in=WRITTEN)
    for left_out in _in_portions(file, rows, write, today, progress):
        if left_out and not file.only_good:
            raise ImportRule(
                f"检查之后名册有了变化，没有写入任何内容，请重新上传检查。{_first_words(left_out)}"
            )
    _finish(file)
    file.applied_at = clock.now()
    record("importfile.applied", file, by=file.asked_by, fields=_counted(file), place=file.unit.path)


def _undo(file, today, progress):
    kind = KINDS[file.kind]
    reach = _reach(file, kind, today, "撤销导入")

    def take_back(rows, **who):
        kind.take_back(reach.leave_out(rows, kind, ELSEWHERE), **who)

    rows = file.rows.filter(applied=True)
    portions = _in_portions(file, rows, take_back, today, progress, last_first=True)
    stays = [row for part in portions for row in part]
    _finish(file)
    file.found = {**file.found, "stays": len(stays)}
    record("importfile.undone", file, by=file.asked_by, fields=_counted(file), place=file.unit.path)


def _reach(file, kind, today, doing) -> Reach:
    """Where whoever asked may do so today; the right may have ended since the file was checked or applied."""
    if file.kind == ImportKind.BRANCHES:
        # Before any row, as everywhere: numbers are given out under the root's lock.
        hold_the_tree()
    may = scope_of(file.asked_by, to=kind.verb, on=today)
    if not may.covers(file.unit.path):
        raise ImportRule(f"{file.asked_by} 已不能在“{file.unit}”{doing}")
    return Reach(may, file.unit)


KEPT = ("pk", "sheet", "number", "fate", "said", "target", "seen_version")


def _in_portions(file, rows, action, today, progress, *, last_first=False):
    """Do the action to the rows, a thousand at a time; yields those of each portion that were left out.

    `last_first`: the last thousand first, each thousand in its order.
    """
    rows, done = rows.order_by("pk"), 0
    numbers = list(rows.values_list("pk", flat=True))
    portions = [numbers[start : start + AT_ONCE] for start in range(0, len(numbers), AT_ONCE)]
    for part in reversed(portions) if last_first else portions:
        portion = list(rows.filter(pk__range=(part[0], part[-1])).values_list(*KEPT, named=True))
        work = [(row, *_opened(row, file)) for row in portion]
        on_their_way = [staged_row for _, _, staged_row in work]
        action(on_their_way, by=file.asked_by, today=today)
        _keep(file, work)
        done += len(portion)
        progress.report(file, done, len(numbers))
        yield [row for row in on_their_way if row.refused]


def _opened(row, file) -> tuple[dict, Staged]:
    """What the row says, and as it goes on its way. Plain rows: as objects so many would take their time."""
    said = orjson.loads(unseal_bytes(row.said, context=said_at(file.uid, row.sheet, row.number)))
    values, before = said["values"], said["before"]
    return said, Staged(
        row.number, row.fate, said["title"], values, row.target, row.seen_version, before, file.evidence
    )


def _keep(file, work):
    """Write down what became of each row, sealed anew where there is something to say of it."""
    told, quiet = [], []
    for row, said, done in work:
        if done.before or done.refused:
            applied = ImportRow(file=file, **dict(zip(KEPT, row, strict=True)))
            applied.target, applied.applied = done.target, not done.refused
            if done.refused and file.state == ImportState.APPLYING:
                applied.fate = _not_written(file, row.fate)
            applied.say(_json(said | {"before": done.before, "left_out": done.refused}), file.uid)
            told.append(applied)
        else:
            quiet.append((row.pk, done.target, True))
    amend_tuples(ImportRow, ("target", "applied"), quiet)
    # Written anew, which is many times as fast as amending so much.
    ImportRow.objects.filter(pk__in=[row.pk for row in told]).delete()
    copy(told)


def _not_written(file, fate) -> str:
    """What a row becomes that was good when it was checked; the numbers tell what was written."""
    file.found["counts"][fate] -= 1
    file.found["counts"][Fate.FAULTY] += 1
    return Fate.FAULTY


def _json(said) -> str:
    return orjson.dumps(said, default=_listed).decode()


def _listed(value):
    # Faults and changes are named tuples, which orjson does not take for lists.
    return list(value) if isinstance(value, tuple) else str(value)


def _first_words(rows) -> str:
    return "".join(f"第 {row.number} 行：{'；'.join(row.refused)}。" for row in rows[:3])


def _counted(file) -> list[str]:
    return [f"{Fate(fate).label} {count}" for fate, count in file.found.get("counts", {}).items() if count]


ACTIONS = {ImportState.CHECKING: check, ImportState.APPLYING: apply, ImportState.UNDOING: undo}


def begin(file) -> ImportFile:
    """Do what was asked of the file at once, if it is little; the file as it then stands."""
    if is_little(file):
        with suppress(BeingDone):
            ACTIONS[ImportState(file.state)](file.pk, today=clock.today())
    return ImportFile.objects.select_related("unit").get(pk=file.pk)
