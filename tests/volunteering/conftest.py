"""A community with a branch, 王秀英 in it, a team that the branch leads, and a service to be ordered."""

import pytest

from tests import factories


@pytest.fixture
def community(db):
    return factories.lineage("麒麟区", "南宁街道", "鼓楼社区")[-1]


@pytest.fixture
def grid(community):
    return factories.lineage("第一小组", "第一网格", below=community)[-1]


@pytest.fixture
def building(grid):
    return factories.building(unit=grid, name="3栋")


@pytest.fixture
def branch(community):
    return factories.branch(unit=community, name="鼓楼支部")


@pytest.fixture
def wang(branch):
    return factories.member(branch=branch, residence=branch.unit)


@pytest.fixture
def team(branch):
    return factories.team(branch=branch, name="鼓楼服务队")


@pytest.fixture
def helper(team, wang):
    """王秀英, who serves in the team."""
    factories.team_membership(team=team, member=wang)
    return wang


@pytest.fixture
def item(community):
    return factories.service_item(unit=community.parent.parent)


@pytest.fixture
def order(item, community, branch):
    return factories.service_order(item=item, unit=community)


@pytest.fixture
def writer(db):
    return factories.account(name="登记人")


@pytest.fixture
def second(db):
    return factories.account(name="核实人")
