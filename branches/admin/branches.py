"""Branches: the list with how many people each has today, and the form."""

from django.contrib import admin
from django.db.models import Case, Count, IntegerField, OuterRef, Subquery, When
from django.db.models.functions import Coalesce, Substr
from django.urls import reverse
from django.utils.html import format_html
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter

from branches.admin.forms import NOT_THERE, UndoForm, wizard_button
from branches.gates import Act, OperationForm, ScopedAdmin, UnitFilter, may
from branches.models import Branch, BranchPlacement, Category, Kind, Unit
from branches.models.branch import TEMPORARY_CATEGORIES
from branches.models.unit import STEP_LENGTH
from branches.operations import (
    BranchChanges,
    amend_branch,
    founds_for_the_district,
    open_branch,
    undo_founding,
)
from branches.scope import Scope
from core import clock

ENDED, TEMPORARY_SECTION = "撤销", "三缘型临时党组织"
FIXED = ["unit", "category", "kind", "parent", "founded_on"]


class StateFilter(DropdownFilter):
    """Dissolved branches are out of the way until asked for."""

    title = "状态"
    parameter_name = "state"
    all_option = ("", "现有")

    def lookups(self, request, model_admin):
        return [("dissolved", "已撤销"), ("all", "全部")]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.filter(dissolved_on__isnull=self.value() != "dissolved")


class BranchForm(OperationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"unit", "parent"} & set(self.fields):
            self.fields[name].error_messages["invalid_choice"] = NOT_THERE
        if "code" in self.fields:
            self.fields["code"].required = bool(self.instance.pk)
        if self.instance.pk and "approved_on" in self.fields:
            self.fields["approved_on"].help_text = "延长预计结束日期时，填写批准延长的日期"


def is_live(branch) -> bool:
    return branch.dissolved_on is None


def _undo(branch, values, request):
    undo_founding(branch=branch, **values, by=request.user)
    return f"“{branch}”已作为误建撤回，名称和代码可以重新使用"


def is_live_and_empty(branch) -> bool:
    # Of the rest that may rest on it the operation says what there is.
    return is_live(branch) and not branch.people


@admin.register(Branch)
class BranchAdmin(ScopedAdmin):
    form = BranchForm
    list_display = ["name_shown", "category", "kind", "seat", "street", "founded_on", "people", "state"]
    list_filter = [
        UnitFilter,
        ("kind", ChoicesDropdownFilter),
        ("category", ChoicesDropdownFilter),
        ("affinity", ChoicesDropdownFilter),
        StateFilter,
    ]
    search_fields = ["name", "short_name", "code"]
    search_help_text = "全称、简称、拼音首字母（gldzb）或代码"
    ordering = ["code"]
    autocomplete_fields = ["unit", "parent"]
    histories = {BranchPlacement: "branch"}
    change_form_outer_after_template = "branches/branch_panels.html"
    fieldsets = [
        (None, {"fields": ["name", ("short_name", "code"), ("unit", "parent"), ("category", "kind")]}),
        ("成立", {"fields": [("founded_on", "founding_document")]}),
        (ENDED, {"fields": [("dissolved_on", "dissolving_document")]}),
        (
            TEMPORARY_SECTION,
            {
                "fields": [("affinity", "place_type"), "expected_end_on"],
                "classes": ["temporary-only"],
                "description": "只有三缘型临时党组织填写；下面的依托单位、批准单位和批准日期也必须填写。"
                "党员参加临时党组织不转组织关系。",
            },
        ),
        ("依托和批准", {"fields": ["sponsor", "purpose", ("approved_by", "approved_on")]}),
        ("联系", {"fields": [("contact", "contact_phone"), "address"]}),
    ]

    acts = [
        Act("undo", "撤回（误建）", UndoForm, "branches.add_branch", _undo, icon="undo",
            offered=is_live_and_empty, aside=True,
            leads_to=lambda branch: reverse("admin:branches_branch_changelist"),
            note="只用于录入错误：这个党组织将不再存在，变更记录保留。已有党员、党小组、任职等的不能撤回；"
            "真实存在过的，请办理撤销。"),
    ]  # fmt: skip

    class Media:
        js = ["branches/temporary_only.js"]

    def has_change_permission(self, request, obj=None):
        return (obj is None or is_live(obj)) and super().has_change_permission(request, obj)

    def get_queryset(self, request):
        street = Unit.objects.filter(path=Substr(OuterRef("path"), 1, 2 * STEP_LENGTH)).values("name")
        seen = super().get_queryset(request).select_related("unit", "parent")
        return with_people(seen, clock.today()).annotate(street_name=Subquery(street))

    def get_fieldsets(self, request, obj=None):
        """Without what the branch cannot have: an end while it lives, temporary fields elsewhere."""
        left_out = self._left_out(obj)
        sections = [section for section in super().get_fieldsets(request, obj) if section[0] not in left_out]
        if obj and not self.has_change_permission(request, obj):
            # The contact is a person: her number is for who keeps the branch.
            sections = [*sections[:-1], ("联系", {"fields": ["address"]})]
        return sections

    def _left_out(self, obj) -> set:
        if obj is None:
            return {ENDED}
        left_out = set() if obj.is_temporary else {TEMPORARY_SECTION}
        return left_out | {ENDED} if is_live(obj) else left_out

    def reachable(self, request, queryset):
        if queryset.model is Unit:
            # Not the unit under a single branch, which may be seen but not founded on.
            return queryset.visible_in(Scope(self.scope(request, "add").paths))
        return super().reachable(request, queryset)

    def get_readonly_fields(self, request, obj=None):
        return [*FIXED, "dissolved_on", "dissolving_document"] if obj else []

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        field = super().formfield_for_choice_field(db_field, request, **kwargs)
        if db_field.name == "kind":
            field.choices = [choice for choice in field.choices if self._may_choose(request, choice[0])]
        return field

    def _may_choose(self, request, kind) -> bool:
        return kind != Kind.DISTRICT_DIRECT or founds_for_the_district(request.user, clock.today())

    def narrow(self, request, field_name, queryset):
        if field_name == "parent":
            return queryset.live().exclude(category=Category.GROUP).exclude(category__in=TEMPORARY_CATEGORIES)
        return queryset.live()

    def choice_texts(self, rows):
        return {row.pk: f"{row}（{row.unit}）" for row in rows}

    def get_changeform_initial_data(self, request):
        return {
            "founded_on": clock.today(),
            "category": Category.BRANCH,
            **super().get_changeform_initial_data(request),
        }

    def perform(self, request, obj, form, change):
        values = {name: form.cleaned_data[name] for name in form.cleaned_data if name != "version"}
        if change:
            changes = BranchChanges(values, form.version_read)
            return amend_branch(branch=obj, changes=changes, by=request.user, today=clock.today())
        return open_branch(unit=values.pop("unit"), values=values, by=request.user, today=clock.today())

    def beside(self, request, branch):
        return {"panels": self._panels(request, branch)}

    def _panels(self, request, branch):
        founds = is_live(branch) and may(request.user, "branches.add_branch", branch)
        founds = founds and self._may_choose(request, branch.kind)
        add = reverse("admin:branches_branch_add")
        group = f"{add}?unit={branch.unit_id}&parent={branch.pk}&category={Category.GROUP}&kind={branch.kind}"
        return {
            "branch": branch,
            "people_link": people_link(branch),
            "group_link": group
            if founds and branch.category in (Category.BRANCH, Category.JOINT_BRANCH)
            else "",
            "groups": with_people(
                branch.children.visible_in(self.scope(request, "view")).live(), clock.today()
            ).order_by("code"),
            "placements": branch.placements.select_related("unit", "reorganisation").order_by("-since"),
        }

    def buttons(self, request, row):
        """Moves, mergers and the like have a wizard of their own, on a floor above."""
        allowed = row is not None and may(request.user, "branches.change_branch", row)
        return [*super().buttons(request, row), *wizard_button(row, "branches", allowed=allowed)]

    # Columns.

    @admin.display(description="名称", ordering="name")
    def name_shown(self, branch):
        if branch.short_name and branch.short_name != branch.name:
            return format_html('<span title="{}">{}</span>', branch.name, branch.short_name)
        return branch.name

    @admin.display(description="所在单位", ordering="unit__name")
    def seat(self, branch):
        return branch.unit

    @admin.display(description="街道")
    def street(self, branch):
        return branch.street_name

    @admin.display(description="现有人数")
    def people(self, branch):
        return format_html('<a class="count" href="{}">{}</a>', people_link(branch), branch.people)

    @admin.display(description="状态")
    def state(self, branch):
        return f"{branch.dissolved_on} 撤销" if branch.dissolved_on else "现有"


def with_people(branches, day):
    """The branches with the number of people in each today.

    A branch has its members, a group those assigned to it, a temporary organisation those who take part.
    """
    members = _count(Branch.memberships, "branch", day)
    groups = _count(Branch.group_memberships, "group", day)
    taking_part = _count(Branch.affiliations, "branch", day)
    return branches.annotate(
        people=Case(
            When(category=Category.GROUP, then=groups),
            When(kind=Kind.TEMPORARY, then=taking_part),
            default=members,
            output_field=IntegerField(),
        )
    )


def _count(relation, key, day):
    # The roster is a floor above; the branch knows it only by the name of the relation.
    rows = relation.rel.related_model.objects.on(day).filter(**{key: OuterRef("pk")})
    return Coalesce(Subquery(rows.order_by().values(key).annotate(n=Count("pk")).values("n")), 0)


def people_link(branch) -> str:
    """Where the people behind the number are listed, on the pages of the roster."""
    if branch.kind == Kind.TEMPORARY:
        return reverse("admin:members_affiliation_changelist", query={"branch": branch.pk})
    parameter = "group" if branch.category == Category.GROUP else "branch"
    return reverse("admin:members_member_changelist", query={parameter: branch.pk})
