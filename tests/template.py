"""A migrated database, kept between runs, that test databases are copied from: copying is quick.

It is made anew when a migration or a locked requirement is not what it was made from. Each worker of a run
has a test database of its own; the first to come makes the template, and the others wait for it.
"""

from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

# A number of its own among PostgreSQL's advisory locks.
ONE_AT_A_TIME = 530303


def use_template() -> None:
    """Have test databases copied from an up-to-date template."""
    usual = connection.settings_dict["NAME"]
    name = f"template_{usual}"
    quoted = connection.ops.quote_name(name)
    with connection._nodb_cursor() as cursor, _one_at_a_time(cursor):
        if _made_from(cursor, name) != _ingredients():
            cursor.execute(f"DROP DATABASE IF EXISTS {quoted}")
            cursor.execute(f"CREATE DATABASE {quoted}")
            _migrate(name, usual)
            _leave_alone(name, usual)
            cursor.execute(f"COMMENT ON DATABASE {quoted} IS '{_ingredients()}'")
    connection.settings_dict["TEST"]["TEMPLATE"] = name


@contextmanager
def _one_at_a_time(cursor):
    # Making it may take longer than anything that the registry itself would wait for.
    cursor.execute("SET lock_timeout = 0")
    cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
    yield
    cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])


def _made_from(cursor, name) -> str | None:
    cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
    return (cursor.fetchone() or [None])[0]


def _ingredients() -> str:
    """A fingerprint of everything that the tables are made from."""
    files = [
        *settings.BASE_DIR.glob("*/migrations/*.py"),
        settings.BASE_DIR / "requirements.txt",
        Path(__file__),
    ]
    found = sha256()
    for file in sorted(files):
        found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()


def _migrate(name, usual):
    with _connected_to(name, usual):
        call_command("migrate", verbosity=0)


def _leave_alone(name, usual):
    """Keep the tables from being vacuumed: nothing stays in them, and the planner would take them for empty.

    It guesses well of a table that nobody has ever looked through, and badly of one that was found empty and
    has been filled within the transaction of a test.
    """
    with _connected_to(name, usual), connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('ALTER TABLE %I SET (autovacuum_enabled = off)', tablename)"
            " FROM pg_tables WHERE schemaname = 'public'"
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)


@contextmanager
def _connected_to(name, usual):
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
