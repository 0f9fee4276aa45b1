"""Operations on one row that are not its form: each a page of its own, with a form and refusals in words."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from django import forms
from django.contrib import messages
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import quote
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.db import IntegrityError, OperationalError, transaction
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from core.errors import DomainError, refusal_of


class ActForm(forms.Form):
    """The form of an act: knows the row it is about and who fills it in. Plain widgets get the theme's."""

    dressed = {
        forms.DateInput: UnfoldAdminDateWidget,
        forms.Select: UnfoldAdminSelectWidget,
        forms.TextInput: UnfoldAdminTextInputWidget,
        forms.Textarea: UnfoldAdminTextareaWidget,
        forms.ClearableFileInput: UnfoldAdminFileFieldWidget,
    }

    def __init__(self, *args, row, request, model_admin, **kwargs):
        self.row, self.request, self.model_admin = row, request, model_admin
        super().__init__(*args, **kwargs)
        self.dress()

    def dress(self):
        """Give every plain widget the theme's; to be called again when fields were added."""
        for each in self.fields.values():
            dress = self.dressed.get(type(each.widget))
            if dress is not None:
                extra = {"choices": each.choices} if hasattr(each, "choices") else {}
                each.widget = dress(attrs=each.widget.attrs, **extra)

    def refuse(self, refusal):
        """Show what the operation refused where it belongs."""
        for error in refusal.errors:
            self.add_error(error.field if error.field in self.fields else NON_FIELD_ERRORS, error.detail)


@dataclass(frozen=True)
class Act:
    """One operation on one row, as a page at `<row>/<name>/`.

    `verb` is what the person must have for the row: a verb, or a question to the row that gives one.
    `offered` says of a row whether the button makes sense. `perform(row, values, request)` calls the
    operation and returns what to tell the person. `leads_to` gives the address where the person goes on when
    that is not the row's own page: it is gone, or something new wants looking at. `aside` says that it takes
    the row back or out of its way: it is never shown as the step to take. `not_by` names the field with the
    account for which the button makes no sense, because it may not confirm its own work.
    """

    name: str
    label: str
    form: type[ActForm]
    verb: str | Callable
    perform: Callable
    icon: str = "edit"
    offered: Callable = field(default=lambda row: True)
    note: str = ""
    leads_to: Callable | None = None
    aside: bool = False
    not_by: str = ""

    def verb_for(self, row) -> str:
        """The verb that the person needs for this row."""
        return self.verb(row) if callable(self.verb) else self.verb

    def makes_sense(self, row, user) -> bool:
        """Whether to show the person the button on this row, if she may do it at all."""
        return self.offered(row) and not self.is_of(row, user)

    def is_of(self, row, user) -> bool:
        """Whether it would confirm the person's own work."""
        return bool(self.not_by) and getattr(row, self.not_by) == user

    def why_not(self, row, user) -> str:
        """Why the act makes no sense for the row and the person, in words; nothing when it does."""
        if self.makes_sense(row, user):
            return ""
        return self.note if self.is_of(row, user) else f"“{row}”现在不能办理“{self.label}”"


def act_urls(model_admin):
    """One URL for each act of the admin, named `<app>_<model>_<act>`."""
    options = model_admin.opts
    return [
        path(
            f"<path:object_id>/{act.name}/",
            model_admin.admin_site.admin_view(partial(act_page, model_admin=model_admin, act=act)),
            name=f"{options.app_label}_{options.model_name}_{act.name}",
        )
        for act in model_admin.acts
    ]


def acts_offered(model_admin, request, row) -> list[dict]:
    """The buttons of the acts that make sense for the row and that the person may do."""
    return [
        {
            "title": act.label,
            "icon": act.icon,
            "aside": act.aside,
            "link": _link(model_admin, request, row, act.name),
        }
        for act in (model_admin.acts if row else ())
        if act.makes_sense(row, request.user) and model_admin.allows(request, act.verb_for(row), row)
    ]


def _is_sent_and_done(form, act, request) -> bool:
    return form.is_bound and form.is_valid() and _done(form, act, request)


def act_page(request, object_id, *, model_admin, act):
    """Show the act's form, or do it; a refusal leaves nothing written and says why in the form."""
    row, answer = model_admin.row_or_answer(request, object_id)
    if answer:
        return answer
    if not model_admin.allows(request, act.verb_for(row), row):
        raise PermissionDenied
    back = _link(model_admin, request, row, "change")
    # Nobody fills in a form that will be refused.
    why_not = act.why_not(row, request.user) if request.method == "GET" else ""
    if why_not:
        messages.warning(request, why_not)
        return HttpResponseRedirect(back)
    about = {"row": row, "request": request, "model_admin": model_admin}
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = act.form(*sent, **about)
    if _is_sent_and_done(form, act, request):
        return HttpResponseRedirect(act.leads_to(row) if act.leads_to else back)
    context = {
        "title": f"{act.label}：{row}",
        "act": act,
        "form": form,
        "original": row,
        "object": row,
        "back": back,
        "media": model_admin.media + form.media,
    }
    return model_admin.page(request, "admin/act.html", context)


def _done(form, act, request) -> bool:
    try:
        with transaction.atomic():
            told = act.perform(form.row, form.cleaned_data, request)
    except DomainError as refusal:
        form.refuse(refusal)
        return False
    except (IntegrityError, OperationalError) as error:
        form.refuse(refusal_of(error))
        return False
    messages.success(request, told)
    return True


def _link(model_admin, request, row, page) -> str:
    """The address of a page of the row, from which the list is found again as it was filtered."""
    options = model_admin.opts
    name = f"{model_admin.admin_site.name}:{options.app_label}_{options.model_name}_{page}"
    kept = {"preserved_filters": model_admin.get_preserved_filters(request), "opts": options}
    return add_preserved_filters(kept, reverse(name, args=[quote(row.pk)]))
