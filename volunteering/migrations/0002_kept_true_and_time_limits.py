"""What the database keeps true: copies of paths, and no more people on a post than it has seats.

And the days that there are for what.
"""

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
    ("team", "team_path_is_its_bases", "unit_id", "branches_unit"),
    ("serviceorder", "order_path_is_its_places", "unit_id", "branches_unit"),
    ("offer", "offer_path_is_its_units", "unit_id", "branches_unit"),
    ("servicepost", "service_post_path_is_its_units", "unit_id", "branches_unit"),
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
    replaces = [
        ("volunteering", "0002_team_path_kept_true"),
        ("volunteering", "0004_order_path_kept_true"),
        ("volunteering", "0006_seats_and_paths_kept_true"),
        ("volunteering", "0011_paths_and_time_limits"),
    ]

    dependencies = [("volunteering", "0001_initial")]

    operations = [
        *(
            migrations.RunSQL(
                f"ALTER TABLE volunteering_{table} ADD CONSTRAINT {name} FOREIGN KEY ({key}, path) "
                f"REFERENCES {above} (id, path) ON UPDATE CASCADE;",
                f"ALTER TABLE volunteering_{table} DROP CONSTRAINT {name};",
            )
            for table, name, key, above in COPIES
        ),
        migrations.RunSQL(
            """
            CREATE FUNCTION claims_within_seats(about bigint) RETURNS void LANGUAGE plpgsql AS $$
            DECLARE
                allowed integer;
                taken integer;
            BEGIN
                -- Whoever counts holds the post: the next one counts after this transaction, and sees it.
                SELECT seats INTO allowed FROM volunteering_servicepost WHERE id = about FOR UPDATE;
                SELECT count(*) INTO taken FROM volunteering_claim
                    WHERE post_id = about AND status IN ('agreed', 'serving');
                IF taken > allowed THEN
                    RAISE EXCEPTION '该岗位名额 % 个，已满，不能超过', allowed USING ERRCODE = '23514';
                END IF;
            END $$;
            CREATE FUNCTION claim_takes_a_seat() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM claims_within_seats(NEW.post_id);
                RETURN NULL;
            END $$;
            CREATE FUNCTION post_keeps_its_seats() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM claims_within_seats(NEW.id);
                RETURN NULL;
            END $$;
            CREATE TRIGGER claim_takes_a_seat AFTER INSERT OR UPDATE OF status, post_id ON volunteering_claim
                FOR EACH ROW WHEN (NEW.status IN ('agreed', 'serving')) EXECUTE FUNCTION claim_takes_a_seat();
            CREATE TRIGGER post_keeps_its_seats AFTER UPDATE OF seats ON volunteering_servicepost
                FOR EACH ROW WHEN (NEW.seats < OLD.seats) EXECUTE FUNCTION post_keeps_its_seats();
            """,
            """
            DROP TRIGGER post_keeps_its_seats ON volunteering_servicepost;
            DROP TRIGGER claim_takes_a_seat ON volunteering_claim;
            DROP FUNCTION post_keeps_its_seats();
            DROP FUNCTION claim_takes_a_seat();
            DROP FUNCTION claims_within_seats(bigint);
            """,
        ),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
