"""Who is sent to help a unit, and from where: seen from both sides, kept by the side that is helped."""

from django import forms
from django.contrib import admin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from branches.admin.appointments import InForceFilter
from branches.admin.forms import NOT_THERE, VersionedForm
from branches.gates import Act, OperationForm, RowFilter, ScopedAdmin, UnitFilter
from branches.models import Level
from branches.scope import Scope
from core import clock
from members.admin.kept import Kept
from members.models import Secondment
from members.operations import amend_secondment, end_secondment, second

CHANGE = "members.change_secondment"
FIXED = ["member", "person_name", "role", "host", "sent_by", "employer"]


class EitherUnitFilter(UnitFilter):
    """As the rows themselves are seen: the unit that is helped, or the one that sends."""

    title = "任职或派出单位（含以下）"

    def narrow(self, queryset, row):
        return queryset.visible_in(Scope(paths=(row.path,)))


class EmployerFilter(RowFilter):
    title = "派出企业"
    parameter_name = "employer"
    relation = Secondment._meta.get_field("employer")


class SecondmentForm(OperationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"member", "host", "sent_by", "employer"} & set(self.fields):
            self.fields[name].error_messages["invalid_choice"] = NOT_THERE


class EndForm(VersionedForm):
    on = forms.DateField(label="结束日期", initial=clock.today, help_text="当日起不再任职")


def _end(secondment, values, request):
    done = end_secondment(secondment=secondment, **values, by=request.user)
    return f"“{done.who}”在“{done.host}”的任职已改为 {done.until} 结束"


def lasts(secondment) -> bool:
    return secondment.until > clock.today()


@admin.register(Secondment)
class SecondmentAdmin(Kept, ScopedAdmin):
    form = SecondmentForm
    list_display = ["who_shown", "role", "duty", "host", "sender_shown", "since", "until"]
    list_filter = [EitherUnitFilter, EmployerFilter, ("role", ChoicesDropdownFilter), InForceFilter]
    list_select_related = ["member", "host", "sent_by", "employer"]
    search_fields = ["member__name", "person_name", "host__name"]
    search_help_text = "姓名或任职单位"
    autocomplete_fields = ["member", "host", "sent_by", "employer"]
    popup_add_fields = ["employer"]
    ordering = ["-since", "-pk"]
    fields = [
        ("member", "person_name"),
        ("role", "duty"),
        ("host", "document"),
        ("sent_by", "employer"),
        ("since", "until"),
    ]
    acts = [
        Act("end", "提前结束", EndForm, CHANGE, _end, icon="event_busy", offered=lasts,
            note="到期自动结束；提前结束的写明哪一天起不再任职。"),
    ]  # fmt: skip

    def allows(self, request, verb, row=None):
        # Seen from both sides; kept by who answers for the unit that is helped.
        return super().allows(request, verb, row.host if row and row.pk and verb == CHANGE else row)

    def get_readonly_fields(self, request, obj=None):
        return FIXED if obj else []

    def reachable(self, request, queryset):
        if queryset.model is Secondment._meta.get_field("host").related_model:
            return queryset.visible_in(Scope(self.scope(request, "add").paths))
        return super().reachable(request, queryset)

    def narrow(self, request, field_name, queryset):
        if field_name in ("host", "sent_by"):
            return queryset.live().filter(level__lte=Level.COMMUNITY)
        if field_name == "member":
            return queryset.on_roster()
        return queryset

    def perform(self, request, obj, form, change):
        values = {name: form.cleaned_data[name] for name in form.cleaned_data if name != "version"}
        if change:
            return amend_secondment(secondment=obj, values=values, by=request.user, version=form.version_read)
        return second(values=values, by=request.user)

    @display(description="姓名")
    def who_shown(self, secondment):
        return secondment.who

    @display(description="派出单位或企业")
    def sender_shown(self, secondment):
        return secondment.sender
