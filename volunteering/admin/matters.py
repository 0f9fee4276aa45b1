"""Grid matters: the desk, the report, each move as a page, photos, and the days there are for what."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.urls import path, reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from branches.admin.forms import NOT_THERE, ReasonForm, VersionedForm
from branches.gates import Act, OperationForm, ReadOnlyAdmin, ScopedAdmin, UnitFilter
from branches.gates.secrets import Secret, secret_pages
from branches.models import Category, Level
from core import clock
from core.privacy import first_character, last_four
from members.admin.filters import InForceFilter
from members.admin.kept import Kept
from volunteering.admin.matter_moves import MATTER_ACTS
from volunteering.admin.next_acts import NextActs
from volunteering.gates import SETTLE, photo_response, settles
from volunteering.models import GridMatter, MatterPhoto, TimeLimit
from volunteering.operations import NewLimit, report_matter, reveal_reporter, set_time_limit, withdraw_photo
from volunteering.states.matters import MATTER_NAMES, NEW, MatterStatus

MOST_ON_DESK = 50
COLOURS = {
    "上报": "warning", "重开": "danger", "受理": "info", "处置": "info", "办结": "success",
    "已回访": "success",
}  # fmt: skip
# By field, which rows make sense as a choice.
SENSIBLE = {
    "unit": lambda rows: rows.live().filter(level__gte=Level.COMMUNITY),
    "branch": lambda rows: rows.live().formal().exclude(category=Category.GROUP),
    "brought_by": lambda rows: rows.on_roster(),
    "handler": lambda rows: rows.on_roster(),
    "duplicate_of": lambda rows: rows.exclude(status__in=[MatterStatus.LINKED, MatterStatus.RETURNED]),
}
REPORTER = Secret(
    "reporter",
    "查看反映人",
    SETTLE,
    lambda matter, **told: "\n".join(filter(None, reveal_reporter(matter=matter, **told).values())),
    why="联系反映人核实情况",
)
URGENT = {"紧急": "warning", "特急": "danger"}


class ReportForm(OperationForm):
    reporter = forms.CharField(
        label="反映人",
        max_length=50,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="不愿留名的可留空",
    )
    reporter_phone = forms.CharField(
        label="反映人电话", max_length=30, required=False, widget=UnfoldAdminTextInputWidget
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"unit", "branch", "brought_by"} & set(self.fields):
            self.fields[name].error_messages["invalid_choice"] = NOT_THERE
        if "detail" in self.fields:
            self.fields["detail"].widget.attrs["rows"] = 4


class OpenMatterFilter(DropdownFilter):
    """What still has to be seen to, unless the past is asked for."""

    title = "状态"
    parameter_name = "state"
    all_option = ("", "未办结")

    def lookups(self, request, model_admin):
        return [("late", "逾期"), ("reopened", "重开过"), *MATTER_NAMES.items(), ("all", "全部")]

    def queryset(self, request, queryset):
        asked = {
            "all": queryset,
            "late": queryset.late(clock.today()),
            "reopened": queryset.filter(reopened__gt=0),
        }
        if self.value() in asked:
            return asked[self.value()]
        return queryset.filter(status=self.value()) if self.value() in MATTER_NAMES else queryset.open()


@admin.register(GridMatter)
class GridMatterAdmin(NextActs, Kept, ScopedAdmin):
    form = ReportForm
    instead = "报错了的请退回，重复的请并案。"
    list_display = ["title", "kind", "urgency_shown", "unit", "state", "handler_name", "desk", "due_on"]
    list_filter = [UnitFilter, OpenMatterFilter, ("kind", ChoicesDropdownFilter),
                   ("urgency", ChoicesDropdownFilter)]  # fmt: skip
    list_select_related = ["unit", "desk", "handler"]
    search_fields = ["=id", "subject", "spot"]
    search_help_text = "第几件、事项或位置"
    ordering = ["-pk"]
    sortable_by = ["title", "due_on"]
    autocomplete_fields = ["unit", "branch", "brought_by"]
    histories = {MatterPhoto: "matter"}
    change_form_outer_after_template = "volunteering/matter_panels.html"
    acts = MATTER_ACTS
    asked = [
        (None, {"fields": ["subject", ("kind", "urgency"), ("unit", "spot"), "detail"]}),
        ("谁反映的", {"fields": ["channel", ("reporter", "reporter_phone"), ("brought_by", "branch")]}),
    ]
    shown = [
        (None, {"fields": ["subject", ("kind", "urgency"), ("unit", "spot"), ("state", "desk"),
                           ("handler", "due_on"), "detail"]}),
        ("谁反映的", {"fields": [("channel", "reported_on"), ("reporter_shown", "phone_shown"),
                              ("brought_by", "branch")]}),
        ("结果", {"fields": ["outcome_shown", ("settled_on", "satisfied"), "reopened"]}),
    ]  # fmt: skip

    def allows(self, request, verb, row=None):
        # Who sees it is one question, who settles it another.
        if verb == SETTLE and row is not None and row.pk:
            return settles(request.user, row)
        return super().allows(request, verb, row)

    def has_change_permission(self, request, obj=None):
        # A matter is moved by its acts, each with a rule of its own.
        return False

    def get_object(self, request, object_id, from_field=None):
        matter = super().get_object(request, object_id, from_field)
        if matter:
            matter.may_reveal = self.allows(request, SETTLE, matter)
        return matter

    def get_form(self, request, obj=None, change=False, **kwargs):
        # How to fill a field in is of no use where nothing is filled in.
        kwargs["help_texts"] = dict.fromkeys(self.get_readonly_fields(request, obj), "")
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return self.asked
        return self.shown[:-1] if obj.is_open and not obj.reopened else self.shown

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        lines = [line for _, section in self.shown for line in section["fields"]]
        return [name for line in lines for name in ((line,) if isinstance(line, str) else line)]

    def narrow(self, request, field_name, queryset):
        return SENSIBLE.get(field_name, lambda rows: rows)(queryset)

    def choice_texts(self, rows):
        return {row.pk: f"第{row.pk}件 {row.subject}" for row in rows}

    def perform(self, request, obj, form, change):
        return report_matter(values=dict(form.cleaned_data), by=request.user, today=clock.today())

    def beside(self, request, matter):
        return self._panels(request, matter)

    def _panels(self, request, matter):
        # A duplicate of another place may be out of sight.
        seen = self.get_queryset(request)
        return {
            "matter": matter,
            "steps": matter.steps.select_related("desk", "by"),
            "photos": matter.photos.defer("content"),
            "leading": seen.filter(pk=matter.duplicate_of_id).first(),
            "duplicates": seen.filter(duplicate_of=matter).order_by("pk"),
        }

    # The desk.

    def get_urls(self):
        desk = path("desk/", self.admin_site.admin_view(self.desk_page), name="volunteering_gridmatter_desk")
        return [desk, *secret_pages(self, [REPORTER]), *super().get_urls()]

    def desk_page(self, request):
        """What has to be done today: late, to be taken, to be given out, at work, to be asked about."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        seen = self.get_queryset(request).select_related(*self.list_select_related)
        late = seen.late(clock.today())
        fresh = seen.exclude(pk__in=late.values("pk"))
        sections = [
            ("逾期", "办结期限已过", late),
            ("待受理", "新上报的和重开的", fresh.filter(status__in=NEW)),
            ("待分派", "已受理，还没有承办人", fresh.filter(status=MatterStatus.TAKEN)),
            ("处置中", "承办人正在办", fresh.filter(status=MatterStatus.WORKING)),
            ("待回访", "已办结，还没有问过反映人", fresh.filter(status=MatterStatus.SETTLED)),
        ]
        context = {
            "title": "事项台",
            "sections": [_section(*each) for each in sections],
            "may_add": self.has_add_permission(request),
        }
        return self.page(request, "volunteering/matter_desk.html", context)

    # Columns.

    @display(description="事项", ordering="pk")
    def title(self, matter):
        return f"第{matter.pk}件 {matter.subject}"

    @display(description="紧急程度", label=URGENT)
    def urgency_shown(self, matter):
        return matter.get_urgency_display()

    @display(description="状态", label=COLOURS)
    def state(self, matter):
        return matter.get_status_display()

    @display(description="承办人")
    def handler_name(self, matter):
        return matter.handler and matter.handler.name

    @display(description="反映人")
    def reporter_shown(self, matter):
        shown = first_character(matter.get_sealed("reporter")) or "没有留名"
        if not (matter.may_reveal and (matter.reporter or matter.reporter_phone)):
            return shown
        address = reverse("admin:volunteering_gridmatter_reporter", args=[matter.pk])
        return format_html('{} <a class="reveal-link" href="{}">查看姓名和电话</a>', shown, address)

    @display(description="电话")
    def phone_shown(self, matter):
        return last_four(matter.get_sealed("reporter_phone")) or None

    @display(description="办理结果")
    def outcome_shown(self, matter):
        return matter.leading.outcome or None


def _section(title, note, matters) -> dict:
    """A part of the desk: what is due first on top."""
    first = matters.order_by("due_on", "pk")[:MOST_ON_DESK]
    return {"title": title, "note": note, "matters": list(first), "count": matters.count()}


def _withdraw(photo, values, request):
    withdraw_photo(photo=photo, reason=values["reason"], by=request.user)
    return "照片已撤下"


@admin.register(MatterPhoto)
class MatterPhotoAdmin(Kept, ReadOnlyAdmin):
    instead = "不该留的照片请撤下，撤下后图像不再保留。"
    list_display = ["matter", "caption", "on", "by"]
    list_select_related = ["matter", "by"]
    ordering = ["-pk"]
    fields = ["matter", "caption", ("on", "by")]
    acts = [
        Act("withdraw", "撤下", ReasonForm, "volunteering.dispatch_matterphoto", _withdraw, icon="hide_image",
            note="撤下后图像不再保留，只留下撤下的记录。",
            leads_to=lambda photo: reverse("admin:volunteering_gridmatter_change", args=[photo.matter_id])),
    ]  # fmt: skip

    def get_urls(self):
        content = path(
            "<path:object_id>/content/",
            self.admin_site.admin_view(self.content),
            name="volunteering_matterphoto_content",
        )
        return [content, *super().get_urls()]

    def get_queryset(self, request):
        # The pictures themselves are read one by one, where they are shown.
        return super().get_queryset(request).defer("content")

    def content(self, request, object_id):
        """The picture; asked of the scope each time it is fetched."""
        photo, answer = self.row_or_answer(request, object_id)
        return answer or photo_response(photo)


class LimitForm(VersionedForm):
    days = forms.IntegerField(label="新的天数", min_value=1, max_value=365)
    since = forms.DateField(label="起始日期", initial=clock.today)
    source = forms.CharField(label="依据", max_length=200)


def _set(limit, values, request):
    version = values.pop("version")
    done = set_time_limit(
        limit=limit, new=NewLimit(**values), by=request.user, today=clock.today(), version=version
    )
    return f"自 {done.since} 起：{done}"


@admin.register(TimeLimit)
class TimeLimitAdmin(Kept, ReadOnlyAdmin):
    list_display = ["words", "days", "source", "since", "until"]
    list_filter = [InForceFilter]
    search_fields = ["words"]
    ordering = ["pk"]
    fields = ["words", "days", "source", ("since", "until")]
    acts = [
        Act("set", "调整天数", LimitForm, "volunteering.change_timelimit", _set, icon="tune",
            offered=lambda limit: limit.until is None, note="已经定下的期限不变，此后的按新的天数。"),
    ]  # fmt: skip
