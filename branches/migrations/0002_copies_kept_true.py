"""Paths are foreign keys: the database refuses a false one and carries every move down.

A unit's path is its parent's path and one step more: `parent_path` is cut from the unit's own path and must be that of its
parent. Checked at the end of the transaction, because a move re-hangs a whole subtree. A branch's path is its unit's.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("branches", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE branches_unit ADD COLUMN parent_path varchar(40) COLLATE "C"
                GENERATED ALWAYS AS (left(path, greatest(length(path) - 6, 0))) STORED;
            ALTER TABLE branches_unit ADD CONSTRAINT unit_path_hangs_on_its_parent
                FOREIGN KEY (parent_id, parent_path) REFERENCES branches_unit (id, path)
                DEFERRABLE INITIALLY DEFERRED;
            ALTER TABLE branches_branch ADD CONSTRAINT branch_path_is_its_units
                FOREIGN KEY (unit_id, path) REFERENCES branches_unit (id, path) ON UPDATE CASCADE;
            """,
            """
            ALTER TABLE branches_branch DROP CONSTRAINT branch_path_is_its_units;
            ALTER TABLE branches_unit DROP CONSTRAINT unit_path_hangs_on_its_parent;
            ALTER TABLE branches_unit DROP COLUMN parent_path;
            """,
        ),
    ]
