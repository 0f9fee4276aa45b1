from tests import factories


def test_register(db):
    district, street, community = factories.lineage("麒麟区", "南宁街道", "鼓楼社区")
    branch = factories.branch(unit=community)
    temp = factories.branch(unit=community, kind="temporary")
    m = factories.member(branch=branch, phones=[("13800000000", "self", "")])
    factories.affiliation(member=m, branch=temp)
    a = factories.account(role="street_clerk", unit=street)
    assert a.has_perm("members.view_member")
    assert a.has_perm("members.view_member", m)
