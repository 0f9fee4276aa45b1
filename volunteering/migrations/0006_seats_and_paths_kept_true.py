"""The database keeps copies of paths true, and lets no more people on a post than it has seats."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("volunteering", "0005_posts_and_turns"), ("branches", "0002_copies_kept_true")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE volunteering_offer ADD CONSTRAINT offer_path_is_its_units
                FOREIGN KEY (unit_id, path) REFERENCES branches_unit (id, path) ON UPDATE CASCADE;
            ALTER TABLE volunteering_servicepost ADD CONSTRAINT service_post_path_is_its_units
                FOREIGN KEY (unit_id, path) REFERENCES branches_unit (id, path) ON UPDATE CASCADE;
            """,
            """
            ALTER TABLE volunteering_servicepost DROP CONSTRAINT service_post_path_is_its_units;
            ALTER TABLE volunteering_offer DROP CONSTRAINT offer_path_is_its_units;
            """,
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
    ]
