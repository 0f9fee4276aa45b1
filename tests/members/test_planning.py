"""Large loads stay in step with their size where the planner takes the tables for empty.

It does so after a load that was rolled back: the pages are there, and nobody is counted in them.
"""

from datetime import date

import pytest
from django.db import connection, transaction

from core.copying import bulk
from demo.bulk import sweep, take_stock
from members.models import Member
from members.operations import Entry, register_members
from members.operations.registering import Newcomer
from tests import factories
from tests.factories import TODAY

PEOPLE = 200
# Each of them is looked up a few times: as a reference of her rows, and for the copy of where she belongs.
LOOKED_UP = 6


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


def rows_looked_up():
    [(rows,)] = asked(
        "SELECT sum(idx_tup_fetch + seq_tup_read) FROM pg_stat_xact_user_tables"
        " WHERE relname IN ('members_member', 'members_membership')"
    )
    return int(rows)


@pytest.fixture
def mistaken_planner(branch):
    break_off_a_load(branch)
    take_stock()
    assert counted("members_member") == counted("members_membership") == (True, 0)


def test_many_are_registered_in_step_with_their_number(branch, mistaken_planner):
    # Whatever is joined is joined in the worst way.
    asked("SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)")
    before = rows_looked_up()

    with bulk():
        register_many(branch)
        register_many(branch)

    assert Member.objects.on_roster().filter(branch=branch).count() == 2 * PEOPLE
    assert rows_looked_up() - before < 2 * PEOPLE * LOOKED_UP


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
