"""How far long work on a file is: told beside the work, so that it is seen before that is committed."""

from contextlib import contextmanager

from django.db import connection, connections


class BeingDone(Exception):
    """Somebody else is at it."""


class Cancelled(Exception):
    """Somebody has asked to stop."""


class Quiet:
    """Progress that nobody can watch: the work is done before the answer."""

    def report(self, file, done, total):
        """Nothing."""


def another_connection():
    """A connection of its own to the same database."""
    usual = connections[connection.alias]
    return type(usual)({**usual.settings_dict}, usual.alias)


class Told:
    """Progress told on a connection of its own, so that it is seen before the work is committed."""

    def __init__(self):
        self.connection = another_connection()

    def report(self, file, done, total):
        """Write down how far the work is; raise Cancelled when somebody has asked to stop."""
        told = f"UPDATE {file._meta.db_table} SET done = %s, total = %s"  # noqa: S608 - a name of ours
        with self.connection.cursor() as cursor:
            cursor.execute(f"{told} WHERE id = %s RETURNING cancel_asked", [done, total, file.pk])
            asked = cursor.fetchone()
        if asked and asked[0]:
            raise Cancelled

    def close(self):
        self.connection.close()


@contextmanager
def told():
    """Progress for as long as a piece of work takes."""
    progress = Told()
    try:
        yield progress
    finally:
        progress.close()
