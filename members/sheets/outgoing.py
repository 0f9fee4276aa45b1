"""The work on a roster that was asked for: read in portions, written as one file, sealed and kept."""

from contextlib import suppress

from django.db import connection, transaction

from branches.scope import scope_of
from core import clock
from core.errors import DomainError, InvalidValue
from core.sheets import written
from members.models import ExportFile, ExportLayout, Member
from members.operations.exports import is_little_export, moved_export, places_of
from members.sheets.exporting import AT_ONCE, HEADER, WIDTHS, lines, telling, with_all_told
from members.sheets.progress import BeingDone, Cancelled, Quiet
from members.sheets.rollup import rollup_book
from members.states import ExportMove, ExportState

# A number of ours among PostgreSQL's advisory locks.
LOCK = 530304
VIEW, WHOLE = "members.view_member", "members.reveal_roster"


def write(number, *, today, masked, progress=None) -> bool:
    """Write the file; whether it was still to be done. `masked` says what an account is told of an ID number.

    Who is no longer where the asker may see her is left out, and counted.
    """
    try:
        with transaction.atomic():
            file = _claimed(number)
            if file is None:
                return False
            content = _content(file, today, masked(file.asked_by), progress or Quiet())
            moved_export(file, ExportMove.FINISH, content)
    except (Cancelled, DomainError):
        give_up(number)
    return True


def _claimed(number) -> ExportFile | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, number])
        if not cursor.fetchone()[0]:
            raise BeingDone
    return ExportFile.objects.select_related("asked_by").filter(pk=number, state=ExportState.WRITING).first()


@transaction.atomic
def give_up(number) -> None:
    """Leave a file that is not to be written, or cannot be."""
    file = ExportFile.objects.select_for_update(of=("self",)).filter(pk=number).first()
    if file and file.is_at_work:
        moved_export(file, ExportMove.STOP)


def _content(file, today, masked, progress) -> bytes:
    scope = scope_of(file.asked_by, to=VIEW, on=today)
    reached = Member.objects.visible_in(scope)
    if file.whole:
        reached = reached.visible_in(scope_of(file.asked_by, to=WHOLE, on=today))
    told = telling(whole=file.whole, masked=masked)
    members = _in_portions(file, reached, progress)
    if file.layout == ExportLayout.ROLLUP:
        unit = "、".join(map(str, places_of(scope)))
        return rollup_book(members, told, unit=unit, on=today, by=file.asked_by)
    return written(file.kind, HEADER, lines(members, told), widths=WIDTHS)


def _in_portions(file, reached, progress):
    """Those of the people who are within reach, as they stood on the screen, with all that a sheet tells."""
    rows = with_all_told(reached)
    for first in range(0, file.total, AT_ONCE):
        numbers = file.people[first : first + AT_ONCE]
        found = rows.in_bulk(numbers)
        file.left_out += len(numbers) - len(found)
        yield from (found[number] for number in numbers if number in found)
        progress.report(file, first + len(numbers), file.total)
    if file.left_out == file.total:
        raise InvalidValue("其中的人现在都不在您的管辖范围内", field="layout")


def begin_export(file, *, masked) -> ExportFile:
    """Write the file at once, if it is little; the file as it then stands."""
    if is_little_export(file):
        with suppress(BeingDone):
            write(file.pk, today=clock.today(), masked=masked)
    return ExportFile.objects.get(pk=file.pk)
