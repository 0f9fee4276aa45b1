"""Seeing who asked for a service: a page that asks why, writes it down, and shows it once."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from unfold.widgets import UnfoldAdminTextInputWidget

from core.errors import DomainError
from volunteering.operations import reveal_requester

WHY = "上门前联系点单人"


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="查看事由",
        max_length=200,
        initial=WHY,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="事由连同您的账号写入审计记录",
    )


def requester_page(request, object_id, *, model_admin, verb):
    """Ask the reason, or show name, phone and address in this one answer."""
    order, answer = model_admin.row_or_answer(request, object_id)
    if answer:
        return answer
    if not model_admin.allows(request, verb, order):
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    asked = request.method == "POST" and form.is_valid()
    context = {
        "title": f"查看点单人：{order}",
        "label": "查看点单人",
        "form": form,
        "shown": _shown(form, order, request.user) if asked else None,
        "back": reverse("admin:volunteering_serviceorder_change", args=[order.pk]),
        "original": order,
        "object": order,
    }
    response = model_admin.page(request, "admin/members/reveal.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _shown(form, order, user):
    try:
        told = reveal_requester(order=order, reason=form.cleaned_data["reason"], by=user)
    except DomainError as refusal:
        form.add_error("reason", refusal.detail)
        return None
    return "\n".join(filter(None, told.values()))
