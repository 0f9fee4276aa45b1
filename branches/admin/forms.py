"""Forms that several pages of the organisation share."""

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.urls import reverse

from branches.gates import ActForm
from branches.gates.admin import numbered
from core import clock

NOT_THERE = "没有这一项，或不在您的管辖范围内"


class DatedActForm(ActForm):
    """A change that takes effect on a day, by a document."""

    on = forms.DateField(label="生效日期", initial=clock.today)
    document = forms.CharField(label="文号", max_length=100, required=False, help_text="没有正式文件可留空")


class VersionedForm(ActForm):
    """An act on the row as the person saw it."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.row.version


class ReasonForm(ActForm):
    """Why something entered by mistake is taken back."""

    reason = forms.CharField(
        label="撤回原因", max_length=200, help_text="如：重复登记、认错人；写进审计记录和变更历史"
    )


class UndoForm(ReasonForm, VersionedForm):
    """The same, of the row as the person saw it."""


def wizard_button(row, parameter, *, allowed) -> list[dict]:
    """The way from a row's page to the wizard of reorganisations, which is a floor above."""
    if not allowed:
        return []
    link = reverse("admin:reorganisations_plan_add", query={parameter: row.pk})
    return [{"title": "组织变动", "icon": "schema", "link": link}]


class ToldApart:
    """Mixin of a choice by autocomplete: what was chosen is shown as the list showed it."""

    def label_from_instance(self, row):
        admin_of_it = self.widget.admin_site.get_model_admin(type(row))
        return admin_of_it.choice_texts([row])[row.pk]


class PickedField(ToldApart, forms.ModelChoiceField):
    default_error_messages = {"invalid_choice": NOT_THERE}


class SeveralPickedField(ToldApart, forms.ModelMultipleChoiceField):
    default_error_messages = {"invalid_choice": NOT_THERE, "invalid_pk_value": NOT_THERE}


def picked(relation, model_admin, queryset, *, label):
    """A choice by autocomplete among the rows of `queryset`, looked up by the foreign key `relation`."""
    widget = AutocompleteSelect(relation, model_admin.admin_site)
    return numbered(PickedField(queryset, label=label, widget=widget))


def several_picked(relation, model_admin, queryset, *, label, help_text=""):
    """As `picked`, of several rows."""
    widget = AutocompleteSelectMultiple(relation, model_admin.admin_site)
    return numbered(SeveralPickedField(queryset, label=label, widget=widget, help_text=help_text))
