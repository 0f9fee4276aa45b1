"""Whatever is done to a roster, in any order: nobody has two relations on a day, and the copies are true."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import DomainError
from members.models import Member, Membership
from members.obligations import Leaving
from members.operations import (
    Entry,
    StandingChange,
    all_settled,
    change_standing,
    correct_membership,
    enrol,
    open_obligations,
)
from members.operations.standing import LEAVING
from tests import factories

pytestmark = pytest.mark.long

START = date(2024, 1, 1)
TODAY = START + timedelta(days=60)
MOVES = {"suspend": "lost_contact", "restore": "", "exit": "expelled", "decease": ""}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["register", "enrol", "correct", "correct", "join", "lead", *MOVES, "suspend", "restore"]
        ),
        st.integers(0, 3),
        st.integers(0, 2),
        st.integers(-6, 3),
    ),
    min_size=4,
    max_size=14,
)

STEPS_DONE = ["register", "suspend", "restore", "correct", "join", "lead", "exit", "decease"]


class Registrar:
    """Does each step through the operations; what is refused is left out."""

    def __init__(self):
        community = factories.lineage("麒麟区", "南宁街道", "鼓楼社区")[-1]
        self.branches = [factories.branch(unit=community) for _ in range(3)]
        self.circles = [factories.branch(unit=community, kind="temporary") for _ in range(3)]
        self.members, self.done = [], 0
        self.register(0, 0, START)

    def do(self, what, one, where, day):
        try:
            with transaction.atomic():
                if what in MOVES:
                    self.change(what, one, where, day)
                else:
                    getattr(self, what)(one, where, day)
        except DomainError:
            return
        self.done += 1

    def pick(self, one):
        return Member.objects.get(pk=self.members[one % len(self.members)])

    def register(self, one, where, day):
        member = factories.member(branch=self.branches[where], since=day)
        self.members.append(member.pk)

    def enrol(self, one, where, day):
        enrol(member=self.pick(one), entry=Entry(self.branches[where], day), by=None, today=TODAY)

    def correct(self, one, where, day):
        held = list(self.pick(one).memberships.order_by("since"))
        values = {"since": day} if where else {"branch": self.branches[one % 3]}
        correct_membership(
            membership=held[where % len(held)], values=values, by=None, today=TODAY, evidence="档案"
        )

    def change(self, move, one, where, day):
        branch = self.branches[where] if move == "restore" else None
        member, leaving = self.pick(one), LEAVING.get(move)
        settle = all_settled(member, on=day, leaving=leaving, reason="离开") if leaving else ()
        change = StandingChange(move, day, MOVES[move], branch=branch, settle=settle)
        change_standing(member=member, change=change, by=None, today=TODAY)

    def lead(self, one, where, day):
        member = self.pick(one)
        factories.post(member.branch if where else self.circles[0], member, since=day)

    def join(self, one, where, day):
        factories.affiliation(member=self.pick(one), branch=self.circles[where], since=day)


@pytest.mark.django_db
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(STEPS)
def test_nobody_has_two_relations_on_any_day_and_the_copies_are_true(steps):
    with transaction.atomic():
        registrar = Registrar()
        for turn, (what, one, where, jitter) in enumerate(steps, start=1):
            registrar.do(what, one, where, START + timedelta(days=max(0, 4 * turn + jitter)))
        one_at_a_time()
        copies_are_true()
        nothing_hangs_on_who_has_left()
        connection.check_constraints()
        transaction.set_rollback(True)


def one_at_a_time():
    held = list(Membership.objects.values_list("member", "since", "until"))
    for number in range(-1, 80):
        day = START + timedelta(days=number)
        on_the_day = [who for who, since, until in held if since <= day < (until or date.max)]
        assert len(on_the_day) == len(set(on_the_day)), day


def copies_are_true():
    for member in Member.objects.all():
        latest = member.memberships.order_by("-since")[0]
        assert (member.branch_id, member.path) == (latest.branch_id, latest.branch.path)
        assert member.on_roster is (latest.until is None)
        assert member.on_roster is (member.standing in ("full", "probationary"))


def nothing_hangs_on_who_has_left():
    for member in Member.objects.filter(standing__in=["exited", "deceased"]):
        assert open_obligations(member, on=date(2026, 1, 1), leaving=Leaving.DEATH) == []


def test_the_steps_are_not_all_refused(db):
    registrar = Registrar()
    for turn, what in enumerate(STEPS_DONE, start=1):
        registrar.do(what, 0, 1 if what == "restore" else 0, START + timedelta(days=4 * turn))

    assert registrar.done == len(STEPS_DONE)
    nothing_hangs_on_who_has_left()
    one_at_a_time()
    copies_are_true()
