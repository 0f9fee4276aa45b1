"""Copies of paths are foreign keys kept by the database; and the days that there are for what."""

from datetime import date

from django.db import migrations

SOURCE, SINCE = "本系统设置", date(1949, 10, 1)
KINDS = {"public": "公共事务", "resident": "居民反映", "dispute": "矛盾纠纷"}
URGENCIES = {"ordinary": "一般", "urgent": "紧急", "critical": "特急"}
DAYS = {
    "public": {"ordinary": 7, "urgent": 3, "critical": 1},
    "resident": {"ordinary": 5, "urgent": 2, "critical": 1},
    "dispute": {"ordinary": 15, "urgent": 7, "critical": 2},
}
LIMITS = [
    *(
        (f"matter.{kind}.{urgency}", f"{KINDS[kind]}（{URGENCIES[urgency]}）办结", days)
        for kind, of_kind in DAYS.items()
        for urgency, days in of_kind.items()
    ),
    ("matter.desk", "逾期事项上升一级后，该级办理", 2),
    ("matter.reopen", "办结后可以重开", 15),
    ("visit.high", "走访高关注的守望户", 7),
    ("visit.key", "走访重点关注的守望户", 30),
    ("visit.general", "走访一般关注的守望户", 90),
    ("visit.event", "重大变故以后走访", 1),
    ("visit.community", "漏了走访，再过几天告知社区", 2),
]
COPIES = [
    ("gridmatter", "matter_path_is_its_places", "unit_id", "branches_unit"),
    ("building", "building_path_is_its_places", "unit_id", "branches_unit"),
    ("household", "household_path_is_its_buildings", "building_id", "volunteering_building"),
    ("carrier", "carrier_path_is_its_places", "unit_id", "branches_unit"),
]


def load(apps, schema_editor):
    limit = apps.get_model("volunteering", "TimeLimit")
    for code, words, days in LIMITS:
        values = {"words": words, "days": days, "source": SOURCE, "since": SINCE}
        limit.objects.get_or_create(code=code, until=None, defaults=values)


class Migration(migrations.Migration):
    dependencies = [
        ("volunteering", "0010_matters_neighbours_and_carriers"),
        ("branches", "0002_copies_kept_true"),
    ]

    operations = [
        *(
            migrations.RunSQL(
                f"ALTER TABLE volunteering_{table} ADD CONSTRAINT {name} FOREIGN KEY ({key}, path) "
                f"REFERENCES {above} (id, path) ON UPDATE CASCADE;",
                f"ALTER TABLE volunteering_{table} DROP CONSTRAINT {name};",
            )
            for table, name, key, above in COPIES
        ),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
