"""组织关系 through time, taking part in temporary organisations, and the events of a member's standing."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from branches.models import Branch, Employer
from branches.scope import ScopedQuerySet
from core import clock
from core.history import keeps_history
from core.models import User
from core.periods import Period, PeriodQuerySet, one_at_a_time
from members.models.codes import ExitType, RosterIn, RosterOut, SuspendReason
from members.models.member import Member
from members.states import GOOD_STANDING, MOVE_NAMES, STANDING_NAMES


def branch_must_be(where, *, name, message):
    """Triggers: the rows' branches satisfy the SQL condition `where`; no constraint can look so far.

    Each asks once for all rows of a statement: they come by the ten thousand.
    """
    return [
        pgtrigger.Trigger(
            name=f"{name}_{when}",
            level=pgtrigger.Statement,
            operation=operation,
            when=pgtrigger.After,
            referencing=pgtrigger.Referencing(new="new_values"),
            func=f"""
                IF EXISTS (
                    SELECT 1 FROM branches_branch AS branch
                    WHERE branch.id IN (SELECT branch_id FROM new_values) AND NOT ({where})
                ) THEN
                    RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
                END IF;
                RETURN NULL;
            """,  # noqa: S608 - every part is a literal of this project
        )
        for when, operation in (("first", pgtrigger.Insert), ("later", pgtrigger.Update))
    ]


# The member's copy of where she belongs: her latest membership, and whether it still holds. Without a join: a
# planner that takes the tables for empty, as after a large load was rolled back, would join all with all.
_PATH = "SELECT path FROM branches_branch AS branch WHERE branch.id = held.branch_id"
_COPIED = f"held.branch_id, ({_PATH}), held.until IS NULL"
_LATEST = "FROM members_membership AS held WHERE held.member_id = member.id ORDER BY held.since DESC LIMIT 1"


def _copy_latest(whose) -> str:
    """SQL: every member for whom `whose` is true and who has a membership gets the copy of her latest."""
    return f"""
        UPDATE members_member AS member SET (branch_id, path, on_roster) = (SELECT {_COPIED} {_LATEST})
        WHERE {whose}
          AND ROW(member.branch_id, member.path, member.on_roster)
              IS DISTINCT FROM (SELECT ROW({_COPIED}) {_LATEST});
        RETURN NULL;
    """  # noqa: S608 - every part is a literal of this project


COPY_LATEST = pgtrigger.Trigger(
    name="copy_latest_membership",
    operation=pgtrigger.Update | pgtrigger.Delete,
    when=pgtrigger.After,
    declare=[("whose", "bigint")],
    func=f"""
        whose := CASE TG_OP WHEN 'DELETE' THEN OLD.member_id ELSE NEW.member_id END;
        IF NOT EXISTS (SELECT 1 FROM members_membership WHERE member_id = whose) THEN
            -- Who was registered by mistake keeps the place where that happened, to be found there.
            UPDATE members_member SET on_roster = false WHERE id = whose AND on_roster;
            RETURN NULL;
        END IF;
        {_copy_latest("member.id = whose")}
    """,  # noqa: S608 - every part is a literal of this project
)
# The same for those of one statement at once: they come by the ten thousand.
COPY_BEGUN = pgtrigger.Trigger(
    name="copy_begun_memberships",
    level=pgtrigger.Statement,
    operation=pgtrigger.Insert,
    when=pgtrigger.After,
    referencing=pgtrigger.Referencing(new="new_values"),
    func=_copy_latest("member.id = ANY (ARRAY(SELECT member_id FROM new_values))"),
)


class MembershipQuerySet(ScopedQuerySet, PeriodQuerySet):
    """A person's whole history goes with the person: it is visible where she is now."""

    path_field = "member__path"
    branch_field = "member__branch"


@keeps_history(many=True, asked_by=["member"])
class Membership(Period):
    """A member's 组织关系 with a branch, for as long as it stays there. Exactly one at a time."""

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="memberships", verbose_name="党员", db_index=False
    )
    branch = models.ForeignKey(
        Branch, models.PROTECT, related_name="memberships", verbose_name="党支部", db_index=False
    )
    group = models.ForeignKey(
        Branch, models.PROTECT, null=True, blank=True, related_name="group_memberships", verbose_name="党小组"
    )
    began_by = models.CharField("增加方式", max_length=20, choices=RosterIn)
    began_document = models.CharField("增加依据", max_length=100, blank=True)
    handed_over_by = models.ForeignKey(
        Employer, models.PROTECT, null=True, blank=True, related_name="handed_over", verbose_name="移交企业"
    )
    ended_by = models.CharField("减少方式", max_length=20, choices=RosterOut, blank=True)
    ended_document = models.CharField("减少依据", max_length=100, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "组织关系"
        verbose_name_plural = "组织关系"
        ordering = ["-since"]
        constraints = [
            *Period.Meta.constraints,
            one_at_a_time("member_id", name="one_branch_at_a_time", message="该党员在这段时间已有组织关系"),
            models.CheckConstraint(
                condition=Q(until=None, ended_by="") | (Q(until__isnull=False) & ~Q(ended_by="")),
                name="membership_says_how_it_ended",
                violation_error_message="组织关系终止时须写明减少方式",
            ),
            models.CheckConstraint(
                condition=Q(handed_over_by=None) | Q(began_by=RosterIn.HANDOVER),
                name="membership_handover_names_enterprise",
                violation_error_message="只有企业移交才填移交企业",
            ),
        ]
        indexes = [
            # Counting a day by branch reads nothing but this index.
            models.Index(
                fields=["branch", "since", "until"], include=["member"], name="membership_by_branch"
            ),
            # The latest of a member is the first here, unsorted: no other index can look cheaper for it.
            models.Index(fields=["member", "-since"], name="membership_of_member"),
        ]
        triggers = [
            *branch_must_be(
                "branch.category IN ('631', '632')",
                name="membership_in_a_holding_branch",
                message="组织关系只能落在党支部或联合党支部",
            ),
            COPY_LATEST,
            COPY_BEGUN,
        ]

    def __str__(self):
        return f"{self.member} @ {self.branch}（{self.since}—{self.until or ''}）"


class AffiliationQuerySet(ScopedQuerySet, PeriodQuerySet):
    def reached_by(self, scope):
        """Seen from both sides: where the member belongs, and where she takes part."""
        return scope.over("member__path", "branch__path") | scope.at("branch", "member__branch")


@keeps_history(asked_by=["member"])
class Affiliation(Period):
    """A member takes part in a temporary organisation; her 组织关系 stays. Any number at a time."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="affiliations", verbose_name="党员")
    branch = models.ForeignKey(
        Branch, models.PROTECT, related_name="affiliations", verbose_name="三缘型临时党组织"
    )
    duty = models.CharField("分工", max_length=100, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = AffiliationQuerySet.as_manager()

    class Meta:
        verbose_name = "参加临时党组织"
        verbose_name_plural = "参加临时党组织"
        ordering = ["-since"]
        constraints = [
            *Period.Meta.constraints,
            one_at_a_time(
                "member_id",
                "branch_id",
                name="once_in_a_temporary_branch",
                message="该党员在这段时间已参加该临时党组织",
            ),
        ]
        triggers = [
            *branch_must_be(
                "branch.kind = 'temporary'",
                name="affiliation_in_a_temporary_branch",
                message="只有三缘型临时党组织才能登记参加",
            )
        ]

    def __str__(self):
        return f"{self.member} → {self.branch}（{self.since}—{self.until or ''}）"


class SignInQuerySet(ScopedQuerySet):
    def reached_by(self, scope):
        """As the affiliation it belongs to."""
        return Q(affiliation__in=Affiliation.objects.visible_in(scope))

    def verified(self):
        """Sign-ins that somebody else has confirmed."""
        return self.filter(verified_by__isnull=False)


@keeps_history(asked_by=["affiliation"])
class SignIn(models.Model):
    """A member took part, on a day, in what her temporary organisation did; it counts once it is verified."""

    affiliation = models.ForeignKey(
        Affiliation, models.PROTECT, related_name="sign_ins", verbose_name="参加", db_index=False
    )
    on = models.DateField("日期")
    occasion = models.CharField("活动内容", max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="核实人")

    objects = SignInQuerySet.as_manager()

    class Meta:
        verbose_name = "参加记录"
        verbose_name_plural = "参加记录"
        ordering = ["-on"]
        constraints = [
            models.UniqueConstraint(
                fields=["affiliation", "on"],
                name="one_sign_in_a_day",
                violation_error_message="该党员当日已登记",
            ),
            models.CheckConstraint(
                condition=Q(verified_by=None) | Q(recorded_by=None) | ~Q(verified_by=F("recorded_by")),
                name="sign_in_verified_by_somebody_else",
                violation_error_message="登记人不能核实自己登记的记录",
            ),
        ]
        indexes = [models.Index(fields=["on"], name="sign_in_by_day")]

    def __str__(self):
        return f"{self.affiliation.member} {self.on}"


class StandingEventQuerySet(ScopedQuerySet):
    path_field = "member__path"
    branch_field = "member__branch"


@keeps_history(asked_by=["member"])
class StandingEvent(models.Model):
    """A change of a member's standing, with its day and its document."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="standing_events", verbose_name="党员")
    move = models.CharField("事项", max_length=10, choices=MOVE_NAMES.items())
    before = models.CharField("变动前", max_length=15, choices=STANDING_NAMES.items())
    after = models.CharField("变动后", max_length=15, choices=STANDING_NAMES.items())
    on = models.DateField("日期")
    reason = models.CharField(
        "情形", max_length=30, choices=[*SuspendReason.choices, *ExitType.choices], blank=True
    )
    document = models.CharField("文号", max_length=100, blank=True)
    note = models.CharField("说明", max_length=500, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="经办人")
    recorded_at = models.DateTimeField("登记时间", default=clock.now)
    # What hung on her and was settled with it, as [{"key", "words"}].
    settled = models.JSONField("同时了结的事项", default=list, editable=False)

    objects = StandingEventQuerySet.as_manager()

    class Meta:
        verbose_name = "党籍变动"
        verbose_name_plural = "党籍变动"
        ordering = ["-on", "-pk"]

    def __str__(self):
        return f"{self.member} {self.get_move_display()} {self.on}"

    @property
    def leaves_good_standing(self) -> bool:
        """Whether by this move a member in good standing ceased to be one."""
        return self.before in GOOD_STANDING and self.after not in GOOD_STANDING
