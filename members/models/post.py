"""Who leads a branch: the terms of elected committees, and the posts that members hold."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from branches.models import Branch
from branches.scope import ScopedQuerySet
from core.history import keeps_history
from core.periods import Period, PeriodQuerySet, one_at_a_time
from members.models.member import Member
from members.models.membership import branch_must_be


class PartyPost(models.TextChoices):
    """党内职务; what is held in a branch by one person at a time comes first."""

    SECRETARY = "secretary", "书记"
    DEPUTY_SECRETARY = "deputy_secretary", "副书记"
    ORGANISATION = "organisation", "组织委员"
    PUBLICITY = "publicity", "宣传委员"
    DISCIPLINE = "discipline", "纪检委员"
    YOUTH = "youth", "青年委员"
    SECRECY = "secrecy", "保密委员"
    WOMEN = "women", "妇女委员"
    MASS_WORK = "mass_work", "群工委员"
    MEMBER = "member", "委员"
    GROUP_LEADER = "group_leader", "党小组组长"
    OTHER = "other", "其他"


class PostOrigin(models.TextChoices):
    ELECTED = "elected", "选举"
    APPOINTED = "appointed", "上级指定（任命）"
    BY_ELECTION = "by_election", "补选"
    ACTING = "acting", "临时负责"


class TermYears(models.IntegerChoices):
    """支部工作条例 article 22 (committees of villages and communities five years, others generally three)."""

    THREE = 3, "3年"
    FIVE = 5, "5年"


ELECTED_ORIGINS = [PostOrigin.ELECTED, PostOrigin.BY_ELECTION]
# A committee is the secretary, the deputy and the committee members; other posts are beside it.
COMMITTEE_POSTS = [post for post in PartyPost if post not in (PartyPost.GROUP_LEADER, PartyPost.OTHER)]
RENEWED = "换届"


class TermQuerySet(ScopedQuerySet, PeriodQuerySet):
    path_field = "branch__path"

    def reached_by(self, scope):
        """As the branch whose term it is."""
        return Q(branch__in=Branch.objects.visible_in(scope))


@keeps_history(asked_by=["branch"])
class Term(Period):
    """A term of a branch's elected committee. It goes on past the day it is due until the next one begins."""

    branch = models.ForeignKey(Branch, models.PROTECT, related_name="terms", verbose_name="党支部")
    years = models.PositiveSmallIntegerField("任期", choices=TermYears)
    due_on = models.DateField("届满日期", help_text="到这一天应换届；经批准可延期，一般不超过一年")
    document = models.CharField("选举批复文号", max_length=100, blank=True)
    extension_document = models.CharField("延期批复文号", max_length=100, blank=True)
    ended_reason = models.CharField("终止原因", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = TermQuerySet.as_manager()

    class Meta:
        verbose_name = "届次"
        verbose_name_plural = "届次"
        ordering = ["-since"]
        constraints = [
            *Period.Meta.constraints,
            one_at_a_time("branch_id", name="one_term_at_a_time", message="该党支部在这段时间已有一届班子"),
            models.CheckConstraint(
                condition=Q(years__in=TermYears.values),
                name="term_of_three_or_five_years",
                violation_error_message="任期为3年或5年",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gt=F("since")),
                name="term_is_due_after_it_begins",
                violation_error_message="届满日期必须晚于选举日期",
            ),
            models.CheckConstraint(
                condition=Q(until=None, ended_reason="") | (Q(until__isnull=False) & ~Q(ended_reason="")),
                name="term_says_why_it_ended",
                violation_error_message="一届终止时须写明原因",
            ),
        ]
        triggers = branch_must_be(
            "branch.kind <> 'temporary' AND branch.category <> '641'",
            name="term_of_a_branch_that_elects",
            message="三缘型临时党组织和党小组不选举，没有任期（支部工作条例第八条）",
        )

    def __str__(self):
        return f"{self.branch} {self.since.year}年选举的一届"

    def state_on(self, day) -> str:
        """Whether the term is over on the day, in words."""
        if day < self.due_on:
            return "延期中" if self.extension_document else ""
        return f"已届满 {(day - self.due_on).days} 天，应换届"


class PostQuerySet(ScopedQuerySet, PeriodQuerySet):
    path_field = "branch__path"

    def reached_by(self, scope):
        """Seen from both sides: where the post is, and where its holder belongs."""
        there = Q(branch__in=Branch.objects.visible_in(scope))
        return there | scope.over("member__path") | scope.at("member__branch")

    def in_order(self):
        """As a committee is listed: the secretary first."""
        places = [models.When(post=post, then=place) for place, post in enumerate(PartyPost)]
        return self.order_by(models.Case(*places, output_field=models.IntegerField()), "since", "pk")


# Where the post is, decides what it may be; an elected one lies inside its term.
POST_FITS = pgtrigger.Trigger(
    name="post_fits_its_branch_and_term",
    operation=pgtrigger.Insert | pgtrigger.Update,
    when=pgtrigger.Before,
    declare=[("place", "branches_branch"), ("elected", "members_term")],
    func="""
        SELECT * INTO place FROM branches_branch WHERE id = NEW.branch_id;
        IF (place.category = '641') <> (NEW.post = 'group_leader') THEN
            RAISE EXCEPTION '党小组只设组长，组长也只在党小组'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'post_of_its_kind_of_branch';
        END IF;
        IF place.kind = 'temporary' AND NEW.origin NOT IN ('appointed', 'acting') THEN
            RAISE EXCEPTION '三缘型临时党组织的负责人由批准其成立的党组织指定，不选举（支部工作条例第八条）'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'post_appointed_where_temporary';
        END IF;
        IF NEW.term_id IS NOT NULL THEN
            SELECT * INTO elected FROM members_term WHERE id = NEW.term_id;
            IF elected.branch_id <> NEW.branch_id OR NEW.since < elected.since
                OR coalesce(NEW.until, 'infinity') > coalesce(elected.until, 'infinity') THEN
                RAISE EXCEPTION '职务的起止须在所属的一届之内'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'post_inside_its_term';
            END IF;
        END IF;
        RETURN NEW;
    """,
)


def held_by_one(post, *, name, message):
    """Constraint: nobody holds the post in a branch while somebody else does."""
    return one_at_a_time("branch_id", name=name, message=message, condition=Q(post=post))


@keeps_history(asked_by=["member", "branch", "term"])
class Post(Period):
    """A member holds a post in a branch, a group or a temporary organisation, for a period."""

    branch = models.ForeignKey(Branch, models.PROTECT, related_name="posts", verbose_name="党组织")
    term = models.ForeignKey(
        Term, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name="届次"
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="posts", verbose_name="党员")
    post = models.CharField("职务", max_length=20, choices=PartyPost)
    origin = models.CharField("产生方式", max_length=15, choices=PostOrigin)
    document = models.CharField("文号", max_length=100, blank=True)
    ended_reason = models.CharField("免去原因", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = "党内职务"
        verbose_name_plural = "党内职务"
        ordering = ["-since"]
        constraints = [
            *Period.Meta.constraints,
            held_by_one(
                PartyPost.SECRETARY, name="one_secretary_at_a_time", message="该党组织在这段时间已有书记"
            ),
            held_by_one(
                PartyPost.DEPUTY_SECRETARY,
                name="one_deputy_at_a_time",
                message="该党组织在这段时间已有副书记",
            ),
            held_by_one(
                PartyPost.GROUP_LEADER, name="one_leader_at_a_time", message="该党小组在这段时间已有组长"
            ),
            # One stands in for the other; who acts for a secretary may be the deputy.
            one_at_a_time(
                "branch_id",
                "member_id",
                name="secretary_or_deputy",
                message="一人不能同时任书记和副书记",
                condition=Q(post__in=[PartyPost.SECRETARY, PartyPost.DEPUTY_SECRETARY])
                & ~Q(origin=PostOrigin.ACTING),
            ),
            models.CheckConstraint(
                condition=~Q(origin__in=ELECTED_ORIGINS) | Q(term__isnull=False),
                name="post_elected_within_a_term",
                violation_error_message="选举、补选产生的职务须属于一届",
            ),
            models.CheckConstraint(
                condition=Q(until=None, ended_reason="") | (Q(until__isnull=False) & ~Q(ended_reason="")),
                name="post_says_why_it_ended",
                violation_error_message="免去职务须写明原因",
            ),
        ]
        triggers = [POST_FITS]

    def __str__(self):
        return f"{self.branch} {self.get_post_display()} {self.member}"
