"""What a hand-over gives out: the receipt list of a street, and the lines to be put right."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse

from branches.gates import scope_for
from branches.models import Level, Unit
from core import clock
from core.sheets import XLSX_TYPE, xlsx
from members.admin.handovers.forms import RECEIVE
from members.admin.handovers.reception import dress
from members.operations import faulty_rows
from members.states import OPEN_OUTCOMES, Outcome


def faulty_page(request, object_id, *, model_admin):
    """The faulty lines in reach as a workbook with their reasons, to be put right and added again."""
    handover, answer = model_admin.row_or_answer(request, object_id)
    if answer:
        return answer
    scope = scope_for(request.user, RECEIVE)
    if not scope:
        raise PermissionDenied
    header, rows = faulty_rows(handover=handover, scope=scope, by=request.user)
    response = HttpResponse(xlsx(header, rows), content_type=XLSX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="handover-{handover.pk}-faulty.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


def receipt_page(request, object_id, *, model_admin):
    """The receipt list of one street on A4: who was accepted where, who was returned and why."""
    handover, answer = model_admin.row_or_answer(request, object_id)
    if answer:
        return answer
    street = _street(request)
    people = handover.people.within(street).select_related("unit", "branch", "group")
    people = people.defer("raw", "id_number", "spellings", "more").order_by("unit__path", "serial")
    people = list(people.exclude(outcome__in=OPEN_OUTCOMES))
    dress(people, request.user)
    accepted = [line for line in people if line.outcome == Outcome.ACCEPTED]
    context = {
        "handover": handover,
        "street": street,
        "number": f"麒移回〔{handover.opened_on.year}〕{handover.pk}-{street.code[-3:]}号",
        "accepted": accepted,
        # Said once above for all of the batch; a column only where somebody's file is kept elsewhere.
        "own_archives": any(line.archives_at for line in accepted),
        "others": [line for line in people if line.outcome != Outcome.ACCEPTED],
        "figures": handover.people.within(street).figures(clock.today()),
        "today": clock.today(),
    }
    return TemplateResponse(request, "members/receipt_list.html", context)


def _street(request) -> Unit:
    """The street asked for, if everybody in it is in the person's sight."""
    scope = scope_for(request.user, "members.view_handoverperson")
    asked = request.GET.get("street", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
    street = Unit.objects.filter(pk=number, level=Level.STREET).first()
    if street is None or not scope.covers(street.path):
        raise Http404
    return street
