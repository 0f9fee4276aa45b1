"""The letter in three parts and the receipt, as they are printed; the whole ID number only on request."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils.html import format_html

from core import clock
from core.numerals import capital_digits, capitals
from core.privacy import last_four
from members import gates
from members.models import Sex
from members.models.member import whole_years
from members.operations.transfers import letter_in_full
from members.states import Route, Standing, TransferState


def month_in_capitals(day: date) -> tuple[str, str]:
    """Year and month as the letter has them: 贰零贰陆, 壹拾壹."""
    return capital_digits(day.year), capitals(day.month)


def letter_page(request, object_id, *, model_admin):
    """The letter: seen without the whole ID number; posted, whole and on record, to be printed.

    Whole only while it is on its way: once received, returned or withdrawn, nobody has to hand it in.
    """
    transfer, answer = model_admin.row_or_answer(request, object_id)
    if answer:
        return answer
    # A letter from outside is not ours to print.
    if transfer.letter is None or transfer.route == Route.IN:
        return model_admin.nothing_to_print(request, transfer)
    on_its_way = transfer.state == TransferState.ISSUED
    may_print = on_its_way and gates.may_do(request.user, gates.ISSUE, transfer)
    number, phone = gates.letter_id_shown(request.user, transfer), last_four(transfer.phone)
    if request.method == "POST":
        if not may_print:
            raise PermissionDenied
        number, phone = letter_in_full(transfer=transfer, by=request.user), transfer.phone
    context = {
        **_facts(transfer),
        "may_print": may_print,
        "whole": request.method == "POST",
        "number": number,
        "phone": phone,
    }
    return _paper(request, "members/letter.html", transfer, context)


def receipt_page(request, object_id, *, model_admin):
    """The receipt that the receiver sends back."""
    transfer, answer = model_admin.row_or_answer(request, object_id)
    if answer:
        return answer
    if transfer.accepted_on is None or transfer.route in (Route.WITHIN, Route.OUT):
        return model_admin.nothing_to_print(request, transfer)
    sender = transfer.letter.signed_by
    return _paper(
        request,
        "members/receipt.html",
        transfer,
        {
            "addressee": sender,
            "clerk": request.user.name,
            "office_phone": transfer.to_unit.office_phone,
            "signed_on": clock.today(),
        },
    )


def _paper(request, template, transfer, context):
    # The form says 第 … 号 itself.
    serial = transfer.letter.number.removeprefix("第").removesuffix("号")
    common = {"transfer": transfer, "letter": transfer.letter, "serial": serial}
    response = TemplateResponse(request, template, {**common, **context})
    response["Cache-Control"] = "no-store"
    return response


def _facts(transfer) -> dict:
    letter = transfer.letter
    year, month = month_in_capitals(letter.dues_paid_to)
    return {
        "year": year,
        "month": month,
        "days": capitals(letter.valid_days),
        "age": whole_years(transfer.birth_on, letter.issued_on) if transfer.birth_on else "",
        "sex": either("男", "女", first_holds=transfer.sex == Sex.MALE),
        "issuer": letter.issuer,
        "category": either("预备", "正式", first_holds=transfer.standing == Standing.PROBATIONARY),
        "addressee": transfer.to_unit.committee_name if transfer.to_unit else transfer.to_outside,
        "goes_to": _end_in_full(transfer),
        "branch": transfer.from_branch,
    }


def either(first, second, *, first_holds):
    """Both words as the form has them, the one that does not apply struck out."""
    struck = format_html('<span class="not">{}</span>', second if first_holds else first)
    return format_html("{}/{}", first if first_holds else struck, struck if first_holds else second)


def _end_in_full(transfer) -> str:
    if transfer.to_branch:
        return transfer.to_branch.name
    committee = transfer.to_unit.committee_name if transfer.to_unit else ""
    return transfer.destination or transfer.to_outside or committee
