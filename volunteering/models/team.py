"""Volunteer teams, and who is in them on which days."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from branches.models import Branch, Unit
from branches.scope import ScopedQuerySet
from core.history import keeps_history
from core.periods import Period, PeriodQuerySet, one_at_a_time
from core.titles import TitleField, named_like
from members.models import Member, Membership
from volunteering.models.sides import TwoSidedQuerySet


class VolunteerType(models.TextChoices):
    """As what somebody serves in a team."""

    OLD_MEMBER = "old_member", "老党员"
    PROPERTY_STEWARD = "property_steward", "红色物业老管家"
    OLD_CADRE = "old_cadre", "老干部"
    OLD_JUDGE = "old_judge", "老法官"
    OLD_TEACHER = "old_teacher", "老教师"
    OLD_DOCTOR = "old_doctor", "老医生"
    OTHER = "other", "其他"


class TeamQuerySet(ScopedQuerySet):
    def on(self, day):
        """Teams in being on `day`."""
        return self.filter(Q(dissolved_on=None) | Q(dissolved_on__gt=day), founded_on__lte=day)

    def live(self):
        """Teams that have not been dissolved."""
        return self.filter(dissolved_on=None)

    def named_like(self, text):
        """Teams whose name or skills contain every word of `text`."""
        return self.filter(named_like(text, "name", "skills"))


@keeps_history(exclude=["path"])
class Team(models.Model):
    """A 银发先锋志愿服务队: led by a branch, based on a unit at or below the branch's seat."""

    name = TitleField("名称", max_length=100)
    branch = models.ForeignKey(
        Branch,
        models.PROTECT,
        related_name="teams",
        verbose_name="牵头党组织",
        help_text="统计时计在它所在的单位",
    )
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        related_name="teams",
        verbose_name="驻地",
        help_text="社区、小组或网格等：牵头党组织所在的单位或它的下级",
    )
    path = models.CharField("路径", max_length=40, db_collation="C", editable=False)
    purpose = models.CharField("服务内容", max_length=300, blank=True)
    skills = models.CharField("特长", max_length=200, blank=True, help_text="如：法律咨询、家电维修")
    leader = models.ForeignKey(
        Member, models.PROTECT, null=True, editable=False, related_name="teams_led", verbose_name="队长"
    )
    founded_on = models.DateField("成立日期")
    founding_document = models.CharField("成立依据", max_length=100, blank=True)
    dissolved_on = models.DateField("解散日期", null=True, editable=False)
    dissolving_document = models.CharField("解散依据", max_length=100, blank=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = "志愿服务队"
        verbose_name_plural = "志愿服务队"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(dissolved_on=None),
                name="team_name_is_unique_while_live",
                violation_error_message="已有同名的志愿服务队",
            ),
            models.CheckConstraint(
                condition=Q(dissolved_on=None) | Q(dissolved_on__gt=F("founded_on")),
                name="team_dissolved_after_founded",
                violation_error_message="解散日期必须晚于成立日期",
            ),
        ]
        indexes = [models.Index(fields=["path"], name="team_by_path")]

    def __str__(self):
        return self.name


class TeamMembershipQuerySet(TwoSidedQuerySet, PeriodQuerySet):
    # Where the team is based or led, and where the member belongs.
    paths, branches = ("team__path", "member__path"), ("team__branch", "member__branch")

    def serving(self, day):
        """Who really is in a team on `day`: in a team in being, and on the roster that day.

        Nobody is taken out of a team when she dies or leaves: the roster of the day is asked.
        """
        related = Membership.objects.on(day).filter(member=OuterRef("member"))
        return self.on(day).filter(Exists(related), team__in=Team.objects.on(day))


@keeps_history(asked_by=["team"])
class TeamMembership(Period):
    """A member is in a team, as a 老党员, 红色物业老管家 …, for a period."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships", verbose_name="志愿服务队")
    member = models.ForeignKey(Member, models.PROTECT, related_name="team_memberships", verbose_name="党员")
    serves_as = models.CharField(
        "类型", max_length=20, choices=VolunteerType, default=VolunteerType.OLD_MEMBER
    )
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = TeamMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "队员"
        verbose_name_plural = "队员"
        ordering = ["-since", "-pk"]
        constraints = [
            *Period.Meta.constraints,
            one_at_a_time(
                "team_id", "member_id", name="once_in_a_team", message="该党员在这段时间已在该志愿服务队"
            ),
        ]

    def __str__(self):
        return f"{self.member} @ {self.team}（{self.since}—{self.until or ''}）"
