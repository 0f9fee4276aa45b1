"""The batches: what an enterprise handed over, how far it has come, and the ways to what is done with it."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter
from unfold.decorators import display

from branches.admin.forms import VersionedForm
from branches.gates import Act, RowFilter, ScopedAdmin, ScopedList, UnitFilter, may, scope_for
from branches.models import Level
from branches.scope import Scope
from core import clock
from members.admin.handovers.forms import RECEIVE, AddNamesForm, HandoverForm
from members.admin.handovers.receipts import faulty_page, receipt_page
from members.admin.handovers.reception import receive_page
from members.admin.kept import Kept
from members.models import Handover, HandoverPerson
from members.models.handover import tally, with_share
from members.operations import (
    amend_handover,
    append_people,
    close_handover,
    open_handover,
    reopen_handover,
)
from members.sheets.handovers import pasted, uploaded

CHANGE = "members.change_handover"
SEE_PEOPLE = "members.view_handoverperson"


class EmployerFilter(RowFilter):
    title = "移交企业"
    parameter_name = "employer"
    relation = Handover._meta.get_field("employer")


class StateFilter(DropdownFilter):
    title = "状态"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("open", "办理中"), ("closed", "已办结")]

    def queryset(self, request, queryset):
        if self.value() not in ("open", "closed"):
            return queryset
        return queryset.filter(closed_on__isnull=self.value() == "open")


class CloseForm(VersionedForm):
    on = forms.DateField(label="办结日期", initial=clock.today)


class ReopenForm(VersionedForm):
    """Nothing to fill in: the button itself says so."""


def _add_names(handover, values, request):
    read = uploaded(values["file"].read(), values["file"].name) if values["file"] else pasted(values["text"])
    listed = append_people(
        handover=handover,
        rows=read.rows,
        scope=scope_for(request.user, CHANGE),
        by=request.user,
        today=clock.today(),
    )
    if read.unknown:
        messages.warning(request, f"以下列没有对应的栏目，原文已随名单保存：{'、'.join(read.unknown)}")
    if listed.faulty:
        messages.warning(request, f"{listed.faulty} 人有问题，列在“待更正”中，没有丢弃；更正后即可接收")
    return told_of(listed)


def told_of(listed) -> str:
    """What came of adding names, in one sentence."""
    parts = [
        (listed.pending, "人待接收"),
        (listed.faulty, "人待更正"),
        (listed.already_here, "人已在册"),
        (listed.mended, "人按新内容更正"),
        (listed.unchanged, "行名单中已有，没有改动"),
    ]
    said = [f"{number} {words}" for number, words in parts if number]
    return f"共 {listed.added + listed.mended + listed.unchanged} 行：{'，'.join(said)}"


def _close(handover, values, request):
    done = close_handover(handover=handover, **values, by=request.user, today=clock.today())
    return f"“{done}”已于 {done.closed_on} 办结"


def _reopen(handover, values, request):
    done = reopen_handover(handover=handover, **values, by=request.user)
    return f"“{done}”已重新打开，可以补充名单、更改结果"


def is_open(handover) -> bool:
    return handover.closed_on is None


class BatchList(ScopedList):
    """The list with each batch's figures, counted once for the page among the people in sight."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        seen = HandoverPerson.objects.visible_in(scope_for(request.user, SEE_PEOPLE))
        rows = seen.filter(handover__in=self.result_list).order_by().values("handover")
        counts = tally(clock.today())
        figures = {row["handover"]: row for row in rows.annotate(**counts)}
        for row in self.result_list:
            row.figures = with_share(figures.get(row.pk) or dict.fromkeys(counts, 0))


@admin.register(Handover)
class HandoverAdmin(Kept, ScopedAdmin):
    instead = "登记有误请更正；名单上的人请退回或注明查无此人。记录和变更历史都会保留。"
    form = HandoverForm
    list_display = ["batch", "unit", "opened_on", "progress", "waiting", "overdue", "state"]
    list_filter = [UnitFilter, EmployerFilter, StateFilter, ("opened_on", RangeDateFilter)]
    list_select_related = ["employer", "unit"]
    search_fields = ["employer__name", "document"]
    search_help_text = "企业名称或文号"
    autocomplete_fields = ["employer", "unit"]
    popup_add_fields = ["employer"]
    ordering = ["-opened_on", "-pk"]
    fields = [("employer", "unit"), ("document", "opened_on"), "archives_at", "note"]
    change_form_outer_after_template = "admin/members/handover/panels.html"

    class Media:
        css = {"all": ["members/handover.css"]}

    acts = [
        Act("add-names", "添加名单", AddNamesForm, CHANGE, _add_names, icon="playlist_add", offered=is_open,
            note="同一份名单重复添加不会重复登记；有问题的行照原样保留，列出全部问题，逐行更正即可。"),
        Act("close", "办结", CloseForm, CHANGE, _close, icon="task_alt", offered=is_open,
            note="名单上的人都有结果之后办结；以后要补充名单，可以重新打开。"),
        Act("reopen", "重新打开", ReopenForm, CHANGE, _reopen, icon="lock_open",
            offered=lambda handover: handover.closed_on is not None,
            note="重新打开后可以补充名单、更改结果。"),
    ]  # fmt: skip

    def allows(self, request, verb, row=None):
        # A batch is seen by everybody who has people on its list, and kept by who answers for its unit.
        return super().allows(request, verb, row.unit if row and row.pk and verb == CHANGE else row)

    def get_changelist(self, request, **kwargs):
        return BatchList

    def get_readonly_fields(self, request, obj=None):
        return ["employer", "unit"] if obj else []

    def get_changeform_initial_data(self, request):
        return {"opened_on": clock.today(), **super().get_changeform_initial_data(request)}

    def reachable(self, request, queryset):
        if queryset.model is Handover._meta.get_field("unit").related_model:
            return queryset.visible_in(Scope(self.scope(request, "add").paths))
        return super().reachable(request, queryset)

    def narrow(self, request, field_name, queryset):
        if field_name == "unit":
            return queryset.live().filter(level__lte=Level.COMMUNITY)
        return queryset

    def perform(self, request, obj, form, change):
        values = {name: form.cleaned_data[name] for name in form.cleaned_data if name != "version"}
        told = {"by": request.user, "today": clock.today()}
        if change:
            return amend_handover(handover=obj, values=values, version=form.version_read, **told)
        return open_handover(employer=values.pop("employer"), unit=values.pop("unit"), values=values, **told)

    def response_add(self, request, obj, post_url_continue=None):
        """A new batch has no names yet: adding them comes next."""
        messages.success(request, f"已登记“{obj}”，接下来请添加名单")
        return HttpResponseRedirect(reverse("admin:members_handover_add-names", args=[obj.pk]))

    def beside(self, request, handover):
        return {"panels": self._panels(request, handover)}

    def _panels(self, request, handover):
        seen = scope_for(request.user, SEE_PEOPLE)
        people, today = handover.people.visible_in(seen), clock.today()
        streets = people.progress(today)
        for street in streets:
            street["prints"] = street["unit"].level == Level.STREET and seen.covers(street["unit"].path)
        return {
            "handover": handover,
            "streets": streets,
            "figures": people.figures(today),
            "receives": may(request.user, RECEIVE),
            "adds": is_open(handover) and self.allows(request, CHANGE, handover),
        }

    def get_urls(self):
        pages = {"receive": receive_page, "faulty": faulty_page, "receipt": receipt_page}
        own = [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(page),
                {"model_admin": self},
                name=f"members_handover_{name}",
            )
            for name, page in pages.items()
        ]
        return own + super().get_urls()

    @display(description="移交企业和文号", ordering="employer__name")
    def batch(self, handover):
        return handover

    @display(description="已办理")
    def progress(self, handover):
        figures = handover.figures
        return f"{figures['done']} / {figures['total']}（{figures['percent']}%）"

    @display(description="待办")
    def waiting(self, handover):
        pending, faulty = handover.figures["pending"], handover.figures["faulty"]
        parts = [(pending, "待接收"), (faulty, "待更正")]
        return "，".join(f"{words} {number}" for number, words in parts if number)

    @display(description="超期")
    def overdue(self, handover):
        return handover.figures["overdue"] or ""

    @display(description="状态", label={"办理中": "info", "已办结": "success"})
    def state(self, handover):
        return "已办结" if handover.closed_on else "办理中"
