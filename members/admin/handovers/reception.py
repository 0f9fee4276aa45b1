"""The page on which a community answers for everybody handed over to it: tick, choose, done."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError, OperationalError, transaction
from django.http import HttpResponseRedirect
from django.urls import reverse

from branches.gates import may, scope_for
from core import clock
from core.errors import DomainError, refusal_of
from members.admin.handovers.forms import RECEIVE, AnswerForm
from members.gates import id_shown
from members.models import HandoverPerson
from members.operations import (
    Acceptance,
    Answer,
    accept_people,
    miss_people,
    reopen_people,
    return_people,
)
from members.states import OPEN_OUTCOMES, OUTCOME_MOVES, OUTCOME_NAMES, Outcome, OutcomeMove

A_PAGE = 500
SEE_PEOPLE = "members.view_handoverperson"
# The order of the tabs: what is to be done first.
TABS = (
    Outcome.PENDING,
    Outcome.FAULTY,
    Outcome.ACCEPTED,
    Outcome.RETURNED,
    Outcome.NOT_FOUND,
    Outcome.ALREADY_HERE,
)


def receive_page(request, object_id, *, model_admin):
    """Show the people of a batch by their outcome, or do with those ticked what the button says."""
    handover, answer = model_admin.row_or_answer(request, object_id)
    if answer:
        return answer
    page = Reception(request, handover, model_admin.admin_site)
    if request.method == "POST":
        if not page.receives:
            raise PermissionDenied
        if page.done():
            return HttpResponseRedirect(page.address)
    return model_admin.page(request, "admin/members/handover/receive.html", page.context())


def dress(lines, user) -> None:
    """What a list of lines shows and does not compute itself."""
    today = clock.today()
    for line in lines:
        line.id_text = id_shown(user, line.id_last4, path=line.unit.path, branch=line.branch_id)
        line.born = line.partial("birth")
        line.late = line.outcome in OPEN_OUTCOMES and line.due_on < today


class Reception:
    """The people of a batch in the person's sight, and her answer for those she ticked."""

    def __init__(self, request, handover, site):
        self.request, self.handover = request, handover
        self.receives = handover.closed_on is None and may(request.user, RECEIVE)
        people = HandoverPerson.objects.visible_in(scope_for(request.user, SEE_PEOPLE))
        self.people = people.filter(handover=handover)
        asked = request.GET.get("outcome", "")
        self.outcome = Outcome(asked) if asked in list(Outcome) else Outcome.PENDING
        self.units = {
            str(pk): name
            for pk, name in self.people.order_by("unit__path").values_list("unit", "unit__name").distinct()
        }
        self.unit = request.GET.get("unit") if request.GET.get("unit") in self.units else ""
        sent = (request.POST,) if request.method == "POST" else ()
        about = {"row": handover, "request": request, "model_admin": site.get_model_admin(HandoverPerson)}
        self.form = AnswerForm(*sent, **about) if self.receives else None

    @property
    def shown(self):
        """The people of the tab and the community chosen."""
        people = self.people.filter(outcome=self.outcome)
        return people.filter(unit=self.unit) if self.unit else people

    @property
    def address(self) -> str:
        """Where the same tab is found again."""
        query = {"outcome": self.outcome.value, **({"unit": self.unit} if self.unit else {})}
        return reverse("admin:members_handover_receive", args=[self.handover.pk], query=query)

    @property
    def moves(self) -> set[str]:
        """What may be done with people of this tab, one by one or many at once."""
        return {move.value for outcome, move in OUTCOME_MOVES if outcome == self.outcome} - {
            OutcomeMove.MEND.value,
            OutcomeMove.FIND.value,
            OutcomeMove.UNDO.value,
        }

    @property
    def ticked(self) -> list[int]:
        """The numbers of the people ticked, or of all in the tab."""
        if self.request.POST.get("all") == "1":
            return list(self._answered_for().values_list("pk", flat=True))
        sent = self.request.POST.getlist("people")
        return [int(text) for text in sent if text.isascii() and text.isdigit() and len(text) < 19]

    def _answered_for(self):
        return self.shown.visible_in(scope_for(self.request.user, RECEIVE))

    # Doing.

    def done(self) -> bool:
        """Do what the button says; a refusal leaves nothing written and is told in the form."""
        move = self.request.POST.get("do")
        if not self.form.is_valid() or move not in self.moves:
            return False
        try:
            with transaction.atomic():
                told = self._do(move, self.form.cleaned_data)
        except DomainError as refusal:
            self.form.refuse(refusal)
            return False
        except (IntegrityError, OperationalError) as error:
            self.form.refuse(refusal_of(error))
            return False
        messages.success(self.request, told)
        return True

    def _do(self, move, read) -> str:
        people = self._reached()
        about = {"handover": self.handover, "people": people, "by": self.request.user}
        if move == OutcomeMove.REOPEN:
            return f"{len(reopen_people(**about))} 人重新待接收"
        about["today"] = clock.today()
        if move == OutcomeMove.ACCEPT:
            return self._accept(about, read)
        answer = Answer(read["on"], read["reason"] if move == OutcomeMove.RETURN else "", read["remark"])
        operation = return_people if move == OutcomeMove.RETURN else miss_people
        after = OUTCOME_NAMES[OUTCOME_MOVES[Outcome.PENDING, OutcomeMove(move)]]
        return f"{len(operation(answer=answer, **about))} 人{after}"

    def _accept(self, about, read) -> str:
        answered = accept_people(
            acceptance=Acceptance(read["on"], read["branch"], read["group"]),
            scope=scope_for(self.request.user, RECEIVE),
            **about,
        )
        into = f"到“{read['branch']}”" if read["branch"] else "到名单所写的党支部"
        told = f"已接收 {len(answered.accepted)} 人{into}（{read['on']}）"
        here = answered.already_here
        return told + (
            f"；{len(here)} 人已在册，没有重复登记：{'、'.join(map(str, here[:5]))}" if here else ""
        )

    def _reached(self) -> list[int]:
        """The numbers ticked; refuse those out of the person's reach like those that never were."""
        ticked = set(self.ticked)
        scope = scope_for(self.request.user, RECEIVE)
        reached = set(self.people.visible_in(scope).filter(pk__in=ticked).values_list("pk", flat=True))
        if ticked - reached:
            raise DomainError(f"所选的人中有 {len(ticked - reached)} 个不在名单里，或不在您的管辖范围内")
        return sorted(reached)

    # Showing.

    def context(self) -> dict:
        """Everything that the page shows."""
        figures = self.people.figures(clock.today())
        pages = Paginator(self._rows(), A_PAGE)
        page = pages.get_page(self.request.GET.get("p"))
        dress(page.object_list, self.request.user)
        return {
            "title": f"办理接收：{self.handover}",
            "original": self.handover,
            "reception": self,
            "form": self.form,
            "form_media": self.form.media if self.form else "",
            "page": page,
            "figures": figures,
            "tabs": [(each.value, OUTCOME_NAMES[each], figures[each.value]) for each in TABS],
            "chosen": set(self.ticked) if self.request.method == "POST" else set(),
            "all_chosen": self.request.POST.get("all") == "1",
        }

    def _rows(self):
        rows = self.shown.select_related("unit", "branch", "group", "membership__member", "answered_by")
        return rows.defer("raw", "id_number", "spellings", "more").order_by("unit__path", "serial")
