"""What a seed asks of the database when its one long transaction is over."""

from django.db import connection, connections


def take_stock() -> None:
    """Let the planner know what was written; by itself it looks a minute later and guesses till then."""
    if connection.in_atomic_block:
        # Nobody else can see the rows yet.
        _analyze(connection)
        return
    # Only the owner of the tables may.
    usual = connections[connection.alias]
    owner = type(usual)({**usual.settings_dict, **usual.settings_dict.get("OWNER", {})}, usual.alias)
    try:
        _analyze(owner)
    finally:
        owner.close()


def _analyze(of):
    with of.cursor() as cursor:
        cursor.execute("ANALYZE")
