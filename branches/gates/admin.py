"""What every admin page shares: scope, choices within scope, refusals shown in the form, no deleting."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import IntegrityError
from unfold.admin import ModelAdmin

from branches.gates.permission import may, scope_for
from branches.scope import ScopedQuerySet
from core.errors import DomainError, refusal_of


class OperationForm(forms.ModelForm):
    """A form whose saving is an operation. What the operation refused is shown where it belongs."""

    refusal: DomainError | None = None

    def _post_clean(self):
        super()._post_clean()
        for error in self.refusal.errors if self.refusal else ():
            field = error.field if error.field in self.fields else NON_FIELD_ERRORS
            self.add_error(field, error.detail)


class ScopedAdmin(ModelAdmin):
    """An admin page over the rows in scope.

    `verbs` maps view, add and change to the verb asked; by default Django's own names. Subclasses write `perform`, which
    calls one operation and returns the row; the door itself saves nothing.
    """

    form = OperationForm
    verbs: dict[str, str] = {}
    show_full_result_count = False
    list_per_page = 50
    actions = None
    compressed_fields = False
    warn_unsaved_form = True

    def verb(self, action: str) -> str:
        """The verb behind view, add or change."""
        options = self.opts
        return self.verbs.get(action, f"{options.app_label}.{action}_{options.model_name}")

    def scope(self, request, action: str):
        """Where the person may do the action."""
        return scope_for(request.user, self.verb(action))

    def get_queryset(self, request):
        return super().get_queryset(request).visible_in(self.scope(request, "view"))

    def has_view_permission(self, request, obj=None):
        return may(request.user, self.verb("view"), obj)

    def has_add_permission(self, request):
        return may(request.user, self.verb("add"))

    def has_change_permission(self, request, obj=None):
        return may(request.user, self.verb("change"), obj)

    def has_delete_permission(self, request, obj=None):
        return False

    def has_module_permission(self, request):
        return may(request.user, self.verb("view"))

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        queryset = kwargs.get("queryset", db_field.remote_field.model._default_manager.all())
        if isinstance(queryset, ScopedQuerySet):
            action = "change" if request.resolver_match.kwargs.get("object_id") else "add"
            kwargs["queryset"] = queryset.visible_in(self.scope(request, action))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        # The first pass runs in one transaction; a refusal undoes all of it, and the second pass shows why.
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as refusal:
            request.refusal = refusal
        except IntegrityError as error:
            request.refusal = refusal_of(error)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request, obj, form, change):
        done = self.perform(request, obj, form, change)
        obj.__dict__.update(done.__dict__)

    def perform(self, request, obj, form, change):
        """Call the operation behind this form and return the row."""
        raise NotImplementedError

    def lookup_allowed(self, lookup, value, request):
        # Only what the page itself offers as a filter: any other lookup could be used to guess hidden values.
        return lookup.split("__")[0] in {*self._filter_parameters()} and super().lookup_allowed(
            lookup, value, request
        )

    def _filter_parameters(self):
        for item in self.list_filter:
            if isinstance(item, str):
                yield item.split("__")[0]
            elif isinstance(item, tuple):
                yield item[0].split("__")[0]
            else:
                yield getattr(item, "parameter_name", "")
