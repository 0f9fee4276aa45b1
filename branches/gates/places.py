"""Where units are, in words: many a grid bears the same name."""

from branches.models import Unit
from branches.models.unit import paths_above


def chains(paths) -> dict[str, str]:
    """For each path the names above it from the street down, as "南宁街道 / 鼓楼社区", in one query."""
    above = {path: paths_above(path)[:-1] for path in paths}
    wanted = {each for chain in above.values() for each in chain}
    names = dict(Unit.objects.filter(path__in=wanted, level__gt=1).values_list("path", "name"))
    return {path: " / ".join(names[each] for each in chain if each in names) for path, chain in above.items()}


def full_texts(units) -> dict[int, str]:
    """By number, each unit's name with what is above it: "第一小组（南宁街道 / 鼓楼社区）"."""
    above = chains(unit.path for unit in units)
    return {
        unit.pk: f"{unit.name}（{above[unit.path]}）" if above[unit.path] else unit.name for unit in units
    }
