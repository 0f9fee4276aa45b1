"""Verbs of a roster on its way out: ask for it, stop it. Whoever comes to it writes the file itself."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from branches.models import Branch, Unit
from branches.scope import Scope
from core.audit import record
from core.changes import locked
from core.errors import InvalidValue
from core.jobs import defer
from members.models import ExportFile, ExportKind, ExportLayout
from members.models.exports import shown_as
from members.operations.disclosure import reason_to_look
from members.operations.imports import TAKEN_UP_AFTER, ImportRule
from members.states import EXPORT_MOVES, EXPORT_NAMES, ExportMove, ExportState

# So few are written while whoever asked waits.
AT_ONCE_PEOPLE = 2_000
# More rows than these a sheet of a workbook does not hold.
MOST_IN_A_SHEET = 1_000_000
# The roll-up's merged header keeps its sheet in memory until it is whole: some 2.5 kB for each row.
MOST_IN_A_ROLLUP = 100_000
KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Wanted:
    """What is asked for: the layout, the kind of file, whole numbers, and why."""

    layout: str = ExportLayout.ROSTER
    kind: str = ExportKind.XLSX
    whole: bool = False
    reason: str = ""


def check_wanted(wanted: Wanted, count: int) -> None:
    """Refuse what cannot be given: whole numbers without a reason, a workbook of too many."""
    if wanted.whole:
        reason_to_look(wanted.reason, to="导出完整号码的事由，连同您的账号写入审计记录")
    if wanted.kind == ExportKind.CSV and wanted.layout == ExportLayout.ROLLUP:
        raise InvalidValue("全国汇总表有四行表头，只能导出为 Excel", field="kind")
    _refuse_too_many(wanted, count)


def _refuse_too_many(wanted, count):
    if wanted.layout == ExportLayout.ROLLUP and count > MOST_IN_A_ROLLUP:
        raise InvalidValue(f"全国汇总表一次最多 {MOST_IN_A_ROLLUP} 人，请先筛选出一部分", field="layout")
    if wanted.kind == ExportKind.XLSX and count > MOST_IN_A_SHEET:
        raise InvalidValue(f"超过 {MOST_IN_A_SHEET} 人请选 CSV，或先筛选出一部分", field="kind")


def write_down(wanted: Wanted, count: int, places, *, by) -> None:
    """Put on record that these rows were taken out; one entry for each place of the scope."""
    shown = shown_as(wanted.whole)
    what = f"{ExportLayout(wanted.layout).label} {ExportKind(wanted.kind).label} {count}人 {shown}"
    for place in places:
        record(
            "member.exported", place, by=by, fields=[shown], reason=f"{what} {wanted.reason.strip()}".strip()
        )


def places_of(scope: Scope) -> list:
    """The units and branches that a scope is made of."""
    units = Unit.objects.filter(path__in=scope.paths)
    return [*units, *Branch.objects.filter(pk__in=scope.branch_ids)]


@transaction.atomic
def ask_export(*, wanted, people, scope, by):
    """Have the people, by their numbers and in their order, written into a file that only `by` may fetch.

    `scope` is where she may see them; whether she still may is asked again when the file is written.
    """
    people = list(people)
    check_wanted(wanted, len(people))
    if not people:
        raise InvalidValue("没有可以导出的人", field="layout")
    file = ExportFile.objects.create(
        layout=wanted.layout,
        kind=wanted.kind,
        whole=wanted.whole,
        reason=wanted.reason.strip(),
        people=people,
        total=len(people),
        path=scope.paths[0] if scope.paths else "",
        branch_id=None if scope.paths else scope.branch_ids[0],
        asked_by=by,
    )
    write_down(wanted, len(people), places_of(scope), by=by)
    # Should the process that writes a little file at once die, the worker takes it up.
    defer("exports.write", seconds=TAKEN_UP_AFTER if is_little_export(file) else 0, file=file.pk)
    return file


def is_little_export(file) -> bool:
    """Whether the file is written at once by who asks."""
    return file.total <= AT_ONCE_PEOPLE


@transaction.atomic
def cancel_export(*, file, by, version=None):
    """Stop the writing at its next step, or give up what has not begun."""
    file = locked(file, version=version)
    if not file.is_at_work:
        raise ImportRule(f"“{file}”现为“{EXPORT_NAMES[ExportState(file.state)]}”，不能停止")
    file.cancel_asked = True
    file.version += 1
    file.save(update_fields=["cancel_asked", "version"])
    record("exportfile.cancelled", file, by=by, place=file.path)
    return file


def moved_export(file, move, content=None) -> None:
    """The file in its next state, with its content or without."""
    file.state = EXPORT_MOVES[ExportState(file.state), move]
    file.content = None
    if content is not None:
        file.keep_content(content)
    file.people, file.cancel_asked = [], False
    file.version += 1
    file.save(update_fields=["state", "content", "people", "left_out", "cancel_asked", "version"])


@transaction.atomic
def expire_exports(*, today) -> int:
    """Let go of the files that were made so long ago; return how many."""
    old = ExportFile.objects.filter(state=ExportState.READY, asked_at__date__lte=today - KEPT)
    files = list(old.select_for_update(of=("self",)).order_by("pk"))
    for file in files:
        moved_export(file, ExportMove.EXPIRE)
    return len(files)
