"""The transfer of a 组织关系 from one branch to another: the letter, its life, and who waits for whom."""

from datetime import date, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, Subquery

from branches.models import Branch, Unit
from branches.scope import ScopedQuerySet
from core import clock
from core.history import keeps_history
from core.models import User
from members.models.arrival import Arrival, ArrivalQuerySet
from members.models.codes import ReturnReason, TransferChannel, TransferReason
from members.models.member import Member
from members.models.membership import Membership
from members.states import (
    OPEN_TRANSFERS,
    ROUTE_NAMES,
    TRANSFER_MOVE_NAMES,
    TRANSFER_STATE_NAMES,
    UNSENT_TRANSFERS,
    Route,
    TransferMove,
    TransferState,
)

# 组通字〔2006〕45号: a letter is valid for three months at most, and answered within one.
MOST_DAYS = 90
# A receipt from outside the district is asked after when this many days have passed since the letter.
DAYS_FOR_OUTSIDE = 60
BEFORE_THE_LETTER = [TransferState.DRAFT, TransferState.AGREED]
STORED_STATES = [(state, name) for state, name in TRANSFER_STATE_NAMES.items() if state != "expired"]


def a_month_after(day: date) -> date:
    """The same day of the next month, or its last day when it has no such day."""
    first = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


@keeps_history(exclude=["valid_until"])
class Letter(models.Model):
    """One numbered 介绍信. A later one replaces it when it ran out, was lost or came back."""

    issuer = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="letters", verbose_name="开具党（工）委"
    )
    issued_by = models.CharField("区外开具单位", max_length=200, blank=True)
    year = models.PositiveSmallIntegerField("年度", editable=False)
    number = models.CharField("介绍信编号", max_length=60)
    issued_on = models.DateField("开具日期")
    valid_days = models.PositiveSmallIntegerField(
        "有效天数",
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
        help_text="市内一般10天，市外30天，省外45至60天，最长90天",
    )
    valid_until = models.GeneratedField(
        expression=ExpressionWrapper(F("issued_on") + F("valid_days"), output_field=models.DateField()),
        output_field=models.DateField("有效期至"),
        db_persist=True,
    )
    dues_paid_to = models.DateField("党费交到（年月）")
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="代替的介绍信"
    )

    class Meta:
        verbose_name = "介绍信"
        verbose_name_plural = "介绍信"
        ordering = ["-issued_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "year", "number"],
                condition=Q(issuer__isnull=False),
                name="letter_number_once_a_year",
                violation_error_message="该编号今年已经用过",
            ),
            models.UniqueConstraint(
                fields=["issued_by", "year", "number"],
                condition=Q(issuer=None),
                name="letter_from_outside_once",
                violation_error_message="这封区外来信已经登记",
            ),
            models.CheckConstraint(
                condition=Q(issuer=None) ^ Q(issued_by=""),
                name="letter_has_one_issuer",
                violation_error_message="介绍信须且只能有一个开具单位",
            ),
            models.CheckConstraint(
                condition=Q(valid_days__gte=1, valid_days__lte=MOST_DAYS),
                name="letter_valid_for_a_while",
                violation_error_message="有效期须在1至90天之间",
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def signed_by(self) -> str:
        """The committee that issued it."""
        return self.issuer.committee_name if self.issuer else self.issued_by


class TransferQuerySet(ArrivalQuerySet):
    def reached_by(self, scope):
        """Seen from both sides: where she comes from, and - once there is a letter - where she goes."""
        return self._sent(scope) | self._received(scope)

    def sent_from(self, scope):
        """Keep what comes from a branch in the scope."""
        return self.filter(self._sent(scope))

    def sent_to(self, scope):
        """Keep what is on its way to a committee or branch in the scope."""
        return self.filter(self._received(scope))

    def _sent(self, scope) -> Q:
        return _at("from_branch", scope)

    def _received(self, scope) -> Q:
        reached = _at("to_branch", scope) | scope.over("to_unit__path")
        # One that came back keeps its old letter; whom it is addressed to anew has not been sent one yet, and
        # never will be when it was given up before.
        given_up = TransferStep.objects.standing().filter(
            transfer=OuterRef("pk"), move=TransferMove.CANCEL, before__in=BEFORE_THE_LETTER
        )
        unsent = Q(state__in=BEFORE_THE_LETTER) | Q(state=TransferState.CANCELLED) & Exists(given_up)
        return reached & (Q(letter__isnull=False) & ~unsent | Q(route=Route.WITHIN))

    def open(self):
        """Keep what is neither settled nor given up."""
        return self.filter(_is_open())

    def waiting(self, state, *, on):
        """Keep the transfers in a state on a day: 已过期 and 已开具 are told apart by the day."""
        if state == TransferState.EXPIRED:
            return self.expired(on=on)
        found = self.filter(state=state)
        return found.exclude(letter__valid_until__lt=on) if state == TransferState.ISSUED else found

    def expired(self, *, on):
        """Keep the letters that nobody received in their days."""
        return self.filter(state=TransferState.ISSUED, letter__valid_until__lt=on)

    def to_send(self, scope):
        """Keep what the sender has to do next: agree, issue, send again."""
        return self.sent_from(scope).open().filter(state__in=UNSENT_TRANSFERS).exclude(route=Route.WITHIN)

    def to_receive(self, scope, *, on):
        """Keep the letters to the scope that nobody has received: also those from outside that ran out.

        Nobody in the district sent these, so only the receiver can ask for another or give them up.
        """
        waiting = Q(letter__valid_until__gte=on) | Q(route=Route.IN)
        return self.sent_to(scope).filter(waiting, state=TransferState.ISSUED)

    def to_place(self, scope):
        """Keep who is to be placed in a branch of the scope, with a letter or within the committee."""
        within = Q(route=Route.WITHIN, state=TransferState.DRAFT)
        return self.sent_to(scope).filter(within | Q(state=TransferState.RECEIVED))

    def with_last_step(self):
        """With `last_step_on`, the day of the latest step that stands."""
        steps = TransferStep.objects.standing().filter(transfer=OuterRef("pk"))
        return self.annotate(last_step_on=Subquery(steps.order_by("-pk").values("on")[:1]))

    def receipt_owed(self):
        """Keep what is settled but for the receipt: to be sent by the receiver, or awaited from outside."""
        return self.filter(
            Q(state=TransferState.ACCEPTED) & ~Q(route=Route.WITHIN)
            | Q(state=TransferState.ISSUED, route=Route.OUT)
        )


def _at(branch: str, scope) -> Q:
    return scope.over(f"{branch}__path") | scope.at(branch)


def _is_open() -> Q:
    return Q(state__in=OPEN_TRANSFERS) & ~Q(route=Route.IN, state=TransferState.RETURNED)


@keeps_history(exclude=["sort_key", "spellings"])
class Transfer(Arrival):
    """A 组织关系 on its way. The sender counts the member until a branch has accepted her.

    What the letter says of the person stands in the columns of `Arrival`. Who receives it sees these, never
    her page. 已过期 is not stored: ask `state_on` of a day.
    """

    came_to_nothing = Q(state=TransferState.CANCELLED)

    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="transfers", verbose_name="党员"
    )
    route = models.CharField("转接方式", max_length=10, choices=ROUTE_NAMES.items())
    state = models.CharField("状态", max_length=10, choices=STORED_STATES)
    from_branch = models.ForeignKey(
        Branch, models.PROTECT, null=True, blank=True, related_name="transfers_out", verbose_name="转出党支部"
    )
    from_outside = models.CharField("转出单位（区外）", max_length=200, blank=True)
    to_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="transfers_in",
        verbose_name="接收党（工）委",
    )
    to_branch = models.ForeignKey(
        Branch, models.PROTECT, null=True, blank=True, related_name="transfers_in", verbose_name="转入党支部"
    )
    to_group = models.ForeignKey(
        Branch, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="转入党小组"
    )
    to_outside = models.CharField("转入单位（区外）", max_length=200, blank=True)
    destination = models.CharField(
        "去向说明", max_length=200, blank=True, help_text="介绍信上“去”的党支部名称，不清楚可留空"
    )
    channel = models.CharField("转接渠道", max_length=20, choices=TransferChannel)
    reason = models.CharField("转接原因", max_length=20, choices=TransferReason)
    note = models.CharField("备注", max_length=500, blank=True)
    letter = models.OneToOneField(
        Letter, models.PROTECT, null=True, blank=True, related_name="transfer", verbose_name="介绍信"
    )
    received_on = models.DateField("接收日期", null=True, blank=True)
    accepted_on = models.DateField("编入日期", null=True, blank=True)
    membership = models.OneToOneField(
        Membership,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="transfer",
        verbose_name="建立的组织关系",
    )
    receipt_on = models.DateField("回执日期", null=True, blank=True)
    return_reason = models.CharField("退回原因", max_length=20, choices=ReturnReason, blank=True)
    return_note = models.CharField("退回说明", max_length=500, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = "组织关系转接"
        verbose_name_plural = "组织关系转接"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(member__isnull=False) & _is_open(),
                name="one_open_transfer_a_member",
                violation_error_message="该党员已有一项未办结的组织关系转接",
            ),
            models.UniqueConstraint(
                fields=["id_index"],
                condition=Q(member=None) & _is_open(),
                name="one_open_transfer_an_arrival",
                violation_error_message="该身份证号已有一封未办结的来信",
            ),
            models.CheckConstraint(
                condition=(
                    Q(member__isnull=False, from_branch__isnull=False, from_outside="")
                    & Q(route__in=[Route.WITHIN, Route.BETWEEN], to_unit__isnull=False, to_outside="")
                )
                | Q(route=Route.IN, from_branch=None, to_unit__isnull=False, to_outside="")
                & ~Q(from_outside="")
                | Q(route=Route.OUT, member__isnull=False, from_branch__isnull=False, from_outside="")
                & Q(to_unit=None, to_branch=None)
                & ~Q(to_outside=""),
                name="transfer_has_two_ends",
                violation_error_message="转接须写明从哪里来、到哪里去",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[TransferState.ACCEPTED, TransferState.CLOSED], accepted_on__isnull=False
                )
                | ~Q(state__in=[TransferState.ACCEPTED, TransferState.CLOSED]) & Q(accepted_on=None),
                name="transfer_accepted_on_a_day",
                violation_error_message="编入支部须有日期",
            ),
            models.CheckConstraint(
                condition=Q(membership=None) | Q(member__isnull=False, to_branch__isnull=False),
                name="transfer_begins_a_members_relation",
            ),
            models.CheckConstraint(
                condition=~Q(state=TransferState.RETURNED) | ~Q(return_reason=""),
                name="transfer_returned_with_a_reason",
                violation_error_message="退回须写明原因",
            ),
        ]

    def state_on(self, day: date) -> TransferState:
        """The state as it is on a day: 已过期 once the letter's days have run out."""
        waiting = self.state == TransferState.ISSUED and self.letter is not None
        return (
            TransferState.EXPIRED if waiting and self.letter.valid_until < day else TransferState(self.state)
        )

    @property
    def is_open(self) -> bool:
        """Whether it is neither settled nor given up."""
        gone_back = self.route == Route.IN and self.state == TransferState.RETURNED
        return self.state in OPEN_TRANSFERS and not gone_back

    @property
    def receipt_due_on(self) -> date | None:
        """By when the receipt is to be there: a month after acceptance, two after a letter to the outside."""
        if self.state == TransferState.ACCEPTED and self.route != Route.WITHIN:
            return a_month_after(self.accepted_on)
        if self.state == TransferState.ISSUED and self.route == Route.OUT:
            return self.letter.issued_on + timedelta(days=DAYS_FOR_OUTSIDE)
        return None

    @property
    def comes_from(self) -> str:
        """Where she comes from, in words."""
        return str(self.from_branch) if self.from_branch else self.from_outside

    @property
    def goes_to(self) -> str:
        """Where she goes, as far as it is known, in words."""
        return str(self.to_branch or "") or self.destination or self.to_outside or str(self.to_unit)


class TransferStepQuerySet(ScopedQuerySet):
    def reached_by(self, scope):
        """As the transfer it belongs to."""
        return Q(transfer__in=Transfer.objects.visible_in(scope))

    def standing(self):
        """Keep the steps that nobody took back."""
        return self.filter(undone=False)


@keeps_history(asked_by=["transfer"])
class TransferStep(models.Model):
    """One step in the life of a letter: what was done, on which day, by whom, and what it set."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="steps", verbose_name="转接")
    move = models.CharField("事项", max_length=10, choices=TRANSFER_MOVE_NAMES.items())
    before = models.CharField("变动前", max_length=10, choices=STORED_STATES, blank=True)
    after = models.CharField("变动后", max_length=10, choices=STORED_STATES)
    on = models.DateField("日期")
    note = models.CharField("说明", max_length=500, blank=True)
    # {column of the transfer: [value before, value after]}, by which the step is told and taken back.
    changed = models.JSONField(default=dict, editable=False)
    # What hung on her and was settled with it, as [{"key", "words"}].
    settled = models.JSONField("同时了结的事项", default=list, editable=False)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="经办人")
    at = models.DateTimeField("登记时间", default=clock.now)
    undone = models.BooleanField("已撤回", default=False, editable=False)

    objects = TransferStepQuerySet.as_manager()

    class Meta:
        verbose_name = "转接步骤"
        verbose_name_plural = "转接步骤"
        ordering = ["pk"]

    def __str__(self):
        return f"{self.transfer} {self.get_move_display()} {self.on}"
