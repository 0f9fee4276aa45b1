"""Two streets and a district: 王秀英 in a branch of 南宁街道, and where she may go."""

from types import SimpleNamespace

from branches.scope import Scope
from tests import factories
from tests.worlds import told_once


@told_once
def places(db):
    """南宁街道 with two branches, 建宁街道 with one, and a district-direct branch."""
    district, nanning, gulou = factories.lineage("麒麟区", "南宁街道", "鼓楼社区")
    jianning, wenchang = factories.lineage("建宁街道", "文昌社区", below=district)
    return SimpleNamespace(
        district=district,
        nanning=nanning,
        gulou=gulou,
        jianning=jianning,
        wenchang=wenchang,
        home=factories.branch(unit=gulou, name="鼓楼支部"),
        next_door=factories.branch(unit=gulou, name="鼓楼第二支部"),
        away=factories.branch(unit=wenchang, name="文昌支部"),
        direct=factories.branch(unit=district, name="审计局支部", kind="district_direct"),
        everywhere=Scope(paths=("",)),
    )


@told_once
def wang(places):
    return factories.member(branch=places.home, id_number=factories.id_number(9))
