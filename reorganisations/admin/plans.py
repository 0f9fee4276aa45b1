"""Plans: the list of what was done and is planned, each with its outcome, and the wizard that makes them."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from branches.gates import Act, ActForm, ScopedAdmin, UnitFilter, may
from core import clock
from reorganisations.admin.outcomes import shown
from reorganisations.admin.wizard import Wizard
from reorganisations.gates import ADD, KEEPING, VIEW, plan_verb
from reorganisations.models import Plan
from reorganisations.operations import cancel, carry_out, undo


class PlacesFilter(UnitFilter):
    """`?unit=<number>`: plans about what lies at the unit and below it."""

    relation = Plan._meta.get_field("unit")


class DecisionForm(ActForm):
    """A decision about the plan as the person saw it."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.row.version


def _carry_out(plan, values, request):
    carry_out(plan=plan, by=request.user, today=clock.today(), version=values["version"])
    return f"已办理“{plan}”"


def _cancel(plan, values, request):
    cancel(plan=plan, by=request.user, version=values["version"])
    return f"已取消“{plan}”"


def _undo(plan, values, request):
    undo(plan=plan, by=request.user, version=values["version"])
    return f"已撤回“{plan}”，一切恢复到办理之前"


def is_due(plan) -> bool:
    """Whether it can be carried out today."""
    return plan.is_planned and plan.effective_on <= clock.today()


@admin.register(Plan)
class PlanAdmin(ScopedAdmin):
    verbs = {"view": VIEW, "add": ADD}
    list_display = ["title", "effective_on", "state_shown", "place", "document", "by"]
    list_filter = [("state", ChoicesDropdownFilter), ("kind", ChoicesDropdownFilter), PlacesFilter]
    search_fields = ["title", "document"]
    search_help_text = "事项或文号"
    fields = ["title", ("state", "effective_on", "document"), "note", ("unit", "by", "made_at")]
    change_form_outer_after_template = "reorganisations/plan_panels.html"
    acts = [
        Act(
            "carry-out", "现在办理", DecisionForm, plan_verb, _carry_out, icon="check", offered=is_due,
            note="办理前会再检查一遍；有任何一项不能办时，什么都不会改动，并逐项说明。",
        ),
        Act(
            "cancel", "取消计划", DecisionForm, plan_verb, _cancel, icon="event_busy",
            offered=lambda plan: plan.is_planned, note="取消后不再办理，记录保留。",
        ),
        Act(
            "undo", "撤回", DecisionForm, plan_verb, _undo, icon="undo",
            offered=lambda plan: plan.is_carried_out,
            note="单位、党支部、党员的组织关系和居住地都恢复到办理之前。之后另有变动依赖它时不能撤回，会逐项说明。",
        ),
    ]  # fmt: skip

    class Media:
        css = {"all": ["reorganisations/wizard.css"]}

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("unit", "by")

    def has_add_permission(self, request):
        return super().has_add_permission(request) and any(may(request.user, verb) for verb in KEEPING)

    def has_change_permission(self, request, obj=None):
        return False

    def narrow(self, request, field_name, queryset):
        return queryset.live() if field_name == "unit" else queryset

    def add_view(self, request, form_url="", extra_context=None):
        """The wizard: choose what happened, fill in one form, see what it would do, confirm."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return Wizard(self, request).respond()

    def beside(self, request, plan):
        return {"plan": plan, "outcome": shown(plan.outcome, request.user)}

    # Columns.

    @admin.display(description="状态", ordering="state")
    def state_shown(self, plan):
        if is_due(plan):
            return "已到期，待办理"
        return plan.get_state_display()

    @admin.display(description="涉及范围")
    def place(self, plan):
        return plan.unit
