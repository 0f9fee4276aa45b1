"""How a member is shown: a line of a list, and alone. No whole ID number, no health, phones by permission."""

from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from branches.gates.fields import PartialDateField
from branches.gates.permission import may
from core import clock
from core.precision import PartialDate
from core.privacy import last_four
from members.gates import id_shown, masked_for
from members.models import HandoverPerson, Member, Phone
from members.operations.rules import warnings

# What a line reads, and no more: sealed columns stay in the database.
LINE_COLUMNS = (
    "id", "name", "sex", "ethnic_group", "id_last4", "birth_on", "birth_precision", "education",
    "retire_kind", "joined_on", "joined_precision", "full_on", "full_precision", "standing", "died_on",
    "on_roster", "branch", "path", "branch__code", "branch__name", "version",
)  # fmt: skip
AS_THEY_ARE = (
    "id", "name", "sex", "ethnic_group", "education", "retire_kind", "standing", "died_on", "on_roster",
    "branch", "version",
)  # fmt: skip
PARTIAL = ("birth", "joined", "full")
READS_PHONES = ("members.change_contact", "members.change_member")


def reduced(row, name):
    """A partial date of a row of values, as text."""
    day = row[f"{name}_on"]
    return str(PartialDate(day, row[f"{name}_precision"])) if day else None


class MemberLine(serializers.ModelSerializer):
    """Made from a row of values: a list of many people builds no objects."""

    id_masked = serializers.CharField(label="身份证号（后四位）")
    birth_on = PartialDateField("birth", label="出生日期")
    joined_on = PartialDateField("joined", label="入党日期")
    full_on = PartialDateField("full", label="转正日期")
    branch_code = serializers.CharField(allow_null=True, label="所在党支部代码")
    branch_name = serializers.CharField(allow_null=True, label="所在党支部全称")

    class Meta:
        model = Member
        fields = [
            *AS_THEY_ARE, "id_masked", "birth_on", "joined_on", "full_on", "branch_code", "branch_name"
        ]  # fmt: skip

    @cached_property
    def masked(self):
        """Asked once for all lines."""
        return masked_for(self.context["request"].user)

    def to_representation(self, instance):
        return {
            **{name: instance[name] for name in AS_THEY_ARE},
            "id_masked": self.masked(instance["id_last4"], instance["path"], instance["branch"]),
            **{f"{name}_on": reduced(instance, name) for name in PARTIAL},
            "branch_code": instance["branch__code"],
            "branch_name": instance["branch__name"],
        }


class PhoneShown(serializers.ModelSerializer):
    class Meta:
        model = Phone
        fields = ["number", "owner", "note"]


class MemberDetail(serializers.ModelSerializer):
    id_masked = serializers.SerializerMethodField(label="身份证号（后四位）")
    birth_on = PartialDateField("birth", label="出生日期")
    joined_on = PartialDateField("joined", label="入党日期")
    full_on = PartialDateField("full", label="转正日期")
    worked_on = PartialDateField("worked", label="参加工作日期")
    retired_on = PartialDateField("retired", label="离退休日期")
    age = serializers.SerializerMethodField(label="年龄")
    party_age = serializers.SerializerMethodField(label="党龄（年）")
    branch_code = serializers.CharField(
        source="branch.code", default=None, allow_null=True, label="党支部代码"
    )
    branch_name = serializers.CharField(
        source="branch.name", default=None, allow_null=True, label="党支部全称"
    )
    employer_name = serializers.CharField(
        source="employer.name", default=None, allow_null=True, label="原工作单位名称"
    )
    residence_name = serializers.CharField(
        source="residence.name", default=None, allow_null=True, label="居住地名称"
    )
    has_health_note = serializers.SerializerMethodField(label="有健康状况记录")
    phones = serializers.SerializerMethodField(
        label="电话", help_text="能修改联系方式的人看到全号，其他人只看到后四位。"
    )
    archives_at = serializers.SerializerMethodField(
        label="人事档案存放地", help_text="随企业移交来的才有；与所在党支部无关。"
    )
    warnings = serializers.SerializerMethodField(label="请核对", help_text="不寻常但可能属实之处。")

    class Meta:
        model = Member
        fields = [
            *AS_THEY_ARE, "former_name", "id_masked", "birth_on", "age", "joined_on", "full_on", "party_age",
            "party_age_correction", "worked_on", "retired_on", "employer", "employer_name", "former_title",
            "branch_code", "branch_name", "lost_since", "floating_since", "floating_to", "residence",
            "residence_name", "address", "skills", "note", "has_health_note", "archives_at", "phones",
            "warnings",
        ]  # fmt: skip

    def get_id_masked(self, member) -> str:
        user = self.context["request"].user
        return id_shown(user, member.id_last4, path=member.path, branch=member.branch_id)

    def get_age(self, member) -> int | None:
        return member.age(clock.today())

    def get_party_age(self, member) -> int | None:
        return member.party_age(clock.today())

    def get_has_health_note(self, member) -> bool:
        return member.health_note is not None

    def get_archives_at(self, member) -> str:
        lines = HandoverPerson.objects.of_member(member)
        return next((line.archives for line in lines if line.archives), "")

    def get_warnings(self, member) -> list[str]:
        return warnings(member)

    @extend_schema_field(PhoneShown(many=True))
    def get_phones(self, member):
        user = self.context["request"].user
        whole = any(may(user, verb, member) for verb in READS_PHONES)
        return [
            {
                "number": phone.number if whole else last_four(phone.number),
                "owner": phone.owner,
                "note": phone.note if whole else "",
            }
            for phone in member.phones.all()
        ]
