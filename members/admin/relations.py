"""组织关系, taking part, sign-ins and the events of the standing: their lists and what is done there."""

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from branches.admin.forms import NOT_THERE, ReasonForm, UndoForm, VersionedForm
from branches.gates import Act, ActForm, OperationForm, ReadOnlyAdmin, ScopedAdmin, UnitFilter, scope_for
from branches.models import Category
from branches.scope import Scope
from core import clock
from core.errors import DomainError
from members.admin.acts import what_stays
from members.admin.filters import (
    AffinityFilter,
    InForceFilter,
    MembershipBranchFilter,
    SignedInFilter,
    TemporaryBranchFilter,
    VerifiedFilter,
)
from members.admin.kept import Kept
from members.admin.search import SealedSearch
from members.models import Affiliation, Member, Membership, SignIn, StandingEvent
from members.operations import (
    correct_membership,
    end_affiliation,
    record_sign_in,
    reopen_affiliation,
    undo_affiliation,
    undo_enrolment,
    undo_sign_in,
    undo_standing,
    verify_sign_ins,
)

HINT = "党员姓名、拼音首字母、证件或手机后四位"


class OfMembers(Kept, SealedSearch):
    """Mixin of the lists whose rows belong to a member: found by her name, numbers and spellings."""

    search_fields = ["member__name"]
    search_help_text = HINT
    member_key = "member"

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        # Who takes part from elsewhere is found by name, which the list shows, and not by her numbers.
        seen = Member.objects.visible_in(scope_for(request.user, "members.view_member"))
        found = Q(**{f"{self.member_key}__in": seen.search(search_term).values("pk")})
        named = Q(**{f"{self.member_key}__name__contains": search_term.strip()})
        return queryset.filter(found | named), False


def _undo_enrolment(membership, values, request):
    done = undo_enrolment(membership=membership, **values, by=request.user)
    return f"“{done}”在“{membership.branch}”的组织关系已撤回"


def page_of_member(row) -> str:
    """The address of the member to whom the row belongs."""
    return reverse("admin:members_member_change", args=[row.member_id])


def page_of_taking_part(sign_in) -> str:
    """The address of the affiliation to which the sign-in belongs."""
    return reverse("admin:members_affiliation_change", args=[sign_in.affiliation_id])


def member_link(member) -> str:
    """Her name, leading to her page."""
    url = reverse("admin:members_member_change", args=[member.pk])
    return format_html('<a class="count" href="{}">{}</a>', url, member.name)


class MembershipForm(OperationForm):
    evidence = forms.CharField(
        label="更正依据",
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text="更正已填写的内容时必填：如介绍信编号、档案审核意见",
    )

    class Meta:
        help_texts = {"branch": "更正会改写过去，原样保留在变更历史中；调动请办理组织关系转接，不要在此更正"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"branch", "group", "handed_over_by"} & set(self.fields):
            field = self.fields[name]
            field.error_messages["invalid_choice"] = NOT_THERE
            # What stands there may stay, even where nothing new could begin.
            present = field.queryset.model.objects.filter(pk=getattr(self.instance, f"{name}_id"))
            field.queryset = field.queryset | present


@admin.register(Membership)
class MembershipAdmin(OfMembers, ScopedAdmin):
    form = MembershipForm
    list_display = ["member_name", "branch", "group", "since", "until", "began_by", "ended_by"]
    list_filter = [
        UnitFilter,
        MembershipBranchFilter,
        InForceFilter,
        ("began_by", ChoicesDropdownFilter),
        ("ended_by", ChoicesDropdownFilter),
    ]
    list_select_related = ["member", "branch", "group"]
    ordering = ["-since", "-pk"]
    autocomplete_fields = ["branch", "group", "handed_over_by"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "member_link",
                    ("branch", "group"),
                    ("since", "began_by"),
                    ("began_document", "handed_over_by"),
                    "evidence",
                ]
            },
        ),
        ("终止", {"fields": [("until", "ended_by"), "ended_document"]}),
    ]
    readonly_fields = ["member_link", "until", "ended_by", "ended_document"]
    acts = [
        Act(
            "undo",
            "撤回",
            UndoForm,
            "members.add_membership",
            _undo_enrolment,
            icon="undo",
            offered=lambda membership: membership.until is None,
            leads_to=page_of_member,
            note="只用于“建立组织关系”办错了：这段组织关系取消，党员回到没有组织关系的状态，变更历史保留。"
            "登记时建立的请更正或撤回登记；转接的请撤回转接。",
        ),
    ]

    def has_change_permission(self, request, obj=None):
        # Correcting rewrites the past of the branch too: both have to be the person's own.
        return super().has_change_permission(request, obj) and (
            obj is None or self.allows(request, self.verb("change"), obj.branch)
        )

    def get_fieldsets(self, request, obj=None):
        if self.has_change_permission(request, obj):
            return self.fieldsets
        (_, first), *rest = self.fieldsets
        return [(None, {"fields": [line for line in first["fields"] if line != "evidence"]}), *rest]

    def has_add_permission(self, request):
        # A relation begins on the member's page: registering, enrolling, restoring.
        return False

    def narrow(self, request, field_name, queryset):
        if field_name == "group":
            return queryset.live().filter(category=Category.GROUP)
        if field_name == "branch":
            return queryset.live().holding()
        return queryset

    def perform(self, request, obj, form, change):
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        return correct_membership(
            membership=obj,
            evidence=values.pop("evidence"),
            values=values,
            by=request.user,
            today=clock.today(),
            version=form.version_read,
        )

    @display(description="党员", ordering="member__sort_key")
    def member_name(self, membership):
        return membership.member.name

    @display(description="党员")
    def member_link(self, membership):
        return member_link(membership.member)


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


def _undo_sign_in(sign_in, values, request):
    undo_sign_in(sign_in=sign_in, **values, by=request.user)
    return f"已撤回 {sign_in}"


def _undo_standing(event, values, request):
    done = undo_standing(event=event, **values, by=request.user)
    now = f"现为{done.row.get_standing_display()}{what_stays(done.stays)}"
    return f"已撤回“{done.row}”的{event.get_move_display()}，{now}"


def is_latest(event) -> bool:
    return event.member.standing_events.first() == event


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
        Act("undo", "撤回", ReasonForm, "members.verify_signin", _undo_sign_in, icon="undo",
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


@admin.register(StandingEvent)
class StandingEventAdmin(OfMembers, ReadOnlyAdmin):
    list_display = ["member_name", "move", "before", "after", "on", "reason", "document"]
    list_filter = [UnitFilter, ("move", ChoicesDropdownFilter), ("on", RangeDateFilter)]
    list_select_related = ["member"]
    ordering = ["-on", "-pk"]
    acts = [
        Act(
            "undo",
            "撤回",
            ReasonForm,
            "members.change_standing",
            _undo_standing,
            icon="undo",
            offered=is_latest,
            leads_to=page_of_member,
            note="只用于办错了，如去世登记到别人名下：党籍、组织关系和参加的临时党组织恢复到办理以前的样子。"
            "只能从最近一次往前撤回。",
        ),
    ]
    fields = [
        "member_link",
        "move",
        "before",
        "after",
        "on",
        "reason",
        "document",
        "note",
        "by",
        "recorded_at",
    ]
    readonly_fields = ["member_link"]

    @display(description="党员", ordering="member__sort_key")
    def member_name(self, event):
        return event.member.name

    @display(description="党员")
    def member_link(self, event):
        return member_link(event.member)
