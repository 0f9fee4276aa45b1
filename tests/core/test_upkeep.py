"""The worker looks after the queue itself."""

import pytest
from asgiref.sync import async_to_sync
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from core.tasks import take_up_stalled


@pytest.mark.django_db
def test_a_job_whose_worker_died_is_taken_up_again():
    number = app.configure_task("members.apply_import").defer(import_id=0)
    # Doing, and by nobody: what a killed worker leaves behind.
    app.connector.execute_query(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL WHERE id = %(number)s",
        number=number,
    )

    async_to_sync(take_up_stalled.func)(None, timestamp=0)

    assert ProcrastinateJob.objects.get(pk=number).status == "todo"
