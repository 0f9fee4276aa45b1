"""No way to write out of scope: every key of every body, found by looking, not by listing."""

import pytest
from rest_framework.relations import RelatedField
from rest_framework.serializers import BaseSerializer

from branches.gates.fields import ScopedRelatedField, StrictBody
from members.api.transfer_bodies import CommitteeField
from qilin_cadres.api import router
from reorganisations.api import DECIDING, ReorganisationViewSet
from volunteering.api.claims import VIEW_CLAIM, VIEW_POST, VIEW_TURN, ClaimViewSet, TurnViewSet
from volunteering.api.neighbours import VisitViewSet
from volunteering.api.orders import VIEW_ITEM, ServiceOrderViewSet
from volunteering.gates import VIEW_OFFER

BODIES = [
    (viewset, action, body)
    for _, viewset, _ in router.registry
    for action, body in getattr(viewset, "bodies", {}).items()
]
# A plan's units and branches are asked of the verb that its kind needs; what is offered may be seen by more.
OTHER_VERBS = {
    ReorganisationViewSet: (None, *DECIDING, "branches.change_branch", "members.view_member"),
    ServiceOrderViewSet: (None, VIEW_ITEM),
    # What is public may be claimed by all; whom one asks is seen, and answers for herself.
    ClaimViewSet: (None, VIEW_POST, VIEW_OFFER),
    TurnViewSet: (None, VIEW_CLAIM, VIEW_TURN),
    VisitViewSet: (None, VIEW_ITEM),
}
NEVER = {
    "id",
    "pk",
    "uid",
    "version",
    "path",
    "is_superuser",
    "sort_key",
    "id_index",
    "on_roster",
    "by",
    "recorded_by",
}


def fields_within(serializer):
    """The serializer's fields and those of the serializers nested in it."""
    for field in serializer.fields.values():
        inner = getattr(field, "child", field)
        yield inner
        if isinstance(inner, BaseSerializer):
            yield from fields_within(inner)


@pytest.mark.parametrize(("viewset", "action", "body"), BODIES)
def test_every_key_in_a_body_asks_the_scope_of_the_actions_verb(viewset, action, body):
    fields = [getattr(field, "child_relation", field) for field in fields_within(body())]
    # Where a letter may be sent is no secret: the district and its streets may be named by all.
    keys = [
        type(field)
        for field in fields
        if isinstance(field, RelatedField) and not isinstance(field, CommitteeField)
        if not isinstance(field, ScopedRelatedField) or field.verb not in OTHER_VERBS.get(viewset, (None,))
    ]

    assert issubclass(body, StrictBody)
    assert keys == []


@pytest.mark.parametrize(("viewset", "action", "body"), BODIES)
def test_no_body_takes_what_only_the_system_writes(viewset, action, body):
    assert {field.field_name for field in fields_within(body())} & NEVER == set()


def test_the_bodies_hold_the_keys_that_are_known(db):
    found = {
        (viewset.__name__, action, field.field_name)
        for viewset, action, body in BODIES
        for field in fields_within(body())
        if isinstance(field, ScopedRelatedField)
    }

    assert len(found) == 103
