"""Who asked, so far in plain columns, is sealed; histories keep only what lists show."""

import uuid

from django.db import migrations

from core.sealing import blind_index, seal

COLUMNS = {
    "sealed_requester": "requester",
    "sealed_phone": "requester_phone",
    "sealed_address": "requester_address",
}


def seal_requesters(apps, schema_editor):
    """Seal each order for the place where the value will lie."""
    orders = apps.get_model("volunteering", "ServiceOrder")
    for order in orders.objects.order_by("pk").iterator(chunk_size=500):
        order.uid = uuid.uuid4()
        for sealed, plain in COLUMNS.items():
            text = getattr(order, plain)
            context = f"volunteering_serviceorder.{sealed}|{order.uid}"
            setattr(order, sealed, seal(text, context=context) if text else None)
        order.requester_masked = f"{order.requester[:1]}{'*' * max(1, len(order.requester) - 1)}"
        order.phone_last4 = order.requester_phone[-4:]
        order.phone_index = blind_index(order.requester_phone, purpose="order.phone")
        order.save()


class Migration(migrations.Migration):
    dependencies = [("volunteering", "0007_sealed_requesters")]

    operations = [
        migrations.RunPython(seal_requesters, migrations.RunPython.noop, elidable=True),
        migrations.RunSQL(
            """
            UPDATE volunteering_serviceorderevent AS event
                SET uid = served.uid, requester_masked = served.requester_masked, phone_last4 = served.phone_last4
                FROM volunteering_serviceorder AS served WHERE served.id = event.pgh_obj_id;
            UPDATE volunteering_serviceorderevent SET uid = gen_random_uuid() WHERE uid IS NULL;
            """,
            migrations.RunSQL.noop,
            elidable=True,
        ),
    ]
