"""Verbs of taking back what was entered by mistake, while nothing later rests on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F

from core.audit import audit_entry, record_all
from core.changes import locked
from core.voiding import StillNeeded, all_rows, dependents_of, reason_given, take_out
from members.models import Member, Membership, Phone
from members.operations.rules import RosterRule
from members.states import Standing

# Written together with the member when she is registered.
HER_OWN = (Membership, Phone)


@dataclass
class Undone:
    """What came of taking back several registrations: whom, and by member why not."""

    members: list[Member] = field(default_factory=list)
    refused: dict[Member, str] = field(default_factory=dict)


@transaction.atomic
def undo_registration(*, member, reason, by, version=None):
    """Take back a registration made by mistake, and return the member, now 录入错误 and in no branch.

    Her ID number is free again. Raise RosterRule if it is taken back already, and StillNeeded, naming what
    rests on it, if anything came later than the registration.
    """
    member = locked(member, version=version)
    if member.standing == Standing.VOID:
        raise RosterRule(f"{member} 的登记已作为录入错误撤回")
    undone = undo_registrations(members=[member], reason=reason, by=by)
    for why in undone.refused.values():
        raise StillNeeded(why)
    return undone.members[0]


@transaction.atomic
def undo_registrations(*, members: Sequence, reason, by) -> Undone:
    """Take back those of the registrations on which nothing rests, with few queries for many.

    What was begun for her and came to nothing, as a transfer that was cancelled, stays and goes on pointing
    to her.
    """
    reason = reason_given(reason)
    rows = list(
        Member.objects.select_for_update(of=("self",))
        .filter(pk__in=[member.pk for member in members])
        .order_by("pk")
    )
    relations = _relations_of(rows)
    undone = Undone(refused=_refused(rows, relations))
    undone.members = [member for member in rows if member not in undone.refused]
    gone = [relation for member in undone.members for relation in relations[member.pk]]
    record_all(
        audit_entry("member.registration_undone", member, by=by, fields=["standing"], reason=reason)
        for member in undone.members
    )
    take_out(gone)
    undone.members = _made_void(undone.members)
    return undone


def _relations_of(members) -> dict[int, list[Membership]]:
    found: dict[int, list[Membership]] = {member.pk: [] for member in members}
    held = Membership.objects.filter(member__in=members).select_related("branch").order_by("pk")
    for relation in held.select_for_update(of=("self",)):
        found[relation.member_id].append(relation)
    return found


def _refused(members, relations) -> dict[Member, str]:
    """Why some of the registrations cannot be taken back."""
    resting = dependents_of(members, besides=HER_OWN, rows_of=_that_count)
    on_relations = dependents_of([each for held in relations.values() for each in held])
    found = {}
    for member in members:
        held = relations[member.pk]
        needed = resting[member.pk] + [words for each in held for words in on_relations[each.pk]]
        why = _why_not(member, _later_relations(held) + needed)
        if why:
            found[member] = why
    return found


def _that_count(model):
    """The rows of a table but for those that the model says came to nothing."""
    nothing = getattr(model, "came_to_nothing", None)
    return all_rows(model).exclude(nothing) if nothing else all_rows(model)


def _later_relations(held) -> list[str]:
    """What became of the relation that the registration began."""
    if len(held) > 1:
        return [f"后来的组织关系 {len(held) - 1} 条"]
    return [f"组织关系的终止（{each.until} {each.get_ended_by_display()}）" for each in held if each.until]


def _why_not(member, needed) -> str:
    if member.standing == Standing.VOID:
        return f"{member} 的登记已作为录入错误撤回"
    return f"{member} 登记之后还有{'、'.join(needed)}，不能撤回登记，请先撤回这些" if needed else ""


def _made_void(members) -> list[Member]:
    chosen = Member.objects.filter(pk__in=[member.pk for member in members])
    chosen.update(standing=Standing.VOID, version=F("version") + 1)
    return list(chosen.order_by("pk"))
