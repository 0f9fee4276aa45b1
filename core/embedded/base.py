"""Django's PostgreSQL backend over the embedded server."""

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Starts the server at this process's first connection; imports and checks start nothing."""

    def get_new_connection(self, conn_params):
        self.settings_dict["SERVER"].join()
        return super().get_new_connection(conn_params)
