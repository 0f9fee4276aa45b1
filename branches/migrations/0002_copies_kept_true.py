"""A branch's copy of its unit's path is a foreign key: the database refuses a false one and carries every move down."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("branches", "0001_tree_and_branches")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE branches_branch ADD CONSTRAINT branch_path_is_its_units
                FOREIGN KEY (unit_id, path) REFERENCES branches_unit (id, path) ON UPDATE CASCADE;
            """,
            "ALTER TABLE branches_branch DROP CONSTRAINT branch_path_is_its_units;",
        ),
    ]
