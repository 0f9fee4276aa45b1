"""Neighbours: households, the visit list by building, pairings and visits."""

from itertools import groupby

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.urls import path
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from branches.admin.forms import NOT_THERE
from branches.gates import OperationForm, ReadOnlyAdmin, ScopedAdmin, UnitFilter
from core import clock
from members.admin.filters import InForceFilter, VerifiedFilter
from members.admin.kept import Kept
from members.admin.of_members import OfMembers
from volunteering.admin.neighbour_acts import HOUSEHOLD_ACTS, PAIRING_ACTS, VISIT_ACTS
from volunteering.admin.next_acts import NextActs
from volunteering.models import Household, Pairing, Visit
from volunteering.operations import add_household, amend_household

RISKS = {"高": "danger", "重点": "warning", "一般": "info"}
FOUND = {"平安": "success", "需要帮助": "warning", "没有见到人": "warning", "情况紧急": "danger"}
SEALED = ("room", "resident", "phone", "needs")
MOST_VISITS = 20


class HouseholdForm(OperationForm):
    room = forms.CharField(label="门牌", max_length=50, widget=UnfoldAdminTextInputWidget)
    resident = forms.CharField(label="姓名", max_length=50, widget=UnfoldAdminTextInputWidget)
    phone = forms.CharField(
        label="电话", max_length=30, required=False, widget=UnfoldAdminTextInputWidget,
        help_text="11位手机号，或 0874-3123456",
    )  # fmt: skip
    needs = forms.CharField(
        label="情况和需要", max_length=500, required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}), help_text="只写走访用得着的",
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "building" in self.fields:
            self.fields["building"].error_messages["invalid_choice"] = NOT_THERE
        if self.instance.pk:
            for name in SEALED:
                self.initial[name] = self.instance.get_sealed(name)


class LookedAfterFilter(DropdownFilter):
    """The households that are looked after now, unless others are asked for."""

    title = "状态"
    parameter_name = "state"
    all_option = ("", "守望中")

    def lookups(self, request, model_admin):
        return [("overdue", "该走访了"), ("short", "缺结对党员"), ("ended", "已结束"), ("all", "全部")]

    def queryset(self, request, queryset):
        asked = {
            "all": lambda: queryset,
            "ended": lambda: queryset.filter(ended_on__isnull=False),
            "overdue": lambda: queryset.live().filter(due_on__lt=clock.today()),
            "short": lambda: queryset.short_of_pairs(clock.today()),
        }
        return asked.get(self.value(), queryset.live)()


@admin.register(Household)
class HouseholdAdmin(NextActs, Kept, ScopedAdmin):
    form = HouseholdForm
    instead = "不再需要守望的请结束，并写明原因。"
    list_display = ["title", "building", "risk_shown", "pairs", "last_on", "due_on"]
    list_filter = [UnitFilter, LookedAfterFilter, ("risk", ChoicesDropdownFilter)]
    list_select_related = ["building"]
    search_fields = ["=id", "building__name"]
    search_help_text = "第几户或楼栋"
    ordering = ["path", "building", "pk"]
    sortable_by = ["last_on", "due_on"]
    autocomplete_fields = ["building"]
    histories = {Pairing: "household"}
    change_form_outer_after_template = "volunteering/household_panels.html"
    acts = HOUSEHOLD_ACTS
    kept_fields = [("building", "risk"), ("room", "resident"), "phone", "needs"]
    shown_fields = [("building", "risk"), ("room_shown", "resident_shown"), "phone_shown", "needs_shown",
                    ("last_on", "due_on"), ("ended_on", "end_reason")]  # fmt: skip

    def has_change_permission(self, request, obj=None):
        return (obj is None or obj.ended_on is None) and super().has_change_permission(request, obj)

    def get_queryset(self, request):
        return super().get_queryset(request).with_due(clock.today())

    def get_fields(self, request, obj=None):
        kept = obj is None or self.has_change_permission(request, obj)
        return self.kept_fields if kept else self.shown_fields

    def get_readonly_fields(self, request, obj=None):
        if obj is None or self.has_change_permission(request, obj):
            return []
        return ["building", "risk", *(f"{name}_shown" for name in SEALED), "last_on", "due_on", "ended_on",
                "end_reason"]  # fmt: skip

    def narrow(self, request, field_name, queryset):
        return queryset.live()

    def choice_texts(self, rows):
        return {row.pk: row.title for row in rows}

    def perform(self, request, obj, form, change):
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        if not change:
            return add_household(values=values, by=request.user)
        return amend_household(household=obj, values=values, by=request.user, version=form.version_read)

    def beside(self, request, household):
        return {"household": household, **self._panels(request, household)}

    def _panels(self, request, household) -> dict:
        # A home may be looked after by two branches: each sees its own pairing, and what came of it.
        seen = self.scope(request, "view")
        pairings = household.pairings.visible_in(seen).select_related("member")
        visits = Visit.objects.visible_in(seen).filter(pairing__household=household)
        shown = list(visits.select_related("pairing__member", "verified_by")[:MOST_VISITS])
        for visit in shown:
            visit.words = visit.get_sealed("finding")
        return {"pairings": pairings, "visits": shown}

    def _tells_of(self, request, table, row):
        # A history is told whole or not at all: whole where every pairing of the home is in sight.
        return self.scope(request, "view").covers(row.path) and super()._tells_of(request, table, row)

    # The visit list.

    def get_urls(self):
        visits = path(
            "visits/", self.admin_site.admin_view(self.visit_list), name="volunteering_household_visits"
        )
        return [visits, *super().get_urls()]

    def visit_list(self, request):
        """Building by building, on whom somebody has to look in: who is overdue first in each."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = clock.today()
        seen = self.get_queryset(request).live().filter(pairs__gt=0).select_related("building__unit")
        homes = list(seen.order_by("path", "building__name", "building", "due_on", "pk"))
        pairs = _pairs_by_home(homes, self.scope(request, "view"))
        for home in homes:
            home.hers, home.is_overdue = pairs.get(home.pk, []), home.due_on < today
            home.title_here, home.phone_here = self.title(home), home.get_sealed("phone")
        context = {
            "title": "走访单",
            "buildings": [
                (building, list(there)) for building, there in groupby(homes, key=lambda home: home.building)
            ],
            "overdue": sum(home.is_overdue for home in homes),
            "count": len(homes),
        }
        return self.page(request, "volunteering/visit_list.html", context)

    # Columns.

    @display(description="守望户")
    def title(self, household):
        return f"{household.get_sealed('room')} {household.get_sealed('resident')}"

    @display(description="关注程度", label=RISKS)
    def risk_shown(self, household):
        return household.get_risk_display()

    @display(description="结对党员")
    def pairs(self, household):
        return household.pairs

    @display(description="上次走访", ordering="last_on")
    def last_on(self, household):
        return household.last_on

    @display(description="最迟走访", ordering="due_on")
    def due_on(self, household):
        return household.due_on

    @display(description="门牌")
    def room_shown(self, household):
        return household.get_sealed("room")

    @display(description="姓名")
    def resident_shown(self, household):
        return household.get_sealed("resident")

    @display(description="电话")
    def phone_shown(self, household):
        return household.get_sealed("phone") or None

    @display(description="情况和需要")
    def needs_shown(self, household):
        return household.get_sealed("needs") or None


def _pairs_by_home(homes, scope) -> dict[int, list]:
    """The pairings in force and in sight, by household."""
    found: dict[int, list] = {}
    rows = Pairing.objects.visible_in(scope).holding(clock.today()).filter(household__in=homes)
    for row in rows.select_related("member").order_by("member__sort_key", "pk"):
        found.setdefault(row.household_id, []).append(row)
    return found


@admin.register(Pairing)
class PairingAdmin(NextActs, OfMembers, ReadOnlyAdmin):
    instead = "不再结对的请结束，并写明原因。"
    list_display = ["member_name", "home", "since", "until", "consent", "consent_on"]
    list_filter = [InForceFilter]
    list_select_related = ["member", "household__building"]
    ordering = ["-since", "-pk"]
    fields = ["member", "home", ("since", "until"), ("consent", "consent_on"), "override", "end_reason"]
    readonly_fields = ["home"]
    acts = PAIRING_ACTS

    @display(description="党员", ordering="member__sort_key")
    def member_name(self, pairing):
        return pairing.member.name

    @display(description="守望户")
    def home(self, pairing):
        return pairing.household.title


@admin.register(Visit)
class VisitAdmin(NextActs, OfMembers, ReadOnlyAdmin):
    instead = "走访记录不能删除。"
    search_fields = ["pairing__member__name"]
    member_key = "pairing__member"
    list_display = ["on", "member_name", "home", "way", "found_shown", "recorded_by", "verified_by"]
    list_filter = [VerifiedFilter, ("found", ChoicesDropdownFilter)]
    list_select_related = ["pairing__member", "pairing__household__building", "recorded_by", "verified_by"]
    ordering = ["-on", "-pk"]
    fields = [("on", "way"), ("member_name", "home"), "found_shown", "finding_shown", ("order", "matter"),
              ("recorded_by", "verified_by")]  # fmt: skip
    readonly_fields = ["member_name", "home", "found_shown", "finding_shown", "order", "matter"]
    acts = VISIT_ACTS

    @display(description="党员", ordering="pairing__member__sort_key")
    def member_name(self, visit):
        return visit.pairing.member.name

    @display(description="守望户")
    def home(self, visit):
        return visit.pairing.household.title

    @display(description="情况", label=FOUND)
    def found_shown(self, visit):
        return visit.get_found_display()

    @display(description="说明")
    def finding_shown(self, visit):
        return visit.get_sealed("finding") or None
