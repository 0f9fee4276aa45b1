"""Hours of service: who served when, and the confirmation by somebody else."""

from django.contrib import admin
from unfold.decorators import display

from branches.admin.forms import NOT_THERE, UndoForm
from branches.gates import Act, ActForm, OperationForm, ScopedAdmin, UnitFilter
from core import clock
from members.admin.filters import VerifiedFilter
from members.admin.of_members import OfMembers, member_link, page_of_member
from volunteering.models import HourEntry
from volunteering.operations import Worked, record_hours, undo_hours, verify_hours


class VerifyForm(ActForm):
    """Nothing to fill in: the button itself says so."""


class HoursForm(OperationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "member" in self.fields:
            self.fields["member"].error_messages["invalid_choice"] = NOT_THERE


def _verify(entry, values, request):
    verify_hours(entry=entry, by=request.user)
    return f"已核实 {entry}"


def _undo(entry, values, request):
    done = undo_hours(entry=entry, **values, by=request.user)
    return f"“{done}”{entry.on} 的服务时间已撤回"


@admin.register(HourEntry)
class HourEntryAdmin(OfMembers, ScopedAdmin):
    form = HoursForm
    list_display = ["member_name", "on", "span", "minutes", "occasion", "recorded_by", "verified_by"]
    list_filter = [UnitFilter, VerifiedFilter]
    list_select_related = ["member", "recorded_by", "verified_by"]
    ordering = ["-on", "-pk"]
    sortable_by = ["member_name", "on"]
    autocomplete_fields = ["member"]
    shown = ["member_link", "order", "on", ("began", "ended"), "occasion", ("recorded_by", "verified_by")]
    asked = ["member", "on", ("began", "ended"), "occasion"]
    acts = [
        Act("verify", "核实", VerifyForm, "volunteering.verify_hourentry", _verify, icon="verified",
            offered=lambda entry: entry.verified_by_id is None, not_by="recorded_by",
            note="登记人不能核实自己登记的服务时间。"),
        Act("undo", "撤回", UndoForm, "volunteering.verify_hourentry", _undo, icon="undo",
            offered=lambda entry: not (entry.order_id or entry.turn_id), leads_to=page_of_member,
            note="只用于登记有误；服务单和轮值的时间随它们保留。撤回后变更历史保留。"),
    ]  # fmt: skip

    def has_change_permission(self, request, obj=None):
        return False

    def get_fields(self, request, obj=None):
        return self.shown if obj else self.asked

    def get_readonly_fields(self, request, obj=None):
        return ["member_link", "order", "recorded_by", "verified_by"] if obj else []

    def narrow(self, request, field_name, queryset):
        return queryset.on_roster() if field_name == "member" else queryset

    def get_changeform_initial_data(self, request):
        return {"on": clock.today(), **super().get_changeform_initial_data(request)}

    def perform(self, request, obj, form, change):
        read = form.cleaned_data
        worked = Worked(read["on"], read["began"], read["ended"], read["occasion"])
        return record_hours(
            member=read["member"], worked=worked, by=request.user, today=clock.today(), now=clock.now()
        )

    @display(description="党员", ordering="member__sort_key")
    def member_name(self, entry):
        return entry.member.name

    @display(description="党员")
    def member_link(self, entry):
        return member_link(entry.member)

    @display(description="时间")
    def span(self, entry):
        return f"{entry.began:%H:%M}—{entry.ended:%H:%M}"

    @display(description="分钟")
    def minutes(self, entry):
        return entry.minutes
