"""Where an enterprise's list wants its people: communities and branches by what people call them."""

import re

from branches.models import Branch, Level, Unit
from core.errors import DomainError, InvalidValue
from core.titles import place_parts


class Places:
    """The live units and branches of a batch that somebody reaches, found by name; read once for a list."""

    def __init__(self, handover, scope):
        self.handover = handover
        units = Unit.objects.live().within(handover.unit).visible_in(scope)
        self.units = list(units.filter(level__in=[Level.STREET, Level.COMMUNITY]).order_by("code"))
        self.streets = {unit.path: unit for unit in self.units if unit.level == Level.STREET}
        self.by_name = {}
        for unit in self.units:
            for name in {_short(unit.name), _short(unit.alias), unit.code} - {""}:
                self.by_name.setdefault(name, []).append(unit)
        self.homes, self.branches = {}, {}
        branches = Branch.objects.live().holding().within(handover.unit).visible_in(scope)
        for branch in branches.select_related("unit"):
            for name in {_bare(branch.name), _bare(branch.short_name), branch.code} - {""}:
                self.branches.setdefault(name, []).append(branch)

    def find(self, unit_text, branch_text) -> tuple[Unit, Branch | None, list[DomainError]]:
        """The community and the branch of a line, and what could not be found or does not fit."""
        wrong = []
        branch = self._one(self.branches.get(_bare(branch_text), []), branch_text, "wanted_branch", wrong)
        unit = self._one(self._units_named(unit_text), unit_text, "wanted_unit", wrong)
        if branch and unit and not branch.path.startswith(unit.path):
            wrong.append(InvalidValue(f"党支部“{branch}”不在“{unit}”", field="wanted_branch"))
        if branch and not unit_text:
            unit = branch.unit
        return unit or self._own(wrong), branch, wrong

    def _own(self, wrong) -> Unit:
        """The batch's own unit, where a line waits that says no place; only a community is one of her own."""
        if not wrong and self.handover.unit.level != Level.COMMUNITY:
            wrong.append(InvalidValue("没有写明接收社区或党支部", field="wanted_unit"))
        return self.handover.unit

    def home(self, unit, text) -> tuple[Unit | None, list[DomainError]]:
        """The group or grid of that name in the unit, and what is wrong if there is none."""
        if not text:
            return None, []
        found = self._homes(unit).get(text.replace(" ", ""))
        if found is None:
            return None, [InvalidValue(f"“{unit}”没有居住小组或网格“{text}”，可以留空", field="home")]
        return found, []

    def _homes(self, unit) -> dict[str, Unit]:
        if unit.pk not in self.homes:
            below = Unit.objects.live().within(unit).filter(level__gt=Level.COMMUNITY)
            self.homes[unit.pk] = {each.name: each for each in below}
        return self.homes[unit.pk]

    def _units_named(self, text) -> list[Unit]:
        """Units of that name, perhaps with its street before it: 南宁街道鼓楼社区, 南宁街道/鼓楼."""
        plain = _short(re.sub(r"[\s/、,，>·-]+", "", text))
        for end in range(len(plain)):
            found = self.by_name.get(plain[end:], [])
            before = plain[:end]
            if before:
                found = [unit for unit in found if self._hangs_under(unit, before)]
            if found:
                return found
        return []

    def _hangs_under(self, unit, words) -> bool:
        """Whether `words` name what is above the unit, from the street up."""
        street = next((each for path, each in self.streets.items() if unit.path.startswith(path)), None)
        names = {"麒麟区", "区", str(self.handover.unit)}
        if street and street != unit:
            names |= {
                f"{top}{name}" for name in (street.name, _street(street.name)) for top in ("", "麒麟区")
            }
        return words in names

    def _one(self, found, text, field, wrong):
        """The one row found; none or several are complained of."""
        if len(found) == 1:
            return found[0]
        label = {"wanted_unit": "接收社区", "wanted_branch": "接收党支部"}[field]
        if found:
            wrong.append(
                InvalidValue(f"{label}“{text}”有 {len(found)} 个同名，请写明街道或代码", field=field)
            )
        elif text:
            wrong.append(
                InvalidValue(f"{label}“{text}”不在“{self.handover.unit}”，请写全称或代码", field=field)
            )
        return None


def _short(name) -> str:
    """鼓楼 for 鼓楼社区居民委员会; a street keeps its name."""
    base, kind = place_parts(name)
    return base if kind in {"社区", "村"} else name


def _street(name) -> str:
    return re.sub("(街道|镇|乡)$", "", name)


def _bare(name) -> str:
    """A branch's name without what is the same in all: 中共, 麒麟区, blanks and 委员会."""
    return re.sub(r"^(中共)?(曲靖市)?(麒麟区)?|\s|委员会$", "", name)
