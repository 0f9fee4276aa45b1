"""The forms of an import: uploading, applying, saying what a header means."""

from django import forms
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from branches.admin.forms import VersionedForm, picked
from branches.gates import scope_for
from branches.models import Branch, Unit
from core import clock
from core.reading import LEFT_OUT, WRITTEN
from members.models import ImportKind, Membership
from members.operations import (
    headers_to_explain,
)
from members.sheets.kinds import KINDS

ADD = "members.add_importfile"


class UploadForm(forms.Form):
    """A file, what is in it, and where its people belong."""

    file = forms.FileField(
        label="文件",
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".xlsx,.xls,.ods,.csv,.txt,.et"}),
        help_text="Excel、WPS 或 CSV，最大 20 MB。全国汇总表、自己的花名册都可以，不必改成模板的样子",
    )
    kind = forms.ChoiceField(
        label="内容", choices=ImportKind.choices, initial=ImportKind.MEMBERS, widget=UnfoldAdminSelectWidget
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label="导入到",
        widget=UnfoldAdminSelectWidget,
        help_text="只能涉及该单位及其以下的党支部",
    )
    since = forms.DateField(
        label="组织关系起始日期",
        initial=clock.today,
        widget=UnfoldAdminDateWidget,
        help_text="表中没有“组织关系转入日期”的新党员，从这一天算起",
    )

    def __init__(self, *args, user, model_admin, **kwargs):
        super().__init__(*args, **kwargs)
        scope = scope_for(user, ADD)
        self.fields["unit"].queryset = Unit.objects.filter(path__in=scope.paths)
        self.fields["unit"].initial = self.fields["unit"].queryset.first()
        self.fields["unit"].empty_label = None
        relation = Membership._meta.get_field("branch")
        reached = Branch.objects.visible_in(scope).live().holding()
        self.fields["branch"] = picked(relation, model_admin, reached, label="登记到党支部")
        self.fields["branch"].required = False
        self.fields["branch"].help_text = "表中没写党支部的党员登记到这里；写了的以表中为准"
        self.order_fields(["file", "kind", "unit", "branch", "since"])

    def refuse(self, refusal):
        """Show what the operation refused where it belongs."""
        for error in refusal.errors:
            self.add_error(error.field if error.field in self.fields else None, error.detail)


class ApplyForm(VersionedForm):
    """All or nothing, or the good rows alone."""

    how = forms.ChoiceField(label="导入方式", widget=forms.RadioSelect)
    evidence = forms.CharField(
        label="更正依据",
        max_length=200,
        required=False,
        help_text="要改动已登记的出生、入党、转正等日期、学历或离退休类别：写明依据，如档案审核意见、文件名称和文号",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        writes, bad = self.row.counted(*WRITTEN), self.row.counted(*LEFT_OUT)
        whole, good = (
            ("all", f"全部导入（{writes} 行）"),
            ("good", f"只导入正确的 {writes} 行，跳过其余 {bad} 行"),
        )
        self.fields["how"].choices = [good] if bad else [whole]
        self.fields["how"].initial = self.fields["how"].choices[0][0]
        if not self.row.found.get("disputed"):
            del self.fields["evidence"]


class MappingForm(VersionedForm):
    """One question for each header that nobody knows."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        columns = KINDS[self.row.kind].headers
        for place, (title, key) in enumerate(headers_to_explain(self.row).items()):
            self.fields[f"header{place}"] = forms.ChoiceField(
                label=f"“{title}”这一列是",
                choices=[("", "不导入这一列"), *columns.items()],
                initial=key,
                required=False,
                widget=UnfoldAdminSelectWidget,
            )


def explained_headers(file) -> list[tuple[str, str]]:
    """Each header that was explained, and as which column; nothing when it is left out."""
    columns = KINDS[file.kind].headers
    return [(title, columns.get(key, "")) for title, key in file.explained_headers.items()]


def naming_headers(kind) -> list[str]:
    """The headers of which a sheet must have one, to say whom its rows are about."""
    return [header for key, header in kind.headers.items() if key in kind.naming]
