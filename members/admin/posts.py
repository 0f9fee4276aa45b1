"""Terms and posts: their lists, extending and ending a term, relieving from a post."""

from django import forms
from django.contrib import admin
from django.urls import reverse
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from branches.admin.forms import UndoForm, VersionedForm
from branches.gates import Act, ReadOnlyAdmin, RowFilter, UnitFilter
from core import clock
from members.admin.acts import what_stays
from members.admin.filters import InForceFilter
from members.admin.kept import Kept
from members.admin.of_members import OfMembers, member_link
from members.models import Post, Term
from members.operations import end_term, extend_term, relieve_post, undo_post, undo_term

CHANGE = "members.change_post"
UNTIL_TO_ON = {"until": "on"}


class PostBranchFilter(RowFilter):
    """`?branch=<number>`: the posts of one organisation."""

    title = "党组织"
    parameter_name = "branch"
    relation = Post._meta.get_field("branch")


class TermBranchFilter(PostBranchFilter):
    """`?branch=<number>`: the terms of one branch."""

    relation = Term._meta.get_field("branch")


class DueFilter(DropdownFilter):
    """Terms that should have been followed by an election."""

    title = "换届"
    parameter_name = "due"

    def lookups(self, request, model_admin):
        return [("over", "已届满"), ("not_yet", "未届满")]

    def queryset(self, request, queryset):
        if self.value() not in ("over", "not_yet"):
            return queryset
        over = queryset.in_force().filter(due_on__lte=clock.today())
        return over if self.value() == "over" else queryset.in_force().filter(due_on__gt=clock.today())


class RelieveForm(VersionedForm):
    on = forms.DateField(label="免去日期", initial=clock.today, help_text="当日起不再任职")
    reason = forms.CharField(label="免去原因", max_length=200)

    def refuse(self, refusal):
        for error in refusal.errors:
            error.field = UNTIL_TO_ON.get(error.field, error.field)
        super().refuse(refusal)


class ExtendForm(VersionedForm):
    to = forms.DateField(label="延期到")
    document = forms.CharField(label="上级批复文号", max_length=100)


class EndTermForm(VersionedForm):
    on = forms.DateField(label="终止日期", initial=clock.today)
    reason = forms.CharField(label="终止原因", max_length=200)


def _relieve(post, values, request):
    done = relieve_post(post=post, **values, by=request.user, today=clock.today())
    return f"已免去“{done.member}”的“{done.branch}”{done.get_post_display()}（{done.until}）"


def _undo(post, values, request):
    done = undo_post(post=post, **values, by=request.user)
    return f"“{done}”在“{post.branch}”的{post.get_post_display()}职务已撤回"


def _extend(term, values, request):
    done = extend_term(term=term, **values, by=request.user)
    return f"“{done.branch}”的届满日期延至 {done.due_on}"


def _end(term, values, request):
    done = end_term(term=term, **values, by=request.user, today=clock.today())
    return f"“{done.branch}”的这一届已于 {done.until} 终止，职务同日免去"


def _undo_term(term, values, request):
    done = undo_term(term=term, **values, by=request.user)
    return f"“{done.row}”{term.since} 选举的一届已撤回，此前的班子照旧{what_stays(done.stays)}"


def page_of_terms(term) -> str:
    """The list: the term is gone."""
    return reverse("admin:members_term_changelist")


def page_of_posts(post) -> str:
    """The list: who takes back a post may not be allowed to see the member's own page."""
    return reverse("admin:members_post_changelist")


def is_in_force(row) -> bool:
    return row.until is None


@admin.register(Post)
class PostAdmin(OfMembers, ReadOnlyAdmin):
    list_display = ["member_name", "branch", "post", "origin", "since", "until"]
    list_filter = [
        UnitFilter,
        PostBranchFilter,
        ("post", ChoicesDropdownFilter),
        ("origin", ChoicesDropdownFilter),
        InForceFilter,
    ]
    list_select_related = ["member", "branch"]
    ordering = ["branch__code", "-since", "pk"]
    fields = [
        "member_link",
        ("branch", "post"),
        ("origin", "term"),
        ("since", "document"),
        ("until", "ended_reason"),
    ]
    readonly_fields = ["member_link"]
    acts = [
        Act(
            "relieve",
            "免去职务",
            RelieveForm,
            CHANGE,
            _relieve,
            icon="person_remove",
            offered=is_in_force,
            note="只免去职务，组织关系不变；换届时原有职务自动终止，不必逐个免去。",
        ),
        Act(
            "undo",
            "撤回",
            UndoForm,
            CHANGE,
            _undo,
            icon="undo",
            leads_to=page_of_posts,
            note="只用于登记错了的任职：撤回后如同没有任过这个职务，变更历史保留。任过又不再任的，请免去职务。",
        ),
    ]

    def allows(self, request, verb, row=None):
        # Seen from both sides; kept by who answers for the organisation in which the post is.
        return super().allows(request, verb, row.branch if row and row.pk and verb == CHANGE else row)

    @display(description="党员", ordering="member__sort_key")
    def member_name(self, post):
        return post.member.name

    @display(description="党员")
    def member_link(self, post):
        return member_link(post.member)


@admin.register(Term)
class TermAdmin(Kept, ReadOnlyAdmin):
    list_display = ["branch", "since", "years", "due_on", "overdue", "until"]
    list_filter = [UnitFilter, TermBranchFilter, DueFilter, InForceFilter]
    list_select_related = ["branch"]
    search_fields = ["branch__name", "branch__short_name", "branch__code"]
    search_help_text = "党支部名称或代码"
    ordering = ["due_on", "pk"]
    fields = [
        "branch",
        ("since", "years"),
        ("due_on", "extension_document"),
        "document",
        ("until", "ended_reason"),
    ]
    histories = {Post: "term"}
    acts = [
        Act(
            "extend",
            "延期换届",
            ExtendForm,
            "members.change_term",
            _extend,
            icon="more_time",
            offered=is_in_force,
            note="须经上级党组织批准，延期一般不超过一年。",
        ),
        Act(
            "end",
            "提前终止",
            EndTermForm,
            "members.change_term",
            _end,
            icon="event_busy",
            offered=is_in_force,
            note="这一届的全部职务同日终止。举行了新的选举，请在党支部页面办理“换届选举”，不必先终止。",
        ),
        Act(
            "undo",
            "撤回",
            UndoForm,
            "members.change_term",
            _undo_term,
            icon="undo",
            leads_to=page_of_terms,
            note="只用于登记错了的换届：这一届的职务先逐个撤回，然后撤回这一届；因这次换届终止的上一届和职务随之恢复。",
        ),
    ]

    @display(description="换届")
    def overdue(self, term):
        return "" if term.until else term.state_on(clock.today())
