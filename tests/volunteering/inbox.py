"""The 待办 list of an account, as its pages ask for it."""

from datetime import timedelta

from branches.gates import scope_for
from reports.tasks import due
from tests.factories import TODAY


def inbox(account, *kinds, days=0):
    """The tasks of these kinds, so many days after the tests' day."""
    return due(lambda verb: scope_for(account, verb), on=TODAY + timedelta(days=days), kinds=kinds)
