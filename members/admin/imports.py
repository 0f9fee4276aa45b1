"""Rosters in: send a file, see what would become of each row, then apply it, or have the workbook back."""

import json

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from branches.admin.forms import VersionedForm
from branches.gates import Act, ReadOnlyAdmin, UnitFilter, scope_for
from branches.models import Branch
from core import clock
from core.errors import DomainError, refusal_of
from core.reading import LEFT_OUT, WRITTEN, Fate
from core.reading.marking import MOST_KEPT
from core.sheets import CONTENT_TYPES
from members.admin.import_forms import ApplyForm, MappingForm, UploadForm, explained_headers, naming_headers
from members.admin.kept import Kept
from members.models import ImportFile, ImportKind
from members.operations import (
    Upload,
    apply_import,
    cancel_import,
    explain_headers,
    headers_to_explain,
    receive_import,
    undo_import,
)
from members.sheets.kinds import KINDS
from members.sheets.templates import template_book
from members.sheets.work import begin
from members.sheets.workbook import located, reason, returned_workbook
from members.states import ImportState

ADD, CHANGE = "members.add_importfile", "members.change_importfile"
# In the order in which they want to be looked at.
LOOKED_AT = (Fate.FAULTY, Fate.CONFLICTING, Fate.CHANGED, Fate.NEW, Fate.UNCHANGED)
# The sort of those that were not undone with the others, before the fates.
STAYS = "stays"
HINTS = {
    Fate.NEW: "名册里没有，将登记",
    Fate.CHANGED: "名册里有，内容不同，将更新",
    Fate.UNCHANGED: "与名册完全相同",
    Fate.CONFLICTING: "与名册矛盾，须人工处理",
    Fate.FAULTY: "内容有误，须改正",
}
HINTS_AFTER = {
    ImportState.APPLIED: {Fate.NEW: "已登记", Fate.CHANGED: "已更新"},
    ImportState.SETTLED: {Fate.NEW: "已登记", Fate.CHANGED: "已更新"},
    ImportState.UNDONE: {Fate.NEW: "登记后已撤回", Fate.CHANGED: "更新后已恢复"},
}
HINTS_WHERE_SOME_STAY = {Fate.NEW: "登记后，除保留的外已撤回", Fate.CHANGED: "更新后，除保留的外已恢复"}
COLOURS = {
    ImportState.CHECKING: "info",
    ImportState.CHECKED: "warning",
    ImportState.APPLYING: "info",
    ImportState.APPLIED: "success",
    ImportState.UNDOING: "info",
    ImportState.REFUSED: "danger",
    ImportState.UNDONE: "default",
    ImportState.CANCELLED: "default",
    ImportState.SETTLED: "default",
}


def why_anew(file) -> str:
    """Why the sender's own layout cannot be given back, if it cannot."""
    if not file.name.lower().endswith(".xlsx"):
        return "原文件不是 .xlsx"
    if file.counted(*Fate) > MOST_KEPT:
        return f"超过 {MOST_KEPT} 行"
    return ""


def _apply(file, values, request):
    asked = apply_import(
        file=file,
        only_good=values["how"] == "good",
        by=request.user,
        version=values["version"],
        evidence=values.get("evidence", ""),
    )
    return _told(begin(asked), "已开始导入，可以离开此页，稍后回来看进度")


def _undo(file, values, request):
    return _told(begin(undo_import(file=file, by=request.user, **values)), "已开始撤销，可以离开此页")


def _cancel(file, values, request):
    done = cancel_import(file=file, by=request.user, **values)
    return "正在停止，不会留下任何内容" if done.is_at_work else f"已取消“{done}”，没有写入任何内容"


def _explain(file, values, request):
    mapping = {title: values[f"header{place}"] for place, title in enumerate(headers_to_explain(file))}
    asked = explain_headers(file=file, mapping=mapping, by=request.user, version=values["version"])
    begin(asked)
    return "已按所选的列重新检查，以后同样的表头会自动识别"


def _told(file, otherwise) -> str:
    words = {ImportState.APPLIED: f"已导入 {file.counted(*WRITTEN)} 行", ImportState.UNDONE: "已撤销"}
    return words.get(file.state) or file.found.get("stopped") or otherwise


def in_state(*states):
    """Whether a file is in one of the states."""
    return lambda file: file.state in states


@admin.register(ImportFile)
class ImportFileAdmin(Kept, ReadOnlyAdmin):
    instead = "导入记录会保留；导错了可以撤销整批导入。"
    list_before_template = "admin/members/importfile/import_link.html"
    list_display = ["name", "kind", "unit", "state_shown", "counted", "sent_by", "sent_at"]
    list_filter = [UnitFilter, ("kind", ChoicesDropdownFilter), ("state", ChoicesDropdownFilter)]
    list_select_related = ["unit", "sent_by"]
    search_fields = ["name"]
    search_help_text = "文件名"
    ordering = ["-sent_at", "-pk"]
    acts = [
        Act(
            "apply",
            "导入",
            ApplyForm,
            CHANGE,
            _apply,
            icon="download_done",
            offered=lambda file: file.state == ImportState.CHECKED and bool(file.counted(*WRITTEN)),
            note="要么按所选的方式全部写入，要么一行也不写；导入后还可以整批撤销。空白的单元格不会覆盖已有的内容。",
        ),
        Act(
            "mapping",
            "说明表头",
            MappingForm,
            CHANGE,
            _explain,
            icon="rule",
            offered=lambda file: file.state == ImportState.CHECKED and bool(headers_to_explain(file)),
            note="告诉系统这些列是什么。说明一次，本单位以后的文件都会照此识别；说错了在这里改。",
        ),
        Act(
            "undo",
            "撤销这次导入",
            VersionedForm,
            CHANGE,
            _undo,
            icon="undo",
            offered=in_state(ImportState.APPLIED),
            note="新登记的党员会作为录入错误撤回，新建的党组织如还没有党员等、新建的原工作单位如没有别人用，也一并撤回；改过的内容恢复原样；此后又变动过的不动，并逐条列出。",
        ),
        Act(
            "cancel",
            "放弃这个文件",
            VersionedForm,
            CHANGE,
            _cancel,
            icon="close",
            offered=lambda file: file.is_at_work or file.state == ImportState.CHECKED,
            note="不导入这个文件。已写入的内容不受影响。",
        ),
    ]

    class Media:
        css = {"all": ["members/imports.css"]}

    def has_add_permission(self, request):
        return self.allows(request, ADD)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("content")

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("template/<str:kind>/", wrap(self.template_view), name="members_importfile_template"),
            path("<path:object_id>/progress/", wrap(self.progress_view), name="members_importfile_progress"),
            path("<path:object_id>/workbook/", wrap(self.workbook_view), name="members_importfile_workbook"),
        ]
        return own + super().get_urls()

    # The pages.

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if object_id is None:
            return self._upload_page(request)
        file, answer = self.row_or_answer(request, object_id)
        if answer:
            return answer
        return self._import_page(request, file)

    def _upload_page(self, request):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None, user=request.user, model_admin=self)
        if request.method == "POST" and form.is_valid():
            sent = self._sent(form, request.user)
            if sent:
                return HttpResponseRedirect(reverse("admin:members_importfile_change", args=[sent.pk]))
        context = {
            "title": "导入名册",
            "form": form,
            "form_media": form.media,
            "back": reverse("admin:members_importfile_changelist"),
        }
        return self.page(request, "admin/members/importfile/upload.html", context)

    def _sent(self, form, user):
        read = form.cleaned_data
        content = read.pop("file")
        upload = Upload(name=content.name, content=content.read(), **read)
        try:
            return begin(receive_import(upload=upload, by=user, today=clock.today()))
        except DomainError as refusal:
            form.refuse(refusal)
        except (IntegrityError, OperationalError) as error:
            form.refuse(refusal_of(error))
        return None

    def _import_page(self, request, file):
        sorts = tiles(file)
        asked, offered = request.GET.get("fate"), {fate: count for fate, _, _, count in sorts}
        shown = asked if asked in offered else next(filter(offered.get, offered), None)
        rows = file.rows.kept_by_undo() if shown == STAYS else file.rows.filter(fate=shown)
        page = self.get_paginator(request, rows, 50).get_page(request.GET.get("p"))
        context = {
            "title": file.name,
            "file": file,
            "original": file,
            "state": COLOURS.get(file.state),
            "tiles": sorts,
            "shown": shown,
            "page": page,
            "rows": [told_row(row, file) for row in page],
            "several_sheets": len(file.found.get("sheets", ())) > 1,
            "left_over": file.counted(*LEFT_OUT),
            "unknown": file.unknown_headers,
            "explained": explained_headers(file),
            "naming": naming_headers(KINDS[file.kind]),
            "doubled": file.doubled_headers,
            "left_out": file.left_out_headers,
            "anew": why_anew(file),
            "acts": self._acts(request, file),
        }
        return self.page(request, "admin/members/importfile/page.html", context)

    def _acts(self, request, file):
        return [
            (act, reverse(f"admin:members_importfile_{act.name}", args=[file.pk]))
            for act in self.acts
            if act.offered(file) and self.allows(request, act.verb_for(file), file)
        ]

    def progress_view(self, request, object_id):
        """How far the work is, asked every second; once it is done the page is loaded anew."""
        file, answer = self.row_or_answer(request, object_id)
        if answer:
            return answer
        response = self.page(request, "admin/members/importfile/progress.html", {"file": file})
        if not file.is_at_work:
            response["HX-Refresh"] = "true"
        return response

    def workbook_view(self, request, object_id):
        """The sender's workbook with what the check found."""
        file, answer = self.row_or_answer(request, object_id)
        if answer:
            return answer
        try:
            content, name = returned_workbook(file, by=request.user)
        except DomainError as refusal:
            messages.error(request, refusal.detail)
            return HttpResponseRedirect(reverse("admin:members_importfile_change", args=[file.pk]))
        headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name)}
        return HttpResponse(content, content_type=CONTENT_TYPES["xlsx"], headers=headers)

    def template_view(self, request, kind):
        """An empty sheet with drop-downs, also of the branches within reach."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if kind not in ImportKind:
            raise Http404
        reached = Branch.objects.visible_in(scope_for(request.user, ADD)).live().holding()
        content = template_book(kind, reached.order_by("name").values_list("name", flat=True))
        name = f"{ImportKind(kind).label}_导入模板.xlsx"
        headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name)}
        return HttpResponse(content, content_type=CONTENT_TYPES["xlsx"], headers=headers)

    # The list.

    @display(description="状态", label=COLOURS)
    def state_shown(self, file):
        return file.state, file.get_state_display()

    @display(description="检查结果")
    def counted(self, file):
        counts = file.found.get("counts", {})
        return "　".join(f"{fate.label} {counts[fate]}" for fate in LOOKED_AT if counts.get(fate))


def tiles(file) -> list[tuple[str, str, str, int]]:
    """The sorts of rows in the order in which they want to be looked at: each with label, hint and number."""
    counts, stays = file.found.get("counts"), file.found.get("stays")
    hints = {**HINTS, **HINTS_AFTER.get(file.state, {}), **(HINTS_WHERE_SOME_STAY if stays else {})}
    first = [(STAYS, "保留", "此后又有变动，没有动", stays)] if stays else []
    return first + [(fate, fate.label, hints[fate], counts[fate]) for fate in LOOKED_AT if counts]


def told_row(row, file) -> dict:
    """A row of the file as the page shows it."""
    said = json.loads(row.text(file.uid))
    headers = KINDS[file.kind].headers
    return {
        "number": row.number,
        "sheet": row.sheet,
        "title": said["title"],
        "faults": [located(key, words, headers) for key, words in said["faults"]],
        "warnings": said["warnings"],
        "changes": said["changes"],
        "matched_by": said["matched_by"],
        "left_out": said.get("left_out", []),
        "reason": reason(row, said, headers),
        "is_plain": not (said["faults"] or said["warnings"] or said["changes"] or said.get("left_out")),
    }
