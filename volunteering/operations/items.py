"""Verbs of the catalogue: offer a service, correct it, close it."""

from django.db import transaction

from branches.operations.presence import closed_complaints
from core.audit import record
from core.changes import check, locked, save_change, set_values
from core.errors import InvalidValue, refuse_all
from volunteering.models import ServiceItem


@transaction.atomic
def offer_item(*, values, by):
    """Add a service to the catalogue of a unit and below; `values`: name, unit, and its limits."""
    unit = locked(values["unit"])
    refuse_all(closed_complaints(unit))
    item = ServiceItem(**{**values, "unit": unit})
    check(item)
    item.save()
    record("service_item.added", item, by=by, fields=values, place=unit.path)
    return item


@transaction.atomic
def amend_item(*, item, values, by, version=None):
    """Correct a service or its limits, or close it: orders already taken go on."""
    item = locked(item, version=version)
    if values.get("unit", item.unit) != item.unit:
        raise InvalidValue("开设范围不能修改，请在新的范围另设一项", field="unit")
    changed = set_values(item, values)
    if changed:
        save_change(item)
        record("service_item.amended", item, by=by, fields=changed, place=item.unit.path)
    return item
