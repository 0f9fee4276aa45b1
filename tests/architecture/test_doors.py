"""Every door asks the scope, every verb it asks is in the table of roles, and every template is used."""

import ast
import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.template.utils import get_app_template_dirs
from rest_framework.views import APIView

from branches.gates import ScopedAdmin, ScopedViewSet
from branches.models import Role
from qilin_cadres.roles import VERBS
from reports.api import FigureView
from tests.architecture.test_floors import FLOORS, MODULES, ROOT
from tests.scope.routes import every_route

APPS = "core|branches|members|volunteering|reports|reorganisations"
DEEDS = (
    "view|add|change|answer|confirm|dispatch|dissolve|reveal|record|undo|verify|propose|accept|issue|receive"
)
VERB = re.compile(rf"({APPS})\.({DEEDS})_[a-z_]+")
EVERY_VERB = frozenset().union(*VERBS.values())


def test_every_table_of_ours_in_the_admin_is_behind_a_scoped_page():
    unscoped = [
        model._meta.label
        for model, page in admin.site._registry.items()
        if model._meta.app_label in FLOORS and not isinstance(page, ScopedAdmin)
    ]

    assert unscoped == []


def test_nothing_but_our_own_tables_is_in_the_admin():
    foreign = [model for model in admin.site._registry if model._meta.app_label not in FLOORS]

    assert foreign == []


def test_every_view_of_the_api_is_scoped():
    views = {route.view.cls for route in every_route() if route.is_api}

    # Figures have no rows of their own: they ask the scope for their question's extent.
    assert [view for view in views if not issubclass(view, ScopedViewSet | FigureView)] == []
    assert all(issubclass(view, APIView) for view in views)


# Roles.


def test_the_table_of_roles_names_every_role_and_no_other():
    assert set(VERBS) == set(Role)


def verbs_written():
    """Every verb that stands as a text in the code outside the table of roles."""
    return {
        node.value
        for path in MODULES
        if path != ROOT / "qilin_cadres/roles.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and VERB.fullmatch(node.value)
    }


def verbs_of_pages():
    """Every verb that an admin page asks by its own name."""
    return {
        page.verb(action)
        for model, page in admin.site._registry.items()
        if isinstance(page, ScopedAdmin)
        for action in ("view", "add", "change")
    }


def test_every_verb_that_a_door_asks_is_given_to_some_role():
    assert verbs_written() - EVERY_VERB == set()


def test_every_page_of_the_admin_may_be_seen_by_some_role():
    unseen = {page.verb("view") for page in admin.site._registry.values()} - EVERY_VERB

    assert unseen == set()


def test_every_verb_of_the_table_is_asked_by_some_door():
    assert EVERY_VERB - verbs_written() - verbs_of_pages() == set()


def test_a_verb_is_named_after_a_table_or_an_act_of_its_app():
    assert [verb for verb in EVERY_VERB if verb.split(".")[0] not in apps.app_configs] == []


# Templates.

TEMPLATES = sorted(str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.html"))
# Found by Django under their names.
BY_NAME = re.compile(r"(400|403|404|500)\.html|admin/\w+(/\w+)?/(change_form|change_list|search_form)\.html")
SOURCES = [*MODULES, *(ROOT / "templates").rglob("*.html")]


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_is_used(name):
    overrides = any((folder / name).exists() for folder in get_app_template_dirs("templates"))
    named = any(name in path.read_text() for path in SOURCES)

    assert overrides or named or BY_NAME.fullmatch(name)
