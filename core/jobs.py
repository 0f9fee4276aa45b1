"""The queue of long work: it lives in the database, so a job that is rolled back was never there."""

from procrastinate.contrib.django import app


def defer(task: str, *, seconds: int = 0, **arguments) -> None:
    """Have the worker do the task, named as "imports.check", in so many seconds at the earliest."""
    app.configure_task(task, schedule_in={"seconds": seconds}).defer(**arguments)
