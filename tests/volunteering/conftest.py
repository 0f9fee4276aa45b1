"""A community with a branch, 王秀英 in it, a team that the branch leads, and a service to be ordered."""

from tests import factories
from tests.worlds import told_once


@told_once
def community(db):
    return factories.lineage("麒麟区", "南宁街道", "鼓楼社区")[-1]


@told_once
def grid(community):
    return factories.lineage("第一小组", "第一网格", below=community)[-1]


@told_once
def building(grid):
    return factories.building(unit=grid, name="3栋")


@told_once
def branch(community):
    return factories.branch(unit=community, name="鼓楼支部")


@told_once
def wang(branch):
    return factories.member(branch=branch, residence=branch.unit)


@told_once
def team(branch):
    return factories.team(branch=branch, name="鼓楼服务队")


@told_once
def helper(team, wang):
    """王秀英, who serves in the team."""
    factories.team_membership(team=team, member=wang)
    return wang


@told_once
def item(community):
    return factories.service_item(unit=community.parent.parent)


@told_once
def order(item, community, branch):
    return factories.service_order(item=item, unit=community)


@told_once
def writer(db):
    return factories.account(name="登记人")


@told_once
def second(db):
    return factories.account(name="核实人")
