"""Seeing what is sealed: a page that asks why, writes it down, and shows the value once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django import forms
from django.core.exceptions import PermissionDenied
from django.urls import path, reverse
from unfold.widgets import UnfoldAdminTextInputWidget

from core.errors import DomainError


@dataclass(frozen=True)
class Secret:
    """What is sealed in a row, and its page.

    `reveal(row, reason=, by=)` writes down who looked and why, and gives the value in words. `why` is the
    reason that most have, `example` an example of one.
    """

    page: str
    label: str
    verb: str
    reveal: Callable
    why: str = ""
    example: str = ""


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="查看事由", max_length=200, widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})
    )

    def __init__(self, data, secret):
        super().__init__(data, initial={"reason": secret.why})
        self.fields["reason"].help_text = f"{secret.example}事由连同您的账号写入审计记录"


def secret_pages(model_admin, secrets) -> list:
    """The addresses of these secrets' pages below a row's."""
    return [
        path(
            f"<path:object_id>/{secret.page}/",
            model_admin.admin_site.admin_view(partial(_secret_page, model_admin=model_admin, secret=secret)),
            name=f"{_named(model_admin)}_{secret.page}",
        )
        for secret in secrets
    ]


def _named(model_admin):
    return f"{model_admin.opts.app_label}_{model_admin.opts.model_name}"


def _secret_page(request, object_id, *, model_admin, secret):
    """Ask the reason, or show the value in this one answer."""
    row, answer = model_admin.row_or_answer(request, object_id)
    if answer:
        return answer
    if not model_admin.allows(request, secret.verb, row):
        raise PermissionDenied
    form = ReasonForm(request.POST or None, secret)
    asked = request.method == "POST" and form.is_valid()
    context = {
        "title": f"{secret.label}：{row}",
        "label": secret.label,
        "form": form,
        "shown": _shown(form, row, secret, request.user) if asked else None,
        "back": reverse(f"admin:{_named(model_admin)}_change", args=[row.pk]),
        "original": row,
        "object": row,
    }
    response = model_admin.page(request, "admin/reveal.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _shown(form, row, secret, user):
    try:
        return secret.reveal(row, reason=form.cleaned_data["reason"], by=user)
    except DomainError as refusal:
        form.add_error("reason", refusal.detail)
        return None
