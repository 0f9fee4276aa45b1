"""The numbers of the rules, and the bands by which figures are divided."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
from django.db import migrations, models

from core.triggers import triggers_of


class Migration(migrations.Migration):

    replaces = [
        ('reports', '0001_thresholds'),
        ('reports', '0003_bandings'),
    ]

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Threshold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField(verbose_name='起始日期')),
                ('until', models.DateField(blank=True, help_text='当日起不再有效；留空表示仍有效', null=True, verbose_name='终止日期')),
                ('code', models.CharField(editable=False, max_length=40, verbose_name='代码')),
                ('words', models.CharField(editable=False, max_length=200, verbose_name='规则')),
                ('value', models.PositiveIntegerField(validators=[django.core.validators.MaxValueValidator(10000)], verbose_name='数值')),
                ('measure', models.CharField(editable=False, max_length=10, verbose_name='单位')),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
            ],
            options={
                'verbose_name': '规则数值',
                'verbose_name_plural': '规则数值',
                'ordering': ['code', '-since'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('until', None), ('since__lt', models.F('until')), _connector='OR'), name='reports_threshold_since_before_until', violation_error_message='终止日期必须晚于起始日期'),
                    models.UniqueConstraint(condition=models.Q(('until', None)), fields=('code',), name='one_threshold_in_force', violation_error_message='该规则已有现行数值'),
                    models.UniqueConstraint(fields=('code', 'since'), name='one_threshold_a_day', violation_error_message='该规则当日已有数值'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "reports_thresholdevent" ("code", "id", "measure", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "until", "value", "version", "words") VALUES (NEW."code", NEW."id", NEW."measure", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."since", NEW."source", NEW."until", NEW."value", NEW."version", NEW."words"); RETURN NULL;', hash='c95479acbf7c5e635b6e630e85cfe74d1c23d8c1', operation='INSERT', pgid='pgtrigger_insert_insert_d6fce', table='reports_threshold', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "reports_thresholdevent" ("code", "id", "measure", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "until", "value", "version", "words") VALUES (NEW."code", NEW."id", NEW."measure", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."since", NEW."source", NEW."until", NEW."value", NEW."version", NEW."words"); RETURN NULL;', hash='09b73e9c69453b75ae581cd26a7b59f77380c410', operation='UPDATE', pgid='pgtrigger_update_update_acd82', table='reports_threshold', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "reports_thresholdevent" ("code", "id", "measure", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "until", "value", "version", "words") VALUES (OLD."code", OLD."id", OLD."measure", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."since", OLD."source", OLD."until", OLD."value", OLD."version", OLD."words"); RETURN NULL;', hash='38ef95b17a2f04f8e0d3eb90b499e0e8fb04b62a', operation='DELETE', pgid='pgtrigger_delete_delete_2dcaf', table='reports_threshold', when='AFTER')),
                ],
            },
        ),
        migrations.CreateModel(
            name='ThresholdEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='reports.threshold')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('since', models.DateField(verbose_name='起始日期')),
                ('until', models.DateField(blank=True, help_text='当日起不再有效；留空表示仍有效', null=True, verbose_name='终止日期')),
                ('code', models.CharField(editable=False, max_length=40, verbose_name='代码')),
                ('words', models.CharField(editable=False, max_length=200, verbose_name='规则')),
                ('value', models.PositiveIntegerField(validators=[django.core.validators.MaxValueValidator(10000)], verbose_name='数值')),
                ('measure', models.CharField(editable=False, max_length=10, verbose_name='单位')),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Banding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField(verbose_name='起始日期')),
                ('until', models.DateField(blank=True, help_text='当日起不再有效；留空表示仍有效', null=True, verbose_name='终止日期')),
                ('code', models.CharField(choices=[('age_band', '年龄段'), ('join_band', '入党时间'), ('education_band', '学历')], editable=False, max_length=20, verbose_name='分档')),
                ('bands', models.JSONField(editable=False, verbose_name='各档')),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
            ],
            options={
                'verbose_name': '统计分档',
                'verbose_name_plural': '统计分档',
                'ordering': ['code', '-since'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('until', None), ('since__lt', models.F('until')), _connector='OR'), name='reports_banding_since_before_until', violation_error_message='终止日期必须晚于起始日期'),
                    django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('code', 'age_band')), expressions=[(models.Func(models.F('since'), models.F('until'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='one_age_band_banding_at_a_time', violation_error_message='“年龄段”在这段时间已有分档'),
                    django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('code', 'join_band')), expressions=[(models.Func(models.F('since'), models.F('until'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='one_join_band_banding_at_a_time', violation_error_message='“入党时间”在这段时间已有分档'),
                    django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('code', 'education_band')), expressions=[(models.Func(models.F('since'), models.F('until'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='one_education_band_banding_at_a_time', violation_error_message='“学历”在这段时间已有分档'),
                    models.CheckConstraint(condition=models.Q(('code__in', ['age_band', 'join_band', 'education_band'])), name='banding_of_a_banded_dimension', violation_error_message='没有这种分档'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "reports_bandingevent" ("bands", "code", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "until", "version") VALUES (NEW."bands", NEW."code", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."since", NEW."source", NEW."until", NEW."version"); RETURN NULL;', hash='753a9cb53680bf8ef600104242c9748c879965a9', operation='INSERT', pgid='pgtrigger_insert_insert_6e9d7', table='reports_banding', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "reports_bandingevent" ("bands", "code", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "until", "version") VALUES (NEW."bands", NEW."code", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."since", NEW."source", NEW."until", NEW."version"); RETURN NULL;', hash='6e561c119c3c00a048c5429a1925bfa52f85f5cd', operation='UPDATE', pgid='pgtrigger_update_update_f7bee', table='reports_banding', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "reports_bandingevent" ("bands", "code", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "since", "source", "until", "version") VALUES (OLD."bands", OLD."code", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."since", OLD."source", OLD."until", OLD."version"); RETURN NULL;', hash='6f1734750358b6b19bc132ad147a7d014a68511c', operation='DELETE', pgid='pgtrigger_delete_delete_2d960', table='reports_banding', when='AFTER')),
                ],
            },
        ),
        migrations.CreateModel(
            name='BandingEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='reports.banding')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('since', models.DateField(verbose_name='起始日期')),
                ('until', models.DateField(blank=True, help_text='当日起不再有效；留空表示仍有效', null=True, verbose_name='终止日期')),
                ('code', models.CharField(choices=[('age_band', '年龄段'), ('join_band', '入党时间'), ('education_band', '学历')], editable=False, max_length=20, verbose_name='分档')),
                ('bands', models.JSONField(editable=False, verbose_name='各档')),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
            ],
            options={
                'abstract': False,
            },
        ),
        triggers_of('reports'),
    ]
