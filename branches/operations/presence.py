"""Whether a unit or a branch is there: today, or on every day of a period."""

from core.errors import DomainError, InvalidValue


def closed_complaints(unit, *, field="unit") -> list[DomainError]:
    """Refuse a unit that is closed."""
    return [InvalidValue(f"“{unit}”已于 {unit.closed_on} 撤销", field=field)] if unit.closed_on else []


def dissolved_complaints(branch, *, field="branch") -> list[DomainError]:
    """Refuse a branch that is dissolved."""
    if branch.dissolved_on is None:
        return []
    return [InvalidValue(f"“{branch}”已于 {branch.dissolved_on} 撤销", field=field)]


def stands(branch, since, until=None) -> bool:
    """Whether the branch is there on every day of the period; for good where nothing ends it."""
    if since >= branch.stands_since:
        return branch.dissolved_on is None or bool(until and until <= branch.dissolved_on)
    if until is None or branch.resumed_on is None:
        return False
    for place in branch.placements.filter(until__gt=since).order_by("since"):
        if place.since > since:
            break
        since = place.until
    return until <= since


def away_since(branch, day) -> bool:
    """Whether it was dissolved for a time after the day, and is there again since a later one."""
    return branch.resumed_on is not None and branch.resumed_on > day


def beginning(branch) -> str:
    """In words, since when the branch stands."""
    if branch.resumed_on:
        return f"恢复日期 {branch.resumed_on}（此前曾撤销）"
    return f"成立日期 {branch.founded_on}"
