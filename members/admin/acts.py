"""What is done to a member besides amending: moves of the standing, a 组织关系 that begins, taking part."""

from functools import partial

from django import forms

from branches.admin.forms import UndoForm, VersionedForm, picked
from branches.gates import Act, ActForm, scope_for
from branches.models import Branch
from core import clock
from core.errors import StaleVersion
from members.admin.forms import entry_fields
from members.admin.settling import Settling
from members.models import Affiliation, Membership, RosterIn, SuspendReason
from members.models.codes import ENTERED_BY
from members.obligations import Leaving
from members.operations import (
    Entry,
    StandingChange,
    affiliate,
    change_standing,
    enrol,
    undo_registration,
)
from members.operations.standing import exits_of
from members.states import GOOD_STANDING, MOVE_NAMES, StandingMove, after

ICONS = {
    StandingMove.CONFIRM: "verified",
    StandingMove.EXTEND: "more_time",
    StandingMove.SUSPEND: "pause_circle",
    StandingMove.RESTORE: "restart_alt",
    StandingMove.EXIT: "logout",
    StandingMove.DECEASE: "event_busy",
}
NOTES = {
    StandingMove.CONFIRM: "预备期满一年，经支部大会讨论、上级党委批准后办理；日期为支部大会通过之日。",
    StandingMove.EXTEND: "预备期可延长一次，半年到一年；延长后仍为预备党员。",
    StandingMove.SUSPEND: "失去联系六个月以上且查找无果，或出国定居等；组织关系于当日终止，不再计入党员数。"
    "名下的未了事项在下面一并了结。",
    StandingMove.RESTORE: "恢复党籍须写明编入的党支部；组织关系自当日起重新建立。",
    StandingMove.EXIT: "组织关系于当日终止，名下的未了事项在下面一并了结；记录保留，不删除。",
    StandingMove.DECEASE: "组织关系于当日终止，名下的未了事项在下面一并了结；记录保留，不删除。",
}


class StandingForm(VersionedForm):
    """A move of the standing: its day, its ground, and what the move itself asks for."""

    on = forms.DateField(label="日期", initial=clock.today)
    document = forms.CharField(label="文号", max_length=100, required=False, help_text="没有正式文件可留空")
    note = forms.CharField(label="说明", max_length=500, required=False)


class DeceaseForm(Settling, StandingForm):
    leaving = Leaving.DEATH


class SuspendForm(Settling, StandingForm):
    leaving = Leaving.SUSPENSION
    reason = forms.ChoiceField(label="情形", choices=[("", "请选择"), *SuspendReason.choices])
    field_order = ["reason", "on", "document", "note"]


class ExitForm(Settling, StandingForm):
    leaving = Leaving.EXIT
    reason = forms.ChoiceField(label="情形")
    field_order = ["reason", "on", "document", "note"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reasons = [(each.value, each.label) for each in exits_of(self.row.standing)]
        self.fields["reason"].choices = [("", "请选择"), *reasons]


class RestoreForm(StandingForm):
    field_order = ["branch", "on", "document", "note"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reached = Branch.objects.visible_in(scope_for(self.request.user, "members.change_standing"))
        relation = Membership._meta.get_field("branch")
        self.fields["branch"] = picked(
            relation, self.model_admin, reached.live().holding(), label="编入党支部"
        )
        self.order_fields(self.field_order)


class EnrolForm(VersionedForm):
    """A 组织关系 for somebody who has none."""

    since = forms.DateField(label="起始日期", initial=clock.today)
    began_by = forms.ChoiceField(label="增加方式", choices=ENTERED_BY, initial=RosterIn.TRANSFER_IN)
    document = forms.CharField(label="增加依据", max_length=100, required=False, help_text="介绍信编号或文号")
    field_order = ["branch", "group", "since", "began_by", "document", "handed_over_by"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields |= entry_fields(self.model_admin, self.request.user, "members.add_membership")
        self.order_fields(self.field_order)


def what_stays(stays) -> str:
    """What ended with something that was taken back and stays so, for the person to see to."""
    return f"。没有随之恢复，需要时请另行办理：{'、'.join(stays)}" if stays else ""


class AffiliateForm(ActForm):
    """Taking part in a temporary organisation; the 组织关系 stays where it is."""

    since = forms.DateField(label="起始日期", initial=clock.today)
    duty = forms.CharField(label="分工", max_length=100, required=False)
    field_order = ["branch", "since", "duty"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reached = Branch.objects.visible_in(scope_for(self.request.user, "members.add_affiliation"))
        relation = Affiliation._meta.get_field("branch")
        self.fields["branch"] = picked(
            relation, self.model_admin, reached.live().temporary(), label="三缘型临时党组织"
        )
        self.order_fields(self.field_order)


def _move(member, values, request, *, move):
    change = StandingChange(move=move, **values)
    change_standing(member=member, change=change, by=request.user, today=clock.today())
    return f"已为“{member}”办理{MOVE_NAMES[move]}（{values['on']}）"


def _enrol(member, values, request):
    if values.pop("version") != member.version:
        raise StaleVersion(f"“{member}”已被他人修改，请重新打开此页再办理")
    done = enrol(member=member, entry=Entry(**values), by=request.user, today=clock.today())
    return f"“{member}”的组织关系自 {done.since} 起落在“{done.branch}”"


def _affiliate(member, values, request):
    done = affiliate(
        member=member, branch=values.pop("branch"), values=values, by=request.user, today=clock.today()
    )
    return f"“{member}”自 {done.since} 起参加“{done.branch}”"


def _undo_registration(member, values, request):
    done = undo_registration(member=member, **values, by=request.user)
    return f"“{done}”的登记已撤回，标为录入错误，不再计入名册；身份证号可以重新登记"


def is_legal(member, *, move) -> bool:
    return after(member.standing, move) is not None


def counts_as_member(member) -> bool:
    return member.standing in GOOD_STANDING


def lacks_relation(member) -> bool:
    return not member.on_roster and counts_as_member(member)


def _standing_act(move):
    form = {
        StandingMove.SUSPEND: SuspendForm,
        StandingMove.EXIT: ExitForm,
        StandingMove.DECEASE: DeceaseForm,
        StandingMove.RESTORE: RestoreForm,
    }.get(move, StandingForm)
    return Act(
        move,
        MOVE_NAMES[move],
        form,
        "members.change_standing",
        partial(_move, move=move),
        icon=ICONS[move],
        offered=partial(is_legal, move=move),
        note=NOTES[move],
    )


ACTS = [
    Act(
        "enrol",
        "建立组织关系",
        EnrolForm,
        "members.add_membership",
        _enrol,
        icon="badge",
        offered=lacks_relation,
        note="为没有组织关系的党员建立组织关系；一人同时只能有一个。",
    ),
    Act(
        "affiliate",
        "参加临时党组织",
        AffiliateForm,
        "members.add_affiliation",
        _affiliate,
        icon="diversity_3",
        offered=lambda member: member.on_roster,
        note="组织关系不变；可同时参加多个临时党组织。",
    ),
    *(_standing_act(move) for move in StandingMove),
    Act(
        "undo-registration",
        "撤回登记",
        UndoForm,
        "members.undo_registration",
        _undo_registration,
        icon="undo",
        offered=counts_as_member,
        note="只用于登记本身有误，如认错人、重复登记：这名党员标为“录入错误”，组织关系取消，记录和变更历史保留。"
        "登记之后已有转接、任职、党籍变动、参加临时党组织等，须先撤回这些。",
    ),
]
