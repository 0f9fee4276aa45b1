"""Thousands of random stories of a district against a plain model of it.

A bounded number in the usual run. `STORIES=5000 pytest tests/history` tells as many, each run others:
`STORIES_SEED` says which.
"""

import os
import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from members.models import Membership
from tests import factories
from tests.history.life import Life

pytestmark = pytest.mark.long

STORIES, SEED = int(os.environ.get("STORIES", "30")), int(os.environ.get("STORIES_SEED", "530302"))
OFTEN = {
    "step": 10, "send": 4, "tree": 2, "standing": 3, "reorganise": 2, "come": 2, "enrol": 2, "register": 1,
    "post": 1, "elect": 1, "hand_over": 2, "undo_hand_over": 1, "take_part": 1, "undo_step": 2,
    "undo_standing": 2, "undo_registration": 1, "undo_enrolment": 1, "undo_reorganisation": 1, "undo_term": 1,
}  # fmt: skip
KINDS, WEIGHTS = list(OFTEN), list(OFTEN.values())


def told(number):
    """The story of a number: left to itself, a list of steps would mostly be short and tame."""
    chance = random.Random(number)
    return [
        (kind, chance.randrange(1000), chance.randrange(1000), chance.randrange(16))
        for kind in chance.choices(KINDS, WEIGHTS, k=chance.randrange(8, 25))
    ]


STORY = st.integers(0, 2**40).map(told)


@pytest.fixture
def place(db):
    """Two streets with two communities each."""
    root, south, drum = factories.lineage("麒麟区", "南宁街道", "鼓楼社区")
    kylin = factories.unit(parent=south, name="麒麟社区")
    north, wen = factories.lineage("建宁街道", "文昌社区", below=root)
    return root, [south, north], [drum, kylin, wen]


@seed(SEED)
@settings(
    max_examples=STORIES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(story=STORY)
def test_a_district_lives_through_any_story_as_the_model_says(place, in_a_transaction, story):
    with in_a_transaction():
        for unit in (*place[1], *place[2]):
            unit.refresh_from_db()
        life = Life(*place)
        for step in story:
            life.live(*step)

        assert_everybody_is_in_one_branch(life)
        assert_the_past_stays(life)
        assert_flows_balance(life)
        assert life.still_open() == []


def assert_everybody_is_in_one_branch(life):
    """On every day of her life, and where the model has her."""
    held = list(Membership.objects.values_list("member", "branch", "since", "until"))
    for day in life.moments():
        there = [
            (member, branch)
            for member, branch, since, until in held
            if since <= day and (until is None or day < until)
        ]
        assert max(Counter(member for member, _ in there).values(), default=1) == 1
        expected = {member: life.model.branch_on(member, day) for member in life.model.turns}
        assert dict(there) == {member: branch for member, branch in expected.items() if branch}


def assert_the_past_stays(life):
    for day, picture in life.pictures.items():
        assert life.picture(day) == picture


def assert_flows_balance(life):
    for unit in life.flows():
        came, went = sum(unit["in"].values()), sum(unit["out"].values())
        assert unit["opening"] + came - went == unit["closing"]
