"""No key reaches out of scope: a foreign row answers as one that never was, in every body, form and filter.

Read from the serializers, forms and filters themselves: a new field is asked about without being named here.
"""

import json

import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import ModelChoiceField
from django.test import Client
from rest_framework.relations import PrimaryKeyRelatedField
from rest_framework.test import APIClient

from branches.gates import RowFilter
from branches.models import Unit
from branches.scope import ScopedQuerySet, scope_of
from qilin_cadres.api import router
from tests.factories import TODAY
from tests.ledger import fingerprint
from tests.scope.routes import every_route
from tests.scope.sweep import seen_rows

pytestmark = pytest.mark.long

UNKNOWN = 99_999_999
WHO = ("clerk of 南宁", "clerk of 鼓楼", "secretary in 鼓楼")
RESOURCES = {prefix: viewset for prefix, viewset, _ in router.registry}
# Never written by anybody through a door, whatever the table.
FORBIDDEN = {
    "id",
    "pk",
    "path",
    "uid",
    "version",
    "on_roster",
    "is_superuser",
    "sort_key",
    "id_index",
    "by",
    "today",
}


def foreign_rows(world, model, user):
    """Rows of the table that the account does not see."""
    view = f"{model._meta.app_label}.view_{model._meta.model_name}"
    return model._default_manager.exclude(pk__in=seen_rows(world, model, user, view)).order_by("pk")


class Api:
    """The account's calls, and the rows that they are about."""

    def __init__(self, world, user):
        self.world, self.user = world, user
        self.client = APIClient(raise_request_exception=False)
        self.client.force_authenticate(user)

    def send(self, prefix, action, body):
        """Status and answer of the action with the body, on a row in sight where it needs one."""
        viewset = RESOURCES[prefix]
        row = viewset.queryset.visible_in(
            scope_of(self.user, to=_one(viewset.verbs["retrieve"]), on=TODAY)
        ).first()
        # Of some tables the account sees nothing: then there is nothing to work on either.
        number, version = (row.pk, row.version) if row else (UNKNOWN, 1)
        path = _path(viewset, action, number)
        method = "patch" if action == "partial_update" else "post"
        headers = {"If-Match": f'"v{version}"'}
        answer = getattr(self.client, method)(
            f"/api/v1/{prefix}/{path}", body, format="json", headers=headers
        )
        return answer.status_code, answer.content.decode()


def _path(viewset, action, number):
    """The address of an action behind its resource's."""
    if action == "create":
        return ""
    if action == "partial_update":
        return f"{number}/"
    handler = getattr(viewset, action)
    return f"{number}/{handler.url_path}/" if handler.detail else f"{handler.url_path}/"


def _one(verbs):
    return verbs if isinstance(verbs, str) else verbs[0]


def actions():
    return [(prefix, action) for prefix, viewset in RESOURCES.items() for action in viewset.bodies]


@pytest.mark.parametrize("who", WHO)
def test_a_foreign_key_in_a_body_answers_as_one_that_never_was(world, who):
    api, asked = Api(world, world.people[who]), 0
    before = fingerprint()
    for prefix, action in actions():
        for name, field in RESOURCES[prefix].bodies[action]().fields.items():
            if not isinstance(field, PrimaryKeyRelatedField):
                continue
            nobody = api.send(prefix, action, {name: UNKNOWN})
            for row in foreign_rows(world, field.queryset.model, api.user)[:3]:
                asked += 1
                status, answer = api.send(prefix, action, {name: row.pk})
                told = status, answer.replace(f"“{row.pk}”", f"“{UNKNOWN}”")
                assert told == nobody, (prefix, action, name)
    assert fingerprint() == before
    assert asked > 10


@pytest.mark.parametrize("who", WHO)
def test_what_a_body_does_not_declare_is_refused_by_name_and_not_written(world, who):
    api = Api(world, world.people[who])
    before, named = fingerprint(), 0
    for prefix, action in actions():
        viewset = RESOURCES[prefix]
        fields = viewset.bodies[action]().fields
        columns = {column.name for column in viewset.queryset.model._meta.concrete_fields} | FORBIDDEN
        undeclared = columns - {name for name, field in fields.items() if not field.read_only}
        status, answer = api.send(prefix, action, dict.fromkeys(undeclared, 1))
        assert status in (400, 403), (prefix, action, status)
        if status == 400:
            wrong = {error["attr"] for error in json.loads(answer)["errors"]}
            assert undeclared <= wrong, (prefix, action, undeclared - wrong)
            named += len(undeclared)
    assert fingerprint() == before
    assert named > 20


@pytest.mark.parametrize("who", WHO)
def test_a_foreign_key_in_a_filter_answers_as_one_that_never_was(world, who):
    api = Api(world, world.people[who])
    for prefix, viewset in RESOURCES.items():
        for name, each in viewset.filterset_class.base_filters.items():
            rows = getattr(each, "queryset", None)
            if rows is None or not isinstance(rows, ScopedQuerySet):
                continue
            key = "code" if rows.model is Unit and name == "unit" else "pk"
            nobody = api.client.get(f"/api/v1/{prefix}/", {name: UNKNOWN})
            for row in foreign_rows(world, rows.model, api.user)[:2]:
                asked = str(getattr(row, key))
                found = api.client.get(f"/api/v1/{prefix}/", {name: asked})
                assert found.status_code == nobody.status_code, (prefix, name)
                words = found.content.decode().replace(asked, str(UNKNOWN))
                assert words == nobody.content.decode(), (prefix, name)


def pages(world, user, client):
    """The answers of every admin page with a form that the account may open, each about a row in sight."""
    for route in every_route():
        if not route.pattern.startswith("admin/") or "(" in route.pattern or "content_type" in route.pattern:
            continue
        if not route.is_of_a_row and not route.pattern.endswith("/add/"):
            continue
        view = f"{route.model._meta.app_label}.view_{route.model._meta.model_name}"
        seen = sorted(seen_rows(world, route.model, user, view))
        if seen or not route.is_of_a_row:
            answer = client.get(route.path(seen[0] if seen else 0))
            if answer.status_code == 200 and answer.context is not None:
                yield route, answer


def forms_in(answer):
    """The forms that a page shows."""
    shown = [answer.context.get("adminform"), answer.context.get("form")]
    return [getattr(each, "form", each) for each in shown if hasattr(getattr(each, "form", each), "fields")]


def refusal(field, value):
    try:
        field.clean(str(value))
    except ValidationError as error:
        return [(each.code, str(each.message)) for each in error.error_list]
    return None


@pytest.mark.parametrize("who", WHO)
def test_a_foreign_choice_in_a_form_of_the_admin_is_no_choice(world, who):
    user, asked = world.people[who], 0
    client = Client()
    client.force_login(user, backend="branches.gates.AppointmentBackend")
    for route, answer in pages(world, user, client):
        for form in forms_in(answer):
            for name, field in form.fields.items():
                # Where a letter may be sent is no secret: the district and its streets may be named by all.
                if not isinstance(field, ModelChoiceField) or name == "to_unit":
                    continue
                for row in foreign_rows(world, field.queryset.model, user)[:3]:
                    asked += 1
                    assert refusal(field, row.pk) == refusal(field, UNKNOWN) != None, (route.pattern, name)  # noqa: E711
    assert asked > (0 if who.startswith("secretary") else 10)


@pytest.mark.parametrize("who", WHO)
def test_a_foreign_row_in_a_filter_of_the_admin_gives_no_rows_and_no_name(world, who):
    user = world.people[who]
    client = Client()
    client.force_login(user, backend="branches.gates.AppointmentBackend")
    for model, page in admin.site._registry.items():
        filters = [
            each for each in page.list_filter if isinstance(each, type) and issubclass(each, RowFilter)
        ]
        for each in filters:
            # The last: the first may be the district, whose name is on every page.
            row = foreign_rows(world, each.relation.related_model, user).last()
            if row is None:
                continue
            address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
            answer = client.get(address, {each.parameter_name: row.pk}, follow=True)
            if answer.status_code == 200:
                assert list(answer.context["cl"].result_list) == [], (address, each.parameter_name)
                assert str(row) not in answer.content.decode(), (address, each.parameter_name)
