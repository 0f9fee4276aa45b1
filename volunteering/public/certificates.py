"""Anybody reads what is announced, and checks a certificate, with little of the person."""

import hmac

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render

from branches.models import Unit
from core import clock
from core.authentication import client_address
from core.errors import DomainError
from core.privacy import first_and_last, first_character
from volunteering.models import Certificate
from volunteering.operations import code_of, issuable_from, knock
from volunteering.states import CertificateStatus

MOST_A_DAY = 200
LARGEST = 2**31 - 1


@login_not_required
def certificate_page(request, year, serial, code):
    """What is registered under the number, for who has the code; else as if there were none."""
    refused = _refused_too_often(request, "certificate", "现在不能查验")
    if refused:
        return refused
    found = _found(year, serial, code)
    if found is None:
        said = "没有这份证书，或校验码不对。请核对纸面上的编号和校验码。"
        return render(request, "public/refused.html", {"said": said}, status=404)
    context = {
        "certificate": found,
        "name": first_character(found.member.name),
        "valid": found.status == CertificateStatus.ISSUED,
    }
    return render(request, "public/certificate.html", context)


@login_not_required
def announced_page(request, code):
    """公示: what a unit is about to certify, so that whoever knows better can say so in time."""
    refused = _refused_too_often(request, "announced", "现在不能查看")
    if refused:
        return refused
    unit = Unit.objects.live().filter(code=code).first()
    if unit is None:
        said = "没有这个单位的公示，请核对地址。"
        return render(request, "public/refused.html", {"said": said}, status=404)
    announced = [
        {"certificate": each, "name": first_and_last(each.member.name), "until": issuable_from(each)}
        for each in Certificate.objects.announced_at(unit).select_related("member")
    ]
    return render(request, "public/announced.html", {"unit": unit, "announced": announced})


def _refused_too_often(request, page, heading):
    """What is answered instead, once the page was used too often from there today."""
    try:
        knock(page=page, address=client_address(request), most=MOST_A_DAY, today=clock.today())
    except DomainError as refusal:
        told = {"heading": heading, "said": refusal.detail}
        return render(request, "public/refused.html", told, status=refusal.status)
    return None


def _found(year, serial, code):
    if max(year, serial) > LARGEST or not code.isascii():
        return None
    found = Certificate.objects.filter(year=year, serial=serial).select_related("member", "unit").first()
    return found if found and hmac.compare_digest(code_of(found), code.upper()) else None
