"""Which rows keep their history: by triggers, so that bulk writes and plain SQL are seen too."""

import pghistory


def keeps_history(*, exclude=()):
    """Class decorator: every insert, update and delete of the table leaves a row in its event table.

    `exclude` names columns that are derived or secret; a change in those alone is no event.
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=list(exclude) or None,
    )
