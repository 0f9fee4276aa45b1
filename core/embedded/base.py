"""Django's PostgreSQL backend over the embedded server."""

from contextlib import suppress

from django.db.backends.postgresql import base

from core.embedded.server import ServerFailed


class DatabaseWrapper(base.DatabaseWrapper):
    """Starts the server at this process's first connection; imports and checks start nothing.

    A server that has died is started again by whoever wants to connect next.
    """

    def get_new_connection(self, conn_params):
        server = self.settings_dict["SERVER"]
        server.join()
        try:
            return super().get_new_connection(conn_params)
        except base.Database.OperationalError:
            with suppress(ServerFailed):
                server.revive()
            return super().get_new_connection(conn_params)
