"""A street with two communities that receive, another street that does not, and a batch for ours."""

from datetime import date

from branches.scope import Scope
from members.models import HandoverPerson
from members.operations import append_people, open_handover
from tests import factories
from tests.factories import TODAY
from tests.worlds import told_once


class Place:
    """南宁街道 with 鼓楼社区 and 麒麟社区, 建宁街道 with 文昌社区; a batch opened for the district."""

    def __init__(self):
        self.district, self.street, self.gulou = factories.lineage("麒麟区", "南宁街道", "鼓楼社区")
        self.qilin = factories.unit(parent=self.street, name="麒麟社区居民委员会")
        self.other_street, self.wenchang = factories.lineage("建宁街道", "文昌社区", below=self.district)
        self.branch = factories.branch(unit=self.gulou, name="中共鼓楼社区第一党支部")
        self.group = factories.branch(
            unit=self.gulou, name="中共鼓楼社区第一党支部第一党小组", category="641", parent=self.branch
        )
        self.foreign = factories.branch(unit=self.wenchang, name="中共文昌社区第一党支部")
        self.employer = factories.employer(name="滇东第一机械厂")
        self.everywhere = Scope(paths=(self.district.path,))
        self.handover = open_handover(
            employer=self.employer,
            unit=self.district,
            values={
                "document": "麒国企移〔2026〕1号",
                "opened_on": date(2026, 11, 1),
                "archives_at": "区档案中心",
            },
            by=None,
            today=TODAY,
        )

    def list(self, *rows, scope=None, handover=None, today=TODAY):
        """Add the rows to the batch."""
        return append_people(
            handover=handover or self.handover,
            rows=list(rows),
            scope=scope or self.everywhere,
            by=None,
            today=today,
        )

    def lines(self, **condition):
        return list(HandoverPerson.objects.filter(**condition).order_by("handover", "serial"))

    def line(self, *rows):
        """The one line that the row makes."""
        self.list(*rows)
        return self.lines()[-1]


@told_once
def place(db):
    return Place()
