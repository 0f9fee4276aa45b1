"""Verbs by which somebody new comes into the register: judged first, then written, one or very many."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter

from django.db import transaction

from core.audit import record_tuples
from core.changes import check
from core.copying import copy_tuples, mark_written, numbers
from core.errors import DomainError, InvalidValue, refuse_all
from members.models import Member, Phone
from members.operations.memberships import (
    Entry,
    checked_arrivals,
    copy_memberships,
    entry_complaints,
)
from members.operations.people import fill, phone_rows, unique_id_number
from members.operations.rules import complaints, joining_complaints
from members.states import GOOD_STANDING, Standing


@dataclass(frozen=True)
class Newcomer:
    """Somebody to be registered, and how her 组织关系 begins.

    `person`: the member's columns, and in clear `id_number` and `health_note`; `phones`: (number, owner,
    note) each.
    """

    person: dict
    entry: Entry
    phones: Sequence = ()


@dataclass(frozen=True)
class DrawnUp:
    """A newcomer as her rows will stand: judged, spelt and sealed, in values that JSON and COPY both take.

    `columns` are those of the member that are not empty, by their names in the table, `keys` the spellings of
    her name; `fields` what was said.
    """

    columns: dict
    keys: list
    phones: list
    fields: list


def register_member(*, person, entry, by, today, phones=()):
    """Register a member with her 组织关系 in one step and return her; all as in `Newcomer`.

    Raise every refusal at once; nothing is written then.
    """
    return register_members(newcomers=[Newcomer(person, entry, phones)], by=by, today=today)[0]


@transaction.atomic
def register_members(*, newcomers, by, today):
    """Register several people, all or none, and return them: `register_member` with few queries for many."""
    judged = [judge(newcomer, today) for newcomer in newcomers]
    drawn_up = [draw_up(*each, new.person) for each, new in zip(judged, newcomers, strict=True)]
    entries = [newcomer.entry for newcomer in newcomers]
    members = [member for member, _ in judged]
    arrivals = register_drawn_up(newcomers=list(zip(drawn_up, entries, strict=True)), by=by, today=today)
    for member, (number, entry) in zip(members, arrivals, strict=True):
        member.pk = number
        member.branch, member.path, member.on_roster = entry.branch, entry.branch.path, True
    mark_written(members)
    return members


@transaction.atomic
def register_drawn_up(*, newcomers, by, today):
    """Register several who were drawn up before, (DrawnUp, Entry) each, all or none.

    Return for each (her number, the entry with its branch as it is now). Whether the branch takes anybody is
    looked at again; of the person herself the database has the last word.
    """
    arrivals = checked_arrivals(newcomers, today)
    new = list(zip(numbers(Member, len(arrivals)), arrivals, strict=True))
    with unique_id_number():
        copy_tuples(Member, BLANK, (_member(number, *arrival) for number, arrival in new))
    begun = [(number, entry) for number, (_, entry) in new]
    copy_memberships(begun)
    phones = ((number, *phone) for number, (who, _) in new for phone in who.phones)
    copy_tuples(Phone, ("member_id", "number", "owner", "note"), phones)
    record_tuples("member.registered", Member, map(_on_record, new), by=by)
    return begun


def _on_record(new):
    number, (who, entry) = new
    return number, who.columns["name"], entry.branch.path, who.fields, entry.document


def newcomer_complaints(newcomer, today) -> list[DomainError]:
    """Every rule that registering her would break, but for an ID number that somebody has."""
    try:
        judge(newcomer, today)
    except DomainError as refusal:
        return refusal.errors
    return []


def judge(newcomer, today) -> tuple[Member, list[Phone]]:
    """The member and her phones, not yet written; raise every rule that they or the entry break."""
    # By place and not by name: of very many, asking each column for its default is a third of the work.
    begins = {"uid": uuid.uuid4(), "standing": newcomer.person.get("standing", Standing.FULL)}
    member = Member(*(EMPTY | begins).values())
    wrong = fill(member, newcomer.person, today)
    wrong += complaints(member, today) + entry_complaints(newcomer.entry, today)
    wrong += joining_complaints(member, newcomer.entry.since, today)
    if member.standing not in GOOD_STANDING:
        words = "登记时只能是正式党员或预备党员，其他情形请登记后办理党籍变动"
        wrong.append(InvalidValue(words, field="standing"))
    try:
        phones = phone_rows(member, newcomer.phones)
    except DomainError as error:
        wrong += error.errors
    refuse_all(wrong)
    check(member, constraints=False)
    return member, phones


def draw_up(member, phones, said) -> DrawnUp:
    """What was judged, ready to be written."""
    numbers_at = [(phone.number, str(phone.owner), phone.note) for phone in phones]
    return DrawnUp(columns_told(member), member.spellings.split(), numbers_at, list(said))


def columns_told(member) -> dict:
    """The member's columns that are not empty, by their names in the table, as `DrawnUp` keeps them."""
    return {
        COLUMNS[name]: _plain(value)
        for name, value in vars(member).items()
        if name in COLUMNS and name != "spellings" and value != EMPTY[name]
    }


def _plain(value):
    """A column's value as JSON keeps it and as COPY takes it."""
    if isinstance(value, (bytes, memoryview)):
        return "\\x" + value.hex()
    if isinstance(value, (date, uuid.UUID, str)):
        return str(value)
    return value


COLUMNS = {field.attname: field.column for field in Member._meta.concrete_fields}
EMPTY = {field.attname: field.get_default() for field in Member._meta.concrete_fields}
BLANK = {COLUMNS[name]: _plain(value) for name, value in EMPTY.items()}
IN_ORDER = itemgetter(*BLANK)


def _member(number, who, entry) -> tuple:
    """The row of the member, with what the database would copy down from her membership."""
    placed = {"id": number, "branch_id": entry.branch.pk, "path": entry.branch.path, "on_roster": True}
    return IN_ORDER(BLANK | who.columns | placed | {"spellings": " ".join(who.keys)})
