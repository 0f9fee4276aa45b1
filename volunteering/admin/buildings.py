"""Residential buildings, in which households live and carriers work."""

from django.contrib import admin
from unfold.decorators import display

from branches.admin.forms import NOT_THERE
from branches.gates import OperationForm, ScopedAdmin, UnitFilter
from branches.models import Level
from core import clock
from members.admin.kept import Kept
from volunteering.models import Building
from volunteering.operations import add_building, amend_building


class BuildingForm(OperationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "unit" in self.fields:
            self.fields["unit"].error_messages["invalid_choice"] = NOT_THERE


@admin.register(Building)
class BuildingAdmin(Kept, ScopedAdmin):
    form = BuildingForm
    instead = "拆除了的请填写拆除日期。"
    list_display = ["name", "unit", "households_number", "gone_on"]
    list_filter = [UnitFilter]
    list_select_related = ["unit"]
    search_fields = ["name", "unit__name"]
    search_help_text = "楼栋或网格"
    ordering = ["path", "name", "pk"]
    sortable_by = ["name"]
    autocomplete_fields = ["unit"]

    def get_fields(self, request, obj=None):
        return ["name", "unit", "gone_on"] if obj else ["name", "unit"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_households()

    def narrow(self, request, field_name, queryset):
        return queryset.live().filter(level__gte=Level.COMMUNITY)

    def choice_texts(self, rows):
        return {row.pk: f"{row}（{row.unit}）" for row in rows}

    def perform(self, request, obj, form, change):
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        if not change:
            return add_building(values=values, by=request.user)
        told = {"by": request.user, "today": clock.today(), "version": form.version_read}
        return amend_building(building=obj, values=values, **told)

    @display(description="守望户数")
    def households_number(self, building):
        return building.households_number
