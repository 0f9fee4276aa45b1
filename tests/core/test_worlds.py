"""Worlds of tests: raised once, and as they were for each test that asks for them."""

from contextlib import ExitStack, nullcontext
from time import monotonic
from types import SimpleNamespace

import pytest

from branches.models import Branch, Unit
from core import clock
from tests import factories
from tests.worlds import MOST_SECONDS, STAGE, Level, Stage, told_once

raised = []


@told_once
def street(db):
    raised.append("street")
    return factories.unit(name="麒麟区")


@told_once
def organ(street):
    raised.append("organ")
    return SimpleNamespace(
        street=street, branch=factories.branch(unit=street, kind="district_direct", name="机关支部")
    )


@pytest.mark.parametrize("nth", [1, 2])
def test_what_one_test_changes_the_next_does_not_see(street, organ, nth):
    assert (street.name, Unit.objects.get().name, Branch.objects.get()) == ("麒麟区", "麒麟区", organ.branch)
    assert organ.street is street
    street.name = f"别的区{nth}"
    street.save(update_fields=["name"])
    Branch.objects.filter(pk=organ.branch.pk).update(name="别的支部")


def test_a_world_stands_while_it_is_asked_for(street):
    assert raised.count("street") == 1
    assert Unit.objects.get() == street


def test_a_test_does_not_see_the_worlds_that_it_does_not_ask_for(db):
    assert not Unit.objects.exists()
    assert STAGE.levels == []


def test_a_test_sees_of_two_worlds_the_one_that_it_asks_for(street):
    assert not Branch.objects.exists()


def test_the_clock_of_a_world_shows_the_tests_day(street):
    assert clock.today() == factories.TODAY


def test_what_has_stood_for_long_is_left_though_the_next_asks_for_it():
    stage = Stage()
    stage.blocker = SimpleNamespace(unblock=nullcontext)
    stage.levels, stage.since = [Level("world", ExitStack(), {})], monotonic()
    stage.leave_but(["world"])
    assert [level.world for level in stage.levels] == ["world"]

    stage.since -= MOST_SECONDS + 1
    stage.leave_but(["world"])
    assert stage.levels == []


@pytest.mark.django_db
def test_a_test_that_is_marked_raises_its_world_itself(street):
    assert (STAGE.levels, Unit.objects.get()) == ([], street)
