"""Seeing what is sealed: a page that asks why, writes it down, and shows the value once."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from unfold.widgets import UnfoldAdminTextInputWidget

from core.errors import DomainError
from members.operations import reveal_health_note, reveal_id_number


@dataclass(frozen=True)
class Secret:
    """A sealed column and its page."""

    column: str
    page: str
    label: str
    verb: str
    reveal: Callable


SECRETS = [
    Secret("id_number", "id-number", "查看完整号码", "members.reveal_id_number", reveal_id_number),
    Secret("health_note", "health-note", "查看健康状况", "members.reveal_health_note", reveal_health_note),
]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="查看事由",
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="如：核对医保关系、办理组织关系转接。事由连同您的账号写入审计记录",
    )


def reveal_page(request, object_id, *, model_admin, secret):
    """Ask the reason, or show the value in this one answer."""
    member, answer = model_admin.row_or_answer(request, object_id)
    if answer:
        return answer
    if not model_admin.allows(request, secret.verb, member):
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    shown = (
        _shown(form, member, secret, request.user) if request.method == "POST" and form.is_valid() else None
    )
    context = {
        "title": f"{secret.label}：{member}",
        "form": form,
        "shown": shown,
        "label": secret.label,
        "back": reverse("admin:members_member_change", args=[member.pk]),
        "original": member,
        "object": member,
    }
    response = model_admin.page(request, "admin/members/reveal.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _shown(form, member, secret, user):
    try:
        return secret.reveal(member=member, reason=form.cleaned_data["reason"], by=user)
    except DomainError as refusal:
        form.add_error("reason", refusal.detail)
        return None
