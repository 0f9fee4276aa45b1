"""Verbs that answer for people on an enterprise's list: accept, return, not found, wait again."""

from dataclasses import dataclass
from datetime import date
from itertools import chain

from django.db import transaction
from django.db.models import F

from branches.models import Branch, Level
from core.audit import audit_entry, record_all
from core.changes import locked, not_after
from core.copying import amend_tuples
from core.errors import DomainError, InvalidValue, refuse_all
from members.models import HandoverPerson, Member, Membership, ReturnReason, RosterIn
from members.operations.arrivals import Admission, admission_complaints, admit_all
from members.operations.handovers.batches import HandoverRule, open_for_work
from members.operations.handovers.cells import known_more
from members.operations.handovers.lists import known_members
from members.operations.memberships import Entry
from members.operations.undoing import undo_enrolment, undo_registration
from members.states import (
    OUTCOME_MOVE_NAMES,
    OUTCOME_MOVES,
    OUTCOME_NAMES,
    Outcome,
    OutcomeMove,
    outcome_after,
)

MOST_NAMED = 10


@dataclass(frozen=True)
class Acceptance:
    """From which day people are taken, and into which branch (and group).

    Without a branch each comes into the one that the list wants for her.
    """

    on: date
    branch: Branch | None = None
    group: Branch | None = None

    def branch_of(self, line) -> Branch | None:
        """Into which branch this line is taken."""
        return self.branch or line.branch


@dataclass(frozen=True)
class Answer:
    """How people who are not taken are answered for: on which day, why (a `ReturnReason`), in what words."""

    on: date
    reason: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Answered:
    """The lines of who was taken in, and of who turned out to be on a roster already."""

    accepted: list
    already_here: list


@transaction.atomic
def accept_people(*, handover, people, acceptance, scope, by, today) -> Answered:
    """Take everybody of the lines numbered `people` onto a branch's roster, all or none.

    Who stands on a roster within `scope` by now is noted as 已在册 instead. Each refusal bears a name.
    """
    handover = open_for_work(handover)
    lines = _chosen(handover, people, OutcomeMove.ACCEPT)
    _check_day(handover, acceptance.on, today)
    here = _on_roster(lines, scope)
    already = [line for line in lines if line.id_index in here]
    coming = [line for line in lines if line.id_index not in here]
    members = _admit(handover, coming, acceptance, scope, by, today)
    _write(already, Outcome.ALREADY_HERE, by, answered_on=today, answered_by=by)
    _take_in(coming, members, acceptance, by, note=handover.document)
    return Answered(coming, already)


def _take_in(lines, members, acceptance, by, note):
    """Note of each line in which branch she is and by which relation."""
    begun = dict(Membership.objects.in_force().filter(member__in=members).values_list("member", "pk"))
    alike = {
        "outcome": Outcome.ACCEPTED.value,
        "answered_on": acceptance.on,
        "answered_by": by and by.pk,
        "group": acceptance.group and acceptance.group.pk,
    }
    rows = []
    for line, member in zip(lines, members, strict=True):
        into = line.branch_into
        rows.append((line.pk, *alike.values(), line.version + 1, begun[member.pk], into.pk, into.unit_id))
    amend_tuples(HandoverPerson, (*alike, "version", "membership", "branch", "unit"), rows)
    _trace(lines, Outcome.ACCEPTED, by, note)


def _admit(handover, lines, acceptance, scope, by, today):
    homeless = [line for line in lines if acceptance.branch_of(line) is None]
    if homeless:
        named = "、".join(f"{line.serial}号 {line}" for line in homeless[:MOST_NAMED])
        raise InvalidValue(f"名单没有写明党支部的，请选择接收到哪个党支部：{named}", field="branch")
    admissions = [_admission(handover, line, acceptance) for line in lines]
    try:
        return admit_all(admissions=admissions, scope=scope, by=by, today=today)
    except DomainError:
        _refuse_by_name(lines, admission_complaints(admissions, scope=scope, today=today))
        raise


def _admission(handover, line, acceptance) -> Admission:
    line.branch_into = acceptance.branch_of(line)
    entry = Entry(
        line.branch_into,
        acceptance.on,
        RosterIn.HANDOVER,
        acceptance.group,
        handover.document,
        handover.employer,
    )
    return Admission(line, entry, _known_besides(handover, line))


def _refuse_by_name(lines, found):
    """Say what speaks against all of them once, and what against single ones with their names."""
    common = set.intersection(*({each.detail for each in wrong} for wrong in found))
    shared = {each.detail: each for each in chain.from_iterable(found) if each.detail in common}
    own = (
        type(each)(f"{line.serial}号 {line}：{each.detail}", field="people")
        for line, wrong in zip(lines, found, strict=True)
        for each in wrong
        if each.detail not in common
    )
    refuse_all([*shared.values(), *own])


def _known_besides(handover, line) -> dict:
    """What of a line a member has columns for, besides what she is."""
    home = line.home or (line.unit if line.unit.level >= Level.COMMUNITY else None)
    return {
        "employer": handover.employer,
        "residence": home,
        "address": line.address,
        **known_more(line.more),
    }


def _on_roster(lines, scope) -> set[str]:
    """The ID numbers, by their blind index, of who stands on a roster within reach."""
    known = {member.pk: index for index, member in known_members(lines).items() if member.on_roster}
    reached = Member.objects.visible_in(scope).filter(pk__in=known).values_list("pk", flat=True)
    return {known[pk] for pk in reached}


@transaction.atomic
def return_people(*, handover, people, answer, by, today):
    """Send everybody of the lines back to the enterprise for one of the listed reasons."""
    if answer.reason not in ReturnReason.values:
        raise InvalidValue(f"退回须写明原因：{'、'.join(ReturnReason.labels)}", field="reason")
    if answer.reason == ReturnReason.OTHER and not answer.remark.strip():
        raise InvalidValue("退回原因为“其他”时须写明说明", field="remark")
    return _answer_all(handover, people, OutcomeMove.RETURN, answer, by, today)


@transaction.atomic
def miss_people(*, handover, people, answer, by, today):
    """Note that nobody of that name is to be found where the list says."""
    if answer.reason:
        raise InvalidValue("查无此人不需要填写退回原因", field="reason")
    return _answer_all(handover, people, OutcomeMove.MISS, answer, by, today)


def _answer_all(handover, people, move, answer, by, today):
    handover = open_for_work(handover)
    lines = _chosen(handover, people, move)
    _check_day(handover, answer.on, today)
    remark = answer.remark.strip()
    _write(
        lines,
        OUTCOME_MOVES[Outcome.PENDING, move],
        by,
        note=remark,
        answered_on=answer.on,
        answered_by=by,
        reason=answer.reason,
        remark=remark,
    )
    return lines


@transaction.atomic
def reopen_people(*, handover, people, by):
    """Let lines that were answered otherwise wait again; who was accepted is not among them."""
    handover = open_for_work(handover)
    lines = _chosen(handover, people, OutcomeMove.REOPEN)
    _open_again(lines, by)
    return lines


@transaction.atomic
def undo_acceptance(*, person, reason, by, version=None):
    """Take back an acceptance made by mistake: the line waits again, and so does she.

    The registration is taken back, or the enrolment of somebody who was known before.
    Raise StillNeeded, naming what rests on it, if anything came later.
    """
    open_for_work(person.handover)
    line = locked(person, version=version)
    if outcome_after(line.outcome, OutcomeMove.UNDO) is None:
        raise HandoverRule(f"“{line}”{_told(line)}，没有可以撤回的接收")
    membership, member = line.membership, locked(line.membership.member)
    _open_again([line], by, note=reason)
    if member.memberships.exclude(pk=membership.pk).exists():
        undo_enrolment(membership=membership, reason=reason, by=by)
    else:
        undo_registration(member=member, reason=reason, by=by)
    line.refresh_from_db()
    return line


def _open_again(lines, by, note=""):
    """Let the lines wait again, those with something against them as faulty ones."""
    nothing = {"answered_on": None, "answered_by": None, "membership": None, "reason": "", "remark": ""}
    for outcome, faulty in ((Outcome.FAULTY, True), (Outcome.PENDING, False)):
        _write([line for line in lines if bool(line.complaints) is faulty], outcome, by, note, **nothing)


def _chosen(handover, people, move) -> list[HandoverPerson]:
    """The lines of these numbers, locked in one order; refuse whoever may not be moved like that."""
    wanted = set(people)
    if not wanted:
        raise InvalidValue("没有选中任何人", field="people")
    rows = handover.people.select_for_update(of=("self",)).filter(pk__in=wanted)
    lines = list(rows.select_related("unit", "home", "branch__unit", "answered_by").order_by("pk"))
    if len(lines) < len(wanted):
        raise InvalidValue(f"所选的人中有 {len(wanted) - len(lines)} 个不在这批名单里", field="people")
    wrong = [line for line in lines if outcome_after(line.outcome, move) is None]
    if wrong:
        raise HandoverRule(_why_not(wrong, move), field="people")
    return lines


def _why_not(lines, move) -> str:
    """Who cannot be moved like that, and what somebody did first."""
    named = "；".join(f"{line.serial}号 {line} {_told(line)}" for line in lines[:MOST_NAMED])
    rest = f"等 {len(lines)} 人" if len(lines) > MOST_NAMED else ""
    return f"不能办理“{OUTCOME_MOVE_NAMES[move]}”，没有做任何改动：{named}{rest}"


def _told(line) -> str:
    if line.answered_on is None:
        return f"仍为“{OUTCOME_NAMES[Outcome(line.outcome)]}”"
    by = f"由 {line.answered_by} " if line.answered_by else ""
    return f"已{by}于 {line.answered_on} 办理，结果为“{OUTCOME_NAMES[Outcome(line.outcome)]}”"


def _check_day(handover, on, today):
    not_after(on, today, field="on", label="办理日期")
    if on < handover.opened_on:
        raise InvalidValue(f"办理日期 {on} 早于移交日期 {handover.opened_on}", field="on")


def _write(lines, outcome, by, note="", **values):
    """Give all the lines the same answer in one statement, with a trace for each."""
    chosen = HandoverPerson.objects.filter(pk__in=[line.pk for line in lines])
    chosen.update(outcome=outcome, version=F("version") + 1, **values)
    _trace(lines, outcome, by, note)


def _trace(lines, outcome, by, note):
    record_all(
        audit_entry(
            f"handover_person.{outcome}", line, by=by, fields=["outcome"], reason=note, place=line.unit.path
        )
        for line in lines
    )
