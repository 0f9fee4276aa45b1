"""What an enterprise that handed over its retirees promised, and what of it has come."""

from decimal import Decimal

import pgtrigger
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from branches.models.branch import Branch, Employer
from branches.models.unit import Unit
from branches.scope import ScopedQuerySet
from core.history import keeps_history
from core.models import User

NOTHING = Decimal("0.00")
DELIVERED_TOO_MUCH = "已兑现的数量不能超过承诺的数量"


class PledgeKind(models.TextChoices):
    VENUE = "venue", "场所"
    MONEY = "money", "经费"
    STAFF = "staff", "人员"


MEASURES = {PledgeKind.VENUE: "平方米", PledgeKind.MONEY: "元", PledgeKind.STAFF: "人"}


class PledgeState(models.TextChoices):
    """Derived from the day and from what has come; nobody types it."""

    PROMISED = "promised", "承诺"
    PARTLY = "partly", "部分兑现"
    KEPT = "kept", "兑现"
    OVERDUE = "overdue", "逾期"


class PledgeQuerySet(ScopedQuerySet):
    path_field = "unit__path"
    branch_field = None

    def reached_by(self, scope):
        """Besides the subtrees, what was promised to the units on which the single branches sit."""
        seats = Branch.objects.filter(pk__in=scope.branch_ids).values("unit")
        return super().reached_by(scope) | Q(unit__in=seats)

    def in_state(self, state, on):
        """Pledges whose state on the day `on` is `state`, by what has come until now."""
        kept, late = Q(delivered=F("amount")), Q(due_on__lt=on)
        conditions = {
            PledgeState.KEPT: kept,
            PledgeState.OVERDUE: ~kept & late,
            PledgeState.PARTLY: ~kept & ~late & Q(delivered__gt=0),
            PledgeState.PROMISED: ~late & Q(delivered=0),
        }
        return self.filter(conditions[PledgeState(state)])


@keeps_history(exclude=["delivered"])
class Pledge(models.Model):
    """An enterprise promises a unit a venue, money or staff by a day. `delivered` repeats its deliveries."""

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="pledges", verbose_name="承诺企业")
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        related_name="pledges",
        verbose_name="受益单位",
        help_text="承诺给哪个街道或社区",
    )
    kind = models.CharField("类别", max_length=10, choices=PledgeKind)
    what = models.CharField("内容", max_length=200, help_text="如：厂区活动室一间、每年党建经费")
    amount = models.DecimalField(
        "数量",
        max_digits=12,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01"), "数量必须大于0")],
        help_text="场所按平方米，经费按元，人员按人数；最多两位小数",
    )
    due_on = models.DateField("兑现期限")
    document = models.CharField("依据", max_length=100, blank=True, help_text="协议或文号")
    note = models.CharField("备注", max_length=500, blank=True)
    delivered = models.DecimalField(
        "已兑现", max_digits=12, decimal_places=2, default=NOTHING, editable=False
    )
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = PledgeQuerySet.as_manager()

    class Meta:
        verbose_name = "企业承诺"
        verbose_name_plural = "企业承诺"
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="pledge_promises_something",
                violation_error_message="数量必须大于0",
            ),
            models.CheckConstraint(
                condition=Q(delivered__gte=0, delivered__lte=F("amount")),
                name="pledge_delivered_within_promised",
                violation_error_message=DELIVERED_TOO_MUCH,
            ),
        ]

    def __str__(self):
        return f"{self.employer}：{self.what}"

    def state(self, on) -> PledgeState:
        """Promised, partly kept, kept or overdue on the day."""
        if self.delivered == self.amount:
            return PledgeState.KEPT
        if self.due_on < on:
            return PledgeState.OVERDUE
        return PledgeState.PARTLY if self.delivered else PledgeState.PROMISED

    @property
    def measure(self) -> str:
        """In what the amount is counted."""
        return MEASURES[PledgeKind(self.kind)]

    @property
    def promised_words(self) -> str:
        """How much was promised, in words."""
        return self.counted(self.amount)

    @property
    def delivered_words(self) -> str:
        """How much has come, in words."""
        return self.counted(self.delivered)

    def counted(self, amount) -> str:
        """An amount with what it is counted in, without empty decimals."""
        return f"{amount.normalize():f} {self.measure}"


class DeliveryQuerySet(ScopedQuerySet):
    def reached_by(self, scope):
        """As the pledge it belongs to."""
        return Q(pledge__in=Pledge.objects.visible_in(scope))


@keeps_history(asked_by=["pledge"])
class Delivery(models.Model):
    """Something of a pledge came on a day."""

    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="deliveries", verbose_name="企业承诺")
    on = models.DateField("兑现日期")
    amount = models.DecimalField("数量", max_digits=12, decimal_places=2)
    note = models.CharField("说明", max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = "兑现记录"
        verbose_name_plural = "兑现记录"
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="delivery_brings_something",
                violation_error_message="数量必须大于0",
            )
        ]
        triggers = [
            # The pledge's copy, under whose constraint the sum stays within what was promised.
            pgtrigger.Trigger(
                name="copy_delivered",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.After,
                declare=[("whose", "bigint")],
                func="""
                    whose := CASE TG_OP WHEN 'DELETE' THEN OLD.pledge_id ELSE NEW.pledge_id END;
                    UPDATE branches_pledge SET delivered = (
                        SELECT coalesce(sum(amount), 0) FROM branches_delivery WHERE pledge_id = whose
                    ) WHERE id = whose;
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self):
        return f"{self.pledge.what} {self.on}"

    @property
    def words(self) -> str:
        """How much came, in words."""
        return self.pledge.counted(self.amount)
