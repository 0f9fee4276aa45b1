"""Anybody checks a certificate: what the paper says must stand here, with little of the person."""

import hmac

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render

from core import clock
from core.authentication import client_address
from core.errors import DomainError
from core.privacy import first_character
from volunteering.models import Certificate
from volunteering.operations import code_of, knock
from volunteering.states import CertificateStatus

MOST_A_DAY = 200
LARGEST = 2**31 - 1


@login_not_required
def certificate_page(request, year, serial, code):
    """What is registered under the number, for who has the code; else as if there were none."""
    try:
        knock(page="certificate", address=client_address(request), most=MOST_A_DAY, today=clock.today())
    except DomainError as refusal:
        told = {"heading": "现在不能查验", "said": refusal.detail}
        return render(request, "public/refused.html", told, status=refusal.status)
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


def _found(year, serial, code):
    if max(year, serial) > LARGEST or not code.isascii():
        return None
    found = Certificate.objects.filter(year=year, serial=serial).select_related("member", "unit").first()
    return found if found and hmac.compare_digest(code_of(found), code.upper()) else None
