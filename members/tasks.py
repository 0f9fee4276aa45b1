"""Long work on uploaded rosters, done by the worker. A job says only which file: the file says the rest.

A job that finds its work done, or being done, leaves it; so it may come twice, or after a crash.
"""

import logging

import pghistory
from django.db import InterfaceError, OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from core import clock
from members.models import ImportFile
from members.sheets import work

# Somebody else is at it, or the database has gone away: it is tried again.
PASSING = (work.BeingDone, OperationalError, InterfaceError)
AGAIN = RetryStrategy(max_attempts=40, wait=5, retry_exceptions=PASSING)
logger = logging.getLogger(__name__)


def _do(action, file):
    asked_by = ImportFile.objects.filter(pk=file).values_list("asked_by", flat=True).first()
    try:
        with pghistory.context(user=asked_by), work.told() as progress:
            action(file, today=clock.today(), progress=progress)
    except PASSING:
        raise
    except Exception as error:
        # Its words may hold a person's data; the type and the place of the file do not.
        logger.error("import %s failed: %s", file, type(error).__name__)  # noqa: TRY400
        work.give_up(file, "系统出现了意外错误，没有写入任何内容；请稍后重试，仍不行请联系系统管理员")
        raise


@app.task(name="imports.check", retry=AGAIN)
def check_import(file):
    """Check an uploaded roster."""
    _do(work.check, file)


@app.task(name="imports.apply", retry=AGAIN)
def apply_import(file):
    """Write what was checked."""
    _do(work.apply, file)


@app.task(name="imports.undo", retry=AGAIN)
def undo_import(file):
    """Take an import back."""
    _do(work.undo, file)
