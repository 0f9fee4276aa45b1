"""A member's copy of her branch's path, and a group's belonging to the branch, are foreign keys kept by the database."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial"), ("branches", "0002_copies_kept_true")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE members_member ADD CONSTRAINT member_path_is_its_branchs
                FOREIGN KEY (branch_id, path) REFERENCES branches_branch (id, path) ON UPDATE CASCADE;
            ALTER TABLE members_membership ADD CONSTRAINT membership_group_is_of_its_branch
                FOREIGN KEY (group_id, branch_id) REFERENCES branches_branch (id, parent_id);
            """,
            """
            ALTER TABLE members_membership DROP CONSTRAINT membership_group_is_of_its_branch;
            ALTER TABLE members_member DROP CONSTRAINT member_path_is_its_branchs;
            """,
        ),
    ]
