"""A resident orders by scanning the code of her place, and says by her own code that it was done."""

from uuid import UUID, uuid4, uuid5

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.shortcuts import render

from branches.models import Level, Unit
from core import clock
from core.authentication import client_address
from core.errors import DomainError, refusal_of
from volunteering.gates import soonest
from volunteering.models import Channel, ServiceItem, ServiceOrder, Slot
from volunteering.operations import Said, code_of_scan, confirm_order, knock, order_of_code, request_by_scan

MOST_ORDERS, MOST_CONFIRMATIONS = 10, 30
RATINGS = [("", "不评价"), *((number, f"{number}分") for number in (5, 4, 3, 2, 1))]
LARGEST = 2**31 - 1


class PublicForm(forms.Form):
    """What an operation refuses is shown where it belongs."""

    # People do not see it; what fills in everything gives itself away.
    website = forms.CharField(label="请留空", required=False)

    def refuse(self, refusal):
        for error in refusal.errors:
            self.add_error(error.field if error.field in self.fields else None, error.detail)


class OrderForm(PublicForm):
    # The same form sent twice is one order.
    uid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)
    item = forms.ModelChoiceField(
        label="需要什么服务", queryset=ServiceItem.objects.none(), empty_label="请选择",
        error_messages={"invalid_choice": "这里没有开设这项服务"},
    )  # fmt: skip
    requester = forms.CharField(label="您的姓名", max_length=50)
    requester_phone = forms.CharField(label="联系电话", max_length=30)
    requester_address = forms.CharField(label="住在哪里（楼栋、门牌）", max_length=200, required=False)
    wanted_on = forms.DateField(
        label="希望哪一天", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    slot = forms.ChoiceField(label="什么时间", choices=Slot.choices)
    detail = forms.CharField(
        label="具体要求", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = ["item", "wanted_on", "slot", "requester", "requester_phone", "requester_address", "detail"]

    def __init__(self, *args, unit, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = ServiceItem.objects.offered_at(unit).order_by("name")


class ConfirmForm(PublicForm):
    number = forms.IntegerField(label="单号", min_value=1, max_value=LARGEST)
    code = forms.CharField(label="确认码", max_length=6)
    rating = forms.TypedChoiceField(
        label="满意度", choices=RATINGS, coerce=int, empty_value=None, required=False
    )
    feedback = forms.CharField(label="意见", max_length=300, required=False)


@login_not_required
def order_page(request, code):
    """The form of a place; an order waits on the desk of the place like any other."""
    unit = Unit.objects.live().filter(code=code, level__gte=Level.COMMUNITY).first()
    if unit is None:
        return _refused(request, "没有这个点单码，请向社区索取新的。", 404)
    form = OrderForm(request.POST or None, unit=unit, initial=soonest(clock.now()))
    answer = _answered(request, form, unit) if request.method == "POST" and form.is_valid() else None
    return answer or render(request, "public/order.html", {"unit": unit, "form": form})


def _answered(request, form, unit):
    """What is answered to a form without a fault; nothing when it was refused."""
    if form.cleaned_data.pop("website"):
        return render(request, "public/ordered.html", {"unit": unit})
    read = {**form.cleaned_data, "unit": unit}
    read["uid"] = _uid_of(read)
    answer = _ordered_before(request, read) or _ordered(request, form, read)
    # Asked again: the same form may have been sent twice at the same moment.
    return answer or _ordered_before(request, read)


def _uid_of(read) -> UUID:
    """One for all that a form says: who goes back in her browser may mend it, or ask for something else."""
    said = {name: str(getattr(value, "pk", value)) for name, value in read.items() if name != "uid"}
    return uuid5(read["uid"] or uuid4(), str(sorted(said.items())))


def _ordered(request, form, read):
    done = _done(request, form, "order", lambda today: request_by_scan(values=read, today=today))
    if done is None:
        return None
    order, code = done
    return render(request, "public/ordered.html", {"unit": order.unit, "order": order, "code": code})


def _ordered_before(request, read):
    """The answer to a form that was sent twice: the first one may never have reached her."""
    order = ServiceOrder.objects.open().filter(uid=read["uid"], channel=Channel.SCAN).first()
    if order is None:
        return None
    context = {"unit": order.unit, "order": order, "code": code_of_scan(order), "again": True}
    return render(request, "public/ordered.html", context)


@login_not_required
def confirm_page(request):
    """Who ordered says that it was done, by the code that she alone was told."""
    form = ConfirmForm(request.POST or None, initial={"number": request.GET.get("n", "")})
    if request.method == "POST" and form.is_valid():
        read = form.cleaned_data
        if not read["website"] and _done(request, form, "confirm", lambda today: _confirmed(read, today)):
            return render(request, "public/confirmed.html", {"number": read["number"]})
    return render(request, "public/confirm.html", {"form": form})


class WrongCode(DomainError):
    """Number and code do not go together; which of them is wrong is not told."""

    code = "wrong_code"
    status = 400


def _confirmed(read, today):
    order = order_of_code(number=read["number"], code=read["code"].strip())
    if order is None:
        raise WrongCode("单号或确认码不对；输错几次后请拨打社区电话确认")
    said = Said(rating=read["rating"], feedback=read["feedback"])
    return confirm_order(order=order, said=said, by=None, today=today)


def _done(request, form, page, deed):
    """What the deed gives, once; counted, and with what was refused in the form."""
    most = {"order": MOST_ORDERS, "confirm": MOST_CONFIRMATIONS}[page]
    today = clock.today()
    try:
        knock(page=page, address=client_address(request), most=most, today=today)
        return deed(today)
    except DomainError as refusal:
        form.refuse(refusal)
    except IntegrityError as error:
        form.refuse(refusal_of(error))
    return None


def _refused(request, said, status):
    return render(request, "public/refused.html", {"said": said}, status=status)
