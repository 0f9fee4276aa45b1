"""What a caller may ask of figures, read strictly: what is not understood is refused by name."""

import re
from datetime import UTC, date, datetime
from functools import cached_property

from django.http import Http404, QueryDict
from django.utils import timezone

from branches.models import Branch, Level, Unit
from branches.scope import Scope
from core.errors import InvalidValue, refuse_all
from reports.breakdowns import Streets
from reports.dimensions import STREET, dimensions_of
from reports.indicators import INDICATORS
from reports.knowledge import as_known
from reports.questions import Question, about, one_branch, whole_scope
from reports.trees import TreeNow, TreeOfMoment, TreeThen

TREES = ("then", "now")
FORMATS = ("json", "csv", "xlsx")
# The library reads weeks and other spellings too.
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# To the minute at least, with the zone: who asks from elsewhere means another moment.
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?")
ZONE = re.compile(r"(Z|[+-][0-9]{2}:[0-9]{2})$")
# What the parameters are called on pages.
BOXES = {
    "on": "日期",
    "since": "起始日期",
    "until": "截止日期",
    "known_at": "掌握时刻",
    "tree": "组织树",
    "format": "格式",
    "depth": "展开层数",
    "direction": "方向",
    "kind": "类别",
}
NAMED = re.compile(rf"\b({'|'.join(BOXES)})=")
MOST_LEVELS = 4
MOST_DIMENSIONS = 3
EVERY_DIMENSION = {code for indicator in INDICATORS.values() for code in dimensions_of(indicator)}


def _without_blanks(data) -> QueryDict:
    kept = QueryDict(mutable=True)
    for name, values in data.lists():
        if any(values):
            kept.setlist(name, values)
    return kept


class Parameters:
    """The query string of one request; `known` are the names that mean something there.

    `zoned`: moments are written with their zone. On pages they are of the zone that everybody there lives in,
    and a box that was emptied asks for nothing.
    """

    def __init__(self, data, known, *, today: date, now: datetime, zoned=True):
        data = data if zoned else _without_blanks(data)
        self.data, self.today, self.now, self.zoned = data, today, now, zoned
        refuse_all(
            [
                InvalidValue(f"没有“{name}”这个查询参数，可用的有：{'、'.join(sorted(known))}", field=name)
                for name in data
                if name not in known
            ]
            + [
                InvalidValue(f"查询参数“{name}”只能出现一次", field=name)
                for name in data
                if name in known and len(data.getlist(name)) > 1
            ]
        )

    def text(self, name: str, default: str = "") -> str:
        """One value as it was written."""
        return self.data.get(name, default)

    def one_of(self, name: str, choices, default: str) -> str:
        """One value out of a few."""
        given = self.text(name, default)
        if given not in choices:
            self._refuse(name, f"{name}=“{given}”不可用，可选：{'、'.join(choices)}")
        return given

    def day(self, name: str = "on") -> date:
        """`on`: a day of the district that has come, today unless said otherwise."""
        if name not in self.data:
            return self.today
        given = self.text(name)
        try:
            day = date.fromisoformat(given) if DAY.fullmatch(given) else None
        except ValueError:
            day = None
        if day is None:
            self._refuse(name, f"{name}=“{given}”不是有效的日期，请写成 2020-12-31")
        if day > self.today:
            self._refuse(name, f"{name}={day} 在今天（{self.today}）之后，还没有数字")
        self._refuse_before_all(name, day)
        return day

    def days(self) -> tuple[date, date]:
        """`since` and `until`: two days, the first of which has to be said."""
        if "since" not in self.data:
            self._refuse("since", "须指明 since：从哪一天起，如 2024-12-31")
        since, until = self.day("since"), self.day("until")
        if since >= until:
            self._refuse("since", f"since={since} 须早于 until={until}")
        return since, until

    def _refuse_before_all(self, name, day):
        """Nothing is known of a day before the district itself, wherever one asks."""
        root = Unit.objects.filter(level=Level.DISTRICT).only("name", "opened_on").first()
        if root and day < root.opened_on:
            self._refuse(name, f"{name}={day} 早于“{root.name}”的设立日期 {root.opened_on}，那时还没有它")

    @cached_property
    def known_at(self) -> datetime | None:
        """`known_at`: a moment that has passed, whose knowledge is asked for; None is what is known now."""
        # A plus that was not escaped arrives as a space.
        given = self.text("known_at").replace(" ", "+")
        if not given:
            return None
        moment = self._moment(given)
        if moment is None:
            sample = "2026-04-10T09:30:00+08:00" if self.zoned else "2026-04-10T09:30"
            words = "的时刻（含时区）" if self.zoned else "的时刻"
            self._refuse("known_at", f"known_at=“{given}”不是有效{words}，请写成 {sample}")
        if moment > self.now:
            self._refuse("known_at", f"known_at={given} 还没有到，不知道那时会掌握什么")
        return moment

    def _moment(self, given) -> datetime | None:
        zone = ZONE.search(given)
        if not MOMENT.fullmatch(ZONE.sub("", given)) or (self.zoned and not zone):
            return None
        try:
            moment = datetime.fromisoformat(given)
            moment = moment if zone else timezone.make_aware(moment)
            moment.astimezone(UTC)  # some moments of the calendar's first and last day have no place in it
        except (ValueError, OverflowError):
            return None
        return moment

    def as_known(self):
        """The context in which to read: the registry as it was known at the moment asked."""
        return as_known(self.known_at)

    def levels(self) -> int:
        """`depth`: how many levels of units below; 1 unless said otherwise."""
        choices = [str(number) for number in range(MOST_LEVELS + 1)]
        return int(self.one_of("depth", choices, "1"))

    def indicators(self) -> list:
        """`indicator`: one or several by comma; all of them unless said otherwise."""
        codes = self.listed("indicator") if "indicator" in self.data else list(INDICATORS)
        return [self._indicator(code) for code in dict.fromkeys(codes)]

    def indicator(self):
        """`indicator`: exactly one."""
        return self._indicator(self.text("indicator"))

    def _indicator(self, code):
        if code not in INDICATORS:
            known = "、".join(INDICATORS)
            self._refuse(
                "indicator",
                f"没有指标“{code}”，可用的有：{known}" if code else f"须指明 indicator，可用的有：{known}",
            )
        return INDICATORS[code]

    def listed(self, name: str) -> list[str]:
        """Values separated by commas."""
        return [part.strip() for part in self.text(name).split(",")]

    def question(self, scope: Scope) -> Question:
        """`unit` or `branch`, `on` and `tree` within a scope. What is out of it is not found."""
        return self.question_on(self.day(), scope)

    def question_on(self, on: date, scope: Scope) -> Question:
        """The same for a day that is read elsewhere."""
        tree = self._tree(on)
        if "branch" in self.data:
            branch = self._branch(scope)
            self._refuse_unregistered(branch)
            return one_branch(branch, on=on, tree=tree)
        unit = self._unit(scope) if "unit" in self.data else None
        # What hung where is a matter of the moment; what one may ask about is not.
        with self.as_known():
            question = about(unit, scope, on=on, tree=tree) if unit else whole_scope(scope, on=on, tree=tree)
        if self.known_at and not question.extents:
            # Zeros would say that somebody had counted.
            self._refuse("known_at", "那时还没有登记您管辖范围内的任何单位或党组织")
        return question

    def _refuse_unregistered(self, branch):
        with self.as_known():
            if self.known_at and not Branch.objects.filter(pk=branch.pk).exists():
                self._refuse("known_at", f"那时还没有登记“{branch}”")

    def _tree(self, on):
        if self.one_of("tree", TREES, "then") == "then":
            return TreeThen(on)
        if self.known_at:
            return TreeOfMoment(on, day=timezone.localtime(self.known_at).date())
        return TreeNow(on)

    def _unit(self, scope) -> Unit:
        unit = Unit.objects.visible_in(scope).filter(code=self.text("unit")).first()
        if unit is None:
            raise Http404({"unit": ["没有这个代码的单位，或不在您的管辖范围内"]})
        return unit

    def _branch(self, scope):
        if "unit" in self.data:
            self._refuse("branch", "unit 和 branch 只能用一个")
        found = Branch.objects.visible_in(scope).filter(code=self.text("branch")).select_related("unit")
        branch = found.first()
        if branch is None:
            raise Http404({"branch": ["没有这个代码的党支部，或不在您的管辖范围内"]})
        return branch

    def dimensions(self, indicator) -> list:
        """`by`: one to three dimensions by comma, in one settled order whatever the order asked."""
        known = dimensions_of(indicator)
        codes = self.listed("by") if self.text("by") else []
        for code in codes:
            if code not in known:
                self._refuse("by", f"“{indicator.name}”没有维度“{code}”，可用的有：{'、'.join(known)}")
        if not 1 <= len(codes) <= MOST_DIMENSIONS or len(set(codes)) < len(codes):
            self._refuse(
                "by", f"by 须给出1到{MOST_DIMENSIONS}个不同的维度，以逗号分隔，可用的有：{'、'.join(known)}"
            )
        return [dimension for code, dimension in known.items() if code in codes]

    def chosen(self, indicator, question) -> dict:
        """The dimensions used as parameters, as they divide on the day, each with the code asked for."""
        known = dimensions_of(indicator)
        found = {}
        for code in EVERY_DIMENSION & set(self.data):
            if code not in known:
                self._refuse(code, f"“{indicator.name}”没有维度“{code}”，可用的有：{'、'.join(known)}")
            # The bands and the streets are those of the moment.
            with self.as_known():
                dimension = question.divided(known[code])
                found[dimension] = self._value(dimension, question)
        return found

    def _value(self, dimension, question):
        values = Streets(question).values if dimension == STREET else dimension.values
        given = self.text(dimension.code)
        if given not in dict(values):
            words = "、".join(code for code, _ in values)
            self._refuse(dimension.code, f"{dimension.code}=“{given}”不可用，可选：{words}")
        return given

    def _refuse(self, field, detail):
        if not self.zoned:
            # Pages have boxes with names of their own.
            detail = NAMED.sub(lambda found: f"{BOXES[found[1]]} ", detail)
        raise InvalidValue(detail, field=field)
