"""What rests on a 组织关系 that is to go: without one nobody can hold it."""

from core.voiding import StillNeeded
from members.obligations import Leaving
from members.operations.obligations import open_obligations


def refuse_resting(member, *, since):
    """Name everything that is open for her since the day; what she took part in before it may stay."""
    before = member.affiliations.filter(since__lt=since)
    older = {f"affiliation-{number}" for number in before.values_list("pk", flat=True)}
    opened = open_obligations(member, on=since, leaving=Leaving.EXIT)
    words = [each.words for each in opened if each.key not in older]
    if words:
        raise StillNeeded(f"{member} 自 {since} 以后还有{'、'.join(words)}，请先撤回或了结")
