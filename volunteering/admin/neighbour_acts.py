"""What is done about households, pairings and visits, each a page with what it asks."""

from django import forms
from django.urls import reverse

from branches.admin.forms import VersionedForm, picked
from branches.gates import Act, scope_for
from core import clock
from members.models import Member
from volunteering.gates import soonest
from volunteering.models import (
    Consent,
    Found,
    MatterKind,
    Pairing,
    ServiceItem,
    Slot,
    Urgency,
    VisitWay,
)
from volunteering.operations import (
    Agreed,
    Looked,
    end_household,
    end_pairing,
    matter_from_visit,
    note_event,
    order_from_visit,
    pair,
    record_visit,
    verify_visit,
)

ADD_PAIRING, ADD_VISIT = "volunteering.add_pairing", "volunteering.add_visit"
CHOOSE = ("", "请选择")
LONG = forms.Textarea(attrs={"rows": 3})


class PairForm(VersionedForm):
    since = forms.DateField(label="结对日期", initial=clock.today)
    consent = forms.ChoiceField(label="住户怎样同意", choices=[CHOOSE, *Consent.choices])
    consent_on = forms.DateField(label="同意日期", initial=clock.today)
    override = forms.CharField(
        label="不在附近的理由", max_length=200, required=False, help_text="党员不住在、也不服务于本社区的必填"
    )
    field_order = ["member"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reached = Member.objects.visible_in(scope_for(self.request.user, ADD_PAIRING)).on_roster()
        relation = Pairing._meta.get_field("member")
        self.fields["member"] = picked(relation, self.model_admin, reached, label="党员")
        self.order_fields(self.field_order)


class EventForm(VersionedForm):
    on = forms.DateField(label="哪一天", initial=clock.today, help_text="如摔伤、住院、亲人去世")


class EndForm(VersionedForm):
    on = forms.DateField(label="结束日期", initial=clock.today)
    reason = forms.CharField(label="原因", max_length=200)


class VisitForm(VersionedForm):
    on = forms.DateField(label="哪一天", initial=clock.today)
    way = forms.ChoiceField(label="怎样走访", choices=VisitWay.choices)
    found = forms.ChoiceField(label="情况", choices=Found.choices)
    finding = forms.CharField(
        label="说明", max_length=500, required=False, widget=LONG, help_text="平安的可以不写"
    )


class VerifyForm(VersionedForm):
    """Nothing to fill in: the button itself says so."""


class OrderForm(VersionedForm):
    wanted_on = forms.DateField(label="希望日期")
    slot = forms.ChoiceField(label="时段", choices=Slot.choices)
    detail = forms.CharField(label="具体要求", max_length=300, required=False, widget=LONG)
    field_order = ["item"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        there = ServiceItem.objects.offered_at(self.row.pairing.household.building.unit)
        self.fields["item"] = forms.ModelChoiceField(
            label="服务项目", queryset=there, empty_label="请选择", widget=self.dressed[forms.Select]
        )
        self.order_fields(self.field_order)
        self.initial.update(soonest(clock.now()))


class MatterForm(VersionedForm):
    kind = forms.ChoiceField(label="类别", choices=[CHOOSE, *MatterKind.choices])
    urgency = forms.ChoiceField(label="紧急程度", choices=Urgency.choices)
    subject = forms.CharField(label="事项", max_length=60, help_text="一句话，不写住户姓名")
    detail = forms.CharField(label="具体情况", max_length=1000, required=False, widget=LONG)


def _pair(household, values, request):
    agreed = Agreed(values["consent"], values["consent_on"], values["override"])
    told = {"by": request.user, "today": clock.today()}
    done = pair(household=household, member=values["member"], since=values["since"], agreed=agreed, **told)
    return f"“{done.member}”自 {done.since} 起与该户结对"


def _event(household, values, request):
    note_event(household=household, **values, by=request.user, today=clock.today())
    return "已登记，请尽快走访"


def _end_household(household, values, request):
    done = end_household(household=household, **values, by=request.user, today=clock.today())
    return f"已于 {done.ended_on} 结束守望，结对同日结束"


def _end_pairing(pairing, values, request):
    done = end_pairing(pairing=pairing, **values, by=request.user, today=clock.today())
    return f"结对已于 {done.until} 结束"


def _visit(pairing, values, request):
    values.pop("version")
    done = record_visit(pairing=pairing, looked=Looked(**values), by=request.user, today=clock.today())
    follow = "，可在这里转成服务单或网格事项" if done.found != Found.WELL else ""
    return f"已登记 {done.on} 的走访，待他人核实{follow}"


def _page_after_visit(pairing):
    """Where a finding becomes an order or a matter; back to the pairing when all was well."""
    visit = pairing.visits.latest("pk")
    row = pairing if visit.found == Found.WELL else visit
    return reverse(f"admin:volunteering_{row._meta.model_name}_change", args=[row.pk])


def _verify(visit, values, request):
    verify_visit(visit=visit, by=request.user)
    return f"已核实 {visit}"


def _order(visit, values, request):
    version = values.pop("version")
    told = {"by": request.user, "today": clock.today(), "version": version}
    return f"已转为{order_from_visit(visit=visit, values=values, **told).order}"


def _matter(visit, values, request):
    version = values.pop("version")
    told = {"by": request.user, "today": clock.today(), "version": version}
    return f"已转为{matter_from_visit(visit=visit, values=values, **told).matter}"


def _is_live(household) -> bool:
    return household.ended_on is None


def _is_in_force(pairing) -> bool:
    return pairing.until is None


def _is_open(visit) -> bool:
    return visit.order_id is None and visit.matter_id is None


HOUSEHOLD_ACTS = [
    Act("pair", "结对", PairForm, ADD_PAIRING, _pair, icon="handshake", offered=_is_live,
        note="须先征得住户同意；高关注的住户要两名党员。"),
    Act("event", "登记重大变故", EventForm, "volunteering.change_household", _event, icon="emergency",
        offered=_is_live, note="登记后一天内须走访。"),
    Act("end", "结束守望", EndForm, "volunteering.change_household", _end_household, icon="event_busy",
        offered=_is_live, note="如住户搬走、去世或不再同意。"),
]  # fmt: skip
PAIRING_ACTS = [
    Act("visit", "登记走访", VisitForm, ADD_VISIT, _visit, icon="door_front", offered=_is_in_force,
        leads_to=_page_after_visit),
    Act("end", "结束结对", EndForm, "volunteering.change_pairing", _end_pairing, icon="event_busy",
        offered=_is_in_force),
]  # fmt: skip
VISIT_ACTS = [
    Act("verify", "核实", VerifyForm, "volunteering.verify_visit", _verify, icon="verified",
        offered=lambda visit: visit.verified_by_id is None, not_by="recorded_by",
        note="登记人不能核实自己登记的走访。"),
    Act("order", "转成服务单", OrderForm, ADD_VISIT, _order, icon="assignment", offered=_is_open,
        note="住户的姓名、电话和地址会告诉派单和上门的人。"),
    Act("matter", "转成网格事项", MatterForm, ADD_VISIT, _matter, icon="inbox", offered=_is_open,
        note="不带住户姓名，只写楼栋。"),
]  # fmt: skip
