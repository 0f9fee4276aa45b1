"""What is sent to the API of transfers, and what the operations take from it."""

from rest_framework import serializers

from branches.gates.fields import PartialDateField, ScopedRelatedField, StrictBody
from branches.models import Branch, Unit
from core.errors import InvalidValue
from core.precision import PartialDate, Precision
from members.api.sent import SettlementBody, settlements_from
from members.models import Member, ReturnReason, TransferChannel, TransferReason
from members.models.arrival import CATEGORIES
from members.models.codes import ETHNIC_GROUPS, HAN, Sex
from members.operations import transfers as doing

MOST_SETTLED = 100


class MonthField(serializers.CharField):
    """A month, as 2026-11."""

    def to_internal_value(self, data):
        text = super().to_internal_value(data)
        try:
            known = PartialDate.parse(text)
        except InvalidValue:
            known = None
        if known is None or known.precision != Precision.MONTH:
            raise serializers.ValidationError("应为年月，如 2026-11")
        return known.day


class CommitteeField(serializers.SlugRelatedField):
    """A committee by its code. The district and its streets may be named by everybody (docs/decisions)."""

    default_error_messages = {"does_not_exist": "没有代码为“{value}”的区或街道", "invalid": "应为单位代码"}

    def __init__(self, **kwargs):
        super().__init__(slug_field="code", queryset=Unit.objects.committees(), **kwargs)

    def to_internal_value(self, data):
        if not str(data).isalnum():
            self.fail("invalid")
        return super().to_internal_value(data)


class DestinationBody(StrictBody):
    to_unit = CommitteeField(
        default=None, allow_null=True, label="接收党（工）委", help_text="区或街道的代码。"
    )
    to_branch = ScopedRelatedField(
        queryset=Branch.objects.all(), default=None, allow_null=True, label="转入党支部"
    )
    to_group = ScopedRelatedField(
        queryset=Branch.objects.all(), default=None, allow_null=True, label="转入党小组"
    )
    to_outside = serializers.CharField(max_length=200, default="", allow_blank=True, label="转入单位（区外）")
    destination = serializers.CharField(max_length=200, default="", allow_blank=True, label="去向说明")


class WhyBody(DestinationBody):
    reason = serializers.ChoiceField(TransferReason.choices, label="转接原因")
    note = serializers.CharField(max_length=500, default="", allow_blank=True, label="备注")


class DraftBody(WhyBody):
    member = ScopedRelatedField(queryset=Member.objects.all(), label="党员")
    channel = serializers.ChoiceField(TransferChannel.choices, default="", label="转接渠道")


class LetterBody(StrictBody):
    issued_on = serializers.DateField(label="开具日期")
    valid_days = serializers.IntegerField(label="有效天数", help_text="1至90。")
    dues_paid_to = MonthField(label="党费交到", help_text="年月，如 2026-11。")
    number = serializers.CharField(
        max_length=60, default="", allow_blank=True, label="介绍信编号", help_text="不填则按本年度自动编号。"
    )


class IncomingBody(LetterBody, WhyBody):
    name = serializers.CharField(max_length=100, label="姓名")
    sex = serializers.ChoiceField(Sex.choices, label="性别")
    ethnic_group = serializers.ChoiceField(ETHNIC_GROUPS, default=HAN, label="民族")
    id_number = serializers.CharField(max_length=40, label="公民身份号码")
    standing = serializers.ChoiceField(CATEGORIES, default="full", label="人员类别")
    birth_on = PartialDateField("birth", label="出生日期")
    joined_on = PartialDateField("joined", label="入党日期")
    full_on = PartialDateField("full", label="转正日期")
    phone = serializers.CharField(max_length=40, default="", allow_blank=True, label="联系电话")
    from_outside = serializers.CharField(max_length=200, label="转出单位（区外）")
    channel = serializers.ChoiceField(
        TransferChannel.choices, default=TransferChannel.PAPER, label="转接渠道"
    )


class OnBody(StrictBody):
    on = serializers.DateField(label="日期")


class AgreeBody(DestinationBody, OnBody):
    pass


class NotedBody(OnBody):
    note = serializers.CharField(max_length=500, default="", allow_blank=True, label="说明")


class ReceiveBody(OnBody):
    branch = ScopedRelatedField(
        queryset=Branch.objects.all(), default=None, allow_null=True, label="拟编入党支部"
    )


class SettlesBody(StrictBody):
    settle = SettlementBody(
        many=True, default=list, max_length=MOST_SETTLED, label="了结事项",
        help_text="未了事项（members/编号/obligations/）逐项写明原因或交给谁；可以保留的不写即保留。",
    )  # fmt: skip

    def validate_settle(self, settlements):
        return settlements_from(settlements)


class AcceptBody(SettlesBody, OnBody):
    branch = ScopedRelatedField(queryset=Branch.objects.all(), label="编入党支部")
    group = ScopedRelatedField(queryset=Branch.objects.all(), default=None, allow_null=True, label="党小组")


class ReturnBody(NotedBody):
    reason = serializers.ChoiceField(ReturnReason.choices, label="退回原因")


class ReceiptBody(SettlesBody):
    receipt_on = serializers.DateField(label="回执日期")
    accepted_on = serializers.DateField(
        default=None, allow_null=True, label="对方接收日期", help_text="只有转出区外才填写。"
    )


def destination_from(values) -> doing.Destination:
    """Take from the validated values where it goes."""
    return doing.Destination(
        values.pop("to_unit"),
        values.pop("to_branch"),
        values.pop("to_group"),
        values.pop("to_outside"),
        values.pop("destination"),
    )


def letter_from(values) -> doing.LetterFacts:
    """Take from the validated values what is written on the letter."""
    return doing.LetterFacts(
        **{name: values.pop(name) for name in ("issued_on", "valid_days", "dues_paid_to", "number")}
    )
