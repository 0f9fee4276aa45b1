"""The branches that have been dissolved for a time tell since when they are there again."""

import pgtrigger
from django.db import migrations

RESUMED = """
    UPDATE branches_branch AS branch SET resumed_on = later.since
    FROM (
        SELECT branch_id, max(since) AS since
        FROM (
            SELECT branch_id, since, lag(until) OVER (PARTITION BY branch_id ORDER BY since) AS gone
            FROM branches_branchplacement
        ) AS place
        WHERE gone < since
        GROUP BY branch_id
    ) AS later
    WHERE branch.id = later.branch_id
"""
# What their reopening is taken back by: the history since then says the same as the row.
SAID_SINCE_THEN = """
    UPDATE branches_branchevent AS event SET resumed_on = branch.resumed_on
    FROM branches_branch AS branch
    WHERE event.pgh_obj_id = branch.id AND branch.resumed_on IS NOT NULL AND event.pgh_id > (
        SELECT max(pgh_id) FROM branches_branchevent
        WHERE pgh_obj_id = branch.id AND dissolved_on <= branch.resumed_on
    )
"""


def tell(apps, schema_editor):
    # Nobody changes a branch here: it has no history of its own.
    with pgtrigger.ignore("branches.Branch:update_update"), schema_editor.connection.cursor() as cursor:
        cursor.execute(RESUMED)
        cursor.execute(SAID_SINCE_THEN)


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0006_branches_that_resumed'),
    ]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
