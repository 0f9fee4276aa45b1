"""Rosters on their way out: how far the file is, the file once it is there, and nobody else's."""

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from unfold.decorators import display

from branches.admin.forms import VersionedForm
from branches.gates import Act, ReadOnlyAdmin
from core.audit import record
from members.admin.exports import sent
from members.admin.kept import Kept
from members.models import ExportFile
from members.operations import cancel_export
from members.states import ExportState

VIEW = "members.view_exportfile"
COLOURS = {
    ExportState.WRITING: "info",
    ExportState.READY: "success",
    ExportState.CANCELLED: "danger",
}


def _cancel(file, values, request):
    cancel_export(file=file, by=request.user, **values)
    return "正在停止，不会留下文件"


@admin.register(ExportFile)
class ExportFileAdmin(Kept, ReadOnlyAdmin):
    instead = "导出记录会保留；文件到期自动删除。"
    list_display = ["__str__", "layout", "total", "whole", "reason", "state_shown", "asked_at"]
    search_fields = ["reason"]
    search_help_text = "事由"
    ordering = ["-asked_at", "-pk"]
    acts = [
        Act(
            "cancel",
            "停止导出",
            VersionedForm,
            VIEW,
            _cancel,
            icon="close",
            offered=lambda file: file.is_at_work and not file.cancel_asked,
            note="停止后不会留下文件，需要时可以重新导出。",
        )
    ]

    class Media:
        css = {"all": ["members/imports.css"]}

    def get_queryset(self, request):
        own = super().get_queryset(request).filter(asked_by=request.user)
        return own.defer("content", "people")

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("<path:object_id>/progress/", wrap(self.progress_view), name="members_exportfile_progress"),
            path("<path:object_id>/file/", wrap(self.file_view), name="members_exportfile_file"),
        ]
        return own + super().get_urls()

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        file, answer = self.row_or_answer(request, object_id)
        if answer:
            return answer
        context = {
            "title": str(file),
            "file": file,
            "original": file,
            "state": COLOURS.get(file.state),
            "acts": self.buttons(request, file),
        }
        return self.page(request, "admin/members/exportfile/page.html", context)

    def progress_view(self, request, object_id):
        """How far the file is, asked every second; once it is there the page is loaded anew."""
        file, answer = self.row_or_answer(request, object_id)
        if answer:
            return answer
        response = self.page(request, "admin/members/exportfile/progress.html", {"file": file})
        if not file.is_at_work:
            response["HX-Refresh"] = "true"
        return response

    def file_view(self, request, object_id):
        """The file, as long as it is kept; that it was fetched is put on record."""
        file, answer = self.row_or_answer(request, object_id)
        if answer:
            return answer
        content = file.open_content()
        if content is None:
            messages.error(request, "文件还没有写好，或已过期删除")
            return HttpResponseRedirect(reverse("admin:members_exportfile_change", args=[file.pk]))
        record("exportfile.downloaded", file, by=request.user, fields=["content"], place=file.path)
        return sent(content, file.kind, str(file))

    @display(description="状态", label=COLOURS)
    def state_shown(self, file):
        return file.state, file.get_state_display()
