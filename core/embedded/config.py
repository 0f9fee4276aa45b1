"""Which database: the embedded server, or the one that DATABASE_URL names."""

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from core.embedded.server import APPLICATION, OWNER, Server


def embedded_or_url(environ, var_dir) -> dict:
    """Django's settings for the database, with `OWNER` for who migrates and `APPLICATION` for all else.

    DATABASE_URL: postgresql://user:password@host:port/name?option=value (any PostgreSQL 15-18).
    DATABASE_OWNER_URL: the same for the role that owns the tables, when that is another. Raise ValueError for
    anything else.
    """
    if not environ.get("DATABASE_URL"):
        server = Server(Path(var_dir).resolve() / "postgres")
        return {
            "ENGINE": "core.embedded",
            "NAME": environ.get("DATABASE_NAME", "qilin"),
            "USER": APPLICATION,
            "HOST": str(server.sockets),
            "PORT": str(server.port),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "SERVER": server,
            "OWNER": {"USER": OWNER},
            "APPLICATION": APPLICATION,
        }
    settings = parse(environ["DATABASE_URL"], name="DATABASE_URL")
    owner = parse(environ.get("DATABASE_OWNER_URL") or environ["DATABASE_URL"], name="DATABASE_OWNER_URL")
    if environ.get("DATABASE_NAME"):
        settings["NAME"] = environ["DATABASE_NAME"]
    return {
        **settings,
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OWNER": {key: owner[key] for key in ("USER", "PASSWORD")},
        "APPLICATION": settings["USER"],
    }


def parse(url: str, *, name: str) -> dict:
    """The parts of a database URL as Django names them; ValueError names the variable."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ValueError(f"{name} 应形如 postgresql://用户:密码@主机:端口/数据库，现为 {parts.scheme}://…")
    options = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # A socket directory may stand where the host does, or as ?host=.
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": options,
    }
