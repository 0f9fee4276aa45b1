"""What the worker does for the queue itself."""

from procrastinate.contrib.django import app

SILENT_SECONDS, MOST_ATTEMPTS = 20, 20


# The last of six places are seconds: what was being done goes on half a minute later at the latest.
@app.periodic(cron="* * * * * */10")
@app.task(name="core.take_up_stalled", queueing_lock="core.take_up_stalled", pass_context=True)
async def take_up_stalled(*_context, **_moment):
    """Give the jobs of a worker that died to another; they see for themselves whether they are done."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
        if job.attempts < MOST_ATTEMPTS:
            await app.job_manager.retry_job(job)
