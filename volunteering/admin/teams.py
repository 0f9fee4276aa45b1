"""Volunteer teams: the list with who serves today, a team's own page, joining, leaving and leading."""

from django import forms
from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from branches.admin.forms import NOT_THERE, DatedActForm, UndoForm, VersionedForm, picked
from branches.gates import (
    Act,
    ActForm,
    OperationForm,
    ReadOnlyAdmin,
    RowFilter,
    ScopedAdmin,
    UnitFilter,
    scope_for,
)
from branches.models import Category, Unit
from branches.scope import Scope
from core import clock
from members.admin.filters import InForceFilter
from members.admin.of_members import OfMembers, member_link, page_of_member
from members.models import Member
from volunteering.models import Team, TeamMembership, VolunteerType
from volunteering.operations import (
    TeamChanges,
    amend_team,
    appoint_leader,
    dissolve_team,
    found_team,
    join_team,
    leave_team,
    undo_joining,
)

CHANGE_MEMBERSHIP = "volunteering.change_teammembership"


class TeamStateFilter(DropdownFilter):
    """Dissolved teams are out of the way until asked for."""

    title = "状态"
    parameter_name = "state"
    all_option = ("", "现有")

    def lookups(self, request, model_admin):
        return [("dissolved", "已解散"), ("all", "全部")]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.filter(dissolved_on__isnull=self.value() != "dissolved")


class TeamForm(OperationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"branch", "unit"} & set(self.fields):
            self.fields[name].error_messages["invalid_choice"] = NOT_THERE
        if "unit" in self.fields and not self.instance.pk:
            self.fields["unit"].required = False
            self.fields["unit"].help_text = "社区、小组或网格；留空则为牵头党组织所在的单位"


class JoinForm(ActForm):
    serves_as = forms.ChoiceField(
        label="类型", choices=VolunteerType.choices, initial=VolunteerType.OLD_MEMBER
    )
    since = forms.DateField(label="入队日期", initial=clock.today)
    field_order = ["member", "serves_as", "since"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        scope = scope_for(self.request.user, "volunteering.add_teammembership")
        reached = Member.objects.visible_in(scope).on_roster()
        relation = TeamMembership._meta.get_field("member")
        self.fields["member"] = picked(relation, self.model_admin, reached, label="党员")
        self.order_fields(self.field_order)


class LeaderForm(VersionedForm):
    field_order = ["membership"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        serving = self.row.memberships.serving(clock.today()).select_related("member")
        self.fields["membership"] = forms.ModelChoiceField(
            label="队长",
            queryset=serving.order_by("member__sort_key"),
            empty_label="请选择",
            widget=self.dressed[forms.Select],
            error_messages={"invalid_choice": NOT_THERE},
        )
        self.fields["membership"].label_from_instance = lambda row: row.member.name
        self.order_fields(self.field_order)


class LeaveForm(VersionedForm):
    on = forms.DateField(label="离队日期", initial=clock.today, help_text="当日起不再在队")


def _join(team, values, request):
    member = values.pop("member")
    done = join_team(team=team, member=member, values=values, by=request.user, today=clock.today())
    return f"“{member}”自 {done.since} 起加入“{team}”"


def _lead(team, values, request):
    appoint_leader(team=team, **values, by=request.user, today=clock.today())
    return f"“{values['membership'].member}”现为“{team}”队长"


def _dissolve(team, values, request):
    dissolve_team(team=team, **values, by=request.user, today=clock.today())
    return f"“{team}”已于 {values['on']} 解散"


def _leave(membership, values, request):
    done = leave_team(membership=membership, **values, by=request.user, today=clock.today())
    return f"“{done.member}”已于 {done.until} 离开“{done.team}”"


def _undo(membership, values, request):
    done = undo_joining(membership=membership, **values, by=request.user)
    return f"“{done}”加入“{membership.team}”的登记已撤回"


def is_live(team) -> bool:
    return team.dissolved_on is None


def is_in_force(membership) -> bool:
    return membership.until is None


@admin.register(Team)
class TeamAdmin(ScopedAdmin):
    form = TeamForm
    list_display = ["name", "branch", "unit", "leader_shown", "people", "skills", "founded_on", "state"]
    list_filter = [UnitFilter, TeamStateFilter]
    list_select_related = ["branch", "unit", "leader"]
    search_fields = ["name", "skills"]
    ordering = ["name", "pk"]
    autocomplete_fields = ["branch", "unit"]
    histories = {TeamMembership: "team"}
    change_form_outer_after_template = "volunteering/team_panels.html"
    fieldsets = [
        (None, {"fields": ["name", ("branch", "unit"), ("founded_on", "founding_document")]}),
        ("服务", {"fields": ["purpose", "skills"]}),
        ("解散", {"fields": [("dissolved_on", "dissolving_document")]}),
    ]
    acts = [
        Act("join", "添加队员", JoinForm, "volunteering.add_teammembership", _join, icon="person_add",
            offered=is_live, note="去世、转出或停止党籍的党员自当日起不再算作队员，不必另行办理离队。"),
        Act("leader", "设队长", LeaderForm, "volunteering.change_team", _lead, icon="military_tech",
            offered=is_live, note="队长从现有队员中产生。"),
        Act("dissolve", "解散", DatedActForm, "volunteering.dissolve_team", _dissolve, icon="block",
            offered=is_live, note="队员同日离队；解散之前的日子仍计入统计。"),
    ]  # fmt: skip

    def has_change_permission(self, request, obj=None):
        return (obj is None or is_live(obj)) and super().has_change_permission(request, obj)

    def get_queryset(self, request):
        today = clock.today()
        serving = TeamMembership.objects.serving(today).filter(team=OuterRef("pk"))
        number = serving.order_by().values("team").annotate(n=Count("pk")).values("n")
        return (
            super()
            .get_queryset(request)
            .annotate(
                people=Coalesce(Subquery(number), 0),
                is_led=Exists(serving.filter(member=OuterRef("leader"))),
            )
        )

    def get_fieldsets(self, request, obj=None):
        sections = super().get_fieldsets(request, obj)
        return sections if obj and not is_live(obj) else sections[:-1]

    def get_readonly_fields(self, request, obj=None):
        return ["branch", "founded_on", "dissolved_on", "dissolving_document"] if obj else []

    def reachable(self, request, queryset):
        if queryset.model is Unit:
            # Also the seat of a single branch: its secretary may name it as the base of her team.
            return queryset.visible_in(self.scope(request, "change"))
        return super().reachable(request, queryset)

    def narrow(self, request, field_name, queryset):
        if field_name == "branch":
            return queryset.live().exclude(category=Category.GROUP)
        return queryset.live() if field_name == "unit" else queryset

    def get_changeform_initial_data(self, request):
        return {"founded_on": clock.today(), **super().get_changeform_initial_data(request)}

    def perform(self, request, obj, form, change):
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        if change:
            return amend_team(team=obj, changes=TeamChanges(values, form.version_read), by=request.user)
        return found_team(branch=values.pop("branch"), values=values, by=request.user, today=clock.today())

    def beside(self, request, team):
        return {"team": team, "serving": _serving(team)}

    @display(description="队长")
    def leader_shown(self, team):
        return leader_of(team)

    @display(description="现有队员")
    def people(self, team):
        address = reverse("admin:volunteering_teammembership_changelist", query={"team": team.pk})
        return format_html('<a class="count" href="{}">{}</a>', address, team.people)

    @display(description="状态")
    def state(self, team):
        return f"{team.dissolved_on} 解散" if team.dissolved_on else "现有"


def leader_of(team) -> str:
    """Who leads the team; somebody who is no longer on the roster leads nothing."""
    if team.leader is None:
        return "缺位"
    return team.leader.name if team.is_led else f"缺位（{team.leader.name}已不在队）"


def _serving(team):
    rows = team.memberships.serving(clock.today()).select_related("member__branch")
    return rows.order_by("member__sort_key", "pk")


class TeamFilter(RowFilter):
    """`?team=<number>`: who is or was in the team."""

    title = "志愿服务队"
    parameter_name = "team"
    relation = TeamMembership._meta.get_field("team")


class EitherSideFilter(UnitFilter):
    """As the rows themselves are seen: where the team is, or where the member belongs."""

    def narrow(self, queryset, row):
        return queryset.visible_in(Scope(paths=(row.path,)))


@admin.register(TeamMembership)
class TeamMembershipAdmin(OfMembers, ReadOnlyAdmin):
    list_display = ["member_name", "team", "serves_as", "since", "until", "serving_now"]
    list_filter = [EitherSideFilter, TeamFilter, ("serves_as", ChoicesDropdownFilter), InForceFilter]
    list_select_related = ["member", "team"]
    ordering = ["-since", "-pk"]
    fields = ["member_link", "team_link", "serves_as", "since", "until"]
    readonly_fields = ["member_link", "team_link"]
    acts = [
        Act("leave", "离队", LeaveForm, CHANGE_MEMBERSHIP, _leave, icon="logout",
            offered=is_in_force, note="只离开这支服务队，组织关系不变；任队长的同时不再任队长。"),
        Act("undo", "撤回", UndoForm, CHANGE_MEMBERSHIP, _undo, icon="undo", leads_to=page_of_member,
            note="只用于登记有误；已派过单的请办理离队。撤回后变更历史保留。"),
    ]  # fmt: skip

    def allows(self, request, verb, row=None):
        # Seen from both sides; kept by who answers for the team.
        of_the_team = row and row.pk and verb == CHANGE_MEMBERSHIP
        return super().allows(request, verb, row.team if of_the_team else row)

    def get_queryset(self, request):
        serving = TeamMembership.objects.serving(clock.today()).filter(pk=OuterRef("pk"))
        return super().get_queryset(request).annotate(serves_now=Exists(serving))

    def narrow(self, request, field_name, queryset):
        return queryset.on_roster() if field_name == "member" else queryset

    @display(description="党员", ordering="member__sort_key")
    def member_name(self, membership):
        return membership.member.name

    @display(description="党员")
    def member_link(self, membership):
        return member_link(membership.member)

    @display(description="志愿服务队")
    def team_link(self, membership):
        address = reverse("admin:volunteering_team_change", args=[membership.team_id])
        return format_html('<a class="count" href="{}">{}</a>', address, membership.team)

    @display(description="现在队", boolean=True)
    def serving_now(self, membership):
        return membership.serves_now
