"""Who is sent to help a unit: 党建工作指导员 sent to it, and community staff who hold posts crosswise."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from branches.models import Branch, Employer, Unit
from branches.scope import ScopedQuerySet
from core.history import keeps_history
from core.periods import Period, PeriodQuerySet
from members.models.member import Member

TWICE = "同一人在同一单位的同一职务，时间不能重叠"


class SecondmentRole(models.TextChoices):
    INSTRUCTOR = "instructor", "党建工作指导员"
    CROSS_POST = "cross_post", "交叉任职"


class SecondmentQuerySet(ScopedQuerySet, PeriodQuerySet):
    def reached_by(self, scope):
        """Seen from all sides: who is helped, with the branches there, who sends, and the member's."""
        reached = scope.over("host__path", "sent_by__path", "member__path") | scope.at("member__branch")
        if not scope.branch_ids:
            return reached
        return reached | Q(host__in=Branch.objects.filter(pk__in=scope.branch_ids).values("unit"))

    def of_unit(self, unit):
        """Who is sent to the unit or by it."""
        return self.filter(Q(host=unit) | Q(sent_by=unit))


def _same(*expressions):
    """Equality inside an exclusion constraint, as overlap of one-point ranges of a hash."""
    return [
        (
            Func(each, each, Value("[]"), function="int8range", output_field=BigIntegerRangeField()),
            RangeOperators.OVERLAPS,
        )
        for each in expressions
    ]


def _hash(column):
    return Func(F(column), Value(0), function="hashtextextended", output_field=models.BigIntegerField())


def _once_at_a_time(who, *, condition, name):
    """Constraint: the same person in the same role at the same host, never twice on one day."""
    period = Func(F("since"), F("until"), Value("[)"), function="daterange", output_field=DateRangeField())
    return ExclusionConstraint(
        name=name,
        expressions=[*_same(who, F("host_id"), _hash("role")), (period, RangeOperators.OVERLAPS)],
        condition=condition,
        violation_error_message=TWICE,
    )


@keeps_history(asked_by=["member"])
class Secondment(Period):
    """Somebody is sent to a unit in a role for a period that has an end: a member, or staff by name."""

    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="secondments", verbose_name="党员",
        help_text="在名册上的党员；不在名册上的工作人员填写姓名",
    )  # fmt: skip
    person_name = models.CharField("工作人员姓名", max_length=100, blank=True)
    role = models.CharField("职务类型", max_length=15, choices=SecondmentRole)
    duty = models.CharField("具体职务", max_length=100, blank=True, help_text="如：兼任党总支副书记")
    host = models.ForeignKey(Unit, models.PROTECT, related_name="secondments", verbose_name="任职单位")
    sent_by = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="secondments_sent", verbose_name="派出单位"
    )
    employer = models.ForeignKey(
        Employer, models.PROTECT, null=True, blank=True, related_name="secondments", verbose_name="派出企业",
        help_text="由企业或机关派出时填写",
    )  # fmt: skip
    until = models.DateField("终止日期", help_text="必填，当日起不再任职")
    document = models.CharField("文号", max_length=100, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = SecondmentQuerySet.as_manager()

    class Meta:
        verbose_name = "选派和交叉任职"
        verbose_name_plural = "选派和交叉任职"
        ordering = ["-since", "-pk"]
        constraints = [
            *Period.Meta.constraints,
            models.CheckConstraint(
                condition=Q(member=None) & ~Q(person_name="") | Q(member__isnull=False, person_name=""),
                name="secondment_of_one_person",
                violation_error_message="党员和工作人员姓名须且只能填一个",
            ),
            models.CheckConstraint(
                condition=Q(sent_by=None, employer__isnull=False) | Q(sent_by__isnull=False, employer=None),
                name="secondment_sent_by_one",
                violation_error_message="派出单位和派出企业须且只能填一个",
            ),
            _once_at_a_time(
                F("member_id"), condition=Q(member__isnull=False), name="secondment_once_of_a_member"
            ),
            _once_at_a_time(_hash("person_name"), condition=Q(member=None), name="secondment_once_of_a_name"),
        ]

    def __str__(self):
        return f"{self.who} → {self.host}（{self.get_role_display()}）"

    @property
    def who(self) -> str:
        """The name of the person."""
        return self.member.name if self.member else self.person_name

    @property
    def sender(self):
        """The unit or the employer that sends."""
        return self.sent_by or self.employer
