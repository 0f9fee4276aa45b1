"""Who was registered before is found by all readings of the surname too, and stands in the order of the usual."""

from django.db import migrations

from core.pinyin import sort_key, spellings

HELD = ('Member', 'HandoverPerson', 'Transfer')
AT_ONCE = 500


def tell_anew(apps, schema_editor):
    """Tell the spellings and the place in the order anew from the names, and write those that have changed."""
    for name in HELD:
        rows, changed = apps.get_model('members', name)._base_manager, []
        for row in rows.only('name', 'sort_key', 'spellings').iterator(chunk_size=AT_ONCE):
            if _told_anew(row):
                changed.append(row)
        rows.bulk_update(changed, ['sort_key', 'spellings'], batch_size=AT_ONCE)


def _told_anew(row) -> bool:
    kept = row.sort_key, set(row.spellings.replace("'", '').split())
    row.sort_key, row.spellings = sort_key(row.name), spellings(row.name)
    return kept != (row.sort_key, set(row.spellings.split()))


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0007_memberships_by_latest'),
    ]

    operations = [migrations.RunPython(tell_anew, migrations.RunPython.noop)]
