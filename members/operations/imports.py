"""Verbs of an uploaded roster: receive it, ask for it to be applied or undone, cancel it, explain headers.

The work itself is long and done by the worker, or at once when it is little; these say that it is wanted.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q

from branches.models import Branch, Unit
from core.audit import record
from core.changes import locked
from core.errors import DomainError, InvalidValue, refuse_all
from core.jobs import defer
from core.reading import LEFT_OUT, WRITTEN, Fate, header_key
from members.models import HeaderMapping, ImportFile, ImportKind
from members.operations.evidence import evidence_for
from members.states import AT_WORK, IMPORT_MOVES, IMPORT_NAMES, ImportMove, ImportState

AT_ONCE_BYTES, AT_ONCE_ROWS = 300_000, 1_000
# For so long a file, and what its rows said, are kept.
KEPT = timedelta(days=30)
TAKEN_UP_AFTER = 45
LONGEST_HEADER = HeaderMapping._meta.get_field("header").max_length
MOVE_NAMES = {
    ImportMove.RECHECK: "重新检查",
    ImportMove.APPLY: "导入",
    ImportMove.UNDO: "撤销",
    ImportMove.CANCEL: "取消",
}


class ImportRule(DomainError):
    """The file is not in the state for that."""

    code = "import_rule"


@dataclass(frozen=True)
class Upload:
    """A file and what its sender says of it.

    `since` is the first day of relations that say none, `branch` the branch of rows that name none.
    """

    name: str
    content: bytes
    unit: Unit
    kind: str
    since: date
    branch: Branch | None = None


@transaction.atomic
def receive_import(*, upload, by, today):
    """Keep the file, sealed, and have it checked. One file at a time is worked on for a unit."""
    if upload.since > today:
        raise InvalidValue(f"组织关系起始日期 {upload.since} 在今天（{today}）之后", field="since")
    _refuse_a_branch_of_no_use(upload)
    _refuse_a_second(upload.unit)
    file = ImportFile(
        kind=upload.kind,
        unit=upload.unit,
        branch=upload.branch,
        name=upload.name[-200:],
        sha256=hashlib.sha256(upload.content).hexdigest(),
        since=upload.since,
        state=ImportState.CHECKING,
        sent_by=by,
        asked_by=by,
    )
    file.keep_content(upload.content)
    file.save()
    record("importfile.received", file, by=by, fields=[file.get_kind_display()], place=file.unit.path)
    _have_done("imports.check", file)
    return file


def _refuse_a_branch_of_no_use(upload):
    """A branch for rows that name none must be one that this file could name."""
    branch, unit = upload.branch, upload.unit
    if branch is None:
        return
    if upload.kind != ImportKind.MEMBERS:
        raise InvalidValue("只有党员名册可以指定登记到哪个党支部", field="branch")
    if not Branch.objects.filter(pk=branch.pk).within(unit).live().holding().exists():
        raise InvalidValue(f"“{branch}”不在“{unit}”及其以下，或不能接收组织关系", field="branch")


def _refuse_a_second(unit):
    other = ImportFile.objects.filter(unit=unit, state__in=AT_WORK).first()
    if other:
        raise ImportRule(
            f"“{unit}”的“{other}”{IMPORT_NAMES[ImportState(other.state)]}，请等它完成，或先取消它"
        )


@transaction.atomic
def explain_headers(*, file, mapping, by, version=None):
    """Say what headers mean - {header: key of a column, or "" to leave it out} - and check the file again.

    What was said is remembered for the unit.
    """
    file = _moved(file, ImportMove.RECHECK, by=by, version=version)
    refuse_all(_mapping_complaints(file, mapping))
    file.mapping = {**file.mapping, **{header_key(header): key for header, key in mapping.items()}}
    file.save()
    short = {header: key for header, key in mapping.items() if len(header_key(header)) <= LONGEST_HEADER}
    for header, key in short.items():
        HeaderMapping.objects.update_or_create(
            unit=file.unit, kind=file.kind, header=header_key(header), defaults={"key": key}
        )
    record("importfile.explained", file, by=by, fields=sorted(mapping), place=file.unit.path)
    _have_done("imports.check", file)
    return file


def _mapping_complaints(file, mapping) -> list[DomainError]:
    """A header is explained that the file has and nobody else knows, as a column that it has not got yet.

    What was said of a header before may be said otherwise.
    """
    sheets, told = file.found.get("sheets", ()), {header_key(header) for header in mapping}
    unknown = {header_key(title) for title in headers_to_explain(file)}
    columns = Counter(key for sheet in sheets for key in _columns_besides(sheet, told))
    columns.update(mapping.values())
    words = [each for header, key in mapping.items() for each in _against(header, columns[key], key, unknown)]
    return [InvalidValue(each, field="mapping") for each in words]


def headers_to_explain(file) -> dict[str, str]:
    """The file's headers that nobody else uses, and what each was said to be.

    That is "" when nothing was said yet, or to leave the column out.
    """
    return dict.fromkeys(file.unknown_headers, "") | file.explained_headers


def _columns_besides(sheet, told) -> set[str]:
    """The columns that the sheet has by other headers than those."""
    titles = sheet["titles"]
    return {key for place, key in sheet["keys"].items() if key and header_key(titles[place]) not in told}


def _against(header, columns, key, unknown):
    if header_key(header) not in unknown:
        yield f"“{header}”不是这个文件里不认识的列"
    if key and len(header_key(header)) > LONGEST_HEADER:
        yield f"表头“{header[:20]}…”超过 {LONGEST_HEADER} 字，记不下来，请在表中改短"
    if key and columns > 1:
        yield f"“{header}”所选的项，表中另有一列已经是它；请先在表中并为一列"


@transaction.atomic
def apply_import(*, file, only_good, by, version=None, evidence=""):
    """Have the checked file applied: all of it or nothing, or with `only_good` the rows without a fault.

    `evidence` is asked when disputed facts would be other than they were: InvalidValue without it.
    """
    file = _moved(file, ImportMove.APPLY, by=by, version=version)
    bad = file.counted(*LEFT_OUT)
    if bad and not only_good:
        raise ImportRule(f"还有 {bad} 行有错误或冲突；请改正后重新上传，或选择“只导入正确的行”")
    if not file.counted(*WRITTEN):
        raise ImportRule(_why_nothing(file))
    labels = (
        [f"{file.found['disputed']} 行的出生、入党、转正等日期、学历或离退休类别"]
        if file.found.get("disputed")
        else []
    )
    evidence_for(labels, evidence)
    file.only_good, file.evidence = only_good, evidence.strip()
    file.save()
    record("importfile.apply_asked", file, by=by, place=file.unit.path)
    _have_done("imports.apply", file)
    return file


def _why_nothing(file) -> str:
    if file.found.get("unsure"):
        return "还没有认出表头，请先说明表头"
    seen = file.counted(*Fate)
    return "没有可以导入的行：" + ("表中的内容名册里都有了" if seen else "表头下面没有内容")


@transaction.atomic
def undo_import(*, file, by, version=None):
    """Have everything the import wrote taken back, as far as nothing has changed since."""
    file = _moved(file, ImportMove.UNDO, by=by, version=version)
    file.save()
    record("importfile.undo_asked", file, by=by, place=file.unit.path)
    _have_done("imports.undo", file)
    return file


@transaction.atomic
def cancel_import(*, file, by, version=None):
    """Give the file up. While it is being worked on, that work stops at its next step and leaves nothing."""
    file = locked(file, version=version)
    if file.is_at_work:
        file.cancel_asked = True
        file.version += 1
    else:
        file = _moved(file, ImportMove.CANCEL, by=by)
        file.content = None
        file.rows.all().delete()
    file.save()
    record("importfile.cancelled", file, by=by, place=file.unit.path)
    return file


@transaction.atomic
def expire_imports(*, today) -> int:
    """Let go of every file that was sent so long ago, and of what its rows said; return how many.

    What was imported stays, and can no longer be undone as a whole; what was not is given up.
    """
    over = [state for state, move in IMPORT_MOVES if move == ImportMove.EXPIRE]
    old = ImportFile.objects.filter(sent_at__date__lte=today - KEPT, state__in=over)
    old = old.filter(Q(content__isnull=False) | Q(rows__isnull=False)).values("pk")
    files = list(ImportFile.objects.select_for_update().filter(pk__in=old, state__in=over).order_by("pk"))
    for file in files:
        file.found = {**file.found, "expired": True}
        file.state, file.content = IMPORT_MOVES[file.state, ImportMove.EXPIRE], None
        file.version += 1
        file.save()
        file.rows.all().delete()
        record("importfile.expired", file, by=None, place=file.unit.path)
    return len(files)


def _moved(file, move, *, by, version=None) -> ImportFile:
    """The file, locked and in its next state, not yet saved; refused when the move is not legal."""
    file = locked(file, version=version)
    to = IMPORT_MOVES.get((ImportState(file.state), move))
    if to is None:
        state = IMPORT_NAMES[ImportState(file.state)]
        raise ImportRule(f"“{file}”现为“{state}”，不能{MOVE_NAMES[move]}")
    if to in AT_WORK:
        _refuse_a_second(file.unit)
    file.state, file.asked_by, file.cancel_asked = to, by, False
    file.done = 0
    file.version += 1
    file.found.pop("stopped", None)
    return file


def is_little(file) -> bool:
    """Whether what was asked of the file is done at once by who asks."""
    if file.state == ImportState.CHECKING:
        return len(file.content) <= AT_ONCE_BYTES
    return file.counted(*Fate) <= AT_ONCE_ROWS


def _have_done(task, file):
    # Should the process that does a little file at once die, the worker takes it up.
    defer(task, seconds=TAKEN_UP_AFTER if is_little(file) else 0, file=file.pk)
