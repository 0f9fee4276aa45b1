"""The 资源清单: what members offer, where it reaches."""

from django import forms
from django.contrib import admin
from unfold.decorators import display

from branches.admin.forms import NOT_THERE, VersionedForm
from branches.gates import Act, OperationForm, ScopedAdmin, UnitFilter
from core import clock
from members.admin.filters import InForceFilter
from members.admin.of_members import OfMembers, member_link
from volunteering.models import Offer
from volunteering.operations import amend_offer, make_offer, withdraw_offer

CHANGE = "volunteering.change_offer"


class OfferForm(OperationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"member", "unit"} & set(self.fields):
            self.fields[name].error_messages["invalid_choice"] = NOT_THERE


class WithdrawForm(VersionedForm):
    on = forms.DateField(label="撤回日期", initial=clock.today, help_text="当日起不再提供")


def _withdraw(offer, values, request):
    withdraw_offer(offer=offer, **values, by=request.user, today=clock.today())
    return f"“{offer}”已于 {values['on']} 撤回"


def is_in_force(offer) -> bool:
    return offer.until is None


@admin.register(Offer)
class OfferAdmin(OfMembers, ScopedAdmin):
    form = OfferForm
    instead = "不再提供的请办理撤回。"
    list_display = ["member_name", "skill", "times", "unit", "since", "until"]
    list_filter = [UnitFilter, InForceFilter]
    list_select_related = ["member", "unit"]
    search_fields = ["skill", "member__name"]
    search_help_text = "能提供的服务、党员姓名"
    ordering = ["-since", "-pk"]
    autocomplete_fields = ["member", "unit"]
    acts = [
        Act("withdraw", "撤回", WithdrawForm, CHANGE, _withdraw, icon="undo", offered=is_in_force,
            note="已经认领的岗位不受影响。"),
    ]  # fmt: skip

    def allows(self, request, verb, row=None):
        # Found wherever it reaches; changed where she belongs.
        return super().allows(request, verb, row.member if row and row.pk and verb == CHANGE else row)

    def has_change_permission(self, request, obj=None):
        return (obj is None or is_in_force(obj)) and super().has_change_permission(request, obj)

    def get_fields(self, request, obj=None):
        return ["member_link" if obj else "member", ("skill", "times"), ("unit", "since")]

    def get_readonly_fields(self, request, obj=None):
        return ["member_link", "skill", "since"] if obj else []

    def get_search_results(self, request, queryset, search_term):
        found, twice = super().get_search_results(request, queryset, search_term)
        return found | queryset.filter(skill__contains=search_term.strip()), twice

    def narrow(self, request, field_name, queryset):
        return queryset.on_roster() if field_name == "member" else queryset.live()

    def get_changeform_initial_data(self, request):
        return {"since": clock.today(), **super().get_changeform_initial_data(request)}

    def perform(self, request, obj, form, change):
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        if change:
            return amend_offer(offer=obj, values=values, by=request.user, version=form.version_read)
        member = values.pop("member")
        return make_offer(member=member, values=values, by=request.user, today=clock.today())

    @display(description="党员", ordering="member__sort_key")
    def member_name(self, offer):
        return offer.member.name

    @display(description="党员")
    def member_link(self, offer):
        return member_link(offer.member)
