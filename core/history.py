"""Which rows keep their history: by triggers, so that bulk writes and plain SQL are seen too."""

import pghistory
from django.db import models


def keeps_history(*, exclude=(), many=False, asked_by=()):
    """Class decorator: every insert, update and delete of the table leaves a row in its event table.

    `exclude` names columns that are derived or secret; a change in those alone is no event. Where rows come
    in by the ten thousand, `many` has the trigger take note of all those of one statement at once. Events are
    found by the row they are about; `asked_by` names further keys by which they are.
    """
    return pghistory.track(
        pghistory.InsertEvent(level=pghistory.Statement if many else pghistory.Row),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=list(exclude) or None,
        meta={"indexes": [models.Index(fields=[key]) for key in asked_by]},
    )
