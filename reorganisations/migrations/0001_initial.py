"""Plans of what becomes of units and branches."""

import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

import core.clock
import reorganisations.states
from core.triggers import triggers_of


class Migration(migrations.Migration):

    replaces = [
        ('reorganisations', '0001_plans'),
    ]

    initial = True

    dependencies = [
        ('branches', '0002_copies_kept_true'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about', models.CharField(choices=[(reorganisations.states.About['UNIT'], '组织单元'), (reorganisations.states.About['BRANCH'], '党支部')], max_length=10, verbose_name='对象')),
                ('kind', models.CharField(choices=[('establish', '设立'), ('rename', '更名'), ('move', '迁移'), ('merge', '合并'), ('split', '拆分'), ('close', '撤销'), ('reopen', '恢复'), ('whole', '整建制转接')], max_length=10, verbose_name='类型')),
                ('title', models.CharField(max_length=300, verbose_name='事项')),
                ('effective_on', models.DateField(verbose_name='生效日期')),
                ('document', models.CharField(blank=True, max_length=100, verbose_name='文号')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='branches.unit', verbose_name='涉及范围')),
                ('level', models.PositiveSmallIntegerField(choices=[(1, '区'), (2, '街道'), (3, '社区'), (4, '小组'), (5, '网格')], editable=False, null=True, verbose_name='最高层级')),
                ('state', models.CharField(choices=[(reorganisations.states.PlanState['PLANNED'], '待办理'), (reorganisations.states.PlanState['CARRIED_OUT'], '已办理'), (reorganisations.states.PlanState['CANCELLED'], '已取消'), (reorganisations.states.PlanState['UNDONE'], '已撤回')], default=reorganisations.states.PlanState['PLANNED'], editable=False, max_length=15, verbose_name='状态')),
                ('order', models.JSONField(default=dict, editable=False)),
                ('outcome', models.JSONField(default=dict, editable=False)),
                ('trace', models.JSONField(editable=False, null=True)),
                ('reorganisation', models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='plan', to='branches.reorganisation', verbose_name='组织变动')),
                ('by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
                ('made_at', models.DateTimeField(default=core.clock.now, editable=False, verbose_name='登记时间')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
            ],
            options={
                'verbose_name': '组织变动',
                'verbose_name_plural': '组织变动',
                'ordering': ['-effective_on', '-pk'],
                'indexes': [models.Index(fields=['state', 'effective_on'], name='plan_by_day')],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('reorganisation', None), ('state__in', [reorganisations.states.PlanState['PLANNED'], reorganisations.states.PlanState['CANCELLED']])), models.Q(('reorganisation__isnull', False), ('state__in', [reorganisations.states.PlanState['CARRIED_OUT'], reorganisations.states.PlanState['UNDONE']]), ('trace__isnull', False)), _connector='OR'), name='plan_carried_out_has_a_trace', violation_error_message='已办理的组织变动须留有依据'),
                    models.CheckConstraint(condition=models.Q(models.Q(('about', reorganisations.states.About['UNIT']), ('level__isnull', False)), models.Q(('about', reorganisations.states.About['BRANCH']), ('level', None)), _connector='OR'), name='plan_of_units_has_a_level', violation_error_message='单位的变动须有层级'),
                ],
                'triggers': [
                    pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "reorganisations_planevent" ("about", "by_id", "document", "effective_on", "id", "kind", "level", "made_at", "note", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reorganisation_id", "state", "title", "unit_id", "version") VALUES (NEW."about", NEW."by_id", NEW."document", NEW."effective_on", NEW."id", NEW."kind", NEW."level", NEW."made_at", NEW."note", NEW."order", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reorganisation_id", NEW."state", NEW."title", NEW."unit_id", NEW."version"); RETURN NULL;', hash='53dd9f2456afa1d9299e0ac90a4500f2d63a0d37', operation='INSERT', pgid='pgtrigger_insert_insert_56111', table='reorganisations_plan', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."about" IS DISTINCT FROM (NEW."about") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."document" IS DISTINCT FROM (NEW."document") OR OLD."effective_on" IS DISTINCT FROM (NEW."effective_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."level" IS DISTINCT FROM (NEW."level") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."order" IS DISTINCT FROM (NEW."order") OR OLD."reorganisation_id" IS DISTINCT FROM (NEW."reorganisation_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."unit_id" IS DISTINCT FROM (NEW."unit_id") OR OLD."version" IS DISTINCT FROM (NEW."version"))', func='INSERT INTO "reorganisations_planevent" ("about", "by_id", "document", "effective_on", "id", "kind", "level", "made_at", "note", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reorganisation_id", "state", "title", "unit_id", "version") VALUES (NEW."about", NEW."by_id", NEW."document", NEW."effective_on", NEW."id", NEW."kind", NEW."level", NEW."made_at", NEW."note", NEW."order", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reorganisation_id", NEW."state", NEW."title", NEW."unit_id", NEW."version"); RETURN NULL;', hash='a2c08c2cf6f92606db07aaada9177e26bddca354', operation='UPDATE', pgid='pgtrigger_update_update_fc51f', table='reorganisations_plan', when='AFTER')),
                    pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "reorganisations_planevent" ("about", "by_id", "document", "effective_on", "id", "kind", "level", "made_at", "note", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reorganisation_id", "state", "title", "unit_id", "version") VALUES (OLD."about", OLD."by_id", OLD."document", OLD."effective_on", OLD."id", OLD."kind", OLD."level", OLD."made_at", OLD."note", OLD."order", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reorganisation_id", OLD."state", OLD."title", OLD."unit_id", OLD."version"); RETURN NULL;', hash='7ccd1fc7b5c7eb3c759fb3cafa26117ffb601d16', operation='DELETE', pgid='pgtrigger_delete_delete_5756f', table='reorganisations_plan', when='AFTER')),
                ],
            },
        ),
        migrations.CreateModel(
            name='PlanEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='reorganisations.plan')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('about', models.CharField(choices=[(reorganisations.states.About['UNIT'], '组织单元'), (reorganisations.states.About['BRANCH'], '党支部')], max_length=10, verbose_name='对象')),
                ('kind', models.CharField(choices=[('establish', '设立'), ('rename', '更名'), ('move', '迁移'), ('merge', '合并'), ('split', '拆分'), ('close', '撤销'), ('reopen', '恢复'), ('whole', '整建制转接')], max_length=10, verbose_name='类型')),
                ('title', models.CharField(max_length=300, verbose_name='事项')),
                ('effective_on', models.DateField(verbose_name='生效日期')),
                ('document', models.CharField(blank=True, max_length=100, verbose_name='文号')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('unit', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='branches.unit', verbose_name='涉及范围')),
                ('level', models.PositiveSmallIntegerField(choices=[(1, '区'), (2, '街道'), (3, '社区'), (4, '小组'), (5, '网格')], editable=False, null=True, verbose_name='最高层级')),
                ('state', models.CharField(choices=[(reorganisations.states.PlanState['PLANNED'], '待办理'), (reorganisations.states.PlanState['CARRIED_OUT'], '已办理'), (reorganisations.states.PlanState['CANCELLED'], '已取消'), (reorganisations.states.PlanState['UNDONE'], '已撤回')], default=reorganisations.states.PlanState['PLANNED'], editable=False, max_length=15, verbose_name='状态')),
                ('order', models.JSONField(default=dict, editable=False)),
                ('reorganisation', models.ForeignKey(db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='branches.reorganisation', verbose_name='组织变动')),
                ('by', models.ForeignKey(db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
                ('made_at', models.DateTimeField(default=core.clock.now, editable=False, verbose_name='登记时间')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
            ],
            options={
                'abstract': False,
            },
        ),
        triggers_of('reorganisations'),
    ]
