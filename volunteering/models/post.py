"""What members offer, what communities need, and who has claimed what: 资源清单 and 认领岗位."""

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from branches.models import Unit
from branches.models.unit import paths_above
from branches.scope import ScopedQuerySet
from core.history import keeps_history
from core.models import User
from core.periods import Period, PeriodQuerySet
from core.titles import named_like
from members.models import Member, Membership
from volunteering.models.sides import TwoSidedQuerySet
from volunteering.states import (
    CLAIM_NAMES,
    PENDING_CLAIMS,
    POST_NAMES,
    SEATED,
    ClaimStatus,
    PostStatus,
)


class OfferQuerySet(ScopedQuerySet, PeriodQuerySet):
    branch_field = "member__branch"

    def reached_by(self, scope):
        """Where who offers belongs, and every place within the reach of the offer: it is made to be found."""
        above = {each for path in scope.paths for each in paths_above(path)}
        here = scope.over("member__path", "path") | Q(path__in=sorted(above))
        return here | scope.at("member__branch")

    def standing(self, day):
        """Offers that hold on the day, of people who are on the roster that day."""
        related = Membership.objects.on(day).filter(member=OuterRef("member"))
        return self.on(day).filter(Exists(related))

    def reaching(self, place):
        """Offers within whose reach the place `place` (a path) lies."""
        return self.filter(path__in=paths_above(place))


@keeps_history(exclude=["path"])
class Offer(Period):
    """A member offers what she can do, at which times, within a unit: an entry of the 资源清单."""

    # Withdrawn; what was made of it points to her itself.
    came_to_nothing = Q(until__isnull=False)

    member = models.ForeignKey(Member, models.PROTECT, related_name="offers", verbose_name="党员")
    skill = models.CharField("能提供", max_length=50, help_text="如：法律调解、书法、理发")
    times = models.CharField("可服务时间", max_length=100, blank=True, help_text="如：周一至周五下午")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="offers", verbose_name="服务范围（含以下）")
    path = models.CharField("路径", max_length=40, db_collation="C", editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = "服务意愿"
        verbose_name_plural = "资源清单"
        ordering = ["-since", "-pk"]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(
                fields=["member", "skill"],
                condition=Q(until=None),
                name="offer_of_a_skill_once",
                violation_error_message="该党员已登记过这一项",
            ),
        ]
        indexes = [models.Index(fields=["path"], name="offer_by_path")]

    def __str__(self):
        return f"{self.member}：{self.skill}"


class ServicePostQuerySet(ScopedQuerySet):
    branch_field = None

    def reached_by(self, scope):
        """What has been made public (公示) is read by all who read anything; else where it is written."""
        if not scope:
            return Q(pk__in=[])
        return super().reached_by(scope) | Q(published=True)

    def with_taken(self):
        """Each with the number of its seats that are taken."""
        seated = Claim.objects.filter(post=OuterRef("pk"), status__in=SEATED).order_by()
        number = seated.values("post").annotate(n=Count("pk")).values("n")
        return self.annotate(taken=Coalesce(Subquery(number), 0))

    def live(self):
        """Posts that have not ended, drafts among them."""
        return self.exclude(status=PostStatus.CLOSED)

    def on(self, day):
        """Posts that have been made public and whose period holds the day."""
        return self.filter(since__lte=day, until__gt=day, published=True)

    def named_like(self, text):
        """Posts whose name, duty or skill contains every word of `text`."""
        return self.filter(named_like(text, "name", "duty", "skill"))


@keeps_history(exclude=["path"])
class ServicePost(models.Model):
    """What a community needs somebody for: a duty, perhaps a skill, some seats, a period."""

    name = models.CharField("岗位", max_length=50)
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="service_posts", verbose_name="设岗单位（社区、小组或网格）"
    )
    path = models.CharField("路径", max_length=40, db_collation="C", editable=False)
    duty = models.CharField("职责", max_length=300)
    skill = models.CharField(
        "所需特长", max_length=50, blank=True, help_text="认领人名册上的特长中须有这几个字；不需要可留空"
    )
    seats = models.PositiveSmallIntegerField("名额", default=1)
    times = models.CharField("服务时间", max_length=100, blank=True, help_text="如：周二、周四 16:30—18:00")
    since = models.DateField("起始日期")
    until = models.DateField("结束日期", help_text="当日起不再设岗")
    status = models.CharField(
        "状态", max_length=10, choices=POST_NAMES.items(), default=PostStatus.DRAFT, editable=False
    )
    # A draft can end without anybody having read it: the state alone does not tell.
    published = models.BooleanField("已公示", default=False, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = ServicePostQuerySet.as_manager()

    class Meta:
        verbose_name = "认领岗位"
        verbose_name_plural = "认领岗位"
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(seats__range=(1, 200)),
                name="service_post_has_seats",
                violation_error_message="名额应为1到200",
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("since")),
                name="service_post_since_before_until",
                violation_error_message="结束日期必须晚于起始日期",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[PostStatus.DRAFT, PostStatus.CLOSED]) | Q(published=True),
                name="service_post_open_once_published",
                violation_error_message="没有公示过的岗位不能招领",
            ),
            models.UniqueConstraint(
                fields=["unit", "name"],
                condition=~Q(status=PostStatus.CLOSED),
                name="service_post_once_at_a_unit",
                violation_error_message="该单位已有同名的岗位",
            ),
        ]
        indexes = [models.Index(fields=["path", "status"], name="service_post_by_path")]

    def __str__(self):
        return f"{self.name}（{self.unit}）"


class ClaimQuerySet(TwoSidedQuerySet, PeriodQuerySet):
    paths, branches = ("post__path", "member__path"), ("member__branch",)

    def pending(self):
        """Claims that one side has still to answer."""
        return self.filter(status__in=PENDING_CLAIMS)

    def seated(self):
        """Claims that take a seat."""
        return self.filter(status__in=SEATED)

    def held(self, day):
        """Claims that were agreed to and hold on the day."""
        # One that was given up before it began has no end, and never held.
        was_held = Q(status__in=[ClaimStatus.LEFT, ClaimStatus.EXPIRED], until__isnull=False)
        return self.on(day).filter(Q(status__in=SEATED) | was_held)


@keeps_history()
class Claim(Period):
    """A member claims a post, or is asked to; the other side answers. `until` is when she leaves it."""

    came_to_nothing = Q(status__in=(ClaimStatus.DECLINED, ClaimStatus.WITHDRAWN))

    post = models.ForeignKey(ServicePost, models.PROTECT, related_name="claims", verbose_name="岗位")
    member = models.ForeignKey(Member, models.PROTECT, related_name="claims", verbose_name="党员")
    offer = models.ForeignKey(
        Offer, models.PROTECT, null=True, editable=False, related_name="claims", verbose_name="所据服务意愿"
    )
    status = models.CharField(
        "状态", max_length=10, choices=CLAIM_NAMES.items(), default=ClaimStatus.APPLIED, editable=False
    )
    reason = models.CharField("说明", max_length=200, blank=True, editable=False)
    asked_on = models.DateField("提出日期", editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = "岗位认领"
        verbose_name_plural = "岗位认领"
        ordering = ["-asked_on", "-pk"]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(
                fields=["post", "member"],
                condition=Q(status__in=[*PENDING_CLAIMS, *SEATED]),
                name="claim_of_a_post_once",
                violation_error_message="该党员已认领这个岗位",
            ),
        ]

    def __str__(self):
        return f"{self.member} @ {self.post}"


class FeedbackQuerySet(TwoSidedQuerySet):
    paths, branches = ("claim__post__path", "claim__member__path"), ("claim__member__branch",)


@keeps_history(asked_by=["claim"])
class Feedback(models.Model):
    """What the community tells the home branch about a member's work on a post."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="feedback", verbose_name="岗位认领")
    on = models.DateField("日期")
    words = models.CharField("反馈", max_length=300)
    by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="反馈人"
    )

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = "服务反馈"
        verbose_name_plural = "服务反馈"
        ordering = ["-on", "-pk"]

    def __str__(self):
        return f"{self.claim} {self.on}"
