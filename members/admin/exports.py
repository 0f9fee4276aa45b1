"""Rosters out: what is on the screen, in our layout or the national one, masked unless a reason is given."""

from django import forms
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from branches.gates import may, scope_for
from branches.models import Branch, Unit
from core import clock
from core.errors import DomainError
from core.sheets import CONTENT_TYPES, csv_lines, xlsx
from members.gates import id_shown
from members.sheets.exporting import HEADER, WIDTHS, Wanted, check_wanted, lines, telling, write_down
from members.sheets.rollup import rollup_book

WHOLE = "members.reveal_roster"


class ExportForm(forms.Form):
    """Which layout, which kind of file, and whether whole numbers are needed."""

    layout = forms.ChoiceField(
        label="样式",
        choices=[
            ("roster", "本系统名册（可再导入）"),
            ("rollup", "党员基本信息汇总表（全国样式，四行表头）"),
        ],
        initial="roster",
        widget=forms.RadioSelect,
    )
    kind = forms.ChoiceField(
        label="文件",
        choices=[("xlsx", "Excel（.xlsx）"), ("csv", "CSV")],
        initial="xlsx",
        widget=forms.RadioSelect,
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
        wanted = form.wanted()
        try:
            check_wanted(wanted, count)
            self._check_reach(request.user, wanted, members, count)
        except DomainError as refusal:
            form.refuse(refusal)
            return None
        scope = scope_for(request.user, self.verb("view"))
        units, branches = (
            Unit.objects.filter(path__in=scope.paths),
            Branch.objects.filter(pk__in=scope.branch_ids),
        )
        places = [*units, *branches]
        write_down(wanted, count, places, by=request.user)
        return _file(wanted, members, places, request.user)

    def _check_reach(self, user, wanted, members, count):
        if wanted.whole and members.visible_in(scope_for(user, WHOLE)).count() != count:
            raise DomainError("其中有人不在您可查看完整号码的范围内，请先筛选", field="whole")


def _masked_for(user):
    """What the account may be told of a member's ID number."""
    return lambda member: id_shown(user, member.id_last4, path=member.path, branch=member.branch_id)


def _file(wanted, members, places, user):
    """The file asked for."""
    told, today = telling(whole=wanted.whole, masked=_masked_for(user)), clock.today()
    name = f"名册_{today:%Y%m%d}.{wanted.kind}"
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name)}
    if wanted.kind == "csv":
        stream = csv_lines(HEADER, lines(members, told))
        return StreamingHttpResponse(stream, content_type=CONTENT_TYPES["csv"], headers=headers)
    if wanted.layout == "rollup":
        unit = "、".join(map(str, places))
        content = rollup_book(members, told, unit=unit, on=today, by=user)
    else:
        content = xlsx(HEADER, lines(members, told), widths=WIDTHS)
    return HttpResponse(content, content_type=CONTENT_TYPES["xlsx"], headers=headers)
