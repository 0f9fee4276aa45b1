"""Turns of the rota: who is on duty when, swaps, and what became of each."""

from django import forms
from django.contrib import admin
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from branches.admin.forms import NOT_THERE, VersionedForm
from branches.gates import Act, ReadOnlyAdmin, RowFilter
from core import clock
from members.admin.of_members import OfMembers, member_link
from members.models import Member
from volunteering.admin.claims import post_link
from volunteering.admin.next_acts import NextActs
from volunteering.admin.posts import PlainForm, ReasonForm, seen
from volunteering.admin.teams import EitherSideFilter
from volunteering.gates import ANSWER_TURN, CLAIM, KEEP_POST, word_counts
from volunteering.models import Claim, HourEntry, Turn
from volunteering.operations import (
    Worked,
    agree_to_swap,
    ask_swap,
    cancel_turn,
    decline_swap,
    finish_turn,
    miss_turn,
)
from volunteering.states import TURN_MOVES, TURN_NAMES, TurnMove, TurnStatus

COLOURS = {"待值": "info", "待换班": "warning", "已值": "success", "未值": "danger"}


class AskForm(VersionedForm):
    """Who at the post, of those in sight, is asked, and perhaps for which turn of hers."""

    field_order = ["to", "against"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        turn = self.row
        there = seen(self.request, Claim).seated().filter(post=turn.post).exclude(member=turn.member)
        others = Member.objects.filter(claims__in=there).order_by("sort_key", "pk")
        hers = seen(self.request, Turn).filter(
            post=turn.post, status=TurnStatus.PLANNED, on__gte=clock.today()
        )
        self.fields["to"] = self._choice("请谁换", others, "请选择")
        self.fields["against"] = self._choice(
            "换哪一班", hers.exclude(member=turn.member).select_related("member", "post"), "只请她代，不换"
        )
        self.fields["against"].required = False
        self.fields["to"].label_from_instance = lambda member: member.name
        self.order_fields(self.field_order)

    def _choice(self, label, queryset, empty):
        return forms.ModelChoiceField(
            label=label,
            queryset=queryset,
            empty_label=empty,
            widget=self.dressed[forms.Select],
            error_messages={"invalid_choice": NOT_THERE},
        )


class FinishForm(VersionedForm):
    began = forms.TimeField(label="开始时间", widget=forms.TextInput)
    ended = forms.TimeField(label="结束时间", widget=forms.TextInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("began", "ended"):
            self.fields[name].initial = f"{getattr(self.row, name):%H:%M}"


class CancelForm(VersionedForm):
    reason = forms.CharField(label="原因", max_length=200)


def _ask(turn, values, request):
    done = ask_swap(turn=turn, **values, by=request.user)
    return f"已请“{done.swap_to}”换班，等待其答复"


def _agree(turn, values, request):
    done = agree_to_swap(turn=turn, **values, by=request.user, today=clock.today())
    return f"已换班，{done.on} 由“{done.member}”值"


def _decline(turn, values, request):
    decline_swap(turn=turn, **values, by=request.user)
    return "已答复：不换"


def _finish(turn, values, request):
    worked = Worked(turn.on, values["began"], values["ended"], turn.post.name)
    told = {"by": request.user, "today": clock.today(), "now": clock.now()}
    finish_turn(turn=turn, worked=worked, version=values["version"], **told)
    return "已登记，服务时间待他人核实"


def _miss(turn, values, request):
    miss_turn(turn=turn, **values, by=request.user, today=clock.today())
    return "已登记未值"


def _cancel(turn, values, request):
    cancel_turn(turn=turn, **values, by=request.user)
    return "班次已取消"


def can(move):
    """Whether the move is legal for a turn."""
    return lambda turn: (turn.status, move) in TURN_MOVES


def is_due(move):
    """Whether the move is legal, and the turn's day has come."""
    return lambda turn: can(move)(turn) and turn.on <= clock.today()


class WhenFilter(DropdownFilter):
    """Turns to come, unless others are asked for."""

    title = "班次"
    parameter_name = "when"
    all_option = ("", "今天和以后")

    def lookups(self, request, model_admin):
        return [("unsettled", "已过未登记"), *TURN_NAMES.items(), ("all", "全部")]

    def queryset(self, request, queryset):
        today = clock.today()
        if self.value() == "all":
            return queryset
        if self.value() == "unsettled":
            return queryset.unsettled(today)
        if self.value() in TURN_NAMES:
            return queryset.filter(status=self.value())
        return queryset.upcoming().filter(on__gte=today)


class PostFilter(RowFilter):
    """`?post=<number>`: the turns of one post."""

    title = "岗位"
    parameter_name = "post"
    relation = Turn._meta.get_field("post")


@admin.register(Turn)
class TurnAdmin(NextActs, OfMembers, ReadOnlyAdmin):
    instead = "不需要的班次请取消，写明原因。"
    list_display = ["on", "span", "member_name", "post", "state", "swap_to"]
    list_filter = [EitherSideFilter, PostFilter, WhenFilter]
    list_select_related = ["member", "post__unit", "swap_to"]
    ordering = ["on", "began", "pk"]
    sortable_by = ["on", "member_name"]
    histories = {HourEntry: "turn"}
    fields = ["member_link", "post_link", ("on", "span"), "state", ("swap_to", "swap_for"), "reason"]
    readonly_fields = ["member_link", "post_link", "span", "state", "swap_to", "swap_for", "reason"]
    acts = [
        Act("finish", "值班完毕", FinishForm, KEEP_POST, _finish, icon="task_alt",
            offered=is_due(TurnMove.FINISH), note="记入服务时间，由登记人以外的人核实。"),
        Act("miss", "未值", ReasonForm, KEEP_POST, _miss, icon="event_busy", offered=is_due(TurnMove.MISS)),
        Act("agree", "同意换班", PlainForm, ANSWER_TURN, _agree, icon="thumb_up",
            offered=can(TurnMove.AGREE), note="替被请的党员答复。"),
        Act("decline", "不换", PlainForm, ANSWER_TURN, _decline, icon="thumb_down",
            offered=can(TurnMove.DECLINE)),
        Act("ask", "请人换班", AskForm, CLAIM, _ask, icon="swap_horiz", offered=can(TurnMove.ASK),
            note="对方答应才换；没有答应，班次不变。"),
        Act("cancel", "取消", CancelForm, KEEP_POST, _cancel, icon="cancel", offered=can(TurnMove.CANCEL)),
    ]  # fmt: skip

    def allows(self, request, verb, row=None):
        if row is None or not row.pk:
            return super().allows(request, verb, row)
        return word_counts(request.user, verb, row)

    @display(description="值班人", ordering="member__sort_key")
    def member_name(self, turn):
        return turn.member.name

    @display(description="值班人")
    def member_link(self, turn):
        return member_link(turn.member)

    @display(description="岗位")
    def post_link(self, turn):
        return post_link(turn.post)

    @display(description="时间")
    def span(self, turn):
        return f"{turn.began:%H:%M}—{turn.ended:%H:%M}"

    @display(description="状态", label=COLOURS)
    def state(self, turn):
        return turn.get_status_display()
