"""Long work on rosters, in and out, done by the worker. A job says only which file: the file says the rest.

A job that finds its work done, or being done, leaves it; so it may come twice, or after a crash.
"""

import logging
from functools import partial

import pghistory
from django.db import InterfaceError, OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from core import clock
from members.gates import masked_for
from members.models import ExportFile, ImportFile
from members.operations import expire_exports, expire_imports
from members.sheets import outgoing, work
from members.sheets.progress import BeingDone, told

# Somebody else is at it, or the database has gone away: it is tried again.
PASSING = (BeingDone, OperationalError, InterfaceError)
AGAIN = RetryStrategy(max_attempts=40, wait=5, retry_exceptions=PASSING)
UNEXPECTED = "系统出现了意外错误，没有写入任何内容；请稍后重试，仍不行请联系系统管理员"
logger = logging.getLogger(__name__)


def _do(action, give_up, model, number):
    asked_by = model.objects.filter(pk=number).values_list("asked_by", flat=True).first()
    try:
        with pghistory.context(user=asked_by), told() as progress:
            action(number, today=clock.today(), progress=progress)
    except PASSING:
        raise
    except Exception as error:
        # Its words may hold a person's data; the type and the place of the file do not.
        logger.error("%s %s failed: %s", model.__name__, number, type(error).__name__)  # noqa: TRY400
        give_up(number)
        raise


def _import(action, file):
    _do(action, partial(work.give_up, words=UNEXPECTED), ImportFile, file)


@app.task(name="imports.check", retry=AGAIN)
def check_import(file):
    """Check an uploaded roster."""
    _import(work.check, file)


@app.task(name="imports.apply", retry=AGAIN)
def apply_import(file):
    """Write what was checked."""
    _import(work.apply, file)


@app.task(name="imports.undo", retry=AGAIN)
def undo_import(file):
    """Take an import back."""
    _import(work.undo, file)


@app.task(name="exports.write", retry=AGAIN)
def write_export(file):
    """Write a roster that somebody has asked for."""
    _do(partial(outgoing.write, masked=masked_for), outgoing.give_up, ExportFile, file)


# Each hour and not once in a night: a machine that is off at night keeps nothing longer for it.
@app.periodic(cron="11 * * * *")
@app.task(name="sheets.expire", queueing_lock="sheets.expire")
def expire_files(**_moment):
    """Let go of uploads and exports that have been kept long enough."""
    expire_imports(today=clock.today())
    expire_exports(today=clock.today())
