"""Seeing who asked or reported: a page that asks why, writes it down, and shows it once."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from unfold.widgets import UnfoldAdminTextInputWidget

from core.errors import DomainError
from volunteering.operations import reveal_reporter, reveal_requester


@dataclass(frozen=True)
class Person:
    """Who it was, behind a row: what the page is called, why one looks as a rule, what writes it down."""

    label: str
    why: str
    reveal: Callable


REQUESTER = Person("查看点单人", "上门前联系点单人", lambda row, **told: reveal_requester(order=row, **told))
REPORTER = Person("查看反映人", "联系反映人核实情况", lambda row, **told: reveal_reporter(matter=row, **told))


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="查看事由",
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="事由连同您的账号写入审计记录",
    )


def person_page(request, object_id, *, model_admin, verb, person):
    """Ask the reason, or show who it was and how to reach her in this one answer."""
    row, answer = model_admin.row_or_answer(request, object_id)
    if answer:
        return answer
    if not model_admin.allows(request, verb, row):
        raise PermissionDenied
    form = ReasonForm(request.POST or None, initial={"reason": person.why})
    asked = request.method == "POST" and form.is_valid()
    context = {
        "title": f"{person.label}：{row}",
        "label": person.label,
        "form": form,
        "shown": _shown(form, row, person, request.user) if asked else None,
        "back": reverse(f"admin:volunteering_{model_admin.opts.model_name}_change", args=[row.pk]),
        "original": row,
        "object": row,
    }
    response = model_admin.page(request, "admin/members/reveal.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _shown(form, row, person, user):
    try:
        told = person.reveal(row, reason=form.cleaned_data["reason"], by=user)
    except DomainError as refusal:
        form.add_error("reason", refusal.detail)
        return None
    return "\n".join(filter(None, told.values()))
