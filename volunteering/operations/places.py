"""Where something of the volunteers may be: at a unit that is still there, small enough, below its branch."""

from branches.models import Level
from branches.operations.presence import beginning, closed_complaints
from core.errors import DomainError, InvalidValue


def low_place_complaints(unit, *, needed) -> list[DomainError]:
    """Refuse a unit that is closed, or above a community; `needed` says in words what it has to be."""
    wrong = closed_complaints(unit)
    if not wrong and unit.level < Level.COMMUNITY:
        wrong.append(InvalidValue(f"{needed}社区、小组或网格，“{unit}”范围太大", field="unit"))
    return wrong


def below_complaints(branch, unit, *, label) -> list[DomainError]:
    """Refuse a unit that is neither the branch's nor below it."""
    if unit.path.startswith(branch.path):
        return []
    words = f"{label}须是“{branch}”所在的“{branch.unit}”或它的下级，“{unit}”不是"
    return [InvalidValue(words, field="unit")]


def founding_complaints(branch, unit, day, *, label) -> list[DomainError]:
    """Refuse a day of founding on which the branch or the unit was not there yet."""
    wrong = []
    if not branch.placements.on(day).exists():
        words = f"{label} {day} 早于“{branch}”的{beginning(branch)}"
        wrong.append(InvalidValue(words, field="founded_on"))
    if not unit.placements.on(day).exists():
        wrong.append(InvalidValue(f"{label} {day} 时还没有“{unit}”", field="founded_on"))
    return wrong
