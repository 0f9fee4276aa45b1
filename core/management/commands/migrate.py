"""Django's migrate as the role that owns the tables; then the application's role is given what it needs."""

import pghistory.models
from django.apps import apps
from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections

from core.models import AuditEntry

# Its tables are made by its own migrations, not by its models.
QUEUE = "procrastinate"
# A number of ours among PostgreSQL's advisory locks.
ONE_AT_A_TIME = 530302
READ = "SELECT"
APPEND = "SELECT, INSERT"
KEEP = "SELECT, INSERT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"


class Command(migrate.Command):
    """Migrate as the owner and grant to the application."""

    def handle(self, *args, **options):
        connection = connections[options["database"]]
        settings_dict = connection.settings_dict
        usual = {key: settings_dict.get(key, "") for key in ("USER", "PASSWORD")}
        owner = {**usual, **settings_dict.get("OWNER", {})}
        if owner != usual:
            connection.close()
            settings_dict.update(owner)
        try:
            # However long the other takes: nothing else that the registry waits for may last so.
            self.ask(connection, "SET lock_timeout = 0; SELECT pg_advisory_lock(%s); RESET lock_timeout")
            super().handle(*args, **options)
            if not (options["plan"] or options["check_unapplied"]):
                self.grant(connection, settings_dict.get("APPLICATION", usual["USER"]))
            # Not in "finally": a connection that failed lets go by itself, and its error must stay the first.
            self.ask(connection, "SELECT pg_advisory_unlock(%s)")
        finally:
            if owner != usual:
                connection.close()
                settings_dict.update(usual)

    def ask(self, connection, sql):
        """Run a statement about the lock that lets two starts at once migrate one after the other."""
        with connection.cursor() as cursor:
            cursor.execute(sql, [ONE_AT_A_TIME])

    def grant(self, connection, role):
        """Let `role` use the tables; history and audit are only added to, registers never deleted from."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s AND rolname <> current_user", [role])
            if cursor.fetchone() is None:
                return  # one role does everything: a DATABASE_URL without DATABASE_OWNER_URL
            name = connection.ops.quote_name(role)
            existing = set(connection.introspection.table_names(cursor))
            cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}")
            cursor.execute(f"GRANT {READ} ON django_migrations TO {name}")
            for model in apps.get_models(include_auto_created=True):
                table = model._meta.db_table
                if table in existing and (model._meta.managed or model._meta.app_label == QUEUE):
                    quoted = connection.ops.quote_name(table)
                    cursor.execute(
                        f"REVOKE ALL ON {quoted} FROM {name}; GRANT {rights(model)} ON {quoted} TO {name}"
                    )


def rights(model) -> str:
    """What the application may do with the rows of a table."""
    if issubclass(model, pghistory.models.Event | AuditEntry):
        return APPEND
    options = model._meta
    if (
        options.app_label in settings.NEVER_DELETED_APPS
        and options.label_lower not in settings.DELETABLE_MODELS
    ):
        return KEEP
    return ALL
