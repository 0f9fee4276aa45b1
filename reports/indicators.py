"""What is counted: each indicator is a question about rows, and its figure is the number of their subjects.

The rows are kept by the floors below; here the questions are only named. A subject counts at the branch that
its row names, and that branch counts where it sat on the day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from branches.models import Branch, Category, Kind
from branches.models.branch import HOLDING_CATEGORIES
from members.models import Affiliation, Membership, RosterIn, SignIn
from volunteering.models import Carrier, Claim, GridMatter, HourEntry, Pairing, Team, Visit


@dataclass(frozen=True)
class Indicator:
    """A named question. `entries(day)` are its rows; `additive`: no subject counts at two branches."""

    code: str
    name: str
    definition: str
    entries: Callable[[date], QuerySet]
    subject: str = "member"
    additive: bool = True

    @property
    def branch_key(self) -> str:
        """The column of the rows that says at which branch they count."""
        return "pk" if self.subject == "branch" else "branch"

    @property
    def subject_key(self) -> str:
        """The column of the rows that says whom or what they count."""
        return self.subject if self.subject in ("member", "household") else "pk"

    @property
    def is_personal(self) -> bool:
        """Whether what it counts is people or homes: small parts of it are told to few."""
        return self.subject in ("member", "household")

    def counts(self, on: date) -> dict[int, int]:
        """How many rows each branch has on the day."""
        rows = self.entries(on).order_by().values_list(self.branch_key)
        return dict(rows.annotate(number=Count("*")))

    def subjects(self, on: date) -> dict[int, set[int]]:
        """Which subjects each branch has on the day."""
        found: dict[int, set[int]] = {}
        for branch, subject in self.entries(on).order_by().values_list(self.branch_key, self.subject_key):
            found.setdefault(branch, set()).add(subject)
        return found


def a_year_back(day: date) -> date:
    """The first day of the twelve months that end with `day`."""
    try:
        return day.replace(year=day.year - 1) + timedelta(days=1)
    except ValueError:  # the 29th of February
        return date(day.year - 1, 3, 1)


def _settled(on):
    handed = Membership.objects.filter(began_by=RosterIn.HANDOVER, since__lte=on)
    again = handed.filter(member=OuterRef("member"), since__gt=OuterRef("since"))
    return handed.filter(~Exists(again))


def _participating(on):
    year = {"on__gte": a_year_back(on), "on__lte": on}
    signed_in = SignIn.objects.verified().filter(**year).values("affiliation__member")
    served = HourEntry.objects.verified().filter(**year).values("member")
    looked_in = Visit.objects.verified().filter(**year).values("pairing__member")
    settled = {"settled_on__gte": year["on__gte"], "settled_on__lte": on}
    saw_to = GridMatter.objects.verified().filter(**settled).values("handler")
    sources = (signed_in, served, looked_in, saw_to)
    return Membership.objects.on(on).filter(reduce(or_, (Q(member__in=each) for each in sources)))


def _on_posts(on):
    return Membership.objects.on(on).filter(member__in=Claim.objects.held(on).values("member"))


def _paired(on):
    return Membership.objects.on(on).filter(member__in=Pairing.objects.on(on).values("member"))


def _looked_after(on):
    homes = Membership.objects.on(on).filter(member=OuterRef("member")).values("branch")
    # At most one on a day: the database refuses a second.
    return Pairing.objects.holding(on).annotate(branch=Subquery(homes))


def _settled_matters(on):
    return GridMatter.objects.settled().filter(settled_on__gte=a_year_back(on), settled_on__lte=on)


def _settled_in_time(on):
    return _settled_matters(on).filter(settled_on__lte=F("due_on"))


def _district_direct(on):
    return Branch.objects.on(on).filter(kind=Kind.DISTRICT_DIRECT, category__in=HOLDING_CATEGORIES)


def _local(on):
    return Branch.objects.on(on).filter(
        kind__in=[Kind.STREET, Kind.COMMUNITY], category__in=[*HOLDING_CATEGORIES, Category.GROUP]
    )


INDICATORS = {
    indicator.code: indicator
    for indicator in (
        Indicator(
            "members.roster",
            "在册离退休党员",
            "当日组织关系在党支部或联合党支部的党员，计在组织关系所在的党支部；去世、出党、停止党籍、转出自当日起不计。",
            Membership.objects.on,
        ),
        Indicator(
            "members.settled",
            "已接收企业离退休党员",
            "截至当日，以“企业移交”方式转入并被党支部接收的党员，累计，每人计一次；计在接收的党支部，多次移交的计最后一次。"
            "以后转出、去世的仍计。",
            _settled,
        ),
        Indicator(
            "members.participating",
            "发挥作用党员",
            "当日在册，且在截至当日（含）的12个月内至少有一次经他人核实的参加记录的党员，每人计一次，计在组织关系所在的党支部。"
            "参加记录包括三缘型临时党组织的签到、志愿服务时间（服务单、岗位轮值或事后登记）、邻里守望走访，"
            "以及办结后由他人回访过的网格事项；未核实的不计。",
            _participating,
        ),
        Indicator(
            "members.affiliated",
            "参加三缘型临时党组织的党员",
            "当日参加至少一个三缘型临时党组织的党员，计在临时党组织所在的单位。一人可参加几个，各级合计都按人去重，"
            "所以本级与下级之和可能大于合计。",
            Affiliation.objects.on,
            additive=False,
        ),
        Indicator(
            "members.on_posts",
            "认领岗位党员",
            "当日在册，且认领并经对方同意的岗位当日有效的党员，每人计一次，计在组织关系所在的党支部；申请和邀请未答复的不计。",
            _on_posts,
        ),
        Indicator(
            "members.paired",
            "邻里守望结对党员",
            "当日在册，且与至少一个守望户结对的党员，每人计一次，计在组织关系所在的党支部。",
            _paired,
        ),
        Indicator(
            "branches.all",
            "党组织",
            "当日存续的全部党组织，含党小组和三缘型临时党组织。",
            Branch.objects.on,
            subject="branch",
        ),
        Indicator(
            "branches.district_direct",
            "区直离退休党支部",
            "当日存续、类型为区直的党支部和联合党支部；党小组不计。",
            _district_direct,
            subject="branch",
        ),
        Indicator(
            "branches.local",
            "街道、社区离退休党支部和党小组",
            "当日存续、类型为街道或社区的党支部、联合党支部和党小组，合并计数；按组织类别分布可以分开。",
            _local,
            subject="branch",
        ),
        Indicator(
            "branches.affinity",
            "三缘型临时党组织",
            "当日存续的地缘型、趣缘型、业缘型临时党组织。",
            lambda on: Branch.objects.on(on).temporary(),
            subject="branch",
        ),
        Indicator(
            "teams.volunteer",
            "银发先锋志愿服务队",
            "当日存续的银发先锋志愿服务队，已解散的不计；计在牵头党组织所在的单位。",
            Team.objects.on,
            subject="team",
        ),
        Indicator(
            "carriers.all",
            "载体",
            "当日存续的联络服务站、居民楼栋党组织和党员责任区，已撤销的不计；计在所属党组织所在的单位。",
            Carrier.objects.on,
            subject="carrier",
        ),
        Indicator(
            "households.paired",
            "结对守望户",
            "当日至少有一名在册党员结对的守望户，计在结对党员组织关系所在的党支部。一户可有几名党员结对，各级合计都按户去重，"
            "所以本级与下级之和可能大于合计。",
            _looked_after,
            subject="household",
            additive=False,
        ),
        Indicator(
            "matters.settled",
            "办结的网格事项",
            "在截至当日（含）的12个月内办结的网格事项，每件计一次，计在事项所在的党支部；退回、并入他案和办结后又重开而未再办结的不计。",
            _settled_matters,
            subject="matter",
        ),
        Indicator(
            "matters.in_time",
            "按期办结的网格事项",
            "在截至当日（含）的12个月内办结，且办结日期不晚于按类别和紧急程度定的办结期限的网格事项，计在事项所在的党支部；"
            "重开过的按重开后的期限。",
            _settled_in_time,
            subject="matter",
        ),
    )
}
