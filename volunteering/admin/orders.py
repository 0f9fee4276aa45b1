"""Service orders: the dispatcher's desk, the phone order, and each move of an order as a page."""

import segno
from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.urls import path, reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from branches.admin.forms import NOT_THERE
from branches.gates import OperationForm, ScopedAdmin, UnitFilter
from branches.gates.secrets import Secret, secret_pages
from branches.models import Category, Level, Unit
from core import clock
from core.privacy import first_character
from members.admin.kept import Kept
from volunteering.admin.moves import ACTS, ANSWER
from volunteering.admin.next_acts import NextActs
from volunteering.gates import DISPATCH, candidates_for, keeps_item, soonest
from volunteering.models import Dispatch, HourEntry, ServiceItem, ServiceOrder
from volunteering.operations import amend_item, offer_item, request_order, reveal_requester
from volunteering.states import HELD, ON_DESK, OPEN, STATUS_NAMES, OrderStatus

MOST_ON_DESK, MOST_PLACES = 50, 300
HIDDEN = "（仅经办人可见）"
COLOURS = {
    "待审": "warning", "超时升级": "danger", "已派": "info", "已接": "info", "进行": "info",
    "待确认": "warning", "完成": "success",
}  # fmt: skip
REQUESTER = Secret(
    "requester",
    "查看点单人",
    ANSWER,
    lambda order, **told: "\n".join(filter(None, reveal_requester(order=order, **told).values())),
    why="上门前联系点单人",
)


@admin.register(ServiceItem)
class ServiceItemAdmin(Kept, ScopedAdmin):
    instead = "不再开设请去掉“开设”的勾选，已点的单照常办完。"
    list_display = ["name", "unit", "skill", "is_heavy", "oldest", "most_cash", "limits", "is_open"]
    list_filter = ["is_open"]
    list_select_related = ["unit"]
    search_fields = ["name"]
    ordering = ["name", "pk"]
    autocomplete_fields = ["unit"]
    fields = [("name", "unit"), ("skill", "most_cash"), ("is_heavy", "oldest"), "limits", "is_open"]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or keeps_item(request.user, obj))

    def get_readonly_fields(self, request, obj=None):
        return ["unit"] if obj else []

    def narrow(self, request, field_name, queryset):
        return queryset.live()

    def choice_texts(self, rows):
        return {row.pk: f"{row}（{row.limits}）" if row.limits else str(row) for row in rows}

    def perform(self, request, obj, form, change):
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        if change:
            return amend_item(item=obj, values=values, by=request.user, version=form.version_read)
        return offer_item(values=values, by=request.user)


class RequestForm(OperationForm):
    requester = forms.CharField(label="点单人", max_length=50, widget=UnfoldAdminTextInputWidget)
    requester_phone = forms.CharField(
        label="点单人电话",
        max_length=30,
        widget=UnfoldAdminTextInputWidget,
        help_text="11位手机号，或 0874-3123456",
    )
    requester_address = forms.CharField(
        label="上门地址", max_length=200, required=False, widget=UnfoldAdminTextInputWidget
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"item", "unit", "branch"} & set(self.fields):
            self.fields[name].error_messages["invalid_choice"] = NOT_THERE


class OpenFilter(DropdownFilter):
    """What still has to be done, unless the past is asked for."""

    title = "状态"
    parameter_name = "state"
    all_option = ("", "未办结")

    def lookups(self, request, model_admin):
        return [("late", "逾期"), *STATUS_NAMES.items(), ("all", "全部")]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        if self.value() == "late":
            return queryset.late(clock.today())
        return queryset.filter(status=self.value()) if self.value() in STATUS_NAMES else queryset.open()


@admin.register(ServiceOrder)
class ServiceOrderAdmin(NextActs, Kept, ScopedAdmin):
    form = RequestForm
    instead = "不再需要的服务单请取消，并写明原因。"
    list_display = [
        "title", "place", "wanted", "requester_short", "state", "given_to", "desk", "answer_by",
    ]  # fmt: skip
    list_filter = [UnitFilter, OpenFilter, ("channel", ChoicesDropdownFilter)]
    list_select_related = ["item", "unit", "desk", "team", "member"]
    search_fields = ["=id", "item__name"]
    search_help_text = "第几单或服务项目"
    ordering = ["-pk"]
    sortable_by = ["wanted", "answer_by"]
    autocomplete_fields = ["item", "unit", "branch"]
    histories = {Dispatch: "order", HourEntry: "order"}
    change_form_outer_after_template = "volunteering/order_panels.html"
    acts = ACTS
    asked = [
        (None, {"fields": [("item", "unit"), ("wanted_on", "slot"), "channel"]}),
        (
            "点单人",
            {"fields": [("requester", "requester_phone"), "requester_address"]},
        ),
        ("要求", {"fields": ["detail", ("cash", "branch")]}),
    ]
    shown = [
        (
            None,
            {
                "fields": [
                    ("item", "unit"),
                    ("wanted", "state"),
                    ("given_to", "desk"),
                    ("channel", "answer_by"),
                ]
            },
        ),
        (
            "点单人",
            {"fields": ["requester_shown", "detail_shown", "cash"]},
        ),
        ("结果", {"fields": ["reason", ("confirmed_as", "confirmer_shown"), ("rating", "feedback_shown")]}),
    ]

    def has_change_permission(self, request, obj=None):
        # An order is moved by its acts, each with a rule of its own.
        return False

    def get_object(self, request, object_id, from_field=None):
        order = super().get_object(request, object_id, from_field)
        if order:
            order.in_full = self.allows(request, ANSWER, order)
        return order

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return self.asked
        # What came of it is told once something has.
        return self.shown[:-1] if obj.status in OPEN else self.shown

    def get_readonly_fields(self, request, obj=None):
        return [name for _, section in self.shown for name in _flat(section["fields"])] if obj else []

    def narrow(self, request, field_name, queryset):
        if field_name == "item":
            return queryset.open()
        if field_name == "unit":
            return queryset.live().filter(level__gte=Level.COMMUNITY)
        if field_name == "branch":
            return queryset.live().formal().exclude(category=Category.GROUP)
        return queryset

    def get_changeform_initial_data(self, request):
        return {**soonest(clock.now()), **super().get_changeform_initial_data(request)}

    def perform(self, request, obj, form, change):
        return request_order(values=dict(form.cleaned_data), by=request.user, today=clock.today())

    def beside(self, request, order):
        return {"order": order, **self._panels(request, order)}

    def _panels(self, request, order):
        dispatching = order.status in ON_DESK and self.allows(request, DISPATCH, order)
        return {
            "candidates": candidates_for(request.user, order) if dispatching else None,
            "dispatches": order.dispatches.select_related("team", "member", "by"),
            "hours": order.hour_entries.select_related("member", "recorded_by", "verified_by"),
        }

    # The desk.

    def get_urls(self):
        desk = path(
            "desk/", self.admin_site.admin_view(self.desk_page), name="volunteering_serviceorder_desk"
        )
        poster = path(
            "poster/", self.admin_site.admin_view(self.poster_page), name="volunteering_serviceorder_poster"
        )
        return [desk, poster, *secret_pages(self, [REQUESTER]), *super().get_urls()]

    def poster_page(self, request):
        """One sheet with the code of a place, by which residents order; the places are the person's own."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        places = Unit.objects.live().visible_in(self.scope(request, "add")).filter(level__gte=Level.COMMUNITY)
        chosen = places.filter(code=request.GET.get("unit", "")).first()
        if chosen is None:
            listed = places.order_by("path")[:MOST_PLACES]
            return self.page(request, "volunteering/places.html", {"title": "点单二维码", "places": listed})
        address = request.build_absolute_uri(reverse("public:order", args=[chosen.code]))
        qr = segno.make(address, error="m").svg_data_uri(scale=8, border=2)
        return self.page(request, "volunteering/poster.html", {"unit": chosen, "address": address, "qr": qr})

    def desk_page(self, request):
        """What the person has to do today: late, waiting, dispatched, going on, to be confirmed."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = clock.today()
        seen = self.get_queryset(request).select_related(*self.list_select_related)
        fresh = seen.exclude(pk__in=seen.late(today).values("pk"))
        sections = [
            ("逾期", "答复、派单或确认的期限已过", seen.late(today)),
            ("待派", "等待派单", fresh.filter(status__in=ON_DESK)),
            ("已派", "等待队员答复", fresh.filter(status=OrderStatus.DISPATCHED)),
            ("服务中", "已接单", fresh.filter(status__in=HELD)),
            ("待确认", "等待点单人确认", fresh.filter(status=OrderStatus.REPORTED)),
        ]
        context = {
            "title": "派单台",
            "sections": [_section(*each) for each in sections],
            "may_add": self.has_add_permission(request),
        }
        return self.page(request, "volunteering/desk.html", context)

    # Columns.

    @display(description="服务单", ordering="pk")
    def title(self, order):
        return f"{order.item} 第{order.pk}单"

    @display(description="地点")
    def place(self, order):
        return order.unit

    @display(description="希望时间", ordering="wanted_on")
    def wanted(self, order):
        return f"{order.wanted_on} {order.get_slot_display()}"

    @display(description="点单人")
    def requester_short(self, order):
        return f"{order.requester_masked} ****{order.phone_last4}"

    @display(description="状态", label=COLOURS)
    def state(self, order):
        return order.get_status_display()

    @display(description="派给")
    def given_to(self, order):
        return order.member or order.team

    @display(description="姓名和电话")
    def requester_shown(self, order):
        if not order.in_full:
            return self.requester_short(order)
        address = reverse("admin:volunteering_serviceorder_requester", args=[order.pk])
        link = '{} <a class="reveal-link" href="{}">查看姓名、电话和地址</a>'
        return format_html(link, self.requester_short(order), address)

    @display(description="代确认人")
    def confirmer_shown(self, order):
        return (order.confirmer if order.in_full else first_character(order.confirmer)) or None

    @display(description="意见")
    def feedback_shown(self, order):
        return (order.feedback or None) if order.in_full else HIDDEN

    @display(description="具体要求")
    def detail_shown(self, order):
        return (order.detail or None) if order.in_full else HIDDEN


def _flat(fields):
    for each in fields:
        yield from (each,) if isinstance(each, str) else each


def _section(title, note, orders) -> dict:
    """A part of the desk: the orders that must be answered first on top."""
    ranked = orders.order_by("answer_by", "wanted_on", "pk")
    return {"title": title, "note": note, "orders": list(ranked[:MOST_ON_DESK]), "count": orders.count()}
