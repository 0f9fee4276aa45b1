"""The web server, or PostgreSQL itself, dies in the middle of an import: nobody has to do anything.

What `make run` starts works on a copy of this test's database, in a server of its own that may be killed. A
table that is held keeps an import at the point where all its people are written and none is told of yet.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from core.embedded.server import DATABASE, OWNER, PORT, Server, programs
from core.models import ApiKey
from members.models import ImportFile
from members.operations import Upload, apply_import, receive_import
from members.sheets import work
from tests.factories import TODAY
from tests.members.sheets import rosters

ROWS = 30
HELD = "members_importrow"
PATIENCE = 300
SINCE = date(2024, 1, 1)
pytestmark = [pytest.mark.long, pytest.mark.race, pytest.mark.django_db(transaction=True)]


class Machine:
    """A copy of the test's database in a server of its own, and `make run` on it."""

    def __init__(self, directory):
        self.server = Server(directory / "postgres")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
        secrets = {"SECRET_KEY": settings.SECRET_KEY, "DATA_KEY": settings.DATA_KEY}
        self.environment = {**kept, **secrets, "VAR_DIR": str(directory)}

    def copy_database(self):
        source = connection.settings_dict
        where = ["-h", source["HOST"], "-p", source["PORT"], "-U", source["USER"], "-d", source["NAME"]]
        password = {"PGPASSWORD": source["PASSWORD"]} if source["PASSWORD"] else {}
        dump = subprocess.run([programs() / "pg_dump", "-Fc", *where], env={**os.environ, **password},
                              stdout=subprocess.PIPE, check=True)  # fmt: skip
        where = ["-h", str(self.server.sockets), "-p", str(PORT), "-U", OWNER, "-d", DATABASE]
        subprocess.run([programs() / "pg_restore", *where], input=dump.stdout, check=True)

    @contextmanager
    def serving(self):
        """`make run`, as a process of its own, from the time its web server answers."""
        command = [sys.executable, "manage.py", "serve", "--port", str(self.port)]
        with subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=self.environment, stdout=subprocess.DEVNULL
        ) as process:
            try:
                self.process = process
                until(self._answers)
                yield
            finally:
                process.terminate()

    def _answers(self):
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def post(self, path, key, version):
        """Ask the web server for something, and wait for no answer."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/{path}",
            data=b"{}",
            headers={
                "Authorization": f"Bearer {key}",
                "Content-Type": "application/json",
                "If-Match": f'"{version}"',
            },
        )

        def ask():
            with suppress(OSError):
                urllib.request.urlopen(request).read()  # noqa: S310

        threading.Thread(target=ask, daemon=True).start()

    def query(self, statement, *values):
        with self.connected() as database:
            return database.execute(statement, values).fetchall()

    def connected(self, **how):
        return psycopg.connect(host=str(self.server.sockets), port=PORT, user=OWNER, dbname=DATABASE, **how)

    @contextmanager
    def held(self):
        """The table held, and given free in the end, if only by the death of the server."""
        holder = self.connected()
        try:
            holder.execute(f"LOCK TABLE {HELD} IN SHARE MODE")
            yield
        finally:
            holder.close()

    def waits(self):
        """Whether somebody waits for the table."""
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
        return self.query(waiting, HELD) != [(0,)]

    def take_up_now(self, file):
        """What the worker would take up in a while, it takes up now."""
        with self.connected() as database:
            database.execute(
                "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE (args->>'file')::int = %s",
                [file.pk],
            )

    def becomes(self, file, state):
        """Whether the file is in the state by now; a server that is down has no answer yet."""
        with suppress(psycopg.OperationalError):
            return self.query("SELECT state FROM members_importfile WHERE id = %s", file.pk) == [(state,)]
        return False

    def written(self, branch):
        """How many people, relations and phones the branch has, and how many registrations are on record."""
        people = f"SELECT id FROM members_member WHERE branch_id = {branch.pk}"
        return self.query(
            f"SELECT (SELECT count(*) FROM ({people}) people),"
            f" (SELECT count(*) FROM members_membership WHERE member_id IN ({people})),"
            f" (SELECT count(*) FROM members_phone WHERE member_id IN ({people})),"
            " (SELECT count(*) FROM core_auditentry WHERE verb = 'member.registered'"
            f" AND subject_id::bigint IN ({people}))"
        )[0]

    def kill_web(self):
        """Every process that answers for the web server; the one above them starts others."""
        above = children(self.process.pid, "granian")
        for number in above:
            for below in children(number, "granian"):
                os.kill(below, signal.SIGKILL)

    def kill_postgres(self):
        os.kill(int((self.server.data / "postmaster.pid").read_text().split("\n", 1)[0]), signal.SIGKILL)


def children(number, name):
    """The processes below a process that have the word in their command line."""
    tasks = Path(f"/proc/{number}/task").glob("*/children")
    found = [int(each) for task in tasks for each in task.read_text().split()]
    return [each for each in found if name in Path(f"/proc/{each}/cmdline").read_text()]


def until(happened):
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def machine(tmp_path):
    machine = Machine(tmp_path)
    machine.server.join()
    yield machine
    machine.server.leave()


def checked(desk, unit, branch, first):
    """A roster of a unit, checked and good."""
    content = rosters.book(rosters.people(ROWS, branch, first=first))
    upload = Upload("名册.xlsx", content, unit, "members", SINCE)
    file = receive_import(upload=upload, by=desk.clerk, today=TODAY)
    work.check(file.pk, today=TODAY)
    return ImportFile.objects.get(pk=file.pk)


def test_an_import_outlives_the_web_server_and_the_database(desk, machine):
    by_web, by_worker = (
        checked(desk, desk.street, desk.branch, 1),
        checked(desk, desk.community, desk.second, 101),
    )
    apply_import(file=by_worker, only_good=False, by=desk.clerk)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 day'")
    _, key = ApiKey.objects.create_key(name="名册", user=desk.clerk)
    machine.copy_database()

    with machine.serving():
        with machine.held():
            machine.post(f"imports/{by_web.pk}/apply/", key, by_web.version)
            until(machine.waits)
            machine.kill_web()
            assert machine.written(desk.branch) == (0,) * 4
        machine.take_up_now(by_web)
        until(lambda: machine.becomes(by_web, "applied"))
        with machine.held():
            machine.take_up_now(by_worker)
            until(machine.waits)
            assert machine.written(desk.second) == (0,) * 4
            machine.kill_postgres()
        until(lambda: machine.becomes(by_worker, "applied"))

        assert [machine.written(branch) for branch in (desk.branch, desk.second)] == [(ROWS,) * 4] * 2
