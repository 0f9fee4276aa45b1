"""Verbs of taking back what was done to a 组织关系, to taking part, and a sign-in."""

from django.db import transaction

from branches.operations.presence import away_since
from core.audit import record
from core.changes import check, locked
from core.voiding import StillNeeded, reason_given, void
from members.models import HandoverPerson, RosterIn, RosterOut
from members.operations.rules import RosterRule
from members.operations.undoing.resting import refuse_resting
from members.states import STANDING_NAMES, Standing

# Begun by something else than by enrolling, which is what has to be taken back.
BEGUN_OTHERWISE = {
    RosterIn.RESTORED: "由恢复党籍建立，请撤回该项党籍变动",
    RosterIn.TRANSFER_IN_WHOLE: "随组织变动建立，请撤回该项组织变动",
}
MOVED = (RosterOut.TRANSFER_OUT, RosterOut.TRANSFER_OUT_WHOLE)


@transaction.atomic
def undo_enrolment(*, membership, reason, by, version=None):
    """Take back a 组织关系 that `enrol` began by mistake, and return the member, who is in no branch again.

    Raise RosterRule if it began in another way, and StillNeeded if something rests on it.
    """
    reason = reason_given(reason)
    member = locked(membership.member)
    membership = locked(membership, version=version)
    why = _not_by_enrolling(member, membership)
    if why:
        raise RosterRule(f"这段组织关系{why}")
    _refuse_later(member, membership)
    void(
        membership,
        verb="membership.undone",
        by=by,
        reason=reason,
        about=member,
        place=membership.branch.path,
    )
    member.refresh_from_db()
    return member


def _not_by_enrolling(member, membership) -> str:
    """How else the relation began; nothing when it was by enrolling."""
    others = member.memberships.exclude(pk=membership.pk)
    if not others.exists():
        return "是登记时建立的，请更正，或撤回登记"
    if membership.began_by in BEGUN_OTHERWISE:
        return BEGUN_OTHERWISE[RosterIn(membership.began_by)]
    if HandoverPerson.objects.filter(membership=membership).exists():
        return "由接收企业移交名单建立，请在移交名单里撤回接收"
    if others.filter(until=membership.since, ended_by__in=MOVED).exists():
        return "由组织关系转接建立，请撤回该次转接"
    return ""


def _refuse_later(member, membership):
    if membership.until:
        raise StillNeeded(
            f"这段组织关系已于 {membership.until} 终止（{membership.get_ended_by_display()}），请先撤回该事项"
        )
    refuse_resting(member, since=membership.since)


@transaction.atomic
def undo_affiliation(*, affiliation, reason, by, version=None):
    """Take back taking part that was entered by mistake. Raise StillNeeded while sign-ins rest on it."""
    reason = reason_given(reason)
    member = locked(affiliation.member)
    affiliation = locked(affiliation, version=version)
    void(
        affiliation,
        verb="affiliation.undone",
        by=by,
        reason=reason,
        about=member,
        place=affiliation.branch.path,
    )
    return member


@transaction.atomic
def reopen_affiliation(*, affiliation, reason, by, version=None):
    """Take back the end of taking part, entered by mistake; refused when it ended with the standing."""
    reason = reason_given(reason)
    member = locked(affiliation.member)
    affiliation = locked(affiliation, version=version)
    branch = locked(affiliation.branch)
    if affiliation.until is None:
        raise RosterRule("没有结束参加，不需要恢复")
    _refuse_over(member, affiliation, branch)
    affiliation.until = None
    affiliation.version += 1
    check(affiliation)
    affiliation.save()
    record("affiliation.reopened", member, by=by, fields=["affiliations"], reason=reason, place=branch.path)
    return affiliation


def _refuse_over(member, affiliation, branch):
    """Refuse what cannot go on: she has left, the organisation was dissolved, or she takes part again."""
    if member.standing in (Standing.EXITED, Standing.DECEASED):
        standing = STANDING_NAMES[Standing(member.standing)]
        raise StillNeeded(f"{member} 的党籍为“{standing}”，请先撤回该项党籍变动")
    belonged = member.memberships.on(affiliation.until).exists()
    if not belonged and member.standing != Standing.SUSPENDED:
        words = f"{member} 在 {affiliation.until} 已没有组织关系，不能恢复参加；后来又来的请重新登记参加"
        raise StillNeeded(words)
    if branch.dissolved_on:
        raise StillNeeded(f"“{branch}”已于 {branch.dissolved_on} 撤销，不能恢复参加")
    if away_since(branch, affiliation.until):
        raise StillNeeded(f"“{branch}”曾经撤销，到 {branch.resumed_on} 才恢复，不能恢复参加")
    again = member.affiliations.filter(branch=branch, since__gte=affiliation.until).order_by("since").first()
    if again:
        raise StillNeeded(f"{member} 自 {again.since} 起又参加“{branch}”，请先撤回")


@transaction.atomic
def undo_sign_in(*, sign_in, reason, by):
    """Take back a sign-in that was entered by mistake, verified or not."""
    reason = reason_given(reason)
    affiliation = locked(sign_in.affiliation)
    sign_in = locked(sign_in)
    void(
        sign_in,
        verb="sign_in.undone",
        by=by,
        reason=reason,
        about=affiliation.member,
        place=affiliation.branch.path,
    )
    return affiliation
