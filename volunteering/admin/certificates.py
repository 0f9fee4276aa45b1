"""Certificates of service: announced, issued, printed on A4 with a code that anybody can check."""

from functools import partial

import segno
from django import forms
from django.contrib import admin
from django.http import Http404
from django.urls import path, reverse
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from branches.admin.forms import NOT_THERE, VersionedForm
from branches.gates import Act, OperationForm, ScopedAdmin, UnitFilter
from core import clock
from members.admin.of_members import OfMembers, member_link
from volunteering.admin.next_acts import NextActs
from volunteering.admin.posts import PlainForm
from volunteering.models import Certificate
from volunteering.operations import (
    Span,
    announce_certificate,
    code_of,
    issue_certificate,
    revoke_certificate,
    withdraw_certificate,
)
from volunteering.operations.certificates import ANNOUNCED_DAYS
from volunteering.states import CERTIFICATE_MOVES, CertificateMove, CertificateStatus

CHANGE = "volunteering.change_certificate"
COLOURS = {"公示": "warning", "已出具": "success", "已注销": "danger"}


class CertificateForm(OperationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"member", "unit"} & set(self.fields):
            self.fields[name].error_messages["invalid_choice"] = NOT_THERE


class ReasonForm(VersionedForm):
    reason = forms.CharField(label="原因", max_length=200)


def _issue(certificate, values, request):
    done = issue_certificate(certificate=certificate, **values, by=request.user, today=clock.today())
    return f"已出具 {done.number}"


def _ended(certificate, values, request, *, operation, told):
    operation(certificate=certificate, **values, by=request.user)
    return told


def can(move):
    """Whether the move is legal for a certificate."""
    return lambda certificate: (certificate.status, move) in CERTIFICATE_MOVES


@admin.register(Certificate)
class CertificateAdmin(NextActs, OfMembers, ScopedAdmin):
    form = CertificateForm
    instead = "出具有误的请注销，编号不再使用。"
    list_display = ["number", "member_name", "unit", "first", "last", "hours", "state", "issued_on"]
    list_filter = [UnitFilter, ("status", ChoicesDropdownFilter)]
    list_select_related = ["member", "unit"]
    ordering = ["-announced_on", "-pk"]
    sortable_by = ["member_name", "first"]
    autocomplete_fields = ["member", "unit"]
    asked = ["member", "unit", ("first", "last")]
    shown = [
        "number", "member_link", "unit", ("first", "last"), ("hours", "times"), "state",
        ("announced_on", "issued_on"), "issued_by", "reason",
    ]  # fmt: skip
    acts = [
        Act("issue", "出具", PlainForm, CHANGE, _issue, icon="workspace_premium",
            offered=can(CertificateMove.ISSUE), note=f"公示满{ANNOUNCED_DAYS}天无异议后出具，按年编号。"),
        Act("withdraw", "撤回", ReasonForm, CHANGE,
            partial(_ended, operation=withdraw_certificate, told="已撤回"), icon="undo",
            offered=can(CertificateMove.WITHDRAW), note="公示期间有异议或有误的撤回。"),
        Act("revoke", "注销", ReasonForm, CHANGE,
            partial(_ended, operation=revoke_certificate, told="已注销"), icon="block",
            offered=can(CertificateMove.REVOKE), note="编号保留，不再使用；扫码查验时显示已注销。"),
    ]  # fmt: skip

    def has_change_permission(self, request, obj=None):
        # What a certificate says never changes.
        return False

    def get_fields(self, request, obj=None):
        return self.shown if obj else self.asked

    def get_readonly_fields(self, request, obj=None):
        return ["number", "member_link", "hours", "state", "times", "reason"] if obj else []

    def narrow(self, request, field_name, queryset):
        if field_name == "unit":
            return queryset.live()
        return queryset.registered() if field_name == "member" else queryset

    def perform(self, request, obj, form, change):
        values = form.cleaned_data
        span = Span(values["first"], values["last"])
        told = {"by": request.user, "today": clock.today()}
        return announce_certificate(member=values["member"], unit=values["unit"], span=span, **told)

    def buttons(self, request, row):
        offered = super().buttons(request, row)
        if row and row.status == CertificateStatus.ISSUED:
            link = reverse("admin:volunteering_certificate_paper", args=[row.pk])
            offered.insert(0, {"title": "打印证书", "icon": "print", "link": link})
        if row and row.status == CertificateStatus.ANNOUNCED:
            link = reverse("public:announced", args=[row.unit.code])
            offered.append({"title": "公示页面", "icon": "campaign", "link": link})
        return offered

    def get_urls(self):
        paper = path(
            "<path:object_id>/paper/",
            self.admin_site.admin_view(self.paper_page),
            name="volunteering_certificate_paper",
        )
        return [paper, *super().get_urls()]

    def paper_page(self, request, object_id):
        """One sheet of A4; only what was issued and is still valid is printed."""
        certificate, answer = self.row_or_answer(request, object_id)
        if answer:
            return answer
        if certificate.status != CertificateStatus.ISSUED:
            raise Http404
        code = code_of(certificate)
        address = request.build_absolute_uri(
            reverse("public:certificate", args=[certificate.year, certificate.serial, code])
        )
        context = {
            "certificate": certificate,
            "code": code,
            "address": address,
            "qr": segno.make(address, error="m").svg_data_uri(scale=4, border=2),
        }
        return self.page(request, "volunteering/certificate.html", context)

    @display(description="编号", empty_value="公示中")
    def number(self, certificate):
        return certificate.number or None

    @display(description="党员", ordering="member__sort_key")
    def member_name(self, certificate):
        return certificate.member.name

    @display(description="党员")
    def member_link(self, certificate):
        return member_link(certificate.member)

    @display(description="服务小时")
    def hours(self, certificate):
        return certificate.hours

    @display(description="状态", label=COLOURS)
    def state(self, certificate):
        return certificate.get_status_display()
