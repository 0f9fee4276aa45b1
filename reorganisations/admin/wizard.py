"""The wizard: choose what happened, fill in one form, see what it would do, confirm."""

from django.contrib import messages
from django.db import IntegrityError, OperationalError
from django.http import HttpResponseRedirect
from django.urls import reverse

from branches.models import Branch, Unit
from core import clock
from core.errors import DomainError, refusal_of
from reorganisations.admin.forms import WizardForm
from reorganisations.admin.kinds import CHOICES, GROUPS
from reorganisations.admin.outcomes import shown
from reorganisations.gates import refuse_unless_allowed
from reorganisations.operations import decide, rehearse
from reorganisations.states import About

# What the person is about to do with the form that she sent.
TRY, CONFIRM, BACK = "try", "confirm", "back"
LONGEST_NUMBER = 18


class Wizard:
    """One request on the way through. `?what=` says what happened, `?units=` or `?branches=` to what."""

    def __init__(self, model_admin, request):
        self.model_admin, self.request = model_admin, request
        self.choice = CHOICES.get(request.GET.get("what", ""))
        self.step = request.POST.get("step", TRY)

    def respond(self):
        """The page for this request, or the way to the plan that was made."""
        if self.choice is None:
            return self._choose()
        form = self._form()
        if self.request.method == "POST" and self.step != BACK and form.is_valid():
            answer = self._tried(form)
            if answer is not None:
                return answer
        return self._page("reorganisations/wizard.html", form=form, asks_subject=self._asks_subject(form))

    # What happened.

    def _choose(self):
        about = self._row("units", Unit) or self._row("branches", Branch)
        offered = [(title, self._offers(choices, about)) for title, choices in GROUPS]
        groups = [(title, choices) for title, choices in offered if choices]
        return self._page("reorganisations/choose.html", about=about, groups=groups)

    def _offers(self, choices, about):
        return list(filter(None, (self._offer(choice, about) for choice in choices)))

    def _offer(self, choice, about):
        """The choice with its link, or nothing when it makes no sense for what it is about."""
        address = f"?what={choice.name}"
        if about is None:
            return choice, address
        if isinstance(about, Unit) != (choice.about == About.UNIT):
            return None
        ended = about.closed_on if isinstance(about, Unit) else about.dissolved_on
        if bool(ended) != choice.is_of_closed:
            return None
        return choice, f"{address}&{choice.subject or 'to_unit'}={about.pk}"

    def _row(self, name, model):
        """The row of that number in the address, if the person may see it."""
        text = self.request.GET.get(name, "")
        if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
            return None
        page = self.model_admin.admin_site.get_model_admin(model)
        return page.get_queryset(self.request).filter(pk=int(text)).first()

    # The form.

    def _form(self):
        subject = self._row(self.choice.subject, Unit if self.choice.about == About.UNIT else Branch)
        data = self.request.POST if self.request.method == "POST" else None
        return WizardForm(data, initial=self._initial(subject), wizard=self, subject=subject)

    def _initial(self, subject) -> dict:
        initial = {"to_unit": self._row("to_unit", Unit)}
        if subject is not None:
            initial[self.choice.subject] = [subject] if self.choice.asks.several else subject
            if self.choice.is_of_closed:
                initial["to_unit"] = subject.parent if isinstance(subject, Unit) else subject.unit
        return initial

    def _asks_subject(self, form) -> bool:
        """Whether it must first be said whose parts are to be chosen."""
        return self.choice.has_parts and form.subject is None

    # Trying and confirming.

    def _tried(self, form):
        """What to show or where to go after a form that is complete; nothing when it was refused."""
        try:
            order = form.order()
            refuse_unless_allowed(self.request.user, order)
            if self.step == CONFIRM:
                return self._decided(order)
            found = rehearse(order=order, by=self.request.user, today=clock.today())
        except DomainError as refusal:
            form.refuse(refusal)
            return None
        except (IntegrityError, OperationalError) as error:
            form.refuse(refusal_of(error))
            return None
        ahead = order.on > clock.today()
        return self._page(
            "reorganisations/preview.html",
            order=order,
            outcome=shown(found, self.request.user),
            ahead=ahead,
            may_confirm=ahead or not found["refusals"],
            kept=[
                (name, value)
                for name, values in self.request.POST.lists()
                for value in values
                if name not in ("csrfmiddlewaretoken", "step")
            ],
        )

    def _decided(self, order):
        plan = decide(order=order, by=self.request.user, today=clock.today())
        told = f"已列入计划，{plan.effective_on} 自动办理" if plan.is_planned else "已办理"
        messages.success(self.request, f"{told}：{plan}")
        return HttpResponseRedirect(reverse("admin:reorganisations_plan_change", args=[plan.pk]))

    def _page(self, template, **context):
        media = self.model_admin.media
        if "form" in context:
            media += context["form"].media
        title = f"组织变动：{self.choice.title}" if self.choice else "办理组织变动"
        context = {"title": title, "choice": self.choice, "media": media, **context}
        return self.model_admin.page(self.request, template, context)
