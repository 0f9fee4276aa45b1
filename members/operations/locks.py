"""Locks of several members, or of several branches, at once."""

from branches.models import Branch
from members.models import Member


def locked_members(members) -> dict[int, Member]:
    """The members as they are now, by number, locked in one order so that none wait in a ring."""
    numbers = {member.pk for member in members}
    rows = Member.objects.select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk")
    return {row.pk: row for row in rows}


def lock_branches_of(member, *others) -> None:
    """Lock every branch in which the member has or had something, and the others, in one order."""
    numbers = {each.pk for each in others if each}
    for rows in (member.memberships, member.posts, member.affiliations):
        numbers |= set(rows.values_list("branch", flat=True))
    list(Branch.objects.select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk"))
