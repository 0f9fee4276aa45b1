"""What an import is about stays where it is between the look at it and the writing."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, connections, transaction

from core import clock
from members.models import Member
from members.operations import apply_import
from members.sheets import work
from members.sheets.reach import Reach
from tests.factories import TODAY
from tests.members.sheets import rosters
from tests.members.sheets.conftest import Desk, rows_of

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%%members_member%%'
"""


@pytest.fixture
def clerk_s(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    return Desk()


def with_a_connection(action):
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SET lock_timeout = '30s'")
        return action()
    finally:
        connections["default"].close()


def until_it_waits(writing):
    """Until the writing waits for the other transaction, or is over without having waited."""
    with connection.cursor() as cursor:
        while not writing.done():
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return


def applied_while_she_leaves(desk):
    """Apply a change of somebody while another transaction has moved her to another street."""
    person = rosters.person(1, desk.branch)
    desk.apply(desk.send_rows(person))
    file = desk.send_rows(person | {"现居住地": "鼓楼巷9号"})
    apply_import(file=file, only_good=True, by=desk.clerk)
    member, moved, seen = Member.objects.get(), Event(), Event()

    def leave():
        with transaction.atomic():
            member.memberships.update(branch=desk.foreign)
            moved.set()
            seen.wait(30)

    def write():
        moved.wait(30)
        work.apply(file.pk, today=TODAY)

    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(with_a_connection, action) for action in (leave, write)]
        moved.wait(30)
        until_it_waits(both[1])
        seen.set()
        for each in both:
            each.result(60)
    member.refresh_from_db()
    return member, rows_of(desk.again(file))[0]["left_out"]


def test_who_leaves_while_an_import_is_being_written_is_left_as_she_is(clerk_s):
    member, left_out = applied_while_she_leaves(clerk_s)

    assert (member.branch, member.address) == (clerk_s.foreign, "鼓楼巷1号")
    assert left_out == [work.MOVED_SINCE]


def test_without_the_lock_somebody_is_amended_who_is_no_longer_there(clerk_s, monkeypatch):
    """The control: looked at without a lock, she is found and then lost."""

    def unlocked(reach, model, numbers):
        reached = model.objects.visible_in(reach.scope).within(reach.unit)
        return reached.filter(pk__in=numbers).values_list("pk", flat=True)

    monkeypatch.setattr(Reach, "_reached", unlocked)
    member, left_out = applied_while_she_leaves(clerk_s)

    assert (member.branch, member.address, left_out) == (clerk_s.foreign, "鼓楼巷9号", [])
