"""What enterprises promised to streets and communities, and what of it has come."""

from django import forms
from django.contrib import admin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter, RangeDateFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from branches.admin.forms import NOT_THERE
from branches.gates import Act, ActForm, OperationForm, RowFilter, ScopedAdmin, UnitFilter
from branches.models import Delivery, Level, Pledge, PledgeState
from branches.operations import amend_pledge, deliver, pledge
from branches.scope import Scope
from core import clock

COLOURS = {
    PledgeState.PROMISED: "info",
    PledgeState.PARTLY: "warning",
    PledgeState.KEPT: "success",
    PledgeState.OVERDUE: "danger",
}


class PromisedUnitFilter(UnitFilter):
    title = "受益单位（含以下）"


class EmployerFilter(RowFilter):
    title = "承诺企业"
    parameter_name = "employer"
    relation = Pledge._meta.get_field("employer")


class StateFilter(DropdownFilter):
    title = "状态"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return PledgeState.choices

    def queryset(self, request, queryset):
        return queryset.in_state(self.value(), clock.today()) if self.value() in PledgeState else queryset


class PledgeForm(OperationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"employer", "unit"} & set(self.fields):
            self.fields[name].error_messages["invalid_choice"] = NOT_THERE


class DeliverForm(ActForm):
    """What came, on which day."""

    on = forms.DateField(label="兑现日期", initial=clock.today)
    amount = forms.DecimalField(
        label="本次数量", max_digits=12, decimal_places=2, widget=UnfoldAdminDecimalFieldWidget
    )
    note = forms.CharField(label="说明", max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        left = self.row.amount - self.row.delivered
        self.fields["version"].initial = self.row.version
        amount = self.fields["amount"]
        amount.initial = left
        amount.help_text = f"承诺 {self.row.promised_words}，还有 {self.row.counted(left)}没有兑现"


def _deliver(row, values, request):
    version = values.pop("version")
    done = deliver(pledge=row, values=values, by=request.user, today=clock.today(), version=version)
    return f"已登记 {values['on']} 兑现 {done.counted(values['amount'])}，累计 {done.delivered_words}"


def is_owed(row) -> bool:
    return row.delivered < row.amount


@admin.register(Pledge)
class PledgeAdmin(ScopedAdmin):
    form = PledgeForm
    list_display = ["what", "employer", "unit", "kind", "promised", "come", "due_on", "state"]
    list_filter = [
        PromisedUnitFilter,
        EmployerFilter,
        ("kind", ChoicesDropdownFilter),
        StateFilter,
        ("due_on", RangeDateFilter),
    ]
    list_select_related = ["employer", "unit"]
    search_fields = ["what", "employer__name", "unit__name"]
    search_help_text = "内容、企业或单位"
    autocomplete_fields = ["employer", "unit"]
    popup_add_fields = ["employer"]
    ordering = ["due_on", "pk"]
    fields = [("employer", "unit"), "what", ("kind", "amount"), ("due_on", "document"), "note"]
    histories = {Delivery: "pledge"}
    change_form_outer_after_template = "branches/deliveries.html"
    acts = [
        Act("deliver", "登记兑现", DeliverForm, "branches.change_pledge", _deliver, icon="task_alt",
            offered=is_owed, note="写明哪一天兑现了多少；累计不能超过承诺的数量。"),
    ]  # fmt: skip

    def get_readonly_fields(self, request, obj=None):
        return ["employer", "unit"] if obj else []

    def reachable(self, request, queryset):
        if queryset.model is Pledge._meta.get_field("unit").related_model:
            # Not the unit under a single branch, which may be seen but not worked on.
            return queryset.visible_in(Scope(self.scope(request, "add").paths))
        return super().reachable(request, queryset)

    def narrow(self, request, field_name, queryset):
        if field_name == "unit":
            return queryset.live().filter(level__lte=Level.COMMUNITY)
        return queryset

    def perform(self, request, obj, form, change):
        values = {name: form.cleaned_data[name] for name in form.cleaned_data if name != "version"}
        if change:
            return amend_pledge(pledge=obj, values=values, by=request.user, version=form.version_read)
        return pledge(
            employer=values.pop("employer"), unit=values.pop("unit"), values=values, by=request.user
        )

    def beside(self, request, row):
        return {"pledge": row, "deliveries": row.deliveries.select_related("recorded_by")}

    @display(description="承诺")
    def promised(self, row):
        return row.promised_words

    @display(description="已兑现")
    def come(self, row):
        return row.delivered_words

    @display(description="状态", label=dict(COLOURS))
    def state(self, row):
        state = row.state(clock.today())
        return state.value, state.label
