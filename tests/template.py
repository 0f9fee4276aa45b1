"""A migrated database, kept between runs, that test databases are copied from: copying is quick.

It is made anew when a migration or a locked requirement is not what it was made from. Each worker of a run
has a test database of its own; the first to come makes the template, and the others wait for it.
"""

from contextlib import contextmanager
from hashlib import sha256

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
    files = [*settings.BASE_DIR.glob("*/migrations/*.py"), settings.BASE_DIR / "requirements.txt"]
    found = sha256()
    for file in sorted(files):
        found.update(file.name.encode() + file.read_bytes())
    return found.hexdigest()


def _migrate(name, usual):
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
