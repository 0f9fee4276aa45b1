"""Forms of a hand-over: adding names, putting a line right, answering for many at once."""

from django import forms
from django.utils.html import format_html_join

from branches.admin.forms import NOT_THERE, VersionedForm, picked
from branches.gates import ActForm, OperationForm, scope_for
from branches.models import Branch, Category
from core import clock
from members.models import HandoverPerson, ReturnReason
from members.operations.handovers.cells import LABELS
from members.operations.handovers.lists import raw_cells

RECEIVE = "members.receive_handover"


class HandoverForm(OperationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"employer", "unit"} & set(self.fields):
            self.fields[name].error_messages["invalid_choice"] = NOT_THERE


class AddNamesForm(ActForm):
    """A list, pasted or as a file."""

    text = forms.CharField(
        label="从 Excel 或 WPS 粘贴",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "wrap": "off", "spellcheck": "false"}),
        help_text="连同表头一行一起复制。表头至少有：姓名、公民身份号码；"
        "最好还有：性别、出生日期、加入党组织日期、转为正式党员日期、手机号码、现居住地、接收社区、接收党支部",
    )
    file = forms.FileField(
        label="或者上传文件",
        required=False,
        allow_empty_file=True,
        help_text=".xlsx、.xls、.ods 或 .csv，20 MB 以内",
    )

    def clean(self):
        read = super().clean()
        if bool((read.get("text") or "").strip()) == bool(read.get("file")):
            raise forms.ValidationError("粘贴名单和上传文件须且只能选一种")
        return read


class CorrectForm(VersionedForm):
    """The line as it came, to be put right; the ID number is asked only when it changes."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        raw, wrong = raw_cells(self.row), {}
        for each in self.row.complaints:
            wrong.setdefault(each["field"], []).append(each["detail"])
        for name, label in LABELS.items():
            self.fields[name] = forms.CharField(
                label=label,
                required=False,
                max_length=500,
                initial=raw.get(name, "") if name != "id_number" else "",
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
                help_text=_faults(wrong.get(name, ())),
            )
        number = self.fields["id_number"]
        if not number.help_text:
            number.help_text = "没有发现问题；确需更改才填写，留空则不变"
        # First what is wrong.
        self.order_fields(["version", *(name for name in LABELS if name in wrong), *LABELS])
        self.dress()

    def cells(self) -> dict[str, str]:
        """The columns as they shall be; an ID number left empty is not among them."""
        return {
            name: self.cleaned_data[name]
            for name in LABELS
            if name != "id_number" or self.cleaned_data["id_number"].strip()
        }


def _faults(details) -> str:
    """What speaks against a cell, to be seen at once below it."""
    return format_html_join("；", '<strong class="late">{}</strong>', ((detail,) for detail in details))


class AnswerForm(ActForm):
    """How the people ticked are answered for. Which field is needed depends on the button."""

    on = forms.DateField(label="办理日期", initial=clock.today)
    reason = forms.ChoiceField(
        label="退回原因", required=False, choices=[("", "请选择"), *ReturnReason.choices]
    )
    remark = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reached = Branch.objects.visible_in(scope_for(self.request.user, RECEIVE)).live()
        reached = reached.within(self.row.unit)
        for name, label, rows in (
            ("branch", "接收到党支部", reached.holding()),
            ("group", "党小组（没有可留空）", reached.filter(category=Category.GROUP)),
        ):
            relation = HandoverPerson._meta.get_field(name)
            self.fields[name] = picked(relation, self.model_admin, rows, label=label)
            self.fields[name].required = False
        self.fields["branch"].help_text = "留空则各自编入名单写明的党支部"
