"""Checked rows of a roster into the registers and out again, through the same operations as everywhere."""

from datetime import date
from functools import partial

from django.db import models, transaction

from branches.models import Branch, Employer, EmployerNature, Unit
from branches.operations import register_employer
from core.errors import DomainError
from core.reading import Fate, Staged
from members.models import Member
from members.operations import (
    Entry,
    MemberChanges,
    amend_members,
    save_phones,
    undo_registrations,
    withdraw_employers,
)
from members.operations.memberships import entry_complaints
from members.operations.people import SEALED, TAKEN, add_phones, home_complaints
from members.operations.registering import DrawnUp, columns_told, register_drawn_up
from members.sheets.drafting import NOT_PERSONAL

DAYS = {field.name for field in Member._meta.fields if isinstance(field, models.DateField)}
UNDONE = "撤销名册导入"
CHANGED_SINCE = "检查之后有人修改了这名党员，请重新检查"
CHANGED_AFTER = "登记之后又修改过，保留现在的内容"
# What the register itself keeps of a member; of her standing its own events say why she stays.
BESIDE_HERSELF = {"id", "branch_id", "path", "on_roster", "version", "standing"}


def about(row: Staged) -> list[tuple]:
    """Whom the row is about; of somebody new, the branch and group she enters."""
    if row.target is not None:
        return [(Member, row.target)]
    entry = row.values["entry"]
    return [(Branch, number) for number in (entry["branch"], entry.get("group")) if number]


def write(rows: list[Staged], *, by, today) -> None:
    """Register the new and amend the changed; a row that cannot be any more says so in `refused`."""
    _refuse_closed_homes(rows)
    employers = _employers(rows, by)
    _register(_of(rows, Fate.NEW), employers, by, today)
    _amend(_of(rows, Fate.CHANGED), employers, by, today)


def _refuse_closed_homes(rows):
    """Of what was drawn up before, where somebody lives may have been closed since."""
    places = _places(rows)
    for row in rows:
        home = places.get(row.values.get("residence"))
        row.refused += [error.detail for error in home_complaints(home)] if home else []


def _of(rows, fate) -> list[Staged]:
    return [row for row in rows if row.fate == fate]


def _good(rows) -> list[Staged]:
    return [row for row in rows if not row.refused]


def _places(rows) -> dict[int, Unit]:
    return Unit.objects.in_bulk({row.values["residence"] for row in rows if "residence" in row.values})


def _register(rows, employers, by, today):
    taken, entries = _taken(rows), _entries(rows)
    cannot = {
        key: [error.detail for error in entry_complaints(entry, today)] for key, entry in entries.items()
    }
    for row in rows:
        if row.values["person"]["columns"].get("id_index") in taken:
            row.refused.append(TAKEN)
        row.refused += cannot[_key(row)]

    def register(good):
        newcomers = [(_drawn_up(row, employers), entries[_key(row)]) for row in good]
        registered = register_drawn_up(newcomers=newcomers, by=by, today=today)
        for row, (number, _) in zip(good, registered, strict=True):
            row.target = number

    _all_or_each(_good(rows), register)


def _all_or_each(rows, do):
    """Do it with all rows at once; if one of them cannot be, with each by itself, so that the others can."""
    try:
        with transaction.atomic():
            do(rows)
    except DomainError:
        for row in rows:
            _alone(row, do)


def _alone(row, do):
    row.refused = []
    try:
        with transaction.atomic():
            do([row])
    except DomainError as refusal:
        row.refused = [error.detail for error in refusal.errors]


def _taken(rows) -> set[str]:
    """Of the numbers in the rows, by their indexes, those that somebody has by now."""
    columns = (row.values["person"]["columns"] for row in rows)
    indexes = [each["id_index"] for each in columns if "id_index" in each]
    return set(Member.objects.registered().filter(id_index__in=indexes).values_list("id_index", flat=True))


def _key(row) -> tuple:
    entry = row.values["entry"]
    return entry["branch"], entry["since"], entry.get("group")


def _entries(rows) -> dict[tuple, Entry]:
    """How the new relations begin, each way once."""
    keys = {_key(row) for row in rows}
    wanted = {number for branch, _, group in keys for number in (branch, group) if number}
    branches = Branch.objects.in_bulk(wanted)
    return {
        (branch, since, group): Entry(branches[branch], date.fromisoformat(since), group=branches.get(group))
        for branch, since, group in keys
    }


def _drawn_up(row, employers) -> DrawnUp:
    """The newcomer as she was drawn up, with the employer and the place that have been found since."""
    person = DrawnUp(**row.values["person"])
    if "employer_name" in row.values:
        person.columns["employer_id"] = employers[row.values["employer_name"]].pk
        person.fields.append("employer")
    if "residence" in row.values:
        person.columns["residence_id"] = row.values["residence"]
        person.fields.append("residence")
    return person


def _amend(rows, employers, by, today):
    versions = dict(Member.objects.filter(pk__in=_targets(rows)).values_list("pk", "version"))
    places = _places(rows)
    for row in rows:
        if versions.get(row.target) != row.seen_version:
            row.refused.append(CHANGED_SINCE)

    def amend(good):
        changes = {
            row.target: MemberChanges(_person(row, employers, places), row.seen_version, row.evidence)
            for row in good
        }
        before = amend_members(changes=changes, by=by, today=today)
        for row in good:
            row.before = {name: frozen(value) for name, value in before[row.target].items()}
        _add_phones(good, by)

    _all_or_each(_good(rows), amend)


def _targets(rows) -> list[int]:
    return [row.target for row in rows]


def _add_phones(rows, by):
    numbers = {row.target: row.values["phones"] for row in rows if row.values.get("phones")}
    members = Member.objects.in_bulk(list(numbers))
    if members:
        add_phones(phones={members[pk]: phones for pk, phones in numbers.items()}, by=by)


def _person(row, employers, places) -> dict:
    """The row's values as columns of a member."""
    person = {name: value for name, value in row.values.items() if name not in NOT_PERSONAL}
    for name in DAYS & set(person):
        person[name] = date.fromisoformat(person[name]) if person[name] else None
    if "employer_name" in row.values:
        person["employer"] = employers[row.values["employer_name"]]
    if "residence" in row.values:
        person["residence"] = places[row.values["residence"]]
    # The ID number last, because it fills an empty birth date.
    number = person.pop("id_number", None)
    return person | ({"id_number": number} if number else {})


def _employers(rows, by) -> dict[str, Employer]:
    """The employers by name; those that nobody has named before are registered."""
    natures = {
        row.values["employer_name"]: row.values.get("employer_nature", EmployerNature.OTHER)
        for row in rows
        if "employer_name" in row.values
    }
    known = {employer.name: employer for employer in Employer.objects.filter(name__in=natures)}
    for name, nature in natures.items():
        if name not in known:
            known[name] = register_employer(values={"name": name, "nature": nature}, by=by)
    return known


def take_back(rows: list[Staged], *, by, today) -> None:
    """Undo what `write` did with these rows; what has changed since stays, and `refused` says why."""
    _withdraw(_of(rows, Fate.NEW), by)
    _all_or_each(_of(rows, Fate.CHANGED), partial(restore, by=by, today=today))
    names = {row.values["employer_name"] for row in rows if "employer_name" in row.values}
    withdraw_employers(names=names, with_members=_targets(rows), reason=UNDONE, by=by)


def _withdraw(rows, by):
    """Take back the registrations of those who still are as they were registered."""
    found = Member.objects.filter(pk__in=_targets(rows)).select_related("employer").prefetch_related("phones")
    members = {member.pk: member for member in found}
    for row in rows:
        if not _is_as_registered(row, members[row.target]):
            row.refused.append(CHANGED_AFTER)
    untouched = [members[row.target] for row in _good(rows)]
    undone = undo_registrations(members=untouched, reason=UNDONE, by=by)
    why = {member.pk: words for member, words in undone.refused.items()}
    for row in rows:
        row.refused += filter(None, [why.get(row.target)])


def _is_as_registered(row, member) -> bool:
    """Whether nobody has changed anything of the person herself since the import registered her."""
    drawn_up, now = DrawnUp(**row.values["person"]), _told_of(member)
    then = {
        **drawn_up.columns,
        "employer_id": row.values.get("employer_name"),
        "residence_id": row.values.get("residence"),
        "phones": {number for number, *_ in drawn_up.phones},
    }
    return all(now.get(name) == then.get(name) for name in {*now, *then} - BESIDE_HERSELF)


def _told_of(member) -> dict:
    """What there is to know of her now; the employer by name, as rows have it."""
    employer = member.employer.name if member.employer else None
    phones = {phone.number for phone in member.phones.all()}
    return {**columns_told(member), "employer_id": employer, "phones": phones}


def restore(rows: list[Staged], *, by, today) -> None:
    """Set the amended columns back where they still hold what the import wrote."""
    members = Member.objects.in_bulk(_targets(rows))
    employers, places = _employers(rows, by), _places(rows)
    changes = {}
    for row in rows:
        written = _person(row, employers, places)
        back = _set_back(row, members[row.target], written)
        changes[row.target] = MemberChanges(back, evidence=UNDONE)
    amend_members(changes=changes, by=by, today=today)
    _remove_phones(rows, members, by)


def _set_back(row, member, written) -> dict:
    """What stood there before; of what somebody has changed since, the row says so."""
    back = {}
    for name, value in row.before.items():
        if name in written and not _still(member, name, written[name]):
            row.refused.append(f"“{_label(name)}”后来又改过，保留现在的内容")
        else:
            back[name] = thawed(name, value)
    return back


def _still(member, name, written) -> bool:
    value = member.get_sealed(name) if name in SEALED else getattr(member, name)
    return value == written


def _label(name) -> str:
    return str(Member._meta.get_field(name).verbose_name)


def _remove_phones(rows, members, by):
    for row in rows:
        added = {number for number, _, _ in row.values.get("phones", ())}
        if added:
            member = members[row.target]
            kept = [
                (phone.number, phone.owner, phone.note)
                for phone in member.phones.all()
                if phone.number not in added
            ]
            save_phones(member=member, phones=kept, by=by)


def frozen(value):
    """A column's value as JSON keeps it."""
    if isinstance(value, models.Model):
        return value.pk
    return value.isoformat() if isinstance(value, date) else value


def thawed(name, value):
    """What `frozen` froze; keys to other tables come back as rows."""
    if value is None or name in SEALED:
        return value
    column = Member._meta.get_field(name)
    if column.is_relation:
        return column.related_model.objects.get(pk=value)
    return date.fromisoformat(value) if name in DAYS else value
