"""Rosters out: what is on the screen, in our layout or the national one, masked unless a reason is given."""

from django import forms
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from branches.gates import may, scope_for
from core import clock
from core.errors import DomainError
from core.sheets import CONTENT_TYPES, written
from members.gates import masked_for
from members.models import ExportKind, ExportLayout
from members.models.exports import shown_as
from members.operations import Wanted, ask_export
from members.operations.exports import AT_ONCE_PEOPLE, check_wanted, places_of, write_down
from members.sheets.exporting import HEADER, WIDTHS, lines, read_members, telling
from members.sheets.rollup import rollup_book

WHOLE = "members.reveal_roster"


class ExportForm(forms.Form):
    """Which layout, which kind of file, and whether whole numbers are needed."""

    layout = forms.ChoiceField(
        label="样式",
        choices=ExportLayout.choices,
        initial=ExportLayout.ROSTER,
        widget=forms.RadioSelect,
    )
    kind = forms.ChoiceField(
        label="文件",
        choices=ExportKind.choices,
        initial=ExportKind.XLSX,
        widget=forms.RadioSelect,
        help_text="CSV 供其他程序读取；用 Excel 打开 CSV 会改掉身份证号，要打开看请选 Excel",
    )
    whole = forms.BooleanField(
        label="包含完整的身份证号和电话",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text="不选时只有后四位",
    )
    reason = forms.CharField(
        label="事由",
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="选了完整号码时必填；事由连同您的账号写入审计记录",
    )

    def __init__(self, *args, may_see_whole, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_see_whole:
            del self.fields["whole"], self.fields["reason"]

    def wanted(self) -> Wanted:
        """What was asked for."""
        read = self.cleaned_data
        return Wanted(read["layout"], read["kind"], read.get("whole", False), read.get("reason", ""))

    def refuse(self, refusal):
        """Show what was refused where it belongs."""
        for error in refusal.errors:
            self.add_error(error.field if error.field in self.fields else None, error.detail)


class Exports:
    """Mixin of the roster's page: a page that gives the filtered list as a file."""

    list_before_template = "admin/members/member/export_link.html"

    def get_urls(self):
        own = path("export/", self.admin_site.admin_view(self.export_view), name="members_member_export")
        return [own, *super().get_urls()]

    def export_view(self, request):
        """Ask how, then give the file; both keep to the filters in the address."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        back = reverse("admin:members_member_changelist")
        try:
            members = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return HttpResponseRedirect(back)
        form = ExportForm(request.POST or None, may_see_whole=may(request.user, WHOLE))
        count = members.count()
        if request.method == "POST" and form.is_valid():
            answer = self._exported(request, form, members, count)
            if answer:
                return answer
        context = {
            "title": f"导出名册（{count} 人）",
            "form": form,
            "back": f"{back}?{request.GET.urlencode()}",
            "count": count,
        }
        return self.page(request, "admin/members/member/export.html", context)

    def _exported(self, request, form, members, count):
        wanted, scope = form.wanted(), scope_for(request.user, self.verb("view"))
        try:
            check_wanted(wanted, count)
            self._check_reach(request.user, wanted, members, count)
            if count > AT_ONCE_PEOPLE:
                people = members.values_list("pk", flat=True)
                asked = ask_export(wanted=wanted, people=people, scope=scope, by=request.user)
                return HttpResponseRedirect(reverse("admin:members_exportfile_change", args=[asked.pk]))
        except DomainError as refusal:
            form.refuse(refusal)
            return None
        places = places_of(scope)
        write_down(wanted, count, places, by=request.user)
        return _file(wanted, members, places, request.user)

    def _check_reach(self, user, wanted, members, count):
        if wanted.whole and members.visible_in(scope_for(user, WHOLE)).count() != count:
            raise DomainError("其中有人不在您可查看完整号码的范围内，请先筛选", field="whole")


def _file(wanted, members, places, user):
    """The file asked for, of few people."""
    told, today = telling(whole=wanted.whole, masked=masked_for(user)), clock.today()
    members = read_members(members)
    if wanted.layout == ExportLayout.ROLLUP:
        unit = "、".join(map(str, places))
        content = rollup_book(members, told, unit=unit, on=today, by=user)
    else:
        content = written(wanted.kind, HEADER, lines(members, told), widths=WIDTHS)
    return sent(content, wanted.kind, f"名册_{shown_as(wanted.whole)}_{today:%Y%m%d}.{wanted.kind}")


def sent(content, kind, name):
    """The answer that the browser saves under the name."""
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name)}
    return HttpResponse(content, content_type=CONTENT_TYPES[kind], headers=headers)
