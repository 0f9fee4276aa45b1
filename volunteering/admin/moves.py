"""The moves of a service order, each a page with what it asks."""

from functools import partial

from django import forms
from django.utils.html import format_html
from unfold.widgets import UnfoldAdminRadioSelectWidget

from branches.admin.forms import NOT_THERE, VersionedForm
from branches.gates import Act, scope_for
from core import clock
from core.errors import InvalidValue
from members.models import Member
from volunteering.gates import DISPATCH, candidates_for
from volunteering.models import Confirmation, Team
from volunteering.operations import (
    Said,
    Worked,
    accept_order,
    cancel_order,
    complete_order,
    confirm_order,
    decline_order,
    dispatch_order,
    reject_order,
    release_order,
    start_order,
)
from volunteering.states import MOVE_NAMES, OrderMove, after

ANSWER, CONFIRM = "volunteering.answer_serviceorder", "volunteering.confirm_serviceorder"
RATINGS = [("", "未评价"), *((number, f"{number}分") for number in (5, 4, 3, 2, 1))]
MOST_OFFERED = 12


class PlainForm(VersionedForm):
    """Nothing to fill in: the button itself says so."""


class ReasonForm(VersionedForm):
    reason = forms.CharField(label="原因", max_length=200)


class PersonForm(VersionedForm):
    """A choice among those who fit, each with the reasons for her place."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.found = candidates_for(self.request.user, self.row)
        self.fields["to"] = forms.ChoiceField(
            label=self.label,
            choices=self.offered(),
            widget=UnfoldAdminRadioSelectWidget,
            error_messages={"invalid_choice": NOT_THERE, "required": "请选择一人"},
            help_text="" if self.offered() else "附近的志愿服务队里没有合适的队员。",
        )
        choices = self.fields["to"].choices
        self.fields["to"].initial = choices[0][0] if len(choices) == 1 else None

    def refuse(self, refusal):
        chosen = self.cleaned_data.get("to")
        if any(each.member == chosen and not each.told for each in self.found):
            # What speaks against her now is her own branch's to know.
            refusal = InvalidValue(f"{chosen} 现在不便派单，请另选", field="to")
        for error in refusal.errors:
            error.field = {"member": "to"}.get(error.field, error.field)
        super().refuse(refusal)


class DispatchForm(PersonForm):
    label = "派给"

    def offered(self):
        fits = [each for each in self.found if each.fits]
        people = [(f"m{each.member.pk}", _described(each)) for each in fits[:MOST_OFFERED]]
        teams = {team.pk for each in fits for team in each.teams}
        scope = scope_for(self.request.user, "volunteering.view_team")
        seen = Team.objects.visible_in(scope).filter(pk__in=teams).order_by("name")
        return [*people, *((f"t{team.pk}", f"整队派单：{team}（谁先接归谁）") for team in seen)]

    def clean_to(self):
        sort, number = self.cleaned_data["to"][0], int(self.cleaned_data["to"][1:])
        return (Member if sort == "m" else Team).objects.get(pk=number)


class AcceptForm(PersonForm):
    """Who takes it: the one who was asked, or one of the team that was."""

    label = "接单人"

    def offered(self):
        if self.row.member:
            return [(str(self.row.member_id), str(self.row.member))]
        team = self.row.team_id
        hers = [each for each in self.found if each.fits and team in {row.pk for row in each.teams}]
        return [(str(each.member.pk), _described(each)) for each in hers]

    def clean_to(self):
        return Member.objects.get(pk=int(self.cleaned_data["to"]))


class CompleteForm(VersionedForm):
    on = forms.DateField(label="服务日期", initial=clock.today)
    began = forms.TimeField(label="开始时间", widget=forms.TextInput(attrs={"placeholder": "如 09:30"}))
    ended = forms.TimeField(label="结束时间", widget=forms.TextInput(attrs={"placeholder": "如 11:00"}))
    occasion = forms.CharField(label="服务内容", max_length=200, required=False)


class ConfirmForm(VersionedForm):
    confirmed_as = forms.ChoiceField(
        label="确认方式", choices=[each for each in Confirmation.choices if each[0] != Confirmation.TIMEOUT]
    )
    confirmer = forms.CharField(
        label="代确认人", max_length=50, required=False, help_text="点单人自己确认的不填"
    )
    rating = forms.TypedChoiceField(
        label="满意度", choices=RATINGS, coerce=int, empty_value=None, required=False
    )
    feedback = forms.CharField(label="意见", max_length=300, required=False)


def _described(candidate):
    return format_html(
        "<strong>{}</strong> {}分：{}", candidate.member, candidate.points, "，".join(candidate.reasons)
    )


def _dispatch(order, values, request):
    done = dispatch_order(order=order, **values, by=request.user, today=clock.today())
    return f"已派给“{done.member or done.team}”，请在 {done.answer_by} 前答复"


def _accept(order, values, request):
    done = accept_order(order=order, member=values["to"], by=request.user, today=clock.today())
    return f"“{done.member}”已接单"


def _decline(order, values, request):
    done = decline_order(order=order, by=request.user, today=clock.today())
    # Who it is may be out of the asker's scope.
    return "已谢绝，已改派给下一位合适的人" if done.member else "已谢绝，退回待派"


def _complete(order, values, request):
    version = values.pop("version")
    told = {"by": request.user, "today": clock.today(), "now": clock.now()}
    done = complete_order(order=order, worked=Worked(**values), version=version, **told)
    return f"服务时间已登记，请点单人在 {done.answer_by} 前确认"


def _confirm(order, values, request):
    version = values.pop("version")
    done = confirm_order(
        order=order, said=Said(**values), version=version, by=request.user, today=clock.today()
    )
    waiting = done.hour_entries.filter(verified_by=None).exists()
    return "已确认，服务完成" + ("；服务时间待他人核实" if waiting else "，服务时间已核实")


def _moved(order, values, request, *, operation, told):
    operation(order=order, **values, by=request.user, today=clock.today())
    return told


def is_legal(order, *, move) -> bool:
    return after(order.status, move) is not None


def _act(move, form, verb, perform, *, icon, note=""):
    offered = partial(is_legal, move=move)
    return Act(move, MOVE_NAMES[move], form, verb, perform, icon=icon, offered=offered, note=note)


ACTS = [
    _act(OrderMove.DISPATCH, DispatchForm, DISPATCH, _dispatch, icon="send",
         note="按得分从高到低排列，理由逐条列出；也可派给整队。"),
    _act(OrderMove.ACCEPT, AcceptForm, ANSWER, _accept, icon="thumb_up"),
    _act(OrderMove.DECLINE, PlainForm, ANSWER, _decline, icon="undo",
         note="谢绝不用说明原因，也不影响以后派单。"),
    _act(OrderMove.START, PlainForm, ANSWER,
         partial(_moved, operation=start_order, told="服务已开始"), icon="play_arrow"),
    _act(OrderMove.COMPLETE, CompleteForm, ANSWER, _complete, icon="task_alt"),
    _act(OrderMove.CONFIRM, ConfirmForm, CONFIRM, _confirm, icon="verified",
         note="登记服务时间的人来确认时，时间还须由他人核实。"),
    _act(OrderMove.RELEASE, PlainForm, DISPATCH,
         partial(_moved, operation=release_order, told="已退回待派"), icon="assignment_return",
         note="接单人去不了：退回待派，另派他人。"),
    _act(OrderMove.REJECT, ReasonForm, DISPATCH,
         partial(_moved, operation=reject_order, told="已拒绝"), icon="block"),
    _act(OrderMove.CANCEL, ReasonForm, DISPATCH,
         partial(_moved, operation=cancel_order, told="已取消"), icon="cancel"),
]  # fmt: skip
