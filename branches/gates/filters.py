"""List filters that pick one row in scope by autocomplete."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.forms import ModelChoiceField
from unfold.contrib.filters.forms import AutocompleteDropdownForm

from branches.models import Branch


def tell_once(request, name, words):
    """Warn of the filter of this name. A list builds its filters twice when it counts facets."""
    told = request.__dict__.setdefault("filters_told", set())
    if name not in told:
        told.add(name)
        messages.warning(request, words)


class RowFilter(admin.SimpleListFilter):
    """A filter by one related row: `?<parameter_name>=<number>`, picked by autocomplete.

    `relation` is any foreign key to the table picked from. A row out of scope answers as one that never was:
    no rows and a message, never its name and never an error.
    """

    template = "unfold/filters/filters_field.html"
    form_class = AutocompleteDropdownForm
    relation = None
    lookup = None

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        self.request, self.model_admin = request, model_admin
        # Exactly what the autocomplete offers: the rows that the related table's own page shows.
        picked_from = model_admin.admin_site.get_model_admin(self.relation.related_model)
        seen = picked_from.get_queryset(request)
        self.visible = seen if picked_from.has_view_permission(request) else seen.none()
        self.row = self._row()
        if self.value() and self.row is None:
            told = f"筛选“{self.title}”：没有这一项，或不在您的管辖范围内"
            tell_once(request, self.parameter_name, told)

    def _row(self):
        text = self.value() or ""
        # Longer than any number we give out: the database would refuse to compare it.
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            return None
        return self.visible.filter(pk=int(text)).first()

    def lookups(self, request, model_admin):
        return ()

    def has_output(self):
        return True

    def narrow(self, queryset, row):
        """The rows of the list that belong to the row picked."""
        return queryset.filter(**{self.lookup or self.parameter_name: row})

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        if self.row is None:
            return queryset.none()
        return self.narrow(queryset, self.row)

    def choices(self, changelist):
        yield {"form": self._form()}

    def _form(self):
        form = forms.Form(data={self.parameter_name: self.row.pk if self.row else None})
        widget = AutocompleteSelect(
            self.relation, self.model_admin.admin_site, attrs={"class": "unfold-filter-autocomplete"}
        )
        form.fields[self.parameter_name] = ModelChoiceField(
            label=self.title, required=False, queryset=self.visible, widget=widget
        )
        return form


class UnitFilter(RowFilter):
    """`?unit=<number>`: the rows at the unit and below it, as the tree stands today."""

    title = "单位（含以下）"
    parameter_name = "unit"
    relation = Branch._meta.get_field("unit")

    def narrow(self, queryset, row):
        return queryset.within(row)
