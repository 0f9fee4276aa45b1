"""Half-open periods: in force from the first day, no longer on the day they end."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from branches.models import Appointment, Role
from tests import factories
from tests.worlds import told_once

SINCE, UNTIL = date(2024, 3, 1), date(2024, 6, 1)


@told_once
def district(db):
    return factories.unit(name="麒麟区")


@told_once
def closed(district):
    return Appointment.objects.create(
        user=factories.account(), role=Role.AUDITOR, unit=district, since=SINCE, until=UNTIL
    )


@pytest.mark.parametrize(
    ("day", "in_force"),
    [
        (date(2024, 2, 29), False),
        (SINCE, True),
        (date(2024, 5, 31), True),
        (UNTIL, False),
    ],
)
def test_a_period_holds_from_its_first_day_until_the_day_before_its_end(closed, day, in_force):
    assert Appointment.objects.on(day).filter(pk=closed.pk).exists() is in_force


def test_a_period_without_an_end_holds_for_ever_but_not_before_it_began(district):
    still = Appointment.objects.create(
        user=factories.account(), role=Role.AUDITOR, unit=district, since=SINCE
    )

    assert list(Appointment.objects.on(date(2999, 1, 1))) == [still]
    assert list(Appointment.objects.on(date(2024, 2, 29))) == []


def test_in_force_is_what_nothing_has_ended(closed, district):
    still = Appointment.objects.create(user=closed.user, role=Role.AUDITOR, unit=district, since=UNTIL)

    assert list(Appointment.objects.in_force()) == [still]


@pytest.mark.parametrize("until", [SINCE, date(2024, 2, 29)])
def test_the_database_refuses_a_period_that_ends_when_or_before_it_begins(district, until):
    user = factories.account()

    with pytest.raises(IntegrityError, match="since_before_until"), transaction.atomic():
        Appointment.objects.create(user=user, role=Role.AUDITOR, unit=district, since=SINCE, until=until)
