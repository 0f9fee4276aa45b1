"""The forms of a transfer: one for each step, each asking only what the step needs."""

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from branches.admin.forms import NOT_THERE, VersionedForm, picked
from branches.gates import OperationForm, scope_for
from branches.models import Branch, Category, Unit
from branches.models.unit import Level
from core import clock
from core.errors import InvalidValue
from core.precision import PartialDate, Precision
from members import gates
from members.admin.forms import PartialDateField, read_id_number
from members.admin.settling import Settling
from members.models import Membership, ReturnReason, Transfer, TransferChannel, TransferReason
from members.models.transfer import MOST_DAYS
from members.obligations import Leaving
from members.operations import transfers as doing
from members.states import Route, TransferState

BLANK = ("", "请选择")
USUAL_DAYS = {Route.BETWEEN: 10, Route.OUT: 30}


class MonthField(forms.CharField):
    """A month in one text box, as 2026-11."""

    def __init__(self, **kwargs):
        super().__init__(**{"help_text": "写年月，如 2026-11", **kwargs})
        self.widget.attrs |= {"autocomplete": "off", "maxlength": 10, "placeholder": "如 2026-11"}

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return None
        try:
            known = PartialDate.parse(text)
        except InvalidValue:
            known = None
        if known is None or known.precision != Precision.MONTH:
            raise ValidationError(f"“{text}”不是年月，请写成 2026-11")
        return known.day


class CommitteeField(forms.ModelChoiceField):
    """The district and its streets: where letters can be sent is no secret (docs/decisions/0012)."""

    def __init__(self, **kwargs):
        super().__init__(queryset=Unit.objects.committees().order_by("level", "code"), **kwargs)
        self.empty_label = "请选择"
        self.error_messages["invalid_choice"] = NOT_THERE

    def label_from_instance(self, unit):
        return f"{unit.name}（区直党组织）" if unit.level == Level.DISTRICT else unit.name


def branch_fields(form, verb, *, unit=None, required=True) -> dict:
    """Branch and group to be picked within the verb's scope, and within the committee `unit`."""
    reached = Branch.objects.visible_in(scope_for(form.request.user, verb)).live()
    if unit is not None and unit.level != Level.DISTRICT:
        reached = reached.within(unit)
    relation = Membership._meta.get_field
    fields = {
        "branch": picked(relation("branch"), form.model_admin, reached.holding(), label="编入党支部"),
        "group": picked(
            relation("group"), form.model_admin, reached.filter(category=Category.GROUP), label="党小组"
        ),
    }
    if unit is not None:
        only = f"只能选“{unit}”及其以下、在您管辖范围内的党支部"
        fields["branch"].error_messages["invalid_choice"] = only
    fields["branch"].required, fields["group"].required = required, False
    fields["group"].help_text = "该党支部下设的党小组，没有可留空"
    return fields


class PlacedErrors:
    """Mixin of a form whose fields bear shorter names than what the operation speaks of."""

    places = {"to_branch": "branch", "to_group": "group"}

    def refuse(self, refusal):
        for error in refusal.errors:
            error.field = self.places.get(error.field, error.field)
        super().refuse(refusal)


class DestinationForm(PlacedErrors, VersionedForm):
    """Where she goes: a committee of the district, a branch of one's own, or a place outside."""

    to_unit = CommitteeField(
        label="转到（区内）", required=False, help_text="接收的党（工）委：街道，或区直党组织"
    )
    text = forms.CharField(
        label="去向说明",
        max_length=200,
        required=False,
        help_text="对方党支部名称，印在介绍信“去”之后；不清楚可留空",
    )
    to_outside = forms.CharField(
        label="转到（区外）", max_length=200, required=False, help_text="区外接收党组织的全称；转到区内的留空"
    )
    field_order = ["to_unit", "branch", "group", "text", "to_outside"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.asks_for_place():
            self.fields |= branch_fields(self, gates.PROPOSE, required=False)
            self.fields["branch"].label = "转入党支部"
            self.fields["branch"].help_text = "在您的管辖范围内的，可直接选党支部，不用再选街道"
            self.order_fields(self.field_order)

    def asks_for_place(self) -> bool:
        """Whether the destination is asked at all."""
        return True

    def clean(self):
        read, names = super().clean(), ("to_unit", "branch", "group", "to_outside", "text")
        ends = [read.pop(name, "" if name in ("to_outside", "text") else None) for name in names]
        read["to"] = doing.Destination(*ends) if self.asks_for_place() else None
        return read


class TransferForm(DestinationForm):
    """Begin the transfer of a member: where to and why."""

    reason = forms.ChoiceField(label="转接原因", choices=[BLANK, *TransferReason.choices])
    channel = forms.ChoiceField(
        label="转接渠道", required=False, choices=[("", "按去向自动选择"), *TransferChannel.choices]
    )
    note = forms.CharField(label="备注", max_length=500, required=False)
    field_order = ["to_unit", "branch", "group", "text", "to_outside", "reason", "channel", "note"]


class AgreeForm(DestinationForm):
    """The branch agrees; what came back may be addressed anew."""

    on = forms.DateField(label="同意日期", initial=clock.today)
    field_order = ["on", *DestinationForm.field_order]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.asks_for_place():
            for name in ("to_unit", "text", "to_outside"):
                del self.fields[name]
            return
        self.initial |= {
            "to_unit": self.row.to_unit_id,
            "branch": self.row.to_branch_id,
            "text": self.row.destination,
            "to_outside": self.row.to_outside,
        }

    def asks_for_place(self):
        return self.row.state == TransferState.RETURNED


class LetterForm(VersionedForm):
    """What is written on the letter."""

    issued_on = forms.DateField(label="开具日期", initial=clock.today)
    valid_days = forms.IntegerField(
        label="有效期（天）",
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=f"市内一般10天，市外30天，省外45至60天，最长{MOST_DAYS}天",
    )
    dues_paid_to = MonthField(label="党费交到")
    number = forms.CharField(
        label="介绍信编号",
        max_length=60,
        required=False,
        help_text="留空则按本年度自动编号；用印好的介绍信时填写其编号",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["valid_days"].initial = USUAL_DAYS.get(Route(self.row.route), 30)
        self.fields["dues_paid_to"].initial = f"{clock.today():%Y-%m}"

    def clean(self):
        read = super().clean()
        if not self.errors:
            facts = {name: read.pop(name) for name in ("issued_on", "valid_days", "dues_paid_to", "number")}
            read["facts"] = doing.LetterFacts(**facts)
        return read


class ReceiveForm(PlacedErrors, VersionedForm):
    on = forms.DateField(label="接收日期", initial=clock.today)
    field_order = ["on", "branch"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields |= branch_fields(self, gates.RECEIVE, unit=self.row.to_unit, required=False)
        del self.fields["group"]
        self.fields["branch"].label = "拟编入党支部"
        self.fields["branch"].help_text = "填写后由该社区编入；不清楚可留空"
        self.initial["branch"] = self.row.to_branch_id


class OfHer:
    """Mixin beside `Settling`: what is settled hangs on the member whose transfer the row is."""

    settling_verb = gates.ACCEPT

    @property
    def person(self):
        return self.row.member


class AcceptForm(PlacedErrors, OfHer, Settling, VersionedForm):
    """The branch, the group and the day; and what becomes of what hangs on her."""

    leaving = Leaving.TRANSFER
    on = forms.DateField(
        label="编入日期", initial=clock.today, help_text="组织关系从这一天起落在新的党支部，原支部同日减少"
    )
    field_order = ["branch", "group", "on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields |= branch_fields(self, gates.ACCEPT, unit=self.row.to_unit)
        self.initial |= {"branch": self.row.to_branch_id, "group": self.row.to_group_id}
        self.order_fields(self.field_order)


class ReturnForm(VersionedForm):
    reason = forms.ChoiceField(label="退回原因", choices=[BLANK, *ReturnReason.choices])
    note = forms.CharField(
        label="说明", max_length=500, required=False, help_text="缺什么、应去哪里；原因为“其他”时必填"
    )
    on = forms.DateField(label="退回日期", initial=clock.today)


class NotedForm(VersionedForm):
    on = forms.DateField(label="日期", initial=clock.today)
    note = forms.CharField(label="说明", max_length=500, required=False)


class CancelForm(NotedForm):
    note = forms.CharField(label="撤销的原因", max_length=500)
    field_order = ["note", "on"]


class ReceiptForm(VersionedForm):
    receipt_on = forms.DateField(label="回执日期", initial=clock.today)


class DepartureForm(OfHer, Settling, VersionedForm):
    """The answer from outside the district: on the day she was accepted there her relation here ends."""

    leaving, day_field, settling_verb = Leaving.TRANSFER_OUT, "accepted_on", gates.ISSUE
    accepted_on = forms.DateField(
        label="对方接收日期", help_text="回执或全国党员管理信息系统上写明的日期；组织关系同日在本区终止"
    )
    receipt_on = forms.DateField(label="收到回执日期", initial=clock.today)


def close_form(*args, row, **about):
    """The receipt, or the answer from outside: whichever the route asks for."""
    form = DepartureForm if row.route == Route.OUT else ReceiptForm
    return form(*args, row=row, **about)


class IncomingForm(OperationForm):
    """A letter from outside the district, written in from the paper."""

    request = model_admin = None

    id_number = forms.CharField(
        label="公民身份号码",
        max_length=40,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="18位；保存后加密，只显示后四位",
    )
    birth_on = PartialDateField(label="出生日期", help_text="留空则取身份证上的日期")
    joined_on = PartialDateField(label="入党日期", required=True)
    full_on = PartialDateField(label="转正日期", help_text="正式党员必填；1969年4月至1977年8月入党的可留空")
    number = forms.CharField(label="介绍信编号", max_length=60, widget=UnfoldAdminTextInputWidget)
    issued_on = forms.DateField(label="开具日期", widget=UnfoldAdminDateWidget)
    valid_days = forms.IntegerField(label="有效期（天）", widget=UnfoldAdminIntegerFieldWidget)
    dues_paid_to = MonthField(label="党费交到", widget=UnfoldAdminTextInputWidget)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["from_outside"].required = self.fields["to_unit"].required = True
        self.fields["from_outside"].help_text = "介绍信上盖章的党组织全称"
        scope = scope_for(self.request.user, gates.RECEIVE)
        committees = Unit.objects.committees().order_by("level", "code")
        own = [unit.pk for unit in committees if scope.covers(unit.path)]
        self.fields["to_unit"].queryset = committees.filter(pk__in=own)
        self.fields["to_unit"].label_from_instance = str
        if len(own) == 1:
            self.fields["to_unit"].initial = own[0]

    def clean_id_number(self):
        return read_id_number(self.cleaned_data["id_number"])

    def arriving(self):
        """What was filled in, as the operation takes it."""
        read = self.cleaned_data
        person = {name: read[name] for name in ("name", "sex", "ethnic_group", "standing", "phone")}
        for name in ("birth", "joined", "full"):
            partial = read[f"{name}_on"]
            person[f"{name}_on"] = partial.day if partial else None
            person[f"{name}_precision"] = partial.precision if partial else "D"
        person["id_number"] = read["id_number"]
        letter = doing.LetterFacts(
            read["issued_on"], read["valid_days"], read["dues_paid_to"], read["number"]
        )
        to = doing.Destination(read["to_unit"], read.get("to_branch"), text=read["destination"])
        known = {name: read[name] for name in ("from_outside", "reason", "channel", "note")}
        return doing.Arriving(person=person, to=to, letter=letter, **known)

    class Meta:
        model = Transfer
        fields = "__all__"
