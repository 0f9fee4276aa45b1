"""The PostgreSQL that comes with the project: a database backend that starts its server at the first connection."""
