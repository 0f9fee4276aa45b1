"""A branch that was dissolved and is there again tells since when."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0005_syllables_of_titles'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='branch',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='branch',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='branch',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='branch',
            name='resumed_on',
            field=models.DateField(editable=False, null=True, verbose_name='恢复日期'),
        ),
        migrations.AddField(
            model_name='branchevent',
            name='resumed_on',
            field=models.DateField(editable=False, null=True, verbose_name='恢复日期'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='branch',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "branches_branchevent" ("address", "affinity", "approved_by", "approved_on", "category", "code", "contact", "contact_phone", "dissolved_on", "dissolving_document", "expected_end_on", "founded_on", "founding_document", "id", "kind", "name", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_type", "purpose", "resumed_on", "short_name", "sponsor", "unit_id", "version") VALUES (NEW."address", NEW."affinity", NEW."approved_by", NEW."approved_on", NEW."category", NEW."code", NEW."contact", NEW."contact_phone", NEW."dissolved_on", NEW."dissolving_document", NEW."expected_end_on", NEW."founded_on", NEW."founding_document", NEW."id", NEW."kind", NEW."name", NEW."parent_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."place_type", NEW."purpose", NEW."resumed_on", NEW."short_name", NEW."sponsor", NEW."unit_id", NEW."version"); RETURN NULL;', hash='b9f2a0bc8e57bcd1abb8e6b0e38fcdd65b4359b4', operation='INSERT', pgid='pgtrigger_insert_insert_00e85', table='branches_branch', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='branch',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."affinity" IS DISTINCT FROM (NEW."affinity") OR OLD."approved_by" IS DISTINCT FROM (NEW."approved_by") OR OLD."approved_on" IS DISTINCT FROM (NEW."approved_on") OR OLD."category" IS DISTINCT FROM (NEW."category") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."contact" IS DISTINCT FROM (NEW."contact") OR OLD."contact_phone" IS DISTINCT FROM (NEW."contact_phone") OR OLD."dissolved_on" IS DISTINCT FROM (NEW."dissolved_on") OR OLD."dissolving_document" IS DISTINCT FROM (NEW."dissolving_document") OR OLD."expected_end_on" IS DISTINCT FROM (NEW."expected_end_on") OR OLD."founded_on" IS DISTINCT FROM (NEW."founded_on") OR OLD."founding_document" IS DISTINCT FROM (NEW."founding_document") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."parent_id" IS DISTINCT FROM (NEW."parent_id") OR OLD."place_type" IS DISTINCT FROM (NEW."place_type") OR OLD."purpose" IS DISTINCT FROM (NEW."purpose") OR OLD."resumed_on" IS DISTINCT FROM (NEW."resumed_on") OR OLD."short_name" IS DISTINCT FROM (NEW."short_name") OR OLD."sponsor" IS DISTINCT FROM (NEW."sponsor") OR OLD."unit_id" IS DISTINCT FROM (NEW."unit_id") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "branches_branchevent" ("address", "affinity", "approved_by", "approved_on", "category", "code", "contact", "contact_phone", "dissolved_on", "dissolving_document", "expected_end_on", "founded_on", "founding_document", "id", "kind", "name", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_type", "purpose", "resumed_on", "short_name", "sponsor", "unit_id", "version") VALUES (NEW."address", NEW."affinity", NEW."approved_by", NEW."approved_on", NEW."category", NEW."code", NEW."contact", NEW."contact_phone", NEW."dissolved_on", NEW."dissolving_document", NEW."expected_end_on", NEW."founded_on", NEW."founding_document", NEW."id", NEW."kind", NEW."name", NEW."parent_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."place_type", NEW."purpose", NEW."resumed_on", NEW."short_name", NEW."sponsor", NEW."unit_id", NEW."version"); RETURN NULL;', hash='d901cf4710828ea7b874a1e66bb6056ff3e8582e', operation='UPDATE', pgid='pgtrigger_update_update_98809', table='branches_branch', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='branch',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "branches_branchevent" ("address", "affinity", "approved_by", "approved_on", "category", "code", "contact", "contact_phone", "dissolved_on", "dissolving_document", "expected_end_on", "founded_on", "founding_document", "id", "kind", "name", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_type", "purpose", "resumed_on", "short_name", "sponsor", "unit_id", "version") VALUES (OLD."address", OLD."affinity", OLD."approved_by", OLD."approved_on", OLD."category", OLD."code", OLD."contact", OLD."contact_phone", OLD."dissolved_on", OLD."dissolving_document", OLD."expected_end_on", OLD."founded_on", OLD."founding_document", OLD."id", OLD."kind", OLD."name", OLD."parent_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."place_type", OLD."purpose", OLD."resumed_on", OLD."short_name", OLD."sponsor", OLD."unit_id", OLD."version"); RETURN NULL;', hash='4cd35b1be73e35ea8e4503d83e0cfedc657bd57c', operation='DELETE', pgid='pgtrigger_delete_delete_1e4bb', table='branches_branch', when='AFTER')),
        ),
    ]
