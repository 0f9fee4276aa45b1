"""The spellings of a name are one column of the member, and no longer rows of a table of their own."""

import django.contrib.postgres.indexes
from django.db import migrations

import core.pinyin

KEPT = """
    UPDATE members_member AS member SET spellings = spelt.keys
    FROM (
        SELECT member_id, array_to_tsvector(array_agg(key::text)) AS keys FROM members_namekey GROUP BY member_id
    ) AS spelt
    WHERE spelt.member_id = member.id
"""
AS_ROWS = """
    INSERT INTO members_namekey (member_id, key)
    SELECT id, unnest(tsvector_to_array(spellings)) FROM members_member
"""


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0003_periods_as_boxes'),
        ('members', '0004_secretary_or_deputy'),
    ]

    operations = [
        migrations.AddField(
            model_name='member',
            name='spellings',
            field=core.pinyin.SpellingsField(default='', editable=False),
        ),
        migrations.RunSQL(KEPT, AS_ROWS),
        migrations.AddIndex(
            model_name='member',
            index=django.contrib.postgres.indexes.GinIndex(fields=['spellings'], gin_pending_list_limit=1024, name='member_by_spelling'),
        ),
        migrations.AlterField(
            model_name='handoverperson',
            name='spellings',
            field=core.pinyin.SpellingsField(default='', editable=False),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='spellings',
            field=core.pinyin.SpellingsField(default='', editable=False),
        ),
        migrations.DeleteModel(name='NameKey'),
    ]
