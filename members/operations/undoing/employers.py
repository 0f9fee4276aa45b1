"""Taking back employers that came with people who have been taken back."""

from django.db import transaction

from branches.models import Employer
from core.audit import record
from core.voiding import dependents_of, take_out
from members.models import Member


@transaction.atomic
def withdraw_employers(*, names, with_members, reason, by) -> None:
    """Take back the employers of these names that were registered in one step with one of the members.

    Those that somebody still has stay. Who was registered by mistake then has none: the history tells which.
    """
    together = Member.pgh_event_model.objects.filter(pgh_obj__in=with_members).values("pgh_created_at")
    begun = Employer.pgh_event_model.objects.filter(pgh_label="insert", pgh_created_at__in=together)
    new = Employer.objects.filter(name__in=names, pk__in=begun.values("pgh_obj"))
    had = Member.objects.registered().filter(employer__isnull=False)
    unused = list(new.exclude(pk__in=had.values("employer")).select_for_update())
    Member.objects.filter(employer__in=unused).update(employer=None)
    needed = dependents_of(unused)
    gone = [employer for employer in unused if not needed[employer.pk]]
    for employer in gone:
        record("employer.undone", employer, by=by, reason=reason)
    take_out(gone)
