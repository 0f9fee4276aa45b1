"""A team's copy of its base's path is a foreign key kept by the database."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("volunteering", "0001_teams"), ("branches", "0002_copies_kept_true")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE volunteering_team ADD CONSTRAINT team_path_is_its_bases
                FOREIGN KEY (unit_id, path) REFERENCES branches_unit (id, path) ON UPDATE CASCADE;
            """,
            "ALTER TABLE volunteering_team DROP CONSTRAINT team_path_is_its_bases;",
        ),
    ]
