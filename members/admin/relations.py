"""组织关系 and the events of the standing: their lists and what is done there."""

from django import forms
from django.contrib import admin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from branches.admin.forms import NOT_THERE, ReasonForm, UndoForm
from branches.gates import Act, OperationForm, ReadOnlyAdmin, ScopedAdmin, UnitFilter
from branches.models import Category
from core import clock
from members.admin.acts import what_stays
from members.admin.filters import (
    InForceFilter,
    MembershipBranchFilter,
)
from members.admin.of_members import OfMembers, member_link, page_of_member
from members.models import Membership, StandingEvent
from members.operations import (
    correct_membership,
    undo_enrolment,
    undo_standing,
)


def _undo_enrolment(membership, values, request):
    done = undo_enrolment(membership=membership, **values, by=request.user)
    return f"“{done}”在“{membership.branch}”的组织关系已撤回"


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


def _undo_standing(event, values, request):
    done = undo_standing(event=event, **values, by=request.user)
    now = f"现为{done.row.get_standing_display()}{what_stays(done.stays)}"
    return f"已撤回“{done.row}”的{event.get_move_display()}，{now}"


def is_latest(event) -> bool:
    return event.member.standing_events.first() == event


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
