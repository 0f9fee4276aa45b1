"""Taking part in temporary organisations, and the sign-ins: their lists and what is done there."""

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from branches.admin.forms import ReasonForm, UndoForm, VersionedForm
from branches.gates import Act, ActForm, ReadOnlyAdmin, UnitFilter, scope_for
from branches.scope import Scope
from core import clock
from core.errors import DomainError
from members.admin.filters import (
    AffinityFilter,
    InForceFilter,
    SignedInFilter,
    TemporaryBranchFilter,
    VerifiedFilter,
)
from members.admin.of_members import OfMembers, member_link, page_of_member
from members.models import Affiliation, SignIn
from members.operations import (
    end_affiliation,
    record_sign_in,
    reopen_affiliation,
    undo_affiliation,
    undo_sign_in,
    verify_sign_ins,
)


def page_of_taking_part(sign_in) -> str:
    """The address of the affiliation to which the sign-in belongs."""
    return reverse("admin:members_affiliation_change", args=[sign_in.affiliation_id])


class EndForm(VersionedForm):
    on = forms.DateField(label="结束日期", initial=clock.today, help_text="当日起不再参加")

    def refuse(self, refusal):
        for error in refusal.errors:
            error.field = {"until": "on"}.get(error.field, error.field)
        super().refuse(refusal)


class SignInForm(ActForm):
    on = forms.DateField(label="日期", initial=clock.today)
    occasion = forms.CharField(label="活动内容", max_length=200, required=False)


class VerifyForm(ActForm):
    """Nothing to fill in: the button itself says so."""


def _end(affiliation, values, request):
    done = end_affiliation(affiliation=affiliation, **values, by=request.user, today=clock.today())
    return f"“{done.member}”已于 {done.until} 结束参加“{done.branch}”"


def _undo(affiliation, values, request):
    done = undo_affiliation(affiliation=affiliation, **values, by=request.user)
    return f"“{done}”参加“{affiliation.branch}”的登记已撤回"


def _reopen(affiliation, values, request):
    done = reopen_affiliation(affiliation=affiliation, **values, by=request.user)
    return f"“{done.member}”继续参加“{done.branch}”，没有中断"


def _who_takes_back(sign_in) -> str:
    """While nobody has verified it, it counts for nothing: whoever writes sign-ins down may mend it."""
    return "members.verify_signin" if sign_in.verified_by_id else "members.record_signin"


def _undo_sign_in(sign_in, values, request):
    undo_sign_in(sign_in=sign_in, **values, by=request.user)
    return f"已撤回 {sign_in}"


def _sign_in(affiliation, values, request):
    done = record_sign_in(affiliation=affiliation, **values, by=request.user, today=clock.today())
    return f"已登记“{affiliation.member}”{done.on} 参加活动，待他人核实"


def _verify(sign_in, values, request):
    verify_sign_ins(sign_ins=[sign_in], by=request.user)
    return f"已核实 {sign_in}"


class EitherSideFilter(UnitFilter):
    """As the rows themselves are seen: where the member belongs, or where she takes part."""

    def narrow(self, queryset, row):
        return queryset.visible_in(Scope(paths=(row.path,)))


def is_in_force(affiliation) -> bool:
    return affiliation.until is None


@admin.register(Affiliation)
class AffiliationAdmin(OfMembers, ReadOnlyAdmin):
    list_display = ["member_name", "branch", "affinity", "duty", "since", "until", "times"]
    list_filter = [EitherSideFilter, TemporaryBranchFilter, AffinityFilter, InForceFilter]
    list_select_related = ["member", "branch"]
    ordering = ["-since", "-pk"]
    fields = ["member_link", "branch", "duty", "since", "until"]
    readonly_fields = ["member_link"]
    histories = {SignIn: "affiliation"}
    change_form_outer_after_template = "admin/members/affiliation/sign_ins.html"
    acts = [
        Act(
            "sign-in",
            "登记参加",
            SignInForm,
            "members.record_signin",
            _sign_in,
            icon="how_to_reg",
            note="登记后由他人核实才计入；同一天只登记一次。",
        ),
        Act(
            "end",
            "结束参加",
            EndForm,
            "members.change_affiliation",
            _end,
            icon="event_busy",
            offered=is_in_force,
            note="只结束参加，组织关系不变。",
        ),
        Act(
            "reopen",
            "恢复参加",
            UndoForm,
            "members.change_affiliation",
            _reopen,
            icon="undo",
            offered=lambda affiliation: affiliation.until is not None,
            note="只用于“结束参加”办错了：如同没有结束过。",
        ),
        Act(
            "undo",
            "撤回参加",
            UndoForm,
            "members.add_affiliation",
            _undo,
            icon="undo",
            leads_to=page_of_member,
            note="只用于登记参加本身有误：这条登记取消，变更历史保留。已有参加记录的，须先撤回参加记录。",
        ),
    ]

    def narrow(self, request, field_name, queryset):
        return queryset.live().temporary() if field_name == "branch" else queryset.filter(on_roster=True)

    def get_queryset(self, request):
        verified = SignIn.objects.verified().filter(affiliation=OuterRef("pk")).order_by()
        times = Subquery(verified.values("affiliation").annotate(n=Count("pk")).values("n"))
        return super().get_queryset(request).annotate(verified_times=Coalesce(times, 0))

    def beside(self, request, affiliation):
        return {"sign_ins": affiliation.sign_ins.select_related("recorded_by", "verified_by")}

    @display(description="党员", ordering="member__sort_key")
    def member_name(self, affiliation):
        return affiliation.member.name

    @display(description="党员")
    def member_link(self, affiliation):
        return member_link(affiliation.member)

    @display(description="三缘类型")
    def affinity(self, affiliation):
        return affiliation.branch.get_affinity_display()

    @display(description="已核实次数")
    def times(self, affiliation):
        return affiliation.verified_times


@admin.register(SignIn)
class SignInAdmin(OfMembers, ReadOnlyAdmin):
    list_display = ["member_name", "branch", "on", "occasion", "recorded_by", "verified_by"]
    list_filter = [SignedInFilter, VerifiedFilter, ("on", RangeDateFilter)]
    list_select_related = ["affiliation__member", "affiliation__branch", "recorded_by", "verified_by"]
    search_fields = ["affiliation__member__name"]
    member_key = "affiliation__member"
    ordering = ["-on", "-pk"]
    fields = ["affiliation", "on", "occasion", "recorded_by", "verified_by"]
    actions = ["verify_chosen"]
    acts = [
        Act("verify", "核实", VerifyForm, "members.verify_signin", _verify, icon="verified",
            offered=lambda sign_in: sign_in.verified_by_id is None, not_by="recorded_by",
            note="登记人不能核实自己登记的记录。"),
        Act("undo", "撤回", ReasonForm, _who_takes_back, _undo_sign_in, icon="undo",
            note="只用于参加记录登记有误；撤回后不再计入，变更历史保留。", leads_to=page_of_taking_part),
    ]  # fmt: skip

    def has_verify_permission(self, request):
        return self.allows(request, "members.verify_signin")

    @admin.action(description="核实所选", permissions=["verify"])
    def verify_chosen(self, request, queryset):
        """Verify all that were chosen, or none: whoever cannot be verified is named."""
        reached = list(queryset.visible_in(scope_for(request.user, "members.verify_signin")))
        refused = _out_of_reach(request, queryset, reached)
        with transaction.atomic():
            try:
                verify_sign_ins(sign_ins=reached, by=request.user)
            except DomainError as refusal:
                refused += [error.detail for error in refusal.errors]
            transaction.set_rollback(bool(refused))
        if refused:
            messages.error(request, f"一条也没有核实。不能核实的：{'；'.join(refused)}")
        else:
            messages.success(request, f"已核实 {len(reached)} 条")

    @display(description="党员", ordering="affiliation__member__sort_key")
    def member_name(self, sign_in):
        return sign_in.affiliation.member.name

    @display(description="临时党组织")
    def branch(self, sign_in):
        return sign_in.affiliation.branch


def _out_of_reach(request, queryset, reached) -> list[str]:
    """What was chosen and may not be verified: rows that are out of sight in number, the others by name."""
    across = request.POST.get("select_across") == "1"
    unseen = 0 if across else len(set(request.POST.getlist("_selected_action"))) - queryset.count()
    told = [f"{unseen} 条所选记录不存在或不在您的管辖范围内"] if unseen else []
    return told + [f"{row}：不在您可核实的范围内" for row in queryset if row not in reached]
