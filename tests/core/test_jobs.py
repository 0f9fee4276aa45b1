"""A job of a worker that died is given to another."""

from asgiref.sync import async_to_sync
from django.db import connection

from core.jobs import defer
from core.tasks import take_up_stalled


def state_of_jobs():
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args, status FROM procrastinate_jobs ORDER BY id")
        return cursor.fetchall()


def test_a_job_whose_worker_died_is_to_be_done_again_and_others_are_left(db):
    defer("imports.check", file=1)
    defer("imports.check", file=2)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE args->>'file' = '1'")

    async_to_sync(take_up_stalled.func)(None, timestamp=0)

    assert [status for _, _, status in state_of_jobs()] == ["todo", "todo"]
