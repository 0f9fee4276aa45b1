"""Who may see and do what, and where: one question, asked by every door.

A scope is computed from the appointments in force on a day whose role has the verb asked for.
No appointment, no rows.
"""

from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_
from types import SimpleNamespace

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.module_loading import import_string

# Sorts after every character of a path, so that "within" is a range that an index answers.
AFTER_ALL = "~"


@dataclass(frozen=True)
class Scope:
    """The subtrees and single branches that somebody may ask about."""

    paths: tuple[str, ...] = ()
    branch_ids: tuple[int, ...] = ()

    def __bool__(self):
        return bool(self.paths or self.branch_ids)

    def covers(self, path: str) -> bool:
        """Whether the place `path` lies in one of the subtrees."""
        return any(path.startswith(own) for own in self.paths)

    def reaches(self, path: str, branch_id: int | None) -> bool:
        """Whether what lies at `path` and belongs to the branch is reached by the one or the other."""
        return self.covers(path) or branch_id in self.branch_ids

    def over(self, *columns: str) -> Q:
        """The rows of which a path, in one of these columns, lies in one of the subtrees."""
        return _any(within_path(path, column) for path in self.paths for column in columns)

    def at(self, *columns: str) -> Q:
        """The rows of which a branch, in one of these columns, is one of the single ones."""
        return _any(Q(**{f"{column}__in": self.branch_ids}) for column in columns if self.branch_ids)

    @property
    def is_whole(self) -> bool:
        """Whether one of the subtrees is the whole district: its path has one step, as "00001/"."""
        return any(path.count("/") <= 1 for path in self.paths)


def _any(conditions) -> Q:
    """One of these; of none, nothing."""
    return reduce(or_, conditions, Q(pk__in=[]))


NOWHERE = Scope()
# A superuser exists to set the system up: everywhere the one role that appoints others, and no roster.
SETUP = SimpleNamespace(role="system_administrator", branch_id=None, unit=SimpleNamespace(path=""))


@lru_cache
def verbs_by_role() -> dict[str, frozenset[str]]:
    """The table role -> verbs, written on the top floor because it names every app."""
    return import_string(settings.ROLE_VERBS)


def is_asked(verb: str) -> bool:
    """Whether any role has the verb: what is no verb is not asked by itself, but by what it belongs to."""
    return any(verb in verbs for verbs in verbs_by_role().values())


def scope_of(user, *, to: str, on) -> Scope:
    """Where `user` may do the verb `to` (as "members.view_member") by the appointments of the day `on`."""
    paths, branch_ids = set(), set()
    for appointment in live_appointments(user, on=on):
        if to in verbs_by_role()[appointment.role]:
            if appointment.branch_id:
                branch_ids.add(appointment.branch_id)
            else:
                paths.add(appointment.unit.path)
    outermost = [
        path for path in paths if not any(path != other and path.startswith(other) for other in paths)
    ]
    return Scope(tuple(sorted(outermost)), tuple(sorted(branch_ids)))


def live_appointments(user, *, on) -> list:
    """The appointments of an active account on a day, read once for each account object."""
    if not user.is_active or user.is_anonymous:
        return []
    if user.is_superuser:
        return [SETUP]
    known = getattr(user, "appointments_by_day", {})
    if on not in known:
        remember_appointments(user, list(user.appointments.on(on).select_related("unit")), on=on)
    return user.appointments_by_day[on]


def remember_appointments(user, appointments, *, on) -> None:
    """Let `live_appointments` answer for that day with what was read together with the account."""
    # An attribute, which a lazy account passes on to the one it stands for; its own __dict__ it does not.
    user.appointments_by_day = {**getattr(user, "appointments_by_day", {}), on: appointments}


def verbs_of(user, *, on) -> frozenset[str]:
    """Every verb the account has anywhere on the day."""
    return frozenset().union(*(verbs_by_role()[row.role] for row in live_appointments(user, on=on)))


def within_path(path: str, field: str = "path") -> Q:
    """The place `path` itself and everything below it."""
    return Q(**{f"{field}__gte": path, f"{field}__lt": path + AFTER_ALL})


class ScopedQuerySet(models.QuerySet):
    """Rows that belong to a place by the columns `path_field` and `branch_field`, if it has one."""

    path_field: str = "path"
    branch_field: str | None = "branch"

    def visible_in(self, scope: Scope):
        """Keep the rows that `scope` reaches; an empty scope reaches none."""
        return self.filter(self.reached_by(scope))

    def within(self, unit):
        """Keep the rows at `unit` and below it, as the tree stands today."""
        return self.filter(within_path(unit.path, self.path_field))

    def reached_by(self, scope: Scope) -> Q:
        """The condition behind `visible_in`; a table whose rows are reached in another way says so here."""
        single = [self.branch_field] if self.branch_field else []
        return scope.over(self.path_field) | scope.at(*single)


class SharedQuerySet(ScopedQuerySet):
    """Rows that tell of nobody and hang nowhere in the tree: whoever reaches anything may read them all."""

    def reached_by(self, scope: Scope) -> Q:
        """All of them, or none."""
        return ~Q(pk__in=[]) if scope else Q(pk__in=[])
