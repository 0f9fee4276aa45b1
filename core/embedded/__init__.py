"""The PostgreSQL that comes with the project: a backend that starts its server at the first connection."""
