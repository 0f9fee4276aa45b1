"""Branches and places by the names that sheets call them, within the importer's reach."""

import re
from collections import defaultdict
from functools import cached_property

from django.db.models import Q

from branches.models import Branch, Category, Kind, Level, Unit
from branches.models.unit import called
from branches.scope import Scope
from core.errors import DomainError, InvalidValue
from core.titles import normalise_title, place_parts
from members.operations.memberships import holding_complaints

PREFIX = re.compile("^(中国共产党|中共)")
SPACES = re.compile(r"\s+")
LEVELS = {
    "street": (Level.STREET, "街道"),
    "community": (Level.COMMUNITY, "社区"),
    "area": (Level.GROUP, "小组"),
    "grid": (Level.GRID, "网格"),
}


def plain_name(text: str) -> str:
    """A name as names are compared: without spaces, and without 中共 in front."""
    return PREFIX.sub("", SPACES.sub("", normalise_title(text))).replace("(", "（").replace(")", "）")


class Called:
    """Organisations by what sheets call them: the full or the short name, or the code."""

    def __init__(self, branches):
        self.codes, self.names = {}, defaultdict(list)
        for branch in branches:
            self.codes[branch.code] = branch
            for name in {plain_name(branch.name), plain_name(branch.short_name)} - {""}:
                self.names[name].append(branch)

    def called(self, name: str, code: str) -> list[Branch]:
        """Those of the code, or else those of the name."""
        # Codes are also written where names are asked.
        code = code or (name if name in self.codes else "")
        if code:
            return [self.codes[code]] if code in self.codes else []
        return self.names.get(plain_name(name), [])


class Directory:
    """What may be named in a sheet. Foreign branches answer exactly as those that never were."""

    def __init__(self, scope: Scope, unit: Unit):
        within = Branch.objects.visible_in(scope).within(unit)
        self._within = within.defer("contact", "contact_phone", "address", "purpose")
        self.groups, branches = {}, []
        for branch in self._within.live().formal():
            if branch.category == Category.GROUP:
                self.groups[branch.parent_id, plain_name(branch.name)] = branch
                self.groups[branch.parent_id, plain_name(branch.short_name)] = branch
            else:
                branches.append(branch)
        self._branches = Called(branches)
        self._reach = Unit.objects.visible_in(scope).live()
        self._places = None

    @cached_property
    def _others(self) -> Called:
        """Those in reach in which no relation may begin; the last dissolved first."""
        others = Q(kind=Kind.TEMPORARY) | Q(dissolved_on__isnull=False) | Q(category=Category.GROUP)
        return Called(self._within.filter(others).order_by("-dissolved_on", "pk"))

    def branch(self, name: str, code: str = "") -> Branch:
        """The branch of this name or code; raise InvalidValue when there is none in reach, or several."""
        found = self._branches.called(name, code)
        if not found:
            raise self._why_none(name, code)
        if len(found) > 1:
            same = "、".join(f"{branch.name}（{branch.code}）" for branch in found[:4])
            raise InvalidValue(f"“{name}”不止一个：{same}，请写全称或加一列党组织代码", field="branch")
        return found[0]

    def _why_none(self, name, code) -> DomainError:
        for branch in self._others.called(name, code):
            ended = InvalidValue(f"“{branch}”已于 {branch.dissolved_on} 撤销", field="branch")
            return [*holding_complaints(branch), ended][0]
        return InvalidValue(
            f"没有党支部“{name or code}”，或不在您的管辖范围内；请写全称，或先在“党支部”中登记",
            field="branch",
        )

    def group(self, branch: Branch, name: str) -> Branch:
        """The group of the branch with this name."""
        plain = plain_name(name)
        for known in (plain, plain_name(branch.name) + plain, plain_name(str(branch)) + plain):
            if (branch.pk, known) in self.groups:
                return self.groups[branch.pk, known]
        raise InvalidValue(f"“{branch}”没有党小组“{name}”", field="group")

    def residence(self, names: dict[str, str]) -> Unit:
        """The lowest unit named, each below the one before it."""
        path, found = "", None
        for key, (level, label) in LEVELS.items():
            if key in names:
                hits = self._named(level, names[key], path)
                if len(hits) != 1:
                    why = "没有这一项，或不在您的管辖范围内" if not hits else "不止一个，请同时写上级"
                    raise InvalidValue(f"居住{label}“{names[key]}”：{why}", field=key)
                found, path = hits[0], hits[0].path
        return found

    def _named(self, level, name, path) -> list[Unit]:
        """The units of the level below the path that are called so, or else those commonly called so."""
        if self._places is None:
            self._places = defaultdict(list)
            for unit in self._reach.only("name", "alias", "level", "path"):
                for base in {place_parts(each)[0] for each in (unit.name, unit.alias)} - {""}:
                    self._places[unit.level, base].append(unit)
        alike = self._places[level, place_parts(name)[0]]
        return called([unit for unit in alike if unit.path.startswith(path)], name)
