"""Large loads stay in step with their size where the planner takes the tables for empty.

It does so after a load that was rolled back: the pages are there, and nobody is counted in them.
"""

from datetime import date

import pytest
from django.db import connection, transaction

from demo.bulk import sweep, take_stock
from members.operations import Entry, register_members
from members.operations.registering import Newcomer
from tests import factories
from tests.factories import TODAY

PEOPLE = 200


def register_many(branch):
    person = {"name": "王秀英", "sex": "F", "birth_on": date(1949, 12, 31), "joined_on": date(1970, 5, 1)}
    newcomer = Newcomer(person, Entry(branch, date(2010, 1, 1)))
    return register_members(newcomers=[newcomer] * PEOPLE, by=None, today=TODAY)


def break_off_a_load(branch):
    with transaction.atomic():
        register_many(branch)
        transaction.set_rollback(True)


def asked(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def counted(table):
    return asked(f"SELECT relpages > 0, reltuples FROM pg_class WHERE relname = '{table}'")[0]


@pytest.fixture
def mistaken_planner(branch):
    break_off_a_load(branch)
    take_stock()
    assert counted("members_member") == counted("members_membership") == (True, 0)


def test_a_member_is_found_by_her_number_alone(branch, mistaken_planner):
    plan = asked("EXPLAIN UPDATE members_member SET version = 2 WHERE id = 1")

    assert "members_member_pkey" in str(plan)


@pytest.mark.django_db(transaction=True)
def test_a_load_that_was_broken_off_is_swept_away_before_the_next():
    break_off_a_load(factories.branch(unit=factories.lineage("区", "街", "社")[-1]))
    take_stock()
    assert counted("members_member") == (True, 0)

    sweep()

    assert counted("members_member") == (False, 0)
