"""Members: finding, registering, amending, the moves of the standing, and what is sealed."""

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from branches.gates.api import ScopedViewSet
from branches.gates.fields import UndoBody
from branches.gates.lookups import (
    DAY_LOOKUPS,
    EXACT,
    TREE_OF_UNIT,
    ChoiceIn,
    LookupSet,
    OnDay,
    OneBranch,
    Order,
    RowById,
    UnitAndBelow,
    Words,
)
from branches.gates.permission import may
from branches.models import Branch, Employer
from core import clock
from members.api import sent
from members.api.shown import LINE_COLUMNS, MemberDetail, MemberLine
from members.gates import namesakes_seen, saying_who_has
from members.models import Member, Membership
from members.obligations import Leaving
from members.operations import (
    MemberChanges,
    StandingChange,
    amend_contact,
    amend_member,
    change_standing,
    open_obligations,
    register_member,
    reveal_health_note,
    reveal_id_number,
    save_phones,
    undo_registration,
    undo_standing,
)
from members.operations.rules import RosterRule, conversion_warnings
from members.states import STANDING_NAMES, StandingMove

VIEW = "members.view_member"
# The address says what is done; `expel` covers every way out of the Party.
STANDING_ACTIONS = ("confirm", "extend", "suspend", "restore", "expel", "decease")
BY_STANDING = {"standing", "standing__in"}
REVEALS = {
    "id_number": ("members.reveal_id_number", reveal_id_number),
    "health_note": ("members.reveal_health_note", reveal_health_note),
}


def found(members, text):
    """The members found, sorted anew: walking the roster in its order until a page is full takes long."""
    return members.search(text).order_by(Concat("sort_key", Value("")), "pk")


class MemberFilters(LookupSet):
    unit = UnitAndBelow(
        VIEW, field_name="path", help_text=f"单位代码：组织关系在该单位及其以下；{TREE_OF_UNIT}。"
    )
    branch = OneBranch(VIEW, label="党支部")
    on = OnDay(
        label="某日", help_text="那一天有组织关系的党员；此时 unit 和 branch 指那一天所在的党支部和单位。"
    )
    employer = RowById(Employer.objects.all(), VIEW, label="原工作单位")
    standing__in = ChoiceIn(field_name="standing", choices=list(STANDING_NAMES.items()), label="党籍（多个）")
    search = Words(found, help_text="姓名、拼音、首字母，身份证号或电话（全号或后四位）。")
    ordering = Order(name="sort_key", birth_on="birth_on", joined_on="joined_on", id="id")

    class Meta:
        model = Member
        fields = {
            **dict.fromkeys(("standing", "sex", "ethnic_group", "education", "retire_kind"), EXACT),
            "on_roster": EXACT,
            **dict.fromkeys(("birth_on", "joined_on", "full_on", "worked_on", "retired_on"), DAY_LOOKUPS),
            **dict.fromkeys(("died_on", "lost_since", "floating_since"), DAY_LOOKUPS),
        }

    def filter_queryset(self, queryset):
        asked = self.form.cleaned_data
        day, branch, unit = (asked.get(name) for name in ("on", "branch", "unit"))
        if day:
            held = Membership.objects.on(day)
            if branch:
                held = held.filter(branch=branch)
            if unit:
                held = held.filter(branch__in=Branch.objects.within_on(unit, day))
            queryset = queryset.filter(pk__in=held.values("member"))
            self.form.cleaned_data = {name: asked[name] for name in asked if name not in ("branch", "unit")}
        return super().filter_queryset(queryset)


class MemberTakenBack(sent.StaysClosed, MemberDetail):
    class Meta(MemberDetail.Meta):
        fields = [*MemberDetail.Meta.fields, "stays_closed"]


class MemberViewSet(ScopedViewSet):
    """离退休党员。列表和详情不含身份证全号和健康状况；录入错误（standing=void）的只在按党籍查时列出。"""

    queryset = Member.objects.select_related("branch", "employer", "residence")
    serializer_class, line_serializer = MemberDetail, MemberLine
    filterset_class = MemberFilters
    verbs = {
        "retrieve": VIEW,
        "obligations": VIEW,
        "create": "members.add_member",
        # Whoever keeps members keeps their contacts too; the secretary keeps these alone.
        "partial_update": ("members.change_contact", "members.change_member"),
        **dict.fromkeys(STANDING_ACTIONS, "members.change_standing"),
        "undo_registration": "members.undo_registration",
        "undo_standing": "members.change_standing",
        "reveal": tuple(verb for verb, _ in REVEALS.values()),
    }
    bodies = {
        "create": sent.Registration,
        "partial_update": sent.MemberCorrection,
        **dict.fromkeys(("confirm", "extend"), sent.StandingBody),
        "decease": sent.Death,
        "suspend": sent.Suspension,
        "expel": sent.Expulsion,
        "restore": sent.Restoration,
        **dict.fromkeys(("undo_registration", "undo_standing"), UndoBody),
        "reveal": sent.RevealBody,
    }
    replies = {
        "reveal": sent.Revealed,
        "obligations": sent.ObligationShown(many=True),
        "undo_standing": MemberTakenBack,
    }
    versioned = frozenset({"partial_update", "undo_registration", "undo_standing", *STANDING_ACTIONS})
    instead_of_delete = (
        "党员不能删除：离开名册请办理 expel、decease 等，登记有误请更正，不该登记的请 undo-registration"
    )

    def filter_queryset(self, queryset):
        found = super().filter_queryset(queryset)
        if self.action == "list" and BY_STANDING.isdisjoint(self.request.query_params):
            return found.registered()
        return found

    def lines(self, rows):
        return rows.values(*LINE_COLUMNS)

    def create(self, request, *args, **kwargs):
        person = self.body()
        entry, phones = sent.entry_from(person), person.pop("phones", ())
        who = {"by": request.user, "today": clock.today()}
        with saying_who_has(person.get("id_number"), user=request.user):
            done = register_member(person=person, entry=entry, phones=phones, **who)
        answer = self.created(done)
        answer.data["warnings"] += conversion_warnings(person.get("id_number"), clock.today())
        answer.data["warnings"] += namesakes_seen(done, user=request.user)
        return answer

    @transaction.atomic
    def partial_update(self, request, *args, **kwargs):
        """更正或更新。支部书记只能改联系方式和参与情况。"""
        member, version = self.row_as_read()
        values = self.body(partial=True)
        phones = values.pop("phones", None)
        self._amend(member, values, version)
        if phones is not None:
            save_phones(member=member, phones=phones, by=request.user)
        return self.done(member)

    def _amend(self, member, values, version):
        amend, evidence = amend_member, values.pop("evidence", "")
        if not may(self.request.user, "members.change_member", member):
            # She is told of the date she sent, not of the column beside it.
            values = {name: value for name, value in values.items() if not name.endswith("_precision")}
            amend = amend_contact
        amend(
            member=member,
            changes=MemberChanges(values, version, evidence),
            by=self.request.user,
            today=clock.today(),
        )

    @action(detail=True, methods=["post"])
    def reveal(self, request, *args, **kwargs):
        """查看身份证全号或健康状况：须写明事由，记入审计。"""
        member, asked = self.get_object(), self.body()
        verb, operation = REVEALS[asked["what"]]
        if not may(request.user, verb, member):
            raise PermissionDenied
        return Response({asked["what"]: operation(member=member, reason=asked["reason"], by=request.user)})

    @extend_schema(parameters=[sent.ObligationQuery])
    @action(detail=True, filter_backends=[], pagination_class=None)
    def obligations(self, request, *args, **kwargs):
        """未了事项：此人离开（去世、转出等）前须了结或交给他人的。"""
        member = self.get_object()
        asked = sent.ObligationQuery(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        leaving = Leaving(asked.validated_data["leaving"])
        day = asked.validated_data.get("on") or clock.today()
        opened = open_obligations(member, on=day, leaving=leaving)
        return Response(sent.ObligationShown(opened, many=True).data)

    @action(detail=True, methods=["post"])
    def confirm(self, request, *args, **kwargs):
        """转正。"""
        return self._move(StandingMove.CONFIRM)

    @action(detail=True, methods=["post"])
    def extend(self, request, *args, **kwargs):
        """延长预备期。"""
        return self._move(StandingMove.EXTEND)

    @action(detail=True, methods=["post"])
    def suspend(self, request, *args, **kwargs):
        """停止党籍：组织关系同日终止，未了事项一并了结。"""
        return self._move(StandingMove.SUSPEND)

    @action(detail=True, methods=["post"])
    def restore(self, request, *args, **kwargs):
        """恢复党籍，编入党支部。"""
        return self._move(StandingMove.RESTORE)

    @action(detail=True, methods=["post"])
    def expel(self, request, *args, **kwargs):
        """出党：开除、除名、劝退、取消预备党员资格；组织关系同日终止，未了事项一并了结。"""
        return self._move(StandingMove.EXIT)

    @action(detail=True, methods=["post"])
    def decease(self, request, *args, **kwargs):
        """去世：组织关系同日终止，未了事项一并了结。"""
        return self._move(StandingMove.DECEASE)

    @action(detail=True, methods=["post"], url_path="undo-registration")
    def undo_registration(self, request, *args, **kwargs):
        """撤回登记：登记有误且之后没有其他事项时，标为录入错误，取消组织关系。"""
        member, version = self.row_as_read()
        undo_registration(member=member, **self.body(), by=request.user, version=version)
        return self.done(member)

    @action(detail=True, methods=["post"], url_path="undo-standing")
    def undo_standing(self, request, *args, **kwargs):
        """撤回最近一次党籍变动：党籍、组织关系、参加的临时党组织、职务和选派恢复到办理以前的样子。"""
        member, version = self.row_as_read()
        event, asked = member.standing_events.first(), self.body()
        if event is None:
            raise RosterRule(f"{member} 没有党籍变动，无可撤回")
        done = undo_standing(event=event, **asked, by=request.user, version=version)
        answer = self.done(done.row)
        answer.data["stays_closed"] = done.stays
        return answer

    def _move(self, move):
        member, version = self.row_as_read()
        change = StandingChange(move, version=version, **self.body())
        change_standing(member=member, change=change, by=self.request.user, today=clock.today())
        return self.done(member)
