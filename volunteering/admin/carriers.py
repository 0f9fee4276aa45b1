"""Carriers: stations, Party organisations of buildings, areas of responsibility; who answers for what."""

from django import forms
from django.contrib import admin
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from branches.admin.forms import NOT_THERE, DatedActForm, VersionedForm, picked
from branches.gates import Act, ActForm, OperationForm, ReadOnlyAdmin, ScopedAdmin, UnitFilter, scope_for
from branches.models import Category, Level
from core import clock
from members.admin.filters import InForceFilter
from members.admin.kept import Kept
from members.admin.of_members import OfMembers, member_link
from members.models import Member
from volunteering.models import Building, Carrier, CarrierBuilding, CarrierDuty
from volunteering.operations import (
    Begun,
    amend_carrier,
    dissolve_carrier,
    end_duty,
    found_carrier,
    include_building,
    put_in_charge,
    release_building,
)

ADD, CHANGE = "volunteering.add_carrier", "volunteering.change_carrier"


class CarrierForm(OperationForm):
    """Founding also asks who answers first, and for which building; `request` comes with its own class."""

    request = model_admin = None

    member = forms.ModelChoiceField(queryset=Member.objects.none(), required=False)
    building = forms.ModelChoiceField(queryset=Building.objects.none(), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"branch", "unit"} & set(self.fields):
            self.fields[name].error_messages["invalid_choice"] = NOT_THERE
        if self.instance.pk:
            del self.fields["member"], self.fields["building"]
        else:
            self.fields["member"] = _member_field(self.request, self.model_admin, ADD)
            self.fields["building"] = _building_field(self.request, self.model_admin, ADD)
            # The operation says of both what is missing, according to the kind.
            self.fields["member"].required = self.fields["building"].required = False
            self.fields["building"].help_text = "联络服务站可不填；其余的楼栋以后再加"


def _member_field(request, model_admin, verb):
    reached = Member.objects.visible_in(scope_for(request.user, verb)).on_roster()
    return picked(CarrierDuty._meta.get_field("member"), model_admin, reached, label="责任人")


def _building_field(request, model_admin, verb):
    reached = Building.objects.visible_in(scope_for(request.user, verb)).live()
    return picked(CarrierBuilding._meta.get_field("building"), model_admin, reached, label="楼栋")


class InChargeForm(ActForm):
    since = forms.DateField(label="起始日期", initial=clock.today)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["member"] = _member_field(self.request, self.model_admin, CHANGE)
        self.order_fields(["member"])


class IncludeForm(ActForm):
    since = forms.DateField(label="起始日期", initial=clock.today)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["building"] = _building_field(self.request, self.model_admin, CHANGE)
        self.order_fields(["building"])


class EndForm(VersionedForm):
    on = forms.DateField(label="结束日期", initial=clock.today)


class CarrierStateFilter(DropdownFilter):
    """Dissolved ones are out of the way until asked for."""

    title = "状态"
    parameter_name = "state"
    all_option = ("", "现有")

    def lookups(self, request, model_admin):
        return [("vacant", "没有责任人"), ("dissolved", "已撤销"), ("all", "全部")]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        if self.value() == "vacant":
            return queryset.without_anybody(clock.today())
        return queryset.filter(dissolved_on__isnull=self.value() != "dissolved")


def is_live(carrier) -> bool:
    return carrier.dissolved_on is None


def is_in_force(row) -> bool:
    return row.until is None


def _in_charge(carrier, values, request):
    done = put_in_charge(carrier=carrier, **values, by=request.user, today=clock.today())
    return f"“{done.member}”自 {done.since} 起为“{carrier}”责任人"


def _include(carrier, values, request):
    done = include_building(carrier=carrier, **values, by=request.user, today=clock.today())
    return f"“{done.building}”自 {done.since} 起属于“{carrier}”"


def _dissolve(carrier, values, request):
    dissolve_carrier(carrier=carrier, **values, by=request.user, today=clock.today())
    return f"“{carrier}”已于 {values['on']} 撤销"


def _end_duty(duty, values, request):
    done = end_duty(duty=duty, **values, by=request.user, today=clock.today())
    left = done.carrier.duties.holding(clock.today()).exists()
    return f"已于 {done.until} 结束" + ("" if left else f"；“{done.carrier}”没有责任人了，请尽快确定")


def _release(inclusion, values, request):
    done = release_building(inclusion=inclusion, **values, by=request.user, today=clock.today())
    return f"已于 {done.until} 结束"


@admin.register(Carrier)
class CarrierAdmin(Kept, ScopedAdmin):
    form = CarrierForm
    instead = "不再有的请撤销，并写明日期。"
    list_display = ["name", "kind", "branch", "unit", "in_charge", "buildings_number", "state"]
    list_filter = [UnitFilter, CarrierStateFilter, ("kind", ChoicesDropdownFilter)]
    list_select_related = ["branch", "unit"]
    search_fields = ["name"]
    search_help_text = "名称"
    ordering = ["path", "name", "pk"]
    sortable_by = ["name"]
    autocomplete_fields = ["branch", "unit"]
    histories = {CarrierDuty: "carrier", CarrierBuilding: "carrier"}
    change_form_outer_after_template = "volunteering/carrier_panels.html"
    asked = [("kind", "name"), ("branch", "unit"), ("member", "building"), ("founded_on", "address")]
    shown = [("kind", "name"), ("branch", "unit"), ("founded_on", "address"),
             ("dissolved_on", "dissolving_document")]  # fmt: skip
    acts = [
        Act("in-charge", "增加责任人", InChargeForm, CHANGE, _in_charge, icon="person_add", offered=is_live),
        Act("include", "增加楼栋", IncludeForm, CHANGE, _include, icon="domain_add", offered=is_live,
            note="楼栋须在本载体所在地；一栋楼同时只属于一个居民楼栋党组织。"),
        Act("dissolve", "撤销", DatedActForm, "volunteering.dissolve_carrier", _dissolve, icon="block",
            offered=is_live, note="责任人和楼栋同日结束；撤销之前的日子仍计入统计。"),
    ]  # fmt: skip

    def has_change_permission(self, request, obj=None):
        return (obj is None or is_live(obj)) and super().has_change_permission(request, obj)

    def get_queryset(self, request):
        today = clock.today()
        return (
            super()
            .get_queryset(request)
            .annotate(
                in_charge=_number(CarrierDuty.objects.holding(today)),
                buildings_number=_number(CarrierBuilding.objects.on(today)),
            )
        )

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.request, form.model_admin = request, self
        return form

    def get_fields(self, request, obj=None):
        if obj is None:
            return self.asked
        return self.shown[:-1] if is_live(obj) else self.shown

    def get_readonly_fields(self, request, obj=None):
        return ["kind", "branch", "unit", "founded_on", "dissolved_on", "dissolving_document"] if obj else []

    def narrow(self, request, field_name, queryset):
        if field_name == "branch":
            return queryset.live().exclude(category=Category.GROUP)
        return queryset.live().filter(level__gte=Level.COMMUNITY) if field_name == "unit" else queryset

    def get_changeform_initial_data(self, request):
        return {"founded_on": clock.today(), **super().get_changeform_initial_data(request)}

    def perform(self, request, obj, form, change):
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        if change:
            return amend_carrier(carrier=obj, values=values, by=request.user, version=form.version_read)
        begun = Begun(values.pop("member"), values.pop("building"))
        return found_carrier(values=values, begun=begun, by=request.user, today=clock.today())

    def beside(self, request, carrier):
        return {"carrier": carrier, **_panels(carrier)}

    @display(description="责任人")
    def in_charge(self, carrier):
        return carrier.in_charge or "空缺"

    @display(description="楼栋")
    def buildings_number(self, carrier):
        return carrier.buildings_number

    @display(description="状态")
    def state(self, carrier):
        return f"{carrier.dissolved_on} 撤销" if carrier.dissolved_on else "现有"


def _number(rows):
    """How many of the rows each carrier has."""
    own = rows.filter(carrier=OuterRef("pk")).order_by().values("carrier")
    return Coalesce(Subquery(own.annotate(n=Count("pk")).values("n")), 0)


def _panels(carrier) -> dict:
    today = clock.today()
    holding = carrier.duties.holding(today).values("pk")
    return {
        "duties": carrier.duties.filter(pk__in=holding).select_related("member").order_by("since", "pk"),
        "inclusions": carrier.buildings.on(today).select_related("building").order_by("building__name"),
    }


@admin.register(CarrierDuty)
class CarrierDutyAdmin(OfMembers, ReadOnlyAdmin):
    list_display = ["member_name", "carrier", "since", "until"]
    list_filter = [InForceFilter]
    list_select_related = ["member", "carrier"]
    ordering = ["-since", "-pk"]
    fields = ["member_link", "carrier", "since", "until"]
    readonly_fields = ["member_link"]
    acts = [Act("end", "结束", EndForm, "volunteering.change_carrierduty", _end_duty, icon="logout",
                offered=is_in_force)]  # fmt: skip

    @display(description="责任人", ordering="member__sort_key")
    def member_name(self, duty):
        return duty.member.name

    @display(description="责任人")
    def member_link(self, duty):
        return member_link(duty.member)


@admin.register(CarrierBuilding)
class CarrierBuildingAdmin(Kept, ReadOnlyAdmin):
    list_display = ["building", "carrier", "since", "until"]
    list_filter = [InForceFilter]
    list_select_related = ["building", "carrier"]
    ordering = ["-since", "-pk"]
    fields = ["building", "carrier", "since", "until"]
    acts = [Act("end", "结束", EndForm, "volunteering.change_carrierbuilding", _release, icon="logout",
                offered=is_in_force)]  # fmt: skip
