"""What residents may order, the orders themselves, and to whom each was given."""

from django.db import models
from django.db.models import Q

from branches.models import Branch, Unit
from branches.scope import ScopedQuerySet, SharedQuerySet
from core.history import keeps_history
from core.models import User
from core.sealing import SealedField, SealedRow
from members.models import Member
from volunteering.models.team import Team
from volunteering.states import HELD, OPEN, STATUS_NAMES, OrderStatus


class Channel(models.TextChoices):
    HOTLINE = "hotline", "服务热线"
    COUNTER = "counter", "服务窗口"
    SCAN = "scan", "扫码"
    VISIT = "visit", "走访"


class Slot(models.TextChoices):
    MORNING = "morning", "上午"
    AFTERNOON = "afternoon", "下午"
    EVENING = "evening", "晚上"


class Confirmation(models.TextChoices):
    """Who said that the service was done."""

    REQUESTER = "requester", "点单人确认"
    PROXY = "proxy", "代确认"
    TIMEOUT = "timeout", "到期自动确认"


class ServiceItemQuerySet(SharedQuerySet):
    def open(self):
        """Items that are offered now."""
        return self.filter(is_open=True)

    def offered_at(self, unit):
        """Items that are offered at the unit: by it or by what is above it."""
        above = Unit.objects.above(unit.path)
        return self.open().filter(unit__in=above)


@keeps_history()
class ServiceItem(models.Model):
    """Something that residents of a unit and below may order, with its limits."""

    name = models.CharField("名称", max_length=50)
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="service_items", verbose_name="开设范围（含以下）"
    )
    skill = models.CharField(
        "所需特长", max_length=50, blank=True, help_text="接单人的特长中须有这几个字；不需要可留空"
    )
    is_heavy = models.BooleanField("重活", default=False)
    oldest = models.PositiveSmallIntegerField(
        "年龄上限", null=True, blank=True, help_text="重活必填：超过这个年龄不派"
    )
    most_cash = models.PositiveIntegerField(
        "代办金额上限（元）", null=True, blank=True, help_text="不涉及钱款可留空"
    )
    limits = models.CharField("服务限制", max_length=300, blank=True, help_text="如：不打针、不开药")
    is_open = models.BooleanField("开设", default=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = ServiceItemQuerySet.as_manager()

    class Meta:
        verbose_name = "服务项目"
        verbose_name_plural = "服务目录"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                name="service_item_once_at_a_unit",
                violation_error_message="该单位已有同名的服务项目",
            ),
            models.CheckConstraint(
                condition=Q(is_heavy=False) | Q(oldest__isnull=False),
                name="service_item_heavy_has_an_age_limit",
                violation_error_message="重活须填写年龄上限",
            ),
        ]

    def __str__(self):
        return self.name


class ServiceOrderQuerySet(ScopedQuerySet):
    def open(self):
        """Orders that somebody still has to do something about."""
        return self.filter(status__in=OPEN)

    def late(self, day):
        """Open orders whose time to answer was over before `day`."""
        return self.open().filter(answer_by__lt=day)


@keeps_history(exclude=["path"])
class ServiceOrder(SealedRow):
    """A resident asked for a service at a place; the branch of the place finds somebody who gives it.

    `desk` is the unit that has to act: the place's own, and one level up for each time that nobody answered.
    Who asked needs no account; name, phone and address are sealed, and revealed to who works on the order.
    """

    item = models.ForeignKey(ServiceItem, models.PROTECT, related_name="orders", verbose_name="服务项目")
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="service_orders", verbose_name="服务地点（社区、小组或网格）"
    )
    path = models.CharField("路径", max_length=40, db_collation="C", editable=False)
    branch = models.ForeignKey(
        Branch,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="service_orders",
        verbose_name="派单党支部",
        help_text="留空则为服务地点的党支部",
    )
    desk = models.ForeignKey(
        Unit, models.PROTECT, related_name="orders_on_desk", editable=False, verbose_name="现由谁办"
    )
    channel = models.CharField("渠道", max_length=10, choices=Channel, default=Channel.HOTLINE)
    sealed_requester = SealedField("点单人", null=True, editable=False)
    sealed_phone = SealedField("点单人电话", null=True, editable=False)
    sealed_address = SealedField("上门地址", null=True, editable=False)
    # What lists show of the first two.
    requester_masked = models.CharField("点单人（隐去）", max_length=50, editable=False)
    phone_last4 = models.CharField("电话后四位", max_length=4, editable=False)
    detail = models.CharField("具体要求", max_length=300, blank=True)
    cash = models.PositiveIntegerField("代办金额（元）", null=True, blank=True)
    requested_on = models.DateField("点单日期", editable=False)
    wanted_on = models.DateField("希望日期")
    slot = models.CharField("时段", max_length=10, choices=Slot, default=Slot.MORNING)
    status = models.CharField(
        "状态", max_length=10, choices=STATUS_NAMES.items(), default=OrderStatus.WAITING, editable=False
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, editable=False, related_name="orders", verbose_name="派给服务队"
    )
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, editable=False, related_name="orders", verbose_name="接单人"
    )
    answer_by = models.DateField("最迟答复", null=True, editable=False)
    rounds = models.PositiveSmallIntegerField("本级无人答复次数", default=0, editable=False)
    reason = models.CharField("拒绝或取消原因", max_length=200, blank=True, editable=False)
    confirmed_as = models.CharField(
        "确认方式", max_length=10, choices=Confirmation, blank=True, editable=False
    )
    confirmer = models.CharField("代确认人", max_length=50, blank=True, editable=False)
    rating = models.PositiveSmallIntegerField("满意度（1—5）", null=True, editable=False)
    feedback = models.CharField("意见", max_length=300, blank=True, editable=False)
    # By scanning a place's code: what the requester must tell to say that it is done.
    phone_index = models.CharField("电话索引", max_length=64, blank=True, editable=False)
    code_index = models.CharField("确认码", max_length=64, blank=True, editable=False)
    wrong_codes = models.PositiveSmallIntegerField("确认码输错次数", default=0, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = ServiceOrderQuerySet.as_manager()

    class Meta:
        verbose_name = "服务单"
        verbose_name_plural = "服务单"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=[*HELD, OrderStatus.REPORTED, OrderStatus.CLOSED])
                | Q(member__isnull=False),
                name="order_held_by_somebody",
                violation_error_message="已接的服务单须有接单人",
            ),
            models.CheckConstraint(
                condition=~Q(status=OrderStatus.DISPATCHED) | Q(member__isnull=False) | Q(team__isnull=False),
                name="order_dispatched_to_somebody",
                violation_error_message="派单须派给服务队或党员",
            ),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__range=(1, 5)),
                name="order_rating_from_one_to_five",
                violation_error_message="满意度应为1到5",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "status"], name="order_by_path"),
            models.Index(fields=["status", "answer_by"], name="order_by_status"),
        ]

    def __str__(self):
        return f"{self.item}（{self.unit}）第{self.pk}单"


class Answer(models.TextChoices):
    PENDING = "pending", "待答复"
    ACCEPTED = "accepted", "接单"
    DECLINED = "declined", "谢绝"
    UNANSWERED = "unanswered", "未答复"
    WITHDRAWN = "withdrawn", "撤回"


class DispatchQuerySet(ScopedQuerySet):
    path_field, branch_field = "order__path", "order__branch"


@keeps_history(asked_by=["order"])
class Dispatch(models.Model):
    """An order was given to a team or a member, and what came of it. To decline is held against nobody."""

    order = models.ForeignKey(ServiceOrder, models.PROTECT, related_name="dispatches", verbose_name="服务单")
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+", verbose_name="服务队")
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", verbose_name="党员")
    on = models.DateField("派单日期")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="派单人")
    answer = models.CharField("答复", max_length=10, choices=Answer, default=Answer.PENDING)
    answered_on = models.DateField("答复日期", null=True)

    objects = DispatchQuerySet.as_manager()

    class Meta:
        verbose_name = "派单记录"
        verbose_name_plural = "派单记录"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(answer="pending"), name="one_pending_dispatch_of_an_order"
            ),
            models.CheckConstraint(
                condition=Q(team=None, member__isnull=False) | Q(team__isnull=False, member=None),
                name="dispatch_to_a_team_or_a_member",
                violation_error_message="派给服务队或党员，须且只能选一个",
            ),
        ]

    def __str__(self):
        return f"{self.order} → {self.team or self.member}"
