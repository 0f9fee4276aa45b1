"""What every admin page shares: scope, choices within it, refusals in the form, versions, no deleting."""

from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import quote, unquote
from django.contrib.admin.widgets import AutocompleteMixin
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import strip_tags
from unfold.admin import ModelAdmin

from branches.gates.acts import act_urls, acts_offered
from branches.gates.history import history_of, keeps_events
from branches.gates.lists import ScopedList
from branches.gates.permission import may, scope_for
from branches.scope import ScopedQuerySet, is_asked
from core.errors import DomainError, refusal_of
from core.models import AuditEntry


class OperationForm(forms.ModelForm):
    """A form whose saving is an operation. What the operation refused is shown where it belongs.

    `version` travels with the form: who saves what somebody else has changed meanwhile is refused, in words.
    So does the `uid` of a new row that has one: the same form sent twice makes one.
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    uid = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid4)
    refusal: DomainError | None = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and hasattr(self.instance, "version"):
            self.fields["version"].initial = self.instance.version
        else:
            del self.fields["version"]
        if self.instance.pk or not hasattr(self.instance, "uid"):
            del self.fields["uid"]

    @property
    def version_read(self) -> int | None:
        """The version of the row that the person was looking at."""
        return self.cleaned_data.get("version")

    def clean_uid(self):
        return self.cleaned_data["uid"] or uuid4()

    def clean(self):
        cleaned = super().clean()
        if "version" in self.fields and self.version_read is None:
            raise ValidationError("不知道您看到的是哪一版，请刷新页面后再改")
        return cleaned

    def validate_unique(self):
        """The operation asks, and says it of the right field."""

    def _post_clean(self):
        # What the constraints say the operation says too, and of the right field.
        self.instance.validate_constraints = lambda exclude=None: None
        super()._post_clean()
        del self.instance.validate_constraints
        for error in self.refusal.errors if self.refusal else ():
            field = (
                error.field if error.field in self.fields and error.field != "version" else NON_FIELD_ERRORS
            )
            self.add_error(field, error.detail)


class OnlyNumbers:
    """Mixin of an autocomplete box, which would otherwise look up anything as a row's number."""

    def optgroups(self, name, value, attr=None):
        numbers = [each for each in map(str, value) if each.isascii() and each.isdigit() and len(each) < 19]
        return super().optgroups(name, numbers, attr)


def numbered(field):
    """The form field, with its autocomplete box (whichever the theme chose) taking only numbers."""
    widget = getattr(field, "widget", None)
    if isinstance(widget, AutocompleteMixin) and not isinstance(widget, OnlyNumbers):
        widget.__class__ = type("Numbered", (OnlyNumbers, type(widget)), {})
    return field


class ScopedAdmin(ModelAdmin):
    """An admin page over the rows in scope.

    `verbs` maps view, add and change to the verb asked; by default Django's own names. Subclasses write
    `perform`, which calls one operation and returns the row (`form.version_read` is the version the person
    saw); the door itself saves nothing. `acts` are its other operations, each a page with its own form.
    `histories` names the tables whose events belong on the history page, as {Model: "its key to this row"};
    who may not see such a table is not told of it there either.
    """

    form = OperationForm
    verbs: dict[str, str] = {}
    acts = ()
    histories: dict = {}
    # Accounts are the system administrator's: the names of those who did something lead nobody else anywhere.
    readonly_preprocess_fields = dict.fromkeys(
        ("by", "recorded_by", "verified_by", "sent_by", "asked_by"), strip_tags
    )
    # Whether rows are registered one after the other: saving then leads to the next one's form.
    one_after_the_other = False
    # Foreign keys beside which a row of the related table may be added in a window of its own.
    popup_add_fields = ()
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 50
    # Page by page; "all" beside the count then says one thing only.
    list_max_show_all = 0
    actions = None
    compressed_fields = False
    warn_unsaved_form = True
    list_filter_submit = True
    list_filter_sheet = False
    empty_value_display = "—"

    def verb(self, action: str) -> str:
        """The verb behind view, add or change."""
        options = self.opts
        return self.verbs.get(action, f"{options.app_label}.{action}_{options.model_name}")

    def scope(self, request, action: str):
        """Where the person may do the action."""
        return scope_for(request.user, self.verb(action))

    def get_queryset(self, request):
        return super().get_queryset(request).visible_in(self.scope(request, "view"))

    def get_search_results(self, request, queryset, search_term):
        """As the rows themselves are looked for by name, where they say how; else by `search_fields`."""
        if hasattr(queryset, "named_like"):
            return queryset.named_like(search_term), False
        return super().get_search_results(request, queryset, search_term)

    def allows(self, request, verb, row=None):
        """Whether the person may do the verb at all, or to this row. Every permission is asked here."""
        return may(request.user, verb, row)

    def has_view_permission(self, request, obj=None):
        return self.allows(request, self.verb("view"), obj)

    def has_add_permission(self, request):
        return self.allows(request, self.verb("add"))

    def has_change_permission(self, request, obj=None):
        return self.allows(request, self.verb("change"), obj)

    def has_delete_permission(self, request, obj=None):
        return False

    def has_module_permission(self, request):
        return self.allows(request, self.verb("view"))

    def get_urls(self):
        return act_urls(self) + super().get_urls()

    # Choices: what may be picked is what the action's scope reaches, narrowed to what makes sense there.

    def narrow(self, request, field_name, queryset):
        """Which rows make sense as a choice for the field. Asked by drop-downs and by autocomplete alike."""
        return queryset

    def choice_texts(self, rows) -> dict:
        """By number, what an autocomplete list shows for each of these rows."""
        return {row.pk: str(row) for row in rows}

    def reachable(self, request, queryset):
        """Which rows of a related table the person may pick at all."""
        if not isinstance(queryset, ScopedQuerySet):
            return queryset
        action = "change" if request.resolver_match.kwargs.get("object_id") else "add"
        return queryset.visible_in(self.scope(request, action))

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        queryset = kwargs.get("queryset", db_field.remote_field.model._default_manager.all())
        kwargs["queryset"] = self.narrow(request, db_field.name, self.reachable(request, queryset))
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        return numbered(field)

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        # The theme would have the first choice stand there as if somebody had made it.
        blank = db_field.blank or not db_field.has_default()
        kwargs.setdefault("choices", db_field.get_choices(blank, [("", "请选择")]))
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget = getattr(field, "widget", None)
        if hasattr(widget, "can_add_related"):
            widget.can_add_related = widget.can_add_related and db_field.name in self.popup_add_fields
            widget.can_change_related = widget.can_view_related = widget.can_delete_related = False
        return field

    # Forms.

    def get_fields(self, request, obj=None):
        return [name for name in super().get_fields(request, obj) if name not in {"version", "uid"}]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        extra_context = {
            "show_save_and_add_another": self.one_after_the_other and object_id is None,
            "keeps_events": keeps_events(self.model),
            **(extra_context or {}),
        }
        row = self.get_object(request, unquote(object_id)) if object_id else None
        if row:
            extra_context |= {"acts": self.buttons(request, row), **self.beside(request, row)}
        about = (request, object_id, form_url, extra_context)
        # Asked again after the first pass: the same form may have been sent twice at the same moment.
        return (
            self._written_before(request, object_id)
            or self._first_pass(*about)
            or self._written_before(request, object_id)
            or super().changeform_view(*about)
        )

    def _first_pass(self, request, *about):
        """The answer, or none: a refusal undoes all of it, and the second pass shows why."""
        try:
            return super().changeform_view(request, *about)
        except DomainError as refusal:
            request.refusal = refusal
        except (IntegrityError, OperationalError) as error:
            request.refusal = refusal_of(error)
        return None

    def _sent_before(self, request, object_id):
        """The row that the same form wrote when it was sent first, if it was."""
        if object_id or not hasattr(self.model, "uid"):
            return None
        try:
            return self.model._default_manager.filter(uid=UUID(request.POST.get("uid", ""))).first()
        except ValueError:
            return None

    def _written_before(self, request, object_id):
        """The answer to a form that was sent twice: the page of the row that the first sending wrote."""
        known = self._sent_before(request, object_id)
        if known is None:
            return None
        if self.get_object(request, str(known.pk)) is None:
            hers = AuditEntry.objects.about(known).filter(by=request.user).exists()
            return self._out_of_sight(request, "刚才的内容已登记，没有重复登记") if hers else None
        messages.info(request, f"“{known}”已登记，没有重复登记")
        page = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return HttpResponseRedirect(reverse(page, args=[quote(known.pk)]))

    def _out_of_sight(self, request, said):
        """The answer to who has written down what she may not see afterwards."""
        messages.success(request, f"{said}。按规定您以后看不到它，办理由有权的人接手，不必重复登记。")
        listed = self.has_view_permission(request)
        page = f"{self.opts.app_label}_{self.opts.model_name}_changelist" if listed else "index"
        return HttpResponseRedirect(reverse(f"admin:{page}"))

    def buttons(self, request, row) -> list[dict]:
        """What the person may do to the row besides the form, each with its title, icon and link."""
        return acts_offered(self, request, row)

    def beside(self, request, row) -> dict:
        """What the page of a row shows besides its fields, by the names that its templates know."""
        return {}

    def response_add(self, request, obj, post_url_continue=None):
        """What somebody may not see afterwards is there all the same, and she is told so."""
        if IS_POPUP_VAR in request.POST or self.get_object(request, str(obj.pk)) is not None:
            return super().response_add(request, obj, post_url_continue)
        return self._out_of_sight(request, f"已登记“{obj}”")

    def save_model(self, request, obj, form, change):
        done = self.perform(request, obj, form, change)
        obj.__dict__.update(done.__dict__)

    def perform(self, request, obj, form, change):
        """Call the operation behind this form and return the row."""
        raise NotImplementedError

    def row_or_answer(self, request, object_id):
        """The row if the person may see it, else the answer: the same for foreign and unknown rows."""
        number = unquote(str(object_id))
        row = self.get_object(request, number)
        if row is None:
            return None, self._get_obj_does_not_exist_redirect(request, self.opts, number)
        return row, None

    def page(self, request, template, context):
        """A page of this admin that is neither a list nor Django's form."""
        request.current_app = self.admin_site.name
        common = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        return TemplateResponse(request, template, {**common, **context})

    # History.

    def history_view(self, request, object_id, extra_context=None):
        """What happened to the row: when, by whom, what, and the values before and after."""
        row, answer = self.row_or_answer(request, object_id)
        if answer:
            return answer
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        withheld = {table for table in self.histories if not self._tells_of(request, table, row)}
        deeds = history_of(row, self.histories, withheld)
        page = self.get_paginator(request, deeds, 50).get_page(request.GET.get("p"))
        return self.page(
            request,
            "admin/history.html",
            {
                "title": f"“{row}”的变更历史",
                "original": row,
                "object": row,
                "events": page,
                **(extra_context or {}),
            },
        )

    def _tells_of(self, request, table, row) -> bool:
        """Whether the person may see the row's own of a table: asked where seeing it is a verb of its own."""
        verb = f"{table._meta.app_label}.view_{table._meta.model_name}"
        return not is_asked(verb) or self.allows(request, verb, row)

    # Lists.

    def get_changelist(self, request, **kwargs):
        return ScopedList

    def lookup_allowed(self, lookup, value, request):
        # Only what the page itself offers as a filter: any other lookup could be used to guess hidden values.
        offered = lookup.split("__")[0] in {*self._filter_parameters()}
        return offered and super().lookup_allowed(lookup, value, request)

    def _filter_parameters(self):
        for item in self.list_filter:
            if isinstance(item, str):
                yield item.split("__")[0]
            elif isinstance(item, tuple):
                # A filter by a range of days asks two parameters.
                yield from (item[0].split("__")[0], f"{item[0]}_from", f"{item[0]}_to")
            else:
                yield getattr(item, "parameter_name", "")


class ReadOnlyAdmin(ScopedAdmin):
    """An admin page on which nothing is added or changed."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
