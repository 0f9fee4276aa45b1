"""Rows that belong to two places at once: where something is done, and where who does it belongs."""

from django.db.models import Q

from branches.scope import ScopedQuerySet, within_path


class TwoSidedQuerySet(ScopedQuerySet):
    """Seen from each side: by the columns of `paths`, and by the branches of `branches`."""

    paths: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    # What else must hold of a row that the branches see.
    while_true = Q()

    def reached_by(self, scope):
        reached = Q(pk__in=[])
        for path in scope.paths:
            for column in self.paths:
                reached |= within_path(path, column)
        for column in self.branches if scope.branch_ids else ():
            reached |= Q(**{f"{column}__in": scope.branch_ids}) & self.while_true
        return reached
