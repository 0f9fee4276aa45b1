"""An order's copy of its place's path is a foreign key kept by the database."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("volunteering", "0003_service_orders"), ("branches", "0002_copies_kept_true")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE volunteering_serviceorder ADD CONSTRAINT order_path_is_its_places
                FOREIGN KEY (unit_id, path) REFERENCES branches_unit (id, path) ON UPDATE CASCADE;
            """,
            "ALTER TABLE volunteering_serviceorder DROP CONSTRAINT order_path_is_its_places;",
        ),
    ]
