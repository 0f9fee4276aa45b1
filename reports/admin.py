"""The numbers of the rules, the bands of the figures, and the findings on the page of a branch."""

from django import forms
from django.contrib import admin
from django.utils.html import format_html_join

from branches.admin.forms import VersionedForm
from branches.gates import Act, ReadOnlyAdmin, may
from branches.models import Branch
from core import clock
from members.admin import BranchWithPeopleAdmin
from members.admin.filters import InForceFilter
from members.admin.kept import Kept
from reports.bands import HOW, read_bands, said_of, written_bands
from reports.desk import FINDINGS
from reports.findings import findings
from reports.models import LARGEST, Banded, Banding, Threshold
from reports.operations import Setting, set_bands, set_threshold

admin.site.unregister(Branch)


@admin.register(Branch)
class CheckedBranchAdmin(BranchWithPeopleAdmin):
    change_form_outer_after_template = "reports/branch_panels.html"

    def beside(self, request, branch):
        checked = request.method == "GET" and may(request.user, FINDINGS, branch)
        found = findings(Branch.objects.filter(pk=branch.pk), on=clock.today()) if checked else None
        return {**super().beside(request, branch), "checked": checked, "findings": found}


class RuleForm(VersionedForm):
    """From which day a rule is another, and where that is written."""

    since = forms.DateField(label="起始日期", initial=clock.today)
    source = forms.CharField(label="依据", max_length=200)


class ThresholdForm(RuleForm):
    value = forms.IntegerField(label="新的数值", min_value=0, max_value=LARGEST)
    field_order = ["value"]


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


class BandsForm(RuleForm):
    bands = forms.CharField(
        label="各档", widget=forms.Textarea(attrs={"rows": 16, "wrap": "off", "spellcheck": "false"})
    )
    field_order = ["bands"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        how = f"一行一档，依次写：{HOW[Banded(self.row.code)]}"
        self.fields["bands"].initial = written_bands(self.row.code, self.row.bands)
        self.fields["bands"].help_text = how + (
            "" if self.row.code == Banded.EDUCATION else "。第一档不写起始，包括其下的全部"
        )


def _set_bands(banding, values, request):
    bands = read_bands(banding.code, values.pop("bands"))
    setting = Setting(bands, **values)
    done = set_bands(banding=banding, setting=setting, by=request.user, today=clock.today())
    return f"自 {done.since} 起按新的分档统计。{done}"


@admin.register(Banding)
class BandingAdmin(Kept, ReadOnlyAdmin):
    list_display = ["code", "number", "source", "since", "until"]
    search_fields = ["source"]
    search_help_text = "依据"
    fields = ["code", "listed", "source", ("since", "until")]
    readonly_fields = ["listed"]
    acts = [
        Act(
            "set",
            "调整分档",
            BandsForm,
            "reports.change_threshold",
            _set_bands,
            icon="stacked_bar_chart",
            offered=lambda banding: banding.until is None,
            note="起始日期以前的数字仍按原来的分档，已上报的不变。",
        )
    ]

    @admin.display(description="档数")
    def number(self, banding):
        return len(banding.bands)

    @admin.display(description="各档")
    def listed(self, banding):
        return format_html_join("", "<div>{}：{}</div>", said_of(banding.code, banding.bands))
