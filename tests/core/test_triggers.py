"""Every trigger that a model names is in the database, as it is named."""

import pgtrigger
import pytest

pytestmark = pytest.mark.django_db


def test_every_trigger_is_installed_as_its_model_names_it():
    found = {
        f"{model._meta.label}:{trigger.name}": trigger.get_installation_status(model)[0]
        for model, trigger in pgtrigger.registered()
    }

    assert len(found) > 100
    assert {name: status for name, status in found.items() if status != "INSTALLED"} == {}
