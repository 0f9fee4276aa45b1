"""What may be sent about a member, and how far each key in it may reach."""

from rest_framework import serializers

from branches.gates.fields import PartialDateField, ScopedRelatedField, StrictBody, StrictSerializer, Undone
from branches.models import Branch, Employer, Unit
from members.models import ExitType, Member, Phone, PhoneOwner, RosterIn, SuspendReason
from members.models.codes import ENTERED_BY
from members.obligations import LEAVING_NAMES, Leaving, Settlement
from members.operations import Entry
from members.operations.evidence import WHEN_ASKED
from members.states import STANDING_NAMES, Standing

PERSON = (
    "name", "former_name", "sex", "ethnic_group", "id_number", "birth_on", "education", "retire_kind",
    "worked_on", "retired_on", "employer", "former_title", "joined_on", "full_on", "party_age_correction",
    "lost_since", "floating_since", "floating_to", "residence", "address", "skills", "health_note", "note",
    "phones",
)  # fmt: skip
ENTRY = ("branch", "since", "began_by", "group", "document", "handed_over_by")
MOST_PHONES = 20
MOST_SETTLED = 100


class PhoneBody(StrictSerializer):
    class Meta:
        model = Phone
        fields = ["number", "owner", "note"]


class MemberAmendment(StrictSerializer):
    elsewhere = {
        "standing": "党籍变动请用 POST members/编号/confirm|extend|suspend|restore|expel|decease/",
        "died_on": "去世请用 POST members/编号/decease/",
        "branch": "更正组织关系请用 PATCH memberships/编号/",
        "id_masked": "修改身份证号请填写 id_number",
    }
    id_number = serializers.CharField(
        max_length=40, allow_null=True, allow_blank=True, required=False, label="公民身份号码"
    )
    health_note = serializers.CharField(
        max_length=500, allow_null=True, allow_blank=True, required=False, label="健康状况"
    )
    birth_on = PartialDateField("birth", label="出生日期", help_text="如 1949-12-31、1949-12 或 1949。")
    joined_on = PartialDateField("joined", label="入党日期")
    full_on = PartialDateField("full", label="转正日期")
    worked_on = PartialDateField("worked", label="参加工作日期")
    retired_on = PartialDateField("retired", label="离退休日期")
    employer = ScopedRelatedField(
        queryset=Employer.objects.all(), required=False, allow_null=True, label="原工作单位"
    )
    residence = ScopedRelatedField(
        queryset=Unit.objects.all(), required=False, allow_null=True, label="居住地"
    )
    phones = PhoneBody(
        many=True, required=False, max_length=MOST_PHONES, label="电话", help_text="写出全部电话。"
    )

    class Meta:
        model = Member
        fields = PERSON

    def validate_phones(self, phones):
        # In an amendment nothing is filled in by itself, not even within the phones.
        return [
            (phone.get("number", ""), phone.get("owner", PhoneOwner.SELF), phone.get("note", ""))
            for phone in phones
        ]


EVIDENCE_NOTE = f"{WHEN_ASKED}。"


class MemberCorrection(MemberAmendment):
    evidence = serializers.CharField(
        max_length=200, required=False, allow_blank=True, label="更正依据", help_text=EVIDENCE_NOTE
    )

    class Meta(MemberAmendment.Meta):
        fields = (*PERSON, "evidence")


class EntryBody(StrictBody):
    branch = ScopedRelatedField(queryset=Branch.objects.all(), label="党支部")
    since = serializers.DateField(label="组织关系起始日期")
    began_by = serializers.ChoiceField(ENTERED_BY, default=RosterIn.INITIAL_LOAD, label="增加方式")
    group = ScopedRelatedField(queryset=Branch.objects.all(), default=None, allow_null=True, label="党小组")
    document = serializers.CharField(max_length=100, default="", allow_blank=True, label="增加依据")
    handed_over_by = ScopedRelatedField(
        queryset=Employer.objects.all(), default=None, allow_null=True, label="移交企业"
    )


def entry_from(values) -> Entry:
    """Take from the validated values how the 组织关系 begins."""
    return Entry(**{name: values.pop(name) for name in ENTRY})


class Registration(EntryBody, MemberAmendment):
    elsewhere = {}
    standing = serializers.ChoiceField(
        list(STANDING_NAMES.items()), default=Standing.FULL.value, label="党籍"
    )

    class Meta(MemberAmendment.Meta):
        fields = (*PERSON, "standing", *ENTRY)


class StandingBody(StrictBody):
    on = serializers.DateField(label="日期")
    document = serializers.CharField(max_length=100, default="", allow_blank=True, label="文号")
    note = serializers.CharField(max_length=500, default="", allow_blank=True, label="说明")


class SettlementBody(StrictBody):
    obligation = serializers.CharField(
        max_length=40, label="事项", help_text="见 members/编号/obligations/。"
    )
    reason = serializers.CharField(max_length=200, label="原因")
    successor = ScopedRelatedField(
        queryset=Member.objects.all(), default=None, allow_null=True, label="交给谁", help_text="党员编号。"
    )


class LeavingBody(StandingBody):
    settle = SettlementBody(
        many=True, default=list, max_length=MOST_SETTLED, label="了结事项",
        help_text="此人名下的未了事项逐项写明原因或交给谁；可以保留的不写即保留。",
    )  # fmt: skip

    def validate_settle(self, settlements):
        return settlements_from(settlements)


def settlements_from(rows) -> tuple[Settlement, ...]:
    """The settlements that were sent."""
    return tuple(Settlement(row["obligation"], row["reason"], row["successor"]) for row in rows)


class Death(LeavingBody):
    pass


class Suspension(LeavingBody):
    reason = serializers.ChoiceField(SuspendReason.choices, label="情形")


class Expulsion(LeavingBody):
    reason = serializers.ChoiceField(ExitType.choices, label="情形")


class Restoration(StandingBody):
    branch = ScopedRelatedField(queryset=Branch.objects.all(), label="编入的党支部")


class ObligationQuery(StrictBody):
    leaving = serializers.ChoiceField(list(LEAVING_NAMES.items()), default=Leaving.DEATH, label="离开方式")
    on = serializers.DateField(required=False, label="日期", help_text="缺省为今天。")


class ObligationShown(serializers.Serializer):
    obligation = serializers.CharField(source="key", label="事项", help_text="了结时写这个。")
    words = serializers.CharField(label="说明")
    keepable = serializers.BooleanField(label="可以保留")
    transferable = serializers.BooleanField(label="可以交给他人")


class StaysClosed(serializers.Serializer):
    """Mixin of what answers an undo: what ended with the step and does not go on by itself."""

    stays_closed = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        label="没有随之恢复的",
        help_text="当时随之了结、现在不能自动恢复的事项，需要时请另行办理。",
    )


class TermUndone(Undone, StaysClosed):
    pass


class RevealBody(StrictBody):
    reason = serializers.CharField(max_length=500, label="查看事由", help_text="至少4个字，记入审计。")
    what = serializers.ChoiceField(
        [("id_number", "公民身份号码"), ("health_note", "健康状况")], default="id_number", label="查看什么"
    )


class Revealed(serializers.Serializer):
    id_number = serializers.CharField(required=False, label="公民身份号码")
    health_note = serializers.CharField(required=False, label="健康状况")
