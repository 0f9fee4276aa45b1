"""Who answers for what: appointing and relieving."""

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.urls import reverse
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter

from branches.admin.forms import NOT_THERE
from branches.gates import Act, ActForm, OperationForm, RowFilter, ScopedAdmin, UnitFilter
from branches.models import Appointment
from branches.operations import appoint, relieve, withdraw_appointment
from branches.scope import within_path
from core import clock


class AppointedUnitFilter(UnitFilter):
    def narrow(self, queryset, row):
        return queryset.filter(within_path(row.path, "unit__path") | within_path(row.path, "branch__path"))


class AccountFilter(RowFilter):
    title = "账号"
    parameter_name = "user"
    relation = Appointment._meta.get_field("user")


class InForceFilter(DropdownFilter):
    title = "状态"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("on", "今天有效"), ("over", "已结束"), ("ahead", "尚未开始")]

    def queryset(self, request, queryset):
        today = clock.today()
        wanted = {
            "over": Q(until__lte=today),
            "ahead": Q(since__gt=today),
            "on": Q(since__lte=today) & (Q(until=None) | Q(until__gt=today)),
        }
        return queryset.filter(wanted.get(self.value(), Q()))


ONE_OF_TWO = "单位和党支部只填一个：支部书记填党支部，其他角色填单位"


class AppointmentForm(OperationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"unit", "branch"} & set(self.fields):
            self.fields[name].help_text = ONE_OF_TWO
        for name in {"user", "unit", "branch"} & set(self.fields):
            self.fields[name].error_messages["invalid_choice"] = NOT_THERE


class RelieveForm(ActForm):
    until = forms.DateField(label="结束日期", initial=clock.today, help_text="从这一天起不再有效")


def _relieve(appointment, values, request):
    relieve(appointment=appointment, on=values["until"], by=request.user)
    return f"“{appointment}”的授权自 {values['until']} 起不再有效"


class WithdrawForm(ActForm):
    reason = forms.CharField(label="撤回原因", max_length=200, help_text="如：选错了人、单位或角色")


def _withdraw(appointment, values, request):
    words = str(appointment)
    withdraw_appointment(appointment=appointment, reason=values["reason"], by=request.user)
    return f"“{words}”的授权已撤回，立即失效"


def is_open(appointment) -> bool:
    return appointment.until is None or appointment.until > clock.today()


@admin.register(Appointment)
class AppointmentAdmin(ScopedAdmin):
    form = AppointmentForm
    list_display = ["user", "role", "place", "since", "until", "state"]
    list_filter = [AppointedUnitFilter, AccountFilter, ("role", ChoicesDropdownFilter), InForceFilter]
    search_fields = ["user__username", "user__name", "unit__name", "branch__name"]
    list_select_related = ["user", "unit", "branch"]
    autocomplete_fields = ["user", "unit", "branch"]
    fields = ["user", "role", "unit", "branch", "since", "until", "document"]
    acts = [
        Act(
            "relieve",
            "结束授权",
            RelieveForm,
            "branches.change_appointment",
            _relieve,
            icon="event_busy",
            offered=is_open,
            note="授权不能修改，只能结束；需要另外的范围时，结束后重新授予。",
        ),
        Act(
            "withdraw",
            "撤回授权",
            WithdrawForm,
            "branches.change_appointment",
            _withdraw,
            icon="undo",
            aside=True,
            leads_to=lambda appointment: reverse("admin:branches_appointment_changelist"),
            note="只用于授错了的：撤回后如同没有授予过，变更历史仍可查到。任期到了的请办理“结束授权”。",
        ),
    ]

    def has_change_permission(self, request, obj=None):
        return False

    def reachable(self, request, queryset):
        if queryset.model is Appointment._meta.get_field("user").related_model:
            return self.admin_site.get_model_admin(queryset.model).get_queryset(request)
        return super().reachable(request, queryset)

    def narrow(self, request, field_name, queryset):
        return queryset.filter(is_active=True) if field_name == "user" else queryset.live()

    def get_changeform_initial_data(self, request):
        return {"since": clock.today(), **super().get_changeform_initial_data(request)}

    def perform(self, request, obj, form, change):
        values = {name: form.cleaned_data[name] for name in form.cleaned_data}
        return appoint(user=values.pop("user"), values=values, by=request.user)

    @admin.display(description="单位或党支部")
    def place(self, appointment):
        return f"{appointment.unit}及以下" if appointment.unit else appointment.branch

    @admin.display(description="状态")
    def state(self, appointment):
        today = clock.today()
        if appointment.since > today:
            return "尚未开始"
        return "有效" if is_open(appointment) else "已结束"
