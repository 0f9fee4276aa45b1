"""A community with a branch, and 王秀英 in it."""

import pytest

from tests import factories


@pytest.fixture
def community(db):
    return factories.lineage("麒麟区", "南宁街道", "鼓楼社区")[-1]


@pytest.fixture
def branch(community):
    return factories.branch(unit=community, name="鼓楼支部")


@pytest.fixture
def wang(branch):
    return factories.member(branch=branch)
