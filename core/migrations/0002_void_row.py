"""The one way for the application's role to take a mistaken row out: see core.voiding."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION void_row(register text, number bigint) RETURNS void
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
            DECLARE
                gone bigint;
            BEGIN
                -- Only what leaves a trace: the table beside it takes the history.
                IF to_regclass(format('%I', register || 'event')) IS NULL THEN
                    RAISE EXCEPTION '% keeps no history', register USING ERRCODE = '42501';
                END IF;
                EXECUTE format('DELETE FROM %I WHERE id = $1', register) USING number;
                GET DIAGNOSTICS gone = ROW_COUNT;
                IF gone <> 1 THEN
                    RAISE EXCEPTION 'no row % in %', number, register USING ERRCODE = '02000';
                END IF;
            END $$;
            """,
            "DROP FUNCTION void_row(text, bigint);",
        ),
    ]
