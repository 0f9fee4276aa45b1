"""What a caller may ask of figures, read strictly: what is not understood is refused by name."""

from datetime import date

from django.http import Http404

from branches.models import Unit
from branches.scope import Scope
from core.errors import InvalidValue, refuse_all
from reports.indicators import INDICATORS
from reports.questions import Question, about, whole_scope
from reports.trees import TreeNow, TreeThen

TREES = {"then": TreeThen, "now": TreeNow}
FORMATS = ("json", "csv", "xlsx")
MOST_LEVELS = 4


class Parameters:
    """The query string of one request; `known` are the names that mean something there."""

    def __init__(self, data, known, *, today: date):
        self.data, self.today = data, today
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
            raise InvalidValue(f"{name}=“{given}”不可用，可选：{'、'.join(choices)}", field=name)
        return given

    def day(self) -> date:
        """`on`: a day that has come, today unless said otherwise."""
        given = self.text("on")
        if not given:
            return self._refuse_empty("on") or self.today
        try:
            day = date.fromisoformat(given) if len(given) == len("2020-12-31") else None
        except ValueError:
            day = None
        if day is None:
            raise InvalidValue(f"on=“{given}”不是有效的日期，请写成 2020-12-31", field="on")
        if day > self.today:
            raise InvalidValue(f"on={day} 在今天（{self.today}）之后，还没有数字", field="on")
        return day

    def _refuse_empty(self, name):
        if name in self.data:
            raise InvalidValue(f"查询参数“{name}”不能为空", field=name)

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
            raise InvalidValue(
                f"没有指标“{code}”，可用的有：{'、'.join(INDICATORS)}" if code else "须指明指标 indicator",
                field="indicator",
            )
        return INDICATORS[code]

    def listed(self, name: str) -> list[str]:
        """Values separated by commas."""
        return [part.strip() for part in self.text(name).split(",")]

    def question(self, scope: Scope) -> Question:
        """`unit`, `on` and `tree` within a scope. A unit out of it answers like one that never was."""
        on = self.day()
        tree = TREES[self.one_of("tree", TREES, "then")](on)
        if "unit" not in self.data:
            return whole_scope(scope, on=on, tree=tree)
        unit = Unit.objects.visible_in(scope).filter(code=self.text("unit")).first()
        if unit is None:
            raise Http404
        return about(unit, scope, on=on, tree=tree)
