"""Volunteer teams and who is in them."""

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from branches.api.units import DatedBody
from branches.gates.api import ScopedViewSet
from branches.gates.fields import ScopedRelatedField, StrictBody, StrictSerializer, UndoBody
from branches.gates.lookups import (
    DAY_LOOKUPS,
    EXACT,
    LookupSet,
    OnDay,
    OneBranch,
    Order,
    RowById,
    UnitAndBelow,
    Words,
)
from branches.models import Branch, Unit
from core import clock
from members.models import Member
from volunteering.api.hours import MemberShown
from volunteering.models import Team, TeamMembership
from volunteering.models.team import TeamQuerySet
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

VIEW, CHANGE = "volunteering.view_team", "volunteering.change_team"
VIEW_MEMBERSHIP = "volunteering.view_teammembership"
LINE = ["id", "name", "branch", "branch_name", "unit", "unit_code", "unit_name", "leader", "leader_name",
        "skills", "founded_on", "dissolved_on", "version"]  # fmt: skip
OWN = ["name", "branch", "unit", "purpose", "skills", "founded_on", "founding_document"]
MEMBERSHIP_LINE = ["id", "team", "team_name", "member", "member_name", "serves_as", "since", "until",
                   "version"]  # fmt: skip


class TeamLine(serializers.ModelSerializer):
    branch_name = serializers.CharField(source="branch.name", label="牵头党组织全称")
    unit_code = serializers.CharField(source="unit.code", label="驻地代码")
    unit_name = serializers.CharField(source="unit.name", label="驻地名称")
    leader_name = serializers.CharField(source="leader.name", default=None, allow_null=True, label="队长姓名")

    class Meta:
        model = Team
        fields = LINE


class TeamDetail(TeamLine):
    serving = serializers.SerializerMethodField(label="现有队员数", help_text="今天在队且在册的党员。")

    class Meta(TeamLine.Meta):
        fields = [*LINE, "purpose", "founding_document", "dissolving_document", "serving"]

    def get_serving(self, team) -> int:
        return team.memberships.serving(clock.today()).count()


class TeamBody(StrictSerializer):
    elsewhere = {
        "dissolved_on": "解散请用 POST teams/编号/dissolve/，写明日期",
        "leader": "设队长请用 POST teams/编号/lead/",
    }
    branch = ScopedRelatedField(queryset=Branch.objects.all(), label="牵头党组织")
    unit = ScopedRelatedField(
        queryset=Unit.objects.all(),
        required=False,
        label="驻地",
        help_text="缺省为牵头党组织所在的单位。",
    )

    class Meta:
        model = Team
        fields = OWN


class LeadBody(StrictBody):
    membership = ScopedRelatedField(
        queryset=TeamMembership.objects.select_related("member"), label="队员记录"
    )


class TeamFilters(LookupSet):
    unit = UnitAndBelow(VIEW, field_name="path")
    branch = OneBranch(VIEW, label="牵头党组织")
    on = OnDay(label="某日", help_text="那一天存在的志愿服务队。")
    search = Words(TeamQuerySet.named_like, help_text="名称或特长，多个词都须符合。")
    ordering = Order(name="name", founded_on="founded_on", id="id")

    class Meta:
        model = Team
        fields = dict.fromkeys(("founded_on", "dissolved_on"), DAY_LOOKUPS)


class TeamViewSet(ScopedViewSet):
    """银发先锋志愿服务队：由一个党组织牵头，驻在它所在的单位或下级。"""

    queryset = Team.objects.select_related("branch", "unit", "leader").only(
        *(field.name for field in Team._meta.concrete_fields),
        "branch__name",
        "branch__short_name",
        "unit__code",
        "unit__name",
        "leader__name",
    )
    serializer_class, line_serializer = TeamDetail, TeamLine
    filterset_class = TeamFilters
    verbs = {
        "retrieve": VIEW,
        "create": "volunteering.add_team",
        "partial_update": CHANGE,
        "lead": CHANGE,
        "dissolve": "volunteering.dissolve_team",
    }
    bodies = {"create": TeamBody, "partial_update": TeamBody, "lead": LeadBody, "dissolve": DatedBody}
    versioned = frozenset({"partial_update", "lead", "dissolve"})
    instead_of_delete = "志愿服务队不能删除，请使用解散：POST teams/编号/dissolve/"

    def create(self, request, *args, **kwargs):
        values = self.body()
        branch = values.pop("branch")
        return self.created(found_team(branch=branch, values=values, by=request.user, today=clock.today()))

    def partial_update(self, request, *args, **kwargs):
        team, version = self.row_as_read()
        changes = TeamChanges(self.body(partial=True), version)
        return self.done(amend_team(team=team, changes=changes, by=request.user))

    @action(detail=True, methods=["post"])
    def lead(self, request, *args, **kwargs):
        """设队长：从现有队员中产生。"""
        team, version = self.row_as_read()
        led = appoint_leader(team=team, **self.body(), version=version, by=request.user, today=clock.today())
        return self.done(led)

    @action(detail=True, methods=["post"])
    def dissolve(self, request, *args, **kwargs):
        """解散：自某日起不再存在，队员同日离队。"""
        team, version = self.row_as_read()
        with self.only_change_since(team, version):
            dissolve_team(team=team, **self.body(), by=request.user, today=clock.today())
        return self.done(team)


class TeamMembershipLine(serializers.ModelSerializer):
    team_name = serializers.CharField(source="team.name", label="志愿服务队名称")
    member_name = serializers.CharField(source="member.name", label="姓名")

    class Meta:
        model = TeamMembership
        fields = MEMBERSHIP_LINE


class JoinBody(StrictSerializer):
    team = ScopedRelatedField(queryset=Team.objects.all(), label="志愿服务队")
    member = ScopedRelatedField(queryset=Member.objects.all(), label="党员")

    class Meta:
        model = TeamMembership
        fields = ["team", "member", "serves_as", "since"]


class LeaveBody(StrictBody):
    on = serializers.DateField(label="离队日期", help_text="当日起不再在队。")


class TeamMembershipFilters(LookupSet):
    unit = UnitAndBelow(
        VIEW_MEMBERSHIP, field_name="team__path", help_text="单位代码：驻地在该单位及其以下。"
    )
    team = RowById(Team.objects.all(), VIEW_MEMBERSHIP, label="志愿服务队")
    member = RowById(Member.objects.all(), VIEW_MEMBERSHIP, label="党员")
    on = OnDay(label="某日", help_text="那一天登记在队的；是否仍在册请看名册。")
    ordering = Order(since="since", until="until", id="id")

    class Meta:
        model = TeamMembership
        fields = {"serves_as": EXACT, "since": DAY_LOOKUPS, "until": DAY_LOOKUPS}


class TeamMembershipViewSet(ScopedViewSet):
    """志愿服务队的队员：同一队内一人同时只登记一次，可参加几支队。"""

    queryset = TeamMembership.objects.select_related("team", "member").only(
        *(name for name in MEMBERSHIP_LINE if not name.endswith("_name")), "team__name", "member__name"
    )
    serializer_class = line_serializer = TeamMembershipLine
    filterset_class = TeamMembershipFilters
    verbs = {
        "retrieve": VIEW_MEMBERSHIP,
        "create": "volunteering.add_teammembership",
        **dict.fromkeys(("leave", "undo"), "volunteering.change_teammembership"),
    }
    bodies = {"create": JoinBody, "leave": LeaveBody, "undo": UndoBody}
    replies = {"undo": MemberShown}
    versioned = frozenset({"leave", "undo"})
    instead_of_delete = "队员记录不能删除，请使用离队：POST team-memberships/编号/leave/"

    def require(self, row):
        # Seen from both sides; kept by who answers for the team.
        super().require(row.team if self.action in ("leave", "undo") else row)

    def create(self, request, *args, **kwargs):
        values = self.body()
        team, member = values.pop("team"), values.pop("member")
        return self.created(
            join_team(team=team, member=member, values=values, by=request.user, today=clock.today())
        )

    @action(detail=True, methods=["post"])
    def leave(self, request, *args, **kwargs):
        """离队。"""
        membership, version = self.row_as_read()
        left = leave_team(
            membership=membership, **self.body(), version=version, by=request.user, today=clock.today()
        )
        return self.done(left)

    @action(detail=True, methods=["post"])
    def undo(self, request, *args, **kwargs):
        """撤回登记有误的入队；已派过单的请办理离队。"""
        membership, version = self.row_as_read()
        done = undo_joining(membership=membership, **self.body(), version=version, by=request.user)
        return Response({"member": done.pk})
