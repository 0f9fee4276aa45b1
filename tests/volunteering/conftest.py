"""A community with a branch, 王秀英 in it, and a team that the branch leads."""

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


@pytest.fixture
def team(branch):
    return factories.team(branch=branch, name="鼓楼服务队")
