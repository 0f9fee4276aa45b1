"""Locks of several members at once."""

from members.models import Member


def locked_members(members) -> dict[int, Member]:
    """The members as they are now, by number, locked in one order so that none wait in a ring."""
    numbers = {member.pk for member in members}
    rows = Member.objects.select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk")
    return {row.pk: row for row in rows}
