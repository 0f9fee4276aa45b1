"""The forms of a person: what is typed, and how it becomes the values of an operation."""

from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from branches.admin.forms import NOT_THERE, picked
from branches.gates import OperationForm, scope_for
from branches.gates.places import full_texts
from branches.models import Branch, Category, Employer, Unit
from core import clock
from core.errors import DomainError, InvalidValue, refuse_all
from core.identity import normalise_name, normalise_phone, parse_id_number
from core.precision import PartialDate
from members.models import Member, Membership, Phone, PhoneOwner, RosterIn
from members.models.codes import ENTERED_BY
from members.operations.evidence import WHEN_ASKED
from members.operations.people import SEALED
from members.operations.rules import complaints
from members.states import GOOD_STANDING, STANDING_NAMES, Standing

PARTIAL_DATES = ["birth_on", "joined_on", "full_on", "worked_on", "retired_on"]
DATE_HINT = "可写 1958-07-12、1958年7月 或 1958"
IDENTITY = ["name", "former_name", "sex", "ethnic_group", "birth_on", "education"]
PARTY = ["joined_on", "full_on", "party_age_correction"]
RETIREMENT = ["retire_kind", "worked_on", "retired_on", "employer", "former_title"]
CONTACT = ["residence", "address", "skills"]
FLAGS = ["lost_since", "floating_since", "floating_to"]


def told_apart(member, *more) -> str:
    """Her name and what tells her from her namesakes: the year of birth, and `more`."""
    born = [f"{member.birth_on.year}年生"] if member.birth_on else []
    return f"{member.name}（{'，'.join([*born, *more])}）" if born or more else member.name


class PartialDateField(forms.CharField):
    """A day, a month or a year in one text box."""

    widget = UnfoldAdminTextInputWidget

    def __init__(self, **kwargs):
        super().__init__(**{"help_text": DATE_HINT, "required": False, **kwargs})
        self.widget.attrs |= {"autocomplete": "off", "maxlength": 20, "placeholder": "如 1958-07-12"}

    def to_python(self, value):
        text = super().to_python(value)
        try:
            return PartialDate.parse(text) if text else None
        except InvalidValue as error:
            raise ValidationError(error.detail) from None

    def has_changed(self, initial, data):
        return str(initial or "") != str(data or "")


class ResidenceField(forms.ModelChoiceField):
    """A unit, told apart from its namesakes by what is above it."""

    def label_from_instance(self, unit):
        return full_texts([unit])[unit.pk]


class PersonForm(OperationForm):
    """What registering and amending share; `model_admin` and `request` come with the request's own class."""

    request = model_admin = None

    birth_on = PartialDateField(
        label="出生日期", help_text=f"按人事档案；{DATE_HINT}。留空则取身份证上的日期"
    )
    joined_on = PartialDateField(label="入党日期", required=True)
    full_on = PartialDateField(
        label="转正日期", help_text="正式党员必填；1969年4月1日至1977年8月11日入党的当时无预备期，可留空"
    )
    worked_on = PartialDateField(label="参加工作日期", help_text=f"离休必填；{DATE_HINT}")
    retired_on = PartialDateField(label="离退休日期")

    class Meta:
        widgets = {"note": UnfoldAdminTextareaWidget(attrs={"rows": 3})}
        help_texts = {
            "former_name": "没有可留空",
            "party_age_correction": "上级核定的增减月数，一般为0",
            "floating_to": "流动党员填写外出去向",
            "address": "具体到门牌号",
            "skills": "如：书法、医疗、电工，便于认领服务岗位",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in set(PARTIAL_DATES) & set(self.fields):
            self.initial[name] = self.instance.partial(name.removesuffix("_on"))
        for name in {"employer", "residence"} & set(self.fields):
            self.fields[name].error_messages["invalid_choice"] = NOT_THERE
        if "residence" in self.fields:
            self._keep_present_residence()

    def _keep_present_residence(self):
        # A member may live where the person who keeps her data has no say: that is no reason to lose it.
        field = self.fields["residence"]
        present = Unit.objects.filter(pk=self.instance.residence_id)
        self.fields["residence"] = ResidenceField(
            queryset=field.queryset | present,
            required=False,
            label=field.label,
            help_text="可选到社区、小组或网格",
            widget=field.widget,
            error_messages={"invalid_choice": NOT_THERE},
        )

    def clean_name(self):
        try:
            return normalise_name(self.cleaned_data["name"])
        except InvalidValue as error:
            raise ValidationError(error.detail) from None

    def person(self) -> dict:
        """The member's columns as typed, each date with its precision. What could not be read is left out."""
        columns = [*IDENTITY, *PARTY, *RETIREMENT, *CONTACT, *FLAGS, "note"]
        values = {name: self.cleaned_data[name] for name in columns if name in self.cleaned_data}
        for name in set(PARTIAL_DATES) & set(values):
            partial = values[name]
            values[name] = partial.day if partial else None
            values[f"{name.removesuffix('_on')}_precision"] = partial.precision if partial else "D"
        return values

    def _post_clean(self):
        super()._post_clean()
        if self.errors and self.refusal is None:
            self._say_the_rest()

    def _say_the_rest(self):
        """Besides what could not be read, say what the operation would refuse: all at once."""
        with transaction.atomic():
            try:
                self.try_out()
            except DomainError as refusal:
                silent = {*self.errors, *self._taken_from_what_is_wrong()}
                for error in refusal.errors:
                    if error.field in self.fields and error.field not in silent:
                        self.add_error(error.field, error.detail)
            transaction.set_rollback(True)

    def _taken_from_what_is_wrong(self):
        """The empty birth date that a readable ID number would have filled: nobody need type it."""
        unread = "id_number" in self.errors and not self.cleaned_data.get("birth_on")
        return {"birth_on"} if unread else set()

    def try_out(self):
        """Do the operation with what could be read, to hear what it refuses. Undone at once."""


class RegisterForm(PersonForm):
    """A person, her branch and the first day of her 组织关系, in one step."""

    id_number = forms.CharField(
        label="公民身份号码",
        required=False,
        max_length=40,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="18位；保存后加密，只显示后四位",
    )
    standing = forms.ChoiceField(
        label="人员类别",
        initial=Standing.FULL,
        choices=[(each, STANDING_NAMES[each]) for each in GOOD_STANDING],
        widget=UnfoldAdminSelectWidget,
    )
    phone = forms.CharField(
        label="手机号",
        required=False,
        max_length=40,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "inputmode": "tel"}),
        help_text="11位手机号，或 0874-3123456；更多号码可在登记后添加",
    )
    phone_owner = forms.ChoiceField(
        label="机主", initial=PhoneOwner.SELF, choices=PhoneOwner.choices, widget=UnfoldAdminSelectWidget
    )
    # Taken from the 组织关系 when the form is made, with what the person may pick.
    branch = group = handed_over_by = forms.ModelChoiceField(queryset=Branch.objects.none())
    since = forms.DateField(
        label="起始日期",
        widget=UnfoldAdminDateWidget,
        help_text="组织关系从哪一天起落在该党支部；补录原来就在的党员，写当年的日期，以前的统计才有这个人",
    )
    began_by = forms.ChoiceField(
        label="增加方式",
        initial=RosterIn.INITIAL_LOAD,
        choices=ENTERED_BY,
        widget=UnfoldAdminSelectWidget,
    )
    document = forms.CharField(
        label="增加依据",
        required=False,
        max_length=100,
        widget=UnfoldAdminTextInputWidget,
        help_text="介绍信编号或文号",
    )
    health_note = forms.CharField(
        label="健康状况",
        required=False,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text="敏感信息：加密保存，查看须写明事由",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in entry_fields(self.model_admin, self.request.user, "members.add_member").items():
            self.fields[name] = field

    def clean_id_number(self):
        return read_id_number(self.cleaned_data["id_number"])

    def clean_phone(self):
        text = self.cleaned_data["phone"]
        try:
            return normalise_phone(text) if text else ""
        except InvalidValue as error:
            raise ValidationError(error.detail) from None

    def person(self):
        # The row's number for sealing first; the ID number last, because it fills an empty birth date.
        read = self.cleaned_data
        values = {"uid": read.get("uid") or uuid4(), "standing": read.get("standing", Standing.FULL)}
        values |= super().person()
        return values | {"health_note": read.get("health_note", ""), "id_number": read.get("id_number", "")}

    def phones(self) -> list[tuple]:
        """The one number of this form."""
        number = self.cleaned_data.get("phone")
        return [(number, self.cleaned_data["phone_owner"], "")] if number else []

    def try_out(self):
        if {"name", "branch", "since"} <= set(self.cleaned_data):
            self.model_admin.register(self)
        person = {name: value for name, value in self.person().items() if name not in SEALED}
        refuse_all(complaints(Member(**person), clock.today()))


class AmendForm(PersonForm):
    """What the keeper of the roster may correct."""

    new_id_number = forms.CharField(
        label="更正身份证号",
        required=False,
        max_length=40,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="只在原号码有误时填写；留空则不变",
    )
    evidence = forms.CharField(
        label="更正依据",
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text=f"{WHEN_ASKED}：如档案审核意见、文件名称和文号",
    )
    new_health_note = forms.CharField(
        label="更新健康状况",
        required=False,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text="敏感信息：填写后取代原有内容；留空则不变",
    )
    places = {"id_number": "new_id_number", "health_note": "new_health_note"}

    def clean_new_id_number(self):
        return read_id_number(self.cleaned_data["new_id_number"])

    def person(self):
        values = super().person()
        for column, name in self.places.items():
            if self.cleaned_data.get(name):
                values[column] = self.cleaned_data[name]
        return values

    def try_out(self):
        self.model_admin.amend(self)


class ContactForm(PersonForm):
    """What a branch secretary keeps up to date herself."""

    # Identity and dates are shown on her page, not asked.
    birth_on = joined_on = full_on = worked_on = retired_on = None

    def try_out(self):
        self.model_admin.amend(self)


class PhoneForm(forms.ModelForm):
    """One number of a member, read at once so that a mistake is shown beside it."""

    class Meta:
        model = Phone
        fields = ["number", "owner", "note"]

    def clean_number(self):
        try:
            return normalise_phone(self.cleaned_data["number"])
        except InvalidValue as error:
            raise ValidationError(error.detail) from None


def read_id_number(text: str) -> str:
    """The number as typed, once it is sure that it is one."""
    try:
        if text:
            parse_id_number(text, today=clock.today())
    except InvalidValue as error:
        raise ValidationError(error.detail) from None
    # The operation reads it again; what had to be converted is still to be told.
    return text


def entry_fields(model_admin, user, verb) -> dict:
    """Branch, group and enterprise of a 组织关系 that begins: only what the verb reaches."""
    reached = Branch.objects.visible_in(scope_for(user, verb)).live()
    employers = Employer.objects.visible_in(scope_for(user, verb))
    fields = {
        "branch": picked(
            Membership._meta.get_field("branch"), model_admin, reached.holding(), label="党支部"
        ),
        "group": picked(
            Membership._meta.get_field("group"),
            model_admin,
            reached.filter(category=Category.GROUP),
            label="党小组",
        ),
        "handed_over_by": picked(
            Membership._meta.get_field("handed_over_by"), model_admin, employers, label="移交企业"
        ),
    }
    fields["group"].required = fields["handed_over_by"].required = False
    fields["group"].help_text = "该党支部下设的党小组，没有可留空"
    fields["handed_over_by"].help_text = "增加方式为“企业移交”时必填"
    return fields
