"""The numbers of the rules, and the findings on the page of a branch."""

from django import forms
from django.contrib import admin

from branches.gates import Act, ReadOnlyAdmin, may
from branches.models import Branch
from core import clock
from members.admin import BranchWithPeopleAdmin
from members.admin.acts import VersionedForm
from members.admin.filters import InForceFilter
from members.admin.kept import Kept
from reports.desk import FINDINGS
from reports.findings import findings
from reports.models import LARGEST, Threshold
from reports.operations import Setting, set_threshold

admin.site.unregister(Branch)


@admin.register(Branch)
class CheckedBranchAdmin(BranchWithPeopleAdmin):
    change_form_outer_after_template = "reports/branch_panels.html"

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        branch = self.get_object(request, object_id) if object_id else None
        checked = branch is not None and request.method == "GET" and may(request.user, FINDINGS, branch)
        found = findings(Branch.objects.filter(pk=branch.pk), on=clock.today()) if checked else None
        context = {**(extra_context or {}), "checked": checked, "findings": found}
        return super().changeform_view(request, object_id, form_url, context)


class ThresholdForm(VersionedForm):
    value = forms.IntegerField(label="新的数值", min_value=0, max_value=LARGEST)
    since = forms.DateField(label="起始日期", initial=clock.today)
    source = forms.CharField(label="依据", max_length=200)


def _set(threshold, values, request):
    done = set_threshold(threshold=threshold, setting=Setting(**values), by=request.user, today=clock.today())
    return f"自 {done.since} 起：{done}"


@admin.register(Threshold)
class ThresholdAdmin(Kept, ReadOnlyAdmin):
    list_display = ["words", "value", "measure", "source", "since", "until"]
    list_filter = [InForceFilter]
    search_fields = ["words", "source"]
    search_help_text = "规则或依据"
    ordering = ["pk"]
    fields = ["words", ("value", "measure"), "source", ("since", "until")]
    acts = [
        Act(
            "set",
            "调整数值",
            ThresholdForm,
            "reports.change_threshold",
            _set,
            icon="tune",
            offered=lambda threshold: threshold.until is None,
            note="原来的数值保留到新数值的起始日期；体检和待办按当天有效的数值。",
        )
    ]
