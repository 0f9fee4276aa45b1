"""Verbs of the person: amend, keep the phones; and how her columns are filled."""

from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import F

from core.audit import audit_entry, record, record_all
from core.changes import check, locked, refuse_stale, set_values
from core.copying import copy
from core.errors import DomainError, InvalidValue, SeveralRefusals, refuse_all
from core.identity import IdNumber, normalise_name, normalise_phone, parse_id_number
from core.pinyin import sort_key, spellings
from members.models import Member, Phone, id_index
from members.models.post import ELECTED_ORIGINS
from members.operations.evidence import DISPUTED, disputed_facts, evidence_for, precision_of
from members.operations.locks import locked_members
from members.operations.rules import RosterRule, complaints, joining_complaints, refuse_void

# What a branch secretary may keep up to date herself.
CONTACT_FIELDS = frozenset(
    {"residence", "address", "skills", "note", "lost_since", "floating_since", "floating_to"}
)
SEALED = frozenset({"id_number", "health_note"})
TAKEN = "该身份证号已登记，不能重复登记；如在别处，请联系上级办理组织关系转接"


class IdNumberTaken(RosterRule):
    """Somebody has this ID number already. Who and where is not said: it may be out of the asker's scope."""

    code = "id_number_taken"
    status = 400


@dataclass(frozen=True)
class MemberChanges:
    """What is to change in a member, the version it was read in, and the evidence where it is asked."""

    values: dict = field(default_factory=dict)
    version: int | None = None
    evidence: str = ""


@transaction.atomic
def amend_member(*, member, changes, by, today):
    """Correct or update a member's data. `values` as the person of `register_member`, without standing.

    A disputed fact that has a value is changed only on evidence: InvalidValue on `evidence` without it.
    """
    member = locked(member, version=changes.version)
    refuse_void(member)
    old, wrong = _amended(member, changes.values, today)
    refuse_all(wrong)
    changed = _changed(member, old)
    if not changed:
        return member
    entry = _amendment(member, old, changes.evidence, by)
    check(member, constraints=False)
    with unique_id_number():
        member.save()
    record_all([entry])
    return member


def _amended(member, values, today):
    """Set the values; what stood there, and what speaks against it. Not yet saved."""
    old = _stood(member, values)
    wrong = fill(member, {name: value for name, value in values.items() if name != "standing"}, today)
    changed = _changed(member, old)
    member.version += bool(changed)
    return old, wrong + complaints_of_change(member, changed, today)


def complaints_of_change(member, changed, today) -> list[DomainError]:
    """Everything that speaks against the member as she would be, these columns being other than they were."""
    wrong = complaints(member, today)
    if member.pk and "joined_on" in changed:
        wrong += _joined_too_late(member, today)
    if member.pk and "full_on" in changed:
        wrong += _elected_before(member)
    return wrong


def _joined_too_late(member, today) -> list[DomainError]:
    # Of many they were read together.
    first = min((each.since for each in member.memberships.all()), default=None)
    return joining_complaints(member, first, today, field="joined_on") if first else []


def _elected_before(member) -> list[DomainError]:
    """Who was elected had the right to be: she was a full member."""
    elected = [post for post in member.posts.all() if post.origin in ELECTED_ORIGINS]
    return [
        RosterRule(
            f"{member} 自 {post.since} 起经选举任“{post.branch}”{post.get_post_display()}，"
            "转正日期不能晚于那一天",
            field="full_on",
        )
        for post in sorted(elected, key=lambda post: (post.since, post.pk))
        if member.full_on and post.since < member.full_on
    ]


def _changed(member, old) -> list[str]:
    """The columns that are other than they were."""
    return [name for name, value in old.items() if _kept(member, name) != value]


def _amendment(member, old, evidence, by):
    """The entry on record; InvalidValue when a disputed fact is another and nothing proves it."""
    corrected = disputed_facts(member, old)
    reason = evidence_for([DISPUTED[name] for name in corrected], evidence)
    verb = "member.corrected" if corrected else "member.amended"
    return audit_entry(verb, member, by=by, fields=_changed(member, old), reason=reason)


def _stood(member, values) -> dict:
    """What stands now where the values would be written."""
    return {name: _kept(member, name) for name in {"name", *values, *_beside(values)} - {"standing"}}


def _beside(values) -> set[str]:
    """A disputed day and its precision are one value: whichever is sent, both are compared."""
    return {
        column
        for name in DISPUTED
        if name.endswith("_on") and {name, precision_of(name)} & set(values)
        for column in (name, precision_of(name))
    }


@transaction.atomic
def amend_members(*, changes, by, today):
    """Amend several, {number: MemberChanges}, all or none: `amend_member` with few queries for many.

    Return for each what changed, as {number: {column: value before}}; what is sealed, in clear.
    """
    rows = Member.objects.select_for_update(of=("self",)).filter(pk__in=changes).order_by("pk")
    members = list(rows.prefetch_related("memberships", "posts"))
    before, wrong, entries = {}, [], []
    for member in members:
        wanted = changes[member.pk]
        refuse_stale(member, wanted.version)
        refuse_void(member)
        sealed = {name: member.get_sealed(name) for name in SEALED & set(wanted.values)}
        old, complained = _amended(member, wanted.values, today)
        wrong += complained
        before[member.pk] = {name: sealed.get(name, old[name]) for name in _changed(member, old)}
        entries += [_amendment(member, old, wanted.evidence, by)] if before[member.pk] else []
    refuse_all(wrong)
    _save_all([member for member in members if before[member.pk]], before)
    record_all(entries)
    return before


# Set together with the columns that they follow from.
DERIVED = (
    "version",
    "sort_key",
    "spellings",
    "id_index",
    "id_last4",
    "id_born_on",
    "birth_on",
    "birth_precision",
)


def _save_all(members, before):
    for member in members:
        check(member, constraints=False)
    with unique_id_number():
        columns = {*DERIVED, *(name for old in before.values() for name in old)}
        Member.objects.bulk_update(members, columns, batch_size=500)


@transaction.atomic
def add_phones(*, phones, by):
    """Give several members further phones: {member: [(number, owner, note)]}. The numbers are new to them."""
    members = locked_members(phones)
    rows = [row for member, numbers in phones.items() for row in phone_rows(members[member.pk], numbers)]
    copy(rows)
    Member.objects.filter(pk__in=members).update(version=F("version") + 1)
    record_all(
        audit_entry("member.phones_changed", member, by=by, fields=["phones"]) for member in members.values()
    )


@transaction.atomic
def amend_contact(*, member, changes, by, today):
    """The secretary's amend: contact data and participation, never identity. Refuse any other field."""
    refuse_all(
        [
            InvalidValue("支部书记只能修改联系方式和参与情况，身份信息请联系街道", field=name)
            for name in sorted(set(changes.values) - CONTACT_FIELDS)
        ]
    )
    return amend_member(member=member, changes=changes, by=by, today=today)


@transaction.atomic
def save_phones(*, member, phones, by):
    """Make the member's phones exactly `phones`: (number, owner, note) each. They are part of her version."""
    member = locked(member)
    refuse_void(member)
    wanted = {phone.number: phone for phone in phone_rows(member, phones)}
    kept = {phone.number: phone for phone in member.phones.all()}
    member.phones.exclude(number__in=wanted).delete()
    changed = bool(set(kept) - set(wanted))
    for number, phone in wanted.items():
        row = kept.get(number, phone)
        if set_values(row, {"owner": phone.owner, "note": phone.note}) or row is phone:
            row.save()
            changed = True
    if changed:
        member.version += 1
        member.save(update_fields=["version"])
        record("member.phones_changed", member, by=by, fields=["phones"])
    return member


def fill(member, person, today) -> list[DomainError]:
    """Set the member's columns; collect what cannot be read instead of stopping at the first."""
    wrong = []
    for name, value in person.items():
        try:
            _set(member, name, value, today)
        except InvalidValue as error:
            wrong.append(error)
    if member.id_number and {"id_number", "sex"} & set(person) and not wrong:
        wrong += _sex_complaints(member)
    return wrong


def _set(member, name, value, today):
    if name == "id_number":
        _set_id_number(member, value, today)
    elif name == "health_note":
        member.set_sealed("health_note", value)
    elif name == "residence":
        _set_residence(member, value)
    elif name == "name":
        member.name = normalise_name(value)
        member.sort_key, member.spellings = sort_key(member.name), spellings(member.name)
    else:
        setattr(member, name, value)


def _set_residence(member, unit):
    # Where she lived when it was closed she may stay registered until somebody knows better.
    if unit and unit.pk != member.residence_id:
        refuse_all(home_complaints(unit))
    member.residence = unit


def home_complaints(unit) -> list[DomainError]:
    """A unit that has been closed is nobody's new home."""
    if unit.closed_on is None:
        return []
    words = f"居住地“{unit}”已于 {unit.closed_on} 撤销，请选择现有的单位"
    return [InvalidValue(words, field="residence")]


def _set_id_number(member, text, today):
    if not text:
        if member.id_number:
            raise InvalidValue("身份证号已登记，不能清空；有误请改为正确的号码", field="id_number")
        return
    parsed = parse_id_number(text, today=today)
    if member.id_index == id_index(parsed.number):
        return
    member.set_sealed("id_number", parsed.number)
    member.id_index = id_index(parsed.number)
    member.id_last4 = parsed.number[-4:]
    member.id_born_on = parsed.born_on
    if member.birth_on is None:
        member.birth_on, member.birth_precision = parsed.born_on, "D"


def _sex_complaints(member) -> list[DomainError]:
    sex = IdNumber(member.get_sealed("id_number")).sex
    if member.sex and sex != member.sex:
        label = {"M": "男", "F": "女"}[sex]
        return [InvalidValue(f"性别与身份证号不一致：身份证第17位表示{label}", field="sex")]
    return []


@contextmanager
def unique_id_number():
    """The unique index, not a look beforehand, decides who was first; the loser's transaction must end."""
    try:
        yield
    except IntegrityError as error:
        if "member_id_number_is_unique" in str(error):
            raise IdNumberTaken(TAKEN, field="id_number") from None
        raise


def phone_rows(member, phones) -> list[Phone]:
    """The member's phones, not yet written; raise every number that is none."""
    made, wrong = {}, []
    for position, (number, owner, note) in enumerate(phones, start=1):
        try:
            plain = normalise_phone(number, field="phones")
        except InvalidValue as error:
            wrong.append(InvalidValue(f"第{position}个{error.detail}", field="phones"))
            continue
        made[plain] = Phone(member=member, number=plain, owner=owner, note=note)
    if wrong:
        raise SeveralRefusals(wrong)
    return list(made.values())


def _kept(member, name):
    # The driver gives bytes back as a memoryview.
    value = getattr(member, name)
    return bytes(value) if name in SEALED and value is not None else value
