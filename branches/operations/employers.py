"""Verbs of employers: former work units and enterprises, as people name them."""

from django.db import transaction

from branches.models import Employer
from core.audit import record
from core.changes import check, locked, save_change, set_values


@transaction.atomic
def register_employer(*, values, by):
    """Add a former work unit or enterprise and return it."""
    employer = Employer(**_tidy(values))
    check(employer)
    employer.save()
    record("employer.registered", employer, by=by, fields=values)
    return employer


@transaction.atomic
def amend_employer(*, employer, values, by, version=None):
    """Correct an employer's data."""
    employer = locked(employer, version=version)
    changed = set_values(employer, _tidy(values))
    if changed:
        save_change(employer)
        record("employer.amended", employer, by=by, fields=changed)
    return employer


def _tidy(values):
    # Unknown is NULL, not "": the code is unique.
    return {name: (value or None) if name == "credit_code" else value for name, value in values.items()}
