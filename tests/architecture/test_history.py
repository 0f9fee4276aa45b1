"""Events are found by few keys: what asks for them has its index, and nothing else has one."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection

from members.models import Post, Secondment, Term

# What a member's leaving or a branch's closing had ended is looked up in its history when that is undone.
RESUMED = {(Post, "member"), (Post, "branch"), (Secondment, "member"), (Term, "branch")}


def shown():
    """Each table and key by which some page shows events that belong to its row."""
    return {
        (model, key)
        for page in admin.site._registry.values()
        for model, key in getattr(page, "histories", {}).items()
    }


def tables_of_events():
    return [model.pgh_event_model for model in apps.get_models() if hasattr(model, "pgh_event_models")]


@pytest.mark.parametrize("events", tables_of_events(), ids=lambda events: events._meta.label)
def test_events_have_the_indexes_that_are_asked_and_no_others(db, events):
    asked = {
        model.pgh_event_model._meta.get_field(key).column
        for model, key in shown() | RESUMED
        if model.pgh_event_model is events
    }
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, events._meta.db_table).values()

    assert sorted(
        each["columns"][0] for each in found if each["index"] and not each["primary_key"]
    ) == sorted({"pgh_obj_id", *asked})
