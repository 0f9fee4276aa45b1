"""The wizard's form: only what the kind needs, and nothing to choose from beyond the scope."""

from django import forms
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from branches.admin.forms import NOT_THERE, picked
from branches.gates import scope_for
from branches.gates.admin import OnlyNumbers
from branches.gates.places import full_texts
from branches.models import Appointment, Branch, Category, Unit
from branches.scope import Scope
from core import clock
from members.models import Member
from reorganisations.gates import CHANGE_BRANCH, KEEPING
from reorganisations.operations import order_of
from reorganisations.states import About

# How many closed units or branches are offered to be reopened; the latest come first.
MOST_CLOSED = 200
# Asked by autocomplete through these keys.
RELATIONS = {Unit: Appointment._meta.get_field("unit"), Branch: Appointment._meta.get_field("branch")}


class PickSeveral(OnlyNumbers, AutocompleteSelectMultiple):
    """Several rows by autocomplete."""


class Labelled(forms.ModelChoiceField):
    """A row told apart by where it is."""

    def label_from_instance(self, obj):
        return self.texts.get(obj.pk, str(obj)) if hasattr(self, "texts") else str(obj)


class WizardForm(forms.Form):
    """Everything that one kind asks for. `subject` is known already when its parts are to be chosen."""

    on = forms.DateField(
        label="生效日期",
        widget=UnfoldAdminDateWidget,
        help_text="今天以后的日期会列入计划，到那天自动办理",
    )
    document = forms.CharField(
        label="文号", max_length=100, required=False, widget=UnfoldAdminTextInputWidget,
        help_text="没有正式文件可留空",
    )  # fmt: skip
    note = forms.CharField(label="说明", max_length=500, required=False, widget=UnfoldAdminTextInputWidget)

    def __init__(self, *args, wizard, subject=None, **kwargs):
        self.request, self.model_admin = wizard.request, wizard.model_admin
        self.choice, self.subject = wizard.choice, subject
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today
        self._add_fields()
        self.order_fields([*self.choice.labels, "on", "document", "note"])

    def _add_fields(self):
        subject = self.choice.subject
        if subject:
            self.fields[subject] = self._field(subject)
            self._settle_subject(self.fields[subject])
        for name in self.choice.asks.every:
            if name not in self.fields and (self.subject or not name.startswith("part_")):
                self.fields[name] = self._field(name)

    def _settle_subject(self, field):
        """Whose parts are to be chosen is settled; and it must be one of those that may be chosen at all."""
        if self.subject is not None and not field.queryset.filter(pk=self.subject.pk).exists():
            self.subject = self.initial[self.choice.subject] = None
        field.disabled = self.choice.has_parts and self.subject is not None

    def _field(self, name):
        required = name in self.choice.asks.required
        if name in ("name", "code"):
            field = forms.CharField(
                max_length=200 if name == "name" else 32,
                required=required,
                widget=UnfoldAdminTextInputWidget,
            )
        elif name.startswith("part_"):
            field = self._parts(name)
        else:
            field = self._row(name, required)
        field.label = self.choice.labels[name]
        if name == "code":
            field.help_text = "街道、社区填写统计用区划代码；小组和网格留空则自动编号"
        return field

    def _row(self, name, required):
        rows = self._reached(Unit if name in ("units", "to_unit") else Branch)
        if name == self.choice.subject and self.choice.is_of_closed:
            return self._closed(rows)
        several = name == self.choice.subject and self.choice.asks.several
        if several:
            widget = PickSeveral(RELATIONS[rows.model], self.model_admin.admin_site)
            field = forms.ModelMultipleChoiceField(rows.live(), required=required, widget=widget)
            field.error_messages |= {"invalid_choice": NOT_THERE, "invalid_pk_value": NOT_THERE}
            return field
        field = picked(RELATIONS[rows.model], self.model_admin, rows.live(), label="")
        field.required = required
        return field

    def _closed(self, rows):
        ended = "closed_on" if rows.model is Unit else "dissolved_on"
        closed = rows.exclude(**{ended: None}).order_by(f"-{ended}", "-pk")
        field = Labelled(closed, widget=UnfoldAdminSelectWidget, error_messages={"invalid_choice": NOT_THERE})
        if rows.model is Unit:
            field.texts = full_texts(closed[:MOST_CLOSED])
        return field

    def _reached(self, model):
        """The rows that the person keeps: whole subtrees, never the unit under a single branch."""
        verbs = KEEPING if model is Unit else (CHANGE_BRANCH,)
        paths = {path for verb in verbs for path in scope_for(self.request.user, verb).paths}
        return model.objects.visible_in(Scope(tuple(sorted(paths))))

    def _parts(self, name):
        rows = {
            "part_units": self._children,
            "part_branches": self._branches,
            "part_members": self._members,
        }[name]()
        ticks = forms.CheckboxSelectMultiple(attrs={"class": "ticks"})
        field = forms.ModelMultipleChoiceField(rows, required=False, widget=ticks)
        field.help_text = "" if rows.exists() else "没有可选的"
        field.error_messages |= {"invalid_choice": NOT_THERE, "invalid_pk_value": NOT_THERE}
        return field

    def _children(self):
        return self.subject.children.live().order_by("code")

    def _branches(self):
        if self.choice.about == About.UNIT:
            return self.subject.branches.live().exclude(category=Category.GROUP)
        return self.subject.children.live().filter(category=Category.GROUP)

    def _members(self):
        seen = Member.objects.visible_in(scope_for(self.request.user, "members.view_member"))
        return seen.on_roster().filter(branch=self.subject)

    def clean(self):
        cleaned = super().clean()
        for name in ("name", "code", "document", "note"):
            if "\x00" in (cleaned.get(name) or ""):
                self.add_error(name, "不能有空字符")
        return cleaned

    def order(self):
        """The order that the form makes."""
        values = {
            name: [value] if name == self.choice.subject and not self.choice.asks.several else value
            for name, value in self.cleaned_data.items()
        }
        return order_of({"about": self.choice.about, "kind": self.choice.kind, **values})

    def refuse(self, refusal):
        """Show what was refused where it belongs."""
        for error in refusal.errors:
            self.add_error(error.field if error.field in self.fields else None, error.detail)
