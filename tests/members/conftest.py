"""A community with a branch, and 王秀英 in it."""

from tests import factories
from tests.worlds import told_once


@told_once
def community(db):
    return factories.lineage("麒麟区", "南宁街道", "鼓楼社区")[-1]


@told_once
def branch(community):
    return factories.branch(unit=community, name="鼓楼支部")


@told_once
def wang(branch):
    return factories.member(branch=branch)
