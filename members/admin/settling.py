"""The part of a form that settles what hangs on a person who leaves: one line for each thing, filled in."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminTextInputWidget

from branches.admin.forms import picked
from branches.gates import scope_for
from core import clock
from members.models import Member, Membership
from members.obligations import LEAVING_NAMES, Leaving, Settlement
from members.operations import open_obligations
from members.operations.obligations import LONGEST_REASON

LOOK = "按填写的日期还有这一项，请过目后再办理"
SETTLE, SUCCESSOR = "settle", "successor"


class Settling:
    """Mixin of an act's form about a member: `settle` among its values says what becomes of each thing.

    The form's own field `day_field` is the day she leaves; what is open on it is asked line by line.
    """

    leaving: Leaving
    settling_verb = "members.change_standing"
    day_field = "on"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        person = self.person
        self.opened = open_obligations(person, on=self._day(), leaving=self.leaving) if person else []
        self.not_seen = []
        for obligation in self.opened:
            self._ask_reason(obligation)
            if obligation.transferable:
                self._ask_successor(obligation)

    @property
    def person(self):
        """Whose things they are: the row itself, unless the form is about a paper of hers."""
        return self.row

    def _day(self) -> date:
        given = self.data.get(self.day_field) if self.is_bound else None
        try:
            return self.fields[self.day_field].to_python(given) or clock.today()
        except ValidationError:
            return clock.today()

    def _ask_reason(self, obligation):
        name = f"{SETTLE}.{obligation.key}"
        # What may be kept is kept unless somebody writes why not.
        reason = "" if obligation.keepable else LEAVING_NAMES[self.leaving]
        self.fields[name] = forms.CharField(
            label=obligation.words,
            initial=reason,
            required=not obligation.keepable,
            max_length=LONGEST_REASON,
            widget=UnfoldAdminTextInputWidget,
            help_text="了结的原因；留空则保留" if obligation.keepable else "了结的原因",
        )
        if self.is_bound and name not in self.data:
            # The day was changed, so this line was not on the page: nobody settles what she has not seen.
            self.data = self.data.copy()
            self.data[name] = reason
            self.not_seen.append(name)

    def _ask_successor(self, obligation):
        seen = Member.objects.visible_in(scope_for(self.request.user, self.settling_verb))
        people = seen.filter(on_roster=True).exclude(pk=self.person.pk)
        relation = Membership._meta.get_field("member")
        field = picked(relation, self.model_admin, people, label="由谁接任")
        field.required, field.help_text = False, "留空则只了结，不交给他人"
        self.fields[f"{SUCCESSOR}.{obligation.key}"] = field

    def clean(self):
        read = super().clean()
        for name in self.not_seen:
            self.add_error(name, LOOK)
        read["settle"] = tuple(
            Settlement(each.key, reason, read.pop(f"{SUCCESSOR}.{each.key}", None))
            for each in self.opened
            if (reason := read.pop(f"{SETTLE}.{each.key}", ""))
        )
        return read
