"""Verbs of who comes with a paper: write down what it says, and take her onto the roster of a branch."""

from dataclasses import dataclass, field
from itertools import chain

from django.db import transaction

from branches.scope import Scope
from core.errors import DomainError, InvalidValue, refuse_all
from core.identity import normalise_phone
from members.models import Member, PhoneOwner
from members.models.arrival import Arrival
from members.operations.memberships import Entry, enrol, enrol_complaints
from members.operations.people import TAKEN, IdNumberTaken, fill
from members.operations.registering import Newcomer, newcomer_complaints, register_members
from members.operations.rules import RosterRule, complaints
from members.states import Standing

# What a paper says of a person, by the names that it shares with `Member`.
FACTS = (
    "name", "sex", "ethnic_group", "birth_on", "birth_precision", "joined_on", "joined_precision", "full_on",
    "full_precision", "standing",
)  # fmt: skip


@dataclass(frozen=True)
class Admission:
    """Somebody is taken onto the roster: who, how her 组织关系 begins, and what else is known of her.

    `person`: columns of `Member` that the paper has no place for, as employer or residence.
    """

    arrival: Arrival
    entry: Entry
    person: dict = field(default_factory=dict)


def fill_arrival(arrival, person, today) -> list[DomainError]:
    """Set the arrival's columns (`id_number` in clear); collect everything that speaks against them."""
    person = dict(person)
    phone = person.pop("phone", None)
    wrong = fill(arrival, person, today)
    if phone is not None:
        try:
            arrival.phone = normalise_phone(phone) if phone else ""
        except InvalidValue as error:
            wrong.append(error)
    facts = {name: getattr(arrival, name) for name in FACTS}
    return wrong + complaints(Member(**facts), today)


@transaction.atomic
def admit(*, admission, scope, by, today):
    """Register the arrival in a branch, or enrol her if she is known within `scope` and without a relation.

    Return the member. Raise IdNumberTaken if she is on a roster or known elsewhere, and every other refusal.
    """
    return admit_all(admissions=[admission], scope=scope, by=by, today=today)[0]


@transaction.atomic
def admit_all(*, admissions, scope, by, today):
    """Admit several, all or none, and return the members in their order: few queries for many."""
    known = _known(admissions, lock=True)
    refuse_all(list(chain.from_iterable(_complaints(admissions, known, scope, today))))
    strangers = [_newcomer(each) for each in admissions if each.arrival.id_index not in known]
    registered = iter(register_members(newcomers=strangers, by=by, today=today))
    return [
        _enrolled(known[each.arrival.id_index], each.entry, by, today)
        if each.arrival.id_index in known
        else next(registered)
        for each in admissions
    ]


def _enrolled(member, entry, by, today) -> Member:
    enrol(member=member, entry=entry, by=by, today=today)
    member.refresh_from_db(fields=["branch", "path", "on_roster"])
    return member


def admission_complaints(admissions, *, scope: Scope, today) -> list[list[DomainError]]:
    """For each admission, in order, everything that speaks against it today; nothing is written."""
    return _complaints(admissions, _known(admissions), scope, today)


def _known(admissions, *, lock=False) -> dict[str, Member]:
    """The members who have the ID number of an arrival, by its blind index; a mistake taken back has none."""
    indexes = [each.arrival.id_index for each in admissions]
    rows = Member.objects.filter(id_index__in=indexes).exclude(standing=Standing.VOID).order_by("pk")
    return {member.id_index: member for member in (rows.select_for_update(of=("self",)) if lock else rows)}


def _complaints(admissions, known, scope, today) -> list[list[DomainError]]:
    reached = set(
        Member.objects.visible_in(scope)
        .filter(pk__in=[member.pk for member in known.values()])
        .values_list("pk", flat=True)
    )
    seen, found = set(), []
    for each in admissions:
        index = each.arrival.id_index
        if index in seen:
            found.append([RosterRule(f"{each.arrival.name} 的身份证号重复出现", field="id_number")])
        else:
            found.append(_against(each, known.get(index), reached, today))
        seen |= {index} - {None}
    return found


def _against(admission, member, reached, today) -> list[DomainError]:
    if admission.arrival.id_index is None:
        return [InvalidValue(f"{admission.arrival.name} 没有身份证号，不能接收", field="id_number")]
    if member is None:
        return newcomer_complaints(_newcomer(admission), today)
    if member.pk not in reached or member.on_roster:
        return [IdNumberTaken(TAKEN, field="id_number")]
    return enrol_complaints(member, admission.entry, today)


def _newcomer(admission) -> Newcomer:
    arrival = admission.arrival
    person = {name: getattr(arrival, name) for name in FACTS} | admission.person
    phones = [(arrival.phone, PhoneOwner.SELF, "")] if arrival.phone else []
    return Newcomer({**person, "id_number": arrival.get_sealed("id_number")}, admission.entry, phones)
