"""A large import killed again and again loses nothing and doubles nothing; whoever comes next finishes it.

Each run is a process of its own that does what the worker does, and is killed outright at a random moment.
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
from members.models import ImportFile, Member, Membership, NameKey, Phone
from members.operations import Upload, apply_import, receive_import
from members.sheets import work
from tests.factories import TODAY
from tests.members.sheets import rosters
from tests.members.sheets.conftest import Desk

KILLS, ROWS = int(os.environ.get("IMPORT_KILLS", "3")), int(os.environ.get("IMPORT_ROWS", "300"))
# What the worker does, in a process that has only the file's number.
PROGRAM = """
import sys, django
django.setup()
from datetime import date
from members.sheets import work
action, number, today = sys.argv[1:]
print("at it", flush=True)
with work.told() as progress:
    try:
        getattr(work, action)(int(number), today=date.fromisoformat(today), progress=progress)
    except work.BeingDone:
        pass
print("done", flush=True)
"""
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def start(action, file):
    """The work on the file in a process of its own, on the database of this test."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "qilin_cadres.settings",
        "DATABASE_NAME": connection.settings_dict["NAME"],
        "VAR_DIR": str(settings.VAR_DIR),
        "DATA_KEY": settings.DATA_KEY,
    }
    command = [sys.executable, "-c", PROGRAM, action, str(file.pk), str(TODAY)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, cwd=settings.BASE_DIR)


def killed(process, after) -> bool:
    """Kill it outright some seconds after it began; whether that was before its end."""
    with process:
        process.stdout.readline()
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
        return b"done" not in process.stdout.read()


def finish(action, file) -> float:
    """Let the work be done to its end, as the worker does that comes next; how many seconds it was at it."""
    with start(action, file) as process:
        process.stdout.readline()
        started = time.monotonic()
        process.communicate(timeout=600)
    return time.monotonic() - started


def written() -> tuple:
    """How many rows each register has of the import."""
    audit = AuditEntry.objects.filter(verb="member.registered").count()
    return (*(model.objects.count() for model in (Member, Membership, Phone)), audit)


def beaten(action, file, longest, chance) -> int:
    """Kill the work time and again, each time seeing that nothing is left of it; how often it was killed."""
    state, kills = ImportFile.objects.get(pk=file.pk).state, 0
    before = written()
    for _ in range(KILLS):
        kills += killed(start(action, file), chance.uniform(0, longest))
        if ImportFile.objects.get(pk=file.pk).state != state:
            break
        assert written() == before
    return kills


def test_an_import_killed_at_random_points_loses_and_doubles_nothing(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    chance, desk = random.Random(1), Desk()
    upload = Upload("大.xlsx", rosters.book(rosters.people(ROWS, desk.branch)), desk.street, "members", TODAY)
    file = receive_import(upload=upload, by=desk.clerk, today=TODAY)

    kills = beaten("check", file, 0.2 + ROWS / 5000, chance)
    took = finish("check", file)
    apply_import(file=desk.again(file), only_good=False, by=desk.clerk)
    # Bounded, so that fifty kills of a large file are a matter of minutes.
    kills += beaten("apply", file, min(took, 15), chance)
    finish("apply", file)

    # A short import may be done before its later kills; the first one is early enough on any machine.
    assert kills >= (KILLS if "IMPORT_KILLS" in os.environ else 1)
    assert desk.again(file).state == "applied"
    assert written() == (ROWS,) * 4
    assert NameKey.objects.values("member").distinct().count() == ROWS
    assert file.rows.filter(applied=True).count() == ROWS
    assert work.apply(file.pk, today=TODAY) is False
