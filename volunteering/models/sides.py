"""Rows that belong to two places at once: where something is done, and where who does it belongs."""

from django.db.models import Q

from branches.scope import ScopedQuerySet


class TwoSidedQuerySet(ScopedQuerySet):
    """Seen from each side: by the columns of `paths`, and by the branches of `branches`."""

    paths: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    # What else must hold of a row that the branches see.
    while_true = Q()

    def reached_by(self, scope):
        return scope.over(*self.paths) | (scope.at(*self.branches) & self.while_true)
