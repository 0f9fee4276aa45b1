"""Forms that several pages of the organisation share."""

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.urls import reverse

from branches.gates import ActForm
from branches.gates.admin import numbered
from core import clock

NOT_THERE = "没有这一项，或不在您的管辖范围内"


class DatedActForm(ActForm):
    """A change that takes effect on a day, by a document."""

    on = forms.DateField(label="生效日期", initial=clock.today)
    document = forms.CharField(label="文号", max_length=100, required=False, help_text="没有正式文件可留空")


def wizard_button(row, parameter, *, allowed) -> list[dict]:
    """The way from a row's page to the wizard of reorganisations, which is a floor above."""
    if not allowed:
        return []
    link = reverse("admin:reorganisations_plan_add", query={parameter: row.pk})
    return [{"title": "组织变动", "icon": "schema", "link": link}]


def picked(relation, model_admin, queryset, *, label):
    """A choice by autocomplete among the rows of `queryset`, looked up by the foreign key `relation`."""
    return numbered(
        forms.ModelChoiceField(
            queryset=queryset,
            label=label,
            widget=AutocompleteSelect(relation, model_admin.admin_site),
            error_messages={"invalid_choice": NOT_THERE},
        )
    )
