"""Nobody verifies a sign-in that she has recorded herself."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0008_surnames_in_all_readings'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='signin',
            constraint=models.CheckConstraint(condition=models.Q(('verified_by', None), ('recorded_by', None), models.Q(('verified_by', models.F('recorded_by')), _negated=True), _connector='OR'), name='sign_in_verified_by_somebody_else', violation_error_message='登记人不能核实自己登记的记录'),
        ),
    ]
