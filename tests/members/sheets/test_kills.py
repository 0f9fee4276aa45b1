"""A large import killed again and again loses nothing and doubles nothing; whoever comes next finishes it.

Each run is a process of its own that does what the worker does. It tells how far it is and waits to be told
to go on, so that it is killed outright in the middle of its work on any machine.
IMPORT_KILLS and IMPORT_ROWS make it longer: fifty kills of 20,000 rows take some minutes.
"""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from core import clock
from core.models import AuditEntry
from members.models import ImportFile, Member, Membership, Phone
from members.operations import Upload, apply_import, receive_import
from members.sheets import work
from tests.factories import TODAY
from tests.members.sheets import rosters
from tests.members.sheets.conftest import Desk

KILLS, ROWS = int(os.environ.get("IMPORT_KILLS", "3")), int(os.environ.get("IMPORT_ROWS", "300"))
# So many rows at once that even a short file has several portions; and how many portions there are then.
AT_ONCE = max(50, ROWS // 20)
PORTIONS = -(-ROWS // AT_ONCE)
# So many seconds after a portion a kill may come: as long as the next one takes, or it waits for us there.
LATEST = AT_ONCE / 2000
# What the worker does, in a process that has only the file's number. It comes again while the database has
# not yet noticed that the one before it is gone.
PROGRAM = """
import sys, time, django
django.setup()
from datetime import date
from members.sheets import progress, work
action, number, today, work.AT_ONCE = *sys.argv[1:4], int(sys.argv[4])
class Followed(progress.Told):
    def report(self, file, done, total):
        super().report(file, done, total)
        print("at", done, flush=True)
        sys.stdin.readline()
followed, did = Followed(), None
while did is None:
    try:
        did = getattr(work, action)(int(number), today=date.fromisoformat(today), progress=followed)
    except progress.BeingDone:
        time.sleep(0.2)
print(did, flush=True)
"""
pytestmark = [pytest.mark.long, pytest.mark.race, pytest.mark.django_db(transaction=True)]


class Run:
    """The work on a file in a process of its own, on the database of this test, led portion by portion."""

    def __init__(self, action, file):
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "qilin_cadres.settings",
            "DATABASE_NAME": connection.settings_dict["NAME"],
            "VAR_DIR": str(settings.VAR_DIR),
            "DATA_KEY": settings.DATA_KEY,
        }
        command = [sys.executable, "-c", PROGRAM, action, str(file.pk), str(TODAY), str(AT_ONCE)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, env=environment, stdin=pipe, stdout=pipe, text=True, cwd=settings.BASE_DIR
        )

    def go_on(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def lead_to(self, portion):
        """Until it has written so many portions and waits."""
        for place in range(portion):
            if place:
                self.go_on()
            assert self.process.stdout.readline().startswith("at ")

    def kill(self):
        with self.process as process:
            process.send_signal(signal.SIGKILL)
            process.communicate()
        assert process.returncode == -signal.SIGKILL

    def finish(self) -> str:
        """Let it come to its end; what it says last."""
        said, _ = self.process.communicate("\n" * (PORTIONS + 2), timeout=600)
        return said.split("\n")[-2]


def written() -> tuple:
    """How many rows each register has of the import."""
    audit = AuditEntry.objects.filter(verb="member.registered").count()
    return (*(model.objects.count() for model in (Member, Membership, Phone)), audit)


def beaten(action, file, kills, chance):
    """Kill the work so many times, each time seeing that it has moved and that nothing of it is left."""
    state, before = ImportFile.objects.get(pk=file.pk).state, written()
    for _ in range(kills):
        run = Run(action, file)
        run.lead_to(chance.randint(1, PORTIONS - 1))
        assert ImportFile.objects.get(pk=file.pk).done > 0
        run.go_on()
        time.sleep(chance.uniform(0, LATEST))
        run.kill()
        assert (ImportFile.objects.get(pk=file.pk).state, written()) == (state, before)


def test_an_import_killed_at_random_points_loses_and_doubles_nothing(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    chance, desk = random.Random(1), Desk()
    upload = Upload("大.xlsx", rosters.book(rosters.people(ROWS, desk.branch)), desk.street, "members", TODAY)
    file = receive_import(upload=upload, by=desk.clerk, today=TODAY)

    beaten("check", file, KILLS // 3, chance)
    assert Run("check", file).finish() == "True"
    apply_import(file=desk.again(file), only_good=False, by=desk.clerk)
    beaten("apply", file, KILLS - KILLS // 3, chance)
    assert Run("apply", file).finish() == "True"

    assert desk.again(file).state == "applied"
    assert written() == (ROWS,) * 4
    assert Member.objects.exclude(spellings="").count() == ROWS
    assert file.rows.filter(applied=True).count() == ROWS
    assert work.apply(file.pk, today=TODAY) is False
