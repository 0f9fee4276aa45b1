"""What is registered already is found by its pinyin too."""

from django.db import migrations

from core.pinyin import syllables

TITLES = {"unit": ("name", "alias"), "branch": ("name", "short_name"), "employer": ("name",)}
AT_ONCE = 2_000


def tell(apps, schema_editor):
    for name, titles in TITLES.items():
        model = apps.get_model("branches", name)
        rows = list(model.objects.only("pk", *titles))
        for row in rows:
            row.syllables = syllables(*(getattr(row, title) for title in titles))
        model.objects.bulk_update(rows, ["syllables"], batch_size=AT_ONCE)


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0004_titles_by_pinyin'),
    ]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
