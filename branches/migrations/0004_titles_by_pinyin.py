"""Units, branches and employers are found by the pinyin of their titles."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0003_periods_as_boxes'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='employer',
            name='update_update',
        ),
        migrations.AddField(
            model_name='branch',
            name='syllables',
            field=models.TextField(default='', editable=False),
        ),
        migrations.AddField(
            model_name='employer',
            name='syllables',
            field=models.TextField(default='', editable=False),
        ),
        migrations.AddField(
            model_name='unit',
            name='syllables',
            field=models.TextField(default='', editable=False),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='employer',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."credit_code" IS DISTINCT FROM (NEW."credit_code") OR OLD."dissolved_on" IS DISTINCT FROM (NEW."dissolved_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."nature" IS DISTINCT FROM (NEW."nature") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "branches_employerevent" ("credit_code", "dissolved_on", "id", "name", "nature", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") VALUES (NEW."credit_code", NEW."dissolved_on", NEW."id", NEW."name", NEW."nature", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."version"); RETURN NULL;', hash='bd6d1820d58f9b7fec4d27aab0112aed14d3899d', operation='UPDATE', pgid='pgtrigger_update_update_3fbbd', table='branches_employer', when='AFTER')),
        ),
    ]
