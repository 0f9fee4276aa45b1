"""The people on the lists of enterprises: finding one, and putting her line right."""

from django import forms
from django.contrib import admin
from django.utils.html import format_html
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from branches.admin.forms import VersionedForm
from branches.gates import Act, ReadOnlyAdmin, RowFilter, UnitFilter, scope_for
from branches.models import Category
from core import clock
from members.admin.handovers.forms import RECEIVE, CorrectForm
from members.admin.kept import Kept
from members.admin.of_members import member_link
from members.admin.search import SealedSearch
from members.gates import id_shown
from members.models import HandoverPerson, Member
from members.operations import correct_person, undo_acceptance
from members.states import OPEN_OUTCOMES, OUTCOME_NAMES, Outcome

COLOURS = {
    Outcome.FAULTY: "danger",
    Outcome.PENDING: "info",
    Outcome.ACCEPTED: "success",
    Outcome.RETURNED: "warning",
    Outcome.NOT_FOUND: "warning",
    Outcome.ALREADY_HERE: "success",
}


class WaitingUnitFilter(UnitFilter):
    title = "接收社区（含以下）"


class BatchFilter(RowFilter):
    title = "移交批次"
    parameter_name = "handover"
    relation = HandoverPerson._meta.get_field("handover")


class LateFilter(DropdownFilter):
    title = "期限"
    parameter_name = "late"

    def lookups(self, request, model_admin):
        return [("1", "超过一个月没有办理")]

    def queryset(self, request, queryset):
        return queryset.overdue(clock.today()) if self.value() == "1" else queryset


def _correct(line, values, request):
    form = CorrectForm(request.POST, row=line, request=request, model_admin=None)
    form.full_clean()
    done = correct_person(
        person=line,
        cells=form.cells(),
        scope=scope_for(request.user, RECEIVE),
        by=request.user,
        today=clock.today(),
        version=values["version"],
    )
    if done.outcome == Outcome.FAULTY:
        return f"已保存，还有问题：{'；'.join(each['detail'] for each in done.complaints)}"
    return f"“{done}”已更正，结果为“{OUTCOME_NAMES[Outcome(done.outcome)]}”"


class UndoForm(VersionedForm):
    reason = forms.CharField(label="撤回原因", max_length=200, help_text="写进审计记录和变更历史")


def _undo(line, values, request):
    done = undo_acceptance(person=line, **values, by=request.user)
    return f"已撤回“{done}”的接收，现为“{OUTCOME_NAMES[Outcome(done.outcome)]}”"


def was_accepted(line) -> bool:
    return line.outcome == Outcome.ACCEPTED and line.handover.closed_on is None


def waits(line) -> bool:
    return line.outcome in OPEN_OUTCOMES and line.handover.closed_on is None


@admin.register(HandoverPerson)
class HandoverPersonAdmin(Kept, SealedSearch, ReadOnlyAdmin):
    instead = "名单不能删除：请退回或注明查无此人；内容有误请更正。"
    list_display = ["name_shown", "handover", "unit", "branch", "outcome_shown", "listed_on", "answered_on"]
    list_filter = [WaitingUnitFilter, BatchFilter, ("outcome", ChoicesDropdownFilter), LateFilter]
    search_fields = ["name"]
    search_help_text = "姓名、拼音首字母、证件后四位"
    ordering = ["-handover__opened_on", "handover", "serial"]
    fields = [
        ("name_shown", "outcome"),
        ("handover", "serial"),
        ("sex", "id_text"),
        ("birth", "standing"),
        ("joined", "full"),
        ("phone_text", "address"),
        ("unit", "wanted"),
        ("branch", "group"),
        ("archives_shown", "listed_on"),
        ("answered_on", "answered_by"),
        ("reason", "remark"),
        "member",
    ]
    readonly_fields = [name for pair in fields for name in ([pair] if isinstance(pair, str) else pair)]
    change_form_outer_before_template = "admin/members/handover/complaints.html"

    class Media:
        css = {"all": ["members/handover.css"]}

    acts = [
        Act("correct", "更正", CorrectForm, RECEIVE, _correct, icon="edit", offered=waits,
            note="有问题的栏目排在最前面。保存后重新核对，没有问题的即可接收。"),
        Act("undo", "撤回接收", UndoForm, RECEIVE, _undo, icon="undo", offered=was_accepted,
            note="接收办错了才撤回：登记一并撤回，她重新待接收。之后已有别的变动的，先撤回那些变动。"),
    ]  # fmt: skip

    def get_search_results(self, request, queryset, search_term):
        return (queryset.search(search_term) if search_term else queryset), False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("handover__employer", "unit", "branch")

    def get_object(self, request, object_id, from_field=None):
        line = super().get_object(request, object_id, from_field)
        if line:
            line.request = request
        return line

    def narrow(self, request, field_name, queryset):
        if field_name == "branch":
            return queryset.live().holding()
        if field_name == "group":
            return queryset.live().filter(category=Category.GROUP)
        return queryset

    def beside(self, request, line):
        return {"line": line, "complaints": line.complaints if self.allows(request, RECEIVE, line) else []}

    @display(description="姓名", ordering="sort_key")
    def name_shown(self, line):
        return str(line)

    @display(description="结果", label=COLOURS)
    def outcome_shown(self, line):
        return line.outcome, OUTCOME_NAMES[Outcome(line.outcome)]

    @display(description="身份证号")
    def id_text(self, line):
        return id_shown(line.request.user, line.id_last4, path=line.unit.path, branch=line.branch_id)

    @display(description="出生日期")
    def birth(self, line):
        return line.partial("birth")

    @display(description="入党日期")
    def joined(self, line):
        return line.partial("joined")

    @display(description="转正日期")
    def full(self, line):
        return line.partial("full")

    @display(description="联系电话")
    def phone_text(self, line):
        keeps = self.allows(line.request, RECEIVE, line)
        return line.phone if keeps or not line.phone else f"****{line.phone[-4:]}"

    @display(description="拟转入（名单原文）")
    def wanted(self, line):
        return " / ".join(filter(None, (line.wanted_unit, line.wanted_branch)))

    @display(description="人事档案存放地")
    def archives_shown(self, line):
        return line.archives

    @display(description="党员")
    def member(self, line):
        """The member on the roster, if the person may see her: who is here already may be so elsewhere."""
        seen = Member.objects.visible_in(scope_for(line.request.user, "members.view_member"))
        found = seen.filter(id_index=line.id_index).first() if line.id_index else None
        if found:
            return member_link(found)
        return (
            format_html("{}", "不在您的管辖范围内，请联系上级")
            if line.outcome == Outcome.ALREADY_HERE
            else ""
        )
